"""Layouts from files: which keys there are, on which page and where.

A layout is a TOML file; `layouts/qwerty.toml` explains the format. Most name their letters only and
take the rest from a frame (`layouts/frames/`): a file of the same kind that says where the letters
go, and what is on the other pages.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gazetalk.keyboard.board import (
    ACTIONS_WITH_MORE,
    REST_PAGE,
    SIMPLE_ACTIONS,
    TEXT_CELL,
    Board,
    Cell,
    Key,
    Layout,
    Page,
    Rect,
)
from gazetalk.keyboard.toml_file import TomlFile, are_strings

SHIPPED = Path(__file__).resolve().parent / "layouts"
FRAMES = SHIPPED / "frames"
DEFAULT = "qwerty"
CHOICES = 8  # most words to choose from on one page
PHRASES = 12  # most phrases on one page
BUILT_IN = {
    **{action: (action.replace("-", " "), action, "") for action in SIMPLE_ACTIONS[1:]},
    "space": ("space", "space", " "),
    "wake": ("I am back", "wake", ""),
    "restart": ("word anew", "restart", ""),
    "next": ("more", "next:", ""),
    "writing": ("", "writing:", ""),
    "repeat": ("say again", "repeat", ""),
    "check": ("check gaze", "check", ""),
    "pause": ("pause voice", "pause", ""),
    "hush": ("stop voice", "hush", ""),
    "set-back": ("as before", "set-back", ""),
    **{f"word{n}": ("", f"choose:{n}", "") for n in range(1, CHOICES + 1)},
    **{f"part{n}": ("", f"part:{n}", "") for n in range(1, CHOICES + 1)},
    **{f"phrase{n}": ("", f"phrase:{n}", "") for n in range(1, PHRASES + 1)},
    **{f"answer{n}": ("", f"answer:{n}", "") for n in range(1, CHOICES + 1)},
}
GAP = "gap"
LETTERS, ACCENTS = "@letters", "@accents"  # rows that stand for those of a layout


class LayoutError(ValueError):
    """A layout that cannot be used: one line saying what, in which file and line, what to do."""


class NoSuchLayout(LayoutError):
    """There is no layout of that name, or no such file."""


Rows = tuple[tuple[Cell, ...], ...]


def shipped_layouts() -> list[str]:
    """The names of the layouts that come with the program."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def shipped_frames() -> list[str]:
    """The names of the frames that letters can be put into."""
    return sorted(path.stem for path in FRAMES.glob("*.toml"))


def load_layout(name_or_path: str | Path) -> Layout:
    """A shipped layout by its name, or a layout file by its path (ending in .toml).

    A frame's name after a layout's ("german-words") puts the letters into that frame. Raises
    LayoutError; NoSuchLayout when there is none to read.
    """
    path, frame = _find(name_or_path)
    files = _read_all(path, frame)
    name = f"{path.stem}-{frame}" if frame else files[0].string("name") or path.stem
    return _Plan(files).layout(name)


def load_or_default(name_or_path: str | Path) -> tuple[Layout, str]:
    """A layout, or the default one where the file is broken, and what is wrong with it in one line
    ("" when nothing is). Raises NoSuchLayout."""
    try:
        return load_layout(name_or_path), ""
    except NoSuchLayout:
        raise
    except LayoutError as error:
        return load_layout(DEFAULT), f"{error}; {DEFAULT} is used instead"


def _find(name_or_path: str | Path) -> tuple[Path, str | None]:
    """A layout's file, and the frame to use instead of its own, if any."""
    if isinstance(name_or_path, Path) or name_or_path.endswith(".toml"):
        return Path(name_or_path), None
    if name_or_path in shipped_layouts():
        return SHIPPED / f"{name_or_path}.toml", None
    for frame in shipped_frames():
        name = name_or_path.removesuffix(f"-{frame}")
        if name != name_or_path and name in shipped_layouts():
            return SHIPPED / f"{name}.toml", frame
    raise NoSuchLayout(
        f"there is no layout {name_or_path!r}: choose one of {', '.join(shipped_layouts())}, "
        "with -words, -large or -two-zone after it if you like, or give a .toml file"
    )


def _read_all(path: Path, frame: str | None) -> list[TomlFile]:
    """The file and the frames it stands on, the nearest first."""
    files = [_file(path)]
    base = _base(files[0]) if frame is None else frame
    while base is not None:
        files.append(_file(FRAMES / f"{base}.toml"))
        base = _base(files[-1])
    return files


def _file(path: Path) -> TomlFile:
    return TomlFile(path, LayoutError, NoSuchLayout)


def _base(file: TomlFile) -> str | None:
    """The frame that a file stands on, None when it is whole by itself."""
    base = file.string("base")
    if base is not None and base not in shipped_frames():
        known = ", ".join(shipped_frames())
        raise file.error(f"base = {base!r} is no frame; use one of {known}", "base")
    return base


@dataclass(frozen=True)
class _Letters:
    """Rows of letters, and the file that they stand in."""

    file: TomlFile
    rows: Rows


class _Plan:
    """Puts a layout together from its file and the frames below it, or says where one is wrong."""

    def __init__(self, files: list[TomlFile]) -> None:
        self.files = files
        self.keys: dict[str, tuple[str, str, str]] = {}
        self.pages: dict[str, tuple[TomlFile, dict[str, Any]]] = {}
        for file in reversed(files):
            self.keys.update({n: _described(file, n, t) for n, t in file.tables("keys").items()})
            self.pages.update({n: (file, t) for n, t in file.tables("pages").items()})
        self.letters = {LETTERS: self.rows_of("letters"), ACCENTS: self.rows_of("accents")}

    def layout(self, name: str) -> Layout:
        file = self.files[0]
        if not self.pages:
            raise file.error("there are no pages; add base, or [pages.letters] with rows", "pages")
        pages = {name: self.page(name, *found) for name, found in self.pages.items()}
        named = [file.table["first"] for file in self.files if "first" in file.table]
        first = named[0] if named else next(iter(pages))
        if not isinstance(first, str) or first not in pages:
            raise file.error(f"first = {first!r} is not a page; name one of {list(pages)}", "first")
        languages = [file.string("language") for file in self.files]
        language = next((language for language in languages if language is not None), "")
        layout = Layout(name, first, MappingProxyType(pages), language)
        self.check_ways(layout)
        return layout

    def rows_of(self, name: str) -> _Letters | None:
        """The rows of letters or accents, from the nearest file that has them."""
        file = next((file for file in self.files if name in file.table), None)
        if file is None:
            return None
        if file.table[name] in shipped_layouts():
            return _Plan(_read_all(SHIPPED / f"{file.table[name]}.toml", None)).rows_of(name)
        return _Letters(file, tuple(self.row(file, row) for row in file.strings(name)))

    def page(self, name: str, file: TomlFile, table: dict[str, Any]) -> Page:
        head = f"[pages.{name}]"
        strip = table.get("strip", 0.17)
        if not _is_number(strip) or not 0 <= strip <= 0.9:
            raise file.error(f"page {name!r}: strip must be a share from 0 to 0.9", head)
        flags = {flag: table.get(flag, False) for flag in ("once", "columns")}
        for flag, value in flags.items():
            if not isinstance(value, bool):
                raise file.error(f"page {name!r}: {flag} must be true or false", head)
        rows: Any = table.get("rows")
        if not are_strings(rows):
            raise file.error(f"page {name!r}: rows must be a list of strings", head)
        heights = table.get("heights")
        if heights is not None and not _are_sizes(heights, len(rows)):
            what = f"page {name!r}: heights must be {len(rows)} numbers from 0.1 to 100, one a row"
            raise file.error(what, head)
        page = Page(float(strip), *self.filled(name, file, rows, heights), **flags)
        seen: set[str] = set()
        for cell in page.cells():
            if cell.id in seen:
                file = self.where(cell, file)
                raise file.error(f"page {name!r} has key {cell.id!r} twice; drop one", head)
            seen.add(cell.id)
        return page

    def filled(
        self, name: str, file: TomlFile, rows: list[str], heights: list[float] | None
    ) -> tuple[Rows, tuple[float, ...]]:
        """The rows and their heights, letters put in: all of them are as high as their row says."""
        cells: list[tuple[Cell, ...]] = []
        sizes: list[float] = []
        for number, row in enumerate(rows):
            if row not in self.letters:
                cells.append(self.row(file, row))
                sizes.append(heights[number] if heights else 1.0)
                continue
            letters = self.letters[row]
            if letters is None:
                what = f"page {name!r}: there are no {row[1:]}; add {row[1:]} = [...]"
                raise self.files[0].error(what, f'"{row}"')
            cells += letters.rows
            sizes += [heights[number] / len(letters.rows) if heights else 1.0] * len(letters.rows)
        return tuple(cells), tuple(sizes)

    def where(self, cell: Cell, file: TomlFile) -> TomlFile:
        """The file to correct when a key is too many: the letters', if it is among them."""
        for letters in self.letters.values():
            if letters and any(cell.id == other.id for row in letters.rows for other in row):
                return letters.file
        return file

    def row(self, file: TomlFile, row: str) -> tuple[Cell, ...]:
        tokens = unicodedata.normalize("NFC", row).split()
        if not tokens:
            raise file.error("a row has no keys; write at least gap", f'"{row}"')
        return tuple(self.cell(file, token, row) for token in tokens)

    def cell(self, file: TomlFile, token: str, row: str) -> Cell:
        name, width = token, 1.0
        if len(token) > 1 and "*" in token[1:]:
            name, _, number = token.rpartition("*")
            width = _as_width(number)
            if not width:
                raise file.error(f"key {token!r}: width must be a number from 0.1 to 100", row)
        if name in (GAP, TEXT_CELL) and name not in self.keys:
            return Cell(name, "", "", "", width)
        if name in self.keys:
            return Cell(name, *self.keys[name], width)
        if name in BUILT_IN:
            return Cell(name, *BUILT_IN[name], width)
        if len(name) == 1 and name.isprintable():
            return Cell(name, _label(name), "type", name, width)
        raise file.error(f"key {name!r} is unknown; describe it in [keys.{name}]", row)

    def check_ways(self, layout: Layout) -> None:
        """No page may be a trap: each has the bell, rest, and a way back to the first."""
        for name, page in layout.pages.items():
            file, head = self.pages[name][0], f"[pages.{name}]"
            for target in _ways(page, layout.first):
                if target not in layout.pages:
                    what = f"page {name!r} leads to a missing page {target!r}; add it"
                    raise file.error(what, head)
            actions = {cell.action for cell in page.cells()}
            if "bell" not in actions:
                raise file.error(f"page {name!r} has no bell; add the key bell", head)
            if "rest" not in actions and name != REST_PAGE:
                raise file.error(f"page {name!r} has no rest; add the key rest", head)
        for name in layout.pages:
            if layout.first not in _reachable(layout, name):
                what = f"page {name!r} has no way back to {layout.first!r}; add wake or a page key"
                raise self.pages[name][0].error(what, f"[pages.{name}]")


def _described(file: TomlFile, name: str, table: dict[str, Any]) -> tuple[str, str, str]:
    """Label, action and text of a key described under [keys]."""
    head = f"[keys.{name}"
    for field in ("label", "action", "text"):
        value = table.get(field, "")
        if not isinstance(value, str) or not value.isprintable():
            raise file.error(f"key {name!r}: {field} must be a string on one line", head)
    text = table.get("text", "")
    action = table.get("action", "type")
    if action not in SIMPLE_ACTIONS and not action.startswith(ACTIONS_WITH_MORE):
        known = ", ".join([*SIMPLE_ACTIONS, "page:NAME", "say:TEXT", "put:TEXT"])
        raise file.error(f"key {name!r}: unknown action {action!r}; use one of {known}", head)
    kind, _, more = action.partition(":")
    if kind in ("choose", "part") and not _is_slot_number(more):
        raise file.error(f"key {name!r}: {kind} needs a number from 1 to {CHOICES}", head)
    if action == "type" and not text:
        raise file.error(f'key {name!r} types nothing; give it text = "..."', head)
    if action == "space":
        text = " "
    return table.get("label", text.strip() or name), action, text


def _ways(page: Page, first: str) -> set[str]:
    """The pages that a page's keys lead to."""
    fixed = {"rest": REST_PAGE, "wake": first, "back": first}
    actions = [cell.action for cell in page.cells()]
    named = {action.removeprefix("page:") for action in actions if action.startswith("page:")}
    return named | {fixed[action] for action in actions if action in fixed}


def _reachable(layout: Layout, start: str) -> set[str]:
    reached, new = {start}, {start}
    while new:
        new = {way for name in new for way in _ways(layout.pages[name], layout.first)} - reached
        reached |= new
    return reached


def _label(character: str) -> str:
    upper = character.upper()
    return upper if len(upper) == 1 else character


def _as_width(text: str) -> float:
    """The number, or 0 when it is none or out of range."""
    try:
        width = float(text)
    except ValueError:
        return 0.0
    return width if math.isfinite(width) and 0.1 <= width <= 100 else 0.0


def _are_sizes(values: object, count: int) -> bool:
    return (
        isinstance(values, list)
        and len(values) == count
        and all(_is_number(value) and 0.1 <= value <= 100 for value in values)
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_slot_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text) <= CHOICES


__all__ = [
    "REST_PAGE",
    "Board",
    "Cell",
    "Key",
    "Layout",
    "LayoutError",
    "NoSuchLayout",
    "Page",
    "Rect",
    "load_layout",
    "load_or_default",
    "shipped_frames",
    "shipped_layouts",
]
