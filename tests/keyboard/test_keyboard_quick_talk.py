"""Quick talk: phrases from a file, on pages of keys; a broken file is told of and does no harm."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.keyboard import Keyboard
from gazetalk.keyboard.layout import Layout, load_layout
from gazetalk.keyboard.quick_talk import (
    SHIPPED,
    Phrases,
    PhrasesError,
    Topic,
    load_or_shipped,
    load_phrases,
    with_phrases,
)

QWERTY = load_layout("qwerty")
GOOD = """
answers = ["Yes", "No"]
writing = "Wait, I am writing."
[[topic]]
name = "Needs"
phrases = ["Water", "Say \\"please\\""]
[[topic]]
name = "Beginnings"
into_text = true
phrases = ["I would like"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "phrases.toml"
    path.write_text(text, encoding="utf-8")
    return path


def labels(layout: Layout, page: str) -> list[str]:
    return [key.label for key in layout.place(1920, 1080, page).keys]


def keyboard(phrases: Phrases) -> Keyboard:
    return Keyboard(with_phrases(QWERTY, phrases), Composer(), 1920, 1080)


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    phrases = load_phrases(write(tmp_path, GOOD))
    assert phrases == Phrases(
        (
            Topic("Needs", ("Water", 'Say "please"')),
            Topic("Beginnings", ("I would like",), into_text=True),
        ),
        ("Yes", "No"),
        "Wait, I am writing.",
    )


def test_the_shipped_phrases_fill_the_shipped_pages() -> None:
    layout = with_phrases(QWERTY, load_phrases())
    assert {"Yes", "No", "Wait, please", "I don't know"} <= set(labels(layout, "answers"))
    assert {"Needs", "Care", "I am writing, please wait."} <= set(labels(layout, "talk"))
    assert {"I am thirsty.", "topics", "say again"} <= set(labels(layout, "phrases 1"))


def test_a_phrase_is_two_looks_away_from_the_topics_and_spoken_at_once() -> None:
    keys = keyboard(load_phrases())
    for number, key_id in enumerate(("tools", "talk", "phrase1")):
        keys.press(key_id, float(number))
    assert keys.state.board.page == "phrases 1"
    event = keys.press("phrase2", 4.0)[-1]
    assert (event.event, event.fields) == ("speak", {"text": "I am hungry."})
    assert keys.press("repeat", 5.0)[-1].fields == {"text": "I am hungry."}
    assert keys.state.text == ""


def test_yes_and_no_are_a_look_away() -> None:
    keys = keyboard(load_phrases())
    keys.press("answers", 0.0)
    assert keys.press("answer2", 1.0)[-1].fields == {"text": "No"}
    assert keys.press("abc", 2.0)[-1].fields == {"page": "letters"}


def test_phrases_of_a_topic_can_go_into_the_text(tmp_path: Path) -> None:
    keys = keyboard(load_phrases(write(tmp_path, GOOD)))
    for number, key_id in enumerate(("tools", "talk", "phrase2")):
        keys.press(key_id, float(number))
    assert keys.press("phrase1", 4.0)[-1].fields["text"] == "I would like "
    assert keys.press("undo", 5.0)[-1].fields["text"] == ""


def test_more_phrases_than_fit_go_on_over_pages_and_round_again() -> None:
    phrases = Phrases((Topic("Many", tuple(f"p{n}" for n in range(14))),), ("Yes",), "w")
    keys = keyboard(phrases)
    for number, key_id in enumerate(("tools", "talk", "phrase1")):
        keys.press(key_id, float(number))
    seen = []
    for page in ("phrases 1", "phrases 1 2", "phrases 1 3", "phrases 1"):
        assert keys.state.board.page == page
        seen.append([key.label for key in keys.state.board.keys if key.action.startswith("say:p")])
        keys.press("next", 9.0)
    assert [len(page) for page in seen] == [6, 6, 2, 6]
    assert "next" not in [key.id for key in with_phrases(QWERTY, phrases).place(9, 9, "talk").keys]


@given(
    st.lists(
        st.builds(
            Topic,
            st.text("abc", min_size=1, max_size=5),
            st.lists(st.text("xyz", min_size=1, max_size=5), min_size=1, max_size=20).map(tuple),
            st.booleans(),
        ),
        min_size=1,
        max_size=15,
    )
)
def test_every_phrase_can_be_reached_and_no_page_is_a_trap(topics: list[Topic]) -> None:
    layout = with_phrases(QWERTY, Phrases(tuple(topics), ("Yes", "No"), "Wait"))
    reached, new = set[str](), {"talk"}
    said = []
    while new:
        page = new.pop()
        reached.add(page)
        actions = [key.action for key in layout.place(1920, 1080, page).keys]
        assert {"bell", "rest", "undo", "page:letters"} <= set(actions)
        said += [action for action in actions if action.startswith(("say:", "put:"))]
        ways = {
            a.partition(":")[2] for a in actions if a.startswith(("page:talk", "page:phr", "to"))
        }
        new |= ways - reached
    meant = [("put:" if t.into_text else "say:") + phrase for t in topics for phrase in t.phrases]
    assert sorted(said) == sorted(
        [*meant, *["say:Wait"] * sum(p.startswith("talk") for p in reached)]
    )


REFUSED = {
    "": "there are no topics",
    "topic = 3": "line 1: there are no topics",
    "a = ": "is not valid TOML",
    GOOD.replace('["Yes", "No"]', '"Yes"'): "line 2: answers must be a list of strings",
    GOOD.replace('["Yes", "No"]', '["a","b","c","d","e"]'): "line 2: there is room for 4 answers",
    GOOD.replace('"Yes"', '""'): "an answer is empty",
    GOOD.replace("writing = ", "writes = "): "writing is empty",
    GOOD.replace('name = "Needs"', ""): "line 4: a topic has no name",
    GOOD.replace('["I would like"]', "[]"): "line 8: topic 'Beginnings': phrases must be a list",
    GOOD.replace(
        '"I would like"', '"I\\nwould"'
    ): "topic 'Beginnings': a phrase, 'I\\nwould', must be",
    GOOD.replace(
        '"I would like"', '"I' + " would" * 60 + '"'
    ): "line 10: topic 'Beginnings': a phrase",
    GOOD.replace("= true", "= 1"): "line 9: topic 'Beginnings': into_text must be true or false",
}


@pytest.mark.parametrize("text", REFUSED, ids=list(REFUSED.values()))
def test_a_broken_file_is_told_in_a_line_and_the_shipped_one_used(
    tmp_path: Path, text: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(PhrasesError) as caught:
        load_phrases(path)
    assert REFUSED[text] in str(caught.value)
    phrases, trouble = load_or_shipped(path)
    assert phrases == load_phrases()
    assert trouble.startswith(str(path)) and trouble.endswith("are used instead")
    assert "\n" not in trouble


def test_no_file_means_the_shipped_phrases_and_an_unreadable_one_is_told(tmp_path: Path) -> None:
    assert load_or_shipped(tmp_path / "none.toml") == (load_phrases(), "")
    assert "cannot be read" in load_or_shipped(tmp_path)[1]


TEXT = SHIPPED.read_text(encoding="utf-8")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.integers(0, len(TEXT)), st.integers(0, 80), st.text(alphabet="a\"'[]=.,\n{}3\\", max_size=6)
)
def test_any_damaged_file_gives_phrases(
    tmp_path: Path, start: int, length: int, scrap: str
) -> None:
    phrases, trouble = load_or_shipped(
        write(tmp_path, TEXT[:start] + scrap + TEXT[start + length :])
    )
    assert len(trouble.splitlines()) <= 1
    assert with_phrases(QWERTY, phrases).place(1920, 1080, "talk").keys
