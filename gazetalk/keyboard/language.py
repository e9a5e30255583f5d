"""The language model that is shipped: n-gram tables in a file, and what they say of a context."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetalk.keyboard.language_file import (
    LETTERS,
    LOG_STEPS,
    LanguageError,
    Tables,
    byte_shares,
    open_tables,
)
from gazetalk.keyboard.word_model import Language, Probabilities, Suggestion, WordModel
from gazetalk.keyboard.words import Cursor, cursor

SHIPPED = Path(__file__).resolve().parent / "models" / "english.bin"
REMEMBERED = 8  # contexts whose distribution is kept


class LanguageModel(WordModel):
    """A model over its tables (see `load_language`).

    about: what it was made from. size_bytes: of its file.
    """

    def __init__(self, tables: Tables, about: Mapping[str, Any], size_bytes: int) -> None:
        super().__init__(bytes(tables.words).decode("utf-8").split("\n"))
        self.about = about
        self.size_bytes = size_bytes
        self._tables = tables
        self._shares = byte_shares()
        unigram = np.exp(tables.unigram.astype(np.float32) / np.float32(-LOG_STEPS))
        self._unigram = unigram / unigram.sum()
        self._triple_first = _begins(tables)
        self._recent: dict[tuple[int, ...], Probabilities] = {}
        size = len(LETTERS)
        letters = self._shares[tables.letters].reshape(size, size, size)
        self._letters = letters / letters.sum(axis=2, keepdims=True)

    def probabilities_at(self, at: Cursor) -> Probabilities:
        history = self._history(at)
        known = self._recent.pop(history, None)
        if known is None:
            known = self._distribution(history)
            known.flags.writeable = False
            if len(self._recent) >= REMEMBERED:
                del self._recent[next(iter(self._recent))]
        self._recent[history] = known
        return known

    def flags(self, word: str) -> int:
        place = self.index(word)
        return 0 if place is None else int(self._tables.flags[place])

    def spelling_after(self, letters: str) -> Probabilities:
        places = [self.letter(char) for char in "  " + letters[-2:]]
        one, two = (len(LETTERS) - 1 if place is None else place for place in places[-2:])
        following: Probabilities = self._letters[one, two]
        return following

    def punctuation(self, context: str) -> list[Suggestion]:
        at = cursor(context)
        last = self.index(at.words[-1]) if at.words else None
        if last is None:
            return []
        first = self.index(at.words[0])
        ends = float(self._tables.ends[last]) / 255
        asks = float(self._tables.asks[first]) / 255 if first is not None else 0.0
        marks = [Suggestion("?", ends * asks), Suggestion(".", ends * (1 - asks))]
        return sorted(marks, key=lambda mark: -mark.p)

    def _history(self, at: Cursor) -> tuple[int, ...]:
        """The last two words as places, the start as V; cut where a word is unknown."""
        start = len(self.words)
        history: tuple[int, ...] = ()
        for word in reversed(at.words[-2:]):
            place = self.index(word)
            if place is None:
                return history
            history = (place, *history)
        return (start, *history) if len(at.words) < 2 else history

    def _distribution(self, history: tuple[int, ...]) -> Probabilities:
        tables = self._tables
        p = self._unigram
        if history:
            low, high = (int(tables.pair_first[history[-1] + k]) for k in (0, 1))
            p = _mix(p, tables.pair_word[low:high], self._shares[tables.pair_share[low:high]])
        if len(history) > 1:
            low, high = (int(tables.pair_first[history[-2] + k]) for k in (0, 1))
            pair = low + int(np.searchsorted(tables.pair_word[low:high], history[-1]))
            if pair < high and tables.pair_word[pair] == history[-1]:
                low, high = int(self._triple_first[pair]), int(self._triple_first[pair + 1])
                shares = self._shares[tables.triple_share[low:high]]
                p = _mix(p, tables.triple_word[low:high], shares)
        return p / p.sum()


def load_language(path: Path | None = None) -> LanguageModel:
    """The model in a file, memory-mapped; the shipped English one without `path`.

    Raises LanguageError, in one line, for a file that is missing, foreign, damaged or newer.
    """
    return LanguageModel(*open_tables(SHIPPED if path is None else path))


def _mix(p: Probabilities, words: NDArray[np.uint16], shares: Probabilities) -> Probabilities:
    """What the shares leave of `p`, and the shares on top."""
    mixed = p * (1 - shares.sum())
    mixed[words] += shares
    return mixed


def _begins(tables: Tables) -> NDArray[np.int64]:
    """(B + 1,) where the trigrams of each bigram begin."""
    has = np.unpackbits(tables.triple_has, count=len(tables.pair_word)).astype(bool)
    sizes = np.zeros(len(has) + 1, dtype=np.int64)
    sizes[1:][has] = tables.triple_size
    return np.cumsum(sizes)


__all__ = [
    "Language",
    "LanguageError",
    "LanguageModel",
    "Suggestion",
    "load_language",
]
