"""What a person has agreed to: the words they were asked with, when, and how they answered.

One small file in the profile. It is in no archive: on another machine they are asked again.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from gazetalk.clinic.profile import Profile
from gazetalk.files import write_atomically

FILE = "consents.json"
# What can be agreed to, and the words that are shown and read out.
WORDS = {
    "language_log": (
        "May this program keep a log of every letter, word and phrase that you write, with its "
        "time? It is kept on this computer only, readable by its owner only, for a therapist who "
        "looks at how language is used. You can edit what leaves, and end it and have it deleted "
        "at any time. Nothing else depends on it."
    ),
}


class ConsentError(ValueError):
    """A consent that cannot be read or kept: one line saying what, where and what to do."""


def has_consent(profile: Profile, what: str) -> bool:
    """Whether the person has agreed to that and not withdrawn it. Without a legible record: no."""
    try:
        record = _read(profile).get(what)
    except ConsentError:
        return False
    return isinstance(record, dict) and bool(record.get("given")) and not record.get("withdrawn")


def consent_lines(profile: Profile) -> list[str]:
    """What the person agreed to and when, and what they took back, a line each. Never raises."""
    try:
        records = _read(profile)
    except ConsentError as error:
        return [str(error)]
    lines = []
    for what in WORDS:
        record = records.get(what)
        if isinstance(record, dict):
            told = [f"{key} {record[key]}" for key in ("given", "withdrawn") if record.get(key)]
            line = f"consent to {what}: {', '.join(told) or 'none'}"
            lines.append("".join(char if char.isprintable() else "?" for char in line))
    return lines


def give_consent(profile: Profile, what: str, answer: str, asked: str = "") -> None:
    """Record that the person agreed. answer: how, in words. asked: the words they were asked with,
    where those were not English. Raises ConsentError."""
    told = " ".join(answer.split())
    if not told or not told.isprintable() or len(told) > 500:
        raise ConsentError("how the person agreed is told in a line of 1 to 500 characters")
    record = {"given": _now(), "asked": asked or WORDS[what], "answer": told}
    _write(profile, {**_read(profile), what: record})


def withdraw_consent(profile: Profile, what: str) -> None:
    """From now on the person does not agree. Raises ConsentError when they never did."""
    records = _read(profile)
    if not has_consent(profile, what):
        raise ConsentError(f"{profile.name} has not agreed to {what}: there is nothing to withdraw")
    _write(profile, {**records, what: {**records[what], "withdrawn": _now()}})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _read(profile: Profile) -> dict[str, Any]:
    path = profile.folder / FILE
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise ConsentError(f"{path}: cannot be read: delete it, and ask again") from error
    if not isinstance(records, dict):
        raise ConsentError(f"{path}: holds no consents: delete it, and ask again")
    return records


def _write(profile: Profile, records: dict[str, Any]) -> None:
    path = profile.folder / FILE
    try:
        write_atomically(path, json.dumps(records, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise ConsentError(f"{path}: cannot be written ({error.strerror})") from error
