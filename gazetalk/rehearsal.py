"""Three short sentences to copy at the end of a set-up, with the keyboard that will be used.

Rest, the bell, settings and the voice work as ever meanwhile; what is written here is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from gazetalk.talk import CHARACTERS_A_WORD

# Short and of everyday words, by the languages of layouts.
SENTENCES = {
    "english": ("i would like some tea", "please open the window", "thank you very much"),
    "german": ("ich möchte einen tee", "bitte das fenster öffnen", "vielen dank für alles"),
    "spanish": ("quiero un poco de té", "abre la ventana por favor", "muchas gracias por todo"),
    "french": ("je voudrais un café", "ouvre la fenêtre merci", "à demain tout le monde"),
}
# Eyes alone must get past it too.
PATIENCE_S = 90.0
RESULT_S = 15.0
ASK = "Please write, then speak"
HELP = "N: next · R: again · E: end"
# From these shares of right words on.
WELL, SOME = 0.9, 0.6
WENT_WELL = "That went well"
GOES = "It goes, and gets easier with some days of practice"
HARD = "That was hard: check the gaze (F5), or choose larger words in the settings"


@dataclass(frozen=True)
class Copied:
    """What became of a sentence: words of it that were written in their order, of so many."""

    right: int
    asked: int
    characters: int
    seconds: float


class Rehearsal:
    """Asks for one sentence after another, as time goes on.

    open_page: gives an empty page to write on, from a time on. close: gives the person's own back.
    """

    def __init__(
        self,
        sentences: Sequence[str],
        open_page: Callable[[float], None],
        close: Callable[[float], None],
    ) -> None:
        self._sentences = tuple(sentences)
        self._open_page = open_page
        self._close = close
        self._copied: list[Copied] = []
        self._begin_s: float | None = None
        self._last_s = 0.0
        self._text = ""
        self._said = False
        self.over = False

    @property
    def words(self) -> str:
        """What is asked, or how it went, for the empty page; "" when it is over."""
        if self.over or self._begin_s is None:
            return ""
        return told(self._copied) if self._asked is None else f"{ASK}: {self._asked}"

    @property
    def asked(self) -> str:
        """The sentence that is to be copied now; "" for none."""
        return "" if self.over or self._begin_s is None else self._asked or ""

    @property
    def line(self) -> str:
        """The same in small, for a line below what is written, with a helper's keys."""
        if self.over or self._begin_s is None:
            return ""
        number = f"{len(self._copied) + 1}/{len(self._sentences)} · " if self._asked else ""
        return f"{self._asked or ''} ({number}{HELP})".strip()

    @property
    def copied(self) -> tuple[Copied, ...]:
        """The sentences that are over."""
        return tuple(self._copied)

    def attend(self, text: str, resting: bool, t_s: float) -> None:
        """Call often while somebody writes. text: on the page; resting: they pause, and so does
        this."""
        if self.over:
            return
        if self._begin_s is None:
            self._turn(t_s)
            return
        self._text = text
        if resting:
            self._begin_s += t_s - self._last_s
        self._last_s = t_s
        waited_s = t_s - self._begin_s
        if self._asked is None:
            if waited_s > RESULT_S:
                self.end(t_s)
        elif self._said or _plain(text) == self._asked or waited_s > PATIENCE_S:
            self._next(t_s)

    def spoken(self, text: str) -> None:
        """The person had something said: with all that is written they are content."""
        self._said = bool(text) and text == self._text.strip()

    def press(self, key: str, t_s: float) -> None:
        """A helper's key."""
        if self.over or self._begin_s is None:
            return
        if key == "e" or (key == "n" and self._asked is None):
            self.end(t_s)
        elif key == "n":
            self._next(t_s)
        elif key == "r":
            if self._asked is None:
                self._copied.clear()
            self._turn(t_s)

    def end(self, t_s: float) -> None:
        """Give the person's own page back; a second time does nothing."""
        if not self.over and self._begin_s is not None:
            self._close(t_s)
        self.over = True

    @property
    def _asked(self) -> str | None:
        done = len(self._copied)
        return self._sentences[done] if done < len(self._sentences) else None

    def _next(self, t_s: float) -> None:
        asked, written = self._asked or "", _plain(self._text)
        seconds = t_s - (self._begin_s or t_s)
        right = right_words(asked, written)
        self._copied.append(Copied(right, len(asked.split()), len(written), seconds))
        self._turn(t_s)

    def _turn(self, t_s: float) -> None:
        self._begin_s = self._last_s = t_s
        self._text, self._said = "", False
        self._open_page(t_s)


def right_words(asked: str, written: str) -> int:
    """Words of what was asked that stand in what was written, in their order."""
    blocks = SequenceMatcher(None, asked.split(), written.split(), False).get_matching_blocks()
    return sum(block.size for block in blocks)


def told(copied: Sequence[Copied]) -> str:
    """How it went, in plain words; sentences that nobody began do not count."""
    begun = [one for one in copied if one.characters]
    if not begun:
        return "Nothing was written"
    right, asked = sum(one.right for one in begun), sum(one.asked for one in begun)
    seconds = max(1.0, sum(one.seconds for one in begun))
    wpm = sum(one.characters for one in begun) / CHARACTERS_A_WORD / seconds * 60
    share = right / asked
    verdict = WENT_WELL if share >= WELL else GOES if share >= SOME else HARD
    return f"{right} of {asked} words are right, {wpm:.1f} words a minute. {verdict}"


def _plain(text: str) -> str:
    letters = "".join(" " if sign in ".,!?;:" else sign for sign in text.lower())
    return " ".join(letters.split())
