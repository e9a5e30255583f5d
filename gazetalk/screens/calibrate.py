"""The calibration screens: a target to look at, and afterwards where the gaze fell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gazetalk.keyboard.layout import Rect
from gazetalk.screens.canvas import Canvas, Point, pygame
from gazetalk.screens.look import USUAL, Look
from gazetalk.screens.theme import Theme


@dataclass(frozen=True)
class CalibrationView:
    """A target and how far things are.

    target: where to look, pixels, or None between targets. shrink: 0 (just shown, large) to 1
    (small, being measured). done of total targets are over. words: one line ("" for none).
    size: of the target, times the usual. picture: a picture file to draw as the target.
    """

    target: Point | None
    shrink: float
    done: int
    total: int
    words: str = ""
    size: float = 1.0
    picture: Path | None = None


@dataclass(frozen=True)
class TargetResult:
    """A target, pixels, and where the eyes were found to look at it (empty: never seen).

    name: written beside it.
    """

    target: Point
    gaze: tuple[Point, ...]
    name: str = ""


@dataclass(frozen=True)
class CalibrationResults:
    """Where the gaze fell on a screen of that size, and what it came to.

    figures: name and value, as they are to be shown. words: one line that sums them up.
    """

    width_px: int
    height_px: int
    targets: tuple[TargetResult, ...]
    figures: tuple[tuple[str, str], ...]
    words: str = ""


def draw_calibration(canvas: Canvas, view: CalibrationView, look: Look = USUAL) -> None:
    """Draw the target, and words and progress where they do not draw the eyes from it."""
    width, height = canvas.size
    theme = look.colours()
    canvas.clear(theme.background)
    low = view.target is None or view.target[1] < 0.6 * height
    y = 0.86 * height if low else 0.14 * height
    size = look.text_scale * min(height / 22, width / 26)
    words = canvas.captions(look.language).line(view.words)
    _draw_words(canvas, words, (width / 2, y), size, theme)
    _draw_progress(canvas, view.done, view.total, (width / 2, y + height / 18), theme)
    if view.target is not None:
        if view.picture is not None:
            _draw_picture(canvas, view.target, view.size, view.picture)
        _draw_target(canvas, replace(view, shrink=look.in_steps(view.shrink)), theme)


def draw_results(canvas: Canvas, view: CalibrationResults, look: Look = USUAL) -> None:
    """Draw a small picture of the screen with targets and gaze, and the figures beside it."""
    width, height = canvas.size
    theme = look.colours()
    canvas.clear(theme.background)
    size = look.text_scale * min(height / 20, width / 26)
    words = canvas.captions(look.language).line(view.words)
    _draw_words(canvas, words, (width / 2, 0.1 * height), size, theme)
    beside = width >= height
    area = _area(canvas, (0.05, 0.2, 0.55, 0.92) if beside else (0.05, 0.17, 0.95, 0.6))
    _draw_map(canvas, view, area, look)
    room = _area(canvas, (0.6, 0.2, 0.96, 0.92) if beside else (0.08, 0.64, 0.92, 0.96))
    _draw_figures(canvas, view.figures, room, look)


def _draw_words(canvas: Canvas, words: str, at: Point, size: float, theme: Theme) -> None:
    fitted = canvas.fitting_size(words, round(size), 0.92 * canvas.size[0])
    canvas.text(words, at, fitted, theme.text)


def _draw_progress(canvas: Canvas, done: int, total: int, at: Point, theme: Theme) -> None:
    """A dot for each target: full when it is over."""
    radius = max(3.0, min(canvas.size) / 110)
    step = min(3.2 * radius, 0.9 * canvas.size[0] / max(1, total))
    for number in range(total):
        dot = (at[0] + (number - (total - 1) / 2) * step, at[1])
        if number < done:
            canvas.disc(dot, radius, theme.accent)
        else:
            canvas.ring(dot, radius, max(1.0, radius / 4), theme.outline)


def _draw_target(canvas: Canvas, view: CalibrationView, theme: Theme) -> None:
    """A disc that shrinks about its middle; over a picture only the middle is marked."""
    if view.target is None:
        return
    short = min(canvas.size)
    largest, smallest = view.size * short / 18, view.size * short / 60
    radius = largest + (smallest - largest) * min(1.0, max(0.0, view.shrink))
    if view.picture is None:
        canvas.disc(view.target, round(radius), theme.fill)
        canvas.ring(view.target, round(radius), max(2, short / 360), theme.accent)
    else:
        canvas.disc(view.target, short / 90, theme.background)
    canvas.disc(view.target, short / 180, theme.text)


def _draw_picture(canvas: Canvas, at: Point, size: float, path: Path) -> None:
    """The picture around the target's place, as large as fits a square; its middle gets marked."""
    side = round(size * min(canvas.size) / 5)

    def paint(large: pygame.Surface) -> None:
        image = pygame.image.load(path)
        scale = min(large.get_width() / image.get_width(), large.get_height() / image.get_height())
        fitted = max(1, round(image.get_width() * scale)), max(1, round(image.get_height() * scale))
        place = pygame.Rect((0, 0), fitted)
        place.center = large.get_rect().center
        large.blit(pygame.transform.smoothscale(image.convert_alpha(), fitted), place)

    canvas.picture(("file", str(path)), at, side, paint)


def _draw_map(canvas: Canvas, view: CalibrationResults, area: Rect, look: Look) -> None:
    theme = look.colours()
    scale = min(area.width / view.width_px, area.height / view.height_px)
    size = round(view.width_px * scale), round(view.height_px * scale)
    left, top = area.x + (area.width - size[0]) // 2, area.y
    line = max(1, round(min(canvas.size) / 500))
    canvas.box(Rect(left, top, *size), theme.key, theme.outline, line, 4 * line)

    def place(point: Point) -> Point:
        """On the little screen; what fell beside it is shown at its edge."""
        x = min(max(point[0] * scale, 0.0), float(size[0]))
        y = min(max(point[1] * scale, 0.0), float(size[1]))
        return left + x, top + y

    radius = max(5.0, min(canvas.size) / 70)
    for result in view.targets:
        target = place(result.target)
        canvas.ring(target, radius, max(2.0, radius / 5), theme.accent)
        for gaze in result.gaze:
            canvas.line(target, place(gaze), theme.muted)
            canvas.disc(place(gaze), max(2.0, radius / 4), theme.warning)
        name = (target[0] + 1.3 * radius, target[1] - 1.3 * radius)
        canvas.text(result.name, name, round(1.6 * radius), theme.text)
    middle = left + size[0] / 2
    y = top + size[1] + 2.2 * radius
    _draw_legend(canvas, (middle, y), radius, look)


def _draw_legend(canvas: Canvas, at: Point, radius: float, look: Look) -> None:
    """Which sign is the target and which the gaze."""
    size, (x, y), theme = round(2 * radius), at, look.colours()
    says = canvas.captions(look.language).screens
    canvas.ring((x - 9 * radius, y), radius, max(2.0, radius / 5), theme.accent)
    canvas.text(says["target"], (x - 7.5 * radius, y), size, theme.muted, anchor="midleft")
    canvas.disc((x + 2 * radius, y), max(2.0, radius / 4), theme.warning)
    canvas.text(says["gaze"], (x + 3 * radius, y), size, theme.muted, anchor="midleft")


def _draw_figures(
    canvas: Canvas, figures: Sequence[tuple[str, str]], room: Rect, look: Look
) -> None:
    """The names on the left, the values on the right, one below the other."""
    if not figures:
        return
    theme, says = look.colours(), canvas.captions(look.language)
    figures = [(says.line(name), says.line(value)) for name, value in figures]
    step = min(room.height / len(figures), look.text_scale * min(canvas.size) / 14)
    size = round(0.5 * step)
    for name, value in figures:
        together = f"{name}  {value}"
        size = min(size, canvas.fitting_size(together, size, room.width, bold=True))
    for number, (name, value) in enumerate(figures):
        y = room.y + (number + 0.5) * step
        canvas.text(name, (room.x, y), size, theme.muted, anchor="midleft")
        at = (room.x + room.width, y)
        canvas.text(value, at, size, theme.text, bold=True, anchor="midright")


def _area(canvas: Canvas, shares: tuple[float, float, float, float]) -> Rect:
    """From left, top, right and bottom as shares of the canvas."""
    width, height = canvas.size
    x, y = round(shares[0] * width), round(shares[1] * height)
    return Rect(x, y, round(shares[2] * width) - x, round(shares[3] * height) - y)
