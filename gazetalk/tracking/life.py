"""One life of the tracker's child process, seen from the parent: talked to, watched, ended."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue

from gazetalk.tracking.child import Alive, Failed, Job, Next, Ready, run_child
from gazetalk.tracking.messages import Ended, Fault, Recovered

LIVE_BACKLOG_S = 0.5  # of live results, what is older than the newest by more is dropped
ENDING_S = 2.0  # for a killed process and the threads that talked to it to be gone


@dataclass(frozen=True)
class Patience:
    """How long the child may be silent, seconds.

    alive_s: without any sign of life, once it has given a result.
    result_s: for one frame, while it shows signs of life.
    start_s: to start and give its first result (it imports MediaPipe and loads its model).
    """

    alive_s: float = 0.8
    result_s: float = 5.0
    start_s: float = 20.0


class Life:
    """A child process from its start to its end.

    Two threads talk to it, because writing to a child that hangs would block, and so would
    reading a message in the midst of which it was stopped.
    """

    def __init__(self, job: Job, patience: Patience) -> None:
        self._patience = patience
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self.process = context.Process(
            target=run_child, args=(theirs, job), name="gazetalk tracker", daemon=True
        )
        with _interrupts_ignored():
            self.process.start()
        theirs.close()
        self._realtime = job.realtime
        self._flowing: bool | None = None  # results come unasked; None before it is ready
        self._asked = self._gone = False
        self._results = 0
        self._error: Exception | None = None
        self._heard_s = self._moved_s = self._watched_s = time.monotonic()
        self._news = threading.Condition()
        self._messages: list[object] = []
        self._orders: SimpleQueue[bytes | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=target, name=f"tracker's {name}", daemon=True)
            for name, target in (("reader", self._read), ("writer", self._write))
        ]
        for thread in self._threads:
            thread.start()

    def order(self, pickled: bytes) -> None:
        """Send a pickled order, in turn, without waiting."""
        self._orders.put(pickled)

    def ask(self) -> None:
        """Ask for the next result, unless that is done already or results come unasked."""
        with self._news:
            if self._flowing is not False or self._asked:
                return
            self._asked, self._moved_s = True, time.monotonic()
        self.order(bytes(ForkingPickler.dumps(Next())))

    def take(self) -> list[object]:
        """All messages that have come, in order; signs of life are not among them."""
        with self._news:
            self._excuse_what_we_missed()
            messages, self._messages = self._messages, []
            return messages

    def wait(self, timeout_s: float) -> None:
        """Until something has come or the child is gone."""
        with self._news:
            self._news.wait_for(lambda: self._messages or self._gone, timeout_s)

    def trouble(self) -> str | None:
        """Why this child must be given up, in words, or None while all is well."""
        with self._news:
            if not self._gone:
                return self._silence()
        return self._last_words()

    def end(self) -> None:
        """Kill the process, however stuck, and wait until it is gone."""
        self.process.kill()
        self.process.join(ENDING_S)
        self._orders.put(None)
        for thread in self._threads:
            thread.join(ENDING_S)
        self._connection.close()

    def _excuse_what_we_missed(self) -> None:
        """If nobody watched for a while (the machine slept), the silence meanwhile says nothing."""
        now_s = time.monotonic()
        if now_s - self._watched_s > self._patience.alive_s / 2:
            self._heard_s = self._moved_s = now_s
        self._watched_s = now_s

    def _silence(self) -> str | None:
        now_s, patience = time.monotonic(), self._patience
        pending = self._flowing is not False or self._asked
        if self._results == 0:
            late = pending and now_s - self._moved_s > patience.start_s
            return f"it did not begin within {patience.start_s:g} s" if late else None
        if now_s - self._heard_s > patience.alive_s:
            return f"no sign of life for {patience.alive_s:g} s"
        if pending and now_s - self._moved_s > patience.result_s:
            return f"it hung for {patience.result_s:g} s on one frame"
        return None

    def _last_words(self) -> str:
        if self._error is not None:
            return " ".join(str(self._error).split()) or type(self._error).__name__
        self.process.join(ENDING_S)
        code = self.process.exitcode
        if code is not None and code < 0:
            return f"killed by signal {-code}"
        return f"exit code {code}"

    def _read(self) -> None:
        try:
            while True:
                self._hear(self._connection.recv())
        except (EOFError, OSError):
            with self._news:
                self._gone = True
                self._news.notify_all()

    def _hear(self, message: object) -> None:
        with self._news:
            self._heard_s = time.monotonic()
            if isinstance(message, Alive):
                if message.waiting:
                    self._moved_s = self._heard_s
                return
            self._moved_s = self._heard_s
            if isinstance(message, Ready):
                self._flowing = self._realtime or message.info.live
            elif isinstance(message, Failed):
                self._error = message.error
            elif not isinstance(message, Ended | Fault | Recovered):
                self._results += 1
                self._asked = False
                if self._flowing:
                    self._messages = _fresh(self._messages, message)
            self._messages.append(message)
            self._news.notify_all()

    def _write(self) -> None:
        try:
            while (order := self._orders.get()) is not None:
                self._connection.send_bytes(order)
        except OSError:
            pass  # it is gone; the reader notices


def _fresh(messages: list[object], newest: object) -> list[object]:
    """Without the results that are too old beside the newest; all other messages stay."""
    oldest_s = newest.t_s - LIVE_BACKLOG_S  # type: ignore[attr-defined]
    return [
        message
        for message in messages
        if isinstance(message, Ready | Failed | Ended | Fault | Recovered)
        or message.t_s >= oldest_s  # type: ignore[attr-defined]
    ]


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """A child started meanwhile ignores Ctrl-C from its first moment on, where signals inherit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
