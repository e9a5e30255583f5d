"""Reading recognised: fixations that sweep along lines of known text, and how far beside them.

A reader's eyes move along a line in steps of some eight characters, begin and end five to seven
characters within it, so that four fifths of it lie between the outermost fixations, and sweep back
to the next line's beginning (Rayner, Eye movements in reading and information processing,
Psychological Bulletin 1998). The middle between the outermost fixations is therefore the line's.
Eyes that only rest on the text, or glance at its last word, say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazetalk.tracking.types import Floats

# A step back by more than this share of the widest line is a sweep back to a line's beginning.
BACK_SHARE = 0.4
LEAST_FIXATIONS = 3
# Between the outermost fixations of a line read lies this share of it.
LEAST_SHARE, MOST_SHARE = 0.55, 1.2
# The middle of a sweep errs by so many characters (some people never look at a line's last word),
# and its height by so much, one deviation.
MIDDLE_CHARACTERS = 2.5
HEIGHT_MM = 3.0
# Offsets that are plausible beforehand, one deviation.
PLAUSIBLE_MM = 15.0
# The lines are told apart when the best guess is this much likelier than the next (exp(2) = 7).
LEAST_LOG_ODDS = 2.0
UNKNOWN_MM = 1000.0


@dataclass(frozen=True)
class Line:
    """A line of text on the screen, px: its two ends, the middle of its height, its length."""

    left_px: float
    right_px: float
    y_px: float
    characters: int


@dataclass(frozen=True, eq=False)
class Sweep:
    """A line read, mm (2,): its middle as gaze showed it, how far that lies beside the true one,
    and the deviation of that offset (UNKNOWN_MM where it is not known)."""

    seen_mm: Floats
    offset_mm: Floats
    sd_mm: Floats


def sweeps_of(seen_mm: Floats, lines: Sequence[Line], mm_per_px: Floats) -> list[Sweep]:
    """The lines read in one visit to the text; empty when it was not reading.

    seen_mm: (N, 2) centres of the visit's fixations, in their order.
    """
    if not lines or len(seen_mm) < LEAST_FIXATIONS:
        return []
    ends = np.array([(line.left_px, line.right_px) for line in lines]) * mm_per_px[0]
    heights = np.array([line.y_px for line in lines]) * mm_per_px[1]
    parts = _split(seen_mm, BACK_SHARE * float(np.ptp(ends, axis=1).max()))
    seen = np.array([_middle(part) for part in parts])
    fits = np.array([_fits(part, ends) for part in parts])
    order, sure = _assign(seen, fits, ends.mean(axis=1), heights)
    found = []
    for middle, number, fit in zip(seen, order, fits, strict=True):
        if not fit[number]:
            continue
        width = float(np.ptp(ends[number]))
        of_x = MIDDLE_CHARACTERS * width / max(lines[number].characters, 1)
        true = np.array([ends[number].mean(), heights[number]])
        sd = np.array([of_x, HEIGHT_MM if sure else UNKNOWN_MM])
        found.append(Sweep(middle, middle - true, sd))
    return found


def _split(seen_mm: Floats, back_mm: float) -> list[Floats]:
    """The fixations between two sweeps back."""
    back = np.flatnonzero(np.diff(seen_mm[:, 0]) < -back_mm) + 1
    return np.split(seen_mm, back)


def _middle(part: Floats) -> Floats:
    return np.array([(part[:, 0].min() + part[:, 0].max()) / 2, np.median(part[:, 1])])


def _fits(part: Floats, ends: Floats) -> Floats:
    """(lines,) whether each line may be the one that was read along."""
    share = np.ptp(part[:, 0]) / np.maximum(np.ptp(ends, axis=1), 1e-6)
    return (len(part) >= LEAST_FIXATIONS) & (share >= LEAST_SHARE) & (share <= MOST_SHARE)


def _assign(seen: Floats, fits: Floats, middles: Floats, heights: Floats) -> tuple[list[int], bool]:
    """Which line each sweep was along, and whether that is sure enough for its height.

    Lines are read one after another, from any of them on, or one of them again and again. Of these
    guesses the likeliest has offsets that agree with one another and are plausible.
    """
    count = len(heights)
    orders = {tuple((first + k) % count for k in range(len(seen))) for first in range(count)}
    orders |= {(line,) * len(seen) for line in range(count)}
    costs = []
    for order in sorted(orders):
        number = np.array(order)
        fit = fits[np.arange(len(seen)), number]
        across = (seen[:, 0] - middles[number])[fit]
        down = (seen[:, 1] - heights[number])[fit]
        cost = float(np.sum(~fit)) * 8.0
        if len(down):
            cost += 0.5 * float(np.square((down - down.mean()) / HEIGHT_MM).sum())
            cost += 0.5 * float((down.mean() / PLAUSIBLE_MM) ** 2)
            cost += 0.5 * float(np.square(across / PLAUSIBLE_MM).mean())
        costs.append((cost, order))
    costs.sort()
    sure = len(costs) == 1 or costs[1][0] - costs[0][0] >= LEAST_LOG_ODDS
    return list(costs[0][1]), sure
