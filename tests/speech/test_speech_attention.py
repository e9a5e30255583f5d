"""The attention sound: gentle, before speech that nobody expects, not within a conversation."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gazetalk.speech.attention import announced, attention_sound
from gazetalk.speech.speaker import Speaker
from gazetalk.speech.wav import SPEECH_LEVEL, Wav, levelled
from tests.speech.test_speech_speaker import PROFILE, ClockPlayer, ToneEngine, wait_for

WISHED = dataclasses.replace(PROFILE, attention=True)


def heard(profile_attention: bool, *texts: str) -> list[float]:
    """How long each sound was that reached the player, seconds."""
    player = ClockPlayer()
    profile = WISHED if profile_attention else PROFILE
    speaker = Speaker(profile, [ToneEngine()], player)
    for text in texts:
        speaker.say(text)
        wait_for(speaker, "finished")
    speaker.close()
    return [sound.duration_s for sound in player.played]


@pytest.mark.parametrize("rate", [16000, 22050, 44100])
def test_it_is_short_and_softer_than_speech_and_follows_the_volume(rate: int) -> None:
    sound = attention_sound(rate)
    assert 0.2 < sound.duration_s < 0.5
    assert 0.1 * SPEECH_LEVEL < sound.loudness < SPEECH_LEVEL
    # Rounding to whole steps of 32,767 is all that differs.
    assert attention_sound(rate, 0.5).loudness == pytest.approx(sound.loudness / 2, rel=0.01)


def test_the_speech_after_it_is_whole() -> None:
    dice = np.random.default_rng(1)
    speech = levelled(Wav(22050, dice.integers(-9000, 9000, 5000).astype(np.int16)))
    both = announced(speech)
    assert np.array_equal(both.samples[-5000:], speech.samples)


def test_only_who_wishes_it_hears_it_once_for_a_text_and_not_again_while_talking() -> None:
    """The first piece of the first text is longer by the sound; nothing else is."""
    plain = heard(False, "One. Two.", "Three.")
    announced_first = heard(True, "One. Two.", "Three.")
    longer = attention_sound(22050).duration_s
    assert announced_first == [pytest.approx(plain[0] + longer), *plain[1:]]


def test_after_a_long_quiet_it_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gazetalk.speech.speaker.QUIET_S", 0.0)
    sounds = heard(True, "One.", "Two.")
    assert sounds[0] == sounds[1] > attention_sound(22050).duration_s
