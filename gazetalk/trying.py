"""A way of writing tried: the same short sentences, one after another, for three minutes at most.

The first sentence is for getting used to it, the person to the way and the keyboard to the eyes: it
learns where looks fall, and somebody whose looks have a bias is slow until it has.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gazetalk.asking import Shown
from gazetalk.clinic.likely import Trial
from gazetalk.talk import Talk
from gazetalk.tracking.tracker import Tracked

# For a way's first trial and for its second. For simulated typists they are as hard as everyday
# sentences are on the average; fast ways write them in less than the time.
ROUNDS = (
    (
        "let me try it once more",
        "give me the other pillow",
        "turn it up a little please",
        "it does not matter to me",
        "bring the dog inside",
        "please wait until i am done",
        "tell him that i miss him",
        "that joke was not funny at all",
    ),
    (
        "we should ask the nurse about it",
        "i had a strange dream",
        "no one told me about this",
        "the soup was a bit too salty",
        "who is at the door",
        "i am thirsty and a bit tired",
        "he said he would come by",
        "do not forget your keys",
    ),
)
TRIAL_S = 120.0  # after the first sentence, ...
PRACTICE_S = 60.0  # ... which counts for nothing, up to so long
WORDS_S = 3.0  # to read what is asked
REACH = 1.5  # so much more than what stands there is compared with it


@dataclass(frozen=True)
class Copied:
    """How far a copy came. reached: characters of what was asked; right: those of them that no
    mistake stands against."""

    reached: int
    right: int


class Trying:
    """A part of the assessment: somebody writes with `talk`, whose keyboard has that layout.

    Nothing of what they write is kept but how much of it was right. number: which of `ROUNDS`.
    """

    def __init__(self, layout: str, talk: Talk, start_s: float, number: int = 0) -> None:
        self.talk = talk
        self._sentences = ROUNDS[number]
        self._passage = " ".join(self._sentences)
        self._layout = layout
        self._begin_s = start_s + WORDS_S
        self._t_s = start_s
        self._begun = self._stepped = False
        self._text, self._copied = "", Copied(0, 0)
        # When practice was over, and how far it came.
        self._from: tuple[float, Copied] | None = None

    @property
    def words(self) -> str:
        """What is asked now, for a line on the screen."""
        asked = sentence_at(self._copied.reached, self._sentences)
        return f"Please write: {asked} (helper: N goes on)"

    @property
    def showing(self) -> bool:
        """The keyboard is to be seen; before, the words are."""
        return self._t_s >= self._begin_s

    @property
    def trial(self) -> Trial:
        start_s, before = self._from or (self._t_s, self._copied)
        seconds = max(0.0, self._t_s - start_s)
        right = max(0, self._copied.right - before.right)
        asked = len(self._passage) - before.reached
        time_up = seconds >= TRIAL_S and not self._finished
        wrong = self._copied.reached - self._copied.right
        return Trial(self._layout, right, asked, seconds, self._finished, time_up, wrong)

    def take(self, tracked: Tracked) -> None:
        self._t_s = tracked.t_s
        if not self.showing:
            return
        if not self._begun:
            self._begun = True
            self.talk.start(tracked.t_s)
            self.talk.covered(tracked.t_s)
        self.talk.take(tracked.sample)
        if self.talk.text != self._text:
            self._text, self._copied = self.talk.text, copied(self.talk.text, self._passage)
        practised = self._copied.reached >= len(self._sentences[0])
        if self._from is None and (practised or self._t_s - self._begin_s >= PRACTICE_S):
            self._from = self._t_s, self._copied

    def over(self, t_s: float) -> bool:
        time_up = self._from is not None and t_s >= self._from[0] + TRIAL_S
        return self._stepped or self._finished or time_up

    def shown(self, t_s: float) -> Shown:
        return Shown(words=self.words)

    def step(self, t_s: float) -> None:
        """A helper ends it."""
        self._stepped = True

    @property
    def _finished(self) -> bool:
        return self._copied.reached == len(self._passage)


def copied(text: str, asked: str) -> Copied:
    """How far a text is a copy of what was asked, whatever its capitals and full stops.

    It is held against the beginning of what was asked that it is least different from, by
    Levenshtein's distance; each difference takes one character off what is right.
    """
    written = " ".join("".join(sign for sign in text.lower() if sign not in ".,!?").split())
    asked = asked[: math.ceil(REACH * len(written)) + 1]
    row = list(range(len(asked) + 1))
    for number, sign in enumerate(written, 1):
        before, row = row, [number]
        for k, other in enumerate(asked):
            row.append(min(before[k + 1] + 1, row[k] + 1, before[k] + (sign != other)))
    # Of beginnings as near, the longest: what is being written counts as reached.
    reached = min(range(len(row)), key=lambda k: (row[k], -k))
    return Copied(reached, max(0, reached - row[reached]))


def sentence_at(reached: int, sentences: Sequence[str]) -> str:
    """The sentence to write after so many characters; the last one at the end."""
    end = -1
    for sentence in sentences:
        end += len(sentence) + 1
        if reached < end:
            return sentence
    return sentences[-1]
