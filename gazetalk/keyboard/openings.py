"""From the next token of a language model to the next word of a vocabulary.

Such a model says how likely each token, a piece of some letters, comes next. Most words that people
say are one token; of the others it tells how they begin. So what a token gets is shared among all
words that begin with it, in the proportions in which the n-grams expect them: one evaluation says
something of every word, and letters typed after it need no other.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetalk.keyboard.word_model import Probabilities
from gazetalk.keyboard.words import capitalised

Places = NDArray[np.int32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Openings:
    """What each of V words begins with, as numbers below `count`; tokens that differ in capitals
    only are one opening.

    usual: (V,) of the word in lower case. others: (M,) places of words that begin otherwise with a
    capital, and `capital`: (M,) with what.
    """

    count: int
    usual: Places
    others: Places
    capital: Places

    def shared(self, numbers: Places, shares: Probabilities, expected: Probabilities) -> Doubles:
        """(V,) P(word), of words only: the `shares` of the openings `numbers` handed on to the
        words in the proportions of `expected` (V,). All 0 where no word has any of them."""
        p = expected.astype(np.float64)
        given = np.bincount(numbers, shares, self.count)
        wanted = np.bincount(self.usual, p, self.count)
        wanted += np.bincount(self.capital, p[self.others], self.count)
        each = np.divide(given, wanted, out=np.zeros(self.count), where=wanted > 0)
        found: Doubles = p * each[self.usual]
        found[self.others] += p[self.others] * each[self.capital]
        whole = found.sum()
        return found / whole if whole > 0 else found


def mixed(expected: Probabilities, advised: Doubles, weight: float) -> Probabilities:
    """(V,) `expected` with so much `weight` (0..1) of `advised`; it adds up to 1, read-only."""
    p = expected.astype(np.float64)
    if advised.any():
        p = (1 - weight) * p + weight * advised
    result = (p / p.sum()).astype(np.float32)
    result.flags.writeable = False
    return result


def find_openings(
    tokens: Mapping[int, bytes], words: Sequence[str]
) -> tuple[Openings, dict[int, int]]:
    """The openings of the words (in lower case), and the opening of each token that is one.

    tokens: a byte pair encoding's, where a lower number was merged earlier, as in GPT-2's.
    """
    ranks: dict[bytes, int] = {}
    for number, piece in tokens.items():
        ranks[piece] = min(number, ranks.get(piece, number))
    usual = [_opening(word, ranks) for word in words]
    capital = [_opening(capitalised(word), ranks) for word in words]
    numbers = {piece: place for place, piece in enumerate(sorted({*usual, *capital}))}
    others = [place for place, piece in enumerate(capital) if piece != usual[place]]
    openings = Openings(
        len(numbers),
        _places(numbers[piece] for piece in usual),
        _places(others),
        _places(numbers[capital[place]] for place in others),
    )
    return openings, {
        token: numbers[piece.lower()] for token, piece in tokens.items() if piece.lower() in numbers
    }


def first_piece(text: bytes, ranks: Mapping[bytes, int]) -> bytes:
    """The first token of a text in byte pair encoding: of all neighbours those are joined first
    that make the token of the lowest rank (R. Sennrich, B. Haddow, A. Birch, "Neural machine
    translation of rare words with subword units", ACL 2016)."""
    pieces = [text[at : at + 1] for at in range(len(text))]
    while len(pieces) > 1:
        joined = [one + two for one, two in itertools.pairwise(pieces)]
        best = min(range(len(joined)), key=lambda at: ranks.get(joined[at], math.inf))
        if joined[best] not in ranks:
            break
        pieces[best : best + 2] = [joined[best]]
    return pieces[0]


def _opening(word: str, ranks: Mapping[bytes, int]) -> bytes:
    """A word follows a space, and is cut at its apostrophe before it is cut into tokens."""
    head = word.partition("'")[0] or "'"
    return first_piece(f" {head}".encode(), ranks).lower()


def _places(numbers: Iterable[int]) -> Places:
    return np.fromiter(numbers, dtype=np.int32)
