"""`bench latency` measures what it says it does, and says when it could not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gazetalk.cli import main


@pytest.mark.slow
def test_the_whole_way_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the embedded session; times of this machine are told, not judged."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    file = tmp_path / "latency.json"
    call = ["bench", "latency", "--count", "20", "--size", "1280x720", "--json", str(file)]
    call += ["--pixel-s", "4"]
    assert main(call) == 0
    found = json.loads(file.read_text())
    assert found["frame"]["frames"] == 200
    assert found["frame"]["mediapipe_ms"] > 0
    assert 0 < found["picture"]["p50"] <= found["picture"]["p95"]
    assert found["picture"]["n"] == 20
    pixel = found["pixel"]
    if pixel is not None:  # no FIFOs on Windows
        assert pixel["shown_by"].startswith("drawn without a display")
        tracker, added = pixel["tracker_ms"]["p50"], pixel["added_ms"]["p50"]
        assert tracker > 0 and added > 0 and pixel["whole_ms"]["p50"] > max(tracker, added)
    english = found["voices"]["english"]
    assert english["heard"]
    assert 0 < english["first_sound_ms"]["p50"] <= english["first_sound_ms"]["p95"]


def test_a_session_that_is_none_is_refused_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "latency", "--session", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert str(tmp_path) in told and told.count("\n") == 1
