"""What a person has decided about the program: one small file, which hands may edit too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from gazetalk.clinic.consent import has_consent
from gazetalk.clinic.profile import Profile
from gazetalk.files import write_atomically
from gazetalk.keyboard.pace import LONGEST_S, SHORTEST_S

FILE = "settings.json"
# What a setting may be where it is one of a few words.
SOUNDS = ("off", "soft", "loud")
THEMES = ("dark", "light", "high-contrast", "low-blue")
CASES = ("lower", "upper")
PROGRESS = ("ring", "fill", "shrink", "none")
LANGUAGES = ("en", "de", "es")
POINTERS = ("shown", "hidden", "progress")
PARTNER = ("off", "top", "window")
MOTION = ("full", "reduced")
NAME = re.compile(r"([a-z0-9][a-z0-9-]{0,39})?")
ON_OFF = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}


class SettingsError(ValueError):
    """Settings that cannot be used: one line saying what, where and what to do."""


@dataclass(frozen=True)
class Settings:
    """drift_correction: learn while talking how far gaze has left its calibration; correct it.
    learning: learn from what is spoken which words to expect. rechecks: check the calibration by
    itself once light or glasses have changed. mending: put the word that was meant in the place of
    one that was hit wrong, where letters are hit one by one. llm: ask the larger
    language model of the extra of that name, where it is installed. dwell_adapts: learn how long a
    look must last to select, between dwell_shortest_s and dwell_longest_s, seconds (without it, 0.8
    for letters and 1.2 for other keys). dwell_factor: all of these times so many times as long.

    screen_width_mm: of the whole screen, 0 while nobody has measured it.
    camera: which, where several are there; "" for the first.
    layout, voice: as `gazetalk talk` takes their names; "" for the usual ones. voice_speed: of the
    voice's own. selection_sound: heard when a key is selected. theme, text_scale, letter_case,
    progress, pointer, screen_language, partner, partner_private, motion: how the talk screen
    looks (`screens.look`). language_log: keep what is written, with its time; only with the
    person's consent (`clinic.consent`).

    Raises ValueError when the shortest dwell is longer than the longest.
    """

    drift_correction: bool = True
    learning: bool = True
    rechecks: bool = True
    mending: bool = True
    llm: bool = True
    dwell_adapts: bool = True
    dwell_shortest_s: float = field(default=SHORTEST_S, metadata={"range": (0.1, 10)})
    dwell_longest_s: float = field(default=LONGEST_S, metadata={"range": (0.1, 10)})
    dwell_factor: float = field(default=1.0, metadata={"range": (0.3, 10)})
    screen_width_mm: float = field(default=0.0, metadata={"range": (0, 3000)})
    camera: str = field(default="", metadata={"name": "a camera's number such as 1"})
    layout: str = field(default="", metadata={"name": "a layout such as words or two-zone"})
    voice: str = field(default="", metadata={"name": "a voice such as english"})
    voice_speed: float = field(default=1.0, metadata={"range": (0.5, 2)})
    selection_sound: str = field(default="off", metadata={"words": SOUNDS})
    theme: str = field(default="dark", metadata={"words": THEMES})
    text_scale: float = field(default=1.0, metadata={"range": (0.8, 1.6)})
    letter_case: str = field(default="upper", metadata={"words": CASES})
    progress: str = field(default="fill", metadata={"words": PROGRESS})
    pointer: str = field(default="shown", metadata={"words": POINTERS})
    screen_language: str = field(default="en", metadata={"words": LANGUAGES})
    partner: str = field(default="off", metadata={"words": PARTNER})
    partner_private: bool = False
    motion: str = field(default="full", metadata={"words": MOTION})
    language_log: bool = False

    def __post_init__(self) -> None:
        if self.dwell_shortest_s > self.dwell_longest_s:
            raise ValueError("dwell_shortest_s must not be longer than dwell_longest_s")


@dataclass(frozen=True)
class _Kind:
    """A kind of value. fits: whether a value in the file is one. read: from what was typed; raises
    KeyError or ValueError. file_words, typed_words: what it may be."""

    fits: Callable[[object], bool]
    read: Callable[[str], object]
    file_words: str
    typed_words: str


def _switch() -> _Kind:
    return _Kind(
        lambda value: isinstance(value, bool),
        lambda text: ON_OFF[text.strip().lower()],
        "true or false",
        "on or off",
    )


def _number(low: float, high: float) -> _Kind:
    def fits(value: object) -> bool:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and low <= value <= high  # type: ignore[operator]

    def read(text: str) -> float:
        if not fits(value := float(text)):
            raise ValueError
        return value

    words = f"a number from {low:g} to {high:g}"
    return _Kind(fits, read, words, words)


def _one_of(words: tuple[str, ...]) -> _Kind:
    def read(text: str) -> str:
        if (word := text.strip().lower()) not in words:
            raise ValueError
        return word

    told = ", ".join(words[:-1]) + " or " + words[-1]
    return _Kind(lambda value: value in words, read, told, told)


def _name(words: str) -> _Kind:
    """A short name of our own: small letters, digits and hyphens; "" for the usual one."""

    def fits(value: object) -> bool:
        return isinstance(value, str) and NAME.fullmatch(value) is not None

    def read(text: str) -> str:
        if not fits(text.strip()):
            raise ValueError
        return text.strip()

    return _Kind(fits, read, words, words)


def _kind(metadata: Mapping[str, Any]) -> _Kind:
    if "range" in metadata:
        return _number(*metadata["range"])
    if "words" in metadata:
        return _one_of(metadata["words"])
    return _name(metadata["name"]) if "name" in metadata else _switch()


_FIELDS = {each.name: _kind(each.metadata) for each in fields(Settings)}


def load_settings(profile: Profile) -> Settings:
    """A person's settings; what the file does not say is as usual. Raises SettingsError."""
    return _settings(profile, _read(profile))


def change_setting(profile: Profile, assignment: str) -> Settings:
    """Change one setting, "field=value", for good. Raises SettingsError, and then changes nothing.

    What else the file holds stays in it.
    """
    name, equals, text = assignment.partition("=")
    kind = _FIELDS.get(name.strip())
    if not equals or kind is None:
        known = ", ".join(f"{field}={kind.typed_words}" for field, kind in _FIELDS.items())
        raise SettingsError(f"{assignment!r} is no setting; there is: {known}")
    try:
        value = kind.read(text)
    except (KeyError, ValueError):
        raise SettingsError(f"{name.strip()} must be {kind.typed_words}, not {text!r}") from None
    return change_settings(profile, {name.strip(): value})


def change_settings(profile: Profile, values: Mapping[str, object]) -> Settings:
    """Change several settings at once, as `change_setting` does one."""
    strange = [name for name in values if name not in _FIELDS]
    if strange:
        raise SettingsError(f"{strange[0][:40]!a} is no setting; there is: {', '.join(_FIELDS)}")
    if values.get("language_log") is True and not has_consent(profile, "language_log"):
        raise SettingsError(
            "language_log needs the person's consent first: "
            f'gazetalk profile consent "{profile.name}" language_log'
        )
    content = {**_read(profile), **values}
    settings = _settings(profile, content)
    profile.create()
    try:
        write_atomically(profile.folder / FILE, json.dumps(content, indent=2) + "\n")
    except OSError as error:
        raise SettingsError(
            f"{profile.folder / FILE}: cannot be written ({error.strerror}); nothing is changed"
        ) from error
    return settings


def settings_lines(settings: Settings) -> list[str]:
    """The settings as `change_setting` takes them, a line each."""
    return [f"{name}={_told(value)}" for name, value in asdict(settings).items()]


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _read(profile: Profile) -> dict[str, Any]:
    path = profile.folder / FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: is not valid JSON: correct or delete it") from error
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: must hold {{...}} with settings: correct or delete it")
    return content


def _settings(profile: Profile, content: dict[str, Any]) -> Settings:
    known = {name: content[name] for name in _FIELDS if name in content}
    for name, value in known.items():
        kind = _FIELDS[name]
        if not kind.fits(value):
            raise SettingsError(
                f"{profile.folder / FILE}: {name} must be {kind.file_words}, not "
                f"{json.dumps(value)[:40]}: correct it there, or take that line out"
            )
    try:
        return Settings(**known)
    except ValueError as error:
        raise SettingsError(f"{profile.folder / FILE}: {error}: correct one of them") from None
