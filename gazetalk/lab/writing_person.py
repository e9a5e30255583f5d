"""How fast a simulated person in fact writes with each method, and what that method costs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazetalk.aiming import aim_on
from gazetalk.clinic.recommend import Trial
from gazetalk.keyboard.language import Language
from gazetalk.keyboard.layout import load_layout
from gazetalk.lab.bench_typing import Figures, figures
from gazetalk.lab.letter_typist import LetterTypist
from gazetalk.lab.looks import LOOK_S, Looks
from gazetalk.lab.side_typist import SideTypist
from gazetalk.lab.simulated import SCREEN, PersonLooks, Simulated
from gazetalk.lab.typist import Habits, WordTypist, Written
from gazetalk.tracking.resume import Usual
from gazetalk.trying import SENTENCE, TRIAL_S

METHODS = ("qwerty", "words", "large", "two-zone")
SIZE_PX = (SCREEN.width_px, SCREEN.height_px)
# A method fails whoever leaves more than a tenth of the characters wrong or of the words unwritten,
# though they correct whatever they can.
FAILS_CER, FAILS_WORDS = 0.1, 0.1
# Whoever has left so many of the words of the first phrases unwritten fails: the rest is not tried.
TRIED, HOPELESS = 4, 0.5
SIDES_PHRASES = 4
TRIAL_SEED = 500_000  # looks of a trial are others than those that it is held against


@dataclass(frozen=True)
class Rate:
    """wpm: words a minute. selections_per_char, cer, failed: see `bench_typing.Figures`; failed as
    a share of the words."""

    wpm: float
    selections_per_char: float
    cer: float
    failed: float

    @property
    def fails(self) -> bool:
        return self.cer > FAILS_CER or self.failed > FAILS_WORDS


class LookedSides(SideTypist):
    """Answers with looks at the middle of a side's key; what lands on neither counts for nothing.

    The row of commands below needs longer looks than one that strays there.
    """

    def __init__(self, language: Language, random: np.random.Generator, looks: Looks) -> None:
        super().__init__(language, SIZE_PX, random, 0.0)
        self._looks = looks

    def _seen(self, left: bool) -> bool | None:
        key, other = self._key(left), self._key(not left)
        fix = self._looks.at(key.rect.centre, 0.0)
        # A look beyond the screen's edge is taken for one at the edge.
        x = min(max(fix.x_px, 0), SCREEN.width_px - 1)
        y = max(fix.y_px, 0)
        if y >= key.rect.y + key.rect.height:
            return None
        inside = [k.rect.x <= x < k.rect.x + k.rect.width for k in (key, other)]
        return left if inside[0] else (not left if inside[1] else None)


def selection_s(who: Simulated) -> float:
    """What a selection takes: the way there, and the rest of the eyes without what is lost of it.
    The usual reaction of a quarter of a second gives `bench typing`'s 0.75 s."""
    return who.reaction_s + LOOK_S / (1 - who.loss)


def rate_of(
    who: Simulated,
    method: str,
    usual: Usual | None,
    phrases: Sequence[str],
    language: Language,
    seed: int,
) -> Rate:
    """Let somebody write phrases with a method. usual: what a calibration would have measured."""
    random = np.random.default_rng([seed, METHODS.index(method)])
    looks = PersonLooks(random, who, aim_on(SCREEN, SCREEN.width_px, usual))
    habits = Habits(
        selection_s=selection_s(who),
        switch_fails=1 - who.blinks,
    )
    typist: LetterTypist | WordTypist | LookedSides
    if method == "qwerty":
        typist = LetterTypist(None, looks, looks.aim(), SIZE_PX, habits)
    elif method == "two-zone":
        typist = LookedSides(language, random, looks)
    else:
        layout, switch = load_layout(method), method == "large"
        typist = WordTypist(layout, language, looks, looks.aim(), SIZE_PX, random, habits, switch)
    written: list[Written] = []
    # An answer is an answer: two zones cost nearly the same for every phrase, and take longest.
    for phrase in phrases[:SIDES_PHRASES] if method == "two-zone" else phrases:
        written.append(typist.write(phrase))
        if len(written) == TRIED and _hopeless(written):
            break
    return _rate(written, habits.selection_s)


def _hopeless(written: Sequence[Written]) -> bool:
    words = sum(one.words for one in written)
    return sum(one.failed_words for one in written) > HOPELESS * words


def trial_of(
    who: Simulated, method: str, usual: Usual | None, language: Language, seed: int
) -> Trial:
    """The assessment's own trial of a method: its sentence, for its time."""
    rate = rate_of(who, method, usual, [SENTENCE], language, seed + TRIAL_SEED)
    asked = len(SENTENCE)
    seconds = rate.selections_per_char * asked * selection_s(who)
    finished = rate.cer == 0 and seconds <= TRIAL_S
    # What is wrong is taken out wherever it stands; of what takes longer, a share is there by then.
    right = int((1 - min(rate.cer, 1.0)) * min(1.0, TRIAL_S / seconds) * asked)
    return Trial(method, right, asked, min(seconds, TRIAL_S), finished, not finished)


def _rate(written: Sequence[Written], each_s: float) -> Rate:
    told: Figures = figures(written, each_s)
    failed = told.failed_words / told.words if told.words else 0.0
    return Rate(told.wpm, told.selections_per_char, told.cer, failed)
