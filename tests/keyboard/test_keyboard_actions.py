"""What the keys of all pages do, and what is told of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.keyboard.actions import act
from gazetalk.keyboard.board import ACTIONS_WITH_MORE, SIMPLE_ACTIONS
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.keyboard import Keyboard, KeyEvent
from gazetalk.keyboard.layout import Key, Rect, load_layout

QWERTY = load_layout("qwerty")


def keyboard(text: str = "", page: str = "tools", journal: Journal | None = None) -> Keyboard:
    composer = Composer(journal)
    if text:
        composer.type(text)
    keys = Keyboard(QWERTY, composer, 1920, 1080)
    keys.press("tools", 0.0)
    if page != "tools":
        keys.press(page, 0.0)
    return keys


def told(events: list[KeyEvent]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(event.event, event.fields) for event in events if event.event != "selected"]


def test_words_are_erased_and_brought_back() -> None:
    keys = keyboard("a cup of tea")
    assert told(keys.press("erase-word", 1.0)) == [
        ("erased", {"piece": "tea", "text": "a cup of "})
    ]
    assert told(keys.press("undo", 2.0)) == [("undone", {"text": "a cup of tea"})]
    assert told(keys.press("redo", 3.0)) == [("redone", {"text": "a cup of "})]
    assert keys.press("redo", 4.0)[1:] == []


def test_the_caret_moves_and_is_shown_where_it_stands() -> None:
    keys = keyboard("a cup of tea")
    assert keys.state.caret is None  # at the end
    assert told(keys.press("word-left", 1.0)) == [("moved", {"caret": 9})]
    assert keys.state.caret == 9
    assert told(keys.press("to-start", 2.0)) == [("moved", {"caret": 0})]
    assert told(keys.press("to-start", 3.0)) == []
    assert told(keys.press("word-right", 4.0)) == [("moved", {"caret": 2})]
    assert told(keys.press("to-end", 5.0)) == [("moved", {"caret": 12})]


def test_parts_of_the_text_are_spoken_and_the_last_said_again() -> None:
    keys = keyboard("Good morning. A cup of tea?")
    assert told(keys.press("speak-word", 1.0)) == [("speak", {"text": "tea?"})]
    assert told(keys.press("repeat", 2.0)) == [("speak", {"text": "tea?"})]
    assert told(keys.press("speak-sentence", 3.0)) == [("speak", {"text": "A cup of tea?"})]
    assert told(keys.press("speak", 4.0))[0][1] == {"text": "Good morning. A cup of tea?"}
    keys.press("to-start", 5.0)
    assert told(keys.press("speak-sentence", 6.0)) == [("speak", {"text": "Good morning."})]
    assert told(keys.press("repeat", 7.0)) == [("speak", {"text": "Good morning."})]


def test_a_name_gets_its_capital() -> None:
    keys = keyboard("ask anna")
    assert told(keys.press("capital", 1.0)) == [("changed", {"piece": "Anna", "text": "ask Anna"})]


def test_numbers_and_signs_are_typed_and_the_letters_are_a_step_away() -> None:
    keys = keyboard("at ", "numbers")
    for key in ("1", "0", ":", "3", "0"):
        keys.press(key, 1.0)
    assert keys.state.text == "at 10:30" and keys.state.board.page == "numbers"
    assert told(keys.press("abc", 2.0)) == [("page", {"page": "letters"})]


def test_after_a_letter_with_an_accent_the_letters_are_back() -> None:
    keys = keyboard("caf", "accents")
    events = told(keys.press("é", 1.0))
    assert events == [
        ("committed", {"piece": "é", "text": "café"}),
        ("page", {"page": "letters"}),
    ]
    keys.press("tools", 2.0)
    keys.press("accents", 3.0)
    assert keys.press("erase", 4.0)[-1].event == "erased" and keys.state.board.page == "accents"


def key(action: str) -> Key:
    return Key("mine", "mine", action, "", Rect(0, 0, 10, 10))


def test_texts_are_said_at_once_or_put_into_the_text() -> None:
    composer = Composer()
    assert told(act(key("say:I am cold: please help"), composer, "letters", 0.0)) == [
        ("speak", {"text": "I am cold: please help"})
    ]
    assert (composer.text, composer.said) == ("", "I am cold: please help")
    assert told(act(key("put:i am cold"), composer, "letters", 0.0)) == [
        ("committed", {"piece": "I am cold ", "text": "I am cold "})
    ]


@pytest.mark.parametrize("action", [*SIMPLE_ACTIONS, *ACTIONS_WITH_MORE])
def test_no_action_fails_on_an_empty_text(action: str) -> None:
    """Nor does any write, but those that put a text there."""
    composer = Composer()
    act(key(f"{action}1" if action.endswith(":") else action), composer, "letters", 0.0)
    assert composer.text.strip() == ("1" if action == "put:" else "")


PAGES = ["letters", "tools", "numbers", "accents", "answers", "talk"]
KEYS = st.sampled_from(
    sorted({k.id for page in PAGES for k in QWERTY.place(800, 600, page).keys} - {"rest"})
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(st.lists(KEYS, max_size=40))
def test_screen_text_and_journal_stay_equal_whatever_is_pressed(
    tmp_path: Path, presses: list[str]
) -> None:
    """On every page a key that is not there does nothing, and no page is left without keys."""
    path = tmp_path / "journal.jsonl"
    path.unlink(missing_ok=True)
    keys = keyboard(journal=Journal(path))
    for number, key_id in enumerate(presses):
        events = keys.press(key_id, float(number))
        state = keys.state
        assert (Journal(path).restore() or "") == state.text
        texts = [event.fields["text"] for event in events if event.event in ("committed", "erased")]
        assert texts in ([], [state.text])
        assert state.board.keys and (state.caret is None or 0 <= state.caret < len(state.text))
