"""Writing by words: looks and a switch go in, words come out. Knows neither time nor gaze.

Every look is weighed against all that it may mean: the next letter, a word that is offered, another
key. A word offered and not taken is less likely from then on. What follows a chosen word confirms
it, and only then is it learned from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gazetalk.keyboard.aim import Aim, Fix, Offsets
from gazetalk.keyboard.alignment import NEVER, WordState
from gazetalk.keyboard.choice import Choice
from gazetalk.keyboard.commits import Commits
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.declined import Declined
from gazetalk.keyboard.decoder import Candidate, Decoder
from gazetalk.keyboard.language import Language
from gazetalk.keyboard.layout import Board, Key, Layout
from gazetalk.keyboard.offer import open_keys, places_for_words, with_words
from gazetalk.keyboard.outcome import Commit, Outcome
from gazetalk.keyboard.underway import Underway
from gazetalk.keyboard.weighing import less_likely, log_idle, log_looked, log_weights

CHOICES_PAGE = "choices"
ACCEPT = 0.7  # a key other than a letter is taken from here on: eyes wander, and look again; ...
ACCEPT_BY_SWITCH = 0.9  # ... with a switch hardly anything but letters is looked at; ...
ACCEPT_CHOICE = 0.6  # ... a choice on its page
TAKEN = 0.7  # the switch takes a word without asking when it is at least so likely
SURE = 0.99  # so sure nobody is that a word chosen was the one meant
MOST_IDLE = 2  # looks that came to nothing are remembered: a second one there makes them clear
PAGES = 4  # pages of choices before the letters come back


class Entry:
    """A layout with `choices`, a language and a person's aim joined, on a screen of that size.

    With keys for words on its first page, words are taken there (live tiles); without, `switch`
    opens the page of choices.
    """

    def __init__(
        self,
        layout: Layout,
        language: Language,
        composer: Composer,
        aim: Aim,
        width_px: int,
        height_px: int,
    ) -> None:
        self._layout = layout
        self._composer = composer
        self._aim = aim
        self._board = layout.place(width_px, height_px)
        self._on_keys = any(key.choice is not None for key in self._board.keys)
        self._decoder = Decoder(language, self._board.letters, width_px * height_px)
        self._word = Underway(self._decoder, aim, composer.before)
        self._signs = self._decoder.signs(composer.before)
        self._commits = Commits()
        self._declined = Declined()
        self._pages = 0
        self._idle: tuple[Fix, ...] = ()
        self._t_s = 0.0
        self._offsets_of: dict[str, Offsets] = {}
        self._offered: tuple[str, ...] = ()
        self.turn_to(layout.first)

    @property
    def board(self) -> Board:
        """The present page, the words offered written on their keys."""
        return self._board

    @property
    def first(self) -> str:
        """The page with the letters."""
        return self._layout.first

    @property
    def weighs(self) -> bool:
        """Whether looks are weighed on this page; on others keys are to be hit."""
        return self._board.page in (self.first, CHOICES_PAGE)

    @property
    def text(self) -> str:
        return self._composer.text

    @property
    def offered(self) -> tuple[str, ...]:
        """The words to choose from: on their keys, or in the strip where there are none."""
        return self._offered

    @property
    def sure(self) -> Candidate | None:
        """The word that the switch would take at once, where the words are not on keys."""
        if self._on_keys or self._board.page != self._layout.first or not self._offered:
            return None
        first = self._word.likeliest
        return first if first and first.p >= TAKEN else None

    @property
    def looks(self) -> int:
        """How many looks the word under way has."""
        return self._word.looks

    @property
    def guess(self) -> str:
        """The likeliest word as far as it was spelled, "" before the first look."""
        return self._word.guess

    @property
    def whole(self) -> str:
        """The word that a space would take, "" before the first look."""
        return self._word.whole.word if self._word.whole else ""

    def look(self, fix: Fix) -> Outcome:
        """The eyes rested there, and meant something by it."""
        self._t_s = fix.t_s
        if self._board.page != self._layout.first:
            self._choice.look(fix)
            return self._settle(fix)
        return self._look_at_letters(fix)

    def switch(self, t_s: float) -> Outcome:
        """The switch: it takes the word that is sure, or opens the page of choices; on that page
        it asks for more."""
        self._t_s = t_s
        if self._board.page != self._layout.first:
            self._more()
            return Outcome(None)
        sure = self.sure
        if sure:
            return self._commit(None, sure.word, None, sure.p)
        self._open_choices()
        return Outcome(None)

    def press(self, key: Key, t_s: float) -> Outcome:
        """A key was chosen by hand."""
        self._t_s = t_s
        if key.spells:
            return self._add_letter(Fix(t_s, *key.rect.centre))
        return self._act(key, None, SURE)

    def restart(self) -> None:
        """The word under way is given up."""
        self._restart()
        self.turn_to(self._layout.first)

    def text_changed(self) -> None:
        """The text or the caret is another, not by this: what comes next begins anew."""
        self._declined.clear()
        self._restart()
        self.turn_to(self._board.page)

    def start_over(self, t_s: float) -> None:
        """The text was right and is done with: the next begins empty."""
        self._t_s = t_s
        self._confirm()
        self._commits.forget()
        self._declined.clear()
        self._composer.clear()
        self.restart()

    def explained(self) -> list[tuple[Fix, tuple[float, float]]]:
        """The looks of words confirmed since the last call, and the places they were at."""
        return self._commits.explained()

    def aim_changed(self) -> None:
        """The aim knows otherwise than before; a word that has begun goes on as it began."""
        self._word.aim_learned(self._t_s)
        self._offsets_of = {}

    def aimed(self, aim: Aim, t_s: float) -> None:
        """Looks fall otherwise from now on."""
        self._aim, self._t_s = aim, t_s
        self._word.aim_with(aim)
        self._place(self._board.width_px, self._board.height_px, self._board.page)

    def lay_out(self, layout: Layout) -> None:
        """Go on with another layout, on its first page."""
        self._layout = layout
        self._place(self._board.width_px, self._board.height_px, layout.first)

    def resize(self, width_px: int, height_px: int) -> None:
        """The screen has another size: the word under way begins anew."""
        self._place(width_px, height_px, self._board.page)

    def _place(self, width_px: int, height_px: int, page: str) -> None:
        """Keys lie elsewhere now, and what was looked at before tells nothing any more."""
        self._commits.forget()
        first = self._layout.place(width_px, height_px)
        self._on_keys = any(key.choice is not None for key in first.keys)
        self._decoder = self._decoder.moved(first.letters, width_px * height_px)
        self._word.decode_with(self._decoder)
        self._board = self._layout.place(width_px, height_px, page)
        self._restart()
        self.turn_to(page)

    # Letters

    def _look_at_letters(self, fix: Fix) -> Outcome:
        """Is it the next letter, or another key? The word's own evidence decides with the rest."""
        self._word.renew(fix.t_s)
        after = self._word.after(fix, self._offered)
        keys = [key for key in self._board.keys if not key.spells]
        weights, offsets = self._log_weights(keys), self._offsets(keys)
        idle = sum(self._log_idle(look) for look in self._idle)
        letter, nothing = after.log_evidence + idle, self._word.log_evidence + idle
        nothing += self._log_idle(fix)
        logs = log_looked(keys, weights, offsets, [fix]) + idle
        if self._idle:
            logs = np.logaddexp(logs, log_looked(keys, weights, offsets, [*self._idle, fix]))
        total = float(np.logaddexp.reduce([letter, nothing, *logs]))
        best = int(logs.argmax())
        p = math.exp(logs[best] - total)
        if letter >= max(nothing, float(logs[best])):
            return self._add_letter(fix, after)
        if p >= (ACCEPT if self._on_keys else ACCEPT_BY_SWITCH) and logs[best] > nothing:
            return self._act(keys[best], fix, p)
        if self._on_keys:
            self._idle = (*self._idle, fix)[-MOST_IDLE:]
        return Outcome(None)

    def _log_idle(self, fix: Fix) -> float:
        """log P(a look means nothing, and falls there): it reads the text, or strays.

        With a switch people write by looking at letters alone: there is nothing else to look for.
        """
        if not self._on_keys:
            return float(NEVER)
        anywhere = self._decoder.log_anywhere
        return log_idle(self._board, self._word.state.offsets, anywhere, fix)

    def _add_letter(self, fix: Fix, after: WordState | None = None) -> Outcome:
        learned = self._confirm()
        self._declined.clear()
        self._word.add(fix, self._offered, None if learned else after)
        self._offer()
        nearest = min(
            (key for key in self._board.keys if key.spells),
            key=lambda key: math.dist(key.rect.centre, (fix.x_px, fix.y_px)),
            default=None,
        )
        return Outcome(nearest)

    def _log_weights(self, keys: Sequence[Key]) -> list[float]:
        """How likely each key is meant next, on the scale of the word's evidence."""
        weights = log_weights(keys, self._word, self._offered, self._commits.doubt, self._signs)
        blank = not self.looks and not self._composer.text
        return less_likely(keys, weights, self._declined, blank)

    # The page of choices

    def _open_choices(self) -> None:
        self._pages = 0
        self._word.renew(self._t_s)
        self.turn_to(CHOICES_PAGE)

    def _more(self) -> None:
        self._word.turn_down(self._offered)
        self._pages += 1
        self.turn_to(self._layout.first if self._pages >= PAGES else CHOICES_PAGE)

    def _settle(self, fix: Fix) -> Outcome:
        """Take the option that the looks at this page mean, once they are enough."""
        shares = self._choice.shares
        best = int(shares.argmax())
        if shares[best] < ACCEPT_CHOICE:
            return Outcome(None)
        return self._act(self._options[best], fix, float(shares[best]))

    # What keys do

    def _act(self, key: Key, fix: Fix | None, p: float) -> Outcome:
        number = key.choice
        if number is not None:
            if number >= len(self._offered):
                return Outcome(None)
            return self._commit(key, self._offered[number], fix, p)
        match key.action:
            case "more" if self._board.page == self._layout.first:
                self._open_choices()
            case "more":
                self._more()
            case "back":
                self._word.turn_down(self._offered)
                self.turn_to(self._layout.first)
            case "undo":
                return self._undo(key)
            case "space":
                return self._end_word(key, fix)
            case "restart":
                self.restart()
            case "type" if not key.spells:
                return self._punctuate(key, fix)
            case "speak" | "speak-sentence" | "speak-word" if self.looks:
                # What is spelled is to be heard as well.
                ended = self._end_word(key, fix)
                return Outcome(key, ended.edits, handled=False)
            case _ if not key.spells:
                return Outcome(key, handled=False)
        return Outcome(key)

    def _end_word(self, key: Key, fix: Fix | None) -> Outcome:
        """The space: the word has all its letters."""
        whole = self._word.whole
        if whole is None:
            edit = self._composer.space()
            return Outcome(key, (edit,) if edit else ())
        return self._commit(key, whole.word, fix, whole.p)

    def _punctuate(self, key: Key, fix: Fix | None) -> Outcome:
        """A sign: it ends the word as a space does."""
        ended = self._end_word(key, fix) if self.looks else Outcome(key)
        edit = self._composer.punctuate(key.text)
        self._declined.took(key.id, edit.text)
        self.restart()
        return Outcome(key, (*ended.edits, edit))

    def _commit(self, key: Key | None, word: str, fix: Fix | None, p: float) -> Outcome:
        self._confirm()
        before = self._composer.text
        edit = self._composer.put(word)
        pick = (fix, key.rect.centre) if fix and key else None
        page = self._board.page
        spaced = key is not None and key.choice is None
        commit = Commit(
            *(word, self._word.state, before, edit.text, p, pick, page),
            # On a later page of choices nobody can know whether it was seen when it was shown.
            as_shown=not spaced and self._pages == 0,
            spaced=spaced,
            missed=self._word.missed(word),
        )
        self._commits.add(commit)
        self._declined.clear()
        if spaced and key:
            self._declined.took(key.id, edit.text)
        self.restart()
        return Outcome(key, (edit,))

    def _undo(self, key: Key) -> Outcome:
        """The last look of the word under way, or else the last word: offered again without it."""
        if self._word.take_back():
            self.turn_to(self._layout.first)
            return Outcome(key)
        before = self._composer.text
        edit = self._composer.undo()
        if edit is None:
            self.turn_to(self._layout.first)
            return Outcome(key)
        self._declined.take_back(before)
        last = self._commits.take_back(before, edit.text)
        if last is None:
            self.restart()
            return Outcome(key, (edit,))
        self._word.resume(last.state)
        self._word.turn_down([last.word])
        self._pages = 0
        self.turn_to(last.page if self._on_keys else CHOICES_PAGE)
        return Outcome(key, (edit,))

    def _confirm(self) -> bool:
        """The person goes on: the last word was right, and its looks tell how they aim."""
        last = self._commits.confirm(self._decoder, self._aim)
        if last is None:
            return False
        self._word.learn(last)
        self.aim_changed()
        return True

    def _restart(self) -> None:
        if self._decoder.outdated:
            self._decoder = self._decoder.renewed()
            self._word.decode_with(self._decoder)
            self._commits.forget()
        self._offsets_of = {}
        self._word.begin(self._composer.before, self._t_s)
        self._signs = self._decoder.signs(self._composer.before)

    # What is shown

    def turn_to(self, page: str) -> None:
        """Show that page."""
        self._board = self._layout.place(self._board.width_px, self._board.height_px, page)
        self._offer()
        self._options = open_keys(self._board, self._offered)
        if page != self._layout.first:
            weights = self._log_weights(self._options)
            places = [key.rect.centre for key in self._options]
            self._choice = Choice(places, weights, self._offsets(self._options))

    def _offer(self) -> None:
        """Write the likeliest words on their keys, to be looked at anew. Undo takes the last of a
        page when the word before may have been wrong, and the word anew when many were turned
        down."""
        self._idle = ()
        other = ""
        if self._board.page == CHOICES_PAGE:
            other = "restart" if self._pages else "undo" if not self.looks else ""
        count = places_for_words(self._board)
        self._offered = self._word.best(count - bool(other))
        self._board = with_words(self._board, self._offered, other)
        self._decoder.expect(self._composer.before, self._offered)

    def _offsets(self, keys: Sequence[Key]) -> Offsets:
        page = self._board.page + str(len(keys))
        if page not in self._offsets_of:
            places = [key.rect.centre for key in keys]
            self._offsets_of[page] = self._aim.at(places, self._t_s)
        return self._offsets_of[page]
