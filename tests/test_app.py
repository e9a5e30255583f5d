"""The commands with a person before a window that nobody sees: calibrate, redo, check, talk."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pygame
import pytest

from gazetalk.choreography import at_once
from gazetalk.cli import main
from gazetalk.clinic.profile import find_profile
from gazetalk.run import Run
from gazetalk.tracking.process import Message
from tests.watcher import Watcher

# As wide as the screen that the watcher's eyes are made for, in a third of its pixels.
WINDOW = (640, 360)
Press = Callable[[Run], str | None]


class Sitter(Watcher):
    """A watcher in the app, whose helper presses keys: `press` names one, or None."""

    def __init__(self, press: Press, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.window_px = WINDOW[0]
        self._press = press

    def poll(self, timeout_s: float = 0.0) -> list[Message]:
        assert self.run is not None
        assert self.t_s < 300, "it never came to its end"
        key = self._press(self.run)
        if key is not None:
            code = pygame.key.key_code(key)
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, unicode=""))
        return super().poll(timeout_s)


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Sitter], Sitter]]:
    """Puts somebody before the next command's camera and screen."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")

    def seat(sitter: Sitter) -> Sitter:
        def run(*arguments: Any) -> Run:
            sitter.run = Run(*arguments)
            return sitter.run

        monkeypatch.setattr("gazetalk.app._feed", lambda options, show: sitter)
        monkeypatch.setattr("gazetalk.app.Run", run)
        # The sitter's clock runs as fast as it can, and would run on while a thread learns.
        monkeypatch.setattr("gazetalk.starting.aside", at_once)
        return sitter

    yield seat


def command(name: str, home: Path, *more: str) -> int:
    window = f"{WINDOW[0]}x{WINDOW[1]}"
    return main([name, "--data-dir", str(home), "--window", window, *more])


def content(run: Run) -> str | None:
    """A helper who is content with what a calibration came to."""
    return "return" if run.calibrated is not None else None


def events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


Seat = Callable[[Sitter], Sitter]


def test_a_calibration_is_kept_then_checked_before_talking(
    sit: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sit(Sitter(content))
    assert command("calibrate", tmp_path, "--procedure", "quick") == 0
    assert "saved to profile default" in capsys.readouterr().out
    profile = find_profile(tmp_path)
    before = profile.model_path.read_bytes()
    sit(Sitter(lambda run: "escape" if run.talking else None, seed=2))
    assert command("talk", tmp_path, "--transcript", str(tmp_path / "t.jsonl")) == 0
    told = [e.get("stage", e["event"]) for e in events(tmp_path / "t.jsonl")]
    assert told == ["check", "checked", "talking", "end"]
    assert json.loads(profile.check_path.read_text())["verdict"] == "still good"
    assert profile.model_path.read_bytes() == before


def test_talk_without_a_check_begins_at_once(sit: Seat, tmp_path: Path) -> None:
    sit(Sitter(content))
    assert command("calibrate", tmp_path, "--procedure", "quick") == 0
    sitter = sit(Sitter(lambda run: "escape" if run.talking else None))
    assert command("talk", tmp_path, "--no-check") == 0
    assert sitter.t_s < 1.0


def test_a_worse_calibration_is_not_kept_and_says_how_to_keep_it(
    sit: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sit(Sitter(content))
    assert command("calibrate", tmp_path, "--procedure", "quick") == 0
    before = find_profile(tmp_path).quality_path.read_bytes()

    def beside(t_s: float, target: tuple[float, float]) -> tuple[float, float] | None:
        """Not where validation asks to look: its targets lie away from the left and right."""
        inside = 500 < target[0] < 1400 and target != (960.0, 540.0)
        return (target[0] + 300, target[1]) if inside else None

    for more, code in (((), 1), (("--replace",), 0)):
        sitter = sit(Sitter(content))
        sitter.wander = beside
        assert command("calibrate", tmp_path, "--procedure", "quick", *more) == code
        after = find_profile(tmp_path).quality_path.read_bytes()
        assert (after == before) == (code == 1)
    told = capsys.readouterr().err
    assert "--replace" in told
    assert told.count("\n") == 1


def test_a_helper_has_a_target_redone_from_the_results(sit: Seat, tmp_path: Path) -> None:
    keys = iter(["9", "return", "backspace", "2", "return", "return"])
    redone: list[Run] = []

    def press(run: Run) -> str | None:
        if run.calibrated is None:
            return None
        key = next(keys, None)
        redone.append(run)
        return key

    sitter = sit(Sitter(press))
    assert command("calibrate", tmp_path, "--procedure", "quick") == 0
    # Twice the validation, and once more one of five targets.
    assert sitter.t_s > (5 + 3 + 1 + 3) * 1.9


def test_eyes_alone_get_past_the_results(sit: Seat, tmp_path: Path) -> None:
    sitter = sit(Sitter(lambda run: None))
    assert command("calibrate", tmp_path, "--procedure", "quick") == 0
    assert sitter.t_s < 90


def test_a_calibration_left_before_its_end_changes_nothing(
    sit: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sit(Sitter(lambda run: "escape" if run.t_s > 5 else None))
    assert command("calibrate", tmp_path) == 1
    assert "as it was" in capsys.readouterr().err
    assert not find_profile(tmp_path).model_path.exists()


def test_a_disk_that_cannot_be_written_ends_no_talking(
    sit: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("gazetalk.clinic.profile.write_atomically", full)
    transcript = tmp_path / "t.jsonl"
    sit(Sitter(lambda run: "escape" if run.talking else None))
    arguments = ("--procedure", "quick", "--transcript", str(transcript))
    assert command("talk", tmp_path, *arguments) == 0
    names = [e["event"] for e in events(transcript) if e["event"] != "stage"]
    assert names == ["fitted", "fault", "calibrated", "end"]


def test_a_voice_with_a_mistake_in_it_is_told_with_its_line_and_talking_begins(
    sit: Seat, tmp_path: Path
) -> None:
    """Nobody is left without a voice because of a slip in a file."""
    voice = tmp_path / "mine.toml"
    voice.write_text('name = "Mine"\nlanguage = "en"\nrate = "fast"\n')
    sit(Sitter(content))
    assert command("calibrate", tmp_path, "--procedure", "quick") == 0
    sit(Sitter(lambda run: "escape" if run.talking else None))
    told = tmp_path / "t.jsonl"
    assert (
        command("talk", tmp_path, "--no-check", "--voice", str(voice), "--transcript", str(told))
        == 0
    )
    faults = [e["message"] for e in events(told) if e["event"] == "fault"]
    assert len(faults) == 1 and "mine.toml" in faults[0] and "3" in faults[0]


def test_a_helpers_key_rings_the_bell_while_a_calibration_goes_on(
    sit: Seat, tmp_path: Path
) -> None:
    pressed: list[float] = []

    def press(run: Run) -> str | None:
        if run.stage is not None and run.t_s > 1.0 and len(pressed) < 2:
            pressed.append(run.t_s)
            return "f9"
        return "escape" if run.talking else None

    sit(Sitter(press))
    told = tmp_path / "t.jsonl"
    assert command("talk", tmp_path, "--procedure", "quick", "--transcript", str(told)) == 0
    names = [e["event"] for e in events(told)]
    assert names.index("bell") < names.index("fitted")
    assert names.count("bell") == 2, "the second one ends it"
