"""Message banking: the person's own recordings, checked, trimmed, and played as they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from faulty_engines import write_tone
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.speech.bank import BankError, MessageBank, import_folder, is_clipped, key, trimmed
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.process import ProcessEngine
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.speaker import Speaker
from gazetalk.speech.wav import Wav, joined, silence

RATE = 16000


def voice(duration_s: float = 0.6, level: float = 0.3, seed: int = 1) -> Wav:
    """Noise in syllables, as a recording stands in for a voice."""
    dice = np.random.default_rng(seed)
    t_s = np.arange(round(duration_s * RATE)) / RATE
    syllables = 0.55 + 0.45 * np.cos(2 * np.pi * 4 * t_s)
    return Wav(RATE, (dice.uniform(-1, 1, len(t_s)) * syllables * level * 32767).astype(np.int16))


def test_ways_to_write_a_phrase_that_mean_the_same() -> None:
    same = ["I don't know.", "i DON’T know!", " I  dont, know ", "I don't know"]  # noqa: RUF001
    assert {key(phrase) for phrase in same} == {"i dont know"}
    assert key("I know") != key("I don't know")
    assert key("Straße 5") == key("STRASSE 5")


@given(st.text())
def test_a_phrase_matches_itself_shouted(phrase: str) -> None:
    assert key(phrase + "!") == key(phrase)
    assert key(key(phrase)) == key(phrase)


def test_trimming_leaves_the_voice_and_a_little_air() -> None:
    spoken = voice(0.6)
    hiss = Wav(RATE, np.random.default_rng(2).integers(-30, 30, RATE).astype(np.int16))
    short = trimmed(joined([hiss, spoken, hiss]))
    assert short.duration_s == pytest.approx(0.6 + 0.2, abs=0.05)
    whole = short.samples.tobytes()
    assert spoken.samples.tobytes() in whole
    assert trimmed(spoken).duration_s == pytest.approx(spoken.duration_s, abs=0.05)


def test_clipping_is_told_from_a_loud_clean_voice() -> None:
    t = np.arange(RATE)
    clean = (32767 * np.sin(t / 7)).astype(np.int16)
    assert not is_clipped(Wav(RATE, clean))
    assert is_clipped(Wav(RATE, np.clip(clean.astype(int) * 2, -32768, 32767).astype(np.int16)))


def test_a_folder_is_imported_each_file_checked(tmp_path: Path) -> None:
    source = tmp_path / "recordings"
    voice().write(source / "I love you.wav")
    voice(level=0.02).write(source / "Good_night.wav")
    Wav(RATE, np.clip(voice().samples.astype(int) * 9, -32768, 32767).astype("i2")).write(
        source / "Help.WAV"
    )
    silence(1.0, RATE).write(source / "Nothing.wav")
    voice(0.05).write(source / "Tick.wav")
    voice().write(source / "---.wav")
    (source / "Broken.wav").write_bytes(b"RIFF\0")
    (source / "notes.txt").write_text("not a recording")
    bank = MessageBank(tmp_path / "bank")
    result = {entry.file: entry for entry in import_folder(source, bank)}
    assert {name for name, entry in result.items() if entry.accepted} == {
        "I love you.wav",
        "Good_night.wav",
        "Help.WAV",
    }
    assert result["I love you.wav"].remarks == ()
    for name, word in (
        ("Good_night.wav", "very soft"),
        ("Help.WAV", "too loud"),
        ("Nothing.wav", "no voice in it"),
        ("Tick.wav", "only 0.05 s"),
        ("---.wav", "no words"),
        ("Broken.wav", "not a WAV file"),
    ):
        assert word in result[name].remarks[0]
    again = MessageBank(tmp_path / "bank")
    assert {message.phrase for message in again.messages} == {"I love you", "Good night", "Help"}


def test_a_phrase_recorded_again_replaces_the_first(tmp_path: Path) -> None:
    bank = MessageBank(tmp_path)
    bank.add("Yes.", voice(seed=1))
    bank.add("yes!", voice(seed=2))
    (message,) = MessageBank(tmp_path).messages
    assert np.array_equal(Wav.read(message.path).samples, trimmed(voice(seed=2)).samples)


@pytest.mark.parametrize(
    "index", ["", "{}", "[]", '{"format": "gazetalk-messages", "version": 2}', "\x00", "null"]
)
def test_a_damaged_index_is_refused_in_one_line(tmp_path: Path, index: str) -> None:
    (tmp_path / "messages.json").write_text(index)
    with pytest.raises(BankError, match=r"messages\.json: not an index of messages"):
        MessageBank(tmp_path)


def test_an_index_cannot_point_out_of_its_folder(tmp_path: Path) -> None:
    entry = {"phrase": "Hi", "file": "../../secret.wav"}
    index = {"format": "gazetalk-messages", "version": 1, "messages": [entry]}
    (tmp_path / "messages.json").write_text(json.dumps(index))
    (message,) = MessageBank(tmp_path).messages
    assert message.path == tmp_path / "secret.wav"


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    for folder, word in ((tmp_path, "no WAV files"), (tmp_path / "x", "not a folder")):
        with pytest.raises(BankError, match=word):
            import_folder(folder, MessageBank(tmp_path / "bank"))


class NoteBackend:
    """A child's engine that makes the same tone for every text."""

    def voices(self) -> list[object]:
        return []

    def synthesise(self, text: str, path: Path) -> None:
        write_tone(path)


def test_a_recording_is_played_sample_for_sample_also_inside_longer_text(tmp_path: Path) -> None:
    bank = MessageBank(tmp_path)
    bank.add("I love you, Dr. Smith", voice())
    recorded = Wav.read(bank.messages[0].path)
    profile = VoiceProfile("Test", "en", volume=0.5, abbreviations={"Dr.": "doctor"})
    speaker = Speaker(profile, [ProcessEngine("tone", NoteBackend)], SilentPlayer(), bank)
    try:
        alone = speaker.render("i love you dr smith!!")
        assert alone.rate == recorded.rate
        assert np.array_equal(alone.samples, recorded.samples)
        longer = speaker.render("I love you Dr. Smith! Good night.")
        assert np.array_equal(longer.samples[: len(recorded.samples)], recorded.samples)
        assert longer.duration_s == pytest.approx(recorded.duration_s + 0.2, abs=0.01)
        inside = speaker.render("He said I love you Dr. Smith again.")
        assert inside.duration_s == pytest.approx(0.2, abs=0.01)
    finally:
        speaker.close()


def test_a_recording_that_is_gone_is_said_by_the_voice(tmp_path: Path) -> None:
    bank = MessageBank(tmp_path)
    bank.add("Yes", voice())
    bank.messages[0].path.unlink()
    speaker = Speaker(
        VoiceProfile("Test", "en"), [ProcessEngine("tone", NoteBackend)], SilentPlayer(), bank
    )
    try:
        assert speaker.render("Yes.").rate == 22050
        faults = [event.text for event in speaker.events() if event.kind == "fault"]
        assert len(faults) == 1
        assert faults[0].startswith("The recording cannot be played (")
    finally:
        speaker.close()
