"""Message banking: the person's own recordings, played where the text is what they say.

A bank is a folder of WAV files and `messages.json`:
{"format": "gazetalk-messages", "version": 1, "messages": [{"phrase": ..., "file": ...}, ...]}
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gazetalk.speech.wav import FULL_SCALE, Wav, WavError

FOLDER = "messages"  # in a profile's folder
INDEX = "messages.json"
SHORTEST_S = 0.1
_MARGIN_S = 0.1  # quiet that is left before and after the words: breath and last consonants
_WINDOW_S = 0.01
_QUIET = 0.02  # of the loudest window: -34 dB, between a room's noise and the softest consonants
_NO_VOICE = 0.003  # -50 dB: such a recording holds no voice
_TOO_SOFT = 0.02  # -34 dB: it does, but nobody across the table will understand it
_CLIPPED_RUN = 4  # samples at full scale in a row; a clean peak has one or two


class BankError(ValueError):
    """A message bank or a folder of recordings that cannot be used."""


@dataclass(frozen=True)
class Message:
    """A phrase and the file of its recording."""

    phrase: str
    path: Path


@dataclass(frozen=True)
class Imported:
    """What became of one file. accepted: it is in the bank. remarks: what to know or improve."""

    file: str
    phrase: str
    accepted: bool
    remarks: tuple[str, ...]


class MessageBank:
    """The messages of one folder; one that does not exist is an empty bank.

    Raises BankError when its index is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._messages = {key(message.phrase): message for message in _read_index(folder)}

    @property
    def messages(self) -> list[Message]:
        return list(self._messages.values())

    def find(self, text: str) -> Message | None:
        """The message that says `text`, punctuation and case aside."""
        return self._messages.get(key(text))

    def add(self, phrase: str, wav: Wav) -> Imported:
        """Check, trim and keep a recording, in place of an earlier one of the same phrase.

        Raises OSError when it cannot be written; the bank is then as it was.
        """
        refusal = _refusal(phrase, wav)
        if refusal:
            return Imported("", phrase, False, (refusal,))
        short = trimmed(wav)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{hashlib.sha256(key(phrase).encode()).hexdigest()[:16]}.wav"
        short.write(path)
        messages = {**self._messages, key(phrase): Message(phrase.strip(), path)}
        _write_index(self._folder, list(messages.values()))
        self._messages = messages
        return Imported("", phrase, True, _remarks(wav))

    def remove(self, phrase: str) -> bool:
        """Take a recording out for good; False when there is none of that phrase.

        Raises OSError when the index cannot be written; the bank is then as it was.
        """
        gone = self._messages.get(key(phrase))
        if gone is None:
            return False
        messages = {k: m for k, m in self._messages.items() if m is not gone}
        _write_index(self._folder, list(messages.values()))
        self._messages = messages
        gone.path.unlink(missing_ok=True)
        return True


def import_folder(source: Path, bank: MessageBank) -> list[Imported]:
    """Add every WAV file of `source`; its phrase is the file's name ("I love you.wav").

    One file that cannot be used is reported and does not stop the others. Raises BankError when
    there are none.
    """
    if not source.is_dir():
        raise BankError(f"{source}: not a folder")
    files = sorted(path for path in source.iterdir() if path.suffix.lower() == ".wav")
    if not files:
        raise BankError(f"{source}: no WAV files in it; name each by what it says, as in Yes.wav")
    return [_import(path, bank) for path in files]


def key(phrase: str) -> str:
    """What two ways to write the same phrase share: its letters and digits, case aside."""
    folded = unicodedata.normalize("NFKC", phrase).casefold()
    folded = re.sub(r"['’]", "", folded)  # noqa: RUF001
    return " ".join(re.findall(r"[^\W_]+", folded))


def trimmed(wav: Wav) -> Wav:
    """Without the silence at both ends, but for a margin of 0.1 s; the rest sample for sample."""
    size = max(1, round(_WINDOW_S * wav.rate))
    count = -(-len(wav.samples) // size)
    padded = np.zeros(count * size)
    padded[: len(wav.samples)] = wav.samples
    levels = np.sqrt(np.square(padded.reshape(count, size)).mean(axis=1))
    loud = np.flatnonzero(levels > _QUIET * levels.max())
    if not len(loud):
        return wav
    margin = round(_MARGIN_S * wav.rate)
    start = max(0, int(loud[0]) * size - margin)
    return Wav(wav.rate, wav.samples[start : (int(loud[-1]) + 1) * size + margin])


def _import(path: Path, bank: MessageBank) -> Imported:
    phrase = path.stem.replace("_", " ").strip()
    try:
        result = bank.add(phrase, Wav.read(path))
    except WavError as error:
        return Imported(path.name, phrase, False, (str(error),))
    return Imported(path.name, result.phrase, result.accepted, result.remarks)


def _refusal(phrase: str, wav: Wav) -> str:
    if not key(phrase):
        return "the phrase has no words: name the file by what it says"
    if wav.duration_s < SHORTEST_S:
        return f"only {wav.duration_s:.2f} s long: record it again"
    if _loudest(wav) < _NO_VOICE:
        return "no voice in it: check the microphone and record it again"
    return ""


def _remarks(wav: Wav) -> tuple[str, ...]:
    remarks = []
    if _loudest(wav) < _TOO_SOFT:
        remarks.append("very soft: go closer to the microphone and record it again")
    if is_clipped(wav):
        remarks.append("too loud, the peaks are cut off: record it again a little softer")
    return tuple(remarks)


def _loudest(wav: Wav) -> float:
    """The root mean square of the loudest tenth of a second, 0..1."""
    size = round(SHORTEST_S * wav.rate)
    windows = wav.samples[: len(wav.samples) // size * size].reshape(-1, size) / FULL_SCALE
    return float(np.sqrt(np.square(windows).mean(axis=1).max(initial=0.0)))


def is_clipped(wav: Wav) -> bool:
    """Whether some peak stays at full scale for several samples."""
    full = np.abs(wav.samples.astype(int)) >= FULL_SCALE - 1
    runs = np.convolve(full, np.ones(_CLIPPED_RUN), mode="valid") if len(full) else full
    return bool((runs >= _CLIPPED_RUN).any())


def _read_index(folder: Path) -> list[Message]:
    path = folder / INDEX
    if not path.exists():
        return []
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        return _messages(index, folder)
    except OSError as error:
        raise BankError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BankError(f"{path}: not an index of messages; import the recordings again") from None


def _messages(index: Any, folder: Path) -> list[Message]:
    if index["format"] != "gazetalk-messages" or int(index["version"]) != 1:
        raise ValueError("another format")
    # Only names inside the folder: an index from elsewhere must not point at other files.
    return [
        Message(str(entry["phrase"]), folder / Path(str(entry["file"])).name)
        for entry in index["messages"]
    ]


def _write_index(folder: Path, messages: list[Message]) -> None:
    entries = [{"phrase": message.phrase, "file": message.path.name} for message in messages]
    index = {"format": "gazetalk-messages", "version": 1, "messages": entries}
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{INDEX}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(index, file, ensure_ascii=False, indent=1)
        Path(name).replace(folder / INDEX)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
