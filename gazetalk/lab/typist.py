"""The simulated typist: writes phrases with the real keyboard core, in virtual time, and corrects
every error it sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.decoder import Language
from gazetalk.keyboard.entry import CHOICES_PAGE, PAGES, Entry
from gazetalk.keyboard.layout import Key, Layout
from gazetalk.lab.looks import Looks

ENDURANCE = 20  # selections for a word, and ...
ENDURANCE_A_LETTER = 8  # ... for each of its letters, before the typist gives the word up

PATIENCE = 12  # selections for each character of a phrase, before all of it is given up
RESTARTS = 2  # times a word is begun anew


@dataclass(frozen=True)
class Habits:
    """overlooks: how often the right word, shown, is not noticed. switch_fails: how often the
    switch does nothing. pause_s: between two sentences. selection_s: for one look or switch."""

    selection_s: float = 0.75
    pause_s: float = 600.0
    overlooks: float = 0.0
    switch_fails: float = 0.0


@dataclass(frozen=True)
class Written:
    """How a phrase came out."""

    phrase: str
    text: str
    selections: int
    words: int
    failed_words: int


class WordTypist:
    """Types with an `Entry`. `with_switch`: it has a switch; otherwise it looks at the keys."""

    def __init__(
        self,
        layout: Layout,
        language: Language,
        looks: Looks,
        aim: Aim,
        size_px: tuple[int, int],
        random: np.random.Generator,
        habits: Habits,
        with_switch: bool,
    ) -> None:
        self._make: Callable[[], Entry] = lambda: Entry(
            layout, language, Composer(), self._aim, *size_px
        )
        self._looks = looks
        self._aim = aim
        self._random = random
        self._habits = habits
        self._with_switch = with_switch
        self._entry = self._make()
        self._t_s = 0.0

    def write(self, phrase: str) -> Written:
        """Type a phrase on an empty page."""
        self._entry.start_over(self._t_s)
        self._looks.begin_sentence()
        words = phrase.split()
        goal, failed, start_s = list(words), 0, self._t_s
        self._selections = 0
        while True:
            done = self._entry.text.lower().split()
            if done == goal:
                break
            if self._selections > PATIENCE * len(phrase):
                failed = max(failed, sum(word not in done for word in words))
                break
            good = done == goal[: len(done)]
            at = len(done) if good else max(len(done) - 1, 0)
            if not self._write_word(goal, at):
                failed += 1
                done = self._entry.text.lower().split()
                goal[at : at + 1] = done[at:]
                goal = goal if done == goal[: len(done)] else [*done, *goal[at + 1 :]]
                self._entry.restart()
        self._t_s = start_s + self._selections * self._habits.selection_s + self._habits.pause_s
        return Written(
            phrase, self._entry.text.strip().lower(), self._selections, len(words), failed
        )

    def _write_word(self, goal: list[str], at: int) -> bool:
        """Go on until the text is right up to and with word `at`; whether it came to that."""
        word = goal[at]
        last = self._selections + ENDURANCE + ENDURANCE_A_LETTER * len(word)
        self._spelled, self._pages, self._restarts = 0, 0, 0
        self._overlooked: tuple[str, ...] = ()
        while self._selections < last:
            done = self._entry.text.lower().split()
            if done[: at + 1] == goal[: at + 1] and len(done) <= at + 1:
                return True
            if done != goal[: len(done)]:
                self._take_back()
            elif len(done) < at:
                return True  # an earlier word was lost: it is the one to write now
            elif not self._go_on(word):
                return False
        return False

    def _go_on(self, word: str) -> bool:
        """One selection towards the word; False when there is nothing left to try."""
        entry = self._entry
        if not entry.looks:
            self._spelled = 0
        if self._notices(word):
            self._take_word(word)
        elif entry.board.page == CHOICES_PAGE:
            return self._look_further()
        elif self._spelled < len(word):
            self._pages = 0
            self._look(entry.board.key_for(word[self._spelled]))
            self._spelled += 1
        else:
            self._pages = 0
            self._open_choices()
        return True

    def _notices(self, word: str) -> bool:
        """Whether the word is shown and seen; what was overlooked stays so until something else is
        shown, and may be seen when it comes again."""
        shown, sure = self._entry.offered, self._entry.sure
        if shown == self._overlooked:
            return False
        self._overlooked = ()
        if word not in shown:
            return False
        if sure and sure.word != word:
            return False  # the switch would take another
        if self._random.random() < self._habits.overlooks:
            self._overlooked = shown
            return False
        return True

    def _take_word(self, word: str) -> None:
        entry = self._entry
        number = entry.offered.index(word) + 1
        key = next((k for k in entry.board.keys if k.action == f"choose:{number}"), None)
        if key:
            self._look(key)
        else:
            self._pages = 0
            self._press_switch()

    def _look_further(self) -> bool:
        """The word is not on this page of choices."""
        restart = self._key("restart")
        if self._pages < PAGES - 2 or restart is None:
            self._pages += 1
            if self._with_switch:
                self._press_switch()
            else:
                self._look(self._key("more"))
        elif self._restarts == RESTARTS:
            return False
        else:
            self._look(restart)
            self._restarts += self._entry.looks == 0
        return True

    def _take_back(self) -> None:
        """A wrong word stands in the text."""
        undo = self._key("undo")
        on_choices = self._entry.board.page == CHOICES_PAGE
        if self._with_switch and not on_choices:
            self._press_switch()
        elif undo:
            self._look(undo)
        else:
            self._look(self._key("back"))
        self._overlooked = ()

    def _open_choices(self) -> None:
        if self._with_switch:
            self._press_switch()
        else:
            self._look(self._key("more"))

    def _key(self, action: str) -> Key | None:
        return next((key for key in self._entry.board.keys if key.action == action), None)

    def _look(self, key: Key | None) -> None:
        assert key is not None, "the typist looks for a key that the page does not have"
        t_s = self._next_s()
        self._entry.look(self._looks.at(key.rect.centre, t_s))

    def _press_switch(self) -> None:
        t_s = self._next_s()
        if self._random.random() >= self._habits.switch_fails:
            self._entry.switch(t_s)

    def _next_s(self) -> float:
        self._selections += 1
        return self._t_s + self._selections * self._habits.selection_s
