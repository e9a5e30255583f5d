"""An engine in a process of its own, watched: what hangs, crashes or lies there stays there."""

from __future__ import annotations

import contextlib
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from gazetalk.speech import aiff, child
from gazetalk.speech.engine import Backend, SpeechFailed, VoiceError, VoiceInfo
from gazetalk.speech.wav import Wav, WavError

# Speech lies far above (0.03 to 0.2); what lies below 16 steps of 32,767 nobody hears.
SILENT_BELOW = 0.0005


@dataclass(frozen=True)
class Limits:
    """How long to wait for the child, seconds.

    silent_s: without a sign of life, once it has given one; first_sign_s: before that.
    load_s: until its engine is built. restart_s: the same for a child that replaces a failed one;
    then it goes on loading, but the sentence at hand does not wait for it.
    answer_s and per_char_s: for the sound of a text.
    """

    silent_s: float = 1.0
    first_sign_s: float = 5.0
    load_s: float = 15.0
    restart_s: float = 1.5
    answer_s: float = 1.5
    per_char_s: float = 0.001


class ProcessEngine:
    """An `Engine` whose backend runs in a spawned child.

    A child that hangs, dies or hands over no proper sound is ended, a new one is started at
    once, and the request raises SpeechFailed. Nothing is tried twice here.

    build: makes the backend in the child; picklable (a class or a functools.partial of one).
    """

    def __init__(
        self, name: str, build: Callable[[], Backend], limits: Limits | None = None
    ) -> None:
        self.name = name
        self._build = build
        self._limits = limits or Limits()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._state = threading.Lock()  # held only to start, end or replace the child
        self._child: _Child | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        running = self._child
        return running.pid if running else None

    def start(self) -> None:
        """Start the child unless it is there, without waiting until it is ready."""
        with self._state:
            if self._closed:
                raise SpeechFailed(f"{self.name} was closed")
            if self._child is not None and not self._child.is_alive():
                self._child.end()
                self._child = None
            if self._child is None:
                self._child = self._spawn()

    def voices(self) -> Sequence[VoiceInfo]:
        voices: Sequence[VoiceInfo] = self._ask(self._limits.answer_s, "voices")
        return voices

    def synthesise(self, text: str, voice: str = "") -> Wav:
        """voice: the id of another one for this text, where the backend can change it."""
        path = self._sound_path()
        limit_s = self._limits.answer_s + self._limits.per_char_s * len(text)
        try:
            self._ask(limit_s, "synthesise", text, path, *([voice] if voice else []))
            return self._checked(path)
        finally:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        with self._state:
            self._closed = True
            self._end_child()
            if self._folder is not None:
                self._folder.cleanup()

    def _ask(self, limit_s: float, method: str, *arguments: object) -> Any:
        self.start()
        running = self._child
        if running is None:  # closed meanwhile
            raise SpeechFailed(f"{self.name} was closed")
        try:
            if not running.is_ready(self._limits):
                raise _StillStarting(f"{self.name} is still being started again")
            return running.ask(limit_s, self._limits, method, *arguments)
        except VoiceError:
            with self._state:  # it has ended itself; whoever asks again gets a new one
                self._end_child()
            raise
        except _StillStarting:
            raise
        except SpeechFailed as failure:
            self._replace_child()
            raise SpeechFailed(f"{self.name} {failure}") from None

    def _checked(self, path: Path) -> Wav:
        """The sound that the child wrote: whole, and not silence."""
        try:
            data = path.read_bytes()
            wav = aiff.from_bytes(data) if data[:4] == b"FORM" else Wav.from_bytes(data)
        except (OSError, WavError) as error:
            self._replace_child()
            raise SpeechFailed(f"{self.name} wrote no proper sound: {error}") from None
        if wav.loudness < SILENT_BELOW:
            self._replace_child()
            raise SpeechFailed(f"{self.name} wrote silence")
        return wav

    def _sound_path(self) -> Path:
        """Where the child shall write; made anew if a cleaner of old files took it away."""
        with self._state:
            if self._closed:
                raise SpeechFailed(f"{self.name} was closed")
            try:
                if self._folder is None or not Path(self._folder.name).is_dir():
                    self._folder = tempfile.TemporaryDirectory(
                        prefix="gazetalk-", ignore_cleanup_errors=True
                    )
            except OSError as error:
                raise SpeechFailed(f"{self.name} has no room for its sound: {error}") from None
            return Path(self._folder.name) / "speech.wav"

    def _spawn(self, restarted: bool = False) -> _Child:
        try:
            return _Child(self._build, restarted)
        except OSError as error:  # no memory, too many processes or files
            raise SpeechFailed(f"{self.name} cannot be started: {error}") from None

    def _replace_child(self) -> None:
        with self._state:
            self._end_child()
            if not self._closed:
                with contextlib.suppress(SpeechFailed):  # the next request tries again and says it
                    self._child = self._spawn(restarted=True)

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class _StillStarting(SpeechFailed):
    """Nothing is wrong with the child; it is not ready yet."""


class _Late(SpeechFailed):
    """The child shows signs of life, but the time for its answer is over."""


class _Child:
    """One spawned process and the line to it. Every trouble is a SpeechFailed."""

    def __init__(self, build: Callable[[], Backend], restarted: bool) -> None:
        context = multiprocessing.get_context("spawn")
        self._line: Connection
        self._line, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=child.serve, args=(theirs, build), daemon=True, name="gazetalk-voice"
        )
        self._process.start()
        theirs.close()
        self._started_s = time.monotonic()
        self._restarted = restarted
        self._ready = False
        self._seen = False

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def is_ready(self, limits: Limits) -> bool:
        """Wait until the engine is built; False if a restarted one takes longer than restart_s."""
        until_s = self._started_s + limits.load_s
        patience_s = time.monotonic() + limits.restart_s if self._restarted else until_s
        if not self._ready:
            try:
                self._await("ready", min(patience_s, until_s), limits)
            except _Late:
                if patience_s < until_s:
                    return False
                raise
            self._ready = True
        return True

    def ask(self, limit_s: float, limits: Limits, method: str, *arguments: object) -> Any:
        try:
            self._line.send((method, arguments))
        except OSError:
            raise SpeechFailed("stopped working") from None
        return self._await("done", time.monotonic() + limit_s, limits)

    def end(self) -> None:
        """Kill it (a hung or stopped process hears nothing gentler) and wait until it is gone."""
        self._process.kill()
        self._process.join(1.0)
        self._line.close()

    def _await(self, wanted: str, until_s: float, limits: Limits) -> Any:
        while True:
            silent_s = limits.silent_s if self._seen else limits.first_sign_s
            left_s = until_s - time.monotonic()
            if not self._listen(min(silent_s, left_s)):
                late = _Late if left_s <= silent_s else SpeechFailed
                raise late("did not answer in time")
            try:
                kind, value = self._line.recv()
            except (EOFError, OSError):
                raise SpeechFailed("stopped working") from None
            self._seen = True
            if kind == "bad":
                raise VoiceError(value)
            if kind == "failed":
                raise SpeechFailed(f"failed: {value}")
            if kind == wanted:
                return value

    def _listen(self, limit_s: float) -> bool:
        try:
            return self._line.poll(max(limit_s, 0.0))
        except (EOFError, OSError):  # on Windows poll itself notices that the child is gone
            raise SpeechFailed("stopped working") from None
