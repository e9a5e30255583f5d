"""The simulated typist on keyboards that take letter for letter: the plain one, and one that weighs
each look with the letters that may come next. Both are there to compare with."""

from __future__ import annotations

import bisect
import math

import numpy as np

from gazetalk.keyboard.aim import Aim, Fix
from gazetalk.keyboard.choice import Choice
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.keyboard import Keyboard
from gazetalk.keyboard.language import Language
from gazetalk.keyboard.layout import Key, load_layout
from gazetalk.lab.looks import Looks
from gazetalk.lab.typist import Habits, Written

ENDURANCE_A_LETTER = 12  # selections, before the typist gives the phrase up
UNDO = 0.08  # how likely undo is meant, beforehand
ANY_LETTER = 0.02  # share of the letters that no known word allows


class LetterTypist:
    """Types on the qwerty layout. With a language each look is taken for the likeliest key, else
    for the nearest. Every wrong change is taken back by undo; keys that lead away do nothing."""

    def __init__(
        self,
        language: Language | None,
        looks: Looks,
        aim: Aim,
        size_px: tuple[int, int],
        habits: Habits,
    ) -> None:
        self._language = language
        self._looks = looks
        self._aim = aim
        self._size_px = size_px
        self._habits = habits
        self._t_s = 0.0

    def write(self, phrase: str) -> Written:
        self._keyboard = Keyboard(load_layout("qwerty"), Composer(), *self._size_px)
        self._looks.begin_sentence()
        self._pending: tuple[Fix, Key] | None = None
        selections = 0
        while self._text != phrase and selections < ENDURANCE_A_LETTER * len(phrase):
            selections += 1
            self._t_s += self._habits.selection_s
            self._select(self._wanted(phrase))
        self._t_s += self._habits.pause_s
        return Written(phrase, self._text, selections, *_failed(phrase, self._text))

    @property
    def _text(self) -> str:
        return self._keyboard.state.text

    def _wanted(self, phrase: str) -> Key:
        """The key that the typist looks at next."""
        board, text = self._keyboard.state.board, self._text
        key = board.key_for(phrase[len(text)]) if phrase.startswith(text) else board.key("undo")
        assert key is not None, f"no key for {phrase[len(text)]!r}"
        return key

    def _select(self, wanted: Key) -> None:
        fix = self._looks.at(wanted.rect.centre, self._t_s)
        meant = self._meant(fix)
        if meant is None or meant.action not in ("type", "space", "erase", "undo", "clear"):
            return
        if self._pending and meant.action != "undo":
            self._aim.learn([self._pending[0]], [self._pending[1].rect.centre])
        self._pending = None if meant.action == "undo" else (fix, meant)
        self._keyboard.press(meant.id, self._t_s)

    def _meant(self, fix: Fix) -> Key | None:
        board = self._keyboard.state.board
        if self._language is None:
            x = min(max(fix.x_px, 0), board.width_px - 1)
            return board.key_at(x, min(fix.y_px, board.height_px - 1))
        keys = [k for k in board.keys if k.action == "undo" or k.text in (" ", "'")]
        keys += [k for k in board.keys if k.text.isalpha()]
        places = [key.rect.centre for key in keys]
        choice = Choice(places, self._weights(keys), self._aim.at(places, fix.t_s))
        choice.look(fix)
        return keys[int(choice.shares.argmax())]

    def _weights(self, keys: list[Key]) -> list[float]:
        following = self._following()
        spread = ANY_LETTER / len(keys)
        return [
            math.log(UNDO if k.action == "undo" else following.get(k.text, 0.0) + spread)
            for k in keys
        ]

    def _following(self) -> dict[str, float]:
        """P of each next character, from the words that go on from the letters written."""
        assert self._language is not None
        context, _, prefix = self._text.rpartition(" ")
        logs = self._language.log_probabilities(f"{context} " if context else "")
        words = self._language.words
        low, high = bisect.bisect_left(words, prefix), bisect.bisect_left(words, f"{prefix}\uffff")
        p = np.exp(logs[low:high])
        found: dict[str, float] = {}
        for word, share in zip(words[low:high], p / max(float(p.sum()), 1e-30), strict=True):
            letter = word[len(prefix)] if len(word) > len(prefix) else " "
            found[letter] = found.get(letter, 0.0) + float(share)
        return found


def _failed(phrase: str, text: str) -> tuple[int, int]:
    """How many words the phrase has, and how many of them did not come out."""
    wanted, got = phrase.split(), text.split()
    rows = [list(range(len(got) + 1))]
    for i, word in enumerate(wanted, 1):
        row = [i]
        for j, other in enumerate(got, 1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (word != other)))
        rows.append(row)
    return len(wanted), min(rows[-1][-1], len(wanted))
