"""Spelling names and words that nobody knows: for each letter one look at a part of the keyboard,
and one at the letter itself, both very large.

However far looks miss, evidence gathers until it is enough. When it is long in coming, the options
that remain are shown further apart: an error that all looks share then gives itself away, because
it does not move with them.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gazetalk.keyboard.aim import Aim, Fix, Offsets
from gazetalk.keyboard.board import Board, Key, Layout, slot_number
from gazetalk.keyboard.choice import Choice

SPELL_PAGE = "spell"
ACCEPT = 0.9  # an option is taken from this probability on, ...
ACCEPT_END = 0.98  # ... the end of the word from this: it takes more to take that back
PATIENCE = 2  # looks at one arrangement before the options that remain are moved apart
POSSIBLE = 0.04  # options less likely than this do not remain
TURNED_DOWN = 0.1  # what was taken back was meant after all in this share of cases
CAME_BACK = 0.3  # undo is that likely, for each letter, after it brought options back
LASTING = 0.3  # so much of a look's own error (as variance) is the same at the next look
LIKE_OTHERS = 0.5  # so much of a letter's chance is even: names are like no other words
KEY_SHARES = {"undo": 0.04, "done": 0.03}
RARE_SHARE = 0.004  # of other keys
MOST_HIDDEN = 0.25  # options are moved apart when those hidden by that are no likelier together
FAR_APART = {1: (5,), 2: (0, 5), 3: (0, 2, 4), 4: (0, 2, 3, 5)}  # places for so few options, of six


@dataclass(frozen=True)
class Spelled:
    """What a look or a key came to.

    key: the key that was meant, None when that is not sure yet. word: the word, once it is done.
    left: the page is done with. handled: whether all that the key does is done.
    """

    key: Key | None = None
    word: str = ""
    left: bool = False
    handled: bool = True


@dataclass(frozen=True)
class _Step:
    """The letters so far, what there is to choose from (each option one letter or several), and
    which of it was turned down. came_back: the options were moved apart, and that undone."""

    word: str
    options: tuple[str, ...]
    turned_down: frozenset[str] = frozenset()
    came_back: bool = False


class _Evidence:
    """Looks, and where each of the keys was at the time."""

    def __init__(self) -> None:
        self.fixes: list[Fix] = []
        self.places: list[tuple[float, float]] = []
        self._keys: list[Mapping[str, Key]] = []

    def add(self, fix: Fix, keys: Mapping[str, Key]) -> None:
        self.fixes.append(fix)
        self._keys.append(keys)

    def of(self, name: str) -> _Evidence:
        """The same as looks at the key of that name."""
        other = _Evidence()
        other.fixes = self.fixes
        other.places = [keys[name].rect.centre for keys in self._keys]
        return other


@dataclass(frozen=True)
class _Taken:
    """A step that was taken: what was chosen, and the looks that chose it."""

    step: _Step
    option: str
    evidence: _Evidence


class Spelling:
    """A word under way on the page `page`, which has keys "part:N" to show parts and letters on.

    groups: the letters by parts of the keyboard, see `groups_of`. aim: how this person's looks
    fall; None where keys are to be hit. spelling: P(an unknown word begins with these letters, a
    last space ends it); all alike unless given.
    """

    def __init__(
        self,
        page: Board,
        groups: Sequence[str],
        aim: Aim | None = None,
        spelling: Callable[[str], float] | None = None,
    ) -> None:
        self._page = page
        self._room = sum(slot_number(key.action, "part") is not None for key in page.keys)
        self._groups = tuple(groups)
        self._aim = aim
        self._spelling = spelling
        self._past: list[_Taken] = []
        self._t_s = 0.0
        self._begin(_Step("", self._groups))

    @property
    def word(self) -> str:
        """The letters so far."""
        return self._step.word

    @property
    def board(self) -> Board:
        """The page, parts or letters written on its keys."""
        return replace(self._page, keys=tuple(self._keys.values()))

    def look(self, fix: Fix) -> Spelled:
        """The eyes rested there. Nothing comes of it until it is clear enough what was meant."""
        self._t_s = fix.t_s
        choice = self._choice or self._weigh()
        choice.look(fix)
        self._evidence.add(fix, self._keys)
        shares = choice.shares
        best = int(shares.argmax())
        name, key = list(self._keys.items())[best]
        if shares[best] >= (ACCEPT_END if key.action == "done" else ACCEPT):
            return self._take(name)
        if len(self._evidence.fixes) % PATIENCE == 0:
            self._move_apart()
        return Spelled()

    def press(self, key: Key, t_s: float) -> Spelled:
        """A key was chosen by hand, or hit."""
        self._t_s = t_s
        self._evidence = _Evidence()
        name = next((name for name, other in self._keys.items() if other.id == key.id), None)
        return self._take(name) if name else Spelled()

    # What keys do

    def _take(self, name: str) -> Spelled:
        key = self._keys[name]
        if name in self._step.options:
            self._choose(name)
        elif key.action == "undo":
            return Spelled(key, left=not self._undo())
        elif key.action == "done":
            self._learn()
            return Spelled(key, word=self.word, left=True)
        else:
            self._begin(self._step)
            return Spelled(key, handled=False)
        return Spelled(key)

    def _choose(self, option: str) -> None:
        self._past.append(_Taken(self._step, option, self._evidence.of(option)))
        if len(option) > 1:
            self._begin(_Step(self.word, self._parts(option)))
        else:
            self._begin(_Step(self.word + option, self._groups))

    def _undo(self) -> bool:
        """The last step is taken back, and what was chosen at it turned down; but where options
        were moved apart, all of them come back once: perhaps the one that is meant was hidden.

        Whether there was anything to take back.
        """
        if self._apart and not self._step.came_back:
            shown = self._step.turned_down | set(self._apart)
            self._begin(replace(self._step, turned_down=shown, came_back=True))
        elif self._past:
            last = self._past.pop()
            turned_down = last.step.turned_down | {last.option}
            self._begin(replace(last.step, turned_down=turned_down))
        else:
            return False
        return True

    def _learn(self) -> None:
        """The word is done: the steps to it were right, and their looks tell how they aim.

        Not before: while spelling goes wrong, what follows a wrong step confirms nothing.
        """
        if self._aim is not None:
            _learn(self._aim, self._past)

    # What is shown, and what is likely

    def _begin(self, step: _Step) -> None:
        self._step = step
        self._evidence = _Evidence()
        self._choice: Choice | None = None
        self._apart: list[str] = []
        self._mirrored = False
        self._show(dict(enumerate(step.options)))

    def _show(self, names: Mapping[int, str]) -> None:
        """Show these at those places for parts, from 0; other keys where the page has them."""
        places = {slot_number(key.action, "part"): key for key in self._page.keys}
        keys = {name: self._key(name, places[place]) for place, name in names.items()}
        for key in self._page.keys:
            if slot_number(key.action, "part") is None:
                keys.setdefault(f":{key.id}", self._key(f":{key.id}", key))
        self._keys = keys

    def _key(self, name: str, at: Key) -> Key:
        """The key of that name at the place of another."""
        if not name.startswith(":"):
            return replace(at, label=" ".join(letter_label(letter) for letter in name))
        key = next(key for key in self._page.keys if f":{key.id}" == name)
        return replace(key, rect=at.rect)

    def _moves(self, name: str) -> bool:
        """Whether it may be shown elsewhere: not the bell and rest."""
        return self._keys[name].action.partition(":")[0] in ("part", *KEY_SHARES)

    def _parts(self, letters: str) -> tuple[str, ...]:
        """The letters one by one, or in parts again where there are too many for the page."""
        size = -(-len(letters) // self._room)
        return tuple(letters[start : start + size] for start in range(0, len(letters), size))

    def _weigh(self) -> Choice:
        """Begin to weigh looks at what is shown."""
        logs = [math.log(share) for share in self._shares()]
        self._choice = Choice(self._places(), logs, self._offsets())
        return self._choice

    def _move_apart(self) -> None:
        """Show what remains possible as far from one another as can be, and hide other letters."""
        assert self._choice is not None
        names = list(self._keys)
        shares = dict(zip(names, self._choice.shares, strict=True))
        likely = sorted(filter(self._moves, names), key=lambda name: -shares[name])[:4]
        left = [name for name in names if name in likely and shares[name] >= POSSIBLE]
        hidden = 1 - sum(shares[name] for name in left)
        if self._room != 6 or not left or hidden > MOST_HIDDEN:
            return
        self._mirrored = left == self._apart and not self._mirrored  # it did not tell them apart
        self._apart = left
        places = [5 - at if self._mirrored else at for at in FAR_APART[len(left)]]
        self._show(dict(zip(places, left, strict=True)))
        keep = [names.index(name) for name in self._keys]
        self._choice = self._choice.moved(keep, self._places(), self._offsets())

    def _places(self) -> list[tuple[float, float]]:
        return [key.rect.centre for key in self._keys.values()]

    def _offsets(self) -> Offsets:
        """What looks at the keys are expected to miss by, each key for itself.

        The steps so far tell of it, if they were right. But if undo is meant, the last was wrong.
        """
        known, doubted = self._aim_after(self._past), self._aim_after(self._past[:-1])
        places = self._places()
        on, back = known.at(places, self._t_s), doubted.at(places, self._t_s)
        undo = np.array([[key.action == "undo"] for key in self._keys.values()])
        own_px2 = np.where(undo, back.own_px2, on.own_px2)
        shared_px2 = np.where(undo, back.shared_px2, on.shared_px2) + LASTING * own_px2
        mean_px = np.where(undo, back.mean_px, on.mean_px)
        return Offsets(mean_px, shared_px2, (1 - LASTING) * own_px2)

    def _aim_after(self, steps: Sequence[_Taken]) -> Aim:
        """The person's aim, with what these steps tell of it."""
        assert self._aim is not None, "looks cannot be weighed without an aim"
        aim = copy.deepcopy(self._aim)
        _learn(aim, steps)
        return aim

    def _shares(self) -> list[float]:
        """How likely each key is meant next, up to a common factor."""
        others = dict(KEY_SHARES)
        if self._step.came_back:
            others["undo"] = CAME_BACK
        elif not self._past:
            others["undo"] = others["done"] = RARE_SHARE  # they only leave the page
        return [
            others.get(key.action, RARE_SHARE) if name.startswith(":") else self._share(name)
            for name, key in self._keys.items()
        ]

    def _share(self, option: str) -> float:
        """P(the next letter is one of these), given that there is one."""
        everything = "".join(self._step.options)
        even = len(option) / max(len(everything), 1)
        share = even
        if self._spelling is not None:
            whole = sum(self._spelling(self.word + letter) for letter in everything)
            part = sum(self._spelling(self.word + letter) for letter in option)
            known = part / whole if whole > 0 else even
            share = LIKE_OTHERS * even + (1 - LIKE_OTHERS) * known
        return share * (TURNED_DOWN if option in self._step.turned_down else 1.0)


def _learn(aim: Aim, steps: Sequence[_Taken]) -> None:
    for step in steps:
        aim.learn(step.evidence.fixes, step.evidence.places)


def spelling_on(
    layout: Layout, width_px: int, height_px: int, aim: Aim | None, language: object | None
) -> Spelling:
    """Spelling with a layout's letters, on its page for that. Raises KeyError when it has none."""
    rows = ["".join(filter(_is_letter, row)) for row in _rows_of(layout)]
    probability = getattr(language, "spelling_probability", None)
    page = layout.place(width_px, height_px, SPELL_PAGE)
    return Spelling(page, groups_of([row for row in rows if row]), aim, probability)


def _rows_of(layout: Layout) -> list[list[str]]:
    """What the keys of the first page type."""
    rows = layout.pages[layout.first].rows
    return [[cell.text for cell in row if cell.action == "type"] for row in rows]


def _is_letter(text: str) -> bool:
    return len(text) == 1 and (text.isalpha() or text == "'")


def groups_of(rows: Sequence[str], parts: int = 6) -> tuple[str, ...]:
    """Rows of letters in at most so many parts: the halves of three rows, else equal runs."""
    if len(rows) * 2 == parts and all(2 <= len(row) <= 2 * parts for row in rows):
        middles = [-(-len(row) // 2) for row in rows]
        halves = [(r[:m], r[m:]) for r, m in zip(rows, middles, strict=True)]
        return tuple(half for pair in halves for half in pair)
    letters = "".join(rows)
    size = max(1, -(-len(letters) // parts))
    return tuple(letters[start : start + size] for start in range(0, len(letters), size))


def letter_label(letter: str) -> str:
    """The letter as keys show it."""
    upper = letter.upper()
    return upper if len(upper) == 1 else letter
