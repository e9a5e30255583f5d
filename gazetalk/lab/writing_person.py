"""How fast a simulated person in fact writes with each method, and what that method costs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazetalk.aiming import aim_on
from gazetalk.clinic.likely import Trial
from gazetalk.clinic.rates import LARGE, METHODS, QWERTY, TWO_ZONE
from gazetalk.keyboard.language import Language
from gazetalk.keyboard.layout import load_layout
from gazetalk.lab.bench_typing import Figures, distance, figures
from gazetalk.lab.letter_typist import LetterTypist
from gazetalk.lab.looks import LOOK_S, Looks
from gazetalk.lab.side_typist import SideTypist
from gazetalk.lab.simulated import SCREEN, PersonLooks, Simulated
from gazetalk.lab.typist import Habits, WordTypist, Written
from gazetalk.tracking.resume import Usual
from gazetalk.trying import PRACTICE_S, ROUNDS, TRIAL_S

SIZE_PX = (SCREEN.width_px, SCREEN.height_px)
# A method fails whoever leaves more than a tenth of the characters wrong or of the words unwritten,
# though they correct whatever they can.
FAILS_CER, FAILS_WORDS = 0.1, 0.1
# Whoever has left so many of the words of the first phrases unwritten fails: the rest is not tried.
TRIED, HOPELESS = 2, 0.5
# Two zones take longest to simulate, and an answer is an answer: these of the phrases tell of all.
# For exact eyes five so chosen cost 1.39 answers a character, all thirty 1.43.
SIDES_PHRASES = slice(4, None, 6)
TRIAL_PAUSE_S = 2.0  # between two of its sentences
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
    habits = Habits(selection_s=selection_s(who), switch_fails=1 - who.blinks)
    typist = _typist(who, method, usual, language, seed, habits)
    written: list[Written] = []
    some = phrases[SIDES_PHRASES] if method == TWO_ZONE else phrases
    for phrase in some or phrases[:1]:
        written.append(typist.write(phrase))
        if len(written) == TRIED and _hopeless(written):
            break
    return _rate(written, habits.selection_s)


def _typist(
    who: Simulated,
    method: str,
    usual: Usual | None,
    language: Language,
    seed: int,
    habits: Habits,
) -> LetterTypist | WordTypist | LookedSides:
    random = np.random.default_rng([seed, METHODS.index(method)])
    looks = PersonLooks(random, who, aim_on(SCREEN, SCREEN.width_px, usual))
    if method == QWERTY:
        return LetterTypist(None, looks, looks.aim(), SIZE_PX, habits)
    if method == TWO_ZONE:
        return LookedSides(language, random, looks)
    layout, switch = load_layout(method), method == LARGE
    return WordTypist(layout, language, looks, looks.aim(), SIZE_PX, random, habits, switch)


def _hopeless(written: Sequence[Written]) -> bool:
    words = sum(one.words for one in written)
    return sum(one.failed_words for one in written) > HOPELESS * words


def trial_of(
    who: Simulated,
    method: str,
    usual: Usual | None,
    language: Language,
    seed: int,
    number: int = 0,
) -> Trial:
    """The assessment's own trial of a method: its sentences, for its time. number: of `ROUNDS`."""
    sentences = ROUNDS[number]
    each_s = selection_s(who)
    habits = Habits(each_s, TRIAL_PAUSE_S, switch_fails=1 - who.blinks)
    typist = _typist(who, method, usual, language, seed + (number + 1) * TRIAL_SEED, habits)
    written: list[tuple[str, Written]] = []
    spent_s = 0.0
    while spent_s < PRACTICE_S + TRIAL_S and len(written) < len(sentences):
        sentence = sentences[len(written)]
        written.append((sentence, typist.write(sentence)))
        spent_s += written[-1][1].selections * each_s
    return _trial(method, sentences, written, each_s)


def _trial(
    method: str,
    sentences: Sequence[str],
    written: Sequence[tuple[str, Written]],
    each_s: float,
) -> Trial:
    """As `Trying` tells it. Of a sentence that time divides, each part has its share."""
    start_s = min(written[0][1].selections * each_s, PRACTICE_S)
    seconds, right, wrong = -start_s, 0.0, 0
    for sentence, one in written:
        took_s = one.selections * each_s
        away = min(distance(one.text, sentence), len(sentence))
        came, wrong = len(sentence) - away + 1, wrong + away
        counted = min(seconds + took_s, TRIAL_S) - max(seconds, 0.0)
        right += came * max(0.0, counted) / took_s
        seconds += took_s
    finished = len(written) == len(sentences) and seconds <= TRIAL_S
    asked = len(" ".join(sentences)) - (len(sentences[0]) if start_s < PRACTICE_S else 0)
    return Trial(method, int(right), asked, min(seconds, TRIAL_S), finished, not finished, wrong)


def _rate(written: Sequence[Written], each_s: float) -> Rate:
    told: Figures = figures(written, each_s)
    failed = told.failed_words / told.words if told.words else 0.0
    return Rate(told.wpm, told.selections_per_char, told.cer, failed)
