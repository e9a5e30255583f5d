"""Voice profiles: what is shipped loads, mistakes are named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from gazetalk.speech.engine import VoiceError
from gazetalk.speech.profile import load_voice, voice_names

VOICES = Path(__file__).resolve().parents[2] / "voices"
GOOD = 'name = "Mine"\nlanguage = "de"\n'


def test_every_shipped_profile_loads() -> None:
    assert "english" in voice_names(VOICES)
    for name in voice_names(VOICES):
        assert load_voice(name, VOICES).name


def test_a_profile_says_what_its_file_says(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        GOOD + 'engine = "espeak"\nvoice = "de+f2"\nrate = 120\npitch = 60\nvolume = 0.5\n'
        "attention = true\n"
        '[pronunciations]\nSiobhan = "Shivawn"\n[abbreviations]\n"z.B." = "zum Beispiel"\n'
        '[scripts]\nCyrillic = "uk"\n'
    )
    for voice in (load_voice(path, VOICES), load_voice("mine", tmp_path)):
        assert (voice.name, voice.language, voice.engine) == ("Mine", "de", "espeak")
        assert (voice.voice("espeak"), voice.rate, voice.pitch) == ("de+f2", 120, 60)
        assert voice.volume == 0.5
        assert voice.attention
        assert voice.pronunciations == {"Siobhan": "Shivawn"}
        assert voice.abbreviations == {"z.B.": "zum Beispiel"}
        assert voice.scripts == {"Cyrillic": "uk"}


def test_a_voice_can_differ_from_platform_to_platform(tmp_path: Path) -> None:
    (tmp_path / "v.toml").write_text(GOOD + 'voice = { espeak = "de+f2", nsss = "Anna" }\n')
    voice = load_voice("v", tmp_path)
    assert (voice.voice("espeak"), voice.voice("nsss"), voice.voice("sapi5")) == (
        "de+f2",
        "Anna",
        "",
    )


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ('name = "x"\n', None, "language must be given"),
        (GOOD + 'engine = "siri"\n', 3, "must be one of system, espeak"),
        (GOOD + "# a comment\nrate = 1000\n", 4, "must be from 60 to 400, not 1000"),
        (GOOD + 'rate = "fast"\n', 3, "must be a number"),
        (GOOD + "volume = nan\n", 3, "must be from 0 to 1"),
        (GOOD + 'attention = "yes"\n', 3, "must be true or false"),
        (GOOD + "ptich = 50\n", 3, "is it pitch?"),
        (GOOD + "[pronunciations]\nAnna = 3\n", 4, "must stand for text"),
        (GOOD + '[scripts]\nCyrilic = "uk"\n', 4, "is it Cyrillic?"),
        (GOOD + '[scripts]\nCyrillic = " "\n', 4, "must stand for a language"),
        (GOOD + 'voice = { siri = "x" }\n', 3, "names no engine"),
        (GOOD + "pitch = = 3\n", 3, "not valid TOML"),
    ],
)
def test_a_mistake_is_refused_with_file_and_line(
    tmp_path: Path, text: str, line: int | None, word: str
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(VoiceError) as refused:
        load_voice(path, VOICES)
    said = str(refused.value)
    assert said.startswith(str(path))
    assert word in said
    assert "\n" not in said
    if line is not None:
        assert f"line {line}" in said


def test_an_unknown_name_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=r"no voice 'klingon'; there is: .*english"):
        load_voice("klingon", VOICES)
    with pytest.raises(VoiceError, match=r"x\.toml: cannot be read"):
        load_voice(tmp_path / "x.toml", VOICES)
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(VoiceError, match="UTF-8"):
        load_voice("b", tmp_path)
