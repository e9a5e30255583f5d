"""A person who writes with the eyes: what they look at next follows from what the screen shows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gazetalk.keyboard.entry import CHOICES_PAGE
from gazetalk.keyboard.keyboard import KeyboardState
from gazetalk.keyboard.layout import Key

Place = tuple[float, float]
REACTION_S = 0.35  # after something on the screen changed, to see it and to choose
PATIENCE_S = 5.0  # a key that does nothing for so long is looked away from, ...
AWAY_S = 0.5  # ... for so long
PAGES = 2  # of choices that are looked through before the word is spelled anew
TOKEN = re.compile(r"[\w']+|[.,?!]")


def tokens(text: str) -> list[str]:
    """Words and signs, in lower case."""
    return TOKEN.findall(text.lower())


class Talker:
    """Writes the sentences one after the other and corrects with the eyes what came out wrong.

    spells_all: never takes a word from a tile. Ask `at` at least ten times a second.
    """

    def __init__(self, sentences: Sequence[str], spells_all: bool = False) -> None:
        self._goal = tokens(" ".join(sentences))
        self._spells_all = spells_all
        self._seen: tuple[str, str, tuple[str, ...], str] | None = None
        self._place: Place | None = None
        self._wanted: Key | None = None
        self._last: Key | None = None
        self._choose_s = REACTION_S  # when they choose what to look at next
        self._spelled = 0
        self._pages = 0
        self.looks = 0

    def over(self, state: KeyboardState) -> bool:
        """Everything is written."""
        return tokens(state.text) == self._goal

    def at(self, t_s: float, state: KeyboardState) -> Place:
        """Where they look at `t_s`, pixels of the board."""
        self._notice(t_s, state)
        if t_s >= self._choose_s:
            if self._wanted is None:
                self._choose_at(t_s, state)
            else:
                self._look_away(t_s, state)
        return self._place or _reading(state)

    def _choose_at(self, t_s: float, state: KeyboardState) -> None:
        wanted = self._choose(state)
        if wanted is not None and wanted == self._last:
            self._last = None
            self._look_away(t_s, state)
            return
        self._wanted = self._last = wanted
        self._place = wanted.rect.centre if wanted else None
        self._choose_s = t_s + PATIENCE_S
        self.looks += 1

    def _look_away(self, t_s: float, state: KeyboardState) -> None:
        """A key does nothing, or must be left before it does it again."""
        self._place, self._wanted, self._last = _reading(state), None, None
        self._choose_s = t_s + AWAY_S

    def _notice(self, t_s: float, state: KeyboardState) -> None:
        seen = (state.text, state.guess, state.offered, state.board.page)
        if seen == self._seen:
            return
        before, self._seen = self._seen, seen
        if before is None or before[0] != seen[0] or before[3] != seen[3]:
            self._spelled = len(state.guess)
        elif self._wanted is not None and self._wanted.action == "undo":
            self._spelled = max(0, self._spelled - 1)
        else:
            self._spelled += 1
        self._wanted = None
        self._choose_s = t_s + REACTION_S

    def _choose(self, state: KeyboardState) -> Key | None:
        board = state.board
        if state.resting:
            return _doing(state, "wake") or _doing(state, "page:wake")
        if board.page != CHOICES_PAGE and not any(key.spells for key in board.keys):
            return _doing(state, "page:letters")
        written = tokens(state.text)
        if written != self._goal[: len(written)]:
            return _doing(state, "undo") or _doing(state, "back")
        wanted = self._goal[len(written)]
        if not wanted[0].isalnum():
            # A word that began by mistake is taken back first: the sign would end it.
            spelled = _doing(state, "undo") if state.guess else None
            return spelled or board.key_for(wanted) or _doing(state, "back")
        return self._choose_word(state, wanted)

    def _choose_word(self, state: KeyboardState, word: str) -> Key | None:
        shown = next(
            (
                key
                for key in state.board.keys
                if key.choice is not None and key.label.lower() == word
            ),
            None,
        )
        if state.board.page == CHOICES_PAGE:
            self._pages += 1
            other = "more" if self._pages <= PAGES else "back"
            return shown or _doing(state, other)
        self._pages = 0
        if shown and not self._spells_all:
            return shown
        if self._spelled < len(word):
            return state.board.key_for(word[self._spelled])
        return _doing(state, "space" if state.guess == word else "more")


def _doing(state: KeyboardState, action: str) -> Key | None:
    return next((key for key in state.board.keys if key.action == action), None)


def _reading(state: KeyboardState) -> Place:
    return state.board.text_rect.centre
