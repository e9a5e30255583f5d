"""`gazetalk lab screens` writes pictures of what can be seen, and refuses in one line."""

from pathlib import Path

import pygame
import pytest

from gazetalk.cli import main
from gazetalk.keyboard.layout import load_layout
from gazetalk.lab.screens_scenes import scenes
from gazetalk.screens.look import THEMES


def test_pictures_are_written_with_speaking_names_and_an_index(tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    command = ["lab", "screens", "--out", str(out), "--sizes", "320x240,240x320"]
    assert main([*command, "--only", "two-zone-sides"]) == 0
    names = (out / "index.txt").read_text(encoding="utf-8").splitlines()
    sizes = ("320x240", "240x320")
    assert names == [f"{size}/two-zone-sides_{theme}.png" for size in sizes for theme in THEMES]
    assert {path.relative_to(out).as_posix() for path in out.rglob("*.png")} == set(names)
    assert pygame.image.load(out / names[0]).get_size() == (320, 240)


def test_every_page_that_a_person_can_see_is_among_the_scenes() -> None:
    names = {scene.name for scene in scenes((640, 480), Path("none"))}
    pages = {f"qwerty-{page.replace(' ', '-')}" for page in load_layout("qwerty").pages}
    assert pages - names == {"qwerty-phrases"}
    assert {"words-choices", "large-choices", "two-zone-sides", "two-zone-rest"} <= names
    assert {"position", "results", "calibration-picture", "bell-ringing"} <= names


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--sizes", "wide"], "--sizes wide"),
        (["--sizes", "0x20"], "--sizes 0x20"),
        (["--themes", "pink"], "theme must be one of"),
        (["--text-scale", "7"], "text_scale must lie"),
        (["--sizes", "64x48", "--only", "nowhere"], "--only nowhere"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line(
    wrong: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", "screens", "--out", str(tmp_path / "out"), *wrong]) == 2
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1


def test_a_folder_that_cannot_be_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    command = ["lab", "screens", "--out", str(tmp_path / "file"), "--sizes", "64x48"]
    assert main(command) == 2
    error = capsys.readouterr().err
    assert "cannot draw there" in error and error.count("\n") == 1
