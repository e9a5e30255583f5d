"""The arrows of ARCHITECTURE.md hold: who may import whom."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "gazetalk"
NEVER = {
    "tracking": "keyboard speech screens clinic lab app commands cli pygame",
    "keyboard": "tracking speech screens clinic lab app commands cli pygame cv2 mediapipe",
    "speech": "tracking keyboard screens clinic lab app commands cli cv2 mediapipe",
    "screens": "lab commands cli mediapipe",
    "clinic": "lab commands cli screens pygame",
}
EVERYWHERE = "scipy sklearn filterpy pygame_gui pickle"


def imported(path: Path) -> set[str]:
    """The top modules a file imports, ours without the leading `gazetalk.`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("gazetalk.").split(".")[0] for name in names}


@pytest.mark.parametrize("room", NEVER)
def test_no_room_imports_against_the_way_of_the_data(room: str) -> None:
    forbidden = set(NEVER[room].split())
    against = {
        path.name: sorted(imported(path) & forbidden)
        for path in (PACKAGE / room).rglob("*.py")
        if imported(path) & forbidden
    }
    assert against == {}


def test_only_the_command_line_imports_lab() -> None:
    users = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        if "lab" in imported(path)
    }
    assert users <= {"lab", "cli.py", "commands"}


def test_the_running_app_stays_free_of_heavy_and_unsafe_modules() -> None:
    users = {
        str(path): sorted(imported(path) & set(EVERYWHERE.split()))
        for path in PACKAGE.rglob("*.py")
        if imported(path) & set(EVERYWHERE.split())
    }
    assert users == {}
