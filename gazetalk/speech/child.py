"""The engine's process, seen from inside: build the backend, then one request at a time.

Messages to the parent are pairs (kind, value):
"alive" while at work, "ready" once built, "done" with a result, "bad" for a VoiceError and
"failed" for anything else, with one line of why. Imports nothing heavy: it starts in 0.1 s.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

from gazetalk.speech.engine import Backend, VoiceError

HEARTBEAT_S = 0.2


def serve(connection: Connection, build: Callable[[], Backend]) -> None:
    """Answer requests (method, arguments) until the parent closes the connection or is gone."""
    _be_quiet()
    report = _Report(connection)
    try:
        with report.signs_of_life():
            backend = build()
    except Exception as error:
        report.error(error)
        return
    report.send("ready", None)
    while True:
        try:
            method, arguments = connection.recv()
        except (EOFError, OSError):
            return
        try:
            with report.signs_of_life():
                result = getattr(backend, method)(*arguments)
        except Exception as error:
            report.error(error)
        else:
            report.send("done", result)


def _be_quiet() -> None:
    """Engines print what they like; nobody reads it. Ctrl-C is the parent's business."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Report:
    """What the child tells its parent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def send(self, kind: str, value: Any) -> None:
        try:
            with self._lock:
                self._connection.send((kind, value))
        except OSError:  # the parent is gone: end, even while the engine hangs in another thread
            os._exit(0)

    def error(self, error: Exception) -> None:
        words = " ".join(str(error).split()) or type(error).__name__
        self.send("bad" if isinstance(error, VoiceError) else "failed", words)

    @contextlib.contextmanager
    def signs_of_life(self) -> Iterator[None]:
        """Say "alive" again and again while the engine is at work: a stopped process cannot."""
        over = threading.Event()

        def beat() -> None:
            while not over.is_set():
                self.send("alive", None)
                over.wait(HEARTBEAT_S)

        threading.Thread(target=beat, daemon=True).start()
        try:
            yield
        finally:
            over.set()
