"""Files that people edit, in TOML: errors are one line that names the file and its line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


class TomlFile:
    """A file as it stands. What is wrong with it is raised as `refusal`, its absence as `missing`.

    path: where it lies. table: what it says.
    """

    def __init__(
        self,
        path: Path,
        refusal: type[ValueError] = ValueError,
        missing: type[ValueError] | None = None,
    ) -> None:
        self.path = path
        self._refusal = refusal
        try:
            source = path.read_text(encoding="utf-8")
        except OSError as error:
            what = f"{path}: cannot be read ({error.strerror}); check the path"
            raise (missing or refusal)(what) from error
        except UnicodeDecodeError as error:
            raise refusal(f"{path}: is not UTF-8 text; save it again as UTF-8") from error
        self._lines = source.splitlines()
        try:
            self.table: dict[str, Any] = tomllib.loads(source)
        except (ValueError, RecursionError) as error:
            raise refusal(f"{path}: is not valid TOML: {error}; correct that line") from error

    def error(self, what: str, near: str = "") -> ValueError:
        """An error at the first line that holds the text `near`, where there is one."""
        lines = enumerate(self._lines, 1) if near else ()
        numbers = (i for i, line in lines if near in line and not line.lstrip().startswith("#"))
        number = next(numbers, None)
        where = f"{self.path}" if number is None else f"{self.path}, line {number}"
        return self._refusal(f"{where}: {what}")

    def tables(self, name: str) -> dict[str, dict[str, Any]]:
        """The tables `[name.*]`."""
        found = self.table.get(name, {})
        if not isinstance(found, dict) or not all(isinstance(t, dict) for t in found.values()):
            raise self.error(f"{name} must be tables; write [{name}.NAME]", name)
        return found

    def string(self, name: str) -> str | None:
        value = self.table.get(name)
        if value is not None and not isinstance(value, str):
            raise self.error(f"{name} = {value!r} must be a string", name)
        return value

    def strings(self, name: str) -> list[str]:
        """A list that has at least one string in it."""
        values = self.table.get(name)
        if not are_strings(values):
            raise self.error(f"{name} must be a list of strings", name)
        return list(values or [])


def are_strings(values: object) -> bool:
    """Whether it is a list of strings, at least one."""
    return isinstance(values, list) and bool(values) and all(isinstance(v, str) for v in values)
