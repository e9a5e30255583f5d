"""What any language of words answers: suggestions, completions, letters, the decoder's likelihoods.

One distribution answers everything: P(word | context) over the vocabulary, mixed with a spelling
model (`ESCAPE`) for words that are not in it. All the rest are sums and slices of it.
"""

from __future__ import annotations

import bisect
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gazetalk.keyboard.language_file import CAPITAL, CAPITALS, LETTERS, PROFANE
from gazetalk.keyboard.words import Cursor, capitalised, cursor, fold, like_prefix, straight

ESCAPE = 0.01  # P(the next word is not in the vocabulary); about its rate in held-out chat
CANDIDATES = 60  # words that are weighed against one another for showing
STRANGE = 1e-3  # P(a letter that is none of the language's) within an unknown word
LAST = "\U0010ffff"  # sorts behind every letter

Probabilities = NDArray[np.float32]


@dataclass(frozen=True)
class Suggestion:
    """A word to show, as it would be written, and its probability given context and prefix."""

    word: str
    p: float


class Language(Protocol):
    """What a decoder asks of a language."""

    @property
    def words(self) -> Sequence[str]:
        """The vocabulary, ascending, in lower case."""

    def log_probabilities(self, context: str) -> Probabilities:
        """(len(words),) natural log of P(word | context); the probabilities add up to 1."""


class WordModel(ABC):
    """Answers out of `probabilities_at`, which each kind of model gives. For one thread at a time.

    profanity: whether profane words are suggested; they can always be written and decoded.
    letters: what words are spelt with, the last, " ", ends one.
    """

    def __init__(self, words: Sequence[str], letters: str = LETTERS) -> None:
        self.profanity = False
        self.letters = letters
        self._set_words(words)

    @property
    def words(self) -> Sequence[str]:
        """The vocabulary, ascending, in lower case."""
        return self._words

    def _set_words(self, words: Sequence[str]) -> None:
        self._words = words
        # Words that may be typed in another way: without their apostrophe, their accents.
        plain = ((fold(word), place) for place, word in enumerate(words) if not _bare(word))
        self._folded = sorted(plain)

    @abstractmethod
    def probabilities_at(self, at: Cursor) -> Probabilities:
        """As `word_probabilities`, of a text already cut into words."""

    @abstractmethod
    def flags(self, word: str) -> int:
        """The bits (see `Tables.flags`) of a word in lower case; 0 for one that is not known."""

    @abstractmethod
    def spelling_after(self, letters: str) -> Probabilities:
        """(len(letters),) P(the next of `letters`) in an unknown word that begins with these."""

    @abstractmethod
    def punctuation(self, context: str) -> list[Suggestion]:
        """How the sentence may end here: "?" and "." with their probabilities, likeliest first."""

    def expect(self, context: str, words: Sequence[str]) -> None:
        """These words are shown after `context` now: that will be asked for again, and what comes
        after each of them. Models that think for long begin here; others do nothing."""
        return

    def letter(self, char: str) -> int | None:
        """The place in `letters` of a character, or of it without its accent; None if neither."""
        place = self.letters.find(char.lower())
        if place < 0:
            place = self.letters.find(fold(char) or char)
        return place if place >= 0 else None

    def index(self, word: str) -> int | None:
        """The place of a word (in lower case) in `words`, or None."""
        place = bisect.bisect_left(self.words, word)
        found = place < len(self.words) and self.words[place] == word
        return place if found else None

    def word_probabilities(self, context: str) -> Probabilities:
        """(len(words),) P(word | context), given that a word of the vocabulary follows; read-only.

        context: the text before the word; only its last, open sentence counts.
        """
        return self.probabilities_at(cursor(context))

    def log_probabilities(self, context: str) -> Probabilities:
        """(len(words),) natural log of `word_probabilities`; always finite."""
        return np.log(self.word_probabilities(context))

    def suggest(
        self,
        context: str,
        prefix: str = "",
        k: int = 5,
        refused: Iterable[str] = (),
        cased: bool = False,
    ) -> list[Suggestion]:
        """At most `k` words to show, the likeliest first, for a word begun with `prefix`.

        Which words are shown is chosen to save keystrokes: a word that its next letter would not
        bring up either is worth showing for longer. refused: words not to be shown, such as those
        passed over for this word. A word already spelt out is not shown: a space ends it.
        cased: write as the sentence wants it ("I", "Monday", a capital at its start), else in lower
        case; capitals in the prefix are kept either way.
        """
        at = cursor(context)
        typed = straight(prefix)
        low, high, others = self._completions(typed.lower())
        whole = self.probabilities_at(at)
        p = whole[low:high]
        if others:
            p = np.concatenate([p, whole[others]])
        mass = float(p.sum(dtype=np.float64))
        if k < 1 or mass <= 0:
            return []
        hidden = {straight(word).lower() for word in refused} | {typed.lower()}
        best = _likeliest(p, max(CANDIDATES, k) + len(hidden))
        ranked = [(i, low + i if low + i < high else others[low + i - high]) for i in best]
        shown = [
            (self.words[place], float(p[i]))
            for i, place in ranked
            if self.words[place] not in hidden
            and (self.profanity or not self.flags(self.words[place]) & PROFANE)
        ]
        return [
            Suggestion(like_prefix(self.cased(word, at) if cased else word, typed), share / mass)
            for word, share in _to_show(shown, len(typed), k)
        ]

    def _completions(self, typed: str) -> tuple[int, int, list[int]]:
        """The words that begin with `typed`: a range of places, and others that may be typed so
        without their accents and apostrophes."""
        if not typed:
            return 0, len(self.words), []
        low = bisect.bisect_left(self.words, typed)
        high = bisect.bisect_left(self.words, typed + LAST)
        if not _bare(typed):
            return low, high, []
        begin = bisect.bisect_left(self._folded, (typed, -1))
        end = bisect.bisect_left(self._folded, (typed + LAST, -1))
        return low, high, [i for _, i in self._folded[begin:end] if not low <= i < high]

    def cased(self, word: str, at: Cursor) -> str:
        """A word as it is written at that place of a text."""
        flags = self.flags(word)
        if flags & CAPITALS:
            return word.upper()
        return capitalised(word) if at.starts or flags & CAPITAL else word

    def spelling_probability(self, text: str) -> float:
        """P(an unknown word begins with the letters `text`); a last space ends the word."""
        p = 1.0
        for place, char in enumerate(text):
            letter = self.letter(char)
            if letter is None:
                return p * STRANGE
            p *= float(self.spelling_after(text[:place])[letter])
        return p

    def string_probability(self, context: str, word: str) -> float:
        """P(the next word is exactly this string), known or not; in lower case."""
        place = self.index(word)
        known = 0.0 if place is None else float(self.word_probabilities(context)[place])
        return (1 - ESCAPE) * known + ESCAPE * self.spelling_probability(word + " ")

    def letter_probabilities(self, context: str, prefix: str = "") -> dict[str, float]:
        """P(the next letter | context, prefix) of each of `letters`; " " ends the word.

        They add up to 1 and are the same model as the words': the product over a word's letters is
        `string_probability`.
        """
        typed = straight(prefix).lower()
        whole = self.word_probabilities(context)
        edges = [bisect.bisect_left(self.words, typed)]
        edges.append(edges[0] + (edges[0] < len(self.words) and self.words[edges[0]] == typed))
        spelt = ESCAPE * self.spelling_probability(typed)
        following = self.spelling_after(typed)
        total = {}
        for letter, share in zip(self.letters, following, strict=True):
            if letter == " ":
                low, high = edges
            else:
                low = bisect.bisect_left(self.words, typed + letter)
                high = bisect.bisect_left(self.words, typed + letter + LAST)
            known = float(whole[low:high].sum(dtype=np.float64))
            total[letter] = (1 - ESCAPE) * known + spelt * float(share)
        everything = sum(total.values())
        return {letter: p / everything for letter, p in total.items()}


class Over(WordModel):
    """A model over another one: it changes what words are expected, and leaves to the other how
    words are spelt and written and how sentences end."""

    def __init__(self, model: WordModel) -> None:
        super().__init__(model.words, model.letters)
        self._model = model

    def expect(self, context: str, words: Sequence[str]) -> None:
        self._model.expect(context, words)

    def flags(self, word: str) -> int:
        return self._model.flags(word)

    def spelling_after(self, letters: str) -> Probabilities:
        return self._model.spelling_after(letters)

    def punctuation(self, context: str) -> list[Suggestion]:
        return self._model.punctuation(context)


def _bare(word: str) -> bool:
    return word.isascii() and "'" not in word


def _to_show(ranked: list[tuple[str, float]], typed: int, k: int) -> list[tuple[str, float]]:
    """Which `k` of the completions save most keystrokes; (word, p) pairs, the likeliest first.

    Showing a word now saves the letter that would bring it up next time; it also makes room, next
    time, for the word that would have been crowded out by it: the k-th after it among those with
    the same next letter. Words are taken by the sum of both probabilities.
    """
    branches: dict[str, list[tuple[str, float]]] = {}
    for pair in ranked:
        branches.setdefault(pair[0][typed : typed + 1], []).append(pair)
    gains = [
        (p + (branch[rank + k][1] if rank + k < len(branch) else 0.0), p, word)
        for branch in branches.values()
        for rank, (word, p) in enumerate(branch)
    ]
    best = sorted(gains, key=lambda gain: (-gain[0], gain[2]))[:k]
    return sorted(((word, p) for _, p, word in best), key=lambda pair: (-pair[1], pair[0]))


def _likeliest(p: Probabilities, count: int) -> list[int]:
    """Indices of about the `count` largest, descending, without those that are 0."""
    found = np.flatnonzero(p > 0)
    if len(found) > 10 * count:
        # Thresholds are much faster than partitioning some ten thousand numbers.
        top = float(p.max())
        for exponent in range(2, 12):
            likely = np.flatnonzero(p > top * 10.0**-exponent)
            if len(likely) >= count:
                found = likely
                break
    order = np.argsort(-p[found], kind="stable")[:count]
    return [int(i) for i in found[order]]
