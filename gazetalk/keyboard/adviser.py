"""A language model in a process of its own, asked ahead of time: nobody ever waits for it."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gazetalk.keyboard import llm_child
from gazetalk.keyboard.llm_child import Model
from gazetalk.keyboard.openings import Openings, mixed
from gazetalk.keyboard.word_model import Probabilities

# Chosen on the measuring sentences of ours and the first half of the held-out conversations of
# chitchat; 0.5 and 0.7 save half a point less on one of them and as little more on the other.
WEIGHT = 0.6
MOST_WISHES = 8  # older ones are dropped
KEPT = 24  # mixtures; each takes 170 KB

Key = tuple[str, ...]  # the sentence so far, in words


@dataclass(frozen=True)
class Limits:
    """start_s: until the child is ready. answer_s: until it has answered. slowest_s: a machine on
    which a word takes longer is too slow: what it says would come when it is no longer wanted, and
    the tracker needs the processor.
    """

    start_s: float = 60.0
    answer_s: float = 5.0
    slowest_s: float = 0.15


@dataclass(frozen=True, eq=False)
class Wish:
    """What comes after `key`? text: the same as written. expected: (V,) the n-grams' answer.

    urgent: it is wanted now; the others may be wanted next.
    """

    key: Key
    text: str
    expected: Probabilities
    urgent: bool = True


class Adviser:
    """Mixtures of what the n-grams expect and what the child's model says, one for each sentence so
    far. It begins at once, in a thread that does all the waiting and computing.

    A child that dies, hangs, fails or is too slow is ended and not started again: what took its
    memory or the processor would do so once more, and words come without it all the same.

    build: makes the model in the child, given a folder of its own that is gone afterwards;
    picklable. words: (V,) the vocabulary. before: text that stands before every text asked about.
    """

    def __init__(
        self,
        build: Callable[[Path], Model],
        words: Sequence[str],
        before: str = "",
        weight: float = WEIGHT,
        limits: Limits | None = None,
    ) -> None:
        self._weight = weight
        self._limits = limits or Limits()
        self._news = threading.Condition()
        self._wishes: list[Wish] = []
        self._at_work: Key | None = None
        self._mixtures: dict[Key, Probabilities] = {}
        self._trouble = ""
        self._over = False
        self._process: Any = None
        self.word_s: deque[float] = deque(maxlen=50_000)  # how long each answer took
        self._thread = threading.Thread(
            target=self._work, args=(build, list(words), before), daemon=True, name="adviser"
        )
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        return self._process.pid if self._process and not self._over else None

    def mixture(self, key: Key) -> Probabilities | None:
        """(V,) P(word), read-only; None as long as it is not known. Waits for nothing."""
        return self._mixtures.get(key)

    def wish(self, wishes: Iterable[Wish]) -> None:
        """Have these answered, urgent ones first; they come before older wishes."""
        with self._news:
            asked = {self._at_work, *self._mixtures, *(wish.key for wish in self._wishes)}
            new = [wish for wish in wishes if wish.key not in asked]
            if new and not self._over:
                wishes = sorted([*new, *self._wishes], key=lambda wish: not wish.urgent)
                self._wishes = wishes[:MOST_WISHES]
                self._news.notify_all()

    @property
    def _open(self) -> bool:
        return bool(self._wishes) or self._at_work is not None

    def trouble(self) -> str:
        """What has gone wrong since, in a line; "" when nothing has, or it was told before."""
        with self._news:
            told, self._trouble = self._trouble, ""
        return told

    def settle(self, limit_s: float) -> bool:
        """Wait until all wishes are answered, for measurements; whether they are."""
        with self._news:
            done = self._news.wait_for(lambda: self._over or not self._open, limit_s)
        return done and not self._over

    def close(self) -> None:
        """End the child; it may be called twice."""
        self._end()
        self._thread.join(1.0)

    def _work(self, build: Callable[[Path], Model], words: list[str], before: str) -> None:
        try:
            with TemporaryDirectory(prefix="gazetalk-", ignore_cleanup_errors=True) as folder:
                self._advise(self._spawn(build, Path(folder), words, before))
        except (_Lost, OSError, EOFError) as lost:
            why = lost if isinstance(lost, _Lost) else "it stopped working"
            with self._news:
                if not self._over:
                    self._trouble = f"the language model of the llm extra is off: {why}"
        finally:
            self._end()

    def _advise(self, line: Connection) -> None:
        openings = self._ready(line)
        while (wish := self._next_wish()) is not None:
            began_s = time.monotonic()
            line.send(wish.text)
            numbers, shares = self._received(line, "next", self._limits.answer_s)
            self.word_s.append(time.monotonic() - began_s)
            advised = openings.shared(numbers, shares, wish.expected)
            self._keep(wish.key, mixed(wish.expected, advised, self._weight))

    def _end(self) -> None:
        with self._news:
            self._over = True
            self._wishes = []
            self._news.notify_all()
        if self._process is not None:
            # A hung process hears nothing gentler.
            self._process.kill()
            self._process.join(1.0)

    def _spawn(
        self, build: Callable[[Path], Model], folder: Path, words: list[str], before: str
    ) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=llm_child.serve,
            args=(theirs, build, folder, words, before),
            daemon=True,
            name="gazetalk-llm",
        )
        process.start()  # takes a while: nobody may have to wait for it
        self._process = process
        theirs.close()
        if self._over:
            raise _Lost("closed")
        return ours

    def _ready(self, line: Connection) -> Openings:
        openings, word_s = self._received(line, "ready", self._limits.start_s)
        if word_s > self._limits.slowest_s:
            slowest_ms = 1000 * self._limits.slowest_s
            raise _Lost(
                f"a word takes {1000 * word_s:.0f} ms on this machine, more than {slowest_ms:.0f}"
            )
        found: Openings = openings
        return found

    def _received(self, line: Connection, wanted: str, limit_s: float) -> Any:
        if not line.poll(limit_s):
            raise _Lost("it did not answer in time")
        kind, value = line.recv()
        if kind != wanted:
            raise _Lost(str(value))
        return value

    def _next_wish(self) -> Wish | None:
        with self._news:
            self._at_work = None
            self._news.notify_all()
            self._news.wait_for(lambda: self._wishes or self._over)
            if self._over:
                return None
            wish = self._wishes.pop(0)
            self._at_work = wish.key
            return wish

    def _keep(self, key: Key, mixture: Probabilities) -> None:
        with self._news:
            while len(self._mixtures) >= KEPT:
                del self._mixtures[next(iter(self._mixtures))]
            self._mixtures[key] = mixture


class _Lost(Exception):
    """The child is of no use any more: why."""
