"""The first start on an empty home, in a real window, by a puppet that looks at what it sees there.

The way of the frames is the real one (a FIFO in place of a camera, the tracker's own process), and
so is that of the sound (SDL writes to a file what a loudspeaker would get). One machine for all of
them: a set-up takes a minute. Each begins with the letters shown and nothing written.
"""

import time
from collections.abc import Iterator

import numpy as np
import pytest

from gazetalk.clinic.profile import find_profile
from gazetalk.clinic.settings import load_settings
from gazetalk.lab.live_camera import target_in
from gazetalk.paths import shipped
from gazetalk.screens.theme import DARK, LIGHT, RESTING
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.profile import load_voice
from gazetalk.speech.speaker import open_speaker
from tests.live import DEVICE_HZ, SCREEN_MM, SIZE, Machine, needs_a_screen, share

SEED = 8101
CALIBRATION_S = 240.0  # a busy machine gives few frames, and targets are asked for again
pytestmark = [pytest.mark.slow, needs_a_screen]


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which somebody has been led from the card to the keyboard; `targets` are the
    places where the puppet saw some, `pages` what was on the screen."""
    machine = Machine(tmp_path_factory.mktemp("machine"), SEED)
    try:
        _lead(machine)
        yield machine
    finally:
        machine.close()


def _lead(machine: Machine) -> None:
    machine.start("setup", "--procedure", "standard")
    machine.wait_until(lambda seen: share(seen, DARK.outline) > 0.002, "the card")
    machine.press("Up", "Return")
    machine.wait_for_stage("seat")
    machine.wait_for_stage("calibration")
    machine.wait_for_stage("results", CALIBRATION_S)
    machine.press("Return")
    machine.wait_for_stage("talking")
    if any("the camera stopped" in str(e.get("message")) for e in machine.events()):
        pytest.skip("this machine is too busy to draw a camera's pictures in time")
    machine.press("n", "e")  # one sentence passed over, then the end of them
    machine.rest()


@pytest.fixture
def machine(set_up: Machine) -> Iterator[Machine]:
    set_up.begin_anew()
    yield set_up


def test_the_card_the_seat_calibration_and_results_lead_to_the_keyboard(machine: Machine) -> None:
    stages = [event["stage"] for event in machine.events() if event["event"] == "stage"]
    assert stages[:1] == ["card"] and stages[-1] == "talking"
    assert {"seat", "calibration", "results"} < set(stages)
    assert load_settings(find_profile(machine.home)).screen_width_mm == SCREEN_MM


def test_what_the_puppet_saw_was_enough_to_calibrate_with(machine: Machine) -> None:
    """A third of a key's width (33 mm): with more than that nothing below would work."""
    calibrated = machine.wait_for("calibrated")
    assert calibrated["targets_used"] > 8
    assert calibrated["validation"]["offset"]["mm"] < 12


def test_the_first_sentence_is_written_by_eyes_and_heard(machine: Machine) -> None:
    quiet = len(machine.heard())
    machine.write("hello")
    machine.look("speak")
    assert machine.wait_for("spoken")["text"].lower().strip() == "hello"
    time.sleep(0.5)
    assert _likeness(machine.heard()[quiet:], "hello") > 0.9


def _likeness(heard: np.ndarray, words: str) -> float:
    """How much of what was heard is the voice's own sound of these words, 0..1: the correlation at
    the best place."""
    speaker = open_speaker(load_voice("english", shipped("voices")), SilentPlayer())
    try:
        wav = speaker.render(words)
    finally:
        speaker.close()
    wanted = wav.resampled(DEVICE_HZ).samples.astype(float)
    size = len(heard) + len(wanted)
    found = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    return float(found.max() / (np.linalg.norm(heard) * np.linalg.norm(wanted)))


def test_eyes_rest_and_wake_again(machine: Machine) -> None:
    machine.look("rest")
    machine.wait_for("rest")
    machine.wait_until(lambda seen: share(seen, RESTING.background) > 0.3, "a dark screen")
    machine.look("wake-up", "rest")
    machine.look("wake", "wake")
    machine.wait_for("woke")
    machine.wait_until(lambda seen: share(seen, DARK.background) > 0.1, "the keyboard")
    assert machine.count("rest") == machine.count("woke")


def test_eyes_ring_the_bell_and_end_it(machine: Machine) -> None:
    before, quiet = machine.count("bell"), len(machine.heard())
    machine.look("bell")
    machine.wait_for("bell", before + 1)
    machine.wait_until(_is_framed, "a frame around the whole screen")
    time.sleep(1.0)
    rung = machine.heard()[quiet:]
    assert np.abs(rung).max() > 3000, "a bell is heard through walls"
    machine.look("bell")
    machine.wait_for("bell", before + 2)
    machine.wait_until(lambda seen: not _is_framed(seen), "no frame any more")


def _is_framed(seen: np.ndarray) -> bool:
    edges = np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]])
    return share(edges[np.newaxis], DARK.warning) > 0.95


def test_eyes_change_a_setting_take_it_back_and_return(machine: Machine) -> None:
    machine.look("tools")
    machine.look("settings", "tools")
    machine.look("theme", "settings")
    machine.wait_until(lambda seen: share(seen, LIGHT.awake.background) > 0.1, "a light screen")
    machine.look("set-back", "settings")
    machine.wait_until(lambda seen: share(seen, DARK.background) > 0.1, "a dark one again")
    machine.look("abc", "settings")
    machine.write("yes")
    taken = [event["key"] for event in machine.events() if event["event"] == "selected"]
    assert "theme" in taken and "set-back" in taken


def test_a_window_of_another_size_shows_all_its_keys(machine: Machine) -> None:
    smaller = (900, 600)
    machine.window("windowsize", *map(str, smaller))
    time.sleep(1.0)
    before = machine.count("decoded")
    machine.click("h", size=smaller)
    assert machine.wait_for("decoded", before + 1)["guess"] == "h"
    machine.window("windowsize", *map(str, SIZE))
    time.sleep(1.0)
    machine.begin_anew()
    machine.write("yes")


def test_a_window_put_away_comes_back_as_it_was(machine: Machine) -> None:
    """There is no window manager here: hiding the window is what one does to minimise it."""
    machine.write("yes")
    machine.rest()
    before = share(machine.picture(), DARK.key)
    machine.window("windowunmap")
    time.sleep(2.0)
    assert share(machine.picture(), DARK.key) < 0.01
    machine.window("windowmap")
    machine.wait_until(lambda seen: share(seen, DARK.key) > 0.9 * before, "the keys")
    machine.write("no")


def test_after_a_crash_the_text_is_there_and_the_eyes_write_on(machine: Machine) -> None:
    machine.write("yes")
    written = machine.wait_for("committed")["text"]
    assert written.lower() == "yes "
    machine.kill()
    machine.start("talk")
    assert machine.wait_for("restored")["text"] == written
    assert machine.wait_for("checked")["verdict"] == "still good"
    machine.wait_for_stage("talking")
    machine.rest()
    machine.write("please")
    assert machine.end() == 0
    assert machine.events()[-1]["text"].lower().split() == ["yes", "please"]
    machine.start("talk")
    machine.wait_for_stage("talking")


def test_a_target_is_seen_by_its_pixels_only() -> None:
    """Words, dots of progress and keys are none."""
    assert target_in(np.zeros((80, 128, 3), np.uint8)) is None
