"""Fits the tables of `clinic.rates` to what simulated people wrote: selections a character, and
where failing begins, by the error that an assessment has measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gazetalk.clinic.rates import A_BLINK, LARGE, QWERTY, TWO_ZONE, WORDS, Eyes, Table, side_hits
from gazetalk.lab.writing_person import Rate
from gazetalk.tracking.types import Floats

Known = Sequence[tuple[Eyes, Mapping[str, Rate]]]
KNOTS = {
    QWERTY: (0.1, 0.2, 0.3, 0.4, 0.6),
    WORDS: (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0),
    LARGE: (0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.4, 1.8),
}
BIAS_COUNTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
WIDTH = 0.25  # of the logarithm of an error: people so near tell of a knot
BEYOND = 1.3  # times the border: further out only the typist's endurance is measured


@dataclass(frozen=True)
class Fit:
    """off: root mean square of the logarithm of selections beside the table. wrong: people on the
    wrong side of the border, of n."""

    table: Table
    off: float
    wrong: int
    n: int


def fit(method: str, known: Known) -> Fit:
    """The table of a method for which there are `KNOTS`, with the share of bias that fits best."""
    fits = [_fit(method, known, counts) for counts in BIAS_COUNTS]
    return min(fits, key=lambda one: one.off + one.wrong / one.n)


def fitted(known: Known) -> list[str]:
    """All of it as lines to put into `clinic.rates`."""
    lines = []
    for method in KNOTS:
        one = fit(method, known)
        numbers = [
            "(" + ", ".join(f"{value:.3g}" for value in values) + ")"
            for values in (one.table.errors, one.table.selections)
        ]
        told = f"{', '.join(numbers)}, {one.table.fails_from:.2f}, {one.table.bias_counts:g}"
        off = f"off by {100 * one.off:.0f} %, border wrong for {one.wrong} of {one.n}"
        lines.append(f"{method}: Table({told}),  # {off}")
    return [*lines, _sides(known)]


def _fit(method: str, known: Known, counts: float) -> Fit:
    errors = np.array([np.sqrt(e.spread**2 + counts * e.bias**2) for e, _ in known])
    told = np.array([rates[method].selections_per_char for _, rates in known])
    if method == LARGE:
        again = np.array([1 / max(e.blinks, 0.05) - 1 for e, _ in known])
        told = np.maximum(told - A_BLINK * again, 0.3)
    failed = np.array([rates[method].fails for _, rates in known])
    limit, wrong = border(errors, failed)
    inside = errors < BEYOND * limit
    knots = np.array(KNOTS[method])
    logs = monotone(errors[inside], np.log(told[inside]), knots)
    off = np.interp(errors, knots, logs) - np.log(told)
    table = Table(KNOTS[method], tuple(np.exp(logs).tolist()), limit, counts)
    return Fit(table, float(np.sqrt(np.mean(off[inside] ** 2))), wrong, len(known))


def border(errors: Floats, failed: Floats) -> tuple[float, int]:
    """The error that divides best those who fail from those who do not, and how many are on the
    wrong side of it."""
    order = np.sort(errors)
    cuts = np.concatenate([order[:1] * 0.9, (order[1:] + order[:-1]) / 2, order[-1:] * 1.1])
    wrong = [int((failed != (errors >= cut)).sum()) for cut in cuts]
    best = [cut for cut, count in zip(cuts, wrong, strict=True) if count == min(wrong)]
    return float(np.mean(best)), min(wrong)


def monotone(errors: Floats, logs: Floats, knots: Floats) -> Floats:
    """Values at the knots that never fall: means of who is near, pooled where they would (the
    pool-adjacent-violators algorithm)."""
    away = np.log(np.maximum(errors[:, None], 0.03) / knots) / WIDTH
    weights = np.exp(-0.5 * away**2) + 1e-9
    blocks = [
        [float(weights[:, k] @ logs / weights[:, k].sum()), float(weights[:, k].sum()), 1.0]
        for k in range(len(knots))
    ]
    pooled: list[list[float]] = []
    for block in blocks:
        pooled.append(block)
        while len(pooled) > 1 and pooled[-2][0] > pooled[-1][0]:
            value, weight, count = pooled.pop()
            before = pooled[-1]
            mean = (before[0] * before[1] + value * weight) / (before[1] + weight)
            pooled[-1] = [mean, before[1] + weight, before[2] + count]
    return np.repeat([block[0] for block in pooled], [int(block[2]) for block in pooled])


def _sides(known: Known) -> str:
    """Answers a character with two zones, and the share of hits under which that fails."""
    hits = np.array([side_hits(eyes) for eyes, _ in known])
    told = np.array([rates[TWO_ZONE].selections_per_char for _, rates in known])
    failed = np.array([rates[TWO_ZONE].fails for _, rates in known])
    limit, wrong = border(1 - hits, failed)
    works = ~failed & (hits > 1 - limit)
    answers = float(np.median(told[works] * np.sqrt(hits[works]))) if works.any() else float("nan")
    return (
        f"A_SIDE = {answers:.2f}, HITS_NEEDED = {1 - limit:.2f}  "
        f"# border wrong for {wrong} of {len(known)}"
    )
