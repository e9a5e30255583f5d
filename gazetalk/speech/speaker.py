"""The voice as the rest of the program knows it: say, stop, repeat, and what became of it."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gazetalk.speech.attention import QUIET_S, announced
from gazetalk.speech.bank import MessageBank
from gazetalk.speech.chain import EngineChain
from gazetalk.speech.engine import Engine, SpeechFailed
from gazetalk.speech.engines import engines_for
from gazetalk.speech.player import MixerPlayer, Player
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.text import as_said, clean, has_words, pieces, sentences
from gazetalk.speech.timing import Sounding, Spoken, estimate
from gazetalk.speech.wav import Wav, WavError, joined, levelled

_LISTEN_S = 0.01


class NothingToSay(ValueError):
    """A text without a single word."""


@dataclass(frozen=True)
class SpeechEvent:
    """Something that happened to the voice, at `t_s` of time.monotonic().

    kind: "started", "finished" and "stopped" (text: what is being said), "paused" and "resumed"
    (no text), "nothing" (text: what has no word in it), "fault" and "recovered" (text: plain words
    for the person).
    """

    t_s: float
    kind: str
    text: str


class Speaker:
    """Says texts one after another in a thread of its own; never raises for what engines do.

    engines: in order of preference. bank: recordings that are played, as they are, for a text or a
    sentence that says the same. `say`, `stop`, `pause`, `resume`, `repeat` and `events` return at
    once.
    """

    def __init__(
        self,
        profile: VoiceProfile,
        engines: Sequence[Engine],
        player: Player | None = None,
        bank: MessageBank | None = None,
    ) -> None:
        self._profile = profile
        self._bank = bank
        self._player = player or MixerPlayer()
        self._chain = EngineChain(engines, self._record)
        self._events: queue.SimpleQueue[SpeechEvent] = queue.SimpleQueue()
        self._texts: queue.Queue[tuple[int, str] | None] = queue.Queue()
        self._round = 0  # rises with each stop: what was said before it is not said any more
        self._lock = threading.Lock()  # held to begin a sound and to stop, never for long
        self._paused = False
        self._sounding: Sounding | None = None
        self._last = ""
        self._heard_s = -math.inf  # when the last text was heard to its end, or stopped
        self._silent = False
        self._worker = threading.Thread(target=self._work, name="gazetalk-speaker", daemon=True)
        self._worker.start()

    def start(self) -> None:
        """Start the chosen engine without waiting for it."""
        self._chain.start()

    def check(self) -> None:
        """Wait for the chosen engine. Raises VoiceError if it has not this voice, SpeechFailed."""
        self._chain.voices()

    def say(self, text: str) -> None:
        """Say it after all that is being said."""
        if not has_words(self._clean(text)):
            self._record("nothing", text)
            return
        self._last = text
        self._texts.put((self._round, text))

    @property
    def busy(self) -> bool:
        """Whether something is being said or still to be said."""
        return self._texts.unfinished_tasks > 0

    def wait(self) -> None:
        """Wait until all has been said."""
        while self.busy:
            time.sleep(_LISTEN_S)

    def repeat(self) -> None:
        """Say the last text again."""
        if self._last:
            self.say(self._last)

    def stop(self) -> None:
        """Be silent at once and forget what was still to be said; also ends a pause."""
        with self._lock:
            self._round += 1
            self._paused = False
            self._sounding = None
            self._player.stop()

    @property
    def paused(self) -> bool:
        return self._paused

    def pause(self) -> None:
        """Fall silent at once, in the middle of a word if need be, and forget nothing."""
        with self._lock:
            if self._paused:
                return
            self._paused = True
            self._player.pause()
            if self._sounding:
                self._sounding = self._sounding.held(time.monotonic())
        self._record("paused", "")

    def resume(self) -> None:
        """Go on where `pause` held it."""
        with self._lock:
            if not self._paused:
                return
            self._paused = False
            self._player.resume()
            if self._sounding:
                self._sounding = self._sounding.resumed(time.monotonic())
        self._record("resumed", "")

    @property
    def spoken(self) -> Spoken | None:
        """The word being spoken now; None in silence, and while a recording is played."""
        sounding = self._sounding
        return sounding.at(time.monotonic()) if sounding else None

    def events(self) -> list[SpeechEvent]:
        """What happened since the last call, in order."""
        found = []
        while True:
            try:
                found.append(self._events.get_nowait())
            except queue.Empty:
                return found

    def render(self, text: str) -> Wav:
        """The sound of the text, not played. Raises NothingToSay, or SpeechFailed."""
        sounds = [self._sound(piece) for piece in self._plan(text)]
        if not sounds:
            raise NothingToSay(f"there is nothing to say in {text[:40]!r}: it has no word")
        return joined(sounds)

    def close(self) -> None:
        """Stop, and end the engines' processes."""
        self.stop()
        self._texts.put(None)
        self._chain.close()
        self._worker.join(3.0)

    def _work(self) -> None:
        while (item := self._texts.get()) is not None:
            round_, text = item
            try:
                if round_ == self._round:
                    self._speak(round_, text)
            except Exception as error:  # whatever it was, it must be told, and the next text said
                self._record("fault", f"Not spoken: “{text}” ({error}).")
            finally:
                self._texts.task_done()

    def _speak(self, round_: int, text: str) -> None:
        """Say one text; the next piece is made while the one before still sounds."""
        started = False
        for piece in self._plan(text):
            if round_ != self._round:
                break
            try:
                sound = self._sound(piece)
            except SpeechFailed as failure:
                if round_ == self._round:
                    self._record("fault", f"Not spoken: “{piece}” ({failure}).")
                continue
            sounding = _sounding(piece, sound)
            if not started and self._is_unexpected():
                speech_s, sound = sound.duration_s, announced(sound, self._profile.volume)
                sounding = replace(sounding, lead_s=sound.duration_s - speech_s)
            if not self._begin(round_, sound, sounding):
                break
            if not started:
                started = True
                self._record("started", text)
            self._notice_trouble()
        self._wait_for_silence()
        self._notice_trouble()
        with self._lock:
            self._sounding = None
        if started:
            self._heard_s = time.monotonic()
            self._record("finished" if round_ == self._round else "stopped", text)

    def _is_unexpected(self) -> bool:
        """Whether listeners need the attention sound, and the profile wishes it."""
        return self._profile.attention and time.monotonic() - self._heard_s > QUIET_S

    def _begin(self, round_: int, sound: Wav, sounding: Sounding) -> bool:
        """Play it when all before it was heard and nobody pauses; False if it was stopped."""
        while True:
            self._wait_for_silence()
            with self._lock:
                if round_ != self._round:
                    return False
                if not self._paused:  # it may have come since the wait
                    self._player.play(sound)
                    self._sounding = replace(sounding, begun_s=time.monotonic())
                    return True

    def _plan(self, text: str) -> Iterator[str | Wav]:
        """The pieces in order: text for an engine, or a recording. Recordings are read late."""
        cleaned = self._clean(text)
        recording = self._recording(cleaned)
        if recording:
            yield recording
            return
        profile = self._profile
        for sentence in sentences(cleaned, profile.abbreviations):
            recording = self._recording(sentence) if sentence != cleaned else None
            if recording:
                yield recording
            else:
                yield from pieces(as_said(sentence, profile.pronunciations, profile.abbreviations))

    def _recording(self, text: str) -> Wav | None:
        message = self._bank.find(text) if self._bank else None
        if message is None:
            return None
        try:
            return Wav.read(message.path)
        except WavError as error:
            self._record("fault", f"The recording cannot be played ({error}): the voice says it.")
            return None

    def _clean(self, text: str) -> str:
        return clean(text, name_emoji=self._profile.language.casefold().startswith("en"))

    def _sound(self, piece: str | Wav) -> Wav:
        if isinstance(piece, Wav):
            return piece
        return levelled(self._chain.synthesise(piece), self._profile.volume)

    def _wait_for_silence(self) -> None:
        while self._paused or self._player.playing:
            time.sleep(_LISTEN_S)

    def _notice_trouble(self) -> None:
        trouble = self._player.trouble
        if trouble and not self._silent:
            self._record("fault", trouble)
        elif self._silent and not trouble:
            self._record("recovered", "The sound works again.")
        self._silent = bool(trouble)

    def _record(self, kind: str, text: str) -> None:
        self._events.put(SpeechEvent(time.monotonic(), kind, text))


def _sounding(piece: str | Wav, sound: Wav) -> Sounding:
    """What is known of a piece before it is heard: of a recording, nothing."""
    if isinstance(piece, Wav):
        return Sounding("", (), 0.0)
    return Sounding(piece, estimate(piece, sound), 0.0)


def open_speaker(
    profile: VoiceProfile, player: Player | None = None, bank: MessageBank | None = None
) -> Speaker:
    """A speaker with the profile's engine and the platform's plain voice behind it."""
    speaker = Speaker(profile, engines_for(profile), player, bank)
    speaker.start()
    return speaker
