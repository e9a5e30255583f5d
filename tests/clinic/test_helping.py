"""What is e-mailed for help holds settings and figures; what comes back changes settings only."""

import json
from pathlib import Path

import pytest

from gazetalk.cli import main
from gazetalk.clinic.profile import Profile, find_profile
from gazetalk.clinic.settings import Settings, load_settings


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    profile = find_profile(tmp_path / "home", "Marigold")
    profile.create()
    quality = {
        "note": "zanzibar",
        "validation": {"offset": {"mm": 7.5, "px": 1, "deg": 1}, "targets": 5, "sd": "quokka"},
    }
    profile.quality_path.write_text(json.dumps(quality))
    return profile


def call(profile: Profile, action: str, path: Path) -> int:
    home = profile.folder.parent.parent
    return main(["profile", action, profile.name, str(path), "--data-dir", str(home)])


def test_it_is_shown_in_full_and_holds_no_words(
    profile: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "help.json"
    assert call(profile, "help-file", path) == 0
    written = path.read_text()
    assert capsys.readouterr().out.startswith(written)
    assert json.loads(written)["calibration"]["validation"]["offset_mm"] == 7.5
    assert json.loads(written)["calibration"]["validation"]["sd_mm"] is None
    assert not any(word in written for word in ("zanzibar", "quokka", "Marigold"))


def test_settings_sent_back_are_taken_over(profile: Profile, tmp_path: Path) -> None:
    path = tmp_path / "help.json"
    assert call(profile, "help-file", path) == 0
    sent = json.loads(path.read_text())
    sent["settings"]["learning"] = False
    path.write_text(json.dumps(sent))
    before = profile.quality_path.read_bytes()
    assert call(profile, "apply", path) == 0
    assert load_settings(profile) == Settings(learning=False)
    assert profile.quality_path.read_bytes() == before


GOOD = {"format": "gazetalk-help", "version": 1, "settings": {"learning": False}}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 50_000,
        b" " * 200_000,
        json.dumps({**GOOD, "version": 2}).encode(),
        json.dumps({**GOOD, "version": True}).encode(),
        json.dumps({**GOOD, "format": "x"}).encode(),
        json.dumps({**GOOD, "settings": [1]}).encode(),
        json.dumps({**GOOD, "settings": {"learning": "off"}}).encode(),
        json.dumps({**GOOD, "settings": {"learning": False, "a\x1b\n": 1}}).encode(),
    ],
)
def test_anything_else_is_refused_in_one_line(
    profile: Profile, tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "help.json"
    path.write_bytes(content)
    assert call(profile, "apply", path) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.isprintable()
    assert load_settings(profile) == Settings()
