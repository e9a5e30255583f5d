"""The speaker's promises, with an engine and a player that the test looks into."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np
import pytest

from gazetalk.speech.engine import SpeechFailed, VoiceInfo
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.speaker import Speaker, SpeechEvent
from gazetalk.speech.wav import Wav

PROFILE = VoiceProfile("Test", "en", pronunciations={"Siobhan": "Shivawn"})


class ToneEngine:
    """Says each text as a tone of 50 ms and remembers it; fails as often as it is told to."""

    def __init__(self, name: str = "tone", failures: int = 0) -> None:
        self.name = name
        self.failures = failures
        self.said: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def start(self) -> None:
        pass

    def voices(self) -> Sequence[VoiceInfo]:
        return []

    def synthesise(self, text: str) -> Wav:
        self.gate.wait(5)
        if self.failures:
            self.failures -= 1
            raise SpeechFailed(f"{self.name} stopped working")
        self.said.append(text)
        t_s = np.arange(1102) / 22050
        return Wav(22050, (8000 * np.sin(2000 * t_s)).astype(np.int16))

    def close(self) -> None:
        self.gate.set()


class ClockPlayer:
    """Plays by the clock, without a device; notices when one sound is cut by the next."""

    def __init__(self) -> None:
        self.trouble: str | None = None
        self.until_s = 0.0
        self.left_s: float | None = None  # of a sound that is held
        self.played: list[Wav] = []
        self.cut = 0

    @property
    def playing(self) -> bool:
        return self.left_s is not None or time.monotonic() < self.until_s

    def play(self, wav: Wav) -> None:
        self.cut += self.playing
        self.played.append(wav)
        self.until_s = time.monotonic() + wav.duration_s

    def stop(self) -> None:
        self.until_s, self.left_s = 0.0, None

    def pause(self) -> None:
        if self.playing:
            self.left_s = self.until_s - time.monotonic()

    def resume(self) -> None:
        if self.left_s is not None:
            self.until_s, self.left_s = time.monotonic() + self.left_s, None


def wait_for(speaker: Speaker, *kinds: str, limit_s: float = 5.0) -> list[SpeechEvent]:
    """All events until each of `kinds` has come in this order."""
    found: list[SpeechEvent] = []
    wanted = list(kinds)
    until_s = time.monotonic() + limit_s
    while wanted and time.monotonic() < until_s:
        for event in speaker.events():
            found.append(event)
            if wanted and event.kind == wanted[0]:
                wanted.pop(0)
        time.sleep(0.005)
    assert not wanted, f"never came: {wanted}; came: {found}"
    return found


def words(events: list[SpeechEvent]) -> list[tuple[str, str]]:
    return [(event.kind, event.text) for event in events]


def test_texts_are_said_in_order_whole_and_one_after_the_other() -> None:
    engine, player = ToneEngine(), ClockPlayer()
    speaker = Speaker(PROFILE, [engine], player)
    speaker.say("One. Two.")
    speaker.say("Hello Siobhan.")
    events = wait_for(speaker, "finished", "finished")
    speaker.close()
    assert engine.said == ["One.", "Two.", "Hello Shivawn."]
    assert player.cut == 0
    assert words(events) == [
        ("started", "One. Two."),
        ("finished", "One. Two."),
        ("started", "Hello Siobhan."),
        ("finished", "Hello Siobhan."),
    ]


def test_stop_is_silence_at_once_and_forgets_the_queue() -> None:
    engine, player = ToneEngine(), ClockPlayer()
    speaker = Speaker(PROFILE, [engine], player)
    speaker.say(" ".join(f"Sentence {n}." for n in range(100)))
    speaker.say("Never said.")
    events = wait_for(speaker, "started")
    speaker.stop()
    assert not player.playing
    heard = len(player.played)
    speaker.say("After.")
    events += wait_for(speaker, "stopped", "finished")
    speaker.close()
    assert len(player.played) == heard + 1
    assert engine.said[-1] == "After."
    assert "Never said." not in engine.said
    assert words(events)[-3][0] == "stopped"


def test_a_pause_forgets_nothing_and_cuts_nothing() -> None:
    """Held in a sound, between texts and before any; each text is still said once, in order."""
    engine, player = ToneEngine(), ClockPlayer()
    speaker = Speaker(PROFILE, [engine], player)
    speaker.pause()
    speaker.say("One. Two. Three.")
    time.sleep(0.1)
    assert speaker.paused and speaker.busy and not player.played
    speaker.resume()
    wait_for(speaker, "resumed", "started")
    speaker.pause()
    speaker.pause()
    held = len(player.played)
    speaker.say("Four.")
    time.sleep(0.2)
    assert len(player.played) == held
    speaker.resume()
    events = wait_for(speaker, "paused", "resumed", "finished", "finished")
    speaker.close()
    assert engine.said == ["One.", "Two.", "Three.", "Four."]
    assert len(player.played) == 4 and player.cut == 0
    assert [kind for kind, _ in words(events)].count("paused") == 1


def test_stop_ends_a_pause() -> None:
    engine, player = ToneEngine(), ClockPlayer()
    speaker = Speaker(PROFILE, [engine], player)
    speaker.say("One. Two. Three.")
    wait_for(speaker, "started")
    speaker.pause()
    speaker.stop()
    assert not speaker.paused and not player.playing
    speaker.say("After.")
    wait_for(speaker, "stopped", "finished")
    speaker.close()
    assert engine.said[-1] == "After."


def test_wait_returns_when_all_has_been_said() -> None:
    engine, player = ToneEngine(), ClockPlayer()
    speaker = Speaker(PROFILE, [engine], player)
    assert not speaker.busy
    speaker.say("One. Two.")
    speaker.say("Three.")
    assert speaker.busy
    speaker.wait()
    assert engine.said == ["One.", "Two.", "Three."]
    assert not player.playing and not speaker.busy
    speaker.close()


def test_repeat_says_the_last_text_again() -> None:
    engine = ToneEngine()
    speaker = Speaker(PROFILE, [engine], ClockPlayer())
    speaker.repeat()
    speaker.say("Water please.")
    speaker.say("?!")
    speaker.repeat()
    events = wait_for(speaker, "finished", "finished")
    speaker.close()
    assert engine.said == ["Water please."] * 2
    assert ("nothing", "?!") in words(events)


def test_a_failing_engine_is_asked_again_and_nothing_is_lost() -> None:
    engine = ToneEngine(failures=1)
    speaker = Speaker(PROFILE, [engine], ClockPlayer())
    speaker.say("Hello.")
    events = wait_for(speaker, "fault", "recovered", "finished")
    speaker.close()
    assert engine.said == ["Hello."]
    assert events[0].text == "The voice tone stopped working. It is started again."


def test_the_next_engine_speaks_while_the_chosen_one_cannot() -> None:
    chosen, plain = ToneEngine("chosen", failures=2), ToneEngine("plain")
    speaker = Speaker(PROFILE, [chosen, plain], ClockPlayer())
    speaker.say("Hello. How are you?")
    events = wait_for(speaker, "fault", "fault", "finished")
    speaker.close()
    assert plain.said == ["Hello.", "How are you?"]
    assert "chosen is not used for now" in events[1].text


def test_when_no_engine_works_the_person_is_told_and_the_speaker_lives_on() -> None:
    engine = ToneEngine(failures=2)
    speaker = Speaker(PROFILE, [engine], ClockPlayer())
    speaker.say("Lost?")
    events = wait_for(speaker, "fault", "fault", "fault")
    assert events[-1].text.startswith("Not spoken: “Lost?”")
    speaker.say("Back.")
    assert ("finished", "Back.") in words(wait_for(speaker, "recovered", "finished"))
    speaker.close()


def test_stop_also_ends_a_text_that_no_engine_can_say() -> None:
    engine = ToneEngine(failures=1000)
    engine.gate.clear()
    speaker = Speaker(PROFILE, [engine], ClockPlayer())
    speaker.say("Sentence. " * 400)
    speaker.stop()
    engine.gate.set()
    speaker.wait()
    speaker.close()
    assert engine.failures >= 998


def test_render_says_when_no_engine_works() -> None:
    speaker = Speaker(PROFILE, [ToneEngine(failures=9)], ClockPlayer())
    with pytest.raises(SpeechFailed, match="no voice works here"):
        speaker.render("Hello.")
    speaker.close()


def test_a_missing_sound_device_is_told_once() -> None:
    player = ClockPlayer()
    player.trouble = "No sound device."
    speaker = Speaker(PROFILE, [ToneEngine()], player)
    speaker.say("One.")
    speaker.say("Two.")
    events = wait_for(speaker, "finished", "finished")
    assert words(events).count(("fault", "No sound device.")) == 1
    player.trouble = None
    speaker.say("Three.")
    assert "recovered" in [kind for kind, _ in words(wait_for(speaker, "finished"))]
    speaker.close()


def test_close_ends_a_speaker_that_is_still_waiting_for_its_engine() -> None:
    engine = ToneEngine()
    engine.gate.clear()
    speaker = Speaker(PROFILE, [engine], ClockPlayer())
    speaker.say("Hello.")
    speaker.close()
    assert not [t for t in threading.enumerate() if t.name == "gazetalk-speaker"]


def test_what_nobody_expected_is_told_and_does_not_end_the_voice() -> None:
    class Broken(ToneEngine):
        def synthesise(self, text: str) -> Wav:
            if text == "Bad.":
                raise ZeroDivisionError("surprise")
            return super().synthesise(text)

    speaker = Speaker(PROFILE, [Broken()], ClockPlayer())
    speaker.say("Bad.")
    speaker.say("Good.")
    events = wait_for(speaker, "fault", "finished")
    speaker.close()
    assert events[0].text == "Not spoken: “Bad.” (surprise)."
