"""A second window beside the main one, which only shows: for whoever sits opposite.

pygame 2.6 has these in `pygame._sdl2.video` alone, without a surface of their own (pygame-ce has
that module too): what is drawn goes there as a texture. `Window.from_display_module` is never
called: what it gives is freed while events still point at it (pygame 2.6.1, seen under Xvfb).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pygame
from pygame._sdl2 import video

from gazetalk.screens.canvas import Canvas

USUAL_SIZE = (640, 360)
# SDL_WINDOWPOS_CENTERED_DISPLAY(1); the main window is on monitor 0.
MIDDLE_OF_SECOND = video.WINDOWPOS_CENTERED | 1


class NoRoom(ValueError):
    """There is nowhere to show it: one line."""


class SecondWindow:
    """A window on another monitor, as large as that, where there is one; else a small one
    in a corner.

    alone: the main window covers its whole monitor, so a small one would lie on its keys. Raises
    NoRoom where there is no other monitor then, and where it cannot be opened.
    """

    def __init__(self, title: str, alone: bool) -> None:
        monitors = pygame.display.get_desktop_sizes()
        if alone and len(monitors) < 2:
            raise NoRoom("A window for who sits opposite needs a second monitor")
        try:
            size, place = USUAL_SIZE, (max(0, monitors[0][0] - USUAL_SIZE[0]), 0)
            if len(monitors) > 1:
                size, place = monitors[1], (MIDDLE_OF_SECOND, MIDDLE_OF_SECOND)
            self._window = video.Window(title, size, place, resizable=True)
            self._renderer = video.Renderer(self._window, accelerated=0)
            if len(monitors) > 1:
                self._window.maximize()
        except pygame.error as error:
            raise NoRoom(f"No window for who sits opposite can be opened ({error})") from error
        self.canvas = Canvas(pygame.Surface(self.size))
        self._paint: Callable[[Canvas], None] = lambda canvas: None

    @property
    def size(self) -> tuple[int, int]:
        width, height = self._window.size
        return max(1, width), max(1, height)

    def owns(self, event: Any) -> bool:
        """Whether that happened in this window."""
        return getattr(event, "window", None) is self._window

    def draw(self, paint: Callable[[Canvas], None]) -> None:
        """Let `paint` draw, now and whenever the window has changed."""
        self._paint = paint
        self.redraw()

    def redraw(self) -> None:
        """Show it again: something may have lain over it, or it has another size."""
        if self.canvas.size != self.size:
            self.canvas.resized(pygame.Surface(self.size))
        self._paint(self.canvas)
        texture = video.Texture.from_surface(self._renderer, self.canvas.surface)
        self._renderer.clear()
        texture.draw()
        self._renderer.present()

    def close(self) -> None:
        self._window.destroy()
