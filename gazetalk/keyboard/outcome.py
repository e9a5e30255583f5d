"""What looks and the switch come to, as records."""

from __future__ import annotations

from dataclasses import dataclass

from gazetalk.keyboard.aim import Fix
from gazetalk.keyboard.alignment import WordState
from gazetalk.keyboard.composer import Edit
from gazetalk.keyboard.layout import Key


@dataclass(frozen=True, eq=False)
class Commit:
    """A word that was chosen, and what it was chosen from: enough to take it back and to learn.

    pick: the look that chose it and the place it was at, None when it was chosen by hand. as_shown,
    spaced: whether it was taken where it was shown, or by a space or a sign. missed: how often it
    was shown before and not taken.
    """

    word: str
    state: WordState
    text_before: str
    text_after: str
    p: float
    pick: tuple[Fix, tuple[float, float]] | None
    page: str
    as_shown: bool
    spaced: bool
    missed: int


@dataclass(frozen=True)
class Outcome:
    """What a look or a switch came to.

    key: the key that was meant, None when that is not sure yet. edits: how the text was changed by
    it. handled: whether all that the key does is done; otherwise it has nothing to do with words.
    learned: a word that nobody knew, which was right.
    """

    key: Key | None
    edits: tuple[Edit, ...] = ()
    handled: bool = True
    learned: str = ""
