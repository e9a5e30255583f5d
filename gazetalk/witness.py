"""What a person does anyway, as evidence of drift: selections that stand, and text read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gazetalk.geometry import Screen
from gazetalk.keyboard.keyboard import KeyEvent
from gazetalk.keyboard.layout import Board, Key, Rect
from gazetalk.tracking.drift import DriftCorrection, Point
from gazetalk.tracking.filter import Fixation
from gazetalk.tracking.offsets import Look
from gazetalk.tracking.reading import Line

# The text as it is shown: its lines, and where on the board they stand.
LinesOf = Callable[[Board, str], Sequence[tuple[str, Rect]]]

# What takes the last text back, and what adds to it.
TAKING_BACK = ("erase", "undo")
ADDING = ("type", "space")
# Fixations up to this share of the board's height below the text may still be of reading.
BELOW_TEXT = 0.04
# A visit to the text that lasts longer is judged in parts.
LONGEST_VISIT_S = 20.0


class Witness:
    """Tells a drift correction what was selected for good and what was read.

    lines_of: where the text stands; without it nobody knows what is read.
    """

    def __init__(
        self, drift: DriftCorrection, screen: Screen, lines_of: LinesOf | None = None
    ) -> None:
        self._drift = drift
        self._screen = screen
        self._lines_of = lines_of
        self._selected: tuple[Key, Look | None] | None = None
        self._visit: list[Fixation] = []
        self._shown: tuple[Board, str] | None = None
        self._lines: list[Line] = []

    def selected(self, event: KeyEvent, board: Board, gaze_px: Point | None) -> None:
        """A key of this board was selected, with the gaze there if it was by the eyes.

        It stands once another selection follows that does not take it back.
        """
        self._visit.clear()
        if event.fields["page"] != board.page:
            return
        key = board.key(str(event.fields["key"]))
        if key.action in TAKING_BACK:
            self._take_back(event.t_s)
        else:
            self._stand(event.t_s)
        self._selected = (key, self._look(key, board, gaze_px))

    def rested(self, fixation: Fixation, at_px: Point, board: Board, text: str) -> None:
        """The eyes have rested; at_px: where on the board, as far as is known."""
        below = board.text_rect.y + board.text_rect.height + BELOW_TEXT * board.height_px
        lasted_s = fixation.end_s - self._visit[0].start_s if self._visit else 0.0
        if at_px[1] < below:
            self._visit.append(fixation)
        if at_px[1] >= below or lasted_s > LONGEST_VISIT_S:
            self._end_visit(fixation.end_s, board, text)

    def _stand(self, t_s: float) -> None:
        if self._selected is not None and self._selected[1] is not None:
            self._drift.confirm(t_s, self._selected[1])

    def _take_back(self, t_s: float) -> None:
        """What was selected last is not confirmed; when it took something back itself, it is, and
        the selection before it was wrong as well."""
        if self._selected is not None and self._selected[0].action not in ADDING:
            self._drift.undo(t_s)

    def _end_visit(self, t_s: float, board: Board, text: str) -> None:
        visit, self._visit = self._visit, []
        if visit:
            self._drift.read(t_s, visit, self._lines_on_screen(board, text))

    def _look(self, key: Key, board: Board, gaze_px: Point | None) -> Look | None:
        if gaze_px is None:
            return None
        across, down = self._px_per_board_px(board)
        x, y = key.rect.centre
        size = (key.rect.width * across, key.rect.height * down)
        return self._drift.look(gaze_px, (x * across, y * down), size)

    def _lines_on_screen(self, board: Board, text: str) -> list[Line]:
        if self._lines_of is None:
            return []
        if self._shown != (board, text):
            across, down = self._px_per_board_px(board)
            self._shown = (board, text)
            self._lines = [
                Line(
                    rect.x * across,
                    (rect.x + rect.width) * across,
                    (rect.y + rect.height / 2) * down,
                    len(line),
                )
                for line, rect in self._lines_of(board, text)
            ]
        return self._lines

    def _px_per_board_px(self, board: Board) -> tuple[float, float]:
        return self._screen.width_px / board.width_px, self._screen.height_px / board.height_px
