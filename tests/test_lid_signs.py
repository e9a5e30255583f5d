"""Closed eyes: twice for two seconds they call, once they rest; blinks and lost eyes do neither."""

from collections.abc import Iterator, Sequence

import pytest

from gazetalk.lid_signs import Call, Pause
from gazetalk.tracking.types import GazeSample

FRAME_S = 1 / 15


def samples(spans: Sequence[tuple[float, bool | None]]) -> Iterator[GazeSample]:
    """Eyes that are closed, open or not seen for so many seconds, one after the other."""
    t_s = 0.0
    for seconds, closed in spans:
        end_s = t_s + seconds
        while t_s < end_s:
            yield GazeSample(t_s, blink=closed)
            t_s += FRAME_S


@pytest.mark.parametrize(
    ("spans", "calls"),
    [
        ([(2.0, True), (1.0, False), (2.0, True)], 1),
        ([(2.0, True), (1.0, False), (2.0, True), (1.0, False), (2.0, True)], 1),
        ([(2.0, True), (1.0, False)] * 4, 2),
        # Blinks, long blinks as they select words, one closing, a rest, two that are far apart.
        ([(0.2, True), (1.0, False)] * 5, 0),
        ([(1.2, True), (0.7, False)] * 5, 0),
        ([(2.0, True), (5.0, False)], 0),
        ([(8.0, True), (1.0, False), (2.0, True)], 0),
        ([(2.0, True), (4.0, False), (2.0, True)], 0),
        # Eyes that are not seen in between were not known to be closed; nor is a face that is away.
        ([(1.0, True), (1.0, None), (1.0, True), (1.0, False), (2.0, True)], 0),
        ([(2.0, None), (1.0, False), (2.0, None)], 0),
        # A blink between the two was no part of it: they begin anew.
        ([(2.0, True), (0.5, False), (0.2, True), (0.5, False), (2.0, True)], 0),
    ],
)
def test_two_closings_in_a_row_call(spans: Sequence[tuple[float, bool | None]], calls: int) -> None:
    call = Call()
    taken = samples([(1.0, False), *spans, (1.0, False)])
    assert sum(call.take(sample) for sample in taken) == calls


def test_the_eyes_rest_from_a_second_on_until_they_open() -> None:
    pause = Pause()
    taken = list(samples([(1.0, False), (3.0, True), (1.0, False)]))
    resting = [sample.t_s for sample in taken if pause.take(sample)]
    assert resting[0] == pytest.approx(2.0, abs=2 * FRAME_S)
    assert resting[-1] == pytest.approx(4.0, abs=2 * FRAME_S)


@pytest.mark.parametrize(
    ("spans", "most_s"),
    [
        ([(0.5, False), (0.4, True), (1.0, False)], 0.0),
        ([(300.0, True)], 0.0),  # never seen open: eyes that hardly open
        ([(1.0, False), (300.0, True)], 60.0),  # or that were, once, by a mistake
        ([(1.0, False), (5.0, None)], 0.0),
    ],
)
def test_nobody_waits_for_eyes_that_seem_to_be_closed_for_ever(
    spans: Sequence[tuple[float, bool | None]], most_s: float
) -> None:
    pause = Pause()
    rests = sum(pause.take(sample) for sample in samples(spans))
    assert rests * FRAME_S <= most_s
