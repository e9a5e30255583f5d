"""Words from looks: each look is evidence for keys, weighed with what people say.

The log score of a word is log P(word | context) plus the log density of the looks given the word's
first letters. A look may also belong to no letter, or to the letter before once more, and a letter
may lack its look: each at a price (`alignment`). Nothing is final before the whole word is.
"""

from __future__ import annotations

import copy
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gazetalk.keyboard.aim import Aim, Fix, Floats, Offsets
from gazetalk.keyboard.alignment import (
    NEVER,
    Indices,
    Keys,
    Prices,
    Singles,
    Walk,
    WordState,
    align,
    log_sum,
)
from gazetalk.keyboard.language import Language
from gazetalk.keyboard.literal import Speller, less_likely
from gazetalk.keyboard.word_model import WordModel

LONGEST_WORD = 24  # letters; longer words are left to spelling
BEAM = 18.0  # words this much less likely (natural log) than the best are given up


@dataclass(frozen=True)
class Candidate:
    """A word that may be meant, with its share 0..1 of all that may be."""

    word: str
    p: float


class Decoder:
    """The words of `language` on keys at given places (pixels of a screen of that area).

    A `WordModel` also knows how likely unknown words are spelled so, and sentences end; of another
    language all spellings are alike, and all signs.
    """

    def __init__(
        self,
        language: Language,
        places_px: Mapping[str, tuple[float, float]],
        area_px2: float,
        prices: Prices | None = None,
    ) -> None:
        self._language = language
        self._model = language if isinstance(language, WordModel) else None
        self.words = language.words
        self._letters = tuple(places_px)
        self._places_px: Floats = np.array(list(places_px.values()), dtype=float).reshape(-1, 2)
        self._prices = prices or Prices()
        self._anywhere = -math.log(area_px2)
        self._key_numbers = {letter: i for i, letter in enumerate(self._letters)}
        self._numbers = {word: i for i, word in enumerate(self.words)}
        self._spelling = _spell(self.words, self._key_numbers)
        self._lengths = (self._spelling < len(places_px)).sum(axis=0).astype(np.int64)
        beginning = self._spelling[:3].astype(np.int64)
        codes = (beginning[0] << 16) + (beginning[1] << 8) + beginning[2]
        _, self._of_beginning, self._beginning_of = np.unique(
            codes, return_index=True, return_inverse=True
        )

    def moved(self, places_px: Mapping[str, tuple[float, float]], area_px2: float) -> Decoder:
        """The same words on the same keys at other places."""
        if tuple(places_px) != self._letters:
            return Decoder(self._language, places_px, area_px2, self._prices)
        other = copy.copy(self)
        other._places_px = np.array(list(places_px.values()), dtype=float).reshape(-1, 2)
        other._anywhere = -math.log(area_px2)
        return other

    @property
    def outdated(self) -> bool:
        """Whether the language has learned words since."""
        return self._language.words is not self.words

    def renewed(self) -> Decoder:
        """The same with the words that the language knows now."""
        places_px = {
            letter: (float(x), float(y))
            for letter, (x, y) in zip(self._letters, self._places_px, strict=True)
        }
        area_px2 = math.exp(-self._anywhere)
        return Decoder(self._language, places_px, area_px2, self._prices)

    def knows(self, word: str) -> bool:
        """Whether the language has that word."""
        return word in self._numbers

    def expect(self, context: str, words: Sequence[str]) -> None:
        """These words are shown after `context`: the next one begins after one of them."""
        if self._model:
            self._model.expect(context, words)

    def signs(self, context: str) -> dict[str, float]:
        """P(the sentence ends after `context`), by its sign; empty where no word went before."""
        if not context.rstrip()[-1:].isalnum():
            return {}
        found = self._model.punctuation(context) if self._model else []
        return {mark.word: mark.p for mark in found} or {".": 0.0}

    @property
    def _speller(self) -> Speller:
        return Speller(self._letters, self._places_px, self._model, self._prices.unknown)

    @property
    def log_anywhere(self) -> float:
        """log density of a look that may fall anywhere on the board, per px^2."""
        return self._anywhere

    def begin(self, context: str, aim: Aim, t_s: float) -> WordState:
        """A new word after the text `context`."""
        prior = np.asarray(self._language.log_probabilities(context), dtype=np.float32)
        words = np.flatnonzero((self._spelling[0] < len(self._letters)) & (prior > NEVER))
        start = np.array([[NEVER], [0.0], [math.log(self._prices.missing)]], dtype=np.float32)
        score = np.repeat(start, len(words), axis=1)
        nothing = np.zeros((2, 3, len(words)), dtype=np.float32)
        offsets = self.offsets(aim, t_s)
        passed = np.zeros(len(words), dtype=np.float32)
        return WordState(
            *((), offsets, words, prior[words], passed, score, nothing, nothing),
            self._speller.begin(),
        )

    def offsets(self, aim: Aim, t_s: float) -> Offsets:
        """What the person's aim expects of looks at the keys."""
        return aim.at(self._places_px, t_s)

    def add(self, state: WordState, fix: Fix) -> WordState:
        """The word after one more look."""
        # Words that begin alike stand alike after the first look: it is taken once for them all.
        first = not state.fixes
        aligned = self._aligned(self._beginnings(state) if first else state, fix)
        alike = self._beginning_of.take(state.words) if first else np.arange(len(state.words))
        begun = [replace(one, log_less=0.0) for one in state.literals]
        literals = self._speller.add(begun, state.offsets, fix)
        totals = state.prior + aligned.score.max(axis=0).take(alike)
        least = max(float(totals.max(initial=NEVER)), literals[0].log) - BEAM
        keep = np.flatnonzero(totals > least)
        rows = alike.take(keep)
        return replace(
            aligned,
            words=state.words.take(keep),
            prior=state.prior.take(keep),
            passed=state.passed.take(keep),
            score=aligned.score.take(rows, axis=1),
            precision=aligned.precision.take(rows, axis=2),
            weighted=aligned.weighted.take(rows, axis=2),
            literals=literals,
        )

    def passed(self, state: WordState, words: Sequence[str], log_factor: float) -> WordState:
        """The person was offered these words and went on spelling: they are that much less likely,
        unless the spelling ends with one of them."""
        if not words:
            return state
        passed = state.passed + self._where(state, words, log_factor)
        literals = less_likely(state.literals, words, log_factor)
        return replace(state, literals=literals, passed=passed)

    def turned_down(self, state: WordState, words: Sequence[str], log_factor: float) -> WordState:
        """The person saw these words and wants none of them: they are that much less likely."""
        prior = state.prior + self._where(state, words, log_factor)
        literals = less_likely(state.literals, words, log_factor)
        return replace(state, literals=literals, prior=prior)

    def whole(self, state: WordState) -> Candidate | None:
        """The likeliest of the words that are spelled to their end; None before the first look."""
        if not state.fixes:
            return None
        wholes, all_log = self._wholes(state), self.log_whole(state)
        best = int(wholes.argmax()) if len(wholes) else 0
        literal = max(state.literals, key=lambda one: one.log)
        if not len(wholes) or wholes[best] < literal.log:
            return Candidate(literal.word, math.exp(literal.log - all_log))
        word = self.words[int(state.words[best])]
        return Candidate(word, math.exp(float(wholes[best]) - all_log))

    def log_whole(self, state: WordState) -> float:
        """log P(looks, and that the word ends with them | context)."""
        return float(np.logaddexp(log_sum(self._wholes(state)), state.log_literals))

    def log_weights(self, state: WordState, words: Sequence[str]) -> list[float]:
        """log P(word, looks | context) of each; very small for what is not possible any more."""
        totals = state.totals
        unknown = {one.word: one.log for one in state.literals}
        weights = []
        for word in words:
            at = np.flatnonzero(state.words == self._numbers.get(word, -1))
            weights.append(float(totals[at[0]]) if len(at) else unknown.get(word, float(NEVER)))
        return weights

    def candidates(self, state: WordState, count: int) -> list[Candidate]:
        """The likeliest words, likeliest first."""
        totals, evidence = state.totals, state.log_evidence
        count_known = min(count, len(totals))
        best: list[int] = []
        if count_known:
            best = np.argpartition(-totals, count_known - 1)[:count_known].tolist()
        found = [
            Candidate(self.words[int(state.words[i])], math.exp(float(totals[i]) - evidence))
            for i in best
        ]
        unknown = [one for one in state.literals if one.word and one.word not in self._numbers]
        if unknown:
            first = max(unknown, key=lambda one: one.log)
            found.append(Candidate(first.word, math.exp(first.log - evidence)))
        return sorted(found, key=lambda candidate: (-candidate.p, candidate.word))[:count]

    def explain(self, state: WordState, word: str) -> tuple[list[Fix], Floats]:
        """The looks that were at letters of the word, as far as it was spelled, and the places
        (N, 2) of those letters' keys."""
        looks, letters = align(state, self._keys_of(word), self._places_px, self._prices)
        return [state.fixes[i] for i in looks], self._places_px[letters].reshape(-1, 2)

    def _keys_of(self, word: str) -> list[int]:
        return _keys_of(word, self._key_numbers)

    def _wholes(self, state: WordState) -> Singles:
        """(A,) log P(word, looks | context) where the looks reach the word's end, passed over or
        not; very small elsewhere."""
        left = self._lengths.take(state.words) - len(state.fixes)
        ends = np.where(np.abs(left) <= 1, left + 1, 0)
        score = state.score[ends, np.arange(len(left))]
        return np.where(np.abs(left) <= 1, state.prior + score, NEVER)

    def _where(self, state: WordState, words: Sequence[str], log_factor: float) -> Singles:
        """(A,) the factor at the state's words that are among these, 0 at the others."""
        numbers = [self._numbers[word] for word in words if word in self._numbers]
        return np.where(np.isin(state.words, numbers), np.float32(log_factor), np.float32(0))

    def _beginnings(self, state: WordState) -> WordState:
        """A fresh state of one word for every beginning of three letters."""
        count = len(self._of_beginning)
        return replace(
            state,
            words=self._of_beginning,
            prior=np.zeros(count, dtype=np.float32),
            passed=np.zeros(count, dtype=np.float32),
            score=np.repeat(state.score[:, :1], count, axis=1),
            precision=np.zeros((2, 3, count), dtype=np.float32),
            weighted=np.zeros((2, 3, count), dtype=np.float32),
        )

    def _aligned(self, state: WordState, fix: Fix) -> WordState:
        seen = len(state.fixes)
        beside = np.array([fix.x_px, fix.y_px]) - self._places_px - state.offsets.mean_px
        # One row more, for words that have no letter there.
        residuals = np.vstack([beside, [0.0, 0.0]]).astype(np.float32).T
        own = np.add(state.offsets.own_px2, fix.own_px2).astype(np.float32)
        again = self._again(residuals, own, state.offsets)
        walk = Walk(state, self._letters_at(state.words, seen), len(self._letters), self._prices)
        for row in range(3):
            walk.match(row, residuals, own, self._anywhere)
        walk.take_extra(again, self._anywhere)
        walk.skip_letter()
        return replace(
            state,
            fixes=(*state.fixes, fix),
            score=walk.score,
            precision=walk.precision,
            weighted=walk.weighted,
        )

    def _letters_at(self, words: Indices, seen: int) -> list[Keys | None]:
        """Keys (A,) of the letters number seen - 1, seen, seen + 1 and seen + 2; None before the
        first."""
        return [
            self._spelling[min(at, LONGEST_WORD)].take(words) if at >= 0 else None
            for at in range(seen - 1, seen + 3)
        ]

    def _again(self, residuals: Singles, own: Singles, offsets: Offsets) -> Singles:
        """(K + 1,) log density of a look at each key once more, or at nothing."""
        variance = (own + offsets.shared_px2.astype(np.float32))[:, None]
        near = -0.5 * (residuals**2 / variance + np.log(2 * np.pi * variance)).sum(axis=0)
        near[-1] = self._anywhere
        return np.maximum(near, np.float32(self._anywhere))


def _spell(words: Sequence[str], numbers: Mapping[str, int]) -> Keys:
    """Key numbers of each word's letters, (LONGEST_WORD + 1, N), and one past the last number
    where there is no letter more; words that cannot be spelled have none."""
    spelling = np.full((len(words), LONGEST_WORD + 1), len(numbers), dtype=np.uint8)
    for row, word in enumerate(words):
        keys = _keys_of(word, numbers)
        if len(keys) <= LONGEST_WORD:
            spelling[row, : len(keys)] = keys
    return np.ascontiguousarray(spelling.T)


def _keys_of(word: str, numbers: Mapping[str, int]) -> list[int]:
    """Key numbers of the letters; an accent without a key of its own may be left out, and so may
    signs without a key."""
    keys = []
    for letter in word:
        plain = letter if letter in numbers else unicodedata.normalize("NFD", letter)[0]
        if plain in numbers:
            keys.append(numbers[plain])
    return keys
