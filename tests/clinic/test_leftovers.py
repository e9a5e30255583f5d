"""An import that is killed at any moment: the next command finds the old or the new one whole."""

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from gazetalk.clinic.leftovers import OLD_S, mend
from gazetalk.clinic.profile import Profile
from gazetalk.clinic.settings import change_setting
from tests.clinic.conftest import run, tree

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="killed as POSIX kills")
MOMENTS = ("before the old one moves", "before the new one comes", "while the old one goes")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def import_until(moment: str, home: Path, archive: Path) -> None:
    """In a process of its own, killed there."""
    pid = os.fork()
    if pid:
        assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])
        return
    rename, remove = Path.replace, shutil.rmtree

    def replace(path: Path, target: Path) -> Path:
        if path.name == "Ana" and moment == MOMENTS[0]:
            die()
        if path.name.startswith(".importing-") and moment == MOMENTS[1]:
            die()
        return rename(path, target)

    def rmtree(path: Path, **how: bool) -> None:
        if Path(path).name.startswith(".replaced-"):
            (Path(path) / "Ana" / "settings.json").unlink()
            die()
        remove(path, **how)

    Path.replace, shutil.rmtree = replace, rmtree  # type: ignore[method-assign, assignment]
    run(home, "import", archive, "--replace")
    os._exit(0)


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_next_command_finds_one_of_both_whole(
    ana: Profile, tmp_path: Path, moment: str, capfd: pytest.CaptureFixture[str]
) -> None:
    home, archive = tmp_path / "home", tmp_path / "a.zip"
    run(home, "export", "Ana", archive)
    new = tree(ana.folder)
    change_setting(ana, "mending=off")
    old = tree(ana.folder)
    import_until(moment, home, archive)
    capfd.readouterr()
    assert run(home, "list") == 0
    told = capfd.readouterr()
    assert told.out == "Ana\n"
    assert ("as it was before" in told.err) == (moment == MOMENTS[1])
    assert tree(ana.folder) == (new if moment == MOMENTS[2] else old)
    assert not list(ana.folder.parent.glob(".replaced-*"))
    mend(ana.folder.parent, time.time() + 2 * OLD_S)
    assert [path.name for path in ana.folder.parent.iterdir()] == ["Ana"]


def test_what_is_being_imported_just_now_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".importing-x").mkdir()
    assert mend(tmp_path) == []
    assert (tmp_path / ".importing-x").exists()
    assert mend(tmp_path / "nobody") == []
