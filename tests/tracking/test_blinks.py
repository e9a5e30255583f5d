"""Blinks are told by seconds alone: at any frame rate, in order, never from what was not seen."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gazetalk.tracking.blinks import LOST_S, RESTING_S, Blink, Blinks, LidEvent, Shut
from gazetalk.tracking.types import GazeSample

# A blink's edges, s: how long lids take down and up (puppets; people are about as fast).
DOWN_S, UP_S = 0.08, 0.14

Closed = Callable[[float], float]
RATES = st.floats(10, 60)


def blink_at(half_s: float, lasting_s: float) -> Closed:
    """Closedness over time of lids that pass half-way at `half_s` and so much later again."""

    def closed(t_s: float) -> float:
        down = (t_s - half_s) / DOWN_S + 0.5
        up = (half_s + lasting_s - t_s) / UP_S + 0.5
        return min(max(min(down, up), 0.0), 1.0)

    return closed


def opened(t_s: float) -> float:
    return 0.0


def filmed(right: Closed, left: Closed, fps: float, until_s: float) -> list[GazeSample]:
    times = [n / fps for n in range(int(until_s * fps))]
    return [GazeSample(t, closed_right=right(t), closed_left=left(t)) for t in times]


def told(samples: Sequence[GazeSample], blinks: Blinks | None = None) -> list[LidEvent]:
    blinks = blinks or Blinks()
    return [event for sample in samples for event in blinks.take(sample)]


def ended(events: Sequence[LidEvent]) -> list[Blink]:
    return [event for event in events if isinstance(event, Blink)]


@settings(max_examples=150, deadline=None)
@given(RATES, st.floats(0.15, 1.5), st.floats(0, 0.1))
def test_a_blink_lasts_as_long_at_any_frame_rate(
    fps: float, lasting_s: float, late_s: float
) -> None:
    frame_s = 1 / fps
    assume(lasting_s > frame_s + (DOWN_S + UP_S) / 2)  # else it may fall between two pictures
    closed = blink_at(0.5 + late_s, lasting_s)
    (blink,) = ended(told(filmed(closed, closed, fps, 3.0)))
    assert blink.eyes == "both"
    assert blink.duration_s == pytest.approx(lasting_s, abs=frame_s)
    assert blink.start_s == pytest.approx(0.5 + late_s, abs=frame_s)
    if abs(lasting_s - 0.6) > frame_s:
        assert blink.long == (lasting_s > 0.6)


@settings(max_examples=80, deadline=None)
@given(RATES, st.floats(0.4, 1.5), st.sampled_from(["right", "left"]))
def test_one_eye_is_a_wink(fps: float, lasting_s: float, eye: str) -> None:
    closed = blink_at(0.5, lasting_s)
    right, left = (closed, opened) if eye == "right" else (opened, closed)
    (wink,) = ended(told(filmed(right, left, fps, 3.0)))
    assert wink.eyes == eye


def _any_samples() -> st.SearchStrategy[list[GazeSample]]:
    closedness = st.none() | st.floats(-0.3, 1.3) | st.sampled_from([0.0, 1.0])
    step_s = st.floats(0.005, 0.2) | st.floats(0.2, 4.0)
    moment = st.tuples(step_s, closedness, closedness, st.sampled_from([None, False, True]))

    def samples(moments: list[tuple]) -> list[GazeSample]:
        t_s, made = 0.0, []
        for after_s, right, left, blink in moments:
            t_s += after_s
            made.append(GazeSample(t_s, closed_right=right, closed_left=left, blink=blink))
        return made

    return st.lists(moment, max_size=60).map(samples)


def _time(event: LidEvent) -> float:
    return event.end_s if isinstance(event, Blink) else event.t_s


@settings(max_examples=300, deadline=None)
@given(_any_samples())
def test_whatever_comes_events_are_in_order_and_apart(samples: list[GazeSample]) -> None:
    events = told(samples)
    assert [_time(e) for e in events] == sorted(_time(e) for e in events)
    for event in events:
        assert event.start_s < _time(event) <= samples[-1].t_s
    for before, after in pairwise(ended(events)):
        assert before.end_s <= after.start_s


@settings(max_examples=150, deadline=None)
@given(_any_samples())
def test_a_long_blink_was_told_while_shut(samples: list[GazeSample]) -> None:
    shut: set[tuple[str, float]] = set()
    for event in told(samples):
        if isinstance(event, Shut):
            shut.add((event.eyes, event.start_s))
        else:
            assert event.long == ((event.eyes, event.start_s) in shut)


@settings(max_examples=100, deadline=None)
@given(RATES, st.lists(st.tuples(st.floats(0, 4), st.floats(0.01, 2)), min_size=1, max_size=4))
def test_a_lost_face_is_no_blink(fps: float, losses: list[tuple[float, float]]) -> None:
    samples = [
        GazeSample(s.t_s) if any(a <= s.t_s < a + for_s for a, for_s in losses) else s
        for s in filmed(opened, opened, fps, 5.0)
    ]
    assert told(samples) == []


@settings(max_examples=100, deadline=None)
@given(RATES, st.floats(0.0, 3.0), st.floats(0.35, 2.0))
@example(30.0, 0.55, 0.4)
def test_what_a_long_loss_hides_is_not_told(fps: float, from_s: float, for_s: float) -> None:
    """Of a blink that a loss cuts, nothing is told but what was wholly seen."""
    closed = blink_at(1.0, 1.0)
    samples = filmed(closed, closed, fps, 5.0)
    seen = [s for s in samples if not from_s <= s.t_s < from_s + for_s]
    gap_s = max(b.t_s - a.t_s for a, b in pairwise(seen))
    cut = from_s < 2.0 and from_s + for_s > 1.0 and gap_s > LOST_S
    blinks = ended(told(seen))
    assert len(blinks) <= 1
    for blink in blinks:
        # Whatever is told begins and ends where lids were seen to move, or were shut first.
        assert blink.duration_s <= 1.0 + 1 / fps
        assert not (cut and blink.start_s < from_s and blink.end_s > from_s + for_s)


def test_a_short_loss_within_a_blink_changes_nothing() -> None:
    closed = blink_at(1.0, 0.8)
    samples = filmed(closed, closed, 30.0, 3.0)
    lost = [GazeSample(s.t_s) if 1.2 < s.t_s < 1.4 else s for s in samples]
    assert told(lost) == told(samples)


def test_samples_that_are_not_later_are_ignored() -> None:
    closed = blink_at(1.0, 0.3)
    samples = filmed(closed, closed, 30.0, 3.0)
    twice = [s for sample in samples for s in (sample, sample)]
    assert told(twice) == told(samples)


def test_without_closedness_the_blink_flag_counts() -> None:
    samples = [GazeSample(n / 30, blink=30 <= n < 36) for n in range(90)]
    (blink,) = ended(told(samples))
    assert blink.duration_s == pytest.approx(0.2, abs=0.034)


def test_closed_eyes_are_told_once_while_they_last() -> None:
    closed = blink_at(1.0, 4.0)
    events = told(filmed(closed, closed, 30.0, 7.0))
    assert [type(e) for e in events] == [Shut, Shut, Blink]
    long, for_good, blink = events
    assert isinstance(long, Shut)
    assert isinstance(for_good, Shut)
    assert (long.closed, for_good.closed) == (False, True)
    assert long.t_s == pytest.approx(1.6, abs=0.04)
    assert for_good.t_s == pytest.approx(3.0, abs=0.04)
    assert isinstance(blink, Blink)
    assert blink.long


def test_an_uneven_blink_is_no_wink() -> None:
    """One eye is the first to shut and the last to open, by a tenth of a second."""
    early, late = blink_at(0.95, 0.4), blink_at(1.0, 0.3)
    assert [b.eyes for b in ended(told(filmed(early, late, 60.0, 3.0)))] == ["both"]


def test_an_eye_that_stays_shut_leaves_the_blinks_to_the_other() -> None:
    def blinking(t_s: float) -> float:
        return max(blink_at(RESTING_S + 2.0 + 1.5 * n, 0.3)(t_s) for n in range(3))

    resting = blink_at(0.5, 60.0)
    blinks = ended(told(filmed(resting, blinking, 30.0, 10.0)))
    assert [b.eyes for b in blinks] == ["both"] * 3


@pytest.mark.parametrize(
    ("long_s", "closed_s"),
    [(0.2, 2.0), (2.1, 3.0), (math.nan, 2.0), (0.6, 0.6), (0.6, math.inf), (0.6, math.nan)],
)
def test_lengths_out_of_range_are_refused(long_s: float, closed_s: float) -> None:
    with pytest.raises(ValueError, match="_s"):
        Blinks(long_s, closed_s)
