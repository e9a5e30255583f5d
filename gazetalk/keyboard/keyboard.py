"""The keyboard as a whole: where the eyes look goes in, what that did comes out as events.

On a layout with a page of choices looks are weighed and words decoded (`entry`), if there is a
language for it; on others, and on pages for other things, keys are to be hit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from gazetalk.keyboard.actions import act, edited, name_spelled
from gazetalk.keyboard.aim import Aim, Fix, Floats
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.dwell import DwellState, DwellTimes
from gazetalk.keyboard.entry import CHOICES_PAGE, Entry
from gazetalk.keyboard.events import KeyEvent, journal_events
from gazetalk.keyboard.layout import REST_PAGE, Board, Key, Layout
from gazetalk.keyboard.looking import Looking
from gazetalk.keyboard.mending import Mending
from gazetalk.keyboard.outcome import Outcome
from gazetalk.keyboard.pace import Pace
from gazetalk.keyboard.pages import Guessing, Pages, guesses, pages_of
from gazetalk.keyboard.sides import SIDES_PAGE, Sides
from gazetalk.keyboard.spelling import SPELL_PAGE, Spelled, Spelling, spelling_on
from gazetalk.keyboard.state import KeyboardState
from gazetalk.keyboard.stay import Stay

WAKING_S = 10.0  # a waking left half done goes back to rest after this long
# Taken only from the eyes resting on them: they take long, or cannot be taken back.
GRAVE = ("bell", "rest", "clear", "speak")


class Keyboard:
    """Layout, looks and composer joined, on a screen of `width_px` x `height_px`.

    guessing: None where every letter is to be hit. mending: of words that were hit wrong. pace: of
    a person whose dwell times are learned; without it they are `times`.
    """

    def __init__(
        self,
        layout: Layout,
        composer: Composer,
        width_px: int,
        height_px: int,
        times: DwellTimes | None = None,
        guessing: Guessing | None = None,
        mending: Mending | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._composer = composer
        self._guessing = guessing
        self._mending = mending
        self._layout = layout
        self._pages = pages_of(layout, guessing, composer, width_px, height_px)
        self._spelling: Spelling | None = None  # a name under way, kept over rest
        self._looking = Looking(self.board, pace or Pace(times or DwellTimes(), adapts=False))
        self._stay = Stay()
        self._dwell_state = DwellState()
        self._resting = False
        self._page_since_s = 0.0
        self._fault: str | None = None

    @property
    def board(self) -> Board:
        """The page that is shown."""
        return self._spells.board if self._spells else self._pages.board

    @property
    def state(self) -> KeyboardState:
        entry, caret = self._entry, self._composer.caret
        under_way = self._spells.word if self._spells else entry.guess if entry else ""
        return KeyboardState(
            self.board,
            self._composer.text,
            self._dwell_state,
            self._resting,
            self._fault,
            entry.offered if entry else (),
            under_way,
            entry.whole if entry else "",
            entry.sure.word if entry and entry.sure else "",
            caret if caret < len(self._composer.text) else None,
        )

    @property
    def weighs(self) -> bool:
        """Whether looks are weighed on this page: it wants gaze as it comes, not filtered."""
        if self._spells:
            return self._guessing is not None
        return self._entry is not None and self._entry.weighs

    @property
    def aim(self) -> Aim | None:
        """How this person's looks fall, as far as it is known; None where letters are hit."""
        return self._guessing.aim if self._guessing else None

    def explained(self) -> list[tuple[Fix, tuple[float, float]]]:
        """The looks of words confirmed since the last call, and the places they were at."""
        return self._entry.explained() if self._entry else []

    def recorrected(self, change_px: Callable[[Floats], Floats]) -> None:
        """Gaze is corrected otherwise from now on; see `Aim.recorrected`."""
        if self._guessing is None:
            return
        self._guessing.aim.recorrected(change_px)
        if self._entry:
            self._entry.aim_changed()

    def rested(self, fix: Fix, seconds: float) -> None:
        """The eyes have rested there for so long, and gone on; where keys are to be hit, words are
        mended by that."""
        if self._mending and not self._resting and self.board.page == self._pages.first:
            self._mending.rested(fix, seconds, self.board)

    def aimed(self, aim: Aim, t_s: float) -> None:
        """Looks fall as that aim says from now on; a word under way begins anew."""
        if self._mending:
            self._mending.aim = aim
        if self._guessing is None:
            return
        self._guessing = replace(self._guessing, aim=aim)
        if self._entry:
            self._entry.aimed(aim, t_s)

    def start(self, t_s: float) -> list[KeyEvent]:
        """Begin: tell of the text restored, and of what was wrong with its file.

        A key that the eyes happen to rest on must be left before it can be selected.
        """
        self._page_changed(t_s)
        found, problem = self._composer.restored, self._composer.problem
        events = [KeyEvent(t_s, "restored", {"text": found})] if found else []
        if problem:
            events.append(KeyEvent(t_s, "fault", {"part": "journal", "message": problem}))
        return events

    def resize(self, width_px: int, height_px: int, t_s: float) -> None:
        """The screen has another size now; a word under way begins anew."""
        self._spelling = None
        self._pages.resize(width_px, height_px)
        self._pages_turned()
        self._looking.resized(self.board)
        self._page_changed(t_s)

    def covered(self, t_s: float) -> None:
        """The keys were out of sight until now: they are seen as on a page just turned to."""
        self._page_changed(t_s)

    def rest(self, t_s: float) -> list[KeyEvent]:
        """Rest as if its key had been selected, where the layout has rest; nothing while resting.
        A word under way stays as it is."""
        if self._resting or REST_PAGE not in self._layout.pages:
            return []
        self._resting = True
        self._turn_to(REST_PAGE, t_s)
        return [KeyEvent(t_s, "rest"), KeyEvent(t_s, "page", {"page": REST_PAGE})]

    def ended(self, t_s: float) -> list[KeyEvent]:
        """Nothing more comes: the last word is at its end, where words are mended by looks."""
        if self._mending is None or self._resting or self.board.page != self._pages.first:
            return []
        edits = self._mending.ended(self._composer, self.board)
        return [edited(edit, t_s) for edit in edits] + self._check_journal(t_s)

    def turn_to(self, page: str, t_s: float) -> None:
        """Show that page of the layout, if it has it; nothing changes while resting."""
        if page in self._layout.pages and not self._resting:
            self._turn_to(page, t_s)

    def lay_out(self, layout: Layout, t_s: float) -> list[KeyEvent]:
        """Go on with another layout, on its first page; a word under way is given up.

        While resting nothing changes.
        """
        if self._resting:
            return []
        entry, board = self._entry, self.board
        self._layout, self._spelling = layout, None
        if entry and CHOICES_PAGE in layout.pages:
            entry.lay_out(layout)
        else:
            size_px = board.width_px, board.height_px
            self._pages = pages_of(layout, self._guessing, self._composer, *size_px)
        self._page_changed(t_s)
        return [KeyEvent(t_s, "page", {"page": layout.first})]

    def update(
        self, t_s: float, x_px: float | None, y_px: float | None, fresh: bool
    ) -> list[KeyEvent]:
        """The eyes are at that point of the screen, or nobody knows where (None).

        fresh: the point was measured just now, from open eyes; nothing is selected otherwise.
        Call it for each gaze sample; more often does no harm.
        """
        events = self._fall_back(t_s)
        at_px = _point(x_px, y_px) if fresh else None
        if self.weighs:
            seen = self._looking.weigh(t_s, at_px, self.board)
        else:
            seen = self._looking.hit(t_s, at_px, self.board)
        self._dwell_state = seen.dwell
        if self._sides:
            events += self._stays(self._sides, at_px is not None, t_s)
        if seen.key is None:
            return events
        if seen.fix is not None:
            return events + self._weigh(seen.fix, seen.key, t_s)
        return events + (self._select(seen.key, t_s, "dwell") if seen.dwell.selected else [])

    def switch(self, t_s: float) -> list[KeyEvent]:
        """The switch was used: a long blink, say. It does nothing while resting and where there
        are no words to choose."""
        if self._resting or self._entry is None or not self._entry.weighs:
            return []
        page = self.board.page
        fields = {"key": "switch", "label": "switch", "page": page, "by": "switch"}
        outcome = self._entry.switch(t_s)
        return [KeyEvent(t_s, "selected", fields), *self._came(outcome, page, t_s)]

    def press(self, key_id: str, t_s: float) -> list[KeyEvent]:
        """Select a key by hand (mouse, touch, keyboard); nothing when this page has no such key."""
        key = next((key for key in self.board.keys if key.id == key_id), None)
        if key is None:
            return []
        self._looking.must_leave(key_id)
        return self._select(key, t_s, "press")

    def press_at(self, x_px: float, y_px: float, t_s: float) -> list[KeyEvent]:
        """Select the key at a point by hand; nothing where there is no key."""
        key = self.board.key_at(x_px, y_px)
        return self.press(key.id, t_s) if key else []

    @property
    def _entry(self) -> Entry | None:
        return self._pages if isinstance(self._pages, Entry) else None

    @property
    def _sides(self) -> Sides | None:
        """On the page with two sides."""
        pages = self._pages
        return pages if isinstance(pages, Sides) and pages.board.page == SIDES_PAGE else None

    def _weigh(self, fix: Fix, shown: Key, t_s: float) -> list[KeyEvent]:
        """A look; `shown`: the key nearest to it, that the eyes saw filling."""
        if self._spells:
            return self._look_at_parts(self._spells, fix, shown, t_s)
        assert self._entry is not None
        page = self.board.page
        outcome = self._entry.look(fix)
        key = outcome.key
        if key is None:
            self._looking.again()
            return []
        if key.action in GRAVE and shown.action not in GRAVE:
            return []
        return [_selected(key, page, t_s, "dwell"), *self._came(outcome, page, t_s)]

    def _look_at_parts(
        self, spelling: Spelling, fix: Fix, shown: Key, t_s: float
    ) -> list[KeyEvent]:
        """The same on the page for spelling."""
        before = spelling.board
        spelled = spelling.look(fix)
        key = spelled.key
        if key is None or (key.action in GRAVE and shown.action not in GRAVE):
            if spelling.board == before:
                self._looking.again()
            else:
                self._page_changed(t_s)
            return []
        return [_selected(key, before.page, t_s, "dwell"), *self._spelled(spelled, t_s)]

    def _select(self, key: Key, t_s: float, by: str) -> list[KeyEvent]:
        page, entry = self.board.page, self._entry
        if self._spells:
            events = self._spelled(self._spells.press(key, t_s), t_s)
            return [_selected(key, page, t_s, by), *events]
        if self._sides:
            outcome = self._sides.press(key)
            return [_selected(key, page, t_s, by), *self._came(outcome, page, t_s)]
        weighs = entry is not None and entry.weighs
        outcome = entry.press(key, t_s) if entry and weighs else Outcome(key, handled=False)
        return [_selected(key, page, t_s, by), *self._came(outcome, page, t_s)]

    def _stays(self, sides: Sides, fresh: bool, t_s: float) -> list[KeyEvent]:
        """Long looks at a side."""
        factor = self._looking.times.factor
        stayed = self._stay.update(t_s, self._dwell_state, fresh, factor)
        if not stayed.key_id:
            return []
        key = self.board.key(stayed.key_id)
        if stayed.stays:
            return [edited(edit, t_s) for edit in sides.stays(key)] + self._check_journal(t_s)
        if stayed.lost:
            sides.went()
            return []
        outcome = sides.stayed(key, stayed.long)
        if outcome.key is None:
            return []
        page = self.board.page
        return [_selected(outcome.key, page, t_s, "stay"), *self._came(outcome, page, t_s)]

    @property
    def _spells(self) -> Spelling | None:
        return self._spelling if self._pages.board.page == SPELL_PAGE else None

    def _spelled(self, spelled: Spelled, t_s: float) -> list[KeyEvent]:
        """What a look or a key on the page for spelling came to."""
        key, spelling = spelled.key, self._spelling
        if spelling is None or key is None:
            return []
        if not spelled.handled:
            return self._act(key, t_s)
        if not spelled.left:
            self._page_changed(t_s)
            offered = [other.label for other in spelling.board.keys if other.action != "bell"]
            return [KeyEvent(t_s, "decoded", {"guess": spelling.word, "offered": offered})]
        events = []
        if spelled.word:
            events = name_spelled(spelled.word, self._composer, t_s)
            events += self._check_journal(t_s)
            if self._entry:
                self._entry.text_changed()
        self._spelling = None
        self._turn_to(self._pages.first, t_s)
        return [*events, KeyEvent(t_s, "page", {"page": self._pages.first})]

    def _came(self, outcome: Outcome, page: str, t_s: float) -> list[KeyEvent]:
        """What a look, a key or the switch came to, from that page."""
        key, entry = outcome.key, self._entry
        if key is not None and not outcome.handled:
            return [edited(edit, t_s) for edit in outcome.edits] + self._act(key, t_s)
        events = []
        if outcome.edits:
            events = [edited(edit, t_s) for edit in outcome.edits]
            events += self._check_journal(t_s)
        elif entry and key is not None and (key.spells or key.action == "undo"):
            told = {"guess": entry.guess, "offered": list(entry.offered)}
            events = [KeyEvent(t_s, "decoded", told)]
        if outcome.learned:
            events.append(KeyEvent(t_s, "learned_word", {"word": outcome.learned}))
        if self.board.page != page:
            self._page_changed(t_s)
            events.append(KeyEvent(t_s, "page", {"page": self.board.page}))
        return events

    def _act(self, key: Key, t_s: float) -> list[KeyEvent]:
        """What a key does that has nothing to do with the word under way."""
        composer = self._composer
        before = composer.text, composer.caret
        edits = self._mending.before(key, composer, self.board) if self._mending else []
        events = [edited(edit, t_s) for edit in edits]
        events += act(key, composer, self._pages.first, t_s)
        edits = self._mending.after(composer) if self._mending else []
        events += [edited(edit, t_s) for edit in edits]
        if self.board.once and key.action == "type":
            events.append(KeyEvent(t_s, "page", {"page": self._pages.first}))
        if not isinstance(self._pages, Pages) and (composer.text, composer.caret) != before:
            self._pages.text_changed()
        for event in events:
            if event.event in ("rest", "woke"):
                self._resting = event.event == "rest"
            elif event.event == "page":
                self._turn_to(event.fields["page"], t_s)
        return [*events, *self._check_journal(t_s)]

    def _check_journal(self, t_s: float) -> list[KeyEvent]:
        """Tell when the text stops being saved, and when it is saved again."""
        before, self._fault = self._fault, self._composer.fault
        return journal_events(before, self._fault, t_s)

    def _fall_back(self, t_s: float) -> list[KeyEvent]:
        waiting = self._resting and self.board.page != REST_PAGE
        if waiting and t_s - self._page_since_s > WAKING_S * max(1.0, self._looking.times.factor):
            self._turn_to(REST_PAGE, t_s)
            return [KeyEvent(t_s, "page", {"page": REST_PAGE})]
        return []

    def _turn_to(self, page: str, t_s: float) -> None:
        self._pages.turn_to(page)
        self._pages_turned()
        self._page_changed(t_s)

    def _pages_turned(self) -> None:
        """A name under way goes on where it was left; without one, one begins."""
        board, guessing = self._pages.board, self._guessing
        if board.page == SPELL_PAGE and self._spelling is None:
            aim, language = (guessing.aim, guessing.language) if guessing else (None, None)
            size_px = board.width_px, board.height_px
            self._spelling = spelling_on(self._layout, *size_px, aim, language)

    def _page_changed(self, t_s: float) -> None:
        self._page_since_s = t_s
        self._looking.page_changed(t_s)
        self._stay.forget()
        self._dwell_state = DwellState()


def _selected(key: Key, page: str, t_s: float, by: str) -> KeyEvent:
    return KeyEvent(t_s, "selected", {"key": key.id, "label": key.label, "page": page, "by": by})


def _point(x_px: float | None, y_px: float | None) -> tuple[float, float] | None:
    if x_px is None or y_px is None or not (math.isfinite(x_px) and math.isfinite(y_px)):
        return None
    return x_px, y_px


__all__ = ["WAKING_S", "Guessing", "KeyEvent", "Keyboard", "KeyboardState", "guesses"]
