"""Switches made of the eyes themselves: a long blink, a look beyond the side of the screen."""

from __future__ import annotations

from collections.abc import Collection

KINDS = ("blink", "aside")
SHORTEST_S = 0.35  # ordinary blinks last 0.1 to 0.3 s
# Seen closed for this part of it: a short blink just before frames are lost is not a long one.
SEEN = 0.5
LONGEST_S = 1.5  # longer is closing the eyes to rest
ASIDE = 0.15  # of the screen's width: looks less far beyond it may still mean a key
ASIDE_S = (0.5, 1.8)  # shorter is noise, longer is looking at somebody
BACK_S = 0.2  # on the screen again this long before another look aside counts


class BlinkSwitch:
    """Tells long blinks from others. Feed it every sample; it works when the eyes open again."""

    def __init__(self, shortest_s: float = SHORTEST_S, longest_s: float = LONGEST_S) -> None:
        self._shortest_s = shortest_s
        self._longest_s = longest_s
        self._since_s: float | None = None
        self._last_s = 0.0

    def update(self, t_s: float, blink: bool | None) -> bool:
        """Whether a long blink ended at `t_s`. blink: closed now; None when the eyes are not seen,
        which ends a blink without a switch."""
        if blink:
            self._since_s = t_s if self._since_s is None else self._since_s
            self._last_s = t_s
            return False
        since_s, self._since_s = self._since_s, None
        if blink is None or since_s is None:
            return False
        seen = self._last_s - since_s >= SEEN * self._shortest_s
        return seen and self._shortest_s <= t_s - since_s <= self._longest_s


class AsideSwitch:
    """Tells looks beyond the right or left edge, and back, from others.

    It works when the eyes come back, and not again before they have stayed there.
    """

    def __init__(self) -> None:
        self._aside_s: float | None = None
        self._back_s: float | None = None

    def update(self, t_s: float, x_px: float | None, width_px: int) -> bool:
        """Whether such a look ended at `t_s`. x_px: of the eyes on a screen of that width; None
        when they are not seen, which makes the look aside none."""
        if x_px is None:
            self._aside_s, self._back_s = None, None
            return False
        if not -ASIDE * width_px <= x_px <= (1 + ASIDE) * width_px:
            if self._back_s is not None and t_s - self._back_s >= BACK_S:
                self._aside_s = t_s
            self._back_s = None
            return False
        since_s, self._aside_s = self._aside_s, None
        self._back_s = t_s if self._back_s is None else self._back_s
        return since_s is not None and ASIDE_S[0] <= t_s - since_s <= ASIDE_S[1]


class EyeSwitches:
    """Those of the switches above that a person uses; `kinds` of `KINDS`."""

    def __init__(self, kinds: Collection[str] = ("blink",)) -> None:
        self._blink = BlinkSwitch() if "blink" in kinds else None
        self._aside = AsideSwitch() if "aside" in kinds else None

    def update(self, t_s: float, blink: bool | None, x_px: float | None, width_px: int) -> bool:
        """Whether one of them was used; see their own `update`."""
        blinked = self._blink is not None and self._blink.update(t_s, blink)
        looked = self._aside is not None and self._aside.update(t_s, x_px, width_px)
        return blinked or looked
