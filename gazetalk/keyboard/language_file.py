"""The file of a language model: what lies in it, checked reading by memory map, writing.

`gazetalk-model\\n`, then the length of a JSON header (4 bytes, little endian), the header, and the
sections it lists, each aligned to 8 bytes. The header says the format's version, what the model was
made from, and for each section its type, offset, length and checksum.

An interpolated n-gram model is told by the shares that the kept grams take in their contexts; the
rest, 1 - sum of shares, goes to the next shorter context. A share is kept in a byte, on a scale of
logarithms, rounded down so that shares never add up to more than 1.
"""

from __future__ import annotations

import json
import mmap
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"gazetalk-model\n"
VERSION = 1
CAPITAL, CAPITALS, PROFANE = 1, 2, 4  # bits of `flags`
LETTERS = "abcdefghijklmnopqrstuvwxyz' "  # the space ends a word
SMALLEST_LOG = 12.0  # shares below exp(-12) are not worth keeping
LOG_STEPS = 2000.0  # steps of the unigram in a unit of natural log
LONGEST_HEADER = 1_000_000


class LanguageError(ValueError):
    """A language model or learned file that cannot be used: what, where, and what to do."""


@dataclass(frozen=True)
class Tables:
    """The arrays of a model with V words; B and T are its kept bigrams and trigrams.

    words: the words in ascending order, UTF-8, a line each. unigram: (V,) -log P in `LOG_STEPS`.
    flags: (V,) bits. ends: (V,) P(the sentence ends after this word), 0..255. asks: (V,) P(a
    sentence that begins with this word is a question), 0..255. letters: (28, 28, 28) P(the last
    letter | the two before), as bytes of shares.
    pair_first: (V + 2,) where the bigrams of each word begin; word V is the sentence's start.
    pair_word, pair_share: (B,). triple_has: (B / 8,) bits: this bigram has trigrams. triple_size:
    how many each of those has. triple_word, triple_share: (T,).
    """

    words: NDArray[np.uint8]
    unigram: NDArray[np.uint16]
    flags: NDArray[np.uint8]
    ends: NDArray[np.uint8]
    asks: NDArray[np.uint8]
    letters: NDArray[np.uint8]
    pair_first: NDArray[np.uint32]
    pair_word: NDArray[np.uint16]
    pair_share: NDArray[np.uint8]
    triple_has: NDArray[np.uint8]
    triple_size: NDArray[np.uint16]
    triple_word: NDArray[np.uint16]
    triple_share: NDArray[np.uint8]


TYPES = {
    "unigram": "<u2",
    "pair_first": "<u4",
    "pair_word": "<u2",
    "triple_size": "<u2",
    "triple_word": "<u2",
}
NAMES = tuple(field.name for field in fields(Tables))


def share_bytes(shares: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Shares 0..1 as bytes, rounded down."""
    logs = np.log(np.maximum(shares, np.exp(-SMALLEST_LOG)))
    return np.floor(255 * (1 + logs / SMALLEST_LOG) + 1e-9).clip(0, 255).astype(np.uint8)


def byte_shares() -> NDArray[np.float32]:
    """(256,) the share that each byte stands for."""
    return np.exp(SMALLEST_LOG * (np.arange(256) / 255 - 1)).astype(np.float32)


def pack(tables: Tables, about: Mapping[str, Any]) -> bytes:
    """A model as the bytes of its file; the same tables always give the same bytes."""
    sections, body = {}, bytearray()
    for name in NAMES:
        data = getattr(tables, name).astype(TYPES.get(name, "u1")).tobytes()
        sections[name] = {"offset": len(body), "bytes": len(data), "crc32": zlib.crc32(data)}
        body += data + b"\0" * (-len(data) % 8)
    told = {
        "version": VERSION,
        "about": dict(about),
        "bytes": len(body),
        "sections": sections,
    }
    header = json.dumps(told).encode()
    header += b" " * (-(len(MAGIC) + 4 + len(header)) % 8)
    return MAGIC + len(header).to_bytes(4, "little") + header + bytes(body)


def open_tables(path: Path) -> tuple[Tables, Mapping[str, Any], int]:
    """The tables of a model file, its `about`, and its size in bytes. Raises LanguageError."""
    try:
        with path.open("rb") as file:
            start = file.read(len(MAGIC) + 4)
            if not start.startswith(MAGIC):
                raise _error(path, "is not a gazetalk language model", "choose another file")
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise _error(path, f"cannot be read ({error.strerror})", "check the path") from error
    header, begin = _header(path, content)
    sections = header.get("sections")
    if not isinstance(sections, dict) or not isinstance(header.get("about"), dict):
        raise _broken(path, "its header names no sections")
    if header.get("bytes") != len(content) - begin:
        raise _broken(path, "it is cut short, or has something behind its end")
    tables = Tables(**{name: _section(path, content, begin, sections, name) for name in NAMES})
    _check(path, tables)
    return tables, header["about"], len(content)


def _header(path: Path, content: mmap.mmap) -> tuple[dict[str, Any], int]:
    begin = len(MAGIC) + 4
    length = int.from_bytes(content[len(MAGIC) : begin], "little")
    if length > LONGEST_HEADER or begin + length > len(content):
        raise _broken(path, "it is cut short in its header")
    try:
        header = json.loads(content[begin : begin + length])
    except ValueError:
        raise _broken(path, "its header cannot be read") from None
    version = header.get("version") if isinstance(header, dict) else None
    if isinstance(version, int) and version > VERSION:
        what = f"is of version {version}, newer than this program's {VERSION}"
        raise _error(path, what, "update gazetalk")
    if version != VERSION:
        raise _broken(path, "its header has no version")
    return header, begin + length


def _section(
    path: Path, content: mmap.mmap, begin: int, sections: dict[str, Any], name: str
) -> NDArray[Any]:
    kind = np.dtype(TYPES.get(name, "u1"))
    try:
        offset, size, crc = (int(sections[name][key]) for key in ("offset", "bytes", "crc32"))
    except (KeyError, TypeError, ValueError):
        raise _broken(path, f"its section {name} is not described") from None
    offset += begin
    if offset < begin or size < 0 or size % kind.itemsize or offset + size > len(content):
        raise _broken(path, f"it is cut short in {name}")
    view = np.frombuffer(content, kind, size // kind.itemsize, offset)
    if zlib.crc32(view.data) != crc:
        raise _broken(path, f"its section {name} is damaged")
    return view


def _check(path: Path, tables: Tables) -> None:
    """Sections that are whole but do not fit one another."""
    words, pairs, triples = len(tables.unigram), len(tables.pair_word), len(tables.triple_word)
    parents = int(np.unpackbits(tables.triple_has, count=pairs).sum()) if pairs else 0
    fitting = (
        0 < words < 2**16 - 2
        and len(tables.flags) == len(tables.ends) == len(tables.asks) == words
        and len(tables.letters) == len(LETTERS) ** 3
        and len(tables.pair_first) == words + 2
        and int(tables.pair_first[-1]) == pairs == len(tables.pair_share)
        and bool((np.diff(tables.pair_first.astype(np.int64)) >= 0).all())
        and len(tables.triple_has) == (pairs + 7) // 8
        and len(tables.triple_size) == parents
        and int(tables.triple_size.sum(dtype=np.int64)) == triples == len(tables.triple_share)
        and int(max(tables.pair_word.max(initial=0), tables.triple_word.max(initial=0))) < words
        and int(np.count_nonzero(tables.words == ord("\n"))) == words - 1
    )
    if not fitting:
        raise _broken(path, "its sections do not fit one another")


def _broken(path: Path, what: str) -> LanguageError:
    return _error(path, f"is a damaged language model: {what}", "install gazetalk again")


def _error(path: Path, what: str, advice: str) -> LanguageError:
    return LanguageError(f"{path}: {what}: {advice}")
