"""Settings by eyes: each key takes a setting to its next value, at once, and one takes that back.

What a setting's change means for the program is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from gazetalk.clinic.profile import Profile
from gazetalk.clinic.settings import Settings, SettingsError, change_settings
from gazetalk.keyboard.board import Board

ACTION = "set:"
Value = str | float | bool


@dataclass(frozen=True)
class Choice:
    """The values that a key takes a setting through, each with the words for it."""

    field: str
    steps: tuple[tuple[Value, str], ...]

    def after(self, value: Value) -> Value:
        """The next value; of one that is none of them, the next larger, else the first."""
        values = [step for step, _ in self.steps]
        if value in values:
            return values[(values.index(value) + 1) % len(values)]
        larger = [v for v in values if _is_number(v) and _is_number(value) and v > value]  # type: ignore[operator]
        return larger[0] if larger else values[0]

    def words(self, value: Value) -> str:
        """What the key says of a value."""
        known = dict(self.steps)
        return known[value] if value in known else str(value)


ON_OFF = ((True, "on"), (False, "off"))
_ALWAYS = (
    Choice(
        "theme",
        (
            ("dark", "dark"),
            ("light", "light"),
            ("high-contrast", "high contrast"),
            ("low-blue", "low blue"),
        ),
    ),
    Choice("text_scale", ((0.8, "small"), (1.0, "usual"), (1.3, "large"), (1.6, "very large"))),
    Choice("letter_case", (("upper", "ABC"), ("lower", "abc"))),
    Choice(
        "progress",
        (("fill", "filling"), ("ring", "ring"), ("shrink", "shrinking dot"), ("none", "none")),
    ),
    Choice(
        "pointer",
        (("shown", "shown"), ("progress", "while selecting"), ("hidden", "hidden")),
    ),
    Choice("selection_sound", (("off", "off"), ("soft", "soft"), ("loud", "loud"))),
    Choice(
        "dwell_factor",
        (
            (0.7, "short"),
            (1.0, "usual"),
            (1.5, "long"),
            (2.0, "twice"),
            (3.0, "three times"),
            (5.0, "five times"),
        ),
    ),
    Choice("dwell_adapts", ON_OFF),
    Choice("voice_speed", ((0.8, "slow"), (1.0, "usual"), (1.2, "quick"), (1.4, "very quick"))),
    Choice("screen_language", (("en", "English"), ("de", "Deutsch"), ("es", "español"))),
    Choice(
        "partner",
        (("off", "nothing"), ("top", "beside my text"), ("window", "own window")),
    ),
    Choice("partner_private", ON_OFF),
    Choice("motion", (("full", "smooth"), ("reduced", "in few steps"))),
    Choice("learning", ON_OFF),
    Choice("mending", ON_OFF),
    Choice("drift_correction", ON_OFF),
)


def choices(voices: Sequence[str], layouts: Sequence[str]) -> dict[str, Choice]:
    """All of them by their fields, with the voices and layouts that there are here."""
    named = (
        Choice("voice", tuple((name, name) for name in voices)),
        Choice("layout", tuple((name, name) for name in layouts)),
    )
    return {choice.field: choice for choice in (*_ALWAYS, *named) if choice.steps}


class Tuning:
    """A person's settings while they are changed by keys, kept in the profile at each step."""

    def __init__(self, profile: Profile, settings: Settings, choices: Mapping[str, Choice]) -> None:
        self._profile = profile
        self._choices = choices
        self._before: list[Settings] = []
        self.settings = settings
        self.problem = ""

    def step(self, field: str) -> bool:
        """Take a setting to its next value; False for a field that has none."""
        choice = self._choices.get(field)
        if choice is None:
            return False
        self._before.append(self.settings)
        value = choice.after(getattr(self.settings, field))
        self._keep(replace(self.settings, **{field: value}))  # type: ignore[arg-type]
        return True

    def take_back(self) -> bool:
        """Undo the last step; False when there is none."""
        if not self._before:
            return False
        self._keep(self._before.pop())
        return True

    def restore(self, settings: Settings) -> None:
        """Be as before the last step, which cannot be had, forward or back."""
        if self._before and self._before[-1] == settings:
            self._before.pop()
        self._keep(settings)

    def captions(self) -> dict[str, str]:
        """What the keys say of their settings now, by action."""
        return captions_of(self.settings, self._choices)

    def _keep(self, settings: Settings) -> None:
        """`problem` says why it is not kept for another time; it holds for now all the same."""
        before, self.settings, self.problem = asdict(self.settings), settings, ""
        changed = {name: v for name, v in asdict(settings).items() if v != before[name]}
        try:
            change_settings(self._profile, changed)
        except SettingsError as error:
            self.problem = str(error)


def captions_of(settings: Settings, choices: Mapping[str, Choice]) -> dict[str, str]:
    """What the keys say of settings, by action."""
    return {
        ACTION + field: choice.words(getattr(settings, field)) for field, choice in choices.items()
    }


def captioned(board: Board, captions: Mapping[str, str]) -> Board:
    """The board with the values of settings on their keys, as in "colours: dark"."""
    if not any(key.action.startswith(ACTION) for key in board.keys):
        return board
    keys = tuple(
        replace(key, label=f"{key.label}: {captions[key.action]}")
        if key.action in captions
        else key
        for key in board.keys
    )
    return replace(board, keys=keys)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
