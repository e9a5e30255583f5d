"""The keyboard that decodes words, as a whole: where the eyes look goes in, events come out.

The sibling of `keyboard.Keyboard`, with the same calls and one more, `switch`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.dwell import Dwell, DwellState, DwellTimes
from gazetalk.keyboard.entry import CHOICES_PAGE, Entry
from gazetalk.keyboard.fixation import FixationDwell
from gazetalk.keyboard.keyboard import WAKING_S, KeyboardState, KeyEvent, journal_events
from gazetalk.keyboard.language import Language
from gazetalk.keyboard.layout import REST_PAGE, Key, Layout
from gazetalk.keyboard.outcome import Outcome
from gazetalk.keyboard.ways import LETTER_KEYS_A_ROW

RADIUS_KEYS = 0.55  # looks at one place lie so near to their mean, in key widths
GRAVE = ("bell", "rest", "clear", "speak")  # taken only from the eyes resting on them
OFF_SCREEN = 0.15  # looks further outside, as a share of the width, mean nothing


@dataclass(frozen=True)
class WordKeyboardState(KeyboardState):
    """And: the words offered, the word under way as far as it was spelled (never part of `text`),
    and the word that the switch would take at once ("" for none)."""

    offered: tuple[str, ...] = ()
    guess: str = ""
    sure: str = ""


class WordKeyboard:
    """Layout, looks, decoder and composer joined, on a screen of `width_px` x `height_px`."""

    def __init__(
        self,
        layout: Layout,
        composer: Composer,
        width_px: int,
        height_px: int,
        language: Language,
        aim: Aim,
        times: DwellTimes | None = None,
    ) -> None:
        self._layout = layout
        self._composer = composer
        self._times = times or DwellTimes()
        self._entry = Entry(layout, language, composer, aim, width_px, height_px)
        self._looking = FixationDwell(RADIUS_KEYS * width_px / LETTER_KEYS_A_ROW)
        self._dwell = Dwell()
        self._dwell_state = DwellState()
        self._resting = False
        self._page_since_s = 0.0
        self._fault: str | None = None

    @property
    def state(self) -> WordKeyboardState:
        entry = self._entry
        sure = entry.sure
        return WordKeyboardState(
            entry.board,
            self._composer.text,
            self._dwell_state,
            self._resting,
            self._fault,
            entry.offered,
            entry.guess,
            sure.word if sure else "",
        )

    def start(self, t_s: float) -> list[KeyEvent]:
        """What to tell at the beginning: the text restored, and what was wrong with its file."""
        found, problem = self._composer.restored, self._composer.problem
        events = [KeyEvent(t_s, "restored", {"text": found})] if found else []
        if problem:
            events.append(KeyEvent(t_s, "fault", {"part": "journal", "message": problem}))
        self._page_changed(t_s)
        return events

    def resize(self, width_px: int, height_px: int, t_s: float) -> None:
        """The screen has another size now; the word under way begins anew."""
        self._entry.resize(width_px, height_px)
        self._looking = FixationDwell(RADIUS_KEYS * width_px / LETTER_KEYS_A_ROW)
        self._page_changed(t_s)

    def update(
        self, t_s: float, x_px: float | None, y_px: float | None, fresh: bool
    ) -> list[KeyEvent]:
        """The eyes are at that point of the screen, or nobody knows where (None).

        fresh: the point was measured just now, from open eyes; nothing is selected otherwise.
        """
        events = self._fall_back(t_s)
        if x_px is None or y_px is None or not (math.isfinite(x_px) and math.isfinite(y_px)):
            x_px, y_px, fresh = 0.0, 0.0, False
        if self._weighs:
            return events + self._weigh(t_s, x_px, y_px, fresh)
        key = self._entry.board.key_at(x_px, y_px) if fresh else None
        dwell_s = self._dwell_time_s(key) if key else 0.0
        self._dwell_state = self._dwell.update(t_s, key.id if key else None, dwell_s, fresh)
        if key and self._dwell_state.selected:
            events += self._select(key, t_s, "dwell")
        return events

    def switch(self, t_s: float) -> list[KeyEvent]:
        """The switch was used: a long blink, say. While resting it does nothing."""
        if self._resting or not self._weighs:
            return []
        page = self._entry.board.page
        outcome = self._entry.switch(t_s)
        fields = {"key": "switch", "label": "switch", "page": page, "by": "switch"}
        return [KeyEvent(t_s, "selected", fields), *self._came(outcome, page, t_s)]

    def press(self, key_id: str, t_s: float) -> list[KeyEvent]:
        """Select a key by hand; nothing when this page has no such key."""
        key = next((key for key in self._entry.board.keys if key.id == key_id), None)
        if key is None:
            return []
        self._dwell.must_leave(key_id)
        return self._select(key, t_s, "press")

    def press_at(self, x_px: float, y_px: float, t_s: float) -> list[KeyEvent]:
        """Select the key at a point by hand; nothing where there is no key."""
        key = self._entry.board.key_at(x_px, y_px)
        return self.press(key.id, t_s) if key else []

    @property
    def _weighs(self) -> bool:
        """Whether looks are weighed on this page; on others keys are to be hit."""
        return self._entry.board.page in (self._layout.first, CHOICES_PAGE)

    def _weigh(self, t_s: float, x_px: float, y_px: float, fresh: bool) -> list[KeyEvent]:
        key = self._nearest(x_px, y_px) if fresh else None
        # Eyes on the text or beyond the screen rest there for good, and have left the keys.
        dwell_s = self._dwell_time_s(key) if key else math.inf
        seen = self._looking.update(t_s, x_px, y_px, dwell_s, fresh)
        shown = None
        if seen.x_px is not None and seen.y_px is not None:
            shown = self._nearest(seen.x_px, seen.y_px)
        self._dwell_state = DwellState(seen.phase, shown.id if shown else None, seen.progress)
        if seen.fix is None or shown is None:
            return []
        page = self._entry.board.page
        outcome = self._entry.look(seen.fix)
        if outcome.key is None:
            self._looking.again()
            return []
        if outcome.key.action in GRAVE:
            # It takes long: not if the eyes rested nearer to a quick key.
            return self._select(outcome.key, t_s, "dwell") if shown.action in GRAVE else []
        return [self._selected(outcome.key, page, t_s, "dwell"), *self._came(outcome, page, t_s)]

    def _nearest(self, x_px: float, y_px: float) -> Key | None:
        """The key at the point or nearest to it; None far outside and on the text."""
        board = self._entry.board
        slack_px = OFF_SCREEN * board.width_px
        inside_x = -slack_px <= x_px <= board.width_px + slack_px
        top_px = min(key.rect.y for key in board.keys)
        if not (inside_x and top_px <= y_px <= board.height_px + slack_px):
            return None
        keys = [key for key in board.keys if key.label]
        return board.key_at(x_px, y_px) or min(
            keys, key=lambda key: math.dist(key.rect.centre, (x_px, y_px))
        )

    def _dwell_time_s(self, key: Key) -> float:
        if self._entry.board.page == REST_PAGE:
            return self._times.of("wake")
        quick = key.action.startswith("choose:") or key.action in ("more", "back")
        return self._times.of("type" if quick else key.action)

    def _select(self, key: Key, t_s: float, by: str) -> list[KeyEvent]:
        page = self._entry.board.page
        return [self._selected(key, page, t_s, by), *self._act(key, page, t_s)]

    def _selected(self, key: Key, page: str, t_s: float, by: str) -> KeyEvent:
        fields = {"key": key.id, "label": key.label, "page": page, "by": by}
        return KeyEvent(t_s, "selected", fields)

    def _act(self, key: Key, page: str, t_s: float) -> list[KeyEvent]:
        match key.action:
            case "speak":
                return [KeyEvent(t_s, "speak", {"text": self._composer.text.strip()})]
            case "bell":
                return [KeyEvent(t_s, "bell")]
            case "rest":
                self._resting = True
                return [KeyEvent(t_s, "rest"), self._turn_to(REST_PAGE, t_s)]
            case "wake":
                self._resting = False
                return [KeyEvent(t_s, "woke"), self._turn_to(self._layout.first, t_s)]
            case "clear":
                edit = self._composer.clear()
                self._entry.restart()
                if edit is None:
                    return []
                fields = {"piece": edit.piece, "text": edit.text}
                return [KeyEvent(t_s, "cleared", fields), *self._check_journal(t_s)]
            case action if action.startswith("page:"):
                return [self._turn_to(action.removeprefix("page:"), t_s)]
        return self._came(self._entry.press(key, t_s), page, t_s)

    def _came(self, outcome: Outcome, page: str, t_s: float) -> list[KeyEvent]:
        """What a look, a key or the switch came to."""
        events = []
        text = self._composer.text
        if outcome.committed:
            fields = {"piece": outcome.committed, "text": text}
            events = [KeyEvent(t_s, "committed", fields), *self._check_journal(t_s)]
        elif outcome.undone:
            events = [KeyEvent(t_s, "undone", {"text": text}), *self._check_journal(t_s)]
        elif outcome.key is not None and (outcome.key.spells or outcome.key.action == "undo"):
            entry = self._entry
            fields_of = {"guess": entry.guess, "offered": list(entry.offered)}
            events = [KeyEvent(t_s, "decoded", fields_of)]
        if self._entry.board.page != page:
            self._page_changed(t_s)
            events.append(KeyEvent(t_s, "page", {"page": self._entry.board.page}))
        return events

    def _check_journal(self, t_s: float) -> list[KeyEvent]:
        before, self._fault = self._fault, self._composer.fault
        return journal_events(before, self._fault, t_s)

    def _fall_back(self, t_s: float) -> list[KeyEvent]:
        waiting = self._resting and self._entry.board.page != REST_PAGE
        if waiting and t_s - self._page_since_s > WAKING_S * max(1.0, self._times.factor):
            return [self._turn_to(REST_PAGE, t_s)]
        return []

    def _turn_to(self, page: str, t_s: float) -> KeyEvent:
        self._entry.turn_to(page)
        self._page_changed(t_s)
        return KeyEvent(t_s, "page", {"page": page})

    def _page_changed(self, t_s: float) -> None:
        self._page_since_s = t_s
        self._dwell.page_changed(t_s)
        self._looking.page_changed(t_s)
        self._dwell_state = DwellState()
