"""A helper's page: all settings and what a helper may ask for, by keyboard or mouse.

Draws nothing and changes nothing: it tells what is wished.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gazetalk.keyboard.events import KeyEvent
from gazetalk.keyboard.layout import DEFAULT, load_layout
from gazetalk.screens.helper import HelperView
from gazetalk.tuning import ACTION

# Eyes alone must get past it too: with nobody at the keys it closes by itself.
PATIENCE_S = 60.0
COMMANDS = (
    ("as before", "back"),
    ("bell", "bell"),
    ("rest", "rest"),
    ("check gaze", "check"),
    ("new calibration", "calibrate"),
    ("to the keyboard", "close"),
)
KEYS = {"up": -1, "down": 1, "tab": 1, "home": -1000, "end": 1000}
TAKE = ("return", "enter", "space", "right")


@dataclass(frozen=True)
class Row:
    """label: in English, as on the person's own keys. does: "set:" and a setting's field, or one of
    COMMANDS' second words."""

    label: str
    does: str


def rows(fields: Mapping[str, str]) -> tuple[Row, ...]:
    """The settings there are keys for, of those in `fields` (by action), then the commands."""
    layout = load_layout(DEFAULT)
    keys = [
        key
        for page in layout.pages
        if page.startswith("settings")
        for key in layout.place(1000, 1000, page).keys
        if key.action in fields
    ]
    settings = [Row(key.label, key.action) for key in keys]
    return (*settings, *(Row(*command) for command in COMMANDS))


class Helper:
    """Which row has the focus, as time goes on, and what was wished."""

    def __init__(self, rows: tuple[Row, ...], t_s: float) -> None:
        self._rows = rows
        self._focus = 0
        self._last_s = t_s
        self._wished: list[str] = []

    def press(self, key: str, t_s: float) -> None:
        """A key of the computer's keyboard: arrows, Tab, Home and End move; Enter, space and the
        right arrow take the row; Backspace takes the last step back."""
        self._last_s = t_s
        if key in KEYS:
            last = len(self._rows) - 1
            step = KEYS[key]
            around = (self._focus + step) % len(self._rows)
            self._focus = min(max(self._focus + step, 0), last) if abs(step) > 1 else around
        elif key in TAKE:
            self._wished.append(self._rows[self._focus].does)
        elif key in ("backspace", "left"):
            self._wished.append("back")

    def take(self, number: int, t_s: float) -> None:
        """A row was clicked."""
        self._last_s, self._focus = t_s, number
        self._wished.append(self._rows[number].does)

    def over(self, t_s: float) -> bool:
        """Nobody is there any more."""
        return t_s - self._last_s > PATIENCE_S

    def wished(self) -> list[str]:
        """What rows do that were taken since the last call."""
        wished, self._wished = self._wished, []
        return wished

    def view(self, captions: Mapping[str, str], words: str) -> HelperView:
        """What is to be drawn. captions: what settings are now, by action; words: one line."""
        shown = tuple((row.label, captions.get(row.does, "")) for row in self._rows)
        return HelperView(shown, self._focus, words)


def wish_of(does: str, t_s: float) -> KeyEvent | None:
    """A row about a setting as the keyboard's own event; None for another."""
    if does == "back":
        return KeyEvent(t_s, "setting_back")
    if does.startswith(ACTION):
        return KeyEvent(t_s, "setting", {"setting": does.removeprefix(ACTION)})
    return None
