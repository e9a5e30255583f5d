"""The simulated typist who only tells left from right: answers every question, errs by chance, and
takes back every wrong word it sees."""

from __future__ import annotations

import numpy as np

from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.language import Language
from gazetalk.keyboard.layout import Key, load_layout
from gazetalk.keyboard.order import UNDO
from gazetalk.keyboard.sides import LEFT, RIGHT, Sides
from gazetalk.lab.typist import Written

ENDURANCE_A_LETTER = 16  # looks, before the typist gives the phrase up


class SideTypist:
    """Types with `Sides`; `wrong`: how often it looks at the wrong side."""

    def __init__(
        self,
        language: Language,
        size_px: tuple[int, int],
        random: np.random.Generator,
        wrong: float,
    ) -> None:
        self._composer = Composer()
        self._sides = Sides(load_layout("two-zone"), language, self._composer, *size_px)
        self._random = random
        self._wrong = wrong

    def write(self, phrase: str) -> Written:
        """Type a phrase on an empty page, word by word."""
        self._composer.clear()
        self._sides.text_changed()
        words, looks, commands = phrase.split(), 0, 0
        while (done := self._words()) != words and looks < ENDURANCE_A_LETTER * len(phrase):
            right = done == words[: len(done)]
            wanted = words[len(done)] if right else UNDO
            seen = self._seen(self._sides.is_left_of_question(wanted))
            looks += 1
            if seen is None:
                continue
            outcome = self._sides.press(self._key(seen))
            commands += not outcome.handled  # spoken, rung or cleared without being asked to
            if outcome.key and outcome.key.action == "clear":
                self._composer.clear()
                self._sides.text_changed()
        failed = sum(word not in self._words() for word in words)
        return Written(phrase, " ".join(self._words()), looks, len(words), failed)

    def _seen(self, left: bool) -> bool | None:
        """Which side a look at the left or right one is taken for; None: neither."""
        return left != (self._random.random() < self._wrong)

    def _key(self, left: bool) -> Key:
        return next(k for k in self._sides.board.keys if k.action == (LEFT if left else RIGHT))

    def _words(self) -> list[str]:
        return self._composer.text.lower().split()
