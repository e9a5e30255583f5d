"""Engines that go wrong in their child process, each in its own way; used by the fault tests."""

from __future__ import annotations

import ctypes
import errno
import math
import os
import signal
import time
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gazetalk.speech.engine import VoiceError, VoiceInfo


def write_tone(path: Path, duration_s: float = 0.2, level: int = 8000) -> None:
    count = round(22050 * duration_s)
    samples = [round(level * math.sin(0.1 * n)) for n in range(count)]
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes(b"".join(n.to_bytes(2, "little", signed=True) for n in samples))


@dataclass
class FaultyBackend:
    """Does `fault` at each sentence, or, given `once` (a file's path), only the first time."""

    fault: str
    once: Path | None = None

    def __post_init__(self) -> None:
        if self.fault == "load fails":
            raise ImportError("no module named voice")
        if self.fault == "voice missing":
            raise VoiceError("there is no voice 'x'; there is: y")
        if self.fault == "load hangs":
            time.sleep(3600)

        if self.fault == "slow to return" and self.once and self.once.exists():
            time.sleep(2.5)

    def voices(self) -> Sequence[VoiceInfo]:
        return [VoiceInfo("tone", "A tone", "en")]

    def synthesise(self, text: str, path: Path) -> None:
        if self.once is None or not self.once.exists():
            if self.once:
                self.once.touch()
            getattr(self, self.fault.replace(" ", "_"))(path)
        if not path.exists():
            write_tone(path)

    def well(self, path: Path) -> None:
        pass

    def hang(self, path: Path) -> None:
        time.sleep(3600)

    def hang_in_c(self, path: Path) -> None:
        """As an extension module would that never lets go of the interpreter."""
        ctypes.PyDLL(None).sleep(3600)

    def stopped(self, path: Path) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    def killed(self, path: Path) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def slow_to_return(self, path: Path) -> None:
        os._exit(1)

    def segfault(self, path: Path) -> None:
        ctypes.string_at(0)

    def leave(self, path: Path) -> None:
        os._exit(0)

    def half_a_wav(self, path: Path) -> None:
        write_tone(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    def no_file(self, path: Path) -> None:
        raise SystemExit  # not an Exception: it ends the child, as a careless engine would

    def silence(self, path: Path) -> None:
        write_tone(path, level=0)

    def empty(self, path: Path) -> None:
        write_tone(path, duration_s=0)

    def disk_full(self, path: Path) -> None:
        path.write_bytes(b"RIFF")
        raise OSError(errno.ENOSPC, "No space left on device")

    def flood(self, path: Path) -> None:
        """Ten megabytes to stdout and stderr, beside Python's own buffers."""
        for _ in range(5000):
            os.write(1, b"x" * 1023 + b"\n")
            os.write(2, b"y" * 1023 + b"\n")
        print("z" * 100_000)

    def slow(self, path: Path) -> None:
        time.sleep(0.9)
