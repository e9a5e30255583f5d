"""The real engine in its real process: what it makes is speech, and nothing is left behind."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from gazetalk.speech.engine import VoiceError
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.process import ProcessEngine
from gazetalk.speech.profile import load_voice
from gazetalk.speech.pyttsx import PyttsxBackend
from gazetalk.speech.speaker import NothingToSay, Speaker, open_speaker
from gazetalk.speech.wav import Wav

pytest.importorskip("espeakng_loader", reason="eSpeak NG comes as a wheel on Linux only")
VOICES = Path(__file__).resolve().parents[2] / "voices"


def espeak(voice: str = "en-us", rate: int = 160) -> ProcessEngine:
    return ProcessEngine(
        "espeak", functools.partial(PyttsxBackend, "espeak", voice, "en", rate, 50)
    )


@pytest.fixture(scope="module")
def engine() -> Iterator[ProcessEngine]:
    engine = espeak()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def speaker() -> Iterator[Speaker]:
    speaker = open_speaker(load_voice("english", VOICES), SilentPlayer())
    yield speaker
    speaker.close()


def energies(wav: Wav, window_s: float = 0.05) -> np.ndarray:
    size = round(wav.rate * window_s)
    whole = wav.samples[: len(wav.samples) // size * size].astype(float)
    return np.sqrt(np.square(whole.reshape(-1, size)).mean(axis=1)) / 32767


def assert_speech(wav: Wav, text: str) -> None:
    """As long as such a text takes, loud enough, and rising and falling as syllables do."""
    assert 0.03 <= wav.duration_s / len(text) <= 0.16
    levels = energies(wav)
    assert levels.max() > 0.03
    assert levels.std() / levels.mean() > 0.4
    changes = np.diff(np.sign(levels - levels.mean()))
    assert np.count_nonzero(changes) / wav.duration_s > 2


def test_a_sentence_becomes_speech_of_a_plausible_length(engine: ProcessEngine) -> None:
    text = "Could you please bring me a glass of water?"
    assert_speech(engine.synthesise(text), text)


def test_longer_texts_take_longer_and_different_texts_sound_different(
    engine: ProcessEngine,
) -> None:
    yes, no = engine.synthesise("Yes."), engine.synthesise("No.")
    long = engine.synthesise("I would like to go outside and sit in the garden.")
    assert long.duration_s > 2 * yes.duration_s
    size = min(len(yes.samples), len(no.samples))
    assert np.corrcoef(yes.samples[:size], no.samples[:size])[0, 1] < 0.5


def test_faster_is_shorter(engine: ProcessEngine) -> None:
    fast = espeak(rate=320)
    text = "I would like to go outside and sit in the garden."
    try:
        assert fast.synthesise(text).duration_s < 0.7 * engine.synthesise(text).duration_s
    finally:
        fast.close()


def test_an_unknown_voice_is_refused_with_those_there_are() -> None:
    for voice, words in (
        ("martian", "espeak has no voice 'martian'; there is"),
        ("en-us+nobody", "espeak has no variant 'nobody'; there is"),
    ):
        engine = espeak(voice)
        try:
            with pytest.raises(VoiceError, match=words.replace("+", r"\+")):
                engine.synthesise("Hello.")
        finally:
            engine.close()


def test_voices_are_listed_with_their_language(engine: ProcessEngine) -> None:
    voices = {voice.id: voice.language for voice in engine.voices()}
    assert len(voices) > 100
    assert voices["gmw/en-us"] == "en-us"


def test_a_rendered_text_is_speech_and_holds_all_its_sentences(speaker: Speaker) -> None:
    one, two = "I am thirsty.", "Please bring me a glass of water, Dr. Smith."
    whole = speaker.render(f"{one} {two}")
    assert_speech(whole, f"{one} {two}")
    parts = [speaker.render(one), speaker.render(two)]
    assert len(whole.samples) == pytest.approx(sum(len(p.samples) for p in parts), rel=0.02)


@pytest.mark.parametrize("text", ["", "  ", "?!...", "-- , ;", "\x00\x07", "<b></b>"])
def test_a_text_without_words_is_refused_clearly(speaker: Speaker, text: str) -> None:
    with pytest.raises(NothingToSay, match="it has no word"):
        speaker.render(text)


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
def test_a_killed_child_is_back_for_the_next_sentence(engine: ProcessEngine) -> None:
    engine.synthesise("Hello.")
    before = engine.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    time.sleep(0.2)
    assert engine.synthesise("Hello again.").duration_s > 0.3
    assert engine.pid != before


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After close: no child process and no file in the temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    speaker = open_speaker(load_voice("english", VOICES), SilentPlayer())
    speaker.render("Hello there.")
    mine = psutil.Process()
    before = {child.pid for child in mine.children() if "spawn_main" in " ".join(child.cmdline())}
    speaker.close()
    time.sleep(0.1)
    after = {child.pid for child in mine.children() if "spawn_main" in " ".join(child.cmdline())}
    assert len(after) == len(before) - 1
    assert list(tmp_path.iterdir()) == []


class Forgetful(PyttsxBackend):
    """Its eSpeak has lost the rate it was given before each utterance, as happens on a busy
    machine."""

    def synthesise(self, text: str, path: Path, voice: str = "") -> None:
        from pyttsx3.drivers import _espeak

        _espeak.SetParameter(_espeak.RATE, 320, 0)
        _espeak.Synchronize()
        super().synthesise(text, path, voice)


def test_a_rate_that_espeak_lost_is_given_again_before_anyone_hears_it() -> None:
    durations_s = []
    for kind in (PyttsxBackend, Forgetful):
        build = functools.partial(kind, "espeak", "", "en", 160, 50)
        with contextlib.closing(ProcessEngine("espeak", build)) as engine:
            durations_s.append(engine.synthesise("Good morning to all of you.").duration_s)
    usual_s, forgetful_s = durations_s
    # At 320 words a minute it would take little more than half of that.
    assert forgetful_s == pytest.approx(usual_s, rel=0.02)
