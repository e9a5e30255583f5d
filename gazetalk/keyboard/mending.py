"""Mending words whose letters were hit one by one: the looks they were written with say more.

A key that the eyes missed by a hair leaves its letter out, or types its neighbour's. Where the eyes
rested meanwhile is decoded as it is on keyboards that weigh looks; when a word ends and its looks
were clearly at another one, that takes its place. One undo brings back what was hit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gazetalk.keyboard.aim import Aim, Fix
from gazetalk.keyboard.alignment import WordState
from gazetalk.keyboard.composer import Composer, Edit
from gazetalk.keyboard.decoder import Decoder
from gazetalk.keyboard.language import Language
from gazetalk.keyboard.layout import Board, Key
from gazetalk.keyboard.looking import RADIUS_KEYS, nearest

LEAST_LOOK_S = 0.35  # shorter rests are on the way to somewhere; a letter takes 0.8 s to be hit
# So likely must a word be to take the place of one that nobody knows, and of one that is known and
# itself so unlikely.
UNKNOWN_SURE, KNOWN_SURE, KNOWN_DOUBT = 0.85, 0.97, 0.01
MOST_LOOKS = 32  # longer words are not mended
# The eyes rested on the space for so long, and it was not hit: there are two words, if each of them
# is so likely.
LEAST_SPACE_S, PART_SURE = 0.6, 0.6
SPEAKING = ("speak", "speak-word", "speak-sentence")
CORRECTING = ("erase", "erase-word", "capital", "undo", "redo")


@dataclass(frozen=True)
class Look:
    """A rest of the eyes on the keys of letters, of so many seconds."""

    fix: Fix
    seconds: float


class Mending:
    """Told of rests of the eyes and of the ends of words. aim: how this person's looks fall."""

    def __init__(self, language: Language, aim: Aim) -> None:
        self._language = language
        self.aim = aim
        self._looks: list[Look] = []
        self._breaks: set[int] = set()  # looks before which the eyes rested on the space
        self._apart = True  # something else was looked at since the last letter
        self._touched = False  # the person has corrected this word: it is as they want it
        self._due: tuple[str, str] | None = None
        self._decoder: Decoder | None = None
        self._placed: Board | None = None

    def rested(self, fix: Fix, seconds: float, board: Board) -> None:
        """The eyes have rested there for so long, and gone on."""
        key = nearest(board, (fix.x_px, fix.y_px))
        if seconds < LEAST_LOOK_S:
            return
        if key is None or not key.spells:
            self._apart = True
            if key is not None and key.action == "space" and seconds >= LEAST_SPACE_S:
                self._breaks.add(len(self._looks))
            return
        last = self._looks[-1] if self._looks and not self._apart else None
        here = Look(fix, seconds)
        radius_px = RADIUS_KEYS * key.rect.width
        if last and math.dist((last.fix.x_px, last.fix.y_px), (fix.x_px, fix.y_px)) < radius_px:
            self._looks[-1] = _joined(last, here)
        else:
            self._looks.append(here)
        self._apart = False

    def before(self, key: Key, composer: Composer, board: Board) -> list[Edit]:
        """That key is about to do its work: what is spoken is mended first."""
        if key.spells:
            return []
        if key.action in CORRECTING:
            self._touched = True
            return []
        if key.action in SPEAKING:
            return self.ended(composer, board)
        if key.action in ("space", "type"):
            self._judge(composer, board)
        self._forget()
        return []

    def ended(self, composer: Composer, board: Board) -> list[Edit]:
        """The word before the caret is at its end, though no key has said so."""
        self._judge(composer, board)
        self._forget()
        return self.after(composer)

    def after(self, composer: Composer) -> list[Edit]:
        """It has done it: the word before is mended, so that one undo brings it back."""
        due, self._due = self._due, None
        edit = composer.mend(*due) if due else None
        return [edit] if edit else []

    def _judge(self, composer: Composer, board: Board) -> None:
        """What becomes of the word before the caret."""
        literal = _last_word(composer.before)
        context = composer.before[: len(composer.before) - len(literal)]
        mended = self._meant(literal, context, board)
        self._due = (literal, mended) if mended else None

    def _forget(self) -> None:
        self._looks, self._apart, self._touched = [], True, False
        self._breaks = set()

    def _meant(self, literal: str, context: str, board: Board) -> str | None:
        """The word that was meant where `literal` was hit, after the text `context`; None when that
        is as likely as any, or nothing can be said."""
        if self._touched or not self._looks or not literal or len(self._looks) > MOST_LOOKS:
            return None
        decoder, hit = self._decoder_on(board), literal.lower()
        meant = self._divided(decoder, context) or self._one_word(decoder, hit, context)
        return None if meant in (None, hit) else _cased(str(meant), literal)

    def _one_word(self, decoder: Decoder, hit: str, context: str) -> str | None:
        state = self._decoded(decoder, context, self._looks)
        best = decoder.whole(state)
        # Only ever towards a word that people say.
        if best is None or not decoder.knows(best.word):
            return None
        p_hit = math.exp(decoder.log_weights(state, [hit])[0] - decoder.log_whole(state))
        if decoder.knows(hit):
            return best.word if best.p >= KNOWN_SURE and p_hit <= KNOWN_DOUBT else None
        return best.word if best.p >= UNKNOWN_SURE else None

    def _divided(self, decoder: Decoder, context: str) -> str | None:
        """The words between rests on the space."""
        ends = [*sorted(self._breaks & set(range(1, len(self._looks)))), len(self._looks)]
        if len(ends) < 2:
            return None
        looks = [self._looks[start:end] for start, end in pairwise([0, *ends])]
        return self._words(decoder, context, looks)

    def _words(self, decoder: Decoder, context: str, looks: Sequence[Sequence[Look]]) -> str | None:
        """The words of these looks; None where one of them is not likely enough."""
        words: list[str] = []
        for part in looks:
            before = " ".join([context.rstrip(), *words, ""]).lstrip()
            best = decoder.whole(self._decoded(decoder, before, part))
            if best is None or best.p < PART_SURE or not decoder.knows(best.word):
                return None
            words.append(best.word)
        return " ".join(words)

    def _decoded(self, decoder: Decoder, context: str, looks: Sequence[Look]) -> WordState:
        state = decoder.begin(context, self.aim, looks[0].fix.t_s)
        for look in looks:
            state = decoder.add(state, look.fix)
        return state

    def _decoder_on(self, board: Board) -> Decoder:
        places = {key.text: key.rect.centre for key in board.keys if key.spells}
        area_px2 = float(board.width_px * board.height_px)
        if self._decoder is None or self._decoder.outdated:
            self._decoder = Decoder(self._language, places, area_px2)
        elif self._placed != board:
            self._decoder = self._decoder.moved(places, area_px2)
        self._placed = board
        return self._decoder


def _cased(word: str, like: str) -> str:
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


def _last_word(before: str) -> str:
    """The letters and apostrophes that a text ends with."""
    start = len(before)
    while start and (before[start - 1].isalpha() or before[start - 1] == "'"):
        start -= 1
    return before[start:]


def _joined(one: Look, more: Look) -> Look:
    """Two rests at one place as one: a blink lay between them, or the noise of a moment."""
    share = more.seconds / (one.seconds + more.seconds)
    a, b = one.fix, more.fix
    place = (a.x_px + share * (b.x_px - a.x_px), a.y_px + share * (b.y_px - a.y_px))
    fix = replace(a, x_px=place[0], y_px=place[1])
    return Look(fix, one.seconds + more.seconds)
