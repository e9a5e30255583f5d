"""Text with undo; on disk before anyone sees it, and going on when the disk does not."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.keyboard.composer import Composer, Edit
from gazetalk.keyboard.journal import Journal


class BrokenDisk(Journal):
    """A journal whose disk can be filled."""

    full = False

    def write(self, text: str) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        super().write(text)

    def finish(self) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        super().finish()


def typed(text: str) -> Composer:
    composer = Composer()
    for letter in text:
        composer.type(letter)
    return composer


def test_each_change_says_what_it_did() -> None:
    composer = Composer()
    assert composer.type("h") == Edit("type", "h", "h")
    assert composer.space() == Edit("space", " ", "h ")
    assert composer.erase() == Edit("erase", " ", "h")
    assert composer.clear() == Edit("clear", "h", "")
    assert composer.undo() == Edit("undo", "", "h")
    assert composer.text == "h"


def test_where_there_is_nothing_to_change_nothing_happens() -> None:
    composer = Composer()
    assert (composer.erase(), composer.clear(), composer.undo()) == (None, None, None)


def test_erasing_takes_a_letter_with_its_accents() -> None:
    composer = typed("ae\u0302\u0323")
    assert composer.erase() == Edit("erase", "e\u0302\u0323", "a")
    assert typed("\u0301").erase() == Edit("erase", "\u0301", "")


def test_clearing_can_be_undone() -> None:
    composer = typed("I would like some water")
    composer.clear()
    composer.undo()
    assert composer.text == "I would like some water"


def test_a_hundred_steps_and_more_can_be_undone() -> None:
    composer = typed("x" * 500)
    for left in reversed(range(500)):
        undone = composer.undo()
        assert undone is not None and undone.text == "x" * left


def test_the_text_is_on_disk_before_it_is_seen(tmp_path: Path) -> None:
    seen: list[str] = []

    class Watching(Journal):
        def write(self, text: str) -> None:
            super().write(text)
            seen.append(composer.text)

    composer = Composer(Watching(tmp_path / "journal.jsonl"))
    composer.type("a")
    composer.type("b")
    assert seen == ["", "a"]


def test_what_a_crash_left_is_where_one_goes_on(tmp_path: Path) -> None:
    first = Composer(Journal(tmp_path / "journal.jsonl"))
    first.type("hel")
    second = Composer(Journal(tmp_path / "journal.jsonl"))
    assert second.restored == second.text == "hel"
    assert second.type("p").text == "help"
    second.finish()
    assert Composer(Journal(tmp_path / "journal.jsonl")).restored is None


def test_a_full_disk_is_told_and_the_text_goes_on(tmp_path: Path) -> None:
    journal = BrokenDisk(tmp_path / "journal.jsonl")
    composer = Composer(journal)
    composer.type("a")
    journal.full = True
    assert composer.type("b").text == "ab"
    assert composer.fault == (
        "the text is not being saved: No space left on device; free some disk space"
    )
    composer.finish()
    journal.full = False
    composer.type("c")
    assert composer.fault is None
    assert Journal(tmp_path / "journal.jsonl").restore() == "abc"


steps = st.lists(
    st.one_of(
        st.sampled_from(["space", "erase", "undo", "undo", "clear"]),
        st.text(alphabet="abé'? ", min_size=1, max_size=2).map(lambda text: f"type {text}"),
    ),
    max_size=40,
)


@pytest.mark.parametrize("restart", [False, True])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(steps)
def test_text_and_journal_agree_after_any_changes(
    tmp_path: Path, restart: bool, steps: list[str]
) -> None:
    path = tmp_path / "journal.jsonl"
    path.unlink(missing_ok=True)
    composer = Composer(Journal(path))
    history: list[str] = []
    for step in steps:
        name, _, piece = step.partition(" ")
        before = composer.text
        edit = composer.type(piece) if name == "type" else getattr(composer, name)()
        if name == "undo":
            assert composer.text == (history.pop() if edit else before)
        elif edit:
            history.append(before)
        assert edit is None or edit.text == composer.text
        assert (Journal(path).restore() or "") == composer.text
        if restart:
            composer.close()
            composer, history = Composer(Journal(path)), []
    composer.close()
