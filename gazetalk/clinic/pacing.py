"""The pace of a person's looks, kept from one session to the next."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from gazetalk.clinic.profile import Profile
from gazetalk.files import write_atomically

FILE = "dwell.json"


def save_pace(profile: Profile, learned: Mapping[str, float]) -> None:
    """Keep dwell times, seconds, by the kinds of keys. Raises OSError."""
    content = {kind: round(time_s, 4) for kind, time_s in learned.items()}
    write_atomically(profile.folder / FILE, json.dumps(content, indent=2) + "\n")


def load_pace(profile: Profile) -> tuple[dict[str, float], str]:
    """What was kept, and what is wrong with it, "" when nothing is: it can be learned again."""
    path = profile.folder / FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, ""
    except (OSError, ValueError, RecursionError):
        return {}, f"{path}: cannot be read: learning the dwell times anew"
    if not isinstance(content, dict) or not all(map(_is_time, content.values())):
        return {}, f"{path}: does not hold dwell times: learning them anew"
    return content, ""


def _is_time(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value)  # type: ignore[arg-type]
