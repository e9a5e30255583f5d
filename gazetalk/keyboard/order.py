"""All that may be meant next, in one order that people know: the alphabet.

Undo comes first, then every word there is, known or not, in alphabetical order, then signs and what
else there is to do. A place in this order is a text of letters coded so that plain comparison sorts
them; the share of what lies before a place is all that `two_zone` asks.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import numpy as np

from gazetalk.keyboard.language import Language
from gazetalk.keyboard.word_model import ESCAPE
from gazetalk.keyboard.words import fold

UNDO = "(undo)"  # what is no word is in brackets
FIRST, END = "\x00", "\x01"  # undo; the end of a word, before all of its letters
LETTERS_FROM = 0x100
LAST = "\U0010fff0"  # behind all letters
OTHERS_FROM = 0x100000  # signs and commands
BOTTOM, TOP = "", "\U0010ffff"  # of the whole order
SIGN_SHARES = {".": 0.03, "?": 0.015, ",": 0.01, "!": 0.005}  # where the language says nothing
SIGN_UNLIKELY = 1e-4  # after another sign
# The gravest is the last.
COMMAND_SHARES = {"(speak)": 0.01, "(clear)": 0.001, "(rest)": 0.003, "(bell)": 0.003}
SPEAK_AFTER_SIGN = 0.4  # a sentence that is done is mostly spoken
SIGNS, COMMANDS = tuple(SIGN_SHARES), tuple(COMMAND_SHARES)
DIGITS = "0123456789"  # numbers are words that nobody knows
FINE = 1 << 52
WHOLE = 1 << 256  # shares are counted in so many parts: of long names floats would leave nothing
LONGEST = 24  # letters of a word that nobody knows
ANY = 0.02  # so much of an unknown letter's chance is even: names are like no other words


class Alphabet:
    """The words of a language in the order of the alphabet, letters with accents after those
    without."""

    def __init__(self, language: Language) -> None:
        self._language = language
        words = self._words = language.words
        spelt = getattr(self._language, "letters", "abcdefghijklmnopqrstuvwxyz' ")
        self.spelt = sorted({*spelt, *DIGITS} - {" "}, key=_rank)
        self.letters = "".join(sorted({*self.spelt, *"".join(words)} - {" "}, key=_rank))
        codes = {ord(c): LETTERS_FROM + place for place, c in enumerate(self.letters)}
        coded = [word.translate(codes) + END for word in words]
        self._order = np.array(sorted(range(len(coded)), key=coded.__getitem__), dtype=np.intp)
        self._codes = codes
        self.coded = [coded[place] for place in self._order]

    def renewed(self) -> Alphabet:
        """With what the language has learned since."""
        return self if self._words is self._language.words else Alphabet(self._language)

    def code(self, letters: str) -> str:
        return letters.translate(self._codes)

    def text(self, code: str) -> str:
        """The letters that a code stands for, without the end of the word."""
        return "".join(self.letters[ord(c) - LETTERS_FROM] for c in code if c != END)

    def sums(self, context: str) -> np.ndarray:
        """(N + 1,) the share of the first so many words, of those that are known."""
        p = np.exp(np.asarray(self._language.log_probabilities(context), dtype=float))[self._order]
        sums = np.concatenate([[0.0], np.cumsum(p)])
        return sums / sums[-1]

    def expect(self, context: str, words: Sequence[str]) -> None:
        """These words are shown after that text."""
        asked = getattr(self._language, "expect", None)
        if asked is not None:
            asked(context, words)

    def following(self, letters: str) -> dict[str, float]:
        """P(the next letter) within an unknown word, END for its end."""
        even = 1 / (len(self.spelt) + 1)
        asked = getattr(self._language, "spelling_after", None)
        known = dict.fromkeys([*self.spelt, " "], even)
        if asked is not None:
            known = dict(zip(self._language.letters, map(float, asked(letters)), strict=True))  # type: ignore[attr-defined]
        mixed = {c: ANY * even + (1 - ANY) * known.get(c, 0.0) for c in self.spelt}
        end = 0.0 if not letters else 1.0 if len(letters) >= LONGEST else known.get(" ", even)
        rest = (1 - end) / max(sum(mixed.values()), 1e-12)
        return {END: end} | {c: rest * share for c, share in mixed.items()}

    def signs(self, context: str) -> dict[str, float]:
        """P of each sign after that text."""
        asked = getattr(self._language, "punctuation", None)
        said = {mark.word: mark.p for mark in asked(context)} if asked else {}
        after = bool(context.strip()) and context.rstrip()[-1].isalnum()
        return {
            sign: max(said.get(sign, 0.0), p) if after else 1e-4 for sign, p in SIGN_SHARES.items()
        }


class Order:
    """What may be meant after the text `context`, in order, and how likely.

    undo: P(the last word was wrong).
    """

    def __init__(self, alphabet: Alphabet, context: str, undo: float) -> None:
        self._alphabet = alphabet
        self._sums = alphabet.sums(context)
        shares = dict(COMMAND_SHARES)
        if context.rstrip().endswith(tuple(".?!")):
            shares["(speak)"] = SPEAK_AFTER_SIGN
        others = [*alphabet.signs(context).items(), *((name, shares[name]) for name in COMMANDS)]
        self._others = {chr(OTHERS_FROM + k): name for k, (name, _) in enumerate(others)}
        rest = sum(p for _, p in others)
        scale = min(1.0, 0.9 / (undo + rest))
        self._undo = _parts(undo * scale)
        sums = [0, *accumulate(_parts(p * scale) for _, p in others)]
        self._words = WHOLE - self._undo - sums[-1]
        self._after = dict(zip([*self._others, TOP], sums, strict=True))
        self._unknown = cache(self._unknown_before)
        self.before = cache(self._before)  # how much of all lies before a place, of `WHOLE`

    def places(self, node: str) -> list[str]:
        """Where the parts of a node begin: the places one letter further, ascending.

        A node is a place that words or other things begin with, "" for all.
        """
        letters = [chr(LETTERS_FROM + k) for k in range(len(self._alphabet.letters))]
        if node == BOTTOM:
            return [FIRST, *letters, *self._others]
        return [node + END, *(node + letter for letter in letters)]

    def behind(self, node: str) -> str:
        """The place where a node has ended."""
        if node == BOTTOM:
            return TOP
        if node in self._others:
            return next((place for place in self._others if place > node), TOP)
        if node == FIRST:
            return chr(LETTERS_FROM)
        if node.endswith(END):
            return node.removesuffix(END) + chr(LETTERS_FROM)
        return node + LAST

    def is_one(self, node: str) -> bool:
        """Whether a node is one word or thing, whole."""
        return node == FIRST or node.endswith(END) or node in self._others

    def name(self, node: str) -> str:
        """The word, sign or command, or what words begin with there."""
        if node == FIRST:
            return UNDO
        return self._others.get(node) or self._alphabet.text(node)

    def place_of(self, name: str) -> str:
        """Where a word, a sign or a command is; a word may be one that nobody knows."""
        if name == UNDO:
            return FIRST
        others = {other: place for place, other in self._others.items()}
        return others.get(name) or self._alphabet.code(name) + END

    def knows(self, place: str) -> bool:
        """Whether a word is of the language; numbers need not be."""
        at = bisect.bisect_left(self._alphabet.coded, place)
        found = self._alphabet.coded[at : at + 1] == [place]
        return found or not set(DIGITS).isdisjoint(self.name(place))

    @property
    def letters(self) -> str:
        """All letters, in order."""
        return self._alphabet.letters

    def _before(self, place: str) -> int:
        """How much of all lies before a place, in parts of `WHOLE`."""
        if place <= FIRST:
            return 0
        if place >= chr(OTHERS_FROM):
            return WHOLE - self._after[TOP] + self._after[place]
        known = float(self._sums[bisect.bisect_left(self._alphabet.coded, place)])
        share = _parts((1 - ESCAPE) * known) + _times(self._unknown(place)[0], ESCAPE)
        return self._undo + share * self._words // WHOLE

    def _unknown_before(self, place: str) -> tuple[int, int]:
        """How many of the unknown words come before a place, and how many begin with it."""
        if not place:
            return 0, WHOLE
        start, last = place[:-1], place[-1]
        before, whole = self._unknown(start)
        if last == LAST:
            return before + whole, 0
        if start.endswith(END):
            return before, 0
        following = self._alphabet.following(self._alphabet.text(start))
        if last == END:
            return before, _times(whole, following[END])
        at = ord(last) - LETTERS_FROM
        lower = sum(following.get(c, 0.0) for c in (END, *self._alphabet.letters[:at]))
        own = following.get(self._alphabet.letters[at], 0.0)
        return before + _times(whole, lower), _times(whole, own)


def _parts(share: float) -> int:
    return _times(WHOLE, share)


def _times(whole: int, share: float) -> int:
    """A share (0..1) of a whole, as exactly as floats are."""
    return whole * round(share * FINE) // FINE


def _rank(letter: str) -> tuple[str, str]:
    return fold(letter), letter
