"""Which word is spoken when: estimated, and compared with what eSpeak NG says."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.profile import load_voice
from gazetalk.speech.speaker import Speaker, open_speaker
from gazetalk.speech.timing import Sounding, WordTime, estimate
from gazetalk.speech.wav import Wav, joined, silence
from tests.speech.test_speech_speaker import PROFILE, ClockPlayer, ToneEngine, wait_for

VOICES = Path(__file__).resolve().parents[2] / "voices"
TEXTS = [
    "My sister will visit us on Sunday afternoon.",
    "No, that is not what I meant, let me try again.",
]


def tone(duration_s: float) -> Wav:
    t_s = np.arange(round(duration_s * 22050)) / 22050
    return Wav(22050, (8000 * np.sin(2000 * t_s)).astype(np.int16))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.floats(0.0, 1.0))
def test_words_come_in_order_within_the_sound(text: str, duration_s: float) -> None:
    sound = tone(duration_s)
    words = estimate(text, sound)
    assert [word.start for word in words] == sorted({word.start for word in words})
    assert [word.t_s for word in words] == sorted(word.t_s for word in words)
    assert all(0 <= word.t_s <= duration_s for word in words)
    assert all(text[word.start : word.end].strip() for word in words)


def test_no_word_begins_in_a_pause() -> None:
    """Equal words, one before a second of silence and one after it: the second begins with it."""
    sound = joined([tone(0.5), silence(1.0, 22050), tone(0.5)])
    first, second = estimate("water water", sound)
    assert first.t_s == pytest.approx(0.0, abs=0.02)
    assert second.t_s == pytest.approx(1.5, abs=0.03)


def test_estimates_are_near_where_espeak_says_the_words() -> None:
    """Truth: how long the words before take alone. espeak lengthens a sentence's last word, so
    that truth is itself late by up to 0.2 s; 0.3 s is still a word's length at 160 a minute."""
    pytest.importorskip("espeakng_loader", reason="eSpeak NG comes as a wheel on Linux only")
    speaker = open_speaker(load_voice("english", VOICES), SilentPlayer())
    errors_s = []
    try:
        for text in TEXTS:
            words = estimate(text, speaker.render(text))
            assert len(words) == len(text.split())
            for word, before in zip(words[1:], words, strict=False):
                alone = speaker.render(text[: before.end])
                heard = np.flatnonzero(np.abs(alone.samples.astype(int)) > 300)
                errors_s.append(abs(word.t_s - heard[-1] / alone.rate))
    finally:
        speaker.close()
    assert statistics.median(errors_s) < 0.3


def test_a_pause_holds_the_word() -> None:
    words = (WordTime(0, 3, 0.0), WordTime(4, 7, 1.0))
    sounding = Sounding("one two", words, begun_s=10.0, lead_s=0.5)
    assert sounding.at(10.4) is None
    held = sounding.held(11.0)
    told = held.at(99.0)
    assert told is not None and told.text[told.start : told.end] == "one"
    assert told.source == "estimated"
    told = held.resumed(21.0).at(21.6)
    assert told is not None and told.text[told.start : told.end] == "two"


def test_the_speaker_tells_it_while_it_speaks_and_only_then() -> None:
    speaker = Speaker(PROFILE, [ToneEngine()], ClockPlayer())
    assert speaker.spoken is None
    speaker.say("One. " * 20)
    told = None
    until_s = time.monotonic() + 5.0
    while told is None and time.monotonic() < until_s:  # in silence between sentences: None
        told = speaker.spoken
    assert told is not None and told.text[told.start : told.end] == "One."
    wait_for(speaker, "finished")
    assert speaker.spoken is None
    speaker.close()
