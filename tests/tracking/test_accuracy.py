"""Accuracy, precision and data loss as eye tracking defines them, on samples counted by hand."""

import pytest

from gazetalk.geometry import Screen
from gazetalk.tracking.accuracy import measure_accuracy
from gazetalk.tracking.types import GazeSample, Target

SCREEN = Screen(1000, 500, 500.0, 250.0)
TARGET = Target(0.0, 1.0, 100.0, 100.0, "validation")


def at(t_s: float, x: float, y: float, valid: bool = True) -> GazeSample:
    return GazeSample(t_s, x, y, valid=valid)


def test_figures_of_four_samples() -> None:
    samples = [at(0.6, 103, 104), at(0.7, 103, 104), at(0.8, 109, 112), at(0.9, 0, 0, valid=False)]
    accuracy = measure_accuracy(samples, [TARGET], SCREEN, 600.0, discard_s=0.5)
    assert accuracy.offset is not None
    assert accuracy.rms_s2s is not None
    assert accuracy.offset.px == pytest.approx((5 + 5 + 15) / 3)
    assert accuracy.offset.mm == pytest.approx(accuracy.offset.px / 2)
    assert accuracy.rms_s2s.px == pytest.approx((100 / 2) ** 0.5)
    assert accuracy.data_loss == pytest.approx(0.25)
    assert (accuracy.samples_valid, accuracy.samples_total) == (3, 4)


def test_the_first_part_of_a_target_does_not_count() -> None:
    samples = [at(0.1, 900, 400), at(0.6, 100, 100), at(0.7, 100, 100)]
    accuracy = measure_accuracy(samples, [TARGET], SCREEN, 600.0, discard_s=0.5)
    assert accuracy.offset is not None
    assert accuracy.offset.px == 0.0


def test_what_was_not_measured_is_none_and_not_zero() -> None:
    accuracy = measure_accuracy([at(0.6, 1, 1, valid=False)], [TARGET], SCREEN, 600.0, 0.5)
    assert accuracy.offset is None
    assert accuracy.sd is None
    assert accuracy.data_loss == 1.0
    assert measure_accuracy([], [TARGET], SCREEN, 600.0, 0.5).data_loss is None
