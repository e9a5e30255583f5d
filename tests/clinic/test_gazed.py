"""Where gaze fell against targets: kept as a few numbers, drawn in the report, never trusted."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.cli import main
from gazetalk.clinic.assess import REGIONS
from gazetalk.clinic.gazed import as_json, from_json, gazed, gazed_at
from gazetalk.clinic.profile import Profile, save_calibration
from gazetalk.clinic.report import report_of
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.tracking.accuracy import measure_accuracy
from gazetalk.tracking.calibration import Calibrated, Calibration
from gazetalk.tracking.looks import Look
from gazetalk.tracking.types import GazeSample, Target
from tests.clinic.test_report import assessed

SIZE = {"width_mm": 344.0, "height_mm": 194.0}


@pytest.fixture
def done(calibration: Calibration) -> Calibrated:
    """Two targets, looked at with noise and some blinks."""
    rng = np.random.default_rng(3)
    targets = [Target(0.0, 1.0, 400, 300, "validation"), Target(1.0, 2.0, 900, 700, "validation")]
    samples = []
    for number in range(60):
        target = targets[number // 30]
        x_px, y_px = rng.normal((target.x_px + 20, target.y_px - 30), (8, 15))
        samples.append(GazeSample(number / 30, float(x_px), float(y_px), valid=number % 10 > 0))
    looks = tuple(Look(n, target, (), (), ()) for n, target in enumerate(targets, 1))
    screen = calibration.model.screen
    measured = measure_accuracy(samples, targets, screen, 600.0, 0.0)
    return Calibrated(calibration, measured, looks, tuple(samples))


def test_they_are_the_samples_that_the_figures_rest_on(done: Calibrated) -> None:
    found = gazed_at(done)
    assert done.measured is not None
    assert done.measured.fixation_offset is not None
    away_mm = [float(np.hypot(each.away_x_mm, each.away_y_mm)) for each in found]
    # Kept to a thousandth of a millimetre.
    assert np.mean(away_mm) == pytest.approx(done.measured.fixation_offset.mm, abs=2e-3)
    assert sum(each.n for each in found) == done.measured.samples_valid == 54


def test_the_report_draws_them_of_the_calibration_and_the_assessment(
    ana: Profile, done: Calibrated, tmp_path: Path
) -> None:
    found = gazed_at(done)
    save_calibration(ana, done.calibration, done.measured, found)
    regions = report_regions()
    option = {"method": "words", "wpm": 9.0, "low_wpm": 7.0, "high_wpm": 11.0, "fails": 0.1}
    trial = {"layout": "<b>", "right": 20, "asked": 22, "seconds": 60.0, "wpm": 4.0}
    outcome = {"method": "words", "words": ["Words."], "options": [option, {"method": 3}]}
    figures = {"regions": regions, "screen": SIZE, "gazed": as_json(found)}
    assessed(ana, figures=figures, recommendation=outcome, trials=[trial, "x"])
    out = tmp_path / "r.html"
    where = ["--profile", "Ana", "--data-dir", str(tmp_path / "home"), "--out", str(out)]
    assert main(["report", *where]) == 0
    page = out.read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "validation of this calibration (2 points)" in page
    assert "http" not in page
    assert "20 of 22" in page
    assert "&lt;b&gt;" in page
    told = report_of(ana)
    assert told["calibration"]["gazed"]["targets"] == as_json(found)
    assert told["assessment"]["options"] == [option]
    assert told["assessment"]["trials"] == [trial]


def report_regions() -> list[dict[str, object]]:
    return [{"name": name, "offset_mm": 1.0, "sd_mm": None, "targets": 1} for name in REGIONS]


WHOLE = {
    **{"x_mm": 10.0, "y_mm": 10.0, "away_x_mm": 1.0, "away_y_mm": 1.0},
    **{"sd_x_mm": 1.0, "sd_y_mm": 1.0, "r": 0.0, "n": 9},
}


@pytest.mark.parametrize(
    "found",
    [
        "x",
        [],
        [3],
        [{**WHOLE, "x_mm": "far"}],
        [{**WHOLE, "r": 2.0}],
        [{**WHOLE, "sd_x_mm": -1.0}],
        [{**WHOLE, "y_mm": float("nan")}],
        [{**WHOLE, "y_mm": 1e300}],
        [{**WHOLE, "more": 1}],
        [WHOLE] * 9999,
    ],
)
def test_what_hands_have_changed_is_not_drawn(
    ana: Profile, done: Calibrated, tmp_path: Path, found: object
) -> None:
    assert from_json(SIZE, [WHOLE]) is not None
    assert from_json({**SIZE, "width_mm": 0}, [WHOLE]) is None
    assert from_json(SIZE, found) is None
    quality = json.loads(ana.quality_path.read_text())
    ana.quality_path.write_text(json.dumps({**quality, "screen": SIZE, "gazed": found}))
    assert report_of(ana)["calibration"]["gazed"] is None


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=1, max_size=9))
def test_whatever_is_kept_can_be_read_again(points: list[tuple[float, float]]) -> None:
    target = Target(0.0, 1.0, 100, 100, "validation")
    found = gazed(target, np.array(points, dtype=float), DEFAULT_SCREEN)
    assert found is not None
    read = from_json(SIZE, json.loads(json.dumps([asdict(found)])))
    assert read == (344.0, 194.0, [found])
