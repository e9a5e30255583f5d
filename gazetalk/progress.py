"""A progress bar for people at a terminal; silent everywhere else."""

from __future__ import annotations

from typing import TextIO

_WIDTH = 30


class Progress:
    """Counts steps towards `total`; a context manager that clears its line at the end."""

    def __init__(self, title: str, total: int, stream: TextIO) -> None:
        self._title = title
        self._total = max(total, 1)
        self._stream = stream
        self._shown = stream.isatty()
        self._done = 0
        self._percent = -1

    def __enter__(self) -> Progress:
        return self

    def step(self) -> None:
        self._done += 1
        percent = min(100 * self._done // self._total, 100)
        if self._shown and percent != self._percent:
            self._percent = percent
            full = percent * _WIDTH // 100
            bar = "#" * full + "." * (_WIDTH - full)
            self._stream.write(f"\r{self._title} [{bar}] {percent:3d} %")
            self._stream.flush()

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._stream.write("\r\033[K")
            self._stream.flush()
