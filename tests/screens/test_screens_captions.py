"""What the screens say in other languages: English where a word is missing, and it has room."""

from pathlib import Path

import pytest
from recorder import Recorder

from gazetalk.keyboard.layout import load_layout
from gazetalk.lab.screens_scenes import draw, scenes
from gazetalk.screens import captions
from gazetalk.screens.captions import caption_languages, load_captions
from gazetalk.screens.look import Look
from gazetalk.screens.symbols import symbol_of


def test_english_is_complete_for_what_one_sees_first_and_at_rest() -> None:
    english = load_captions("en")
    for name in ("qwerty", "words", "large", "two-zone"):
        layout = load_layout(name)
        for page in (layout.first, "rest", "wake"):
            for key in layout.place(800, 600, page).keys:
                assert not symbol_of(key.action) or key.label in english.keys


@pytest.mark.parametrize("language", [code for code in caption_languages() if code != "en"])
def test_the_other_languages_that_come_with_it_are_whole(language: str) -> None:
    english, other = captions._read("en"), captions._read(language)
    assert {part: set(table) for part, table in other.items()} == {
        part: set(table) for part, table in english.items()
    }


def test_a_missing_word_or_language_stays_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "en.toml").write_text((captions.STRINGS / "en.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "xx.toml").write_text('[keys]\nbell = "BELL"\n', encoding="utf-8")
    monkeypatch.setattr(captions, "STRINGS", tmp_path)
    half, none = load_captions("xx"), load_captions("../en")
    assert half.keys["bell"] == "BELL" and half.keys["rest"] == "rest"
    assert half.screens == none.screens and none.keys["bell"] == "bell"


def test_a_line_is_translated_whole_or_in_its_parts_or_left() -> None:
    german = load_captions("de")
    assert german.line("Eyes are closed") == "Die Augen sind zu"
    told = german.line("Eyes not seen: face is out of the picture")
    assert told == "Augen nicht zu sehen: das Gesicht ist nicht im Bild"
    assert german.line("the disk is full") == "the disk is full"


def test_the_screens_speak_german() -> None:
    said = set()
    for scene in scenes((800, 600), Path("none")):
        canvas = Recorder((800, 600))
        draw(canvas, scene.view, Look(language="de"))
        said |= {text.says for text in canvas.texts}
    assert {"Glocke", "Pause", "Auf eine Taste blicken, bis sie voll ist", "Blick"} <= said
    assert {"Jeden Punkt ansehen, bis er weg ist", "Fehler, gemessen", "spricht"} <= said
    assert not said & {"bell", "rest", "the bell is ringing", "target", "gaze"}
