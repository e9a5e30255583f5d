"""The transcript: one JSON object a line for everything that happened, on disk as it happens."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

Also = Callable[[float, str, Mapping[str, Any]], None]


class TranscriptError(ValueError):
    """The transcript's file cannot be made: one line, for people."""


class Transcript:
    """Writes events to `path`, or nowhere when it is None. A context manager.

    also: each is told of every event too.
    """

    def __init__(self, path: Path | None, *also: Also) -> None:
        self._also = also
        self._file: IO[str] | None = None
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise TranscriptError(
                f"{path}: cannot write the transcript ({error.strerror}): name another file"
            ) from error

    def write(self, t_s: float, event: str, fields: Mapping[str, Any] | None = None) -> None:
        """Add a line. t_s: seconds on the source's clock."""
        for told in self._also:
            told(t_s, event, fields or {})
        if self._file is None:
            return
        line = {"t_s": round(t_s, 4), "event": event, **(fields or {})}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()

    def __enter__(self) -> Transcript:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
