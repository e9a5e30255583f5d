"""The text that the language model is trained on, cleaned and cut into sentences of words.

Sources: `chitchat-dataset` (MIT), the everyday sentences of this project (`text/everyday.txt`),
and a word list with frequencies that `symspellpy` carries (MIT).
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from gazetalk.lab.person import LabError

TEXT = Path(__file__).resolve().parent / "text"
HELD_OUT_SHARE = 0.05
UNKNOWN = "<unk>"

_SENTENCE_END = re.compile(r"[.!?\u2026;:()\[\]\"\u201c\u201d\n]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_TOKEN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*|\d[\d.,:]*\w*|[^\sA-Za-z\d,'-]+")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
_LAUGHTER = re.compile(
    r"(?:a*ha)+h*|(?:he){2,}h*|l+o+l+|lmf?ao|rofl|xd+|ha|h+m+|u+h*m+|u+h+|e+h+|a+h+"
)
_STRETCHED = re.compile(r"(.)\1{2,}")
_SLOT = re.compile(r"\{(\w+)\}|\(([^()]*)\)")


@dataclass(frozen=True)
class Sentence:
    """Words in lower case, `UNKNOWN` where a token is none; how it ended: "?", "!", "." or ""."""

    words: tuple[str, ...]
    capitals: tuple[bool, ...]
    end: str


@dataclass(frozen=True)
class Turn:
    """What one speaker wrote at once, in order of time within the conversation."""

    conversation: str
    speaker: str
    text: str


def chitchat_turns() -> Iterator[Turn]:
    """All turns of chitchat-dataset. Raises LabError when it is not installed."""
    spec = importlib.util.find_spec("chitchat_dataset")
    if spec is None or spec.origin is None:
        raise LabError("chitchat-dataset is missing: pip install 'gazetalk[lab]'")
    # Its own reader leaves the encoding to the platform.
    path = Path(spec.origin).with_name("dataset.json")
    for name, conversation in sorted(json.loads(path.read_text(encoding="utf-8")).items()):
        for message in conversation["messages"]:
            for part in message:
                yield Turn(name, part["sender"], part["text"])


def held_out(conversation: str) -> bool:
    """Whether a conversation is kept from training: by the hash of its name, so always the same."""
    digest = hashlib.sha256(conversation.encode()).digest()
    return int.from_bytes(digest[:4], "big") < HELD_OUT_SHARE * 2**32


def dictionary() -> dict[str, int]:
    """Words of a general word list with their frequency in books. Raises LabError."""
    spec = importlib.util.find_spec("symspellpy")
    if spec is None or spec.origin is None:
        raise LabError("symspellpy is missing: pip install 'gazetalk[lab]'")
    path = Path(spec.origin).with_name("frequency_dictionary_en_82_765.txt")
    rows = (line.split() for line in path.read_text(encoding="utf-8-sig").splitlines())
    return {word: int(count) for word, count in rows if _WORD.fullmatch(word)}


@functools.cache
def word_set(name: str) -> frozenset[str]:
    """The words of `text/NAME.txt`; lines that begin with # are comments."""
    lines = (TEXT / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def pairs(name: str) -> dict[str, str]:
    """The lines `wrong right words` of `text/NAME.txt`."""
    lines = (TEXT / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.partition(" ") for line in lines if line and not line.startswith("#"))
    return {wrong: right for wrong, _, right in rows}


def everyday_sentences(name: str = "everyday") -> list[str]:
    lines = (TEXT / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


class Cleaner:
    """Cuts written text into sentences, with common slips put right and laughter left out."""

    def __init__(self) -> None:
        self._repairs = pairs("repairs")

    def sentences(self, text: str) -> Iterator[Sentence]:
        text = _ADDRESS.sub(" 0 ", text.replace("\u2019", "'").replace("`", "'"))
        begin = 0
        for match in [*_SENTENCE_END.finditer(text), None]:
            end = match.start() if match else len(text)
            mark = next((m for m in "?!." if match and m in match.group()), "")
            sentence = self._sentence(text[begin:end], mark)
            if sentence.words:
                yield sentence
            begin = match.end() if match else end

    def _sentence(self, text: str, mark: str) -> Sentence:
        words: list[str] = []
        capitals: list[bool] = []
        for token in _TOKEN.findall(text):
            word = token.lower()
            if _LAUGHTER.fullmatch(word):
                continue
            word = self._repairs.get(word) or _STRETCHED.sub(r"\1", word)
            for part in self._repairs.get(word, word).split():
                words.append(part if _WORD.fullmatch(part) else UNKNOWN)
                capitals.append(token[0].isupper())
        return Sentence(tuple(words), tuple(capitals), mark)


def frequent_words(sentences: list[tuple[str, Sentence]]) -> dict[str, tuple[int, int, float]]:
    """Of each word: how often, by how many speakers, and its share of capitals within sentences.

    `sentences`: (speaker, sentence) pairs.
    """
    count: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    speakers: dict[str, set[str]] = {}
    for speaker, sentence in sentences:
        shouted = all(sentence.capitals)
        for place, (word, big) in enumerate(zip(sentence.words, sentence.capitals, strict=True)):
            count[word] += 1
            speakers.setdefault(word, set()).add(speaker)
            if place and not shouted:
                inside[word] += 1
                capital[word] += big
    return {
        word: (count[word], len(speakers[word]), capital[word] / max(1, inside[word]))
        for word in count
    }


class Patterns:
    """The patterns of `text/patterns.txt`: sentences drawn from them at random."""

    def __init__(self, lines: list[str]) -> None:
        classes = [line.split(" = ", 1) for line in lines if " = " in line]
        self.classes = {name: phrases.split(" | ") for name, phrases in classes}
        self.patterns = [line for line in lines if " = " not in line]

    def draw(self, each: int, seed: int) -> list[str]:
        """At most `each` different sentences of every pattern, in a fixed order."""
        random = Random(seed)
        return [
            sentence
            for pattern in self.patterns
            for sentence in sorted({self._fill(pattern, random) for _ in range(each)})
        ]

    def _fill(self, pattern: str, random: Random) -> str:
        while found := _SLOT.search(pattern):
            name, choices = found.groups()
            options = self.classes[name] if name else choices.split("|")
            pattern = pattern[: found.start()] + random.choice(options) + pattern[found.end() :]
        return " ".join(pattern.split())
