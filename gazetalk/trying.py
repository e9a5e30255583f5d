"""A way of writing tried: the same short sentence, for a minute at most."""

from __future__ import annotations

from gazetalk.asking import Shown
from gazetalk.clinic.recommend import Trial
from gazetalk.talk import Talk
from gazetalk.tracking.tracker import Tracked

SENTENCE = "i would like some tea"
TRIAL_S = 60.0
WORDS_S = 3.0  # to read what is asked


class Trying:
    """A part of the assessment: somebody writes with `talk`, whose keyboard has that layout.

    Nothing of what they write is kept but how much of it was right.
    """

    def __init__(self, layout: str, talk: Talk, start_s: float) -> None:
        self.talk = talk
        self._layout = layout
        self._begin_s = start_s + WORDS_S
        self._t_s = start_s
        self._begun = self._stepped = False

    @property
    def words(self) -> str:
        """What is asked, for a line on the screen."""
        return f"Please write: {SENTENCE} (helper: N goes on)"

    @property
    def showing(self) -> bool:
        """The keyboard is to be seen; before, the words are."""
        return self._t_s >= self._begin_s

    @property
    def trial(self) -> Trial:
        text = " ".join(self.talk.text.lower().split())
        right = next(
            (k for k, (a, b) in enumerate(zip(text, SENTENCE, strict=False)) if a != b),
            min(len(text), len(SENTENCE)),
        )
        seconds = max(0.0, self._t_s - self._begin_s)
        time_up = seconds >= TRIAL_S and not self._finished
        return Trial(self._layout, right, len(SENTENCE), seconds, self._finished, time_up)

    def take(self, tracked: Tracked) -> None:
        self._t_s = tracked.t_s
        if not self.showing:
            return
        if not self._begun:
            self._begun = True
            self.talk.start(tracked.t_s)
            self.talk.covered(tracked.t_s)
        self.talk.take(tracked.sample)

    def over(self, t_s: float) -> bool:
        return self._stepped or self._finished or t_s >= self._begin_s + TRIAL_S

    def shown(self, t_s: float) -> Shown:
        return Shown(words=self.words)

    def step(self, t_s: float) -> None:
        """A helper ends it."""
        self._stepped = True

    @property
    def _finished(self) -> bool:
        return self.talk.text.lower().strip().rstrip(".!") == SENTENCE
