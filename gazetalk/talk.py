"""Talking: gaze in, text and requests to speak out. Knows no window, no process, no device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gazetalk.aiming import aim_on
from gazetalk.geometry import Screen
from gazetalk.keyboard.aim import Fix
from gazetalk.keyboard.composer import SENTENCE_ENDS
from gazetalk.keyboard.keyboard import Keyboard, KeyboardState, KeyEvent
from gazetalk.keyboard.switch import EyeSwitches
from gazetalk.keyboard.ways import Ways
from gazetalk.tracking.drift import DriftCorrection, Point
from gazetalk.tracking.filter import PointerFilter
from gazetalk.tracking.resume import Usual
from gazetalk.tracking.types import GazeSample
from gazetalk.transcript import Transcript
from gazetalk.witness import LinesOf, Witness

CHARACTERS_A_WORD = 5  # the usual convention for words a minute
# Which way of writing was chosen, and why, is shown this long.
NOTICE_S = 6.0
# Eyes that nobody saw for so long are away, or asleep.
ABSENCE_S = 180.0
SETTING = ("setting", "setting_back")  # events that are for the program as a whole


class Voice(Protocol):
    """What talking needs of a voice. No call waits or raises."""

    def say(self, text: str, t_s: float) -> None:
        """Speak a text asked for at `t_s`."""

    def ring(self, t_s: float) -> None:
        """Sound the call bell."""

    def pause(self, t_s: float) -> None:
        """Hold what is being said, or go on with it."""

    def hush(self, t_s: float) -> None:
        """Be silent, and forget what was still to be said."""

    def selected(self) -> None:
        """A key was selected: give a sign, where that is wished."""


@dataclass(frozen=True)
class TalkState:
    """What a screen shows of it. pointer_px: the filtered gaze on the keyboard's board. notice:
    what was just decided, in words ("" when it is old)."""

    keyboard: KeyboardState
    pointer_px: tuple[float, float] | None
    notice: str = ""


class Talk:
    """Joins the pointer's filter, the keyboard, the transcript and the voice.

    screen: what gaze samples are measured on; the keyboard's board stands for all of it, whatever
    size it is drawn in. drift: corrects the gaze as it goes along, None to leave it as it is.
    lines_of: where the text is shown, to tell what is read. ways: choose the layout between
    sentences; None leaves it. switches: which of the eyes' own there are. learn: told of what is
    spoken. learn_word: of words that were spelled.
    """

    def __init__(
        self,
        screen: Screen,
        keyboard: Keyboard,
        transcript: Transcript,
        voice: Voice,
        drift: DriftCorrection | None = None,
        lines_of: LinesOf | None = None,
        ways: Ways | None = None,
        switches: EyeSwitches | None = None,
        learn: Callable[[str], None] = lambda text: None,
        learn_word: Callable[[str], None] = lambda word: None,
    ) -> None:
        self._screen = screen
        self._filter = PointerFilter(screen)
        self._keyboard = keyboard
        self._transcript = transcript
        self._voice = voice
        self._lines_of = lines_of
        self.correct_by(drift)
        self._ways = ways
        self._switches = switches or EyeSwitches()
        self._learn = learn
        self._learn_word = learn_word
        self._notice = ("", 0.0)
        self._seen_s: float | None = None  # the eyes, last
        self._check_wanted = False
        self._wishes: list[KeyEvent] = []
        self._usual: tuple[Usual | None, ...] = ()  # what was measured last, if anybody told
        self._now_s = 0.0
        self._pointer_px: Point | None = None
        self._restored = 0  # characters that were there at the start
        self._first_s: float | None = None
        self._last_s: float | None = None

    @property
    def state(self) -> TalkState:
        words, until_s = self._notice
        notice = words if self._now_s < until_s else ""
        return TalkState(self._keyboard.state, self._pointer_px, notice)

    @property
    def text(self) -> str:
        return self._keyboard.state.text

    @property
    def words_per_minute(self) -> float | None:
        """From the first to the last selection that changed the text; None before two of them."""
        if self._first_s is None or self._last_s is None or self._last_s <= self._first_s:
            return None
        written = max(0, len(self.text) - self._restored)
        return written / CHARACTERS_A_WORD / (self._last_s - self._first_s) * 60

    def start(self, t_s: float) -> None:
        """Tell of text that an earlier, unfinished session left."""
        self._restored = len(self.text)
        self._handle(self._keyboard.start(t_s))

    def aimed(self, usual: Usual | None, t_s: float) -> None:
        """A calibration has measured how far this person's looks miss; None: nobody knows."""
        self._usual = (usual,)
        self._keyboard.aimed(aim_on(self._screen, self._keyboard.board.width_px, usual), t_s)
        self._choose_way(t_s)

    def write_with(self, keyboard: Keyboard, ways: Ways | None, t_s: float) -> None:
        """Go on with another keyboard on the same text, on the page that is shown, if it has it.
        What was learned of how looks fall goes with the person."""
        page, aim = self._keyboard.board.page, self._keyboard.aim
        self._keyboard, self._ways = keyboard, ways
        self.correct_by(self.drift)
        if aim is not None:
            keyboard.aimed(aim, t_s)
            self._choose_way(t_s)
        else:
            for usual in self._usual:
                self.aimed(usual, t_s)
        keyboard.turn_to(page, t_s)

    def learn_by(self, learn: Callable[[str], None], learn_word: Callable[[str], None]) -> None:
        """Others are to be told of what is spoken and spelled from now on."""
        self._learn, self._learn_word = learn, learn_word

    def begin_anew(self) -> None:
        """What was written until now was not meant: words a minute count from here."""
        self._restored = len(self.text)
        self._first_s = self._last_s = None

    def correct_by(self, drift: DriftCorrection | None) -> None:
        """Gaze is corrected by that from now on, or by nothing."""
        self.drift = drift
        keyboard, screen, lines_of = self._keyboard, self._screen, self._lines_of
        self._witness = Witness(drift, keyboard, screen, lines_of) if drift else None

    def ring(self, t_s: float) -> None:
        """A helper's key rings the bell, or ends that."""
        self._handle([KeyEvent(t_s, "bell")])

    def rest(self, t_s: float) -> None:
        """A helper lets the person rest."""
        self._handle(self._keyboard.rest(t_s))

    def ended(self, t_s: float) -> None:
        """A recording is over, and with it its last word."""
        self._handle(self._keyboard.ended(t_s))

    def tell(self, words: str, t_s: float) -> None:
        """Something could not be done: say so on the screen for a while, and keep it."""
        self._transcript.write(t_s, "fault", {"part": "settings", "message": words})
        self._notice = (words, t_s + NOTICE_S)

    def read_by(self, lines_of: LinesOf) -> None:
        """The text is shown otherwise from now on: what is read is found in these lines."""
        self._lines_of = lines_of
        self.correct_by(self.drift)

    @property
    def size_px(self) -> tuple[int, int]:
        """Of the board."""
        board = self._keyboard.board
        return board.width_px, board.height_px

    def take(self, sample: GazeSample) -> None:
        """One gaze sample: moves the pointer, and with it the dwell."""
        self._now_s = sample.t_s
        self._watch_absence(sample)
        pointer = self._filter.update(sample)
        if pointer is None:
            self._handle(self._keyboard.update(sample.t_s, None, None, fresh=False))
            return
        seen = (pointer.x_px, pointer.y_px)
        self._pointer_px = self._on_board(self._corrected(sample.t_s, seen))
        board, weighs = self._keyboard.board, self._keyboard.weighs
        at_px = self._pointer_px
        if weighs and sample.x_px is not None and sample.y_px is not None:
            at_px = self._on_board(self._corrected(sample.t_s, (sample.x_px, sample.y_px)))
        events = self._keyboard.update(sample.t_s, *at_px, fresh=sample.valid)
        rests = self._filter.finished()
        for rest in () if weighs else rests:
            at = self._on_board(self._corrected(sample.t_s, (rest.x_px, rest.y_px)))
            self._keyboard.rested(Fix(rest.end_s, *at), rest.duration_s)
        if self._witness:
            self._witness.rested(rests)
            self._witness.took(events, board, seen, weighs)
        self._handle(events)
        self._tell_drift(sample.t_s)
        x_px = self._pointer_px[0] if sample.valid else None
        if self._switches.update(sample.t_s, sample.blink, x_px, board.width_px):
            self.switch(sample.t_s)

    def _watch_absence(self, sample: GazeSample) -> None:
        """Whoever is away for long finds the keyboard at rest: nothing happens when they, or
        somebody else, come back before the camera."""
        if sample.valid or self._seen_s is None:
            self._seen_s = sample.t_s
        elif sample.t_s - self._seen_s > ABSENCE_S:
            self._handle(self._keyboard.rest(sample.t_s))

    @property
    def resting(self) -> bool:
        return self._keyboard.state.resting

    def wants_check(self) -> bool:
        """Whether a check of the calibration was asked for since the last call."""
        wanted, self._check_wanted = self._check_wanted, False
        return wanted

    def wishes(self) -> list[KeyEvent]:
        """The settings to change that were asked for since the last call."""
        wishes, self._wishes = self._wishes, []
        return wishes

    def recalibrated(self) -> None:
        """Gaze is measured otherwise from now on: what was known of its drift is past."""
        if self._witness:
            self._witness.forget()

    def covered(self, t_s: float) -> None:
        """Something else was on the screen until now."""
        self._filter = PointerFilter(self._screen)
        self._keyboard.covered(t_s)

    def switch(self, t_s: float) -> None:
        """The switch was used."""
        self._handle(self._keyboard.switch(t_s))

    def resize(self, width_px: int, height_px: int, t_s: float) -> None:
        """The board is drawn in another size now."""
        self._keyboard.resize(width_px, height_px, t_s)

    def press_at(self, x_px: float, y_px: float, t_s: float) -> None:
        """A hand pressed there."""
        board = self._keyboard.board
        events = self._keyboard.press_at(x_px, y_px, t_s)
        if self._witness:
            self._witness.took(events, board, None, self._keyboard.weighs)
        self._handle(events)

    def _corrected(self, t_s: float, seen_px: Point) -> Point:
        return self._witness.correct(t_s, seen_px) if self._witness else seen_px

    def _tell_drift(self, t_s: float) -> None:
        drift = self._witness.news() if self._witness else None
        if drift is not None:
            self._transcript.write(t_s, "drift", drift.as_json())

    def _on_board(self, screen_px: Point) -> Point:
        board = self._keyboard.board
        return (
            screen_px[0] * board.width_px / self._screen.width_px,
            screen_px[1] * board.height_px / self._screen.height_px,
        )

    def _choose_way(self, t_s: float) -> None:
        """The layout that suits the aim now, told to those who watch."""
        aim = self._keyboard.aim
        way = self._ways.decide(aim, self._keyboard.board.width_px) if self._ways and aim else None
        if way is None or self._ways is None:
            return
        fields = {"layout": way.name, "error_keys": round(way.error_keys, 3), "reason": way.reason}
        self._transcript.write(t_s, "way", fields)
        self._notice = (way.reason, t_s + NOTICE_S)
        for event in self._keyboard.lay_out(self._ways.layout, t_s):
            self._transcript.write(event.t_s, event.event, event.fields)

    def _handle(self, events: Sequence[KeyEvent]) -> None:
        for event in events:
            if event.event == "speak":
                self._voice.say(str(event.fields["text"]), event.t_s)
                self._learn_from(event, self._learn, "text")
                continue
            self._transcript.write(event.t_s, event.event, event.fields)
            if event.event == "check":
                self._check_wanted = True
            elif event.event in SETTING:
                self._wishes.append(event)
            elif event.event == "selected":
                self._voice.selected()
            elif event.event == "pause":
                self._voice.pause(event.t_s)
            elif event.event == "hush":
                self._voice.hush(event.t_s)
            elif event.event == "learned_word":
                self._learn_from(event, self._learn_word, "word")
            elif event.event == "bell":
                self._voice.ring(event.t_s)
            elif event.event == "committed":
                self._first_s = event.t_s if self._first_s is None else self._first_s
                self._last_s = event.t_s
        if any(_ends_sentence(event) for event in events):
            self._choose_way(events[-1].t_s)

    def _learn_from(self, event: KeyEvent, learn: Callable[[str], None], field: str) -> None:
        try:
            learn(str(event.fields[field]))
        except OSError as error:
            message = f"what was said cannot be kept for learning ({error.strerror or error})"
            self._transcript.write(event.t_s, "fault", {"part": "learning", "message": message})


def _ends_sentence(event: KeyEvent) -> bool:
    """Whether nothing is under way after this."""
    if event.event == "committed":
        return str(event.fields.get("piece", "")).rstrip().endswith(tuple(SENTENCE_ENDS))
    return event.event in ("cleared", "speak")
