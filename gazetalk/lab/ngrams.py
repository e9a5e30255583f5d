"""Counting word sequences and turning the counts into interpolated Kneser-Ney shares.

A gram of order n is packed into 64 bits, 16 for each word, the oldest word highest, so sorting
grams groups them by context. An interpolated model is fully told by the share alpha that each kept
gram takes in its context; what the shares leave, 1 - sum(alpha), goes to the next shorter context.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grams = NDArray[np.uint64]
Values = NDArray[np.float64]

BITS = 16
MASK = np.uint64(2**BITS - 1)


@dataclass(frozen=True)
class Counts:
    """Packed grams of one order (ascending) and how often each was seen."""

    order: int
    grams: Grams
    counts: Values

    @property
    def contexts(self) -> Grams:
        return self.grams >> np.uint64(BITS)

    @property
    def last(self) -> NDArray[np.int64]:
        return (self.grams & MASK).astype(np.int64)


@dataclass(frozen=True)
class Shares:
    """Packed grams of one order (ascending), the share of each in its context, and counts."""

    order: int
    grams: Grams
    alpha: Values
    counts: Values

    def keep(self, chosen: NDArray[np.bool_]) -> Shares:
        return Shares(self.order, self.grams[chosen], self.alpha[chosen], self.counts[chosen])


def count(
    stream: NDArray[np.int64], weights: NDArray[np.float64], order: int, breaker: int, start: int
) -> Counts:
    """Grams of one order in a stream of word ids.

    stream: (N,) ids; `start` before each sentence, `breaker` where no gram may pass. weights: (N,)
    how much each gram that ends there counts. Grams never end in `start`, nor hold it inside.
    """
    length = len(stream) - order + 1
    parts = [stream[place : place + length] for place in range(order)]
    good = np.ones(length, dtype=bool)
    for place, part in enumerate(parts):
        good &= part != breaker
        if place:
            good &= part != start
    packed = np.zeros(length, dtype=np.uint64)
    for part in parts:
        packed = (packed << np.uint64(BITS)) | part.astype(np.uint64)
    grams, inverse = np.unique(packed[good], return_inverse=True)
    counts = np.bincount(inverse, weights[order - 1 :][good], len(grams))
    return Counts(order, grams, counts.astype(np.float64))


def continuations(longer: Counts, raw: Counts, start: int) -> Counts:
    """Kneser-Ney's counts of a lower order: in how many different contexts each gram was seen.

    Grams that begin with `start` have no word before them and keep their raw counts.
    """
    mask = np.uint64(2 ** (BITS * raw.order) - 1)
    seen, kinds = np.unique(longer.grams & mask, return_counts=True)
    counts = np.zeros(len(raw.grams))
    counts[np.searchsorted(raw.grams, seen)] = kinds
    first = raw.grams >> np.uint64(BITS * (raw.order - 1))
    begins = first == np.uint64(start)
    counts[begins] = raw.counts[begins]
    kept = counts > 0
    return Counts(raw.order, raw.grams[kept], counts[kept])


def discounts(counts: Values) -> tuple[float, float, float]:
    """Chen and Goodman's discounts of counts 1, 2 and more (1998, equation 26)."""
    n1, n2, n3, n4 = (int((np.round(counts) == k).sum()) for k in (1, 2, 3, 4))
    if not (n1 and n2 and n3):
        return 0.6, 1.0, 1.3
    y = n1 / (n1 + 2 * n2)
    return 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3


def shares(counted: Counts, cut: tuple[float, float, float]) -> Shares:
    """Modified Kneser-Ney: each count less its discount, as a share of its context's total."""
    reduced = counted.counts - np.interp(counted.counts, [0, 1, 2, 3], [0, *cut])
    _, index = np.unique(counted.contexts, return_inverse=True)
    total = np.bincount(index, counted.counts)
    return Shares(counted.order, counted.grams, reduced / total[index], counted.counts)
