"""Every use as numbers: how long, how much, how well. Never as text.

What a session does is counted from the events that its transcript gets and from its gaze samples.
The counts are kept in the profile at least once a minute, so that a crash loses no more than that.
What was not measured is None.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, astuple, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gazetalk import __version__
from gazetalk.clinic.profile import Profile
from gazetalk.tracking.types import GazeSample

FILE = "sessions.sqlite"
VERSION = 1
KEPT_EVERY_S = 60.0
# A longer pause between two changes of the text is not writing: somebody answers.
PAUSE_S = 20.0
CHARACTERS_A_WORD = 5  # the usual convention for words a minute
BUSY_S = 0.5  # another program that holds the file is not waited for any longer


class SessionsError(ValueError):
    """Sessions that cannot be read: one line saying what, where and what to do."""


@dataclass(frozen=True)
class SessionFigures:
    """One use, in numbers.

    started: ISO 8601, UTC. source: "camera", "mouse", "session" or "video". use_s: awake, rest_s:
    resting. writing_s: from change to change of the text, pauses over 20 s left out. characters:
    that went into the text, spaces too. selections: by eyes, hand or switch. corrections: erased,
    undone or cleared. error_mm: the mean offset of the last calibration or check of this session,
    on so many targets. samples, lost: of gaze while awake, and of these without a point.
    drift_mm: the largest that was corrected at last. spoken: texts. bells, faults: how many.
    """

    started: str
    source: str
    layout: str
    software: str = __version__
    use_s: float = 0.0
    rest_s: float = 0.0
    writing_s: float = 0.0
    characters: int = 0
    selections: int = 0
    corrections: int = 0
    spoken: int = 0
    bells: int = 0
    faults: int = 0
    samples: int = 0
    lost: int = 0
    error_mm: float | None = None
    targets: int | None = None
    drift_mm: float | None = None

    @property
    def words_per_minute(self) -> float | None:
        """Five characters a word, over the time of writing; None before there is any."""
        if self.writing_s <= 0 or not self.characters:
            return None
        return self.characters / CHARACTERS_A_WORD / self.writing_s * 60

    @property
    def data_loss(self) -> float | None:
        """Share 0..1 of samples without a point, blinks among them; None without samples."""
        return self.lost / self.samples if self.samples else None


class Counter:
    """Counts one session. Give it all events and samples, in order of time."""

    def __init__(self, source: str, layout: str, now: datetime | None = None) -> None:
        started = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        self.session = SessionFigures(started, source, layout)
        self._t_s: float | None = None
        self._changed_s: float | None = None
        self._resting = False

    @property
    def has_something(self) -> bool:
        """Whether anything was measured at all."""
        return self.session.samples > 0 or self.session.error_mm is not None

    def event(self, t_s: float, event: str, about: Mapping[str, Any]) -> None:
        """Something that the transcript is told of. Unknown events count for nothing."""
        if event in ("rest", "woke"):
            self._resting = event == "rest"
        counted = _COUNTED.get(event)
        if counted:
            self._add(**{counted: 1})
        if event in ("committed", "erased", "undone", "redone", "changed"):
            self._changed(t_s)
        match event:
            case "committed":
                self._add(characters=len(str(about.get("piece", ""))))
            case "way":
                self.session = replace(self.session, layout=str(about.get("layout", "")))
            case "calibrated":
                self._measured(about.get("validation"), "offset")
            case "checked":
                self._error(about.get("after_mm"), about.get("targets"))
            case "drift":
                drift_mm = _number(about.get("largest_mm"))
                self.session = replace(self.session, drift_mm=drift_mm)

    def sample(self, sample: GazeSample) -> None:
        """A gaze sample: time passes with it."""
        span_s = 0.0 if self._t_s is None else min(max(sample.t_s - self._t_s, 0.0), 1.0)
        self._t_s = sample.t_s
        if self._resting:
            self._add(rest_s=span_s)
        else:
            self._add(use_s=span_s, samples=1, lost=int(not sample.valid))

    def _add(self, **more: float) -> None:
        session = self.session
        self.session = replace(session, **{k: getattr(session, k) + n for k, n in more.items()})

    def _changed(self, t_s: float) -> None:
        if self._changed_s is not None and 0 <= t_s - self._changed_s <= PAUSE_S:
            self._add(writing_s=t_s - self._changed_s)
        self._changed_s = t_s

    def _measured(self, accuracy: object, measure: str) -> None:
        if isinstance(accuracy, Mapping) and isinstance(accuracy.get(measure), Mapping):
            self._error(accuracy[measure].get("mm"), accuracy.get("targets"))

    def _error(self, error_mm: object, targets: object) -> None:
        if _number(error_mm) is not None and type(targets) is int and targets > 0:
            self.session = replace(self.session, error_mm=_number(error_mm), targets=targets)


_COUNTED = {
    "selected": "selections",
    "erased": "corrections",
    "undone": "corrections",
    "cleared": "corrections",
    "spoken": "spoken",
    "bell": "bells",
    "fault": "faults",
}


def plain_name(layout: str) -> str:
    """A layout as it is kept: the name of a file of one's own could tell who this is."""
    return "own" if layout.endswith(".toml") else layout


class SessionLog:
    """Keeps one session in a profile, again and again while it grows."""

    def __init__(self, profile: Profile) -> None:
        self._path = profile.folder / FILE
        self._row: int | None = None
        self._due_s = KEPT_EVERY_S

    def keep_if_due(self, t_s: float, session: SessionFigures) -> None:
        """Once a minute. Raises OSError and sqlite3.Error."""
        if t_s >= self._due_s:
            self._due_s = t_s + KEPT_EVERY_S
            self.keep(session)

    def keep(self, session: SessionFigures) -> None:
        """Put it on disk. Raises OSError and sqlite3.Error, and then leaves what was there."""
        names = [field.name for field in fields(SessionFigures)]
        with closing(_open(self._path)) as database, database:
            if self._row is None:
                marks = ", ".join("?" * len(names))
                said = f"INSERT INTO sessions ({', '.join(names)}) VALUES ({marks})"
                self._row = database.execute(said, astuple(session)).lastrowid
            else:
                said = f"UPDATE sessions SET {', '.join(f'{n} = ?' for n in names)} WHERE id = ?"
                database.execute(said, (*astuple(session), self._row))


def read_sessions(profile: Profile) -> list[SessionFigures]:
    """All sessions of a profile, the oldest first. Raises SessionsError."""
    path = profile.folder / FILE
    if not path.is_file():
        return []
    names = [field.name for field in fields(SessionFigures)]
    try:
        with closing(_open(path)) as database:
            # A view or a trigger could be made to run for ever.
            if set(database.execute("SELECT type, name FROM sqlite_master")) != {_ALL_THERE_IS}:
                raise ValueError("it holds other things")
            rows = database.execute(f"SELECT {', '.join(names)} FROM sessions ORDER BY started, id")
            return [_figures(row) for row in rows]
    except (sqlite3.Error, OSError, ValueError, OverflowError) as error:
        raise SessionsError(f"{path}: cannot be read ({error}): move it away") from error


def _figures(row: tuple[Any, ...]) -> SessionFigures:
    """A row, if all in it is what it should be: the file may have come from elsewhere."""
    for field, value in zip(fields(SessionFigures), row, strict=True):
        if not isinstance(value, _PYTHON[str(field.type)]) or value != value:
            raise ValueError(f"{field.name} cannot be {str(value)[:40]!r}")
    figures = SessionFigures(*row)
    datetime.fromisoformat(figures.started)
    return figures


def as_row(session: SessionFigures) -> dict[str, Any]:
    """All of its numbers, measured and derived, for programs."""
    loss, wpm = session.data_loss, session.words_per_minute
    return {**asdict(session), "words_per_minute": wpm, "data_loss": loss}


def _open(path: Path) -> sqlite3.Connection:
    """The database, made for its owner only when it is not there."""
    path.touch(mode=0o600, exist_ok=True)
    database = sqlite3.connect(path, timeout=BUSY_S)
    try:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise sqlite3.DatabaseError(f"made by a newer gazetalk, version {version}")
        if version == 0:
            columns = ", ".join(
                f"{field.name} {_TYPES[str(field.type)]}" for field in fields(SessionFigures)
            )
            with database:
                database.execute(
                    f"CREATE TABLE IF NOT EXISTS sessions (id INTEGER PRIMARY KEY, {columns})"
                )
                database.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        database.close()
        raise
    return database


_TYPES = {
    "str": "TEXT",
    "int": "INTEGER",
    "float": "REAL",
    "float | None": "REAL",
    "int | None": "INTEGER",
}


_ALL_THERE_IS = ("table", "sessions")
_PYTHON: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": int | float,
    "float | None": int | float | None,
    "int | None": int | None,
}


def _number(value: object) -> float | None:
    """A length; None for all that is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < math.inf else None
