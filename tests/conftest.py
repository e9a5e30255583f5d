"""What all tests share: the clear word on a machine that cannot run them, and measuring data."""

from pathlib import Path

import pytest

from gazetalk.system_libraries import how_to_install, missing_libraries

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    missing = missing_libraries()
    if missing:
        pytest.exit(f"system libraries are missing: {how_to_install(missing)}", returncode=1)


@pytest.fixture(scope="session")
def faces() -> Path:
    """The folder of real clips; skips where it is not."""
    folder = SHARED / "faces"
    if not folder.is_dir():
        pytest.skip(f"no real clips at {folder}: measuring data is not part of the project")
    return folder
