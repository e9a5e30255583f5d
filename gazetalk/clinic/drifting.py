"""How far gaze had left its calibration when a session ended, for those who care for a person."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

from gazetalk.clinic.profile import Profile, ProfileError
from gazetalk.files import write_atomically
from gazetalk.tracking.drift import DriftState

FILE = "drift.json"
NUMBERS = ("largest_mm", "confirmations", "readings")


def save_drift(profile: Profile, state: DriftState) -> None:
    """Keep what a session came to. Raises OSError."""
    ended = datetime.now(UTC).isoformat(timespec="seconds")
    content = {"ended": ended, **state.as_json()}
    write_atomically(profile.folder / FILE, json.dumps(content, indent=2) + "\n")


def drift_line(profile: Profile) -> str | None:
    """The last session's drift in words, None when there was none. Raises ProfileError."""
    path = profile.folder / FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise ProfileError(f"{path}: cannot be read: delete it") from error
    if not _is_drift(content):
        raise ProfileError(f"{path}: not a session's drift: delete it")
    right, down = content["shift_mm"]
    return (
        f"drift of the session that ended {content['ended']}: corrected by "
        f"{_way(right, 'right', 'left')} and {_way(down, 'down', 'up')} at the middle of the "
        f"screen, {content['largest_mm']:.0f} mm at most; learned from {content['confirmations']} "
        f"looks that were confirmed and {content['readings']} lines that were read"
    )


def _way(length_mm: float, ahead: str, back: str) -> str:
    """How a correction moves gaze: against the way that it had drifted."""
    return f"{abs(length_mm):.0f} mm {back if length_mm > 0 else ahead}"


def _is_drift(content: Any) -> bool:
    if not isinstance(content, dict) or not isinstance(content.get("ended"), str):
        return False
    shift = content.get("shift_mm")
    if not isinstance(shift, list) or len(shift) != 2:
        return False
    return all(_is_number(n) for n in [*shift, *(content.get(name) for name in NUMBERS)])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
