"""The text on disk: one line for every change, so that nothing said is lost.

A journal is a file of JSON lines. `{"text": "..."}` is the whole text after a change;
`{"finished": true}` ends a session in which the text was done with. Restoring takes the last whole
line. A line that a crash cut short is dropped.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from gazetalk.files import write_atomically

LONG_BYTES = 1_000_000  # beyond this the older lines are dropped


class Journal:
    """The journal in the file `path`, which is made, readable by its owner only, when first needed.

    problem: what was wrong with the file found (it was set aside, not deleted), or None.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        self._handle: int | None = None
        self._size = 0

    def restore(self) -> str | None:
        """The text that an unfinished session left; None when there is none. Never raises."""
        try:
            found = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._set_aside(f"cannot be read ({error.strerror})")
            return None
        *lines, last = found.split(b"\n")
        texts = [_text_of(line) for line in lines if line.strip()]
        unended = _text_of(last)  # a line without its line break was cut short, or just not
        whole = [text for text in [*texts, unended] if text is not None]
        text = whole[-1] if whole else ""
        if None in texts or (last and not whole):
            self._set_aside("holds lines that are not a journal's")
            self._shorten(text)
        elif unended is not None or len(found) > LONG_BYTES:
            self._shorten(text)
        return text or None

    def write(self, text: str) -> None:
        """Put the whole text on disk; returns when it is there. Raises OSError when it cannot."""
        self._append({"text": text})
        if self._size > LONG_BYTES:
            self._shorten(text)

    def finish(self) -> None:
        """The text is done with: the next start begins empty. Raises OSError."""
        self._append({"finished": True})
        self.close()

    def close(self) -> None:
        """Let go of the file; its text stays to be found. Writing opens it again."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _append(self, record: dict[str, object]) -> None:
        handle = self._open()
        # A failed write may have left half a line behind the last whole one.
        os.ftruncate(handle, self._size)
        os.lseek(handle, self._size, os.SEEK_SET)
        line = json.dumps(record).encode() + b"\n"
        written = 0
        while written < len(line):
            written += os.write(handle, line[written:])
        os.fsync(handle)
        self._size += len(line)

    def _open(self) -> int:
        if self._handle is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._handle = os.open(self.path, flags, 0o600)
            self._size = _end_of_whole_lines(self._handle)
            _sync_folder(self.path.parent)
        return self._handle

    def _shorten(self, text: str) -> None:
        """Drop all lines but the last, if that can be done; the file holds the text either way."""
        self.close()
        try:
            write_atomically(self.path, json.dumps({"text": text}) + "\n")
        except OSError:
            return  # the next write meets the same fault and is the one to report it

    def _set_aside(self, what: str) -> None:
        aside = next(
            path
            for number in range(1, 1_000_000)
            if not (path := self.path.with_name(f"{self.path.name}.broken-{number}")).exists()
        )
        try:
            self.path.rename(aside)
        except OSError as error:
            self.problem = f"{self.path}: {what} and cannot be set aside ({error.strerror})"
        else:
            self.problem = f"{self.path}: {what}; set aside as {aside.name}"


def _text_of(line: bytes) -> str | None:
    """The text that a line leaves behind; None when it is not a journal's line."""
    try:
        record = json.loads(line)
        if not isinstance(record, dict):
            return None
        text = "" if record.get("finished") is True else record["text"]
        text.encode()  # half a surrogate pair could be neither shown nor spoken
    except (ValueError, KeyError, AttributeError, RecursionError):
        return None
    return text if isinstance(text, str) else None


def _end_of_whole_lines(handle: int) -> int:
    """Where the last line break ends, bytes from the start."""
    content = b""
    while block := os.read(handle, 1 << 20):
        content += block
    return content.rfind(b"\n") + 1


def _sync_folder(folder: Path) -> None:
    """Make the file's name durable, where the platform can (Windows cannot open a folder)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
