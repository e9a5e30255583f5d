"""How well gaze is measured: accuracy, precision and data loss, each with its number of samples.

Definitions as usual in eye tracking (Holmqvist et al.): accuracy is the mean offset of the gaze
from the target; precision is the root mean square of successive samples' distances (RMS-S2S) and
the standard deviation around the samples' own mean; data loss is the share of samples missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gazetalk.geometry import Screen, mm_to_deg
from gazetalk.tracking.types import Floats, GazeSample, Target


@dataclass(frozen=True)
class Measure:
    """One length in the three units people ask for."""

    px: float
    mm: float
    deg: float


@dataclass(frozen=True)
class Accuracy:
    """What a validation measured; None where no sample was valid.

    offset: mean distance of each target's samples from it. fixation_offset: mean distance of
    each target's mean gaze from it. rms_s2s, sd: precision, within targets. data_loss: 0..1.
    """

    offset: Measure | None
    fixation_offset: Measure | None
    rms_s2s: Measure | None
    sd: Measure | None
    data_loss: float | None
    samples_valid: int
    samples_total: int
    targets: int
    distance_mm: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure_accuracy(
    samples: Sequence[GazeSample],
    targets: Sequence[Target],
    screen: Screen,
    distance_mm: float,
    discard_s: float,
) -> Accuracy:
    """Compare gaze with the targets, each without its first `discard_s`.

    Samples must be in the order of time. Degrees are for an eye at `distance_mm`.
    """
    mm_per_px = np.array(screen.mm_per_px)
    offsets, fixation_offsets, steps, spreads = [], [], [], []
    valid_count = total = 0
    for target in targets:
        inside = [s for s in samples if target.start_s + discard_s <= s.t_s < target.end_s]
        points = np.array([(s.x_px, s.y_px) for s in inside if s.valid], dtype=float)
        total += len(inside)
        valid_count += len(points)
        if not len(points):
            continue
        away = points - (target.x_px, target.y_px)
        offsets.append(away)
        fixation_offsets.append(away.mean(axis=0, keepdims=True))
        steps.append(np.diff(points, axis=0))
        spreads.append(points - points.mean(axis=0))

    def measure(parts: list[Floats], how: str) -> Measure | None:
        vectors = np.concatenate(parts) if parts else np.empty((0, 2))
        if not len(vectors):
            return None
        px, mm = (_mean_length(v, how) for v in (vectors, vectors * mm_per_px))
        return Measure(px, mm, float(mm_to_deg(mm, distance_mm)))

    return Accuracy(
        offset=measure(offsets, "mean"),
        fixation_offset=measure(fixation_offsets, "mean"),
        rms_s2s=measure(steps, "rms"),
        sd=measure(spreads, "rms"),
        data_loss=1.0 - valid_count / total if total else None,
        samples_valid=valid_count,
        samples_total=total,
        targets=len(targets),
        distance_mm=distance_mm,
    )


def _mean_length(vectors: Floats, how: str) -> float:
    lengths = np.linalg.norm(vectors, axis=1)
    return float(lengths.mean() if how == "mean" else np.sqrt((lengths**2).mean()))
