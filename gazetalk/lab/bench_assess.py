"""`gazetalk bench assess`: does the assessment recommend what simulated people write fastest with?

Each person is assessed, sample for sample, then writes with every method. The recorded people are
split: those that the rates may be fitted to (`--fit`), and those held out, who alone are in the
table; drawn people of a seed are never those of another.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gazetalk.assessing import AGAIN, CLOSING_S, CLOSINGS, SHRINKING, TARGET_S, VALIDATION
from gazetalk.clinic.assess import Figures, measure
from gazetalk.clinic.likely import Trial
from gazetalk.clinic.rates import METHODS, eyes_of
from gazetalk.clinic.recommend import NONE_YET, Recommendation, next_to_try, recommend
from gazetalk.files import write_atomically
from gazetalk.keyboard.language import Language, load_language
from gazetalk.lab.bench_typing import PHRASES, BenchError, read_phrases
from gazetalk.lab.fit_rates import fitted, fitted_trials
from gazetalk.lab.patients import DISTANCE_MM, Source, cast, nlgem, puppets, split, webgazer
from gazetalk.lab.simulated import SCREEN, Simulated, assessed
from gazetalk.lab.writing_person import Rate, rate_of, trial_of
from gazetalk.tracking.resume import Usual

TEXTS = (PHRASES, PHRASES.with_name("assess.txt"))
TIE = 0.05  # of the fastest rate: so near it is a matter of the phrases
POINTS = (*VALIDATION, *SHRINKING, *AGAIN)
HEAD = (
    f"{'case':>4} {'kind':9}{'noise':11}{'mm':>5}{'bias':>6}{'loss':>6}{'blinks':>7}  "
    f"{'recommended':12}{'sure':>5}  {'fastest':12}"
    + "".join(f"{method:>10}" for method in METHODS)
    + "  right"
)


@dataclass(frozen=True)
class Case:
    """One person: measured, tried, recommended and true. rates: by method."""

    who: Simulated
    figures: Figures
    recommendation: Recommendation
    rates: dict[str, Rate]
    trials: tuple[Trial, ...] = ()

    @property
    def best(self) -> str:
        """What they write fastest with; "none yet" where every method fails."""
        works = {method: rate.wpm for method, rate in self.rates.items() if not rate.fails}
        return max(works, key=lambda method: works[method]) if works else NONE_YET

    @property
    def strict(self) -> bool:
        return self.recommendation.method == self.best

    @property
    def fails(self) -> bool:
        """A method is recommended with which the person fails."""
        rate = self.rates.get(self.recommendation.method)
        return rate is not None and rate.fails

    @property
    def tied(self) -> bool:
        """Right, or as good as the fastest to within `TIE`."""
        rate = self.rates.get(self.recommendation.method)
        if self.strict or rate is None or self.best == NONE_YET:
            return self.strict
        return not rate.fails and rate.wpm >= (1 - TIE) * self.rates[self.best].wpm

    def as_json(self) -> dict[str, Any]:
        who = self.who
        return {
            "name": who.name,
            "kind": who.kind,
            "source": who.source,
            "reaction_s": who.reaction_s,
            "loss": who.loss,
            "blinks": who.blinks,
            "tires": who.tires,
            "figures": self.figures.as_json(),
            "eyes": asdict(eyes) if (eyes := eyes_of(self.figures)) else None,
            "trials": [trial.as_json() for trial in self.trials],
            "recommendation": self.recommendation.as_json(),
            "rates": {
                method: {**asdict(rate), "fails": rate.fails} for method, rate in self.rates.items()
            },
            "best": self.best,
            "right": self.strict,
            "right_with_ties": self.tied,
            "recommends_failing": self.fails,
        }


def run(args: argparse.Namespace) -> int:
    phrases = [phrase for text in TEXTS for phrase in read_phrases(text)][: args.phrases]
    sources = [split(source, not args.fit) for source in _sources(args.noise)]
    if args.puppets and not args.fit:
        sources.append(_people(puppets, args.puppets))
    people = cast(args.cases, sources, args.seed)
    language = load_language()
    print(HEAD)
    cases = []
    for number, who in enumerate(people, 1):
        cases.append(case_of(who, phrases, language, args.seed * 1000 + number))
        print(_line(number, cases[-1]), flush=True)
    told = summary(cases)
    for line in _summary_lines(told):
        print(line)
    if args.fit:
        known = [(eyes, case.rates) for case in cases if (eyes := eyes_of(case.figures))]
        tries = [
            (case.rates, trials_of(case, language, args.seed * 1000 + number))
            for number, case in enumerate(cases, 1)
        ]
        for line in [*fitted(known), *fitted_trials(tries)]:
            print(line)
    if args.json:
        content = {
            **told,
            "seed": args.seed,
            "held_out": not args.fit,
            "phrases": len(phrases),
            "cases": [case.as_json() for case in cases],
        }
        write_atomically(args.json, json.dumps(content, indent=1) + "\n")
    return 0


def case_of(who: Simulated, phrases: Sequence[str], language: Language, seed: int) -> Case:
    """Assess somebody, and let them write."""
    seen = assessed(who, POINTS, TARGET_S, CLOSINGS, CLOSING_S, np.random.default_rng(seed))
    figures = measure(seen.targets, seen.samples, SCREEN, DISTANCE_MM, seen.closings)
    usual = _usual(figures)
    rates = {m: rate_of(who, m, usual, phrases, language, seed) for m in METHODS}
    trials = tried(who, figures, usual, language, seed)
    return Case(who, figures, recommend(figures, trials), rates, trials)


def tried(
    who: Simulated, figures: Figures, usual: Usual | None, language: Language, seed: int
) -> tuple[Trial, ...]:
    """The ways that are tried, as `assessing.Course` has them tried."""
    trials: list[Trial] = []
    while (way := next_to_try(figures, trials)) is not None:
        number = sum(trial.layout == way for trial in trials)
        trials.append(trial_of(who, way, usual, language, seed, number))
    return tuple(trials)


def trials_of(case: Case, language: Language, seed: int) -> dict[str, Trial]:
    """Every method tried."""
    usual = _usual(case.figures)
    return {method: trial_of(case.who, method, usual, language, seed) for method in METHODS}


def _usual(figures: Figures) -> Usual | None:
    offset = figures.accuracy.fixation_offset
    return Usual(offset.mm, figures.accuracy.targets) if offset else None


def summary(cases: Sequence[Case]) -> dict[str, Any]:
    """Counts of what was right: strictly, with ties, and how often what is recommended fails."""
    by_kind: dict[str, list[Case]] = {}
    for case in cases:
        by_kind.setdefault(case.who.kind, []).append(case)
    return {
        "cases_in_all": len(cases),
        "right": sum(case.strict for case in cases),
        "right_with_ties": sum(case.tied for case in cases),
        "recommends_failing": sum(case.fails for case in cases),
        "by_kind": {
            kind: {"cases": len(of), "right": sum(c.strict for c in of)}
            for kind, of in by_kind.items()
        },
    }


def _summary_lines(told: dict[str, Any]) -> list[str]:
    n = told["cases_in_all"]
    kinds = ", ".join(f"{k} {v['right']} of {v['cases']}" for k, v in told["by_kind"].items())
    return [
        f"right: {told['right']} of {n} strictly, {told['right_with_ties']} where a method within "
        f"{100 * TIE:.0f} % of the fastest counts as right; a failing one recommended: "
        f"{told['recommends_failing']}",
        f"strictly, by kind: {kinds}",
    ]


def _line(number: int, case: Case) -> str:
    figures, told = case.figures, case.recommendation
    offset, looks, blinking = figures.accuracy.fixation_offset, figures.looks, figures.blinking
    bias_mm = float(np.hypot(*looks.bias_mm)) if looks else float("nan")
    mark = "yes" if case.strict else ("tie" if case.tied else ("FAILS" if case.fails else "no"))
    rates = "".join(f"{rate.wpm:9.1f}{'x' if rate.fails else ' '}" for rate in case.rates.values())
    return (
        f"{number:4} {case.who.kind:9}{case.who.source:11}"
        f"{offset.mm if offset else float('nan'):5.0f}{bias_mm:6.0f}"
        f"{100 * (figures.accuracy.data_loss or 0):5.0f}%"
        f"{f'{blinking.found}/{blinking.asked}' if blinking else '-':>7}  "
        f"{told.method:12}{100 * told.sure:4.0f}%  {case.best:12}{rates}  {mark}"
    )


def _sources(folder: Path | None) -> list[Source]:
    if folder is None:
        return []
    return [_people(webgazer, folder), _people(nlgem, folder)]


def _people(read: Callable[[Path], Source], folder: Path) -> Source:
    source = read(folder)
    if not source.people:
        raise BenchError(f"{folder}: has nobody in it whose noise could be used")
    return source
