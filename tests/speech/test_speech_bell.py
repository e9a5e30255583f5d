"""The bell: heard, repeated, rising, and silent as soon as it is answered."""

from __future__ import annotations

import itertools
import threading
import time

import numpy as np
import pytest

from gazetalk.speech.bell import RISE_CALLS, Bell, call_sound
from gazetalk.speech.wav import FULL_SCALE, Wav


class Ear:
    """A player that remembers what it was given."""

    trouble: str | None = None

    def __init__(self) -> None:
        self.heard: list[Wav] = []
        self.playing = False

    def play(self, wav: Wav) -> None:
        self.heard.append(wav)
        self.playing = True

    def stop(self) -> None:
        self.playing = False

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass


def test_each_call_is_louder_until_full_level_and_never_clipped() -> None:
    loudness = [call_sound(call).loudness for call in range(RISE_CALLS + 1)]
    assert all(later > 1.2 * earlier for earlier, later in itertools.pairwise(loudness))
    full = call_sound(RISE_CALLS)
    assert full.loudness == call_sound(1000).loudness
    assert 0.9 * FULL_SCALE < np.abs(full.samples.astype(int)).max() < FULL_SCALE


def test_most_of_the_sound_lies_where_small_loudspeakers_and_ears_are_good() -> None:
    sound = call_sound(RISE_CALLS)
    power = np.abs(np.fft.rfft(sound.samples.astype(float))) ** 2
    hertz = np.fft.rfftfreq(len(sound.samples), 1 / sound.rate)
    assert power[(hertz > 500) & (hertz < 4500)].sum() / power.sum() > 0.95
    assert power[hertz > 1000].sum() / power.sum() > 0.2


def test_it_rings_until_it_is_answered_and_then_rings_no_more() -> None:
    ear = Ear()
    bell = Bell(ear, pause_s=-0.85)  # a call every 50 ms, to save the tester's time
    bell.ring()
    bell.ring()
    time.sleep(0.4)
    assert bell.ringing
    bell.answer()
    calls = len(ear.heard)
    assert not bell.ringing
    assert not ear.playing
    assert calls >= 3
    assert ear.heard[1].loudness > ear.heard[0].loudness
    time.sleep(0.15)
    assert len(ear.heard) == calls
    assert not [thread for thread in threading.enumerate() if thread.name == "gazetalk-bell"]


def test_it_starts_gently_again_at_the_next_ring() -> None:
    ear = Ear()
    bell = Bell(ear, pause_s=-0.85)
    for _ in range(2):
        ear.heard.clear()
        bell.ring()
        time.sleep(0.02)
        bell.answer()
        assert ear.heard[0].loudness == pytest.approx(call_sound(0).loudness)
    bell.answer()
    bell.close()
