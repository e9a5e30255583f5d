"""What a person said before, on disk: one file, theirs alone, that can be read and forgotten.

A file of JSON lines: a header, then `{"said": "...", "on": "2026-11-22"}` for each sentence, the
oldest first; with `"alone": true` for a word that was spelled. The file is written whole, beside
and renamed, so it is never half of one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gazetalk.files import write_atomically
from gazetalk.keyboard.language_file import LanguageError
from gazetalk.keyboard.words import cursor, sentences

LEARNED = "learned.jsonl"  # the file's name in a profile's folder
FORMAT, VERSION = "gazetalk-learned", 1
MOST = 20_000  # sentences kept; beyond it the oldest go
LONGEST = 1000  # characters of a sentence


@dataclass(frozen=True)
class Said:
    """A sentence, as it was written and without its end mark, and the day it was said.

    alone: it is a word that was spelled, in no sentence that is known.
    """

    text: str
    day: date
    alone: bool = False


class SaidFile:
    """The sentences in `path` (None keeps them in memory only).

    Raises LanguageError when the file is foreign, damaged or newer; it is then left as it is.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._said = _read(path) if path is not None else []

    @property
    def said(self) -> tuple[Said, ...]:
        return tuple(self._said)

    def add(self, text: str, day: date) -> list[Said]:
        """Keep the sentences of a text; those that were new. Raises OSError, keeping nothing."""
        whole = text.encode("utf-8", "replace").decode("utf-8")  # half characters become "?"
        new = [Said(each[:LONGEST], day) for each in sentences(whole) if any(cursor(each).words)]
        if new:
            self._keep([*self._said, *new][-MOST:])
        return new

    def add_word(self, word: str, day: date) -> list[Said]:
        """Keep a word that was spelled; it, if it is one and new. Raises OSError."""
        said = Said(word.strip()[:LONGEST], day, alone=True)
        known = any(each.alone and each.text == said.text for each in self._said)
        if known or not any(cursor(said.text).words):
            return []
        self._keep([*self._said, said][-MOST:])
        return [said]

    def forget_word(self, word: str) -> int:
        """Drop every sentence that has this word; how many. Raises OSError."""
        lost = word.strip().lower()
        return self._forget(lambda each: lost in cursor(each.text).words)

    def forget_day(self, day: date) -> int:
        """Drop what was said on a day; how many sentences. Raises OSError."""
        return self._forget(lambda each: each.day == day)

    def forget_everything(self) -> int:
        """Drop all, and the file with it; how many sentences. Raises OSError."""
        count = len(self._said)
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self._said = []
        return count

    def export(self) -> str:
        """All that is kept, for people: a day and a sentence a line."""
        return "".join(f"{each.day.isoformat()}\t{each.text}\n" for each in self._said)

    def _forget(self, gone: Callable[[Said], bool]) -> int:
        kept = [each for each in self._said if not gone(each)]
        count = len(self._said) - len(kept)
        if count:
            self._keep(kept)
        return count

    def _keep(self, said: list[Said]) -> None:
        if self._path is not None:
            records: list[dict[str, Any]] = [{"format": FORMAT, "version": VERSION}]
            records += [_record_of(each) for each in said]
            lines = [json.dumps(record, ensure_ascii=False) for record in records]
            # The temporary file behind this is readable by its owner only, and stays so.
            write_atomically(self._path, "\n".join(lines) + "\n")
        self._said = said


def _read(path: Path) -> list[Said]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _error(path, f"cannot be read ({error.strerror})", "check the folder") from error
    except UnicodeDecodeError:
        raise _error(path, "is not a learned file", "move it away") from None
    header = _record(path, 1, lines[0]) if lines else {}
    if header.get("format") != FORMAT:
        raise _error(path, "is not a learned file", "move it away")
    version = header.get("version")
    if isinstance(version, int) and version > VERSION:
        what = f"is of version {version}, newer than this program's {VERSION}"
        raise _error(path, what, "update gazetalk")
    if version != VERSION:
        raise _error(path, f"has version {version!r}", "move it away")
    return [_said(path, number, line) for number, line in enumerate(lines[1:], 2)]


def _record_of(said: Said) -> dict[str, Any]:
    record = {"said": said.text, "on": said.day.isoformat()}
    return {**record, "alone": True} if said.alone else record


def _said(path: Path, number: int, line: str) -> Said:
    record = _record(path, number, line)
    text, day = record.get("said"), record.get("on")
    try:
        if isinstance(text, str) and isinstance(day, str):
            return Said(text, date.fromisoformat(day), record.get("alone") is True)
    except ValueError:
        pass
    raise _error(path, f"line {number} has no said and on", "mend or drop that line")


def _record(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        if number == 1:
            raise _error(path, "is not a learned file", "move it away")
        raise _error(path, f"line {number} is not a JSON object", "mend or drop that line")
    return record


def _error(path: Path, what: str, advice: str) -> LanguageError:
    return LanguageError(f"{path}: {what}: {advice}")
