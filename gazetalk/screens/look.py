"""How a person wants the screens to look. Only the look: nothing here changes what keys do."""

from __future__ import annotations

from dataclasses import dataclass

from gazetalk.screens.theme import Theme, colours_of, theme_names

THEMES: tuple[str, ...] = theme_names()
PROGRESS: tuple[str, ...] = ("fill", "ring", "shrink", "none")
POINTERS: tuple[str, ...] = ("shown", "progress", "hidden")
CASES: tuple[str, ...] = ("upper", "lower")
PARTNER: tuple[str, ...] = ("off", "top", "window")
MOTION: tuple[str, ...] = ("full", "reduced")
# They only grow, so a look is one flash at most (WCAG 2.2, 2.3.1); a key is filled again at the
# earliest 0.2 s after it was left (`dwell.LEAVE_S`), and a look lasts 0.3 s or longer: 2 a second.
FEW_STEPS = 3
ALMOST = 1e-6
SMALLEST_TEXT, LARGEST_TEXT = 0.8, 1.6


@dataclass(frozen=True)
class Look:
    """A person's choices; the first of each tuple above is the usual one.

    theme: one of THEMES. text_scale: 0.8..1.6 times the usual size of text, as far as there is
    room. letter_case: how keys of letters are labelled. progress: how a look that lasts is shown:
    a key that fills, a ring that closes around it, a disc that shrinks to its middle, or not.
    pointer: "progress" shows it only while a key is being selected. language: of what the screens
    say, ISO 639-1; English where there is no such file in `strings/`. partner: what somebody
    opposite sees (`screens.partner`): nothing, a half of the text's place turned around, or a
    window of their own; partner_private: of the text only what is said. motion:
    "reduced" shows what grows or shrinks in a few steps instead of smoothly (`in_steps`).

    Raises ValueError in one line for anything else.
    """

    theme: str = "dark"
    text_scale: float = 1.0
    letter_case: str = "upper"
    progress: str = "fill"
    pointer: str = "shown"
    language: str = "en"
    partner: str = "off"
    partner_private: bool = False
    motion: str = "full"

    def __post_init__(self) -> None:
        if not SMALLEST_TEXT <= self.text_scale <= LARGEST_TEXT:
            raise ValueError(
                f"text_scale must lie from {SMALLEST_TEXT} to {LARGEST_TEXT}, not {self.text_scale}"
            )
        known = {"theme": THEMES, "letter_case": CASES, "progress": PROGRESS, "pointer": POINTERS}
        known |= {"partner": PARTNER, "motion": MOTION}
        for name, names in known.items():
            value = getattr(self, name)
            if value not in names:
                raise ValueError(f"{name} must be one of {', '.join(names)}, not {value!r}")

    def colours(self, resting: bool = False) -> Theme:
        """What to draw with."""
        colours = colours_of(self.theme)
        return colours.resting if resting else colours.awake

    def in_steps(self, share: float) -> float:
        """A share (0..1) that grows, as it is to be shown: with reduced motion in FEW_STEPS, each
        shown once it is reached."""
        if self.motion == "full":
            return share
        return min(1.0, int(FEW_STEPS * share + ALMOST) / FEW_STEPS)

    def letter(self, label: str) -> str:
        """A letter's label as it is to be written; one that has no such letter stays (ß)."""
        other = label.upper() if self.letter_case == "upper" else label.lower()
        return other if len(other) == len(label) else label


USUAL = Look()
