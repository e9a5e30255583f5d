"""The keyboard as a whole: where the eyes look goes in, what that did comes out as events."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gazetalk.keyboard.composer import Composer, Edit
from gazetalk.keyboard.dwell import Dwell, DwellState, DwellTimes
from gazetalk.keyboard.layout import REST_PAGE, Board, Key, Layout

EDGE_SLACK = 0.05  # gaze this share of the width beyond an edge still means the key at the edge
WAKING_S = 10.0  # a waking left half done goes back to rest after this long
EVENT_OF_EDIT = {
    "type": "committed",
    "space": "committed",
    "erase": "erased",
    "clear": "cleared",
    "undo": "undone",
}


@dataclass(frozen=True)
class KeyEvent:
    """Something that happened at `t_s`, as a transcript records it.

    event and fields:
    "selected" key, label, page, by ("dwell" or "press"); "committed", "erased" and "cleared" piece,
    text; "undone" text; "speak" text; "bell"; "rest"; "woke"; "page" page; "restored" text;
    "fault" and "recovered" part, message. Where words are decoded also "decoded" guess, offered.
    """

    t_s: float
    event: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class KeyboardState:
    """All that a screen needs. `resting`: from "rest" until "woke". `fault`: why the text is not
    being saved, or None."""

    board: Board
    text: str
    dwell: DwellState
    resting: bool
    fault: str | None


def journal_events(before: str | None, now: str | None, t_s: float) -> list[KeyEvent]:
    """Tells that the text stopped being saved or is saved again; `before`, `now`: why it is not."""
    if now and not before:
        return [KeyEvent(t_s, "fault", {"part": "journal", "message": now})]
    if before and not now:
        return [KeyEvent(t_s, "recovered", {"part": "journal", "message": "the text is saved"})]
    return []


class Keyboard:
    """Layout, dwell and composer joined, on a screen of `width_px` x `height_px`."""

    def __init__(
        self,
        layout: Layout,
        composer: Composer,
        width_px: int,
        height_px: int,
        times: DwellTimes | None = None,
    ) -> None:
        self._layout = layout
        self._composer = composer
        self._times = times or DwellTimes()
        self._board = layout.place(width_px, height_px)
        self._dwell = Dwell()
        self._dwell_state = DwellState()
        self._resting = False
        self._page_since_s = 0.0
        self._fault: str | None = None

    @property
    def state(self) -> KeyboardState:
        return KeyboardState(
            self._board, self._composer.text, self._dwell_state, self._resting, self._fault
        )

    def start(self, t_s: float) -> list[KeyEvent]:
        """Begin: tell of the text restored, and of what was wrong with its file.

        A key that the eyes happen to rest on must be left before it can be selected.
        """
        self._dwell.page_changed(t_s)
        found, problem = self._composer.restored, self._composer.problem
        events = [KeyEvent(t_s, "restored", {"text": found})] if found else []
        if problem:
            events.append(KeyEvent(t_s, "fault", {"part": "journal", "message": problem}))
        return events

    def resize(self, width_px: int, height_px: int, t_s: float) -> None:
        """The screen has another size now."""
        self._place(self._board.page, width_px, height_px, t_s)

    def update(
        self, t_s: float, x_px: float | None, y_px: float | None, fresh: bool
    ) -> list[KeyEvent]:
        """The eyes are at that point of the screen, or nobody knows where (None).

        fresh: the point was measured just now, from open eyes; nothing is selected otherwise.
        Call it for each gaze sample; more often does no harm.
        """
        events = self._fall_back(t_s)
        if x_px is None or y_px is None or not (math.isfinite(x_px) and math.isfinite(y_px)):
            key, fresh = None, False
        else:
            key = self._key_at(x_px, y_px)
        dwell_s = self._dwell_time_s(key) if key else 0.0
        self._dwell_state = self._dwell.update(t_s, key.id if key else None, dwell_s, fresh)
        if key and self._dwell_state.selected:
            events += self._select(key, t_s, "dwell")
        return events

    def press(self, key_id: str, t_s: float) -> list[KeyEvent]:
        """Select a key by hand (mouse, touch, keyboard); nothing when this page has no such key."""
        if not any(key.id == key_id for key in self._board.keys):
            return []
        self._dwell.must_leave(key_id)
        return self._select(self._board.key(key_id), t_s, "press")

    def press_at(self, x_px: float, y_px: float, t_s: float) -> list[KeyEvent]:
        """Select the key at a point by hand; nothing where there is no key."""
        key = self._board.key_at(x_px, y_px)
        return self.press(key.id, t_s) if key else []

    def _key_at(self, x_px: float, y_px: float) -> Key | None:
        board = self._board
        slack_px = EDGE_SLACK * board.width_px
        if -slack_px <= x_px <= board.width_px + slack_px and y_px <= board.height_px + slack_px:
            x_px = min(max(x_px, 0), board.width_px - 1)
            y_px = min(y_px, board.height_px - 1)
        return board.key_at(x_px, y_px)

    def _dwell_time_s(self, key: Key) -> float:
        """Waking takes long, whichever of its two keys it is."""
        return self._times.of("wake" if self._board.page == REST_PAGE else key.action)

    def _select(self, key: Key, t_s: float, by: str) -> list[KeyEvent]:
        fields = {"key": key.id, "label": key.label, "page": self._board.page, "by": by}
        return [KeyEvent(t_s, "selected", fields), *self._act(key, t_s)]

    def _act(self, key: Key, t_s: float) -> list[KeyEvent]:
        match key.action:
            case "type":
                return self._edited(self._composer.type(key.text), t_s)
            case "space":
                return self._edited(self._composer.space(), t_s)
            case "erase":
                return self._edited(self._composer.erase(), t_s)
            case "undo":
                return self._edited(self._composer.undo(), t_s)
            case "clear":
                return self._edited(self._composer.clear(), t_s)
            case "speak":
                return [KeyEvent(t_s, "speak", {"text": self._composer.text})]
            case "bell":
                return [KeyEvent(t_s, "bell")]
            case "rest":
                self._resting = True
                return [KeyEvent(t_s, "rest"), self._turn_to(REST_PAGE, t_s)]
            case "wake":
                self._resting = False
                return [KeyEvent(t_s, "woke"), self._turn_to(self._layout.first, t_s)]
            case _:
                return [self._turn_to(key.action.removeprefix("page:"), t_s)]

    def _edited(self, edit: Edit | None, t_s: float) -> list[KeyEvent]:
        if edit is None:
            return []
        fields = {"text": edit.text} | ({"piece": edit.piece} if edit.piece else {})
        return [KeyEvent(t_s, EVENT_OF_EDIT[edit.kind], fields), *self._check_journal(t_s)]

    def _check_journal(self, t_s: float) -> list[KeyEvent]:
        """Tell when the text stops being saved, and when it is saved again."""
        before, self._fault = self._fault, self._composer.fault
        return journal_events(before, self._fault, t_s)

    def _fall_back(self, t_s: float) -> list[KeyEvent]:
        waiting = self._resting and self._board.page != REST_PAGE
        if waiting and t_s - self._page_since_s > WAKING_S * max(1.0, self._times.factor):
            return [self._turn_to(REST_PAGE, t_s)]
        return []

    def _turn_to(self, page: str, t_s: float) -> KeyEvent:
        self._place(page, self._board.width_px, self._board.height_px, t_s)
        return KeyEvent(t_s, "page", {"page": page})

    def _place(self, page: str, width_px: int, height_px: int, t_s: float) -> None:
        self._board = self._layout.place(width_px, height_px, page)
        self._page_since_s = t_s
        self._dwell.page_changed(t_s)
        self._dwell_state = DwellState()
