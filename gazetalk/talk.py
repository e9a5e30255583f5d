"""Talking: gaze in, text and requests to speak out. Knows no window, no process, no device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gazetalk.geometry import Screen
from gazetalk.keyboard.keyboard import Keyboard, KeyboardState, KeyEvent
from gazetalk.tracking.filter import Pointer, PointerFilter
from gazetalk.tracking.types import GazeSample
from gazetalk.transcript import Transcript

CHARACTERS_A_WORD = 5  # the usual convention for words a minute


class Voice(Protocol):
    """What talking needs of a voice. Neither call waits or raises."""

    def say(self, text: str, t_s: float) -> None:
        """Speak a text asked for at `t_s`."""

    def ring(self, t_s: float) -> None:
        """Sound the call bell."""


@dataclass(frozen=True)
class TalkState:
    """What a screen shows of it. pointer_px: the filtered gaze on the keyboard's board."""

    keyboard: KeyboardState
    pointer_px: tuple[float, float] | None


class Talk:
    """Joins the pointer's filter, the keyboard, the transcript and the voice.

    screen: what gaze samples are measured on; the keyboard's board stands for all of it, whatever
    size it is drawn in.
    """

    def __init__(
        self, screen: Screen, keyboard: Keyboard, transcript: Transcript, voice: Voice
    ) -> None:
        self._screen = screen
        self._filter = PointerFilter(screen)
        self._keyboard = keyboard
        self._transcript = transcript
        self._voice = voice
        self._pointer: Pointer | None = None
        self._first_s: float | None = None
        self._last_s: float | None = None

    @property
    def state(self) -> TalkState:
        pointer = self._pointer
        return TalkState(self._keyboard.state, self._on_board(pointer) if pointer else None)

    @property
    def text(self) -> str:
        return self._keyboard.state.text

    @property
    def words_per_minute(self) -> float | None:
        """From the first to the last selection that changed the text; None before two of them."""
        if self._first_s is None or self._last_s is None or self._last_s <= self._first_s:
            return None
        return len(self.text) / CHARACTERS_A_WORD / (self._last_s - self._first_s) * 60

    def start(self, t_s: float) -> None:
        """Tell of text that an earlier, unfinished session left."""
        self._handle(self._keyboard.start(t_s))

    def take(self, sample: GazeSample) -> None:
        """One gaze sample: moves the pointer, and with it the dwell."""
        self._pointer = self._filter.update(sample)
        if self._pointer is None:
            self._handle(self._keyboard.update(sample.t_s, None, None, fresh=False))
            return
        x_px, y_px = self._on_board(self._pointer)
        self._handle(self._keyboard.update(sample.t_s, x_px, y_px, fresh=sample.valid))

    def resize(self, width_px: int, height_px: int, t_s: float) -> None:
        """The board is drawn in another size now."""
        self._keyboard.resize(width_px, height_px, t_s)

    def press_at(self, x_px: float, y_px: float, t_s: float) -> None:
        """A hand pressed there."""
        self._handle(self._keyboard.press_at(x_px, y_px, t_s))

    def _on_board(self, pointer: Pointer) -> tuple[float, float]:
        board = self._keyboard.state.board
        return (
            pointer.x_px * board.width_px / self._screen.width_px,
            pointer.y_px * board.height_px / self._screen.height_px,
        )

    def _handle(self, events: Sequence[KeyEvent]) -> None:
        for event in events:
            if event.event == "speak":
                self._voice.say(str(event.fields["text"]), event.t_s)
                continue
            self._transcript.write(event.t_s, event.event, event.fields)
            if event.event == "bell":
                self._voice.ring(event.t_s)
            elif event.event == "committed":
                self._first_s = event.t_s if self._first_s is None else self._first_s
                self._last_s = event.t_s
