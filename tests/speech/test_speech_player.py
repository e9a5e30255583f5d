"""The player: what reaches the sound device, stopping, and machines without sound."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from gazetalk.speech.output import Output
from gazetalk.speech.player import BELL_CHANNEL, MixerPlayer
from gazetalk.speech.wav import FULL_SCALE, Wav

mixer = pytest.importorskip("pygame.mixer", reason="pygame comes without its mixer here")


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Choose SDL's sound driver; "disk" writes what would be heard to the file returned."""

    def choose(driver: str) -> Path:
        mixer.quit()
        monkeypatch.setenv("SDL_AUDIODRIVER", driver)
        monkeypatch.setenv("SDL_DISKAUDIOFILE", str(tmp_path / "heard.raw"))
        return tmp_path / "heard.raw"

    yield choose
    mixer.quit()


def noise(duration_s: float, rate: int = 44100) -> Wav:
    dice = np.random.default_rng(1)
    return Wav(rate, (dice.uniform(-0.5, 0.5, round(duration_s * rate)) * FULL_SCALE).astype("i2"))


def wait_until_silent(player: MixerPlayer, limit_s: float = 5.0) -> None:
    until_s = time.monotonic() + limit_s
    while player.playing and time.monotonic() < until_s:
        time.sleep(0.01)
    assert not player.playing


def find(part: np.ndarray, whole: np.ndarray) -> int:
    """Where `part` lies in `whole`, sample for sample; -1 if nowhere."""
    for at in np.flatnonzero(whole[: len(whole) - len(part) + 1] == part[0]):
        if np.array_equal(whole[at : at + len(part)], part):
            return int(at)
    return -1


def test_the_device_gets_every_sample(device: Callable[[str], Path]) -> None:
    heard = device("disk")
    player = MixerPlayer()
    player.play(noise(0.4))
    assert player.playing
    wait_until_silent(player)
    mixer.quit()
    assert find(noise(0.4).samples, np.fromfile(heard, np.int16)) >= 0
    assert player.trouble is None


def test_another_rate_and_a_mixer_opened_by_others_play_too(
    device: Callable[[str], Path],
) -> None:
    heard = device("disk")
    mixer.init(44100, -16, 2, 512, allowedchanges=0)
    player = MixerPlayer()
    player.play(noise(0.4, rate=22050))
    wait_until_silent(player)
    mixer.quit()
    stereo = np.fromfile(heard, np.int16).reshape(-1, 2)
    assert find(noise(0.4, rate=22050).resampled(44100).samples, stereo[:, 0]) >= 0
    assert np.array_equal(stereo[:, 0], stereo[:, 1])


def test_stop_is_instant_and_leaves_the_bell_alone(device: Callable[[str], Path]) -> None:
    device("dummy")
    voice, bell = MixerPlayer(), MixerPlayer(BELL_CHANNEL)
    voice.play(noise(5.0))
    bell.play(noise(5.0))
    assert voice.playing and bell.playing
    begun_s = time.monotonic()
    voice.stop()
    assert not voice.playing
    assert time.monotonic() - begun_s < 0.5
    assert bell.playing
    bell.stop()


def test_a_paused_sound_goes_on_where_it_was(device: Callable[[str], Path]) -> None:
    """Not a sample is lost, and a long pause does not count as a device that is stuck."""
    heard = device("disk")
    player = MixerPlayer(overdue_s=0.2)
    player.play(noise(0.4))
    time.sleep(0.1)
    player.pause()
    time.sleep(0.8)
    assert player.playing
    player.resume()
    wait_until_silent(player)
    assert player.trouble is None
    mixer.quit()
    told = np.fromfile(heard, np.int16)
    sound = noise(0.4).samples
    ends = np.flatnonzero(told)
    inside = told[ends[0] : ends[-1] + 1]
    assert len(inside) > len(sound) + 0.4 * 44100  # the pause lies within, as quiet
    quiet = np.flatnonzero(np.convolve(inside == 0, np.ones(512), "valid") == 512)
    kept = np.concatenate([inside[: quiet[0]], inside[quiet[-1] + 512 :]])
    assert np.array_equal(kept, sound[: len(kept)]) and len(kept) >= len(sound) - 1


def test_without_a_sound_device_it_is_silent_and_says_so(device: Callable[[str], Path]) -> None:
    device("no-such-driver")
    player = MixerPlayer()
    assert not player.playing
    player.stop()
    player.play(noise(1.0))
    assert not player.playing
    assert player.trouble is not None
    assert player.trouble.startswith("No sound device could be opened (")


def test_a_sound_device_that_comes_later_is_used(device: Callable[[str], Path]) -> None:
    device("no-such-driver")
    output = Output(retry_s=0.0)
    player = MixerPlayer(output=output)
    player.play(noise(0.1))
    assert player.trouble is not None
    device("dummy")
    player.play(noise(0.1))
    assert player.playing
    wait_until_silent(player)
    assert player.trouble is None
    player.play(noise(1.0))
    output.close()  # and it vanishes again, in the middle of a sound
    assert not player.playing
    player.stop()
    player.play(noise(1.0))
    assert player.playing


def test_a_device_that_hangs_is_noticed(
    device: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device that takes a sample now and then: the sound should have ended long ago."""
    device("disk")
    monkeypatch.setenv("SDL_DISKAUDIODELAY", "500")
    player = MixerPlayer(overdue_s=0.2)
    player.play(noise(0.2))
    assert player.playing
    wait_until_silent(player, limit_s=1.0)
    for _ in range(3):  # it stays so with the next sound
        assert player.trouble == "The sound device does not play: the text is only shown."
        player.play(noise(0.2))
