"""The window: a thin shell around pygame's display, with or without a screen to show it on."""

from __future__ import annotations

import ctypes
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
import pygame

from gazetalk.files import write_atomically
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.second import SecondWindow

HEADLESS_SIZE = (1920, 1080)
UNSEEN_DRIVERS = ("dummy", "offscreen")
SIZE_EVENTS = (pygame.VIDEORESIZE, pygame.WINDOWSIZECHANGED)


class WindowError(RuntimeError):
    """No window, or no picture of it, can be had: one line saying why and what works instead."""


@dataclass(frozen=True)
class Quit:
    """The window is to close."""


@dataclass(frozen=True)
class KeyPressed:
    """A key of the computer's keyboard: its name ("a", "space", "escape", "f1") and what it types
    ("" for keys that type nothing)."""

    name: str
    text: str = ""


@dataclass(frozen=True)
class Clicked:
    """The main mouse button, or a finger, went down at that pixel."""

    x_px: int
    y_px: int


@dataclass(frozen=True)
class Resized:
    """The drawing area has another size now."""

    width_px: int
    height_px: int


@dataclass(frozen=True)
class SecondClosed:
    """The second window is closed, by its cross or by Escape; this one stays."""


Event = Quit | KeyPressed | Clicked | Resized | SecondClosed


class Window:
    """A window of `size` pixels, or the full screen when it is None.

    headless: nothing is shown, everything else works alike. Raises WindowError when no display can
    be opened. One window at a time; use it as a context manager or close it.
    """

    def __init__(
        self, size: tuple[int, int] | None = None, headless: bool = False, title: str = "gazetalk"
    ) -> None:
        if sys.platform == "win32" and not headless:
            _be_aware_of_dpi()
        # Another program's window must not minimise the full screen: no hand would bring it back.
        os.environ.setdefault("SDL_VIDEO_MINIMIZE_ON_FOCUS_LOSS", "0")
        try:
            with _environment({"SDL_VIDEODRIVER": "dummy"} if headless else {}):
                _check_display()
                pygame.display.init()
                _check_driver()
                pygame.display.set_caption(title)
                surface = _open(size, headless)
        except pygame.error as error:
            pygame.display.quit()
            raise WindowError(
                f"no window can be opened ({error}): start it on a desktop, or add --headless"
            ) from error
        pygame.display.set_allow_screensaver(False)  # nobody touches a key, and yet it is in use
        self.canvas = Canvas(surface)
        self._size = surface.get_size()
        self._pointer: tuple[int, int] | None = None
        self._full = size is None and not headless
        self.second: SecondWindow | None = None

    def open_second(self, title: str) -> None:
        """A window beside this one, for somebody else. Raises NoRoom."""
        if self.second is None:
            self.second = SecondWindow(title, alone=self._full)

    def close_second(self) -> None:
        """Without it this one goes on."""
        if self.second is not None:
            self.second.close()
            self.second = None

    @property
    def size(self) -> tuple[int, int]:
        return self._size

    def events(self) -> list[Event]:
        """What happened since the last call. Call often, or the system thinks it dead."""
        events: list[Event] = []
        for event in pygame.event.get():
            if self.second is not None and self.second.owns(event):
                events += self._second_event(self.second, event)
                continue
            self._follow_pointer(event)
            # Of two windows SDL tells only which one was closed.
            if event.type in (pygame.QUIT, pygame.WINDOWCLOSE):
                events.append(Quit())
            elif event.type == pygame.KEYDOWN:
                events.append(_key_pressed(event))
            elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
                events.append(Clicked(*event.pos))
            elif event.type == pygame.WINDOWEXPOSED:
                pygame.display.flip()  # something may have lain over any part of it
            elif event.type in SIZE_EVENTS and self._resize():
                events.append(Resized(*self.size))
        return events

    def pointer(self) -> tuple[int, int] | None:
        """Where the mouse is, pixels; None when it is not over the window."""
        return self._pointer

    def draw(self, paint: Callable[[Canvas], None]) -> None:
        """Let `paint` draw; `flip` shows it."""
        paint(self.canvas)

    def flip(self) -> None:
        """Show what was drawn: only what changed, where that is known."""
        changes = self.canvas.changes()
        if changes is None:
            pygame.display.flip()
        elif changes:
            pygame.display.update(changes)

    def save(self, path: Path) -> None:
        """Write what was drawn as a PNG, whole or not at all. Raises WindowError."""
        picture = io.BytesIO()
        try:
            pygame.image.save(self.canvas.surface, picture, "screen.png")
            write_atomically(path, picture.getvalue())
        except (pygame.error, OSError) as error:
            why = getattr(error, "strerror", None) or error
            raise WindowError(f"{path}: cannot write the picture ({why})") from error

    def close(self) -> None:
        """Close the window; a second time does nothing."""
        self.close_second()
        pygame.display.quit()

    def __enter__(self) -> Window:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _second_event(self, second: SecondWindow, event: Any) -> list[Event]:
        """A helper's keys work whichever window they go to; its mouse is nobody's eyes."""
        key = _key_pressed(event) if event.type == pygame.KEYDOWN else None
        if event.type == pygame.WINDOWCLOSE or (key and key.name == "escape"):
            self.close_second()
            return [SecondClosed()]
        if event.type in (pygame.WINDOWEXPOSED, pygame.WINDOWSIZECHANGED):
            second.redraw()
        return [key] if key else []

    def _follow_pointer(self, event: Any) -> None:
        if event.type in (pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN):
            self._pointer = event.pos
        elif event.type == pygame.WINDOWLEAVE:
            self._pointer = None

    def _resize(self) -> bool:
        """Take the display's surface of now; whether its size is another."""
        surface = pygame.display.get_surface()
        if surface.get_size() == self._size:  # pygame may have resized the surface in place
            return False
        self._size = surface.get_size()
        self.canvas.resized(surface)
        return True


def _key_pressed(event: Any) -> KeyPressed:
    typed = getattr(event, "unicode", "")
    return KeyPressed(pygame.key.name(event.key), typed if typed.isprintable() else "")


def _open(size: tuple[int, int] | None, headless: bool) -> pygame.Surface:
    if headless:
        return pygame.display.set_mode(size or HEADLESS_SIZE)
    if size is None:
        return pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
    return pygame.display.set_mode(size, pygame.RESIZABLE)


def _check_display() -> None:
    """Raises pygame.error where there is surely none; SDL would try, and print while it does."""
    wanted = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    named = any(os.environ.get(name) for name in wanted)
    if sys.platform not in ("win32", "darwin") and not named:
        raise pygame.error("there is no display")


def _check_driver() -> None:
    """Raises pygame.error when SDL fell back on a picture that nobody sees, unless told to."""
    driver = pygame.display.get_driver()
    if driver in UNSEEN_DRIVERS and os.environ.get("SDL_VIDEODRIVER") != driver:
        raise pygame.error("the display cannot be reached")


@contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    """Environment variables for the time being; child processes do not inherit them."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _be_aware_of_dpi() -> None:
    """Otherwise Windows scales the picture and lies about pixels. Has to come before the window."""
    windll: Any = getattr(ctypes, "windll", None)
    with suppress(AttributeError, OSError):
        windll.shcore.SetProcessDpiAwareness(2)  # per monitor; Windows 8.1 and newer
        return
    with suppress(AttributeError, OSError):
        windll.user32.SetProcessDPIAware()
