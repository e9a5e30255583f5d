"""`gazetalk learned`: a person's own words shown, exported and forgotten."""

from datetime import date
from pathlib import Path

import pytest

from gazetalk.cli import main
from gazetalk.keyboard.said import LEARNED, SaidFile


@pytest.fixture
def learned(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("GAZETALK_HOME", str(tmp_path))
    path = tmp_path / "profiles" / "default" / LEARNED
    file = SaidFile(path)
    file.add("Call Salvirosa.", date(2026, 11, 22))
    file.add("good soup", date(2026, 11, 23))
    return path


def test_it_is_shown_and_exported(learned, tmp_path, capsys) -> None:
    assert main(["learned", "show"]) == 0
    shown = capsys.readouterr().out
    assert shown == "2026-11-22\tCall Salvirosa\n2026-11-23\tgood soup\n"
    assert main(["learned", "export", str(tmp_path / "mine.txt")]) == 0
    assert (tmp_path / "mine.txt").read_text() == shown


@pytest.mark.parametrize(
    ("what", "left"),
    [
        (["--word", "salvirosa"], ["good soup"]),
        (["--day", "2026-11-23"], ["Call Salvirosa"]),
        (["--everything"], []),
    ],
)
def test_it_is_forgotten(learned, what, left) -> None:
    assert main(["learned", "forget", *what]) == 0
    assert [each.text for each in SaidFile(learned).said] == left


def test_bad_calls_are_told_and_forget_nothing(learned, capsys) -> None:
    assert main(["learned", "forget", "--day", "tuesday"]) == 2
    assert "--day tuesday: write a day as" in capsys.readouterr().err
    learned.write_text("oops")
    assert main(["learned", "forget", "--everything"]) == 2
    assert "is not a learned file" in capsys.readouterr().err and learned.read_text() == "oops"
