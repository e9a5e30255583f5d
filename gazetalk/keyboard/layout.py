"""Layouts: which keys there are, on which page and where; placed on a screen they are a `Board`.

A layout is a TOML file (`layouts/qwerty.toml` explains the format). Sizes in it are relative, so
one layout fits every screen.
"""

from __future__ import annotations

import math
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import Any

SHIPPED = Path(__file__).resolve().parent / "layouts"
SIMPLE_ACTIONS = (
    *("type", "space", "erase", "undo", "clear", "speak", "bell", "rest", "wake"),
    *("more", "back", "restart"),
)
CHOICES = 8  # most words to choose from on one page
BUILT_IN = {
    "space": ("space", "space", " "),
    "erase": ("erase", "erase", ""),
    "undo": ("undo", "undo", ""),
    "clear": ("clear", "clear", ""),
    "speak": ("speak", "speak", ""),
    "bell": ("bell", "bell", ""),
    "rest": ("rest", "rest", ""),
    "wake": ("I am back", "wake", ""),
    "more": ("more", "more", ""),
    "back": ("back", "back", ""),
    "restart": ("word anew", "restart", ""),
    **{f"word{number}": ("", f"choose:{number}", "") for number in range(1, CHOICES + 1)},
}
GAP = "gap"
REST_PAGE = "rest"


class LayoutError(ValueError):
    """A layout that cannot be used: one line saying what, in which file and line, what to do."""


@dataclass(frozen=True)
class Rect:
    """A rectangle, pixels; `x` and `y` are its top left corner. Right and bottom edges excluded."""

    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def contains(self, x_px: float, y_px: float) -> bool:
        """Whether the point lies inside; never for NaN."""
        return self.x <= x_px < self.x + self.width and self.y <= y_px < self.y + self.height


@dataclass(frozen=True)
class Key:
    """A key on a screen.

    id: unique on its page. label: what is written on it.
    action: "type", "space", "erase", "undo", "clear", "speak", "bell", "rest", "wake", "more",
    "back", "restart", "choose:N" (the Nth word offered) or "page:NAME".
    text: what it adds to the text ("" for keys that add nothing).
    """

    id: str
    label: str
    action: str
    text: str
    rect: Rect

    @property
    def spells(self) -> bool:
        """Whether it is a letter of words (an apostrophe is, a comma is not)."""
        return self.action == "type" and (self.text.isalpha() or self.text == "'")

    @property
    def choice(self) -> int | None:
        """Which of the words offered it takes, from 0; None when it takes none."""
        prefix, _, number = self.action.partition(":")
        return int(number) - 1 if prefix == "choose" else None


@dataclass(frozen=True)
class Board:
    """A page of a layout placed on a screen. The keys, the gaps and the text tile it fully."""

    page: str
    width_px: int
    height_px: int
    keys: tuple[Key, ...]
    text_rect: Rect

    def key_at(self, x_px: float, y_px: float) -> Key | None:
        """The key at a point; None on the text, in a gap, off the screen and for NaN."""
        return next((key for key in self.keys if key.rect.contains(x_px, y_px)), None)

    def key(self, key_id: str) -> Key:
        """The key of that id. Raises KeyError when this page has none."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise KeyError(f"page {self.page!r} has no key {key_id!r}")

    def key_for(self, text: str) -> Key | None:
        """The key that adds `text` (one character, usually), or None when this page has none."""
        return next((key for key in self.keys if text and key.text == text), None)


@dataclass(frozen=True)
class Cell:
    """A key, or a gap (`action` ""), before it is placed; `width` in units of its own row."""

    id: str
    label: str
    action: str
    text: str
    width: float


@dataclass(frozen=True)
class Page:
    """Rows of cells under a strip for the text; `strip` is its share of the height, 0..0.9.

    heights: how high the rows are, relative to one another.
    """

    strip: float
    rows: tuple[tuple[Cell, ...], ...]
    heights: tuple[float, ...]

    def cells(self) -> Iterator[Cell]:
        return (cell for row in self.rows for cell in row if cell.action)


@dataclass(frozen=True)
class Layout:
    """A checked layout. `first` is the page to begin with and to come back to from rest."""

    name: str
    first: str
    pages: Mapping[str, Page]

    def place(self, width_px: int, height_px: int, page: str | None = None) -> Board:
        """A page (the first, unless named) on a screen of that size.

        Raises KeyError for an unknown page and ValueError for a size that is not positive.
        """
        if width_px < 1 or height_px < 1:
            raise ValueError(f"a board needs a positive size, not {width_px}x{height_px}")
        name = self.first if page is None else page
        shown = self.pages[name]
        strip_px = round(shown.strip * height_px)
        ys = _edges(list(shown.heights), height_px - strip_px)
        keys = []
        for row, top, bottom in zip(shown.rows, ys, ys[1:], strict=False):
            xs = _edges([cell.width for cell in row], width_px)
            for cell, left, right in zip(row, xs, xs[1:], strict=False):
                if cell.action:
                    rect = Rect(left, strip_px + top, right - left, bottom - top)
                    keys.append(Key(cell.id, cell.label, cell.action, cell.text, rect))
        return Board(name, width_px, height_px, tuple(keys), Rect(0, 0, width_px, strip_px))


def shipped_layouts() -> list[str]:
    """The names of the layouts that come with the program."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_layout(name_or_path: str | Path) -> Layout:
    """A shipped layout by its name, or a layout file by its path (ending in .toml).

    Raises LayoutError.
    """
    path = _find(name_or_path)
    try:
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LayoutError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise LayoutError(f"{path}: is not UTF-8 text; save it again as UTF-8") from error
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise LayoutError(f"{path}: is not valid TOML: {error}; correct that line") from error
    return _Reader(path, source).layout(table)


def _find(name_or_path: str | Path) -> Path:
    if isinstance(name_or_path, Path) or name_or_path.endswith(".toml"):
        return Path(name_or_path)
    path = SHIPPED / f"{name_or_path}.toml"
    if name_or_path not in shipped_layouts():
        known = ", ".join(shipped_layouts())
        raise LayoutError(
            f"there is no layout {name_or_path!r}: choose one of {known}, or give a .toml file"
        )
    return path


def _edges(weights: list[float], length_px: int) -> list[int]:
    """The pixel edges (one more than weights) that share out `length_px` by weight, gapless."""
    total = sum(weights)
    return [0, *(round(length_px * part / total) for part in accumulate(weights))]


class _Reader:
    """Turns a layout file's table into a `Layout`, or says where the file is wrong."""

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.lines = source.splitlines()

    def error(self, what: str, near: str) -> LayoutError:
        """An error at the line that holds the text `near`, where there is one."""
        numbers = (i for i, line in enumerate(self.lines, 1) if near in line)
        number = next(numbers, None)
        where = f"{self.path}" if number is None else f"{self.path}, line {number}"
        return LayoutError(f"{where}: {what}")

    def layout(self, table: dict[str, Any]) -> Layout:
        keys = self.tables(table, "keys")
        tables = self.tables(table, "pages")
        pages = {name: self.page(name, page, keys) for name, page in tables.items()}
        if not pages:
            raise self.error("there are no pages; add [pages.letters] with rows", "pages")
        first = table.get("first", next(iter(pages)))
        if not isinstance(first, str) or first not in pages:
            raise self.error(f"first = {first!r} is not a page; name one of {list(pages)}", "first")
        layout = Layout(str(table.get("name", self.path.stem)), first, MappingProxyType(pages))
        self.check_ways(layout)
        return layout

    def tables(self, table: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
        """The tables `[name.*]`."""
        found = table.get(name, {})
        if not isinstance(found, dict) or not all(isinstance(t, dict) for t in found.values()):
            raise self.error(f"{name} must be tables; write [{name}.NAME]", name)
        return found

    def page(self, name: str, table: dict[str, Any], keys: dict[str, dict[str, Any]]) -> Page:
        head = f"[pages.{name}]"
        strip = table.get("strip", 0.17)
        if not _is_number(strip) or not 0 <= strip <= 0.9:
            raise self.error(f"page {name!r}: strip must be a share from 0 to 0.9", head)
        rows = table.get("rows")
        if not isinstance(rows, list) or not rows or not all(isinstance(r, str) for r in rows):
            raise self.error(f"page {name!r}: rows must be a list of strings", head)
        heights = table.get("heights", [1] * len(rows))
        if not _are_sizes(heights, len(rows)):
            what = f"page {name!r}: heights must be {len(rows)} numbers from 0.1 to 100, one a row"
            raise self.error(what, head)
        shown = tuple(self.row(row, keys) for row in rows)
        page = Page(float(strip), shown, tuple(float(height) for height in heights))
        seen: set[str] = set()
        for cell in page.cells():
            if cell.id in seen:
                raise self.error(f"page {name!r} has key {cell.id!r} twice; drop one", head)
            seen.add(cell.id)
        return page

    def row(self, row: str, keys: dict[str, dict[str, Any]]) -> tuple[Cell, ...]:
        tokens = unicodedata.normalize("NFC", row).split()
        if not tokens:
            raise self.error("a row has no keys; write at least gap", f'"{row}"')
        return tuple(self.cell(token, row, keys) for token in tokens)

    def cell(self, token: str, row: str, keys: dict[str, dict[str, Any]]) -> Cell:
        name, width = token, 1.0
        if len(token) > 1 and "*" in token[1:]:
            name, _, number = token.rpartition("*")
            width = _as_width(number)
            if not width:
                raise self.error(f"key {token!r}: width must be a number from 0.1 to 100", row)
        if name == GAP:
            return Cell(GAP, "", "", "", width)
        if name in keys:
            label, action, text = self.described(name, keys[name])
        elif name in BUILT_IN:
            label, action, text = BUILT_IN[name]
        elif len(name) == 1 and name.isprintable():
            label, action, text = _label(name), "type", name
        else:
            raise self.error(f"key {name!r} is unknown; describe it in [keys.{name}]", row)
        return Cell(name, label, action, text, width)

    def described(self, name: str, table: dict[str, Any]) -> tuple[str, str, str]:
        """Label, action and text of a key described under [keys]."""
        head = f"[keys.{name}"
        for field, value in table.items():
            if field in ("label", "action", "text") and not isinstance(value, str):
                raise self.error(f"key {name!r}: {field} must be a string", head)
        text = table.get("text", "")
        action = table.get("action", "type")
        if action not in SIMPLE_ACTIONS and not action.startswith("page:"):
            known = ", ".join([*SIMPLE_ACTIONS, "page:NAME"])
            raise self.error(f"key {name!r}: unknown action {action!r}; use one of {known}", head)
        if action == "type" and not (text and text.isprintable()):
            raise self.error(f'key {name!r} types nothing; give it text = "..."', head)
        if action == "space":
            text = " "
        return table.get("label", text.strip() or name), action, text

    def check_ways(self, layout: Layout) -> None:
        """No page may be a trap: each has the bell, and a way back to the first."""
        for name, page in layout.pages.items():
            head = f"[pages.{name}]"
            for target in _ways(page, layout.first):
                if target not in layout.pages:
                    what = f"page {name!r} leads to a missing page {target!r}; add it"
                    raise self.error(what, head)
            if all(cell.action != "bell" for cell in page.cells()):
                raise self.error(f"page {name!r} has no bell; add the key bell", head)
        for name in layout.pages:
            if layout.first not in _reachable(layout, name):
                what = f"page {name!r} has no way back to {layout.first!r}; add wake or a page key"
                raise self.error(what, f"[pages.{name}]")


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
