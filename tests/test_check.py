"""The short check at the start: still good, corrected, or calibrated anew; and it never blocks."""

import json
from pathlib import Path

import numpy as np
import pytest

from gazetalk.check import EYES_LIMIT_S, Check
from gazetalk.choreography import LiveChoreography
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.paths import shipped
from gazetalk.run import Run, Start
from gazetalk.tracking.calibration import calibrate
from gazetalk.tracking.gaze import GazeModel
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
            check=lambda t_s: Check(DEFAULT_SCREEN, USUAL, t_s),
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
    event = json.loads((tmp_path / "t.jsonl").read_text().splitlines()[0])
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
