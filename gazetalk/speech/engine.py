"""What a speech engine is, for the rest of the room: a protocol, its records and its errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the engine's child process needs no numpy, so it must not be imported here
    from pathlib import Path

    from gazetalk.speech.wav import Wav


class VoiceError(ValueError):
    """A voice that does not exist here, or a voice profile with a mistake in it."""


class SpeechFailed(RuntimeError):
    """An engine was asked to speak and did not; the message says what happened."""


@dataclass(frozen=True)
class VoiceInfo:
    """A voice that an engine offers. id: what the engine calls it. language: as in "en-us"."""

    id: str
    name: str
    language: str


class Engine(Protocol):
    """Turns text into sound, here and now. One thread at a time."""

    @property
    def name(self) -> str:
        """What people are told, as in "espeak"."""

    def start(self) -> None:
        """Get ready without waiting for it, so that the first words come sooner."""

    def voices(self) -> Sequence[VoiceInfo]:
        """The voices it offers. Raises SpeechFailed, or VoiceError if its own is not there."""

    def synthesise(self, text: str) -> Wav:
        """The sound of a short text (a sentence). Raises SpeechFailed, or VoiceError."""

    def close(self) -> None:
        """End its process, if it has one; it may be called from any thread, and twice."""


class Backend(Protocol):
    """The part of an engine that lives in the child process and may hang or crash there."""

    def voices(self) -> Sequence[VoiceInfo]:
        """The voices it offers."""

    def synthesise(self, text: str, path: Path) -> None:
        """Write the sound of `text` as a WAV (on macOS an AIFF) file."""
