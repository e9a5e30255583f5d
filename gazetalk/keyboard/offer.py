"""The words to choose from, written on the keys of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gazetalk.keyboard.layout import Board, Key

WITHOUT_KEYS = 6  # words offered where no key takes one: as many as the page of choices shows
LABELS = {"undo": "undo", "restart": "word anew"}


def places_for_words(board: Board) -> int:
    """How many words a page offers."""
    return sum(key.choice is not None for key in board.keys) or WITHOUT_KEYS


def with_words(board: Board, words: Sequence[str], other: str = "") -> Board:
    """The page with these words on its keys; keys without one are blank.

    other: an action ("undo" or "restart") that the last of them takes instead of a word, or "".
    """
    last = places_for_words(board) - 1
    return replace(board, keys=tuple(_labelled(key, words, other, last) for key in board.keys))


def open_keys(board: Board, words: Sequence[str]) -> list[Key]:
    """The keys of a page but those that have no word to offer."""
    return [key for key in board.keys if key.choice is None or key.choice < len(words)]


def _labelled(key: Key, words: Sequence[str], other: str, last: int) -> Key:
    number = key.choice
    if number is None:
        return key
    if other and number == last:
        return replace(key, id=other, label=LABELS[other], action=other)
    return replace(key, label=words[number] if number < len(words) else "")
