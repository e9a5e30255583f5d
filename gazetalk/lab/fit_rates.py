"""Fits the tables of `clinic.rates` to what simulated people wrote: selections a character, and
where failing begins, by the error that an assessment has measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gazetalk.clinic.likely import Trial
from gazetalk.clinic.rates import (
    A_BLINK,
    EASIEST,
    LARGE,
    METHODS,
    MOST_TIMES,
    QWERTY,
    TWO_ZONE,
    WORDS,
    Eyes,
    Table,
    side_looks,
)
from gazetalk.lab.writing_person import Rate
from gazetalk.tracking.types import Floats

Known = Sequence[tuple[Eyes, Mapping[str, Rate]]]
KNOTS = {
    QWERTY: (0.1, 0.2, 0.3, 0.4, 0.5, 0.7),
    WORDS: (0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0),
    LARGE: (0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.4, 1.8, 2.3),
}
MOST = 6.0  # selections a character
BIAS_COUNTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
PLACE_COUNTS = (0.5, 1.0, 2.0, 3.0)
WIDTH = 0.25  # of the logarithm of an error: people so near tell of a knot


NAMES = {QWERTY: "QWERTY", WORDS: "WORDS", LARGE: "LARGE", TWO_ZONE: "TWO_ZONE"}
LEAST_OFF = 0.08  # of a trial: people are not simulations


@dataclass(frozen=True)
class Fit:
    """off: root mean square of the logarithm of selections beside the table, of the n who do not
    fail."""

    table: Table
    off: float
    n: int


def fit(method: str, known: Known) -> Fit:
    """The table of a method for which there are `KNOTS`, with the shares that fit best."""
    fits = [_fit(method, known, bias, place) for bias in BIAS_COUNTS for place in PLACE_COUNTS]
    return min(fits, key=lambda one: one.off)


def fitted(known: Known) -> list[str]:
    """All of it as lines to put into `clinic.rates`."""
    lines = []
    for method in KNOTS:
        one = fit(method, known)
        numbers = [
            "(" + ", ".join(f"{value:.3g}" for value in values) + ")"
            for values in (one.table.errors, one.table.selections)
        ]
        told = f"{', '.join(numbers)}, {one.table.bias_counts:g}, {one.table.place_counts:g}"
        off = f"off by {100 * one.off:.0f} % for {one.n}"
        lines.append(f"{NAMES[method]}: Table({told}),  # {off}")
    return [*lines, _sides(known), _fails(known)]


def fitted_trials(tries: Sequence[tuple[Mapping[str, Rate], Mapping[str, Trial]]]) -> list[str]:
    """How much harder a trial's sentences are with each method, and how far trials are off where
    exact eyes write (`clinic.likely`)."""
    harder, off = {}, {}
    for method in METHODS:
        known = [
            (float(np.log(rates[method].wpm / wpm)), rates[method].selections_per_char)
            for rates, trials in tries
            if not rates[method].fails and (wpm := trials[method].wpm)
        ]
        logs, selections = np.array(known).reshape(-1, 2).T
        harder[method] = float(np.median(logs)) if known else float("nan")
        times = np.clip(selections / EASIEST[method], 1.0, MOST_TIMES)
        # Of a normal distribution's middle half: those who got stuck are told of by `likely.ODD`.
        away = np.abs(logs - harder[method]) / times / 0.6745
        off[method] = max(float(np.median(away)) if known else 0.0, LEAST_OFF)
    return [
        f"{name} = {{" + ", ".join(f"{NAMES[m]}: {v:.2f}" for m, v in values.items()) + "}"
        for name, values in (("HARDER", harder), ("TRIED_OFF", off))
    ]


def _fit(method: str, known: Known, bias: float, place: float) -> Fit:
    errors = np.array([np.sqrt(e.own**2 + bias * e.bias**2 + place * e.place**2) for e, _ in known])
    told = np.array([rates[method].selections_per_char for _, rates in known])
    if method == LARGE:
        again = np.array([1 / max(e.blinks, 0.05) - 1 for e, _ in known])
        told = np.maximum(told - A_BLINK * again, 0.3)
    # Of those who need most, selections tell of the typist's endurance only.
    told = np.minimum(told, MOST)
    knots = np.array(KNOTS[method])
    logs = monotone(errors, np.log(told), knots)
    table = Table(KNOTS[method], tuple(np.exp(logs).tolist()), bias, place)
    works = np.array([not rates[method].fails for _, rates in known])
    off = np.array([np.log(table.at(error)) for error in errors]) - np.log(told)
    return Fit(table, float(np.sqrt(np.mean(off[works] ** 2))), int(works.sum()))


def border(errors: Floats, failed: Floats) -> tuple[float, int]:
    """The error that divides best those who fail from those who do not, and how many are on the
    wrong side of it."""
    order = np.sort(errors)
    cuts = np.concatenate([order[:1] * 0.9, (order[1:] + order[:-1]) / 2, order[-1:] * 1.1])
    wrong = [int((failed != (errors >= cut)).sum()) for cut in cuts]
    best = [cut for cut, count in zip(cuts, wrong, strict=True) if count == min(wrong)]
    return float(np.mean(best)), min(wrong)


def monotone(errors: Floats, logs: Floats, knots: Floats) -> Floats:
    """Values at the knots that never fall: lines through those near each knot (Cleveland, JASA
    1979, with normal weights), pooled where they would (the pool-adjacent-violators algorithm)."""
    x = np.log(np.maximum(errors, 0.03))
    blocks = []
    for knot in np.log(knots):
        weights = np.exp(-0.5 * ((x - knot) / WIDTH) ** 2) + 1e-4
        design = np.stack([np.ones_like(x), x - knot], axis=1)
        ridge = np.diag([1e-9, 0.5])
        line = np.linalg.solve(
            design.T @ (weights[:, None] * design) + ridge, design.T @ (weights * logs)
        )
        blocks.append([float(line[0]), float(weights.sum()), 1.0])
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
    """Answers a character with two zones, for each look that one costs."""
    works = [(eyes, rates[TWO_ZONE]) for eyes, rates in known if not rates[TWO_ZONE].fails]
    answers = [one.selections_per_char / min(side_looks(eyes), 100.0) for eyes, one in works]
    return f"A_SIDE = {float(np.median(answers)) if answers else float('nan'):.2f}"


def _fails(known: Known) -> str:
    """The selections a character from which a method fails."""
    limits = []
    for method in METHODS:
        told = np.array([rates[method].selections_per_char for _, rates in known])
        limit, wrong = border(told, np.array([rates[method].fails for _, rates in known]))
        limits.append((f"{NAMES[method]}: {limit:.2f}", str(wrong)))
    inside, wrongs = (", ".join(part) for part in zip(*limits, strict=True))
    return f"FAILS = {{{inside}}}  # wrong for {wrongs} of {len(known)}"
