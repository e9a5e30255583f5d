"""Checked values out of a session's JSON and CSV files, or one line of what is wrong."""

from __future__ import annotations

import csv
import reprlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

REPAIR = "correct it or record the session again"


class SessionError(ValueError):
    """A session folder that cannot be read or written: one line, what and where, what to do."""


@dataclass(frozen=True)
class Fields:
    """One JSON object being read: every getter gives a checked value or raises SessionError."""

    path: Path
    prefix: str
    record: Mapping[str, Any]

    def object(self, key: str) -> Fields:
        value = self.record.get(key)
        if not isinstance(value, dict):
            raise self._wrong(key, "an object")
        return Fields(self.path, f"{self.prefix}{key}.", value)

    def number(self, key: str, low: float, high: float) -> float:
        if not _is_number(self.record.get(key), low, high):
            raise self._wrong(key, f"a number from {low:g} to {high:g}")
        return float(self.record[key])

    def number_or_none(self, key: str, low: float, high: float) -> float | None:
        return None if self.record.get(key) is None else self.number(key, low, high)

    def whole(self, key: str, high: int = 100_000) -> int:
        value = self.record.get(key)
        if not isinstance(value, int) or not _is_number(value, 1, high):
            raise self._wrong(key, f"a whole number from 1 to {high}")
        return value

    def pair_or_none(self, key: str, limit: float) -> tuple[float, float] | None:
        value = self.record.get(key)
        if value is None:
            return None
        if (
            not isinstance(value, list)
            or len(value) != 2
            or not all(_is_number(part, -limit, limit) for part in value)
        ):
            raise self._wrong(key, "two numbers or null")
        return float(value[0]), float(value[1])

    def text(self, key: str) -> str:
        value = self.record.get(key, "")
        if not isinstance(value, str):
            raise self._wrong(key, "text")
        return value

    def date_or_none(self, key: str) -> str | None:
        value = self.record.get(key)
        if value is None:
            return None
        with suppress(ValueError, TypeError):
            datetime.fromisoformat(value)
            return str(value)
        raise self._wrong(key, "an ISO 8601 date and time or null")

    def _wrong(self, key: str, wanted: str) -> SessionError:
        if key not in self.record:
            return SessionError(
                f'{self.path}: field "{self.prefix}{key}" is missing, must be {wanted}: {REPAIR}'
            )
        found = reprlib.repr(self.record[key])
        return SessionError(
            f'{self.path}: field "{self.prefix}{key}" must be {wanted}, not {found}: {REPAIR}'
        )


def _is_number(value: object, low: float, high: float) -> bool:
    """Whether `value` is a number, not a bool, within the limits (so neither NaN nor infinite)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


@dataclass(frozen=True)
class Row:
    """One row of a CSV file: every getter gives a checked value or raises SessionError."""

    path: Path
    line: int
    cells: Mapping[str, str]

    def number(self, name: str) -> float:
        with suppress(ValueError):
            value = float(self.cells[name])
            if abs(value) < 1e12:
                return value
        raise self.wrong(name, "a number")

    def count(self, name: str) -> int:
        with suppress(ValueError):
            value = int(self.cells[name])
            if 0 <= value < 2**31:
                return value
        raise self.wrong(name, "a whole number from 0")

    def wrong(self, name: str, wanted: str) -> SessionError:
        found = reprlib.repr(self.cells[name])
        return SessionError(
            f"{self.path}, line {self.line}: {name} must be {wanted}, not {found}: {REPAIR}"
        )


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    reader = csv.DictReader(read_text(path).splitlines())
    try:
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise SessionError(f"{path}, line 1: no column {', '.join(missing)}: {REPAIR}")
        for cells in reader:
            if any(cells[name] is None for name in columns):
                raise SessionError(f"{path}, line {reader.line_num}: the row is cut off: {REPAIR}")
            yield Row(path, reader.line_num, cells)
    except csv.Error as error:
        raise SessionError(f"{path}, line {reader.line_num}: {error}: {REPAIR}") from error


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SessionError(f"{path}: missing: {REPAIR}") from error
    except UnicodeDecodeError as error:
        raise SessionError(f"{path}: not UTF-8 text (byte {error.start}): {REPAIR}") from error
    except OSError as error:
        raise SessionError(f"{path}: cannot be read ({error.strerror}): check it") from error
