"""The words that were chosen in this text, the last of which the person has yet to confirm."""

from __future__ import annotations

from collections import deque

import numpy as np

from gazetalk.keyboard.aim import KEPT_LOOKS, Aim, Fix
from gazetalk.keyboard.decoder import Decoder
from gazetalk.keyboard.outcome import Commit

Looks = list[tuple[Fix, tuple[float, float]]]


class Commits:
    """Words chosen one after the other; going on confirms the last."""

    def __init__(self) -> None:
        self._commits: list[Commit] = []
        self._learned = 0
        self._explained: deque[tuple[Fix, tuple[float, float]]] = deque(maxlen=KEPT_LOOKS)

    @property
    def doubt(self) -> float | None:
        """P(the last is wrong), None without one."""
        return 1 - self._commits[-1].p if self._commits else None

    def add(self, commit: Commit) -> None:
        """A word was chosen; confirm the one before first."""
        self._commits.append(commit)

    def confirm(self, decoder: Decoder, aim: Aim) -> Commit | None:
        """The person goes on: the last word was right, and its looks tell how they aim. Gives that
        word, None when there is none that was not confirmed before."""
        if self._learned == len(self._commits):
            return None
        self._learned = len(self._commits)
        last = self._commits[-1]
        fixes, places = decoder.explain(last.state, last.word)
        if last.pick:
            fixes, places = [*fixes, last.pick[0]], np.vstack([places, last.pick[1]])
        aim.learn(fixes, places)
        self._explained += zip(fixes, map(tuple, places.tolist()), strict=True)
        return last

    def take_back(self, text_after: str, text_before: str) -> Commit | None:
        """Undo led from one of these texts to the other: the word that it took back, None when it
        was something else."""
        last = self._commits[-1] if self._commits else None
        if last is None or (last.text_after, last.text_before) != (text_after, text_before):
            return None
        self._learned = min(self._learned, len(self._commits) - 1)
        return self._commits.pop()

    def forget(self) -> None:
        """The words before are text like any other: their looks tell nothing any more."""
        self._commits.clear()
        self._learned = 0

    def explained(self) -> Looks:
        """The looks of words confirmed since the last call, and the places they were at."""
        explained = list(self._explained)
        self._explained.clear()
        return explained
