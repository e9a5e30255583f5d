"""A language that becomes its speaker's: the shipped model mixed with what this person says."""

from __future__ import annotations

import bisect
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from gazetalk.keyboard.said import Said, SaidFile
from gazetalk.keyboard.word_model import Over, Probabilities, WordModel
from gazetalk.keyboard.words import Cursor, cursor, fold, sentences

START = "\n"  # stands before a sentence; no word has it


@dataclass(frozen=True)
class Trust:
    """How far a kind of evidence counts.

    cap: its largest weight; with more, words that were said once crowd out what all people say.
    doubt: the number of observations at which half of the cap is reached. discount: taken off
    each count, as most of what was said once in a context is not said there again.
    """

    cap: float
    doubt: float
    discount: float = 0.0


ALONE = Trust(0.05, 100)
PAIR = Trust(0.4, 3, 0.8)
TRIPLE = Trust(0.5, 1, 0.6)
OPENING = Trust(0.6, 0.5)  # the whole sentence so far
RECENT = Trust(0.02, 20)
HALF_LIFE_WORDS = 20_000  # of a habit
RECENT_WORDS = 200  # a topic is among the last so many words,
RECENT_HALF_LIFE = 60  # and fades with each
RAREST = 1e-7  # P of a new word before habits count
PHRASE_WORDS = 2  # shorter sentences are not offered whole
STEADY = 1e12  # weights are scaled down before they grow beyond this

Followers = dict[str, float]


class Habits:
    """Decaying counts of words, pairs, triples and openings."""

    def __init__(self) -> None:
        self.followers: dict[tuple[str, ...], Followers] = {}
        self.recent: deque[str] = deque(maxlen=RECENT_WORDS)
        self._weight = 1.0

    def add(self, words: tuple[str, ...]) -> None:
        """Count a sentence; "" in it is no word and no context."""
        for place, word in enumerate(words):
            self._weight *= 2 ** (1 / HALF_LIFE_WORDS)
            if word:
                for key in contexts(words[:place]):
                    found = self.followers.setdefault(key, {})
                    found[word] = found.get(word, 0.0) + self._weight
                self.recent.append(word)
        if self._weight > STEADY:
            self._scale(1 / self._weight)

    def add_alone(self, words: tuple[str, ...]) -> None:
        """Count words that stand in no sentence: they may come anywhere."""
        found = self.followers.setdefault((), {})
        for word in filter(None, words):
            found[word] = found.get(word, 0.0) + self._weight
            self.recent.append(word)

    def after(self, key: tuple[str, ...]) -> Followers:
        """What followed a context, in counts of `unit`."""
        return self.followers.get(key, {})

    @property
    def unit(self) -> float:
        """What one word said just now counts."""
        return self._weight

    def topics(self) -> Followers:
        """Recent words with their faded counts."""
        faded: Followers = {}
        for age, word in enumerate(reversed(self.recent)):
            faded[word] = faded.get(word, 0.0) + 2 ** (-age / RECENT_HALF_LIFE)
        return faded

    def _scale(self, factor: float) -> None:
        self._weight *= factor
        for found in self.followers.values():
            for word in found:
                found[word] *= factor


def contexts(before: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The keys under which a word after these is counted: alone, pair, triple, opening."""
    line = (START, *before)
    keys: list[tuple[str, ...]] = [()]
    if line[-1]:
        keys.append(line[-1:])
        if len(line) > 1 and line[-2]:
            keys.append(line[-2:])
        if len(line) > 2 and all(line):
            keys.append((START, START, *before))
    return keys


class PersonalLanguage(Over):
    """A language model that learns from what its person says, kept in a `SaidFile`.

    learning: the switch; off, nothing is added, but what was learned still counts. Nobody calls
    `learn` in rest, nor with text that was undone.
    """

    def __init__(
        self, model: WordModel, file: SaidFile | None = None, today: Callable[[], date] = date.today
    ) -> None:
        super().__init__(model)
        self.learning = True
        self._file = SaidFile() if file is None else file
        self._today = today
        # Each letter asks for it again: where, out of what the model said, and the answer.
        self._last: tuple[Cursor, Probabilities, Probabilities] | None = None
        self._recount()

    @property
    def said(self) -> tuple[Said, ...]:
        """What was learned from, the oldest first."""
        return self._file.said

    def learn(self, text: str) -> None:
        """The person said this. Raises OSError when it cannot be kept; it is then not learned."""
        if self.learning:
            self._count(self._file.add(text, self._today()))

    def learn_word(self, word: str) -> None:
        """The person spelled this. Raises OSError when it cannot be kept, and learns nothing."""
        if self.learning:
            self._count(self._file.add_word(word, self._today()))

    def hear(self, text: str) -> None:
        """The partner said or typed this: its words are topics for a while, and are not kept."""
        heard = (word for each in sentences(text) for word in cursor(each).words)
        self._habits.recent.extend(word for word in heard if word in self._place)
        self._refresh()

    def forget_word(self, word: str) -> int:
        """Forget every sentence with this word; how many. Raises OSError."""
        return self._without(self._file.forget_word(word))

    def forget_day(self, day: date) -> int:
        """Forget what was said on a day; how many sentences. Raises OSError."""
        return self._without(self._file.forget_day(day))

    def forget_everything(self) -> int:
        """Forget all; how many sentences. Raises OSError."""
        return self._without(self._file.forget_everything())

    def export(self) -> str:
        """All that was learned from: a day and a sentence a line."""
        return self._file.export()

    def phrases(self, typed: str, k: int = 3, bank: Iterable[str] = ()) -> list[str]:
        """Whole sentences that begin with `typed`, out of `bank` and of what was said before.

        The most habitual first, recent ones before older; at most `k`. Without anything typed only
        sentences that were said at least twice come up.
        """
        begun = _plain(typed)
        score: dict[str, float] = {}
        written: dict[str, str] = {}
        for each in bank:
            written[_plain(each)] = each
            score[_plain(each)] = 0.5
        for age, said in enumerate(reversed(self.said)):
            key = _plain(said.text)
            written.setdefault(key, said.text)
            score[key] = score.get(key, 0.0) + 2 ** (-age / 1000)
        fitting = [
            key
            for key in score
            if key.startswith(begun)
            and key != begun
            and len(key.split()) >= PHRASE_WORDS
            and (begun or score[key] > 1)
        ]
        return [written[key] for key in sorted(fitting, key=lambda key: (-score[key], key))[:k]]

    def probabilities_at(self, at: Cursor) -> Probabilities:
        shipped = self._model.probabilities_at(at)
        if self._last is None or self._last[0] != at or self._last[1] is not shipped:
            p = self._distribution(at, shipped)
            p.flags.writeable = False
            self._last = (at, shipped, p)
        return self._last[2]

    def _distribution(self, at: Cursor, shipped: Probabilities) -> Probabilities:
        p = self._spread(shipped)
        trusts = (ALONE, PAIR, TRIPLE, OPENING)
        for key, trust in zip(contexts(at.words), trusts, strict=False):
            p = self._mix(p, self._habits.after(key), self._habits.unit, trust)
            if trust is ALONE:
                p = self._mix(p, self._topics, 1.0, RECENT)
        return p

    def cased(self, word: str, at: Cursor) -> str:
        """As this person writes a word of their own; otherwise as everyone does."""
        return self._written.get(word) or super().cased(word, at)

    def _mix(self, p: Probabilities, found: Followers, unit: float, trust: Trust) -> Probabilities:
        """Shares of what followed, each less its discount, and what they leave of `p`."""
        if not found:
            return p
        places = [self._place[word] for word in found]
        counts = np.fromiter(found.values(), np.float64, len(found)) / unit
        enough = counts.sum() + trust.doubt
        shares = trust.cap * np.maximum(counts - trust.discount, 0) / enough
        mixed = p * np.float32(1 - shares.sum())
        mixed[places] += shares.astype(np.float32)
        return mixed

    def _spread(self, p: Probabilities) -> Probabilities:
        """The shipped model's probabilities over this person's vocabulary."""
        if self._known is None:
            return p
        spread = np.full(len(self.words), RAREST, np.float32)
        spread[self._known] = p
        return spread / spread.sum()

    def _without(self, count: int) -> int:
        if count:
            self._recount()
        return count

    def _recount(self) -> None:
        self._habits = Habits()
        self._written: dict[str, str] = {}
        self._new: set[str] = set()
        self._renew()
        self._count(self._file.said)

    def _count(self, said: Iterable[Said]) -> None:
        known = len(self._new)
        for each in said:
            words = cursor(each.text).words
            if each.alone:
                self._habits.add_alone(words)
            else:
                self._habits.add(words)
            self._new.update(w for w in words if w and self._model.index(w) is None)
            self._notice_capitals(each.text, words)
        if len(self._new) != known:
            self._renew()
        self._refresh()

    def _refresh(self) -> None:
        self._topics = self._habits.topics()
        self._last = None

    def _notice_capitals(self, text: str, words: tuple[str, ...]) -> None:
        """How new words are written, from places where a sentence does not begin."""
        for token in text.split()[1:]:
            bare = token.strip(".,;:()\"'")
            if bare.lower() in self._new and bare.lower() in words:
                self._written[bare.lower()] = bare

    def _renew(self) -> None:
        """Make room for new words."""
        words = sorted([*self._model.words, *self._new]) if self._new else self._model.words
        self._set_words(words)
        self._place = {word: place for place, word in enumerate(words)}
        shipped = [bisect.bisect_left(words, word) for word in self._model.words]
        self._known = np.array(shipped) if self._new else None


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
