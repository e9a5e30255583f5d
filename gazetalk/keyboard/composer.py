"""The text that is being written: every change can be undone and is on disk before it is shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace

from gazetalk.keyboard.caret import (
    character_before,
    sentence_at,
    settled,
    whole,
    word_at,
    word_left,
    word_right,
)
from gazetalk.keyboard.journal import Journal

UNDO_STEPS = 1000
SENTENCE_ENDS = ".?!"
CLOSING = ",.?!;:\u2026)]}\u00bb\u201d%"  # they belong to the word before ...
OPENING = "([{\u00ab\u201c\u201e\u00bf\u00a1"  # ... and these to the word after ...
JOINING = "-/@_'\u2019"  # ... and these to both
IN_NUMBERS = ".,:"  # 3.5 or 10:30


@dataclass(frozen=True)
class Edit:
    """A change of the text.

    kind: "type", "space", "erase", "clear", "change", "undo" or "redo". piece: what was added
    ("type", "space"), taken away ("erase", "clear") or is there now instead ("change"), "" for
    "undo" and "redo". text: the whole text now.
    """

    kind: str
    piece: str
    text: str


@dataclass(frozen=True)
class Moment:
    """A text and where its caret stands. loose: the space before the caret came by itself."""

    text: str
    caret: int
    loose: bool = False

    @property
    def before(self) -> str:
        return self.text[: self.caret]

    @property
    def after(self) -> str:
        return self.text[self.caret :]


class Composer:
    """Text with a caret, undo and redo, over a journal (None keeps it in memory only).

    It begins with the text that the journal restores, the caret at its end: `restored`, None when
    there was none; `problem` says what was wrong with the journal found. When the journal cannot
    be written the text goes on in memory, and `fault` says why until writing works again.

    What is added goes in at the caret. Moving the caret is no change: it is neither saved nor
    undone, but undo and redo put the caret back to where it stood.

    capitals: words that are always written with a capital, as their language has it.
    """

    def __init__(self, journal: Journal | None = None) -> None:
        self.capitals: Collection[str] = ()
        self._journal = journal
        self.restored = journal.restore() if journal else None
        self.problem = journal.problem if journal else None
        text = self.restored or ""
        self._now = Moment(text, len(text))
        self._past: deque[Moment] = deque(maxlen=UNDO_STEPS)
        self._future: list[Moment] = []
        self._fault: str | None = None
        self._said = ""

    @property
    def text(self) -> str:
        return self._now.text

    @property
    def caret(self) -> int:
        """Where the caret stands, 0..len(text); never within a character (see `caret`)."""
        return self._now.caret

    @property
    def before(self) -> str:
        """The text before the caret: what a next word follows."""
        return self._now.before

    @property
    def fault(self) -> str | None:
        """Why the last change is not on disk, or None when it is."""
        return self._fault

    # What is spoken

    @property
    def word(self) -> str:
        """The word at the caret, or the one before it; "" when there is none."""
        return self.text[slice(*word_at(self.text, self.caret))]

    @property
    def sentence(self) -> str:
        """The sentence at the caret, or the one before it; "" when there is none."""
        return sentence_at(self.text, self.caret)

    @property
    def said(self) -> str:
        """What was last said, to be said again; "" before that."""
        return self._said

    def say(self, text: str) -> str:
        """Remember a text as the last one said; it is given back, without spaces around it."""
        self._said = text.strip() or self._said
        return text.strip()

    # Adding

    def type(self, text: str) -> Edit:
        """Exactly this text."""
        return self._insert("type", text)

    def add(self, text: str) -> Edit:
        """What a key types: exactly this text, but a sign goes before a space that came by itself
        after a word."""
        signs = self._now.loose and not text[:1].isalnum()
        return self.punctuate(text) if signs else self.type(text)

    def space(self) -> Edit | None:
        """A space; None when there is one already that came by itself."""
        return None if self._now.loose else self._insert("space", " ")

    def put(self, words: str) -> Edit:
        """A word or several, with the spaces that they need on both sides, and a capital where a
        sentence begins."""
        before, after = self._now.before, self._now.after
        piece = styled(words.strip(), before, self.capitals)
        if before and not before[-1].isspace() and before[-1] not in OPENING + JOINING:
            piece = f" {piece}"
        if after.startswith(" "):
            return self._insert("type", piece, over=1)
        closed = after != "" and after[0] in CLOSING
        return self._insert("type", piece if closed else f"{piece} ", spaced=True)

    def punctuate(self, sign: str) -> Edit:
        """A sign, with the spaces it needs: most belong to the word before it."""
        before, after = self._now.before, self._now.after
        if sign in OPENING:
            return self.type(sign if not before or before[-1].isspace() else f" {sign}")
        if sign not in CLOSING + JOINING:
            return self.type(sign)
        kept = before.rstrip(" ")
        if sign in JOINING or (sign in IN_NUMBERS and kept[-1:].isdigit()):
            return self._insert("type", sign, dropped=len(before) - len(kept))
        over = 1 if after.startswith(" ") else 0
        piece = sign if over or (after and after[0] in CLOSING) else f"{sign} "
        dropped = len(before) - len(kept)
        return self._insert("type", piece, dropped=dropped, over=over, spaced=True)

    # Taking away

    def erase(self) -> Edit | None:
        """Take the character before the caret (with its accents) away; None when there is none."""
        return self._cut(character_before(self.text, self.caret), self.caret)

    def erase_word(self) -> Edit | None:
        """Take the word before the caret away, and no more spaces than it needed; None when there
        is none."""
        start, end = word_left(self.text, self.caret), self.caret
        doubled = start == 0 or self.text[start - 1] == " "
        if start < end and doubled and self._now.after.startswith(" "):
            end = settled(self.text, end + 1)
        return self._cut(start, end)

    def clear(self) -> Edit | None:
        """Take the whole text away, to come back by `undo`; None when there is none."""
        return self._change("clear", self.text, Moment("", 0)) if self.text else None

    # Changing

    def capital(self) -> Edit | None:
        """Turn the first letter of the word at the caret into a capital, or back; None when there
        is none to turn."""
        start, end = word_at(self.text, self.caret)
        at = next((i for i in range(start, end) if self.text[i].isalpha()), end)
        letter = self.text[at:end][:1]
        turned = letter.lower() if letter != letter.lower() else letter.title()
        if turned == letter:
            return None
        text = self.text[:at] + turned + self.text[at + 1 :]
        caret = self.caret + (len(turned) - 1 if self.caret > at else 0)
        return self._change("change", text[start : end + len(turned) - 1], Moment(text, caret))

    def mend(self, word: str, mended: str) -> Edit | None:
        """Put another word in the place of the last one before the caret, if that is `word`; what
        stands between it and the caret stays."""
        start = self._now.before.rfind(word)
        if not word or start < 0 or any(c.isalnum() for c in self._now.before[start + len(word) :]):
            return None
        text = self.text[:start] + whole(mended) + self.text[start + len(word) :]
        now = Moment(text, self.caret + len(text) - len(self.text), self._now.loose)
        return self._change("change", whole(mended), now)

    def undo(self) -> Edit | None:
        """Take the last change back, at least `UNDO_STEPS` of them; None when none is left."""
        if not self._past:
            return None
        self._future.append(self._now)
        return self._return("undo", self._past.pop())

    def redo(self) -> Edit | None:
        """Make the change again that was last taken back; None when there is none, or when another
        was made since."""
        if not self._future:
            return None
        self._past.append(self._now)
        return self._return("redo", self._future.pop())

    # Moving the caret: each tells whether it moved

    def left(self) -> bool:
        """To where the word before begins."""
        return self._move(word_left(self.text, self.caret))

    def right(self) -> bool:
        """To where the next word begins, or to the end."""
        return self._move(word_right(self.text, self.caret))

    def to_start(self) -> bool:
        return self._move(0)

    def to_end(self) -> bool:
        return self._move(len(self.text))

    # The journal

    def finish(self) -> None:
        """The text is done with: the next start begins empty."""
        if self._journal:
            try:
                self._journal.finish()
            except OSError as error:
                self._fault = _explain(error)

    def close(self) -> None:
        """Let go of the journal; the text stays to be found at the next start."""
        if self._journal:
            self._journal.close()

    def _insert(
        self, kind: str, piece: str, dropped: int = 0, over: int = 0, spaced: bool = False
    ) -> Edit:
        """The piece at the caret, in place of the last `dropped` characters before it; the caret
        goes on over so many characters behind it. spaced: its last space came by itself."""
        piece = whole(piece)
        before = self.text[: self.caret - dropped] + piece
        if not piece:
            return Edit(kind, "", self.text)
        caret = len(before) + over
        loose = over > 0 or (spaced and piece.endswith(" "))
        return self._change(kind, piece, Moment(before + self._now.after, caret, loose))

    def _cut(self, start: int, end: int) -> Edit | None:
        if start == end:
            return None
        piece, text = self.text[start:end], self.text[:start] + self.text[end:]
        return self._change("erase", piece, Moment(text, start))

    def _change(self, kind: str, piece: str, now: Moment) -> Edit:
        past = self._now
        edit = self._return(kind, replace(now, caret=settled(now.text, now.caret)), piece)
        self._past.append(past)
        self._future.clear()
        return edit

    def _return(self, kind: str, now: Moment, piece: str = "") -> Edit:
        self._save(now.text)
        self._now = now
        return Edit(kind, piece, now.text)

    def _move(self, at: int) -> bool:
        moved = at != self.caret
        self._now = Moment(self.text, at)
        return moved

    def _save(self, text: str) -> None:
        if self._journal is None:
            return
        try:
            self._journal.write(text)
        except OSError as error:
            self._fault = _explain(error)
        else:
            self._fault = None


def _explain(error: OSError) -> str:
    return f"the text is not being saved: {error.strerror or error}; free some disk space"


def styled(word: str, before: str, capitals: Collection[str] = ()) -> str:
    """The word as it is written after the text `before`: a capital where a sentence begins, and
    always in `capitals`, also before an apostrophe ("i" and "i'm")."""
    starts = not before.strip() or before.rstrip()[-1] in SENTENCE_ENDS
    if starts or word.partition("'")[0] in capitals:
        return word[:1].upper() + word[1:]
    return word
