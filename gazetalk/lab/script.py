"""What the puppet is asked to look at, and when: calibration, then typing or free looks; and when
it is to close its eyes."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.keyboard.layout import Board, Key
from gazetalk.lab.behaviour import EYES, Closing
from gazetalk.lab.person import LabError
from gazetalk.tracking.procedure import Procedure
from gazetalk.tracking.types import PHASES, Target

_PAUSE_S = 1.0  # on the text, before typing begins
_AWAY_S = 0.7  # off a key that is wanted twice
_END_S = 1.0  # on the text, after the last key
_FREE_S = 8.0
_COLUMNS = ("start_s", "end_s", "x_px", "y_px", "phase")
_CLOSING_COLUMNS = ("start_s", "closed_s", "eyes")
_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Pace:
    """How long the eyes stay on a key that types, and on any other key, seconds."""

    key_s: float = 1.9
    action_s: float = 2.4

    def of(self, key: Key) -> float:
        return self.key_s if key.action == "type" else self.action_s


def keys_for(text: str, board: Board) -> list[Key]:
    """The keys that type the text. Upper case is typed as lower case.

    Raises LabError for a character that the board has no key for.
    """
    keys = []
    for place, character in enumerate(text.lower(), 1):
        key = board.key_for(character)
        if key is None:
            raise LabError(f"--text: no key types {character!r} (character {place}); leave it out")
        keys.append(key)
    return keys


def typing_targets(text: str, board: Board, pace: Pace, start_s: float) -> tuple[Target, ...]:
    """Looks at the keys of the text, then at the speak key, then at the text area.

    A key that is wanted twice running must be left in between: the eyes go to the text area.
    Those looks have the phase "free", those at keys "typing".
    """
    keys = [*keys_for(text, board), *(key for key in board.keys if key.action == "speak")]
    targets: list[Target] = []
    at_s = start_s

    def look(where: tuple[float, float], for_s: float, phase: str) -> None:
        nonlocal at_s
        targets.append(Target(at_s, at_s + for_s, where[0], where[1], phase))
        at_s += for_s

    rest = board.text_rect.centre
    look(rest, _PAUSE_S, "free")
    last = None
    for key in keys:
        if key is last:
            look(rest, _AWAY_S, "free")
        look(key.rect.centre, pace.of(key), "typing")
        last = key
    look(rest, _END_S, "free")
    return tuple(targets)


def shuffled(targets: Sequence[Target], seed: int) -> tuple[Target, ...]:
    """The same targets with the places that are typed at in another order."""
    typed = [number for number, target in enumerate(targets) if target.phase == "typing"]
    order = np.random.default_rng([seed, 9]).permutation(typed)
    places = list(targets)
    for number, source in zip(typed, order, strict=True):
        other = targets[source]
        places[number] = replace(targets[number], x_px=other.x_px, y_px=other.y_px)
    return tuple(places)


def free_targets(screen: Screen, start_s: float, seed: int) -> tuple[Target, ...]:
    """Eight seconds of looks at random places."""
    rng = np.random.default_rng([seed, 10])
    targets: list[Target] = []
    at_s = start_s
    while at_s < start_s + _FREE_S:
        end_s = at_s + float(rng.uniform(0.8, 1.8))
        x, y = rng.uniform(0.05, 0.95, 2) * (screen.width_px, screen.height_px)
        targets.append(Target(at_s, end_s, float(x), float(y), "free"))
        at_s = end_s
    return tuple(targets)


def full_script(
    screen: Screen,
    procedure: Procedure,
    seed: int,
    text: str | None = None,
    board: Board | None = None,
    pace: Pace | None = None,
    shuffle: bool = False,
) -> tuple[Target, ...]:
    """Calibration, validation, then typing `text` on `board`, or free looks without a text."""
    first = procedure.schedule(screen)
    start_s = first[-1].end_s
    if text is None or board is None:
        return first + free_targets(screen, start_s, seed)
    typed = typing_targets(text, board, pace or Pace(), start_s)
    return first + (shuffled(typed, seed) if shuffle else typed)


def read_targets(path: Path) -> tuple[Target, ...]:
    """An own schedule: a CSV file with start_s,end_s,x_px,y_px,phase. Raises LabError."""
    targets = _read(path, "targets", _targets)
    if not targets:
        raise LabError(f"{path}: holds no targets; write at least one row")
    return targets


def read_closings(path: Path) -> tuple[Closing, ...]:
    """When the lids close: a CSV file with start_s,closed_s,eyes (both, right or left); without
    rows they stay open. Raises LabError."""
    return _read(path, "closings", _closings)


def _read(
    path: Path, what: str, rows: Callable[[Path, csv.DictReader[str]], Iterator[_Row]]
) -> tuple[_Row, ...]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return tuple(rows(path, csv.DictReader(file)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabError(f"{path}: cannot read the {what} ({error})") from error


def _demand(path: Path, rows: csv.DictReader[str], columns: Sequence[str]) -> None:
    missing = set(columns) - set(rows.fieldnames or ())
    if missing:
        raise LabError(f"{path}: column {sorted(missing)[0]} is missing; write {','.join(columns)}")


def _closings(path: Path, rows: csv.DictReader[str]) -> Iterator[Closing]:
    _demand(path, rows, _CLOSING_COLUMNS)
    for row in rows:
        where = f"{path}, line {rows.line_num}"
        try:
            start_s, closed_s = float(row["start_s"] or ""), float(row["closed_s"] or "")
        except ValueError:
            raise LabError(f"{where}: start_s and closed_s must be numbers") from None
        if not (math.isfinite(start_s) and 0 <= closed_s < 1e5):
            raise LabError(f"{where}: start_s must be finite, closed_s from 0 to 100000")
        if row["eyes"] not in EYES:
            raise LabError(f"{where}: eyes must be one of {', '.join(EYES)}")
        yield Closing(start_s, closed_s, row["eyes"])


def _targets(path: Path, rows: csv.DictReader[str]) -> Iterator[Target]:
    _demand(path, rows, _COLUMNS)
    last_s = 0.0
    for row in rows:
        where = f"{path}, line {rows.line_num}"
        try:
            start_s, end_s, x_px, y_px = (float(row[name] or "") for name in _COLUMNS[:4])
        except ValueError:
            raise LabError(f"{where}: start_s, end_s, x_px and y_px must be numbers") from None
        if not all(math.isfinite(n) and abs(n) < 1e5 for n in (start_s, end_s, x_px, y_px)):
            raise LabError(f"{where}: start_s, end_s, x_px and y_px must be finite, below 100000")
        if not last_s <= start_s < end_s:
            raise LabError(f"{where}: targets must follow one another and end after they start")
        if row["phase"] not in PHASES:
            raise LabError(f"{where}: phase must be one of {', '.join(PHASES)}")
        last_s = end_s
        yield Target(start_s, end_s, x_px, y_px, row["phase"])
