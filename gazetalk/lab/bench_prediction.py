"""`gazetalk bench prediction`: what the suggestions save, on a file of phrases.

The rules: lower case; `k` suggestions after every letter; a pick costs one key and brings the
space, as typing a word's space does; every phrase stands alone; words passed over for this word are
not shown again. Savings are the keys spared of those that letters and spaces alone would take.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from gazetalk.files import write_atomically
from gazetalk.keyboard.advised import AdvisedLanguage
from gazetalk.keyboard.language import LanguageModel, Suggestion, load_language
from gazetalk.keyboard.learner import PersonalLanguage
from gazetalk.keyboard.word_model import WordModel
from gazetalk.lab.advised import PACES, advice
from gazetalk.lab.person import LabError

EMBEDDED = Path(__file__).resolve().parent / "text" / "measure.txt"


class Predictor(Protocol):
    """What is measured: `LanguageModel`, or `PersonalLanguage` that has learned."""

    def suggest(
        self, context: str, prefix: str = "", k: int = 5, refused: Iterable[str] = ()
    ) -> list[Suggestion]: ...

    def expect(self, context: str, words: Sequence[str]) -> None: ...

    def string_probability(self, context: str, word: str) -> float: ...


@dataclass
class Tally:
    """Sums over words. keys: pressed with suggestions; letters: needed without, spaces too."""

    words: int = 0
    hits: int = 0
    keys: int = 0
    letters: int = 0
    log_p: float = 0.0

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def figures(self) -> dict[str, float]:
        """Savings and hit rate in percent, perplexity of a character (spaces count)."""
        return {
            "keystroke_savings": round(100 * (1 - self.keys / self.letters), 2),
            "hit_rate": round(100 * self.hits / self.words, 2),
            "char_perplexity": round(math.exp(-self.log_p / self.letters), 4),
            "words": self.words,
        }


def measure_phrase(predictor: Predictor, phrase: str, k: int, latencies_ms: list[float]) -> Tally:
    """Write one phrase, picking each word as soon as it is shown."""
    tally = Tally()
    context = ""
    for word in phrase.split():
        keys = _write(predictor, context, word, k, latencies_ms)
        tally.log_p += math.log(max(predictor.string_probability(context, word), 1e-30))
        tally.words += 1
        tally.hits += keys is not None
        tally.keys += len(word) + 1 if keys is None else keys
        tally.letters += len(word) + 1
        context += word + " "
    return tally


def measure(predictor: Predictor, phrases: Sequence[str], k: int) -> dict[str, Any]:
    """All figures over the phrases, and those of each half (every other phrase)."""
    halves = (Tally(), Tally())
    latencies_ms: list[float] = []
    for number, phrase in enumerate(phrases):
        halves[number % 2].add(measure_phrase(predictor, phrase, k, latencies_ms))
    whole = Tally()
    for half in halves:
        whole.add(half)
    p50, p99 = np.percentile(latencies_ms, [50, 99])
    return whole.figures() | {
        "halves": [half.figures() for half in halves if half.words],
        "latency_ms": {"p50": round(float(p50), 3), "p99": round(float(p99), 3)},
        "suggestions": k,
        "phrases": len(phrases),
    }


def read_phrases(path: Path) -> list[str]:
    """The phrases in a file, one a line, in lower case. Raises LabError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LabError(f"{path}: cannot be read ({error.strerror}): check the path") from error
    except UnicodeDecodeError as error:
        raise LabError(f"{path}: is not UTF-8 text: save it again as UTF-8") from error
    phrases = [" ".join(line.lower().split()) for line in lines if not line.startswith("#")]
    phrases = [phrase for phrase in phrases if phrase]
    if not phrases:
        raise LabError(f"{path}: holds no phrases: write one a line")
    return phrases


def run(args: argparse.Namespace) -> int:
    """Measure and print; 0. Raises LabError and LanguageError."""
    if not 1 <= args.suggestions <= 50:
        raise LabError(f"--suggestions {args.suggestions}: must lie from 1 to 50")
    phrases = read_phrases(args.phrases or EMBEDDED)
    began_s = time.perf_counter()
    model = load_language(args.model)
    load_ms = 1000 * (time.perf_counter() - began_s)
    said = read_phrases(args.learn) if args.learn else []
    figures = measure(_learned(model, said), phrases, args.suggestions)
    if args.llm:
        figures = _advised(model, said, phrases, args, figures)
    figures |= {"model_bytes": model.size_bytes, "load_ms": round(load_ms, 1)}
    if args.json:
        write_atomically(args.json, json.dumps(figures, indent=1) + "\n")
    print(_told(figures))
    return 0


def _learned(model: WordModel, said: Sequence[str]) -> WordModel:
    """The model, or one that has learned what was said."""
    if not said:
        return model
    person = PersonalLanguage(model)
    person.learn("\n".join(said))
    return person


def _advised(
    model: LanguageModel,
    said: Sequence[str],
    phrases: Sequence[str],
    args: argparse.Namespace,
    alone: dict[str, Any],
) -> dict[str, Any]:
    """The same with the extra `llm`; the figures without it under `alone`.

    `latency_ms` is of answers given while the larger model is kept busy all the time.
    """
    with closing(advice(model, said)) as adviser:
        language = _learned(AdvisedLanguage(model, adviser), said)
        waiting = PACES[args.llm](language, adviser)
        language.expect("", ["hello"])
        waiting.settle()  # it is at work now
        figures = measure(waiting, phrases, args.suggestions)
        word_ms = [1000 * each for each in adviser.word_s]
        busy = measure(language, phrases, args.suggestions)
        p50, p99 = np.percentile(word_ms, [50, 99])
        words = {"p50": round(float(p50), 1), "p99": round(float(p99), 1)}
        return figures | {
            "latency_ms": busy["latency_ms"],
            "llm": {"pace": args.llm, "word_ms": words, "answers": len(word_ms)},
            "alone": alone,
        }


def _write(
    predictor: Predictor, context: str, word: str, k: int, latencies_ms: list[float]
) -> int | None:
    """Keys pressed until the word was picked, the pick too; None when it was spelt out."""
    refused: list[str] = []
    for typed in range(len(word)):
        began_s = time.perf_counter()
        shown = [each.word for each in predictor.suggest(context, word[:typed], k, refused)]
        latencies_ms.append(1000 * (time.perf_counter() - began_s))
        predictor.expect(context, shown)
        if word in shown:
            return typed + 1
        refused += shown
    return None


def _told(figures: dict[str, Any]) -> str:
    halves = " and ".join(f"{half['keystroke_savings']:.1f}" for half in figures["halves"])
    latency = figures["latency_ms"]
    told = (
        f"{figures['keystroke_savings']:.1f} % of keystrokes saved ({halves} % by halves), "
        f"{figures['hit_rate']:.1f} % of {figures['words']} words shown, "
        f"{figures['char_perplexity']:.2f} perplexity of a character; "
        f"p50 {latency['p50']:.2f} ms, p99 {latency['p99']:.2f} ms a prediction; "
        f"model {figures['model_bytes'] / 1e6:.2f} MB, loaded in {figures['load_ms']:.0f} ms"
    )
    if "llm" in figures:
        words, alone = figures["llm"]["word_ms"], figures["alone"]
        told += (
            f"; the larger model: p50 {words['p50']:.0f} ms, p99 {words['p99']:.0f} ms a word; "
            f"without it {alone['keystroke_savings']:.1f} % saved, "
            f"p50 {alone['latency_ms']['p50']:.2f} ms, p99 {alone['latency_ms']['p99']:.2f} ms"
        )
    return told
