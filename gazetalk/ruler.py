"""How wide the screen is: a bank card is held to the glass, and a picture of it made as large."""

from __future__ import annotations

from dataclasses import dataclass

# ISO/IEC 7810, ID-1: bank cards, many identity cards and driving licences.
CARD_MM = (85.60, 53.98)
NARROWEST_MM, WIDEST_MM = 100.0, 3000.0
# What an arrow key changes the picture by; a width that is 1 % wrong errs by less than the eyes do.
STEPS = {"left": 1 / 1.005, "right": 1.005, "down": 1 / 1.05, "up": 1.05}
# Eyes alone must get past it too.
PATIENCE_S = 20.0


@dataclass(frozen=True)
class Ruler:
    """The screen's width so far. width_px: of the window over all of it. last_s: when somebody did
    something last, on the clock that `press` and `over` are told; done: it is right."""

    width_px: int
    width_mm: float
    last_s: float
    done: bool = False

    @property
    def card_px(self) -> tuple[float, float]:
        """The width and height of the card's picture."""
        return CARD_MM[0] * self._px_per_mm, CARD_MM[1] * self._px_per_mm

    def press(self, key: str, t_s: float) -> Ruler:
        """A key of the computer's keyboard went down; others than arrows and Enter do nothing."""
        if key in ("return", "enter", "space"):
            return Ruler(self.width_px, self.width_mm, t_s, done=True)
        if key not in STEPS:
            return self
        # A larger picture means fewer millimetres on the same pixels.
        return self._of(self.width_mm / STEPS[key], t_s)

    def drag(self, x_px: float, t_s: float) -> Ruler:
        """The picture's right edge is put there; the picture stands in the middle."""
        half_px = abs(x_px - self.width_px / 2)
        if half_px < self.width_px / 50:
            return self
        return self._of(self.width_px * CARD_MM[0] / (2 * half_px), t_s)

    def over(self, t_s: float) -> bool:
        """It is right, or nobody is there to say so."""
        return self.done or t_s - self.last_s > PATIENCE_S

    @property
    def _px_per_mm(self) -> float:
        return self.width_px / self.width_mm

    def _of(self, width_mm: float, t_s: float) -> Ruler:
        within = min(max(width_mm, NARROWEST_MM), WIDEST_MM)
        return Ruler(self.width_px, within, t_s)
