"""What the puppet does over time is plausible, known and repeatable."""

import numpy as np
import pytest

from gazetalk.geometry import DEFAULT_SCREEN, mm_to_deg
from gazetalk.lab.behaviour import Closing, HeadMotion, behave
from gazetalk.lab.person import Person
from gazetalk.tracking.types import Target

STEADY = Person(scatter_deg=0.0, drift_deg=0.0, tremor_deg=0.0)
TARGETS = (
    Target(1.0, 3.0, 200.0, 200.0, "calibration"),
    Target(3.0, 5.0, 1700.0, 900.0, "calibration"),
    Target(5.0, 9.0, 960.0, 540.0, "validation"),
)


def times(rate_hz=1000.0, end_s=9.0):
    return np.arange(0, end_s, 1 / rate_hz)


def acted(t_s=None, person=STEADY, motion=None, seed=1):
    t_s = times() if t_s is None else t_s
    return behave(t_s, TARGETS, person, motion or HeadMotion(), DEFAULT_SCREEN, 600.0, seed)


def degrees_off(behaviour, target, from_s, to_s):
    chosen = (behaviour.t_s >= from_s) & (behaviour.t_s < to_s)
    off_px = behaviour.gaze_px[chosen] - (target.x_px, target.y_px)
    return mm_to_deg(np.hypot(*(off_px * DEFAULT_SCREEN.mm_per_px).T), 600.0)


def test_the_same_seed_acts_the_same_and_another_does_not():
    first, again, other = acted(seed=5), acted(seed=5), acted(seed=6)
    assert np.array_equal(first.gaze_px, again.gaze_px)
    assert np.array_equal(first.closure, again.closure)
    assert np.array_equal(first.moved_mm, again.moved_mm)
    assert not np.array_equal(first.gaze_px, other.gaze_px)


def test_what_happens_does_not_depend_on_the_frame_rate():
    """The same moments seen at 30 and at 10 frames a second show the same."""
    fast, slow = acted(times(30)), acted(times(10))
    assert fast.gaze_px[::3] == pytest.approx(slow.gaze_px, abs=1e-6)
    assert fast.closure[::3] == pytest.approx(slow.closure, abs=1e-9)


def test_the_eyes_leave_after_a_latency_and_arrive_soon():
    behaviour = acted()
    before = degrees_off(behaviour, TARGETS[0], 3.0, 3.1)
    assert before.max() < 1.0, "at first the eyes are still on the old target"
    assert degrees_off(behaviour, TARGETS[1], 3.0, 3.1).min() > 10
    assert degrees_off(behaviour, TARGETS[1], 3.7, 5.1).max() < 0.7


def test_a_long_saccade_falls_short_and_takes_its_time():
    """By the main sequence, a jump of some 28 degrees lasts about 80 ms."""
    behaviour = acted()
    off = degrees_off(behaviour, TARGETS[1], 3.0, 5.0)
    moving = np.flatnonzero(np.abs(np.diff(off)) > 0.02)  # 20 degrees a second
    assert 0.12 <= moving[0] / 1000 <= 0.35
    first = moving[moving < moving[0] + 120]
    assert 0.05 <= (first[-1] - first[0]) / 1000 <= 0.1
    assert off[first[-1] + 20] > 0.5, "the first jump falls short"


def test_fixations_drift_slowly_as_real_ones_do():
    person = Person(scatter_deg=0.0)
    t_s = times(30)
    behaviour = acted(t_s, person)
    chosen = (t_s > 6) & (t_s < 8.9)
    gaze = behaviour.gaze_px[chosen, 0]
    assert 1 < gaze.std() < 30
    assert np.corrcoef(gaze[1:], gaze[:-1])[0, 1] > 0.5


def test_blinks_come_every_few_seconds_and_shut_the_eyes_for_a_moment():
    t_s = times(500, 60.0)
    behaviour = behave(t_s, TARGETS, STEADY, HeadMotion(), DEFAULT_SCREEN, 600.0, 2)
    shut = behaviour.closure > 0.99
    starts = t_s[1:][shut[1:] & ~shut[:-1]]
    ends = t_s[1:][~shut[1:] & shut[:-1]]
    assert 8 <= len(starts) <= 20
    assert ((np.diff(starts) > 2.5) & (np.diff(starts) < 6.5)).all()
    assert ((ends - starts > 0.09) & (ends - starts < 0.25)).all()


def test_lids_close_when_they_are_told_to_and_only_those_named():
    """Half shut, they count as closed for 0.11 s longer than they are wholly shut."""
    t_s = times(1000, 9.0)
    closings = (Closing(1.0, 0.8), Closing(4.0, 0.3, "right"), Closing(6.0, 0.3, "left"))
    behaviour = behave(t_s, TARGETS, STEADY, HeadMotion(), DEFAULT_SCREEN, 600.0, 2, closings)
    shut_s = (behaviour.closures > 0.5).sum(axis=0) / 1000
    assert shut_s == pytest.approx(0.8 + 0.3 + 2 * 0.11, abs=0.005)
    assert behaviour.blink.sum() / 1000 == pytest.approx(0.91, abs=0.005)
    right, left = behaviour.closures[(t_s > 4.1) & (t_s < 4.3)].T
    assert right.min() == 1.0
    assert left.max() == 0.0


def test_the_head_only_breathes_until_calibration_is_over():
    behaviour = acted(motion=HeadMotion(moved_mm=50.0, turned_deg=10.0))
    away_mm = np.linalg.norm(behaviour.moved_mm, axis=1)
    calibrating = behaviour.t_s < 5.0
    assert away_mm[calibrating].max() < 1.0
    later = behaviour.t_s > 5.7
    assert np.abs(away_mm[later] - 50).max() < 1.5
    turned = np.linalg.norm(behaviour.turned_deg[later], axis=1)
    assert np.abs(turned - 10).max() < 0.6


def test_a_wandering_head_stays_within_its_range_and_never_jumps():
    t_s = times(100, 60.0)
    motion = HeadMotion(wander_mm=20.0, wander_deg=3.0)
    behaviour = behave(t_s, TARGETS, STEADY, motion, DEFAULT_SCREEN, 600.0, 4)
    assert 5 < np.abs(behaviour.moved_mm).max() < 22
    assert 1 < np.abs(behaviour.turned_deg).max() < 3.5
    assert np.abs(np.diff(behaviour.moved_mm, axis=0)).max() < 0.5
