"""What a person does anyway, as evidence of drift: selections that stand, words that are confirmed,
and text read back. Hands it to the correction, and what that comes to back to the keyboard."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.keyboard.keyboard import Keyboard, KeyEvent
from gazetalk.keyboard.layout import Board, Key, Rect
from gazetalk.tracking.drift import DriftCorrection, DriftState, Point
from gazetalk.tracking.filter import Fixation
from gazetalk.tracking.offsets import Look
from gazetalk.tracking.reading import Line
from gazetalk.tracking.types import Floats

# The text as it is shown: its lines, and where on the board they stand.
LinesOf = Callable[[Board, str], Sequence[tuple[str, Rect]]]

# What takes the last text back, and what adds to it.
TAKING_BACK = ("erase", "erase-word", "undo")
ADDING = ("type", "put", "space", "capital")
# Fixations up to this share of the board's height below the text may still be of reading.
BELOW_TEXT = 0.04
# A visit to the text that lasts longer is judged in parts.
LONGEST_VISIT_S = 20.0
# So many looks may be weighed before the word is confirmed that they were of.
REMEMBERED_LOOKS = 100
# Drift is told of again, and the keyboard told, when the correction has changed by this much.
TOLD_MM = 3.0
GIVEN_MM = 1.0


class Witness:
    """Joins a drift correction and a keyboard whose board stands for the whole screen.

    lines_of: where the text is shown; without it nobody knows what is read.
    """

    def __init__(
        self,
        drift: DriftCorrection,
        keyboard: Keyboard,
        screen: Screen,
        lines_of: LinesOf | None = None,
    ) -> None:
        self._drift = drift
        self._keyboard = keyboard
        self._screen = screen
        self._lines_of = lines_of
        self._selected: tuple[Key, Look | None] | None = None
        self._weighed: OrderedDict[float, Point] = OrderedDict()
        self._visit: list[Fixation] = []
        self._shown: tuple[Board, str] | None = None
        self._lines: list[Line] = []
        self._told = drift.state
        self._given = drift.applied

    def correct(self, t_s: float, gaze_px: Point) -> Point:
        """Where the eyes look as far as is known."""
        return self._drift.correct(t_s, gaze_px)

    def forget(self) -> None:
        """Gaze is measured anew: nothing seen so far says anything of it."""
        self._drift.reset()
        self._selected, self._visit = None, []
        self._weighed.clear()
        self._told, self._given = self._drift.state, self._drift.applied

    def rested(self, fixations: Sequence[Fixation]) -> None:
        """The eyes have rested, and gone on."""
        board = self._keyboard.board
        if board.columns:
            return  # halves of the screen tell nothing of where in them the eyes meant to be
        below_px = board.text_rect.y + board.text_rect.height + BELOW_TEXT * board.height_px
        bottom_px = self._on_screen((0.0, below_px), board)[1]
        for fixation in fixations:
            _, y_px = self._drift.correct(fixation.end_s, (fixation.x_px, fixation.y_px))
            if y_px < bottom_px:
                self._visit.append(fixation)
            since_s = self._visit[0].start_s if self._visit else fixation.end_s
            if y_px >= bottom_px or fixation.end_s - since_s > LONGEST_VISIT_S:
                visit, self._visit = self._visit, []
                if visit:
                    self._drift.read(fixation.end_s, visit, self._lines_on(board))

    def took(
        self, events: Sequence[KeyEvent], board: Board, gaze_px: Point | None, weighed: bool
    ) -> None:
        """What the keyboard made of gaze on that board; None when a hand pressed.

        weighed: it was a look to be weighed, so that the key of a selection need not be the one
        that was looked at: that is told when the word is confirmed.
        """
        for event in events:
            if event.event == "selected":
                self._visit.clear()
                if weighed and gaze_px is not None:
                    self._remember(event.t_s, gaze_px)
                else:
                    self._select(event, board, gaze_px)
        looks = self._explained(board)
        if looks:
            self._drift.confirm(events[-1].t_s, *looks)
        self._give()

    def news(self) -> DriftState | None:
        """The drift, once it has become another than was last told."""
        state = self._drift.state
        moved_mm = math.dist(state.shift_mm, self._told.shift_mm)
        if not self._drift.settled or moved_mm < TOLD_MM:
            return None
        self._told = state
        return state

    def _select(self, event: KeyEvent, board: Board, gaze_px: Point | None) -> None:
        """A selection stands once another one follows that does not take it back."""
        key = next((key for key in board.keys if key.id == event.fields["key"]), None)
        if key is None or event.fields["page"] != board.page or board.columns:
            return
        before = self._selected
        if key.action not in TAKING_BACK:
            if before is not None and before[1] is not None:
                self._drift.confirm(event.t_s, before[1])
        elif before is not None and before[0].action not in ADDING:
            # What is taken back was confirmed already.
            self._drift.undo(event.t_s)
        self._selected = (key, self._look_at(key, board, gaze_px))

    def _remember(self, t_s: float, gaze_px: Point) -> None:
        self._selected = None
        self._weighed[t_s] = gaze_px
        if len(self._weighed) > REMEMBERED_LOOKS:
            self._weighed.popitem(last=False)

    def _explained(self, board: Board) -> list[Look]:
        looks = []
        for fix, place_px in self._keyboard.explained():
            gaze_px = self._weighed.get(fix.t_s)
            if gaze_px is not None:
                looks.append(self._drift.look(gaze_px, self._on_screen(place_px, board)))
        return [look for look in looks if look is not None]

    def _give(self) -> None:
        """Tell a keyboard that learns how looks fall how gaze is corrected now."""
        before, now = self._given, self._drift.applied
        if self._keyboard.aim is None or now.farthest_mm(before) < GIVEN_MM:
            return
        self._given = now
        board = self._keyboard.board
        per_px = np.array([self._screen.width_mm, self._screen.height_mm])
        mm_per_px = per_px / (board.width_px, board.height_px)

        def change_px(places_px: Floats) -> Floats:
            places_mm = places_px * mm_per_px
            return np.asarray((now.at(places_mm) - before.at(places_mm)) / mm_per_px)

        self._keyboard.recorrected(change_px)

    def _look_at(self, key: Key, board: Board, gaze_px: Point | None) -> Look | None:
        if gaze_px is None:
            return None
        size = self._on_screen((key.rect.width, key.rect.height), board)
        return self._drift.look(gaze_px, self._on_screen(key.rect.centre, board), size)

    def _lines_on(self, board: Board) -> list[Line]:
        """The lines of the text on the screen."""
        text = self._keyboard.state.text
        if self._lines_of is not None and self._shown != (board, text):
            self._shown = (board, text)
            self._lines = []
            for line, rect in self._lines_of(board, text):
                left, middle = self._on_screen((rect.x, rect.y + rect.height / 2), board)
                right, _ = self._on_screen((rect.x + rect.width, 0), board)
                self._lines.append(Line(left, right, middle, len(line)))
        return self._lines

    def _on_screen(self, board_px: Point, board: Board) -> Point:
        """A place on the board, or a size, in the pixels that gaze is measured in."""
        return (
            board_px[0] * self._screen.width_px / board.width_px,
            board_px[1] * self._screen.height_px / board.height_px,
        )
