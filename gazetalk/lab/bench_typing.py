"""`gazetalk bench typing`: simulated typists on the real keyboard, all ways in one table."""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gazetalk.files import write_atomically
from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.language import Language, load_language
from gazetalk.keyboard.layout import load_layout
from gazetalk.keyboard.ways import LETTER_KEYS_A_ROW, way_for
from gazetalk.lab.letter_typist import LetterTypist
from gazetalk.lab.looks import GaussianLooks, Looks, Participant, RecordedLooks, read_noise
from gazetalk.lab.side_typist import SideTypist
from gazetalk.lab.typist import Habits, WordTypist, Written

METHODS = ("nearest", "letters", "words", "large", "auto")
TWO_ZONE = "two-zone"
WRONG_SIDES = (0.0, 0.05, 0.1, 0.2)  # chances of a look at the wrong side, where none is named
PHRASES = Path(__file__).resolve().parent / "text" / "typing.txt"
CHARACTERS_A_WORD = 5
AS_IT_IS = "as it is"
SIGMAS = (0.3, 0.5, 0.75, 1.0)
COMPARED = ("nearest", "auto")
CONDITIONS: Mapping[str, Mapping[str, float]] = {
    AS_IT_IS: {},
    "vertical 1.5": {"vertical": 1.5},
    "correlation .9": {"correlation": 0.9},
    "overlooks .2": {"overlook": 0.2},
    "switch fails .1": {"switch_fails": 0.1},
}
WITHOUT_NEAREST = ("overlooks .2", "switch fails .1")
HEAD = f"{'method':10}{'sel/char':>9}{'wpm':>7}{'cer %':>7}{'failed':>8}{'words':>7}"
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz' ")


class BenchError(ValueError):
    """A bench that cannot be run as asked: one line."""


@dataclass(frozen=True)
class Figures:
    """Of phrases written: selections a character, words a minute, the share of characters wrong
    afterwards, words that failed and words in all."""

    selections_per_char: float
    wpm: float
    cer: float
    failed_words: int
    words: int


def run(args: argparse.Namespace) -> int:
    phrases = read_phrases(args.phrases or PHRASES)[args.skip :][: args.count]
    if not phrases:
        raise BenchError(f"--skip {args.skip}, --count {args.count}: that leaves no phrases")
    people = read_noise(args.noise) if args.noise else []
    if people:
        people = people[: max(1, round(args.best * len(people)))]
    language = load_language()
    if args.all and (args.noise or args.method):
        raise BenchError("--all measures nearest and auto with Gaussian noise: name no other")
    if args.all:
        told_all = bench_all(phrases, language, args)
        if args.json:
            write_atomically(args.json, json.dumps(told_all, indent=1) + "\n")
        return 0
    results = {}
    print(HEAD)
    if args.method == TWO_ZONE:
        named = args.wrong_side is not None
        for wrong in [args.wrong_side] if named else WRONG_SIDES:
            typist = SideTypist(language, args.screen, np.random.default_rng(args.seed), wrong)
            written = [("", typist.write(phrase)) for phrase in phrases]
            name = f"{100 * wrong:g} % wrong"
            results[name] = _told(written, args.selection_s)
            print(line_of(name, results[name]))
    else:
        for method in [args.method] if args.method else METHODS:
            written = _write_all(method, phrases, people, language, args)
            results[method] = _told(written, args.selection_s)
            print(line_of(method, results[method]))
    if args.json:
        told = next(iter(results.values())) if len(results) == 1 else {"methods": results}
        write_atomically(args.json, json.dumps(told, indent=1) + "\n")
    return 0


def bench_all(
    phrases: Sequence[str], language: Language, args: argparse.Namespace
) -> dict[str, object]:
    """Nearest key and auto beside each other: every error alone and with every condition.

    Prints a line when it is measured. Gives what the JSON holds: by condition, by sigma (key
    widths), by method. Nearest key has neither words to overlook nor a switch: as it is, then.
    """
    print(f"{'condition':24}{'sigma':>6}   {HEAD}")
    told: dict[str, dict[str, dict[str, Any]]] = {}
    for condition, change in CONDITIONS.items():
        for sigma in SIGMAS:
            varied = argparse.Namespace(**{**vars(args), **change, "sigma_keys": sigma})
            for method in COMPARED:
                of = told.setdefault(condition, {}).setdefault(f"{sigma:g}", {})
                if method == "nearest" and condition in WITHOUT_NEAREST:
                    one = told[AS_IT_IS][f"{sigma:g}"][method]
                else:
                    written = _write_all(method, phrases, [], language, varied)
                    one = _told(written, args.selection_s)
                of[method] = one
                print(f"{condition:24}{sigma:6.2f}   {line_of(method, one)}", flush=True)
    return {"conditions": told}


def line_of(name: str, told: Mapping[str, Any]) -> str:
    """A line under `HEAD`."""
    overall = told["overall"]
    return (
        f"{name:10}{overall['selections_per_char']:9.3f}{overall['wpm']:7.1f}"
        f"{100 * overall['cer']:7.2f}{overall['failed_words']:8}{overall['words']:7}"
    )


def read_phrases(path: Path) -> list[str]:
    """The phrases of a file, one a line, in lower case. Raises BenchError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"{path}: cannot be read ({error}); give a UTF-8 text file") from error
    phrases = []
    for number, line in enumerate(lines, 1):
        phrase = " ".join(line.lower().replace("\u2019", "'").split())
        if not set(phrase) <= LETTERS:
            other = next(c for c in phrase if c not in LETTERS)
            raise BenchError(
                f"{path}, line {number}: {other!r} cannot be typed; use a-z ' and space"
            )
        if phrase:
            phrases.append(phrase)
    if not phrases:
        raise BenchError(f"{path}: no phrases in it; write one a line")
    return phrases


def figures(written: Sequence[Written], selection_s: float) -> Figures:
    characters = sum(len(one.phrase) for one in written)
    selections = sum(one.selections for one in written)
    minutes = selections * selection_s / 60
    return Figures(
        selections / characters,
        characters / CHARACTERS_A_WORD / minutes if minutes else 0.0,
        sum(distance(one.phrase, one.text) for one in written) / characters,
        sum(one.failed_words for one in written),
        sum(one.words for one in written),
    )


def distance(a: str, b: str) -> int:
    """How many characters must be added, dropped or changed (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


def _told(written: Sequence[tuple[str, Written]], selection_s: float) -> dict[str, object]:
    """What the JSON holds: overall, by participant where there are any, and by phrase."""
    everyone = [one for _, one in written]
    by_name: dict[str, list[Written]] = {}
    for name, one in written:
        by_name.setdefault(name, []).append(one)
    told: dict[str, object] = {"overall": asdict(figures(everyone, selection_s))}
    told |= asdict(figures(everyone, selection_s))
    if any(by_name):
        told["participants"] = {
            name: asdict(figures(of, selection_s)) for name, of in by_name.items()
        }
    told["phrases"] = [
        {"phrase": one.phrase, "text": one.text, "participant": name or None}
        | asdict(figures([one], selection_s))
        for name, one in written
    ]
    return told


def _write_all(
    method: str,
    phrases: Sequence[str],
    people: Sequence[Participant],
    language: Language,
    args: argparse.Namespace,
) -> list[tuple[str, Written]]:
    written = []
    for name, looks, random, share in _typists(phrases, people, args):
        aim = looks.aim()
        typist = _typist(method, language, looks, aim, random, args)
        written += [(name, typist.write(phrase)) for phrase in share]
    return written


def _typists(
    phrases: Sequence[str], people: Sequence[Participant], args: argparse.Namespace
) -> Iterator[tuple[str, Looks, np.random.Generator, Sequence[str]]]:
    """Who writes which phrases: one made-up person all, or each recorded one a share of them."""
    width_px, _ = args.screen
    if not people:
        random = np.random.default_rng(args.seed)
        bias = args.sigma_keys / 2 if args.bias_keys is None else args.bias_keys
        key_px = width_px / LETTER_KEYS_A_ROW
        looks = GaussianLooks(
            random, key_px, width_px, args.sigma_keys, bias, args.correlation, args.vertical
        )
        yield "", looks, random, phrases
    for number, who in enumerate(people):
        share = phrases[number :: len(people)]
        random = np.random.default_rng([args.seed, zlib.crc32(who.name.encode())])
        if share:
            yield who.name, RecordedLooks(random, who, width_px), random, share


def _typist(
    method: str,
    language: Language,
    looks: Looks,
    aim: Aim,
    random: np.random.Generator,
    args: argparse.Namespace,
) -> WordTypist | LetterTypist:
    habits = Habits(
        selection_s=args.selection_s,
        pause_s=0.0 if args.noise else Habits.pause_s,
        overlooks=args.overlook,
        switch_fails=args.switch_fails,
    )
    if method in ("nearest", "letters"):
        known = language if method == "letters" else None
        return LetterTypist(known, looks, aim, args.screen, habits)
    name = way_for(aim, args.screen[0]) if method == "auto" else method
    layout = load_layout(name)
    with_switch = name == "large"
    return WordTypist(layout, language, looks, aim, args.screen, random, habits, with_switch)
