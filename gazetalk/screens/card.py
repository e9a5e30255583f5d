"""A bank card in its true size, if the screen is as wide as is thought."""

from __future__ import annotations

from dataclasses import dataclass

from gazetalk.keyboard.layout import Rect
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.look import USUAL, Look

TITLE = "How large is the screen?"
HOW = (
    "Hold a bank card to the glass, over the picture of one.",
    "Arrow keys make it smaller or larger until they are alike. Enter: it is right.",
)


@dataclass(frozen=True)
class CardView:
    """The card's picture, pixels, and how wide the screen is if it is right, mm. words: one line in
    place of that width, "" for none."""

    width_px: float
    height_px: float
    screen_mm: float
    words: str = ""


def draw_card(canvas: Canvas, view: CardView, look: Look = USUAL) -> None:
    """Draw the card in the middle, what to do above it, and the width below."""
    width, height = canvas.size
    theme = look.colours()
    canvas.clear(theme.background)
    size = round(min(height / 20, width / 30))
    canvas.text(TITLE, (width / 2, 0.08 * height), round(1.3 * size), theme.text)
    for number, line in enumerate(HOW):
        fitted = canvas.fitting_size(line, round(0.8 * size), 0.94 * width)
        canvas.text(line, (width / 2, 0.15 * height + 1.3 * number * size), fitted, theme.muted)
    card = Rect(
        round((width - view.width_px) / 2),
        round((height - view.height_px) / 2 + 0.06 * height),
        round(view.width_px),
        round(view.height_px),
    )
    radius = round(view.width_px * 3.18 / 85.6)  # ISO/IEC 7810
    canvas.box(card, theme.key, theme.accent, max(2, round(height / 300)), radius)
    stripe = Rect(card.x, card.y + card.height // 6, card.width, card.height // 5)
    canvas.bar(stripe, theme.outline)
    told = view.words or f"The screen is {view.screen_mm / 10:.1f} cm wide"
    canvas.text(told, (width / 2, 0.95 * height), round(0.9 * size), theme.text)
