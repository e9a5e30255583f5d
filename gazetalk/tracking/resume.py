"""Is the last session's calibration still good? Three targets tell, by statistics.

The rule. The calibration's validation said how far the middle of a look lies from its target: a
mean distance D over n targets. Taken as a two-dimensional normal error it has a deviation of
D / sqrt(pi / 2) per axis, known with 2 n degrees of freedom. (A target's own noise is in it: with
a lag-1 correlation of 0.9 the 36 samples of 1.2 s are worth no more than two, so that a look's
middle is hardly steadier than a sample. Check targets last as long as validation's, so the same
noise is in both.) The errors at m check targets are compared with it by variance ratios:

- all 2 m errors no larger than chance allows, F(2 m, 2 n) at 5 %: still good;
- else, if what the targets have in common is a shift that is no chance, F(2, 2 n + 2 m - 2) at
  5 %, and what remains beside it may be chance, F(2 m - 2, 2 n) at 1 %: shifted, and corrected by
  that shift, drawn towards none by its own uncertainty (James and Stein, 1961: 1 - 1 / F);
- else, if the errors would be chance with 5 mm more per axis, less than a sixth of a key: it is a
  little worse, but not worth another calibration: still good;
- else it needs redoing.

With numbers of degrees of freedom that are all even, F's tail has a closed form (Abramowitz and
Stegun, 26.5.6 with 26.6.2). Three targets cannot tell a stretch from their noise: only a shift is
ever corrected, and none beyond 60 mm.

On six puppets that had not been looked at before, check targets drawn 1,800 times: nothing
changed, 98 % still good, 2 % shifted; shifted by 20 mm, 98 % corrected (21 to 7 mm); head moved by
5 cm, 32 % still good (12 mm), 46 % shifted (19 to 13 mm), 22 % to be redone (25 mm); turned by 10
degrees, 16 % (13 mm), 25 % (26 to 20 mm), 59 % (38 mm).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.tracking.looks import (
    LEAST_SAMPLES,
    at_target,
    reach_mm,
)
from gazetalk.tracking.types import Floats, GazeSample, Target

# The centre and two opposite sides; none of them a calibration point. Fractions of the screen.
POINTS = ((0.5, 0.56), (0.2, 0.24), (0.8, 0.78))
# As long as the standard procedure's.
FIRST_S, TARGET_S, DISCARD_S = 0.8, 1.9, 0.7
LEAST_SEEN = 2
CHANCE = 0.05
REST_CHANCE = 0.01
MINOR_MM = 5.0
BOUND_MM = 60.0
LEAST_USUAL_MM = 1.0

Verdict = Literal["still good", "shifted: corrected", "needs redoing", "not checked"]
STILL_GOOD: Verdict = "still good"
SHIFTED: Verdict = "shifted: corrected"
REDO: Verdict = "needs redoing"
NOT_CHECKED: Verdict = "not checked"


@dataclass(frozen=True)
class Usual:
    """How well a calibration did when it was measured.

    offset_mm: mean distance of a look's middle from its target. targets: how many were measured.
    """

    offset_mm: float
    targets: int

    @property
    def axis_mm(self) -> float:
        """The deviation per axis that gives such a mean distance (of a Rayleigh distribution)."""
        return max(self.offset_mm / math.sqrt(math.pi / 2), LEAST_USUAL_MM)


@dataclass(frozen=True)
class Resumed:
    """What a check came to.

    shift_px: to be added to every gaze sample of this session. before_mm, after_mm: mean distance
    of the looks' middles from their targets, without and with it; None where nothing was measured.
    targets: how many were seen to be looked at.
    """

    verdict: Verdict
    shift_px: tuple[float, float] = (0.0, 0.0)
    before_mm: float | None = None
    after_mm: float | None = None
    targets: int = 0

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "words": self.words}

    @property
    def words(self) -> str:
        """One line for people."""
        if self.before_mm is None or self.after_mm is None:
            return "Calibration not checked; the last one is used"
        if self.verdict == SHIFTED:
            return (
                f"Calibration shifted: corrected ({self.before_mm:.0f} to {self.after_mm:.0f} mm)"
            )
        said = {STILL_GOOD: "is still good", REDO: "needs redoing"}
        return f"Calibration {said[self.verdict]} ({self.before_mm:.0f} mm)"


def resume(
    samples: Sequence[GazeSample], targets: Sequence[Target], screen: Screen, usual: Usual
) -> Resumed:
    """Judge the old calibration by the gaze it gave (in order of time) at the check's targets."""
    mm_per_px = np.array(screen.mm_per_px)
    looks = {}
    for number, target in enumerate(targets):
        seen = [
            (s.x_px, s.y_px)
            for s in samples
            if s.valid and target.start_s + DISCARD_S <= s.t_s < target.end_s
        ]
        if len(seen) >= LEAST_SAMPLES:
            looks[number] = np.array(seen, dtype=float) * mm_per_px
    if len(looks) < LEAST_SEEN:
        return Resumed(NOT_CHECKED, targets=len(looks))
    reach = reach_mm(looks)
    errors = []
    for number, points in looks.items():
        target_mm = np.array([targets[number].x_px, targets[number].y_px]) * mm_per_px
        looked = at_target(points, target_mm, reach)
        errors.append(np.median(points[looked], axis=0) - target_mm)
    verdict, shift_mm = judge(np.array(errors), usual)
    shift_px = shift_mm / mm_per_px
    return Resumed(
        verdict,
        (float(shift_px[0]), float(shift_px[1])),
        _mean_distance(np.array(errors)),
        _mean_distance(np.array(errors) + shift_mm),
        len(errors),
    )


def judge(errors_mm: Floats, usual: Usual) -> tuple[Verdict, Floats]:
    """The verdict on errors (M, 2), M at least 2, and the shift (2,) mm that corrects them.

    The rule is this module's; see there.
    """
    none = np.zeros(2)
    count = len(errors_mm)
    variance = usual.axis_mm**2
    mean_square = float((errors_mm**2).sum()) / (2 * count)
    if _tail(mean_square / variance, count, usual.targets) >= CHANCE:
        return STILL_GOOD, none
    common = errors_mm.mean(axis=0)
    rest = float(((errors_mm - common) ** 2).sum())
    freedoms = usual.targets + count - 1  # pairs of degrees of freedom
    pooled = (2 * usual.targets * variance + rest) / (2 * freedoms)
    ratio = count * float(common @ common) / 2 / pooled
    is_shift = _tail(ratio, 1, freedoms) < CHANCE
    rest_ratio = rest / (2 * (count - 1)) / variance
    is_all = _tail(rest_ratio, count - 1, usual.targets) >= REST_CHANCE
    if is_shift and is_all and np.linalg.norm(common) <= BOUND_MM:
        return SHIFTED, -common * (1 - 1 / ratio)
    if _tail(mean_square / (variance + MINOR_MM**2), count, usual.targets) >= CHANCE:
        return STILL_GOOD, none
    return REDO, none


def shifted(sample: GazeSample, shift_px: tuple[float, float]) -> GazeSample:
    """The sample with its point moved; without a point, itself."""
    if sample.x_px is None or sample.y_px is None or shift_px == (0.0, 0.0):
        return sample
    return replace(sample, x_px=sample.x_px + shift_px[0], y_px=sample.y_px + shift_px[1])


def _tail(ratio: float, above: int, below: int) -> float:
    """P(F > ratio) for 2 * above and 2 * below degrees of freedom, both at least 1 pair.

    It is the regularised incomplete beta function I_x(below, above) at
    x = below / (below + above * ratio), a finite sum for whole numbers.
    """
    x = below / (below + above * ratio)
    terms = (math.comb(below + k - 1, k) * (1 - x) ** k for k in range(above))
    return float(x**below * sum(terms))


def _mean_distance(errors_mm: Floats) -> float:
    return float(np.linalg.norm(errors_mm, axis=1).mean())
