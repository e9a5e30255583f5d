"""Writing with two halves of the screen: a question is written on them, a look at one answers it.

For people whose gaze tells left from right, and no more. `order` says what may be meant, `two_zone`
asks for it; here the answers become text. Knows neither time nor gaze.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gazetalk.keyboard.composer import Composer, Edit
from gazetalk.keyboard.language import Language
from gazetalk.keyboard.layout import Board, Key, Layout
from gazetalk.keyboard.order import (
    END,
    FIRST,
    LAST,
    LETTERS_FROM,
    OTHERS_FROM,
    SIGNS,
    UNDO,
    Alphabet,
    Order,
)
from gazetalk.keyboard.outcome import Outcome
from gazetalk.keyboard.two_zone import Search

SIDES_PAGE = "sides"
LEFT, RIGHT = "side:left", "side:right"
WRONG, WRONG_WORTH = 0.05, 20.0  # a look at the wrong side, as from so many before there are any
WRONG_RANGE = (0.005, 0.3)
REMEMBERED = 400  # answers, by which older ones have faded
TURNED_DOWN = 0.03  # what was taken back was meant after all in this share of cases
DOUBTED = 0.1  # so often the answers to what was taken back are held to be wrong
UNDO_AGAIN = 0.1  # undo is that likely after undo
SLIP_AFTER_ALL = 0.01  # undo is meant though the word was as sure as can be
NOTHING_TO_UNDO = 0.001
LONG_LOOKS = {LEFT: ("undo", "rest"), RIGHT: ("speak", "bell")}
NO_BREAK = "\u00a0"
NOT_SHOWN = "'"  # no range of letters is shown to end with it


class Slips:
    """How often a person looks at the wrong side: `share`."""

    def __init__(self) -> None:
        self._slips, self._answers = WRONG * WRONG_WORTH, WRONG_WORTH

    @property
    def share(self) -> float:
        return min(max(self._slips / self._answers, WRONG_RANGE[0]), WRONG_RANGE[1])

    def saw(self, slips: int, answers: int) -> None:
        """So many of these answers were wrong."""
        keep = (1 - 1 / REMEMBERED) ** answers
        self._slips = keep * self._slips + slips
        self._answers = keep * self._answers + answers


@dataclass(frozen=True, eq=False)
class Taken:
    """What answers came to: a word or a sign, and the search that found it."""

    place: str
    p: float
    search: Search
    text_before: str
    text_after: str


class Sides:
    """The pages of a layout with two sides, on a screen of that size."""

    def __init__(
        self, layout: Layout, language: Language, composer: Composer, width_px: int, height_px: int
    ) -> None:
        self._layout = layout
        self._composer = composer
        self._alphabet = Alphabet(language)
        self._slips = Slips()
        self._taken: list[Taken] = []
        self._confirmed = 0
        self._staying = ""
        self._fresh = False  # the last answer may still be withdrawn
        self._page = layout.place(width_px, height_px)
        self._search: Search = Search(self._begin(), self._slips.share)
        self._show()

    @property
    def first(self) -> str:
        return self._layout.first

    @property
    def board(self) -> Board:
        """The present page, the question written on its sides."""
        return self._board

    @property
    def text(self) -> str:
        return self._composer.text

    @property
    def wrong(self) -> float:
        """How often this person looks at the wrong side, as far as is known."""
        return self._slips.share

    @property
    def answers(self) -> int:
        """How many answers what is under way has."""
        return self._search.answers

    def is_left_of_question(self, word: str) -> bool:
        """On which side a word, a sign or a command is just now."""
        return self._search.order.place_of(word) < self._search.question.place

    def turn_to(self, page: str) -> None:
        """Show that page."""
        self._page = self._layout.place(self._page.width_px, self._page.height_px, page)
        self._show()

    def resize(self, width_px: int, height_px: int) -> None:
        self._page = self._layout.place(width_px, height_px, self._page.page)
        self._show()

    def text_changed(self) -> None:
        """The text is another, not by this: what comes next begins anew."""
        self._restart()

    def press(self, key: Key) -> Outcome:
        """A side was looked at, or a key pressed by hand."""
        if key.action in (LEFT, RIGHT):
            return self._answer(key)
        if key.action == "undo":
            return Outcome(key, self._undo())
        return Outcome(key, handled=False)

    def stays(self, key: Key) -> tuple[Edit, ...]:
        """The eyes stay there after their answer: it was none, and is withdrawn."""
        edits: tuple[Edit, ...] = ()
        if self._fresh and not self._search.answers and self._taken:
            last = self._taken.pop()
            edit = self._composer.undo()
            edits = (edit,) if edit else ()
            self._search = last.search
            self._search.take_back()
        elif self._fresh:
            self._search.take_back()
        self._fresh = False
        self._staying = key.action
        self._show()
        return edits

    def stayed(self, key: Key, long: bool) -> Outcome:
        """The eyes left after they had stayed, or stayed long."""
        action = LONG_LOOKS[key.action][long]
        self.went()
        if action != "undo":
            return Outcome(_command(key, action), handled=False)
        if self._search.answers:
            self._restart()
            return Outcome(_command(key, action))
        return Outcome(_command(key, action), self._undo())

    def went(self) -> None:
        """The eyes have left, and nothing comes of it."""
        self._staying = ""
        self._show()

    def _answer(self, key: Key) -> Outcome:
        self._search.answer(key.action == LEFT)
        self._fresh = True
        place, p = self._search.found
        if not place:
            self._show()
            return Outcome(key)
        name = self._search.order.name(place)
        if place == FIRST:
            self._fresh = False
            return Outcome(_command(key, "undo"), self._undo())
        if place.endswith(END) or name in SIGNS:
            learned = self._confirm()
            return Outcome(key, (self._take(place, p, name),), learned=learned)
        self._restart()
        return Outcome(_command(key, name.strip("()")), handled=False)

    def _take(self, place: str, p: float, name: str) -> Edit:
        before = self.text
        edit = self._composer.put(name) if place.endswith(END) else self._composer.punctuate(name)
        self._taken.append(Taken(place, p, self._search, before, edit.text))
        self._restart()
        self._fresh = True
        return edit

    def _confirm(self) -> str:
        """The person goes on: what was taken last was right, and tells how often they slip. Gives
        a word that was not known."""
        if not self._taken or self._confirmed == len(self._taken):
            return ""
        self._confirmed = len(self._taken)
        last = self._taken[-1]
        search = last.search
        self._slips.saw(search.slips(last.place), search.answers)
        spelled = last.place.endswith(END) and not search.order.knows(last.place)
        return search.order.name(last.place) if spelled else ""

    def _undo(self) -> tuple[Edit, ...]:
        """The last word or sign is taken back, and asked for again without it."""
        before = self.text
        edit = self._composer.undo()
        last = self._taken.pop() if self._taken else None
        self._confirmed = min(self._confirmed, len(self._taken))
        if edit and last and (last.text_after, last.text_before) == (before, edit.text):
            order, search = self._begin(UNDO_AGAIN), last.search
            same = order.letters == search.order.letters  # else a new word has brought a new one
            again = search.again(order, last.place, TURNED_DOWN, DOUBTED) if same else None
            self._search = again or Search(order, self._slips.share)
            self._show()
        else:
            self._taken.clear()
            self._restart()
        return (edit,) if edit else ()

    def _restart(self) -> None:
        self._search = Search(self._begin(), self._slips.share)
        self._show()

    def _begin(self, undo: float | None = None) -> Order:
        """What may be meant next."""
        self._alphabet = self._alphabet.renewed()
        last = self._taken[-1] if self._taken else None
        if last and last.text_after != self.text:
            self._taken.clear()
            self._confirmed = 0
            last = None
        if undo is None:
            undo = 1 - last.p + SLIP_AFTER_ALL if last else NOTHING_TO_UNDO
        self._fresh = False
        self._staying = ""
        return Order(self._alphabet, self._composer.before, undo)

    # What is shown

    def _show(self) -> None:
        likely = {side: self._search.likely(side == LEFT) for side in (LEFT, RIGHT)}
        labels = {side: self._label(side == LEFT, found) for side, found in likely.items()}
        words = [found for places in likely.values() for found in places if found.endswith(END)]
        names = [self._search.order.name(word) for word in words]
        self._alphabet.expect(self._composer.before, names)
        if self._staying:
            ends, stays = LONG_LOOKS[self._staying]
            labels[self._staying] = f"look away: {ends}\nstay: {stays}"
        keys = (replace(key, label=labels.get(key.action, key.label)) for key in self._page.keys)
        self._board = replace(self._page, keys=tuple(keys))

    def _label(self, left: bool, likely: Sequence[str]) -> str:
        """The letters of a side, and the likeliest there."""
        place = self._search.question.place
        names = [self._search.order.name(found) for found in likely]
        shown = [self._range(place, left).replace(" ", NO_BREAK)]
        return "\n".join(shown + [name for name in names if name != UNDO])

    def _range(self, place: str, left: bool) -> str:
        if place >= chr(OTHERS_FROM):
            name = self._search.order.name(place)
            return f"{UNDO} A \u2013 Z \u2026" if left else f"{name} \u2026 (bell)"
        letters = self._search.order.letters
        if left:
            end = _shown(_letter_before(place, letters), letters)
            return f"{UNDO} A \u2013 {end}" if end else UNDO
        return f"{_shown(_first_shown(place, letters), letters)} \u2013 Z, signs"


def _command(key: Key, action: str) -> Key:
    return replace(key, id=action, label=action, action=action)


def _first_shown(place: str, letters: str) -> str:
    """The place, its last letter one that is shown."""
    at = ord(place[-1]) - LETTERS_FROM
    skipped = 0 <= at < len(letters) and letters[at] in NOT_SHOWN
    return place[:-1] + chr(LETTERS_FROM + at + 1) if skipped else place


def _letter_before(place: str, letters: str) -> str:
    """The last letters before a place: "mn" for "mo", "m" for "ma", "l" for "m"."""
    bare = place.rstrip(END + LAST)
    if bare != place:
        return bare
    at = ord(place[-1]) - LETTERS_FROM - 1
    while at >= 0 and letters[at] in NOT_SHOWN:
        at -= 1
    return place[:-1] + chr(LETTERS_FROM + at) if at >= 0 else place[:-1]


def _shown(code: str, letters: str) -> str:
    return "".join(letters[ord(c) - LETTERS_FROM] for c in code if c not in (END, LAST)).upper()
