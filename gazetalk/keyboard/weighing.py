"""How likely it is beforehand that a look means something other than a letter of the word."""

from __future__ import annotations

import math

from gazetalk.keyboard.aim import Fix, Offsets
from gazetalk.keyboard.layout import Board

KEY_LOG = {
    "more": math.log(0.03),
    "undo": math.log(0.02),
    "restart": math.log(0.03),
    "back": math.log(0.05),
}
RARE_LOG = math.log(0.004)  # keys that are seldom meant
READING = 0.3  # looks that rest on the text, for each that is meant: people read a lot


def log_key(action: str) -> float:
    """log P(a look means the key with this action)."""
    return KEY_LOG.get(action, RARE_LOG)


def log_reading(board: Board, offsets: Offsets, fix: Fix) -> float | None:
    """log density of a look that only reads the text, anywhere along it; None where that cannot be.

    Only looks above the letters may be of reading.
    """
    strip = board.text_rect
    letters_px = min(key.rect.y for key in board.keys if key.spells)
    if not strip.height or fix.y_px >= letters_px:
        return None
    variance = float(offsets.own_px2[1] + offsets.shared_px2[1] + fix.var_y_px2)
    beside = float(fix.y_px - offsets.mean_px[:, 1].mean() - strip.centre[1])
    log = -0.5 * (beside**2 / variance + math.log(2 * math.pi * variance))
    return log - math.log(board.width_px) + math.log(READING)
