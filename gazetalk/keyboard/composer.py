"""The text that is being written: every change can be undone and is on disk before it is shown."""

from __future__ import annotations

import unicodedata
from collections import deque
from dataclasses import dataclass

from gazetalk.keyboard.journal import Journal

UNDO_STEPS = 1000
SENTENCE_ENDS = ".?!"


@dataclass(frozen=True)
class Edit:
    """A change of the text.

    kind: "type", "space", "erase", "clear" or "undo". piece: what was added ("type", "space") or
    taken away ("erase", "clear"), "" for "undo". text: the whole text now.
    """

    kind: str
    piece: str
    text: str


class Composer:
    """Text with undo, over a journal (None keeps it in memory only).

    It begins with the text that the journal restores: `restored`, None when there was none;
    `problem` says what was wrong with the journal found. When the journal cannot be written the
    text goes on in memory, and `fault` says why until writing works again.
    """

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal
        self.restored = journal.restore() if journal else None
        self.problem = journal.problem if journal else None
        self._text = self.restored or ""
        self._before: deque[str] = deque(maxlen=UNDO_STEPS)
        self._fault: str | None = None

    @property
    def text(self) -> str:
        return self._text

    @property
    def fault(self) -> str | None:
        """Why the last change is not on disk, or None when it is."""
        return self._fault

    def type(self, text: str) -> Edit:
        return self._change("type", text, self._text + text)

    def punctuate(self, sign: str) -> Edit:
        """A sign that belongs to the word before it, and the space after it."""
        return self._change("type", f"{sign} ", f"{self._text.rstrip(' ')}{sign} ")

    def space(self) -> Edit:
        return self._change("space", " ", self._text + " ")

    def erase(self) -> Edit | None:
        """Take the last character (with its accents) away; None when there is none."""
        if not self._text:
            return None
        kept = _without_last(self._text)
        return self._change("erase", self._text[len(kept) :], kept)

    def clear(self) -> Edit | None:
        """Take the whole text away, to come back by `undo`; None when there is none."""
        return self._change("clear", self._text, "") if self._text else None

    def undo(self) -> Edit | None:
        """Take the last change back, at least `UNDO_STEPS` of them; None when none is left."""
        if not self._before:
            return None
        text = self._before.pop()
        self._save(text)
        self._text = text
        return Edit("undo", "", text)

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

    def _change(self, kind: str, piece: str, text: str) -> Edit:
        self._save(text)
        self._before.append(self._text)
        self._text = text
        return Edit(kind, piece, text)

    def _save(self, text: str) -> None:
        if self._journal is None:
            return
        try:
            self._journal.write(text)
        except OSError as error:
            self._fault = _explain(error)
        else:
            self._fault = None


def _without_last(text: str) -> str:
    end = len(text) - 1
    while end > 0 and unicodedata.combining(text[end]):
        end -= 1
    return text[:end]


def _explain(error: OSError) -> str:
    return f"the text is not being saved: {error.strerror or error}; free some disk space"


def styled(word: str, before: str) -> str:
    """The word as it is written after the text `before`: capitals where a sentence begins."""
    starts = not before.strip() or before.rstrip()[-1] in SENTENCE_ENDS
    if starts or word == "i" or word.startswith("i'"):
        return word[:1].upper() + word[1:]
    return word
