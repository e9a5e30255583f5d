"""The chosen sound device: found, used, and replaced with nothing lost while it is away.

SDL's "disk" driver takes any file's name for a device's: what lies in the file was heard there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gazetalk.cli import main
from gazetalk.commands import doctor
from gazetalk.speech.bell import Bell
from gazetalk.speech.engine import VoiceInfo
from gazetalk.speech.output import Output, device_names, find_device
from gazetalk.speech.player import BELL_CHANNEL, SPEECH_CHANNEL, MixerPlayer
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.speaker import Speaker
from gazetalk.speech.wav import Wav

mixer = pytest.importorskip("pygame.mixer", reason="pygame comes without its mixer here")


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """The chosen device's file and that of the system's own choice."""
    mixer.quit()
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(tmp_path / "usual.raw"))
    yield tmp_path / "headset.raw", tmp_path / "usual.raw"
    mixer.quit()


def tone(duration_s: float = 0.4) -> Wav:
    dice = np.random.default_rng(3)
    return Wav(44100, dice.integers(1, 9000, round(duration_s * 44100)).astype(np.int16))


def wait_until_silent(player: MixerPlayer) -> None:
    until_s = time.monotonic() + 5.0
    while player.playing and time.monotonic() < until_s:
        time.sleep(0.01)
    assert not player.playing


def holds(file: Path, wav: Wav) -> bool:
    return file.exists() and wav.samples.tobytes() in file.read_bytes()


def test_a_name_or_a_part_of_it_finds_a_device() -> None:
    names = ["USB Headset Pro", "USB", "Built-in Audio"]
    assert find_device("USB", names) == "USB"
    assert find_device("headset", names) == "USB Headset Pro"
    assert find_device("hdmi", names) is None


def test_the_devices_are_told_before_any_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also twice, and while one is open; a driver that does not exist has none."""
    mixer.quit()
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    first = device_names()
    output = Output(first[0])
    assert output.open().get_init()
    assert first and device_names() == first
    assert output.away == ""
    mixer.quit()
    monkeypatch.setenv("SDL_AUDIODRIVER", "no-such-driver")
    assert device_names() == []


def test_the_chosen_device_is_used_and_the_bell_shares_it(places: tuple[Path, Path]) -> None:
    chosen, usual = places
    output = Output(str(chosen), names=lambda: [str(chosen)])
    player, bell = MixerPlayer(output=output), MixerPlayer(BELL_CHANNEL, output)
    player.play(tone())
    wait_until_silent(player)
    bell.play(tone())
    wait_until_silent(bell)
    mixer.quit()
    assert chosen.read_bytes().count(tone().samples.tobytes()) == 2
    assert not usual.exists()
    assert player.trouble is None and output.times_opened == 1


def test_a_mixer_that_others_opened_makes_way_for_the_chosen_device(
    places: tuple[Path, Path],
) -> None:
    chosen, _ = places
    mixer.init(44100, -16, 1, 512, allowedchanges=0)
    player = MixerPlayer(output=Output(str(chosen), names=lambda: [str(chosen)]))
    player.play(tone())
    wait_until_silent(player)
    mixer.quit()
    assert holds(chosen, tone())


def test_what_was_cut_off_is_heard_whole_on_the_usual_device_and_then_all_returns(
    places: tuple[Path, Path],
) -> None:
    chosen, usual = places
    there = [str(chosen)]
    player = MixerPlayer(output=Output(str(chosen), names=lambda: there))
    player.play(tone(0.8))
    assert player.playing
    there.clear()
    wait_until_silent(player)
    assert player.trouble is not None
    assert player.trouble.endswith("is not there: the computer's usual one is used.")
    there.append(str(chosen))
    player.play(tone(0.3))
    wait_until_silent(player)
    mixer.quit()
    assert player.trouble is None
    assert holds(usual, tone(0.8))
    assert holds(chosen, tone(0.3))


def test_a_pause_outlasts_the_device(places: tuple[Path, Path]) -> None:
    """What was held when the device went stays silent, and is heard whole after the pause."""
    chosen, usual = places
    there = [str(chosen)]
    output = Output(str(chosen), names=lambda: there)
    player, bell = MixerPlayer(output=output), MixerPlayer(BELL_CHANNEL, output)
    player.play(tone())
    player.pause()
    there.clear()
    bell.play(tone(0.1))
    wait_until_silent(bell)
    assert player.playing
    assert not mixer.Channel(SPEECH_CHANNEL).get_busy()
    player.resume()
    wait_until_silent(player)
    mixer.quit()
    assert holds(usual, tone())


def test_stop_stays_silent_when_the_device_goes(places: tuple[Path, Path]) -> None:
    chosen, usual = places
    there = [str(chosen)]
    player = MixerPlayer(output=Output(str(chosen), names=lambda: there))
    player.play(tone())
    player.stop()
    there.clear()
    time.sleep(0.3)
    assert not player.playing
    assert not usual.exists()


class Toned:
    """An engine whose every sentence is the same tone."""

    name = "toned"

    def start(self) -> None:
        pass

    def voices(self) -> list[VoiceInfo]:
        return []

    def synthesise(self, text: str) -> Wav:
        return tone()

    def close(self) -> None:
        pass


def test_the_person_is_told_once_that_the_device_is_away_and_that_it_is_back(
    places: tuple[Path, Path],
) -> None:
    chosen, _ = places
    there: list[str] = []
    player = MixerPlayer(output=Output(str(chosen), names=lambda: there))
    speaker = Speaker(VoiceProfile("Test", "en"), [Toned()], player)
    for text in ("One.", "Two."):
        speaker.say(text)
    speaker.wait()
    there.append(str(chosen))
    speaker.say("Three.")
    speaker.wait()
    speaker.close()
    events = [(event.kind, event.text) for event in speaker.events()]
    assert [kind for kind, _ in events].count("finished") == 3
    assert [text for kind, text in events if kind == "fault"] == [
        f"The sound device “{chosen}” is not there: the computer's usual one is used."
    ]
    assert events[-1][0] == "finished" and ("recovered", "The sound works again.") in events


def test_the_bell_rings_on_the_usual_device_when_the_chosen_one_is_away(
    places: tuple[Path, Path],
) -> None:
    chosen, usual = places
    bell = Bell(MixerPlayer(BELL_CHANNEL, Output(str(chosen), names=lambda: [])), pause_s=-0.85)
    bell.ring()
    time.sleep(0.4)
    assert bell.trouble is not None and "usual one is used" in bell.trouble
    bell.answer()
    mixer.quit()
    assert np.abs(np.fromfile(usual, np.int16)).max() > 1000


@pytest.mark.parametrize("device", ["", "audio OUTPUT"])
def test_say_speaks_on_a_device_that_is_there(
    device: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mixer.quit()
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    assert main(["say", "Hi.", "--device", device]) == 0
    mixer.quit()
    assert capsys.readouterr().err == ""


def test_say_speaks_on_the_usual_device_in_place_of_one_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The person is heard, so that is no failure; which devices there are is told."""
    mixer.quit()
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    assert main(["say", "Hi.", "--device", "hdmi"]) == 0
    mixer.quit()
    told = capsys.readouterr().err
    assert "“hdmi” is not there: the computer's usual one is used. There is: System" in told


def test_doctor_lists_the_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    mixer.quit()
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    finding = doctor._sound()
    assert finding.state == "ok"
    assert all(name in finding.detail for name in device_names() or ["System audio"])
