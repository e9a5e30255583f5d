"""Which way of writing suits a person, from what an assessment measured, why, and how sure that is.

Each method's rate is predicted (`rates`), the likeliest ways are tried, and both are weighed
(`likely`); recommended is what is most often the fastest of the methods that hardly ever fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gazetalk.clinic.assess import Figures, Looks
from gazetalk.clinic.likely import Likely, Trial, likely
from gazetalk.clinic.rates import (
    LARGE,
    METHODS,
    QWERTY,
    TWO_ZONE,
    USUAL_REACTION_S,
    WORDS,
    eyes_of,
)

NONE_YET = "none yet"
MAY_FAIL = 0.25  # a method that fails for more than this share of the likely people is not named
# Looks whose places go less with their targets' than this are hardly looks: with errors that spread
# as far as targets do the correlation is 0.7, with eyes that look anywhere 0.
FOLLOWS = 0.5
FAILED_WPM = 2.0  # whoever comes no further with all the time there was
# Whoever leaves more than this share of what they wrote wrong does not reach all letters; a method
# fails for a tenth (`lab.writing_person`).
MOST_WRONG = 0.08
# Ways are tried that are the fastest for so many of the likely people, at most so many, and two at
# least where two may be used. Where it is then less sure than that which is the fastest, the
# likeliest two are tried once more.
WORTH_TRYING, MOST_WAYS = 0.05, 3
SURE = 0.8
BLINKS_FROM = 0.75  # a switch that works less often is a trial
FALSE_A_MINUTE = 1.0  # long blinks that nobody made; more would choose words by themselves
DWELL_FACTORS = (1.0, 2.0)
STEADY_MM = 12.0  # within a fixation; more makes a dwell start again now and then
NAMES = {
    QWERTY: "the plain keyboard",
    WORDS: "letters with live words above them",
    LARGE: "letters, and a switch that opens six large words",
    TWO_ZONE: "two halves of the screen",
    NONE_YET: "no method yet",
}


@dataclass(frozen=True)
class Option:
    """A method as predicted, and as tried. wpm: words a minute, and the range of 80 % of the likely
    people. fails: the share of them for whom it fails. best: for whom it is the fastest."""

    method: str
    wpm: float
    low_wpm: float
    high_wpm: float
    fails: float
    best: float


@dataclass(frozen=True)
class Recommendation:
    """What to use. method: a layout's name, or "none yet".

    way: the method in words. switch: "blink", "external" or "none". dwell_factor: as the setting of
    that name. smallest_mm: the smallest usable target, key_mm the width of the keys that the method
    needs to be hit; None where it is not known. sure: 0..1, see `Option.best`. next_best: the
    method to try otherwise, "" for none. targets, looks: what it rests on.
    """

    method: str
    way: str
    switch: str
    dwell_factor: float
    key_mm: float | None
    smallest_mm: float | None
    sure: float
    next_best: str
    reasons: tuple[str, ...]
    options: tuple[Option, ...]
    targets: int
    looks: int

    @property
    def usable(self) -> bool:
        return self.method != NONE_YET

    @property
    def settings(self) -> dict[str, object]:
        """What a helper accepts, as settings of a profile; nothing while there is no method."""
        return {"layout": self.method, "dwell_factor": self.dwell_factor} if self.usable else {}

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "settings": self.settings, "words": list(in_words(self))}


def recommend(figures: Figures, trials: Sequence[Trial] = ()) -> Recommendation:
    """The method to begin with. trials: of ways that were tried at last."""
    eyes, looks = eyes_of(figures), figures.looks
    if eyes is None or looks is None:
        why = "Too few looks at targets were seen to judge any method: seat, light and camera first"
        return _none((why,), (), figures, looks)
    options = _options(likely(eyes, looks.targets, trials))
    if not _follows(figures):
        why = "Gaze does not follow the targets from left to right: look to seat, light and camera"
        return _none(
            (f"{why}, then calibrate again.", *_unsteady(figures)), options, figures, looks
        )
    failed = [method for method in METHODS if _failed([t for t in trials if t.layout == method])]
    usable = [o for o in options if o.fails <= MAY_FAIL and o.method not in failed]
    if not usable:
        reasons = _tried_reasons(failed) or _why_none(figures)
        return _none(reasons, options, figures, looks)
    best, *others = sorted(usable, key=lambda option: (-option.best, -option.wpm))
    return Recommendation(
        best.method,
        NAMES[best.method],
        _switch(best.method, figures),
        _dwell_factor(figures),
        _key_mm(best.method, figures),
        figures.smallest.mm if figures.smallest else None,
        best.best,
        others[0].method if others else "",
        (
            *_reasons(best, others, options, figures, looks),
            *_tried_reasons(failed),
            *_cautions(figures),
        ),
        options,
        looks.targets,
        looks.n,
    )


def next_to_try(figures: Figures, trials: Sequence[Trial]) -> str | None:
    """The way to try next: the recommended one, until that has been tried; then what may be
    faster, or the next best, up to three in all; then the likeliest two once more, where it is a
    close thing. None: no more."""
    told, tried = recommend(figures, trials), [trial.layout for trial in trials]
    if not _follows(figures):
        return None
    if told.usable and told.method not in tried:
        return told.method
    likeliest = sorted(told.options, key=lambda option: -option.best)
    left = [option for option in likeliest if option.method not in tried]
    if left and len(tried) < MOST_WAYS:
        if left[0].best >= WORTH_TRYING:
            return left[0].method
        if len(tried) < 2 and told.next_best not in ("", *tried):
            return told.next_best
    if not told.usable or told.sure >= SURE or len(tried) >= MOST_WAYS + 2:
        return None
    close = [o.method for o in likeliest[:2] if o.best >= WORTH_TRYING]
    return next((method for method in close if tried.count(method) == 1), None)


def without_looks(why: str) -> Recommendation:
    """Nothing could be measured. why: in words, "" where it has only not come to that yet."""
    reasons = (why or "Nothing was measured yet.",)
    return Recommendation(
        NONE_YET, NAMES[NONE_YET], "none", 1.0, None, None, 0.0, "", reasons, (), 0, 0
    )


def in_words(told: Recommendation) -> tuple[str, ...]:
    """The recommendation as lines for people."""
    if not told.usable:
        return (f"Recommended: {NONE_YET}.", *told.reasons)
    head = f"Recommended: {told.method} ({told.way})."
    how = [f"Switch: {SWITCHES[told.switch]}."] if told.method == LARGE else []
    if told.dwell_factor != 1:
        how.append(f"Looks must last {told.dwell_factor:g} times as long as usual.")
    doubt = f"Sure to {100 * told.sure:.0f} % ({told.targets} targets, {told.looks} looks)"
    other = f"; next best: {told.next_best} ({NAMES[told.next_best]})" if told.next_best else ""
    return (head, *told.reasons, *how, f"{doubt}{other}.")


SWITCHES = {
    "blink": "a long blink",
    "external": "a button or other switch at the body; long blinks are not reliable enough",
    "none": "not needed",
}


def _options(told: Likely) -> tuple[Option, ...]:
    columns = told.mean(), told.quantile(0.1), told.quantile(0.9), told.failing(), told.best()
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return tuple(Option(method, *row) for method, row in zip(METHODS, rows, strict=True))


def _follows(figures: Figures) -> bool:
    """Whether gaze goes from left to right with what is looked at."""
    follows = figures.looks.follows if figures.looks else None
    return follows is not None and follows >= FOLLOWS


def _failed(trials: Sequence[Trial]) -> bool:
    """Whether in all trials of a way there was all the time and hardly anything stands there, or
    too much of what stands there is wrong."""
    told = [trial for trial in trials if trial.tells]
    right, wrong = sum(trial.right for trial in told), sum(trial.wrong for trial in told)
    slow = [trial.time_up and (trial.wpm or 0.0) < FAILED_WPM for trial in told]
    return bool(told) and (all(slow) or wrong > MOST_WRONG * (right + wrong))


def _tried_reasons(failed: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        f"Tried with {NAMES[method]}: hardly anything came out right." for method in failed
    )


def _none(
    reasons: Sequence[str], options: tuple[Option, ...], figures: Figures, looks: Looks | None
) -> Recommendation:
    smallest_mm = figures.smallest.mm if figures.smallest else None
    n = (looks.targets, looks.n) if looks else (0, 0)
    least = min((option.fails for option in options), default=1.0)
    return Recommendation(
        *(NONE_YET, NAMES[NONE_YET], "none", 1.0, None, smallest_mm, least, ""),
        *(tuple(reasons), options, *n),
    )


def _why_none(figures: Figures) -> tuple[str, ...]:
    offset = figures.accuracy.fixation_offset
    off = f"by {offset.mm:.0f} mm " if offset else ""
    return (
        f"Looks miss {off}on average, too far even to tell left from right.",
        "Calibrate again with better light, the face frontal and the camera at eye level; "
        "else write with a switch or a partner today.",
        *_unsteady(figures),
    )


def _switch(method: str, figures: Figures) -> str:
    if method != LARGE:
        return "none"
    return "blink" if figures.blinking is None or _blinks_serve(figures) else "external"


def _blinks_serve(figures: Figures) -> bool:
    blinking = figures.blinking
    if blinking is None or not blinking.asked:
        return False
    return blinking.found >= BLINKS_FROM * blinking.asked and _false(figures) <= FALSE_A_MINUTE


def _false(figures: Figures) -> float:
    """Long blinks a minute that nobody made."""
    blinking = figures.blinking
    return blinking.false / blinking.minutes if blinking and blinking.minutes > 0 else 0.0


def _dwell_factor(figures: Figures) -> float:
    """Eyes that come late to a place leave it late too: a dwell lasts longer in proportion, and
    never less than usual, which `keyboard.pace` learns by itself."""
    if figures.reaction is None:
        return 1.0
    late_s = max(0.0, figures.reaction.median_s - 1.5 * USUAL_REACTION_S)
    low, high = DWELL_FACTORS
    return round(min(max(1 + late_s, low), high), 1)


def _key_mm(method: str, figures: Figures) -> float:
    """The width of what must be hit exactly: a letter, a live word, a large word, a side."""
    shares = {QWERTY: 0.1, WORDS: 0.2, LARGE: 0.33, TWO_ZONE: 0.34}
    return shares[method] * figures.screen.width_mm


def _reasons(
    best: Option,
    others: Sequence[Option],
    options: Sequence[Option],
    figures: Figures,
    looks: Looks,
) -> list[str]:
    offset, smallest = figures.accuracy.fixation_offset, figures.smallest
    key_mm = _key_mm(QWERTY, figures)
    reasons = []
    if offset and smallest:
        reasons.append(
            f"Looks miss by {offset.mm:.0f} mm on average ({looks.targets} targets); a letter's "
            f"key is {key_mm:.0f} mm wide here, and a target should be {smallest.mm:.0f} mm to be "
            "hit by itself."
        )
    reasons.append(
        f"Expected: about {best.wpm:.0f} words a minute "
        f"({best.low_wpm:.0f} to {best.high_wpm:.0f}), as simulated typists write with such looks."
    )
    if others:
        reasons.append(f"With {NAMES[others[0].method]} about {others[0].wpm:.0f}.")
    failing = [NAMES[o.method] for o in options if o.fails > MAY_FAIL]
    if failing:
        reasons.append(f"Too exact for these looks: {'; '.join(failing)}.")
    return reasons


def _cautions(figures: Figures) -> list[str]:
    """What else was seen, or was not measured."""
    told, blinking, tiring = [], figures.blinking, figures.tiring
    if blinking is None:
        told.append("Long blinks were not asked for: try them before relying on them.")
    elif not _blinks_serve(figures):
        told.append(
            f"Long blinks: {blinking.found} of {blinking.asked} seen, {blinking.false} more that "
            f"nobody asked for in {blinking.minutes:.1f} minutes: another switch serves better."
        )
    if tiring is not None and tiring.certain:
        told.append(
            f"The eyes tire: looks missed by {tiring.first_mm:.0f} mm at first and by "
            f"{tiring.last_mm:.0f} mm at last ({tiring.n} targets each). Rest often."
        )
    return [*told, *_unsteady(figures)]


def _unsteady(figures: Figures) -> list[str]:
    told = []
    sd, loss = figures.accuracy.sd, figures.accuracy.data_loss
    if sd is not None and sd.mm > STEADY_MM:
        told.append(f"Gaze is unsteady within a look (SD {sd.mm:.0f} mm).")
    if loss is not None and loss > 0.2:
        told.append(f"{100 * loss:.0f} % of the samples are lost: look to light, lids and glasses.")
    return told
