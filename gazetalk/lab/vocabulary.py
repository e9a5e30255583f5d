"""Which words the English model knows, and how they are written."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path

from gazetalk.keyboard.language_file import CAPITAL, CAPITALS, PROFANE
from gazetalk.lab.corpora import UNKNOWN, dictionary, word_set
from gazetalk.lab.person import LabError

SIZE = 42_000
ONE_LETTER = {"a", "i"}
SPOKEN_BY = 4  # so many different people must have written a word that no dictionary has
SEEN = 5
PROPER = 0.5  # a word with so large a share of capitals within sentences is a proper noun
NAMED = 0.3  # and a first name with this share is someone's name
MOST_CAPITALS = 0.8  # a short word with as many is an abbreviation of someone's school or club


def first_names() -> set[str]:
    """First names of a census, from the package `names` (MIT). Raises LabError."""
    spec = importlib.util.find_spec("names")
    if spec is None or spec.origin is None:
        raise LabError("the package names is missing: pip install 'gazetalk[lab]'")
    return {
        line.split()[0].lower()
        for kind in ("female", "male")
        for line in Path(spec.origin).with_name(f"dist.{kind}.first").read_text().splitlines()
    }


def choose_words(seen: Mapping[str, tuple[int, int, float]], own: set[str]) -> list[str]:
    """The vocabulary, ascending. `seen`: what `frequent_words` tells; own: words of our own text.

    People's names and odd tokens are left out; words of the dictionary fill it up to `SIZE`.
    """
    books = dictionary()
    names = first_names() - word_set("proper") - word_set("nouns")
    allowed = word_set("proper") | word_set("capitals")
    kept = {word for word in own if word not in names or (word in seen and seen[word][2] < NAMED)}
    for word, (count, speakers, capital) in seen.items():
        if word in names and capital >= NAMED:
            continue
        odd = len(word) <= 3 and capital >= MOST_CAPITALS and word not in allowed
        if word in books or (speakers >= SPOKEN_BY and count >= SEEN and not odd):
            kept.add(word)
    kept |= allowed
    kept = {word for word in kept if len(word) > 1 or word in ONE_LETTER}
    kept -= word_set("odd") | {UNKNOWN}
    for word in sorted(books, key=lambda word: (-books[word], word)):
        if len(kept) >= SIZE:
            break
        if len(word) > 1 and word not in names:
            kept.add(word)
    return sorted(kept)


def flag(word: str, seen: Mapping[str, tuple[int, int, float]]) -> int:
    """How a word is written, and whether it is profane (see `Tables.flags`)."""
    count, _, capital = seen.get(word, (0, 0, 0.0))
    bits = PROFANE if word in word_set("profanity") else 0
    stem = word.removesuffix("'s")
    if stem in word_set("capitals"):
        return bits | CAPITALS
    proper = stem in word_set("proper") or (count >= SEEN and capital >= PROPER)
    return bits | (CAPITAL if proper else 0)
