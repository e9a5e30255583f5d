"""The short check at the start: still good, corrected, or calibrated anew; and it never blocks."""

import json
from pathlib import Path

import numpy as np
import pytest

from gazetalk.check import EYES_LIMIT_S, Check
from gazetalk.choreography import LiveChoreography
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.paths import shipped
from gazetalk.rechecking import APART_S, LASTING_S, Recheck
from gazetalk.run import Run, Start
from gazetalk.tracking.advice import CALIBRATION
from gazetalk.tracking.calibration import calibrate
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.position import Level, State
from gazetalk.tracking.procedure import load_procedure
from gazetalk.tracking.resume import NOT_CHECKED, REDO, SHIFTED, STILL_GOOD, Resumed, Usual
from gazetalk.transcript import Transcript
from tests.tracking.conftest import eyes_looking_at
from tests.watcher import Place, Watcher, watched_run

LENS = (0.0, 8.0)
QUICK = load_procedure(shipped("calibration") / "quick.toml")
USUAL = Usual(6.0, 5)
MM_PER_PX = DEFAULT_SCREEN.mm_per_px[0]


@pytest.fixture(scope="module")
def model() -> GazeModel:
    rng = np.random.default_rng(5)
    targets = load_procedure(shipped("calibration") / "standard.toml").schedule(DEFAULT_SCREEN)
    eyes = [
        eyes_looking_at(target.x_px, target.y_px, t_s, noise_mm=0.02, rng=rng)
        for target in targets
        for t_s in np.arange(target.start_s, target.end_s, 1 / 30)
    ]
    return calibrate(eyes, targets, DEFAULT_SCREEN, LENS).model


class Saved:
    """Runs with the check, and what it came to."""

    def __init__(self, model: GazeModel, transcript: Path | None = None) -> None:
        self.results: list[Resumed] = []
        self.watcher = Watcher()
        start = Start(
            model,
            check=lambda t_s, why: Check(DEFAULT_SCREEN, USUAL, t_s, why),
            plan=lambda t_s: LiveChoreography(QUICK, DEFAULT_SCREEN, LENS, t_s),
            keep_check=self.results.append,
        )
        self.run = watched_run(self.watcher, start, Transcript(transcript))


def talks(run: Run) -> bool:
    return run.talking


def test_a_calibration_that_serves_is_still_good_within_eight_seconds(
    model: GazeModel, tmp_path: Path
) -> None:
    saved = Saved(model, tmp_path / "t.jsonl")
    assert saved.watcher.until(talks) < 9.0
    assert [r.verdict for r in saved.results] == [STILL_GOOD]
    assert "still good" in saved.run.notice
    told = map(json.loads, (tmp_path / "t.jsonl").read_text().splitlines())
    event = next(event for event in told if event["event"] == "checked")
    assert (event["event"], event["verdict"], event["targets"]) == ("checked", STILL_GOOD, 3)
    assert saved.watcher.models == [model]


def test_a_shifted_one_is_corrected_for_this_session(model: GazeModel) -> None:
    saved = Saved(model)
    saved.watcher.slip_px = (30 / MM_PER_PX, -20 / MM_PER_PX)
    saved.watcher.until(talks)
    result = saved.results[0]
    assert result.verdict == SHIFTED
    assert result.before_mm == pytest.approx(36, abs=4)
    assert result.after_mm is not None
    assert result.after_mm < 6
    for _ in range(30):
        saved.run.step()
    pointer = saved.run._talk.state.pointer_px
    assert pointer is not None
    # The watcher looks at the centre, and the eyes say 36 mm beside it.
    assert np.hypot(pointer[0] - 960, pointer[1] - 540) * MM_PER_PX < 9


def test_one_that_no_longer_fits_is_checked_twice_then_made_anew(model: GazeModel) -> None:
    saved = Saved(model)
    saved.watcher.wander = lambda t_s, target: (1920 - target[0], 1080 - target[1])
    took_s = saved.watcher.until(lambda run: bool(saved.results))
    assert saved.results[0].verdict == REDO
    assert took_s > 2 * 3 * 1.9
    saved.watcher.wander = lambda t_s, target: None
    saved.watcher.until(lambda run: run.calibrated is not None)
    assert saved.watcher.model is not model


def test_a_glance_elsewhere_at_one_target_costs_no_calibration(model: GazeModel) -> None:
    saved = Saved(model)
    saved.watcher.wander = lambda t_s, target: (100.0, 1000.0) if 2.7 < t_s < 4.6 else None
    saved.watcher.until(talks)
    assert saved.results[0].verdict == STILL_GOOD


@pytest.mark.parametrize("openness", [None, 0.02])
def test_eyes_that_are_not_seen_never_block(model: GazeModel, openness: float | None) -> None:
    saved = Saved(model)
    saved.watcher.openness = lambda t_s, target: openness
    assert saved.watcher.until(talks) < EYES_LIMIT_S + 3.0
    assert [r.verdict for r in saved.results] == [NOT_CHECKED]
    assert "not checked" in saved.run.notice
    assert saved.watcher.models == [model]


def test_a_helpers_key_skips_it(model: GazeModel) -> None:
    saved = Saved(model)
    for _ in range(30):
        saved.run.step()
    saved.run.press()
    assert saved.watcher.until(talks) < 2.0
    assert saved.results[0].verdict == NOT_CHECKED


def test_when_the_new_calibration_fails_the_last_one_goes_on(model: GazeModel) -> None:
    saved = Saved(model)
    saved.watcher.wander = lambda t_s, target: (1920 - target[0], 1080 - target[1])
    saved.watcher.until(lambda run: bool(saved.results))

    def shut(t_s: float, target: Place) -> float:
        return 0.3 if target == (960.0, 540.0) else 0.02

    saved.watcher.openness = shut
    saved.watcher.until(talks)
    assert saved.run.outcome.calibrated is None
    assert "the last calibration is used" in saved.run.notice
    assert saved.watcher.model is model


USUAL_LIGHT = (State(CALIBRATION, Level.GOOD, 1.0),)
OTHER_LIGHT = (State(CALIBRATION, Level.FAIR, 9.0),)


def stepped(saved: Saved, seconds: float) -> None:
    end_s = saved.watcher.t_s + seconds
    while saved.watcher.t_s < end_s:
        saved.run.step()


def test_a_key_asks_for_a_check_in_the_middle_of_talking(model: GazeModel) -> None:
    saved = Saved(model)
    saved.watcher.until(talks)
    keyboard = saved.run._talk._keyboard
    keyboard.press(next(k.id for k in keyboard.board.keys if k.action == "page:tools"), 0.0)
    x_px, y_px = next(k.rect.centre for k in keyboard.board.keys if k.action == "check")
    saved.run._talk.press_at(x_px, y_px, saved.run.t_s)
    saved.watcher.slip_px = (30 / MM_PER_PX, 0.0)
    saved.watcher.until(lambda run: isinstance(run.stage, Check))
    saved.watcher.until(talks)
    assert [r.verdict for r in saved.results] == [STILL_GOOD, SHIFTED]


def test_a_second_check_adds_to_what_the_first_corrected(model: GazeModel) -> None:
    saved = Saved(model)
    for slip_mm in (30, 55):
        saved.watcher.slip_px = (slip_mm / MM_PER_PX, 0.0)
        saved.run.check_gaze()
        saved.watcher.until(lambda run: run.talking and run.stage is None)
    assert [r.verdict for r in saved.results] == [SHIFTED, SHIFTED]
    assert saved.run._shift_px[0] * MM_PER_PX == pytest.approx(-55, abs=5)


def test_light_that_changes_for_good_is_followed_by_a_check(model: GazeModel) -> None:
    """It says why, it corrects, and it does not come again and again."""
    saved = Saved(model)
    saved.watcher.position = USUAL_LIGHT
    saved.watcher.until(talks)
    stepped(saved, APART_S)
    assert len(saved.results) == 1
    saved.watcher.position = OTHER_LIGHT
    saved.watcher.slip_px = (30 / MM_PER_PX, 0.0)
    took_s = saved.watcher.until(lambda run: isinstance(run.stage, Check))
    assert took_s == pytest.approx(LASTING_S, abs=0.2)
    assert saved.run.stage is not None
    assert "Light or glasses have changed" in saved.run.stage.shown(saved.run.t_s).words
    saved.watcher.until(talks)
    assert saved.results[-1].verdict == SHIFTED
    stepped(saved, APART_S + 3 * LASTING_S)
    assert len(saved.results) == 2


def test_while_resting_light_may_change_as_it_likes(model: GazeModel) -> None:
    saved = Saved(model)
    saved.watcher.until(talks)
    saved.run._talk._keyboard.press("rest", saved.run.t_s)
    assert saved.run._talk.resting
    saved.watcher.position = OTHER_LIGHT
    stepped(saved, APART_S + 3 * LASTING_S)
    assert len(saved.results) == 1


def test_what_passes_is_no_change_of_light() -> None:
    recheck = Recheck()
    due = []
    for t in range(2000):
        passing = t % 20 < LASTING_S - 2
        due.append(recheck.take(float(t), OTHER_LIGHT if passing else USUAL_LIGHT))
    assert not any(due)


def test_a_broken_calibration_is_told_and_a_new_one_made(model: GazeModel, tmp_path: Path) -> None:
    """Whoever cannot use their hands must not be left before a program that does not start."""
    watcher = Watcher()

    def plan(t_s: float) -> LiveChoreography:
        return LiveChoreography(QUICK, DEFAULT_SCREEN, LENS, t_s)

    start = Start(problem="calibration.npz: damaged", plan=plan)
    run = watched_run(watcher, start, Transcript(tmp_path / "t.jsonl"))
    assert run.trouble == "calibration.npz: damaged"
    watcher.until(lambda run: run.talking)
    assert run.calibrated is not None
    assert run.trouble == ""
    event = json.loads((tmp_path / "t.jsonl").read_text().splitlines()[0])
    assert (event["event"], event["message"]) == ("fault", "calibration.npz: damaged")
