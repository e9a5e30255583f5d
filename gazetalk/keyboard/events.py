"""What happened at the keyboard, as records that a transcript takes as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class KeyEvent:
    """Something that happened at `t_s`, as a transcript records it.

    event and fields:
    "selected" key, label, page, by ("dwell", "stay", "press" or "switch"); "committed", "erased",
    "cleared" and "changed" piece, text; "undone" and "redone" text; "moved" caret; "decoded" guess,
    offered; "learned_word" word; "speak" text; "bell"; "rest"; "woke"; "page" page; "restored"
    text; "fault" and "recovered" part, message.
    """

    t_s: float
    event: str
    fields: Mapping[str, Any] = field(default_factory=dict)


def journal_events(before: str | None, now: str | None, t_s: float) -> list[KeyEvent]:
    """Tells that the text stopped being saved or is saved again; `before`, `now`: why it is not."""
    if now and not before:
        return [KeyEvent(t_s, "fault", {"part": "journal", "message": now})]
    if before and not now:
        return [KeyEvent(t_s, "recovered", {"part": "journal", "message": "the text is saved"})]
    return []
