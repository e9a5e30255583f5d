"""Texts that broke other speech systems, through the real engine."""

# ruff: noqa: RUF001 (other scripts are the point here)
from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from gazetalk.speech.engine import VoiceError
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.profile import load_voice
from gazetalk.speech.speaker import Speaker, open_speaker

pytest.importorskip("espeakng_loader", reason="eSpeak NG comes as a wheel on Linux only")
VOICES = Path(__file__).resolve().parents[2] / "voices"


@pytest.fixture(scope="module")
def speaker() -> Iterator[Speaker]:
    speaker = open_speaker(load_voice("english", VOICES), SilentPlayer())
    yield speaker
    speaker.close()


@pytest.mark.parametrize(
    "text",
    [
        "Hello\x00 wor\x07ld\x1b[2J",
        "\u202eשלום עולם\u202c and مرحبا",
        "😀 👨‍👩‍👧 🇩🇪 1️⃣",
        "Привет мир, 你好世界, नमस्ते, γειά σου, สวัสดี",
        "A\u0301\u0302\u0303\u0304 z\u0335a\u0337l\u0338g\u0336o",
        "x" * 600,
        "https://example.org/a/very/long/path?with=arguments&more=" + "abc/" * 100,
        "1234567890" * 20,
        "1/2 + 3 = 3.5 at 12:30 on 3.4.2026 for €5.99, 50 % off #1 @home & more",
        "a, " * 400,
        "\ud800 lone surrogate \U000f0000 private \ufffe none",
    ],
)
def test_hard_text_is_spoken(speaker: Speaker, text: str) -> None:
    """Each becomes sound, by the chosen voice, without any fault on the way."""
    sound = speaker.render(text)
    assert 0.3 < sound.duration_s < 0.5 * len(text) + 5
    assert sound.loudness > 0.02
    assert [event for event in speaker.events() if event.kind == "fault"] == []


def test_markup_is_never_obeyed(speaker: Speaker, tmp_path: Path) -> None:
    """A pause of an hour, another file's sound, a shell's command: only words."""
    trap = tmp_path / "trap"
    plain = speaker.render("Hello there.").duration_s
    assert speaker.render("<speak>Hello <break time='3600s'/>there.</speak>").duration_s == (
        pytest.approx(plain, rel=0.1)
    )
    assert speaker.render("[[slnc 3600000]] Hello there.").duration_s < plain + 8
    for text in (f"$(touch {trap})", f"`touch {trap}`", f'"; touch {trap}; "', f"| touch {trap}"):
        assert speaker.render(text).loudness > 0.02
    assert not trap.exists()


def test_fifty_thousand_characters_are_spoken_whole() -> None:
    """As long as its parts together, by one child that never crashed. (Fast, to save time.)"""
    hasty = dataclasses.replace(load_voice("english", VOICES), rate=400)
    speaker = open_speaker(hasty, SilentPlayer())
    dice = random.Random(1)
    words = ["water", "please", "bring", "me", "the", "blue", "pillow", "open", "a", "window"]
    parts = [" ".join(dice.choices(words, k=34)).capitalize() + "." for _ in range(300)]
    text = " ".join(parts)[:50_000]
    try:
        whole = speaker.render(text)
        part = speaker.render(" ".join(parts[:9]))
    finally:
        speaker.close()
    assert len(text) == 50_000
    assert whole.duration_s / len(text) == pytest.approx(
        part.duration_s / len(" ".join(parts[:9])), rel=0.05
    )
    assert speaker.events() == []


@pytest.mark.slow
@pytest.mark.parametrize("voice", ["english", "joe"])
def test_two_hundred_utterances_in_a_row(voice: str) -> None:
    """Of 1 to 2,000 characters: each as long as its text takes, none of them slower or fatter.

    The first forty fill the memory of what was said (26 MB); 40 MB are what a sentence needs.
    """
    dice = random.Random(2)
    words = ["water", "please", "bring", "me", "the", "blue", "pillow", "open.", "a", "window,"]
    speaker = open_speaker(load_voice(voice, VOICES), SilentPlayer())
    try:
        speaker.check()
    except VoiceError as missing:
        pytest.skip(str(missing))
    try:
        for number in range(200):
            length = 1 + int(1999 * dice.random() ** 3)
            text = " ".join(dice.choices(words, k=length // 4 + 1))[:length].strip()
            sound = speaker.render(text)
            if len(text) > 100:
                assert 0.045 < sound.duration_s / len(text) < 0.1
            if number == 40:
                before = footprint()
        after = footprint()
        assert speaker.events() == []
        assert after[0] == before[0], "processes"
        assert after[1] - before[1] < 40e6, "bytes, of all of them"
    finally:
        speaker.close()


def footprint() -> tuple[int, int]:
    """How many processes this one and its children are, and their memory in all, bytes."""
    mine = psutil.Process()
    family = [mine, *mine.children(recursive=True)]
    return len(family), sum(each.memory_info().rss for each in family)
