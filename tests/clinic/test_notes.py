"""A helper's notes: kept plainly, shown, removed, and gone nowhere unless asked for."""

import os
import stat
import zipfile
from pathlib import Path

import pytest

from gazetalk.cli import main
from gazetalk.clinic.notes import FILE, LONGEST, read_notes
from gazetalk.clinic.packing import pack
from gazetalk.clinic.profile import Profile, find_profile
from tests.clinic.conftest import run, tree


@pytest.fixture
def home(ana: Profile, tmp_path: Path) -> Path:
    """Ana's, with two notes."""
    for text in ("head turns  left when tired", "prefers <b>mornings</b>"):
        assert run(tmp_path / "home", "note", "Ana", text) == 0
    return tmp_path / "home"


def test_notes_are_dated_shown_and_removed(
    ana: Profile, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(home, "show", "Ana")
    shown = capsys.readouterr().out
    first, second = read_notes(ana)
    assert f"note 1: {first.on} head turns left when tired" in shown
    if os.name == "posix":
        assert stat.S_IMODE((ana.folder / FILE).stat().st_mode) == 0o600
    assert run(home, "note", "Ana", "--remove", "1") == 0
    assert read_notes(ana) == [second]
    assert run(home, "note", "Ana", "--remove", "1") == 0
    assert not (ana.folder / FILE).exists()


@pytest.mark.parametrize(
    "words", [["--remove", "3"], [" "], ["x" * (LONGEST + 1)], ["\x1b[2J"], ["a", "--remove", "1"]]
)
def test_what_is_no_note_changes_nothing(
    home: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(home)
    assert run(home, "note", "Ana", *words) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert tree(home) == before


def test_notes_leave_only_when_asked_for(
    ana: Profile, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(home, "export", "Ana", tmp_path / "a.zip")
    assert f"left out: {FILE}" in capsys.readouterr().out
    run(home, "export", "Ana", tmp_path / "b.zip", "--with-notes")
    names = [zipfile.ZipFile(tmp_path / name).namelist() for name in ("a.zip", "b.zip")]
    assert [FILE in each for each in names] == [False, True]
    assert run(home, "import", tmp_path / "a.zip", "--replace") == 2, "they would be lost"
    run(tmp_path / "other", "import", tmp_path / "b.zip")
    assert read_notes(find_profile(tmp_path / "other", "Ana")) == read_notes(ana)
    out = tmp_path / "r.html"
    where = ["report", "--profile", "Ana", "--data-dir", str(home), "--out", str(out)]
    main(where)
    assert "mornings" not in out.read_text()
    main([*where, "--notes"])
    assert "prefers &lt;b&gt;mornings" in out.read_text()


def test_notes_that_clear_the_screen_are_refused_from_elsewhere_and_harmless_here(
    ana: Profile, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "eve.zip").write_bytes(pack("Eve", {FILE: b"2026-11-01 \x1b[2J\n"}))
    assert run(home, "import", tmp_path / "eve.zip") == 2
    (ana.folder / FILE).write_bytes(b"without a day \x1b[2J\n")
    run(home, "show", "Ana")
    assert "\x1b" not in capsys.readouterr().out
    (ana.folder / FILE).write_bytes(b"\xff")
    assert run(home, "show", "Ana") == 2
