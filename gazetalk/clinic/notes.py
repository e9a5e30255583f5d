"""A helper's notes about a person: one plain dated file, which hands may edit too.

They are the helper's words, never the person's. They lie in the profile, travel only when asked
for, and stand in a report only when asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gazetalk.clinic.profile import Profile
from gazetalk.files import write_atomically

FILE = "notes.txt"
LARGEST = 1 << 20  # bytes of all notes
LONGEST = 2_000  # characters of one
_DATED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) (.*)")


class NotesError(ValueError):
    """Notes that cannot be read or changed: one line saying what, where and what to do."""


@dataclass(frozen=True)
class Note:
    """on: the day, ISO 8601; "" for a line that somebody wrote without one."""

    on: str
    text: str

    @property
    def line(self) -> str:
        return f"{self.on} {self.text}" if self.on else self.text


def read_notes(profile: Profile) -> list[Note]:
    """All notes, the oldest first, without characters that steer a terminal. Raises NotesError."""
    path = profile.folder / FILE
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise NotesError(f"{path}: larger than {LARGEST} bytes: shorten it")
        lines = content.decode("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise NotesError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise NotesError(f"{path}: is not UTF-8 text: save it as such") from error
    return [_note(line) for line in lines if line.strip()]


def add_note(profile: Profile, text: str, today: date | None = None) -> Note:
    """Write a note under today's date. Raises NotesError, and then changes nothing."""
    told = " ".join(text.split())
    if not told or not told.isprintable() or len(told) > LONGEST:
        raise NotesError(f"a note is a line of 1 to {LONGEST} characters")
    note = Note((today or date.today()).isoformat(), told)
    _write(profile, [*read_notes(profile), note])
    return note


def remove_note(profile: Profile, number: int) -> Note:
    """Take a note out for good; they are counted from 1, as they are shown. Raises NotesError."""
    notes = read_notes(profile)
    if not 1 <= number <= len(notes):
        raise NotesError(f"there is no note {number}: there are {len(notes)}")
    _write(profile, notes[: number - 1] + notes[number:])
    return notes[number - 1]


def note_lines(notes: list[Note]) -> list[str]:
    """As a helper sees them, with the numbers that `remove_note` takes."""
    return [f"note {number}: {note.line}" for number, note in enumerate(notes, 1)]


def check_notes(path: Path) -> None:
    """Whether a file that came from elsewhere may become one. Raises ValueError."""
    lines = path.read_bytes().decode("utf-8").split("\n")
    if not all(line.isprintable() for line in lines):
        raise ValueError("it holds control characters")


def _note(line: str) -> Note:
    shown = "".join(char if char.isprintable() else " " for char in line).strip()
    dated = _DATED.fullmatch(shown)
    return Note(dated[1], dated[2]) if dated else Note("", shown)


def _write(profile: Profile, notes: list[Note]) -> None:
    path = profile.folder / FILE
    content = "".join(f"{note.line}\n" for note in notes)
    if len(content.encode()) > LARGEST:
        raise NotesError(f"{path}: would be larger than {LARGEST} bytes: remove some")
    try:
        if notes:
            write_atomically(path, content)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise NotesError(f"{path}: cannot be written ({error.strerror})") from error
