"""Every letter, word and phrase with its time, of a person who agreed to it and of nobody else.

What is exported is in the form of Language Activity Monitoring (LAM), which the field's analyses
read: a line for each event, with the time of day in 24 hours and what was put out in quotes, as in
`16:26:08 "faster "` (AAC Institute, "Examples of LAM logfile data"; the method: Hill & Romich, A
language activity monitor for supporting AAC evidence-based clinical practice, Assistive Technology
13, 2001). Between both stands how it was made, as devices that log so write it: SPE for spelling,
WPR for words that were predicted or decoded. PRE, for whole phrases, is ours. Lines that begin with
`#` are ours as well: the day, and what the file is.

Only what was put out is logged; a word that is mended stands there as it was hit and as it became.
Corrections are counted with the session's figures.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from gazetalk import __version__
from gazetalk.clinic.consent import has_consent
from gazetalk.clinic.profile import Profile
from gazetalk.clinic.settings import Settings

FILE = "language-log.jsonl"
SPELLED, WORD, PHRASE = "SPE", "WPR", "PRE"
MODES = (SPELLED, WORD, PHRASE)
LARGEST = 32 << 20  # bytes: years of writing
LONGEST = 10_000  # characters of an output
RECENT = 8  # keys back in which a phrase that is spoken may have been selected
SPELLING_PAGE = "spell"


class LanguageLogError(ValueError):
    """A log that cannot be read or exported: one line saying what, where and what to do."""


@dataclass(frozen=True)
class Output:
    """Something that was put out. at: local time, ISO 8601 to the second. mode: one of MODES."""

    at: str
    mode: str
    output: str

    @property
    def day(self) -> date:
        return datetime.fromisoformat(self.at).date()

    def line(self, words: bool = True) -> str:
        """As LAM has it. words: false to tell its length only."""
        told = self.output if words else f"[{len(self.output)}]"
        return f'{datetime.fromisoformat(self.at):%H:%M:%S} {self.mode} "{told}"'


class LanguageLog:
    """Logs one session in a profile. Give it all events, in order of time.

    now: the time of day. It never raises: when the log cannot be kept, `problem` says why, and the
    person writes on.
    """

    def __init__(self, profile: Profile, now: Callable[[], datetime] = datetime.now) -> None:
        self._path = profile.folder / FILE
        self._now = now
        self._file: IO[str] | None = None
        self._selected: Mapping[str, Any] = {}
        self._labels: deque[str] = deque(maxlen=RECENT)
        self._text = ""
        self._resting = False
        self.problem = ""

    def event(self, t_s: float, event: str, about: Mapping[str, Any]) -> None:
        """Something that the transcript is told of."""
        if event in ("rest", "woke"):
            self._resting = event == "rest"
        elif event == "selected":
            self._selected = about
            self._labels.append(str(about.get("label", "")).strip())
        elif event == "committed" and not self._resting:
            self._committed(str(about.get("piece", "")), str(about.get("text", "")))
        elif event == "changed" and not self._resting:
            self._changed(str(about.get("piece", "")), str(about.get("text", "")))
        elif event == "spoken" and not self._resting:
            text = str(about.get("text", ""))
            if text.strip() in self._labels and text.strip() != self._text.strip():
                self._keep(PHRASE, text)
        if event != "spoken":
            self._text = str(about.get("text", self._text))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _committed(self, piece: str, text: str) -> None:
        word = piece.strip()
        if len(word) <= 1 or str(self._selected.get("page", "")).startswith(SPELLING_PAGE):
            self._keep(SPELLED, piece)
        elif " " in word and word in self._labels:
            self._keep(PHRASE, piece)
        else:
            self._keep(WORD, _whole_word(piece, text))

    def _changed(self, word: str, text: str) -> None:
        """A word was mended; a capital is no other word."""
        if text.casefold() != self._text.casefold():
            self._keep(WORD, word)

    def _keep(self, mode: str, output: str) -> None:
        if not output or self.problem:
            return
        told = Output(self._now().isoformat(timespec="seconds"), mode, _printable(output[:LONGEST]))
        try:
            if self._file is None:
                self._file = _open(self._path)
            self._file.write(json.dumps(asdict(told)) + "\n")
            self._file.flush()
        except OSError as error:
            self.problem = f"the language log cannot be kept ({error.strerror or error})"


def log_of(profile: Profile, settings: Settings) -> LanguageLog | None:
    """The log of a session that begins; None unless it is switched on and agreed to."""
    agreed = settings.language_log and has_consent(profile, "language_log")
    return LanguageLog(profile) if agreed else None


def read_log(path: Path) -> list[Output]:
    """All that was logged, the oldest first; a line that a crash cut short is left out. Raises
    LanguageLogError."""
    try:
        if path.stat().st_size > LARGEST:
            raise LanguageLogError(f"{path}: larger than any log: move it away")
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise LanguageLogError(f"{path}: cannot be read ({error})") from error
    try:
        return [_output(line) for line in lines[:-1] if line]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise LanguageLogError(f"{path}: holds lines that are not a log's") from error


def delete_log(profile: Profile) -> bool:
    """Delete it for good; whether there was one. Raises OSError."""
    path = profile.folder / FILE
    if not path.exists():
        return False
    path.unlink()
    return True


def as_lam(
    outputs: Sequence[Output],
    first: date | None = None,
    last: date | None = None,
    words: bool = True,
) -> str:
    """The log as text, from one day to another, both included. words: false for lengths only."""
    return "\n".join(_lam_lines(outputs, first, last, words)) + "\n"


def _lam_lines(
    outputs: Sequence[Output], first: date | None, last: date | None, words: bool
) -> Iterator[str]:
    yield f"# language activity log (LAM), gazetalk {__version__}"
    yield f"# time mode output; {SPELLED} spelled, {WORD} word, {PHRASE} phrase"
    yield "# take out whatever shall not leave, before it leaves"
    if not words:
        yield "# without words: [n] is an output of n characters"
    within = [o for o in outputs if (first or o.day) <= o.day <= (last or o.day)]
    for day, said in groupby(within, key=lambda output: output.day):
        yield f"# {day.isoformat()}"
        yield from (output.line(words) for output in said)


def _output(line: str) -> Output:
    found = json.loads(line)
    told = Output(found["at"], found["mode"], found["output"])
    if told.mode not in MODES or not isinstance(told.output, str) or len(told.output) > LONGEST:
        raise ValueError("not an output")
    if not told.output.isprintable():
        raise ValueError("control characters")
    _ = told.day  # raises ValueError where that is none
    return told


def _whole_word(piece: str, text: str) -> str:
    """A word of which the beginning was spelled already is put out whole, as LAM has it."""
    before = text.removesuffix(piece)
    if piece[:1].isspace() or before == text:
        return piece
    begun = "" if before[-1:].isspace() else "".join(before.split()[-1:])
    return begun + piece


def _printable(text: str) -> str:
    """Without line breaks, half characters and others that are not shown."""
    return "".join(char if char.isprintable() else " " for char in text)


def _open(path: Path) -> IO[str]:
    """To append to, made for its owner only; a line that a crash cut short goes."""
    binary = getattr(os, "O_BINARY", 0)  # Windows would write line breaks its own way
    handle = os.open(path, os.O_RDWR | os.O_CREAT | binary, 0o600)
    file = os.fdopen(handle, "r+", encoding="utf-8", newline="\n")
    whole = file.read().rpartition("\n")
    file.seek(0)
    file.truncate(len((whole[0] + whole[1]).encode()))
    file.seek(0, os.SEEK_END)
    return file
