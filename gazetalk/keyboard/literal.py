"""Words that nobody knows, letter by letter: the likeliest spellings that the looks may have been.

A beam search: each look lengthens the spellings kept by every letter, and the best are kept. How
letters follow one another in unknown words counts beside where the looks fell, so that a name comes
out right although the nearest key was the wrong one now and then.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gazetalk.keyboard.aim import Fix, Floats, Offsets
from gazetalk.keyboard.alignment import LEAST_SHARED_PX2, Literal
from gazetalk.keyboard.word_model import WordModel

KEPT = 8  # spellings; sixteen brought nothing more
ANY = 0.1  # of names, this share of the letters follows no rule


@dataclass(frozen=True)
class Speller:
    """Spells on `letters` at `places_px` (K, 2). model: None where all letters are alike."""

    letters: tuple[str, ...]
    places_px: Floats
    model: WordModel | None
    price: float

    def begin(self) -> tuple[Literal, ...]:
        """Nothing is spelled yet."""
        return (Literal("", math.log(self.price), 0.0, (0.0, 0.0), (0.0, 0.0)),)

    def add(self, known: Sequence[Literal], offsets: Offsets, fix: Fix) -> tuple[Literal, ...]:
        """The spellings with one look more, the likeliest first.

        The one that goes by the looks alone is always among them.
        """
        own = offsets.own_px2 + np.array(fix.own_px2)
        beside = np.array([fix.x_px, fix.y_px]) - self.places_px - offsets.mean_px
        shared = np.maximum(offsets.shared_px2, LEAST_SHARED_PX2)
        variance = 1 / (1 / shared + np.array([one.precision for one in known]))
        expected = variance * np.array([one.weighted for one in known])
        total = (variance + own)[:, None]
        squares = np.square(beside - expected[:, None]) / total + np.log(2 * np.pi * total)
        looks = np.array([one.log_looks for one in known])[:, None] - 0.5 * squares.sum(axis=2)
        spelled = np.array([one.log_spelling for one in known])[:, None]
        spelled = spelled + np.log([self._shares(one.word) for one in known])
        logs = (looks + spelled).ravel()
        best = np.argsort(-logs)[:KEPT].tolist()
        nearest = int(looks.argmax())
        if nearest not in best:
            best[-1] = nearest
        made = []
        for number in best:
            row, key = divmod(number, len(self.letters))
            made.append(
                Literal(
                    known[row].word + self.letters[key],
                    float(spelled[row, key]),
                    float(looks[row, key]),
                    _sum(known[row].precision, 1 / own),
                    _sum(known[row].weighted, beside[key] / own),
                )
            )
        return tuple(made)

    def _shares(self, word: str) -> Floats:
        """(K,) P(the letter comes next in an unknown word that begins so)."""
        count = len(self.letters)
        if self.model is None:
            return np.full(count, 1 / count)
        following = self.model.spelling_after(word)
        places = [self.model.letter(letter) for letter in self.letters]
        shares = np.array([0.0 if at is None else float(following[at]) for at in places])
        return np.asarray((1 - ANY) * shares + ANY / count)


def less_likely(
    literals: Sequence[Literal], words: Sequence[str], log_factor: float
) -> tuple[Literal, ...]:
    """Those of the spellings that are among the words are that much less likely."""
    return tuple(
        replace(one, log_less=one.log_less + log_factor) if one.word in words else one
        for one in literals
    )


def _sum(before: tuple[float, float], more: Floats) -> tuple[float, float]:
    return before[0] + float(more[0]), before[1] + float(more[1])
