"""The eyes on a board: when they have rested on a key, and when they have rested near one.

Where keys are to be hit, `dwell` selects the one under the eyes. Where looks are weighed,
`fixation` takes a look wherever the eyes rest, for as long as the nearest key asks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gazetalk.keyboard.aim import Fix
from gazetalk.keyboard.dwell import Dwell, DwellState, DwellTimes
from gazetalk.keyboard.fixation import FixationDwell
from gazetalk.keyboard.layout import REST_PAGE, Board, Key
from gazetalk.keyboard.pace import Pace
from gazetalk.keyboard.ways import LETTER_KEYS_A_ROW

EDGE_SLACK = 0.05  # gaze this share of the width beyond an edge still means the key at the edge
RESTING = (REST_PAGE, "wake")
COLUMN_REST_TIMES = 2.0  # so much longer than elsewhere it takes to wake by a column, or to ring
OFF_SCREEN = 0.15  # looks further outside, as a share of the width, mean nothing
COLUMN_SLACK = 0.3  # so far above and below the screen, as a share of its height, columns go on
RADIUS_KEYS = 0.55  # looks at one place lie so near to their mean, in key widths
QUICK = ("choose", "part", "more", "back", "side")  # they are a part of writing, as letters are

Point = tuple[float, float]


@dataclass(frozen=True)
class Seen:
    """What an update came to. key: the one selected, or nearest to the look `fix`; None for none.

    fix: a look that is to be weighed."""

    dwell: DwellState
    key: Key | None = None
    fix: Fix | None = None


class Looking:
    """Both machines; the page says which one is fed."""

    def __init__(self, board: Board, pace: Pace) -> None:
        self._pace = pace
        self._dwell = Dwell()
        self._fixation = _fixation_on(board)

    @property
    def times(self) -> DwellTimes:
        """How long keys must be looked at, at the person's pace."""
        return self._pace.times

    def resized(self, board: Board) -> None:
        """The board has another size now; tell `page_changed` too."""
        self._fixation = _fixation_on(board)

    def page_changed(self, t_s: float) -> None:
        """Other keys lie under the eyes now: what they rest on must be left first."""
        self._dwell.page_changed(t_s)
        self._fixation.page_changed(t_s)

    def must_leave(self, key_id: str) -> None:
        """That key was selected in another way."""
        self._dwell.must_leave(key_id)

    def again(self) -> None:
        """The look came to nothing: the same place may give another."""
        self._fixation.again()

    def hit(self, t_s: float, at_px: Point | None, board: Board) -> Seen:
        """The eyes are at a place of a board whose keys are to be hit; None: nobody knows."""
        key = key_at(board, at_px) if at_px else None
        dwell_s = self._time_s(key, board) if key else 0.0
        state = self._dwell.update(t_s, key.id if key else None, dwell_s, at_px is not None)
        self._learn(t_s, state, key, board)
        return Seen(state, key if state.selected else None)

    def weigh(self, t_s: float, at_px: Point | None, board: Board) -> Seen:
        """The eyes are at a place of a board where looks are weighed; None: nobody knows."""
        key = nearest(board, at_px) if at_px else None
        # Eyes on the text or beyond the screen rest there for good, and have left the keys.
        dwell_s = self._time_s(key, board) if key else math.inf
        seen = self._fixation.update(t_s, *(at_px or (0.0, 0.0)), dwell_s, at_px is not None)
        shown = None
        if seen.x_px is not None and seen.y_px is not None:
            shown = nearest(board, (seen.x_px, seen.y_px))
        state = DwellState(seen.phase, shown.id if shown else None, seen.progress)
        self._learn(t_s, state, shown, board)
        return Seen(state, shown, seen.fix if shown else None)

    def _learn(self, t_s: float, state: DwellState, key: Key | None, board: Board) -> None:
        """The person's pace; nothing of it while they rest."""
        if board.page in RESTING:
            self._pace.rest()
        else:
            action = key.action if key else ""
            self._pace.update(t_s, state, action, _timed_as(action))

    def _time_s(self, key: Key, board: Board) -> float:
        """Waking takes long, whichever of its two keys it is."""
        if board.columns and board.page in RESTING:
            # Half of the screen is looked at sooner than a key in its corner.
            return COLUMN_REST_TIMES * self.times.of("wake")
        if board.page == REST_PAGE:
            return self.times.of("wake")
        return self.times.of(_timed_as(key.action))


def _timed_as(action: str) -> str:
    """The action whose dwell time it has."""
    return "type" if action.partition(":")[0] in QUICK else action


def key_at(board: Board, at_px: Point) -> Key | None:
    """The key there; gaze a little beyond an edge means the key at the edge."""
    x_px, y_px = at_px
    slack_px = EDGE_SLACK * board.width_px
    if board.columns:
        return _column_at(board, x_px, y_px, slack_px)
    if -slack_px <= x_px <= board.width_px + slack_px and y_px <= board.height_px + slack_px:
        x_px = min(max(x_px, 0), board.width_px - 1)
        y_px = min(y_px, board.height_px - 1)
    return board.key_at(x_px, y_px)


def _column_at(board: Board, x_px: float, y_px: float, slack_px: float) -> Key | None:
    """Where only left and right count: how high the eyes are is not known well enough."""
    high_px = COLUMN_SLACK * board.height_px
    if not (-slack_px <= x_px <= board.width_px + slack_px):
        return None
    if not (-high_px <= y_px <= board.height_px + high_px):
        return None
    return board.column_at(min(max(x_px, 0), board.width_px - 1))


def nearest(board: Board, at_px: Point) -> Key | None:
    """The key there or nearest to it; None far outside and on the text, where there is one."""
    x_px, y_px = at_px
    slack_px = OFF_SCREEN * board.width_px
    inside_x = -slack_px <= x_px <= board.width_px + slack_px
    top_px = min(key.rect.y for key in board.keys) if board.text_rect.height else -slack_px
    if not (inside_x and top_px <= y_px <= board.height_px + slack_px):
        return None
    keys = [key for key in board.keys if key.label]
    return board.key_at(x_px, y_px) or min(
        keys, key=lambda key: math.dist(key.rect.centre, at_px), default=None
    )


def _fixation_on(board: Board) -> FixationDwell:
    return FixationDwell(RADIUS_KEYS * board.width_px / LETTER_KEYS_A_ROW)
