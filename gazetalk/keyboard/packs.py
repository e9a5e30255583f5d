"""Language packs: what writing in a language takes, found by the language's name.

A pack is a TOML file in `languages/`: name (the language's own), code (ISO 639-1), letters, layout
(a keyboard layout's name), voice (a voice profile's name), capitals if it has any, and model: a
file in `models/`, or "wordfreq", whose word frequencies are read at run time from the optional
install of that name.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from gazetalk.keyboard.language import load_language
from gazetalk.keyboard.language_file import LanguageError
from gazetalk.keyboard.word_model import Probabilities, Suggestion, WordModel
from gazetalk.keyboard.words import Cursor

PACKS = Path(__file__).resolve().parent / "languages"
MODELS = Path(__file__).resolve().parent / "models"
WORDFREQ = "wordfreq"
MOST_WORDS = 40_000


@dataclass(frozen=True)
class Pack:
    """A language pack; see the module. letters: without the space. capitals: words, by spaces,
    that are always written with a capital."""

    name: str
    code: str
    letters: str
    layout: str
    voice: str
    model: str
    capitals: str = ""


class FrequencyModel(WordModel):
    """Words by their frequency alone, whatever the context; a learner adds the rest."""

    def __init__(self, frequencies: Mapping[str, float], letters: str) -> None:
        words = sorted(frequencies)
        super().__init__(words, letters + " ")
        p = np.array([frequencies[word] for word in words], dtype=np.float64)
        self._p = (p / p.sum()).astype(np.float32)
        self._p.flags.writeable = False
        self._letters = self._spelling()

    def probabilities_at(self, at: Cursor) -> Probabilities:
        return self._p

    def flags(self, word: str) -> int:
        return 0

    def spelling_after(self, letters: str) -> Probabilities:
        last = self.letter(letters[-1:] or " ")
        following: Probabilities = self._letters[-1 if last is None else last]
        return following

    def punctuation(self, context: str) -> list[Suggestion]:
        return []

    def _spelling(self) -> Probabilities:
        """(L, L) P(letter | the one before) over the vocabulary, each word once."""
        size = len(self.letters)
        counts = np.full((size, size), 0.05)
        counts[-1, -1] = 0  # no word is empty
        for word in self.words:
            places = [size - 1, *(self.letter(char) for char in word), size - 1]
            for one, two in itertools.pairwise(places):
                if one is not None and two is not None:
                    counts[one, two] += 1
        return (counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)


def pack_names() -> list[str]:
    """The languages that have a pack."""
    return sorted(path.stem for path in PACKS.glob("*.toml"))


def find_pack(name: str) -> Pack:
    """The pack of a language, by its English name, its own or its code, in any capitals.

    Raises LanguageError, saying which there are.
    """
    wanted = name.strip().lower()
    for stem in pack_names():
        pack = _read(PACKS / f"{stem}.toml")
        if wanted in (stem, pack.name.lower(), pack.code):
            return pack
    raise LanguageError(
        f"there is no language pack {name!r}: choose one of {', '.join(pack_names())}"
    )


def load_pack(pack: Pack) -> WordModel:
    """The pack's model. Raises LanguageError, saying what to install when something is missing."""
    if pack.model != WORDFREQ:
        return load_language(MODELS / pack.model)
    try:
        import wordfreq
    except ImportError:
        raise LanguageError(
            f"{pack.name} needs its word frequencies: pip install 'gazetalk[languages]'"
        ) from None
    found = wordfreq.get_frequency_dict(pack.code, wordlist="small")
    allowed = set(pack.letters)
    fitting = {word: share for word, share in found.items() if set(word) <= allowed}
    best = sorted(fitting, key=lambda word: (-fitting[word], word))[:MOST_WORDS]
    return FrequencyModel({word: fitting[word] for word in best}, pack.letters)


def _read(path: Path) -> Pack:
    names = [field.name for field in fields(Pack)]
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LanguageError(f"{path}: cannot be read ({error}): install gazetalk again") from error
    found = {name: table.get(name, "" if name == "capitals" else None) for name in names}
    for name, value in found.items():
        if not isinstance(value, str):
            raise LanguageError(f"{path}: {name} must be a string: add it")
    return Pack(**{name: str(value) for name, value in found.items()})
