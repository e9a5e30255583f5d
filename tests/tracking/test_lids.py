"""Lids are learned from a calibration: shut is shut and a glance down is open, blinks or not."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.tracking.blinks import Blinks, LidEvent
from gazetalk.tracking.eyes import Eyes, EyeView
from gazetalk.tracking.lid_following import OPENED, SHUT, Lids, LidState
from gazetalk.tracking.lids import DEFAULT_LIDS, LidModel, Measure, learn_lids
from gazetalk.tracking.pose import HeadPose
from gazetalk.tracking.tracker import with_open_eyes
from gazetalk.tracking.types import GazeSample
from tests.tracking.conftest import pose_of

POSE: HeadPose = pose_of((0, 0, 0), (0, 100, 600))
# Of a puppet, mm (offsets as in EyeView): open eyes that look straight ahead; what shuts them; what
# a degree of looking down does.
OPEN = np.array([0.0, 0.0, -13.0, 0.3, 13.0, 0.2, -4.3, 4.4])
SHUTTING = np.array([0.0, 1.3, 0.0, 0.6, 0.0, -0.9, 5.9, -1.5])
DOWN = np.array([0.0, 0.075, 0.0, 0.03, 0.0, 0.02, 0.12, 0.015])
# The screen's upper and lower edge from there, and a keyboard before it.
TOP_DEG, BOTTOM_DEG, KEYBOARD_DEG = -5.0, 25.0, 40.0


def eye(closed: float, down_deg: float, rng: np.random.Generator | None = None) -> EyeView:
    offsets = OPEN + DOWN * down_deg
    # Shut lids are where they are, however far down the eye had looked.
    offsets = (1 - closed) * offsets + closed * (OPEN + SHUTTING + DOWN * down_deg / 4)
    if rng is not None:
        offsets = offsets + rng.normal(0, 0.1, 8)
    openness = float((offsets[7] - offsets[6]) / 26)
    return EyeView(np.zeros(3), offsets, openness, None)


def eyes(
    t_s: float,
    closed: tuple[float, float] = (0.0, 0.0),
    down_deg: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Eyes:
    return Eyes(t_s, POSE, eye(closed[0], down_deg, rng), eye(closed[1], down_deg, rng))


def calibration(blinks: Sequence[int], seed: int = 1) -> tuple[list[Eyes], np.ndarray]:
    """Nine targets of 1.2 s at three heights; at those numbered in `blinks`, a blink."""
    rng = np.random.default_rng(seed)
    moments, groups = [], []
    for target in range(9):
        down_deg = (TOP_DEG, 10.0, BOTTOM_DEG)[target % 3]
        for n in range(36):
            shut = 1.0 if target in blinks and 10 <= n < 15 else 0.0
            moments.append(eyes(len(moments) / 30, (shut, shut), down_deg, rng))
            groups.append(target)
    return moments, np.array(groups)


def learned(blinks: Sequence[int] = (1, 4, 5)) -> LidModel:
    return learn_lids(*calibration(blinks))


def states(moments: Sequence[Eyes | None], model: LidModel, fps: float = 30.0) -> list[LidState]:
    lids = Lids(model)
    return [lids.take(n / fps, moment) for n, moment in enumerate(moments)]


def told(seen: Sequence[LidState]) -> list[LidEvent]:
    blinks = Blinks()
    samples = [
        GazeSample(s.t_s, blink=s.shut, closed_right=s.right, closed_left=s.left) for s in seen
    ]
    return [event for sample in samples for event in blinks.take(sample)]


def looking(
    closed: Sequence[tuple[float, float]], down_deg: float = 0.0, seed: int = 2
) -> list[Eyes]:
    rng = np.random.default_rng(seed)
    return [eyes(n / 30, both, down_deg, rng) for n, both in enumerate(closed)]


def blinking(shut: tuple[float, float], frames: int = 12) -> list[tuple[float, float]]:
    """A second open, lids that move for two frames, shut, two frames, a second open."""
    part = [(shut[0] * share, shut[1] * share) for share in (1 / 3, 2 / 3)]
    return [(0.0, 0.0)] * 30 + part + [shut] * frames + part[::-1] + [(0.0, 0.0)] * 30


MODELS: list[tuple[str, LidModel]] = [
    ("blinks", learned()),
    ("one blink", learned([4])),
    ("no blink", learned([])),
]


@pytest.mark.parametrize("model", [m for _, m in MODELS], ids=[name for name, _ in MODELS])
class TestLearned:
    """From calibrations with three blinks, with one, and with none."""

    @pytest.mark.parametrize("down_deg", [TOP_DEG, 10.0, BOTTOM_DEG])
    def test_shut_is_shut_at_any_height(self, model: LidModel, down_deg: float) -> None:
        seen = states(looking([(1.0, 1.0)] * 20, down_deg), model)
        assert all(s.shut for s in seen)
        for s in seen:
            assert s.right is not None
            assert s.left is not None
            # Where no blink was seen, only people's usual way to shut them is known.
            assert min(s.right, s.left) > 0.75
            assert max(s.right, s.left) < 1.4

    @pytest.mark.parametrize("down_deg", [TOP_DEG, 10.0, BOTTOM_DEG])
    def test_open_is_open_at_any_height(self, model: LidModel, down_deg: float) -> None:
        seen = states(looking([(0.0, 0.0)] * 60, down_deg), model)
        assert not any(s.shut for s in seen)
        assert all(abs(s.right or 0) < 0.25 for s in seen)
        assert all(s.steady for s in seen[2:])

    def test_a_glance_down_is_no_blink(self, model: LidModel) -> None:
        rng = np.random.default_rng(3)
        heights = [0.0] * 60 + [KEYBOARD_DEG] * 30 + [BOTTOM_DEG] * 30 + [KEYBOARD_DEG] * 60
        seen = states([eyes(n / 30, (0, 0), d, rng) for n, d in enumerate(heights)], model)
        assert told(seen) == []

    def test_a_blink_is_told(self, model: LidModel) -> None:
        (event,) = told(states(looking(blinking((1.0, 1.0))), model))
        assert event.eyes == "both"
        # Half shut between the moments in which its lids move: 12 frames and one at either end.
        assert _end(event) - event.start_s == pytest.approx(14 / 30, abs=1 / 30)

    @pytest.mark.parametrize(("shut", "which"), [((1.0, 0.1), "right"), ((0.1, 1.0), "left")])
    def test_a_wink_is_told(self, model: LidModel, shut: tuple[float, float], which: str) -> None:
        (event,) = told(states(looking(blinking(shut)), model))
        assert event.eyes == which


def _end(event: LidEvent) -> float:
    return getattr(event, "end_s", event.start_s)


@pytest.fixture(scope="module")
def model() -> LidModel:
    return learned()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["seen", "lost", "unmeasured"]), max_size=90),
    st.floats(TOP_DEG, BOTTOM_DEG),
)
def test_a_lost_face_is_no_blink(kinds: list[str], down_deg: float) -> None:
    """Open eyes that come and go: whole faces, or the heights of one or both eyes."""
    rng = np.random.default_rng(len(kinds))
    moments: list[Eyes | None] = []
    for n, kind in enumerate(kinds):
        now = eyes(n / 30, (0, 0), down_deg, rng)
        if kind == "unmeasured":
            now.right.offsets_mm[6:] = np.nan
        moments.append(None if kind == "lost" else now)
    seen = states(moments, MODELS[0][1])
    assert told(seen) == []
    assert all(s.shut is None for s, kind in zip(seen, kinds, strict=True) if kind == "lost")


@settings(max_examples=60, deadline=None)
@given(st.floats(10, 60), st.floats(0.3, 1.4))
def test_a_blink_lasts_as_long_at_any_frame_rate(fps: float, lasting_s: float) -> None:
    rng = np.random.default_rng(4)
    moments = []
    for n in range(int(3 * fps)):
        t_s = n / fps
        shut = min(max(min((t_s - 1) / 0.08, (1 + lasting_s - t_s) / 0.14) + 0.5, 0.0), 1.0)
        moments.append(eyes(t_s, (shut, shut), 10.0, rng))
    (event, *_) = told(states(moments, MODELS[0][1], fps))[-1:]
    # The lids' own noise comes on top of the frame's length.
    assert _end(event) - event.start_s == pytest.approx(lasting_s, abs=1 / fps + 0.03)


def test_moving_lids_are_not_steady(model: LidModel) -> None:
    closed = blinking((1.0, 1.0))
    seen = states(looking(closed), model)
    wrong = [
        n
        for n, (s, before, now) in enumerate(zip(seen[1:], closed, closed[1:], strict=False), 1)
        if s.steady and before != now
    ]
    assert wrong == []
    assert not any(s.steady for s, now in zip(seen, closed, strict=True) if now[0] > 0.9)


def test_what_counts_as_open_follows_lids_that_sink(model: LidModel) -> None:
    """Tired lids sink by a sixth of their gap within ten minutes: no blink, and open again."""
    count = 10 * 60 * 5
    sinking = [(n / count / 6, n / count / 6) for n in range(count)]
    seen = states(looking(sinking), model, fps=5.0)
    assert told(seen) == []
    assert (seen[-1].right or 0) < 0.1


def test_an_eye_that_hardly_opens_leaves_the_lids_to_the_other() -> None:
    moments, groups = calibration([1, 4, 5])
    for moment in moments:
        moment.right.offsets_mm[6:] = np.nan
    model = learn_lids(moments, groups)
    assert model.right is None
    assert model.apart is None
    seen = states(looking(blinking((1.0, 1.0))), model)
    assert all(s.right is None for s in seen)
    (event,) = told(seen)
    assert event.eyes == "both"


@pytest.mark.parametrize("count", [0, 3])
def test_with_next_to_nothing_seen_the_usual_lids_serve(count: int) -> None:
    moments, groups = calibration([])
    assert learn_lids(moments[:count], groups[:count]) == DEFAULT_LIDS


def test_the_usual_lids_tell_a_blink_from_open_eyes() -> None:
    seen = states(looking(blinking((1.0, 1.0))), DEFAULT_LIDS)
    (event,) = told(seen)
    assert event.eyes == "both"
    assert not any(s.shut for s in states(looking([(0.0, 0.0)] * 90, 15.0), DEFAULT_LIDS))


def test_a_target_that_was_slept_through_teaches_nothing_of_open_eyes() -> None:
    moments, groups = calibration([1, 4])
    asleep = [
        eyes(m.t_s, (1.0, 1.0), 10.0) if group == 7 else m
        for m, group in zip(moments, groups, strict=True)
    ]
    model = learn_lids(asleep, groups)
    assert not any(s.shut for s in states(looking([(0.0, 0.0)] * 30), model))
    assert all(s.shut for s in states(looking([(1.0, 1.0)] * 30), model))


def test_of_a_wink_the_open_eye_looks_on(model: LidModel) -> None:
    moments = looking([(0.0, 0.0)] * 30 + [(1.0, 0.0)] * 10)
    state = states(moments, model)[-1]
    assert not state.shut
    seen = with_open_eyes(moments[-1], state)
    assert np.isnan(seen.right.openness)
    assert seen.left is moments[-1].left


def test_a_wink_is_not_steady_until_the_eye_rests(model: LidModel) -> None:
    seen = states(looking([(0.0, 0.0)] * 30 + [(1.0, 0.0)] * 90), model)
    assert not any(s.steady for s in seen[31:70])
    assert seen[-1].steady


def test_a_measure_survives_its_numbers() -> None:
    measure = Measure((0.1, -0.2, 0.3, 0.4, -0.5), 0.6, 0.07, 0.08)
    assert Measure.of_numbers(measure.numbers) == measure


def _shut_again() -> Iterator[float]:
    """Closedness that lingers between the two thresholds."""
    middle = (SHUT + OPENED) / 2
    yield from [0.0] * 30 + [1.0] * 10 + [middle] * 10 + [0.0] * 10 + [middle] * 10


def test_shut_lids_must_open_well_and_open_ones_shut_well(model: LidModel) -> None:
    closed = list(_shut_again())
    seen = [s.shut for s in states(looking([(c, c) for c in closed]), model)]
    assert seen == [False] * 30 + [True] * 20 + [False] * 20
