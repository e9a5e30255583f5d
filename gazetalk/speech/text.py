"""Text made fit for an engine: cleaned, cut into sentences and pieces, said as the profile says.

Nothing in a text is ever a command: what engines would take for one (SSML on Windows, "[[...]]"
on macOS and in Piper, control characters) is left out here, its words are kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

LONGEST_PIECE = 200  # characters; about 12 s of speech, far below what crashes pyttsx3
LONGEST_WORD = 40

_TAG = re.compile(r"<[/?!]?[A-Za-z][\w:.-]*(\s+[\w:.-]+\s*=\s*(\"[^\"]*\"|'[^']*'))*\s*[/?]?>")
_COMMANDS = re.compile(r"[\[\]{}\\|^~`]|(?<!\s)[<>]|[<>](?!\s)|[*_=#-]{3,}")
_END = re.compile(r"[.!?…؟।]+[\"'”’»)]*(?=\s|$)|[。！？]+|\n+")  # noqa: RUF001
_INITIAL = re.compile(r"\W*[^\W\d_]\.")
_EMOJI = ((0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0x2B05, 0x2B55))
_EMOJI_PARTS = ((0x1F1E6, 0x1F1FF), (0x1F3FB, 0x1F3FF), (0xFE00, 0xFE0F))  # flags, skins, variants
_EMOJI_NOISE = re.compile(r"\b(heavy|black|white|sign|symbol|with)\b")


def clean(text: str, *, name_emoji: bool = True) -> str:
    """The words of `text` without control characters, markup and the like; newlines stay.

    Emoji are named in English ("red heart"), or left out.
    """
    text = _TAG.sub(" ", text)
    text = "".join(_character(character, name_emoji) for character in text)
    text = unicodedata.normalize("NFC", _COMMANDS.sub(" ", text))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line).lstrip("<> ")


def has_words(text: str) -> bool:
    """Whether there is anything to say: a letter, a digit or a currency sign."""
    return any(
        unicodedata.category(character)[0] in "LN" or character in "€$£¥" for character in text
    )


def sentences(text: str, abbreviations: Collection[str] = ()) -> list[str]:
    """A cleaned text's sentences that have something to say.

    A full stop after one of `abbreviations` or after a single letter ends no sentence.
    """
    found = []
    start = 0
    for end in _END.finditer(text):
        words = text[start : end.end()].split()
        last = words[-1] if words else ""
        if end[0] == "." and (last in abbreviations or _INITIAL.fullmatch(last)):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if has_words(sentence)]


def as_said(
    sentence: str, pronunciations: Mapping[str, str], abbreviations: Mapping[str, str]
) -> str:
    """The sentence with whole words replaced: abbreviations as they are cased, names anyhow."""
    said = _replace(sentence, abbreviations)
    return _replace(said, {word.casefold(): how for word, how in pronunciations.items()}, fold=True)


def pieces(sentence: str, longest: int = LONGEST_PIECE) -> Iterator[str]:
    """The sentence in pieces of at most `longest` characters: at commas, else between words.

    Words beyond LONGEST_WORD are cut.
    """
    rest = re.sub(rf"(\S{{{LONGEST_WORD}}})(?=\S)", r"\1 ", sentence).strip()
    while len(rest) > longest:
        cut = _cut(rest, longest)
        if has_words(rest[:cut]):
            yield rest[:cut].strip()
        rest = rest[cut:].strip()
    if has_words(rest):
        yield rest


def _cut(text: str, longest: int) -> int:
    """Where to cut: after the last comma of the piece's second half, else at its last space."""
    commas = [match.end() for match in re.finditer(r"[,;:،、—–](?=\s)", text[: longest + 1])]  # noqa: RUF001
    if commas and commas[-1] > longest // 2:
        return commas[-1]
    space = text.rfind(" ", 1, longest + 1)
    return space if space > 0 else longest


def _replace(text: str, words: Mapping[str, str], *, fold: bool = False) -> str:
    if not words:
        return text
    longest_first = sorted(words, key=len, reverse=True)
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
    return re.sub(
        pattern,
        lambda found: words.get(found[0].casefold() if fold else found[0], found[0]),
        text,
        flags=re.IGNORECASE if fold else 0,
    )


def _character(character: str, name_emoji: bool) -> str:
    if character in "\n\r\u2028\u2029":
        return "\n"
    if character == "\t":
        return " "
    code = ord(character)
    if _within(code, _EMOJI_PARTS) or code == 0x20E3:
        return ""
    if _within(code, _EMOJI):
        name = unicodedata.name(character, "").lower() if name_emoji else ""
        return f" {_EMOJI_NOISE.sub('', name)} "
    # Control and format characters, surrogates, private and unassigned code points.
    return "" if unicodedata.category(character)[0] == "C" else character


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)
