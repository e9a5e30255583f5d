"""The word under way: its looks, what they say of it, and the words shown and passed over."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from gazetalk.keyboard.aim import Aim, Fix
from gazetalk.keyboard.alignment import WordState
from gazetalk.keyboard.decoder import Candidate, Decoder
from gazetalk.keyboard.outcome import Commit

TURNED_DOWN = 0.03  # of words seen on the page of choices and not taken, this share was overlooked
# As far as we know before so many words, an offered word that is meant is taken this often, ...
NOTICED, NOTICED_WORTH = 0.85, 20.0
# ... and so often a word with all its letters is ended by a space or a sign (many never do that, as
# choosing words brings the space).
SPACED, SPACED_WORTH = 0.2, 5.0
NEVER_SURE = (0.02, 0.98)  # nobody does anything always, or never


class Habit:
    """How often a person does something when they could: `share`, 0.02 to 0.98.

    Known beforehand as from `worth` cases; what is seen fades over twice as many.
    """

    def __init__(self, share: float, worth: float) -> None:
        self._done, self._cases = share * worth, worth
        self._keep = 1 - 1 / (2 * worth)

    @property
    def share(self) -> float:
        return min(max(self._done / self._cases, NEVER_SURE[0]), NEVER_SURE[1])

    def saw(self, done: bool, missed: int = 0) -> None:
        """It was done, or not; and left undone so many times more. Neither: no case."""
        cases = missed + done
        keep = self._keep if cases else 1.0
        self._done, self._cases = keep * self._done + done, keep * self._cases + cases


class Underway:
    """One word after the other, by a decoder and a person's aim.

    Words in `offered` were shown at the last look; they are passed over by a further letter.
    """

    def __init__(self, decoder: Decoder, aim: Aim, context: str) -> None:
        self._decoder = decoder
        self._aim = aim
        self._notices = Habit(NOTICED, NOTICED_WORTH)
        self._spaces = Habit(SPACED, SPACED_WORTH)
        self._found: tuple[WordState, Candidate | None] | None = None
        self._spelled: tuple[WordState, Candidate | None] | None = None
        self.begin(context, 0.0)

    def decode_with(self, decoder: Decoder) -> None:
        """The keys lie elsewhere; tell `begin` too."""
        self._decoder = decoder

    def aim_with(self, aim: Aim) -> None:
        """Looks fall otherwise; tell `begin` too."""
        self._aim = aim

    @property
    def state(self) -> WordState:
        return self._state

    @property
    def looks(self) -> int:
        return len(self._state.fixes)

    @property
    def log_evidence(self) -> float:
        return self._state.log_evidence

    @property
    def noticed(self) -> float:
        """How often this person takes a word that they mean, when it is shown."""
        return self._notices.share

    @property
    def spaced(self) -> float:
        """How often this person ends a word that has all its letters by a space or a sign."""
        return self._spaces.share

    @property
    def likeliest(self) -> Candidate | None:
        """Of all words; asked for often, found once for each state."""
        if self._found is None or self._found[0] is not self._state:
            best = self._decoder.candidates(self._state, 1)
            self._found = (self._state, best[0] if best else None)
        return self._found[1]

    @property
    def guess(self) -> str:
        """The likeliest word as far as it was spelled, "" before the first look."""
        best = self.likeliest if self.looks else None
        return best.word[: self.looks] if best else ""

    def begin(self, context: str, t_s: float) -> None:
        """A new word after the text `context`."""
        self._context, self._untouched = context, True
        self._history: list[tuple[WordState, tuple[str, ...]]] = []
        self._turned_down: set[str] = set()  # since the last letter
        self._state = self._decoder.begin(context, self._aim, t_s)

    def renew(self, t_s: float) -> None:
        """The language may know more of what comes after the text than when the word began: one
        with which nothing was done yet begins once more."""
        if self._untouched:
            state = self._decoder.begin(self._context, self._aim, t_s)
            self._state = replace(state, offsets=self._state.offsets)

    def resume(self, state: WordState) -> None:
        """That word once more, with its looks."""
        self._untouched = False
        self._history = []
        self._turned_down = set()
        self._state = state

    def aim_learned(self, t_s: float) -> None:
        """The aim knows better now; a word that has begun goes on as it began."""
        if not self.looks:
            offsets = self._decoder.offsets(self._aim, t_s)
            self._state = replace(self._state, offsets=offsets)

    def after(self, fix: Fix, offered: Sequence[str]) -> WordState:
        """The word with one letter more, the words offered passed over."""
        overlooked = math.log(1 - self.noticed)
        return self._decoder.add(self._decoder.passed(self._state, offered, overlooked), fix)

    def add(self, fix: Fix, offered: Sequence[str], after: WordState | None = None) -> None:
        """One letter more. after: what `after` has said of it, to be spared the work."""
        self._untouched = False
        self._turned_down.clear()
        self._history.append((self._state, tuple(offered)))
        self._state = after or self.after(fix, offered)

    def take_back(self) -> bool:
        """The word without its last look; False when there is none to take back."""
        if not self._history:
            return False
        self._state, _ = self._history.pop()
        return True

    def turn_down(self, words: Sequence[str]) -> None:
        """The person did not want these: they are not offered again before the next letter, and
        hardly after it."""
        self._untouched = False
        self._state = self._decoder.turned_down(self._state, words, math.log(TURNED_DOWN))
        self._turned_down.update(words)

    def best(self, count: int) -> tuple[str, ...]:
        """So many of the likeliest words that were not turned down."""
        found = self._decoder.candidates(self._state, count + len(self._turned_down))
        return tuple([c.word for c in found if c.word not in self._turned_down][:count])

    def log_weights(self, words: Sequence[str]) -> list[float]:
        """log P(word, looks | context) of each."""
        return self._decoder.log_weights(self._state, words)

    @property
    def whole(self) -> Candidate | None:
        """The word, if all its letters have been looked at; None before the first look."""
        if self._spelled is None or self._spelled[0] is not self._state:
            self._spelled = (self._state, self._decoder.whole(self._state))
        return self._spelled[1]

    @property
    def log_whole(self) -> float:
        """log P(a word that ends here, looks | context)."""
        return self._decoder.log_whole(self._state)

    def missed(self, word: str) -> int:
        """How often it was offered and passed over."""
        return sum(word in offered for _, offered in self._history)

    def learn(self, commit: Commit) -> None:
        """This word was right: how it was chosen tells of the person's habits."""
        self._notices.saw(commit.as_shown, commit.missed)
        spelled = len(commit.state.fixes) >= len(commit.word)
        self._spaces.saw(commit.spaced, int(spelled and not commit.spaced))
