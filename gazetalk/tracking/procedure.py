"""What a calibration asks of the person: points, times and words, read from TOML."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import cv2
import numpy as np

from gazetalk.geometry import Screen
from gazetalk.tracking.fitting import LEAST_TARGETS, CalibrationError
from gazetalk.tracking.types import Target

FIELDS = (
    *("name", "title", "first_s", "target_s", "discard_s", "size", "stepped", "pictures"),
    *("calibration", "validation"),
)
POINT_FIELDS = ("at", "words", "wait_s")
LONGEST_S = 60.0
# Less than this leaves a handful of frames, and none after a blink.
LEAST_KEPT_S = 0.3
# Points nearer together than this share of the screen say little of what lies beyond them.
LEAST_SPREAD = 0.2
SIZES = (0.5, 6.0)
LONGEST_WORDS = 120


@dataclass(frozen=True)
class Point:
    """Where to look, as fractions of the screen, 0..1.

    words: for the person, shown for `wait_s` before the target comes ("" for none).
    """

    x: float
    y: float
    words: str = ""
    wait_s: float = 0.0


@dataclass(frozen=True)
class Procedure:
    """A calibration from its first target to its last.

    first_s: pause before the first target. target_s: how long each stays. discard_s: its first
    part, in which the eyes are still on their way. size: how large targets are drawn, 1 as usual.
    stepped: a target stays until a helper presses a key. pictures: drawn as targets, in turn.
    """

    name: str
    title: str
    first_s: float
    target_s: float
    discard_s: float
    calibration: tuple[Point, ...]
    validation: tuple[Point, ...]
    size: float = 1.0
    stepped: bool = False
    pictures: tuple[Path, ...] = ()

    def schedule(self, screen: Screen, start_s: float = 0.0) -> tuple[Target, ...]:
        """All targets one after another, calibration first, each on time, from `start_s` on."""
        phases = [("calibration", point) for point in self.calibration]
        phases += [("validation", point) for point in self.validation]
        targets = []
        end_s = start_s + self.first_s
        for phase, point in phases:
            begin_s = end_s + point.wait_s
            end_s = begin_s + self.target_s
            x_px, y_px = point.x * screen.width_px, point.y * screen.height_px
            targets.append(Target(begin_s, end_s, x_px, y_px, phase))
        return tuple(targets)


def load_procedure(path: Path) -> Procedure:
    """Read a procedure from TOML. Raises CalibrationError naming the file and the field."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise CalibrationError(f"{path}: cannot read the procedure ({why})") from error
    return _Reader(path, table).procedure()


class _Reader:
    """Reads the fields of one file's table; every complaint names the file and the field."""

    def __init__(self, path: Path, table: dict[str, Any]) -> None:
        self._path = path
        self._table = table

    def procedure(self) -> Procedure:
        self._refuse_unknown(self._table, FIELDS, "")
        procedure = Procedure(
            name=self._text("name", self._path.stem),
            title=self._text("title", self._path.stem),
            first_s=self._seconds(self._table, "first_s"),
            target_s=self._seconds(self._table, "target_s"),
            discard_s=self._seconds(self._table, "discard_s"),
            calibration=self._points("calibration"),
            validation=self._points("validation"),
            size=self._size(),
            stepped=self._stepped(),
            pictures=self._pictures(),
        )
        self._check_whole(procedure)
        return procedure

    def _check_whole(self, procedure: Procedure) -> None:
        if procedure.target_s - procedure.discard_s < LEAST_KEPT_S:
            raise self._error(f"discard_s must leave at least {LEAST_KEPT_S} s of target_s")
        places = [(point.x, point.y) for point in procedure.calibration]
        if len(places) < LEAST_TARGETS:
            raise self._error(f"calibration needs at least {LEAST_TARGETS} points")
        if len(set(places)) < len(places):
            raise self._error("calibration names a point twice: each must be another one")
        if np.ptp(places, axis=0).min() < LEAST_SPREAD:
            raise self._error("calibration's points must spread over both width and height")
        if {(point.x, point.y) for point in procedure.validation} & set(places):
            raise self._error("validation must use other points than calibration, to measure it")

    def _error(self, what: str) -> CalibrationError:
        return CalibrationError(f"{self._path}: {what}")

    def _refuse_unknown(self, table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
        unknown = sorted(set(table) - set(known))
        if unknown:
            raise self._error(f"{where}unknown field {unknown[0]!r}; there is: {', '.join(known)}")

    def _text(self, field: str, otherwise: str) -> str:
        value = self._table.get(field, otherwise)
        if not _is_line(value) or not value:
            raise self._error(f"{field} must be a line of up to {LONGEST_WORDS} characters")
        return str(value)

    def _seconds(self, table: dict[str, Any], field: str, where: str = "") -> float:
        value = table.get(field)
        if not _is_number(value) or not 0 <= value <= LONGEST_S:
            raise self._error(
                f"{where}{field} must be seconds, 0 to {LONGEST_S:g}, not {_brief(value)}"
            )
        return float(value)

    def _size(self) -> float:
        value = self._table.get("size", 1.0)
        if not _is_number(value) or not SIZES[0] <= value <= SIZES[1]:
            raise self._error(
                f"size must be a number, {SIZES[0]:g} to {SIZES[1]:g}, not {_brief(value)}"
            )
        return float(value)

    def _stepped(self) -> bool:
        value = self._table.get("stepped", False)
        if not isinstance(value, bool):
            raise self._error(f"stepped must be true or false, not {_brief(value)}")
        return value

    def _points(self, field: str) -> tuple[Point, ...]:
        value = self._table.get(field)
        if not isinstance(value, list):
            raise self._error(f"{field} must be a list of points such as [0.5, 0.5]")
        return tuple(self._point(f"{field}, point {n}: ", item) for n, item in enumerate(value, 1))

    def _point(self, where: str, value: object) -> Point:
        table = value if isinstance(value, dict) else {"at": value}
        self._refuse_unknown(table, POINT_FIELDS, where)
        at = table.get("at")
        if not (isinstance(at, list) and len(at) == 2 and all(_is_share(c) for c in at)):
            raise self._error(f"{where}must be [x, y], each from 0 to 1, not {_brief(at)}")
        words = table.get("words", "")
        if not _is_line(words):
            raise self._error(f"{where}words must be a line of up to {LONGEST_WORDS} characters")
        wait_s = self._seconds(table, "wait_s", where) if "wait_s" in table else 0.0
        if words and wait_s <= 0:
            raise self._error(f"{where}words need wait_s, the time to read and to follow them")
        return Point(float(at[0]), float(at[1]), str(words), wait_s)

    def _pictures(self) -> tuple[Path, ...]:
        value = self._table.get("pictures", [])
        if not isinstance(value, list) or not all(isinstance(p, str) and p for p in value):
            raise self._error("pictures must be a list of file names")
        return tuple(self._picture(name) for name in value)

    def _picture(self, name: str) -> Path:
        path = self._path.parent / name
        try:
            content = np.frombuffer(path.read_bytes(), np.uint8)
            image = cv2.imdecode(content, cv2.IMREAD_COLOR) if len(content) else None
        except (OSError, ValueError, cv2.error) as error:
            why = getattr(error, "strerror", None) or "not a file"
            raise self._error(f"pictures: {path} cannot be read ({why})") from error
        if image is None:
            raise self._error(f"pictures: {path} is no picture that can be read: use PNG or JPEG")
        return path


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_share(value: object) -> bool:
    return _is_number(value) and 0 <= value <= 1


def _is_line(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_WORDS and value.isprintable()


def _brief(value: object) -> str:
    """What was there instead, short enough for the line it is told in."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 40 else f"{text[:40]}…"
