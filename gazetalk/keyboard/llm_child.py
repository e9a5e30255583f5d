"""The language model's process, seen from inside: build it, then one text at a time.

A text comes in, what may come after it goes out: the numbers of openings (see `openings`) and their
probabilities. Messages to the parent are pairs (kind, value): "ready" with the words' `Openings`
and how long a word takes, seconds; "next" with the two arrays; "failed" with a line of why.
"""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

import numpy as np

from gazetalk.keyboard.openings import Places, find_openings
from gazetalk.keyboard.word_model import Probabilities

TOKENS = 1000  # the likeliest; they hold about 98 %, and with more of them a word takes longer
NICENESS = 10  # everything else on this machine comes first
TRIAL = ("- I", "- I would", "- I would like", "- I would like to", "- I would like to go")


class Model(Protocol):
    """What `llm.SmolLM` is."""

    def tokens(self) -> dict[int, bytes]: ...

    def after(self, text: str, count: int) -> dict[int, float]: ...


def serve(
    connection: Connection,
    build: Callable[[Path], Model],
    folder: Path,
    words: Sequence[str],
    before: str,
) -> None:
    """Answer texts until the parent closes the connection or is gone.

    folder: for the model. before: what stands before every text.
    """
    _step_back()
    try:
        model = build(folder)
        openings, numbers = find_openings(model.tokens(), words)
        model.after(before, 1)
        word_s = statistics.median(_duration_s(model, before + text) for text in TRIAL)
        connection.send(("ready", (openings, word_s)))
        while True:
            found = model.after(before + connection.recv(), TOKENS)
            connection.send(("next", _shares(found, numbers)))
    except (EOFError, OSError):
        os._exit(0)  # the parent is gone
    except Exception as error:
        words_of_it = " ".join(str(error).split()) or type(error).__name__
        with contextlib.suppress(OSError):
            connection.send(("failed", words_of_it))


def _shares(found: dict[int, float], numbers: dict[int, int]) -> tuple[Places, Probabilities]:
    """The openings among tokens, and exp of their logs."""
    fitting = [(numbers[token], log) for token, log in found.items() if token in numbers]
    places = np.array([place for place, _ in fitting], dtype=np.int32)
    return places, np.exp(np.array([log for _, log in fitting], dtype=np.float32))


def _duration_s(model: Model, text: str) -> float:
    began_s = time.perf_counter()
    model.after(text, TOKENS)
    return time.perf_counter() - began_s


def _step_back() -> None:
    """llama.cpp prints what it likes; nobody reads it. Ctrl-C is the parent's business."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
