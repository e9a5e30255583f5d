"""A good calibration is never lost to a worse one without a word."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gazetalk.clinic.keeping import keep, usual_of
from gazetalk.clinic.profile import Profile, find_profile, load_model
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.paths import shipped
from gazetalk.tracking.accuracy import Accuracy, Measure
from gazetalk.tracking.calibration import Calibrated, calibrate, validate
from gazetalk.tracking.looks import collect
from gazetalk.tracking.model_file import model_to_bytes
from gazetalk.tracking.procedure import load_procedure
from tests.tracking.conftest import eyes_looking_at

LENS = (0.0, 8.0)
TARGETS = load_procedure(shipped("calibration") / "standard.toml").schedule(DEFAULT_SCREEN)


def calibrated(slip_px: float = 0.0, noise_mm: float = 0.02, seed: int = 1) -> Calibrated:
    """A person calibrates, then looks `slip_px` beside the validation targets."""
    rng = np.random.default_rng(seed)
    eyes = [
        eyes_looking_at(
            target.x_px + (slip_px if target.phase == "validation" else 0.0),
            target.y_px,
            t_s,
            noise_mm=noise_mm,
            rng=rng,
        )
        for target in TARGETS
        for t_s in np.arange(target.start_s, target.end_s, 1 / 30)
    ]
    calibration = calibrate(eyes, TARGETS, DEFAULT_SCREEN, LENS)
    samples = [calibration.model.locate(e) for e in eyes]
    measured = validate(samples, TARGETS, DEFAULT_SCREEN, 600.0)
    asked = [target for target in TARGETS if target.phase == "validation"]
    return Calibrated(calibration, measured, tuple(collect(eyes, asked, 0.7)))


@pytest.fixture(scope="module")
def good() -> Calibrated:
    return calibrated()


@pytest.fixture(scope="module")
def bad() -> Calibrated:
    """40 mm beside its validation targets: the person looked elsewhere, or it is bad."""
    return calibrated(slip_px=225, seed=2)


@pytest.fixture
def profile(tmp_path: Path, good: Calibrated) -> Profile:
    """One with the good calibration in it."""
    profile = find_profile(tmp_path)
    assert keep(profile, good).replaced
    return profile


def files(profile: Profile) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(profile.folder.iterdir())}


def test_the_first_is_kept_whatever_it_measures(tmp_path: Path, bad: Calibrated) -> None:
    profile = find_profile(tmp_path)
    kept = keep(profile, bad)
    assert (kept.replaced, kept.words) == (True, "")
    assert load_model(profile) is not None


def test_a_clearly_worse_one_leaves_everything_as_it_was(
    profile: Profile, good: Calibrated, bad: Calibrated
) -> None:
    before = files(profile)
    kept = keep(profile, bad)
    assert not kept.replaced
    assert files(profile) == before
    assert "the last one is kept" in kept.words
    assert bad.measured is not None
    assert bad.measured.offset is not None
    assert f"{bad.measured.offset.mm:.1f} mm" in kept.words
    assert "\n" not in kept.words


def test_a_worse_one_is_taken_when_told_to(profile: Profile, bad: Calibrated) -> None:
    before = files(profile)
    kept = keep(profile, bad, replace=True)
    assert kept.replaced
    assert kept.model is bad.calibration.model
    assert files(profile) != before


def test_an_equally_good_one_takes_its_place(profile: Profile) -> None:
    before = files(profile)
    kept = keep(profile, calibrated(seed=3))
    assert (kept.replaced, kept.words) == (True, "")
    assert files(profile) != before


def test_without_validation_the_estimates_are_compared(profile: Profile, good: Calibrated) -> None:
    rough = calibrated(noise_mm=0.5, seed=4)
    assert rough.calibration.left_out.offset is not None
    assert good.calibration.left_out.offset is not None
    assert rough.calibration.left_out.offset.mm > 3 * good.calibration.left_out.offset.mm
    assert not keep(profile, replace(rough, measured=None, looks=())).replaced


def test_a_worse_one_is_taken_when_the_last_is_worse_still_today(
    profile: Profile, good: Calibrated
) -> None:
    """Stored as very good; but its eyes are another person's, and today it errs more than both."""
    stranger = calibrated(noise_mm=0.1, seed=5)
    quality = json.loads(profile.quality_path.read_text())
    quality["validation"]["offset"]["mm"] = 0.5
    profile.quality_path.write_text(json.dumps(quality))
    # A model that sees everything 60 mm to the side.
    off = replace(good.calibration.model, lens_offset_mm=(60.0, 8.0))
    profile.model_path.write_bytes(model_to_bytes(off))
    kept = keep(profile, stranger)
    assert kept.replaced
    assert "today" in kept.words


def test_after_a_check_that_failed_only_today_speaks_for_the_last_one(
    profile: Profile, bad: Calibrated
) -> None:
    """Both err alike at today's looks, so the one that was doubted gives way."""
    assert not keep(profile, bad).replaced
    assert keep(profile, bad, doubted=True).replaced


@pytest.mark.parametrize("damage", ["model", "quality", "missing"])
def test_a_damaged_profile_is_no_reason_to_keep_it(
    profile: Profile, bad: Calibrated, damage: str
) -> None:
    if damage == "model":
        profile.model_path.write_bytes(b"not numpy")
    elif damage == "quality":
        profile.quality_path.write_text('{"validation": {"offset": {"mm": "wide"}}}')
    else:
        profile.quality_path.unlink()
    assert keep(profile, bad).replaced


def test_what_is_usual_comes_from_validation_or_else_the_estimate(
    profile: Profile, good: Calibrated
) -> None:
    usual = usual_of(profile)
    assert usual is not None
    assert good.measured is not None
    assert good.measured.fixation_offset is not None
    assert (usual.offset_mm, usual.targets) == (good.measured.fixation_offset.mm, 5)
    keep(profile, replace(good, measured=nothing_measured()), replace=True)
    estimated = usual_of(profile)
    assert estimated is not None
    assert estimated.targets == 9
    profile.quality_path.write_text("[]")
    assert usual_of(profile) is None


def nothing_measured() -> Accuracy:
    none: Measure | None = None
    return Accuracy(none, none, none, none, None, 0, 0, 5, 600.0)
