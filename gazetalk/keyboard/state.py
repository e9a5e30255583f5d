"""What a screen is told of the keyboard."""

from __future__ import annotations

from dataclasses import dataclass

from gazetalk.keyboard.dwell import DwellState
from gazetalk.keyboard.layout import Board


@dataclass(frozen=True)
class KeyboardState:
    """All that a screen needs.

    resting: from "rest" until "woke". fault: why the text is not being saved, or None. caret: where
    it stands in the text, None at its end. offered: the words to choose from. guess: the word under
    way as far as it was spelled, never part of `text`. whole: the word that a space would take.
    sure: the word that the switch would take at once. These four are empty where letters are hit.
    """

    board: Board
    text: str
    dwell: DwellState
    resting: bool
    fault: str | None
    offered: tuple[str, ...] = ()
    guess: str = ""
    whole: str = ""
    sure: str = ""
    caret: int | None = None
