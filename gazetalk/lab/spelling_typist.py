"""The simulated typist spells names, letter by letter, with the real core and in virtual time, and
takes back every wrong step it sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.board import Key
from gazetalk.keyboard.layout import Layout
from gazetalk.keyboard.spelling import Spelling, letter_label, spelling_on
from gazetalk.lab.looks import Looks

PATIENCE = 40  # looks for each letter before a name is given up
SELECTION_S = 0.75
PAUSE_S = 600.0  # between two names: others sit down, the light changes


@dataclass(frozen=True)
class SpelledName:
    """How a name came out. wrong: letters that were taken wrongly on the way."""

    name: str
    text: str
    looks: int
    wrong: int


class SpellingTypist:
    """Spells with a layout's letters; `looks` and `aim` as they fall and as they are known."""

    def __init__(
        self, layout: Layout, looks: Looks, aim: Aim, size_px: tuple[int, int], language: object
    ) -> None:
        self._layout = layout
        self._looks = looks
        self._aim = aim
        self._size_px = size_px
        self._language = language
        self._t_s = 0.0

    def write(self, name: str) -> SpelledName:
        """Spell a name, in small letters."""
        spelling = spelling_on(self._layout, *self._size_px, self._aim, self._language)
        self._looks.begin_sentence()
        text, wrong, count = "", 0, 0
        while count < PATIENCE * len(name):
            before = spelling.word
            key = self._key_for(name, spelling)
            self._t_s += SELECTION_S
            count += 1
            spelled = spelling.look(self._looks.at(key.rect.centre, self._t_s))
            wrong += len(spelling.word) > len(before) and not name.startswith(spelling.word)
            if spelled.left:
                text = spelled.word
                break
        self._t_s += PAUSE_S
        return SpelledName(name, text, count, wrong)

    def _key_for(self, name: str, spelling: Spelling) -> Key:
        """What to look at: the next letter or its part, the end, or undo when neither is there."""
        word, keys = spelling.word, spelling.board.keys
        if word == name:
            return _key(keys, "done")
        if name.startswith(word):
            sign = letter_label(name[len(word)])
            for key in keys:
                if key.action.startswith("part:") and sign in key.label.split():
                    return key
        return _key(keys, "undo")


def _key(keys: Sequence[Key], action: str) -> Key:
    return next(key for key in keys if key.action == action)
