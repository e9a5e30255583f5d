"""Text as words: cutting it, its sentences, accents, and capitals."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

SENTENCE_ENDS = ".!?\u2026\n\u00bf\u00a1"
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?|\d+|[.!?\u2026\n\u00bf\u00a1]")


@dataclass(frozen=True)
class Cursor:
    """What the model asks of the text before the word being written.

    words: of the sentence so far, in lower case, "" where something is no word. starts: whether a
    sentence begins here.
    """

    words: tuple[str, ...]

    @property
    def starts(self) -> bool:
        return not self.words


def cursor(context: str) -> Cursor:
    """The sentence that `context` leaves open."""
    sentence: list[str] = []
    for token in _TOKEN.findall(straight(context)):
        if token in SENTENCE_ENDS:
            sentence.clear()
        else:
            sentence.append("" if token[0].isdigit() else token.rstrip("'").lower())
    return Cursor(tuple(sentence))


def sentences(text: str) -> list[str]:
    """The sentences of a text, without their end marks."""
    parts = re.split(f"[{re.escape(SENTENCE_ENDS)}]+", straight(text))
    return [stripped for part in parts if (stripped := " ".join(part.split()))]


def straight(text: str) -> str:
    """Composed characters, and the straight apostrophe for its curly kin."""
    return unicodedata.normalize("NFC", text).replace("\u2019", "'").replace("\u02bc", "'")


def fold(text: str) -> str:
    """Lower case without accents and apostrophes: how a word may be typed."""
    bare = unicodedata.normalize("NFD", straight(text).lower())
    return "".join(char for char in bare if char != "'" and not unicodedata.combining(char))


def capitalised(word: str) -> str:
    """The word with its first letter big."""
    return word[:1].upper() + word[1:]


def like_prefix(word: str, prefix: str) -> str:
    """The word in the capitals that the person began it with."""
    if len(prefix) > 1 and prefix.isupper():
        return word.upper()
    return capitalised(word) if prefix[:1].isupper() else word
