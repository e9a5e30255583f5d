"""Text with undo; on disk before anyone sees it, and going on when the disk does not."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.keyboard.caret import settled
from gazetalk.keyboard.composer import UNDO_STEPS, Composer, Edit
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


def test_what_was_undone_can_be_done_again() -> None:
    composer = typed("tea")
    composer.undo()
    composer.undo()
    assert composer.redo() == Edit("redo", "", "te")
    assert composer.redo() == Edit("redo", "", "tea")
    assert composer.redo() is None


def test_a_new_change_drops_what_was_undone() -> None:
    composer = typed("tea")
    composer.undo()
    composer.type("n")
    assert composer.redo() is None and composer.text == "ten"


def test_five_hundred_steps_are_undone_and_done_again() -> None:
    composer = typed("x" * 500)
    assert [composer.undo() is not None for _ in range(500)] == [True] * 500
    assert composer.text == ""
    assert [composer.redo() is not None for _ in range(500)] == [True] * 500
    assert composer.text == "x" * 500


def test_the_oldest_steps_are_forgotten_beyond_the_limit() -> None:
    composer = typed("x" * (UNDO_STEPS + 5))
    while composer.undo():
        pass
    assert composer.text == "x" * 5


def written(*words: str) -> Composer:
    """English words put, numbers typed, signs in between."""
    composer = Composer()
    composer.capitals = {"i"}
    for word in words:
        if word.isdigit():
            composer.type(word)
        else:
            (composer.put if word[0].isalpha() else composer.punctuate)(word)
    return composer


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["hello", ",", "i", "am", "here", ".", "you", "?"], "Hello, I am here. You? "),
        (["well", "-", "known"], "Well-known "),
        (["say", "(", "now", ")", "."], "Say (now). "),
        (["he", "/", "she"], "He/she "),
        (["is", "it", "5", "%", "?"], "Is it 5%? "),
        (["at", "10", ":", "30", "."], "At 10:30."),
    ],
)
def test_words_and_signs_get_the_spaces_they_need(words: list[str], text: str) -> None:
    assert written(*words).text == text


def test_a_word_after_a_number_with_its_sign_gets_a_space() -> None:
    composer = written("at", "10", ".")
    assert composer.put("come") == Edit("type", " Come ", "At 10. Come ")


def test_a_key_goes_by_the_space_that_came_by_itself() -> None:
    composer = written("wait")
    assert composer.space() is None
    for text in ["5", "%", "!"]:
        composer.add(text)
    assert composer.text == "Wait 5%!"
    composer = written("tea")
    assert composer.add("!").text == "Tea! " and composer.add("a").text == "Tea! a"
    composer = typed("tea")
    composer.space()
    assert composer.add("!").text == "tea !"  # one's own space stays
    assert composer.space() == Edit("space", " ", "tea ! ")


def test_the_caret_goes_by_words_and_to_the_ends() -> None:
    composer = written("i", "like", "tea")
    places = [composer.caret]
    while composer.left():
        places.append(composer.caret)
    assert places == [11, 7, 2, 0]
    assert composer.right() and composer.caret == 2
    assert composer.to_end() and composer.caret == 11 and not composer.right()
    assert composer.to_start() and composer.caret == 0 and not composer.to_start()


def test_a_word_put_amid_the_text_has_one_space_on_each_side() -> None:
    composer = written("i", "like", "tea", ".")
    composer.left()
    composer.put("green")
    assert (composer.text, composer.before) == ("I like green tea. ", "I like green ")
    composer.erase()
    composer.put("strong")
    assert (composer.text, composer.before) == ("I like green strong tea. ", "I like green strong ")
    composer.left()
    composer.erase()
    composer.put("very")
    assert composer.text == "I like green very strong tea. "


def test_a_word_put_before_a_sign_has_no_space_after_it() -> None:
    composer = typed("I like .")
    composer.left()
    composer.put("tea")
    assert (composer.text, composer.before) == ("I like tea.", "I like tea")


def test_a_sign_put_amid_the_text_attaches_and_leaves_one_space() -> None:
    composer = written("yes", "please")
    composer.left()
    composer.punctuate(",")
    assert (composer.text, composer.before) == ("Yes, please ", "Yes, ")


@pytest.mark.parametrize(
    ("moves", "piece", "text"),
    [
        (0, "tea ", "I like "),
        (1, "like ", "I tea "),
        (2, "I ", "like tea "),
    ],
)
def test_erasing_a_word_leaves_the_right_spaces(moves: int, piece: str, text: str) -> None:
    composer = written("i", "like", "tea")
    for _ in range(moves):
        composer.left()
    assert composer.erase_word() == Edit("erase", piece, text)
    assert composer.undo() == Edit("undo", "", "I like tea ")


def test_erasing_a_word_that_ends_at_the_caret_leaves_no_double_space() -> None:
    composer = typed("I like tea")
    composer.left()
    composer.erase()
    assert composer.before == "I like"
    assert composer.erase_word() == Edit("erase", "like", "I tea")


def test_undo_and_redo_put_the_caret_back() -> None:
    composer = written("i", "like", "tea")
    composer.left()
    composer.put("green")
    composer.to_end()
    composer.undo()
    assert composer.caret == 7
    composer.redo()
    assert composer.caret == len(composer.text)


def test_the_first_letter_of_a_word_becomes_a_capital_and_back() -> None:
    composer = written("ask", "anna")
    assert composer.capital() == Edit("change", "Anna", "Ask Anna ")
    assert composer.capital() == Edit("change", "anna", "Ask anna ")
    composer.undo()
    assert composer.text == "Ask Anna "
    assert typed("...").capital() is None and Composer().capital() is None


def test_word_sentence_and_what_was_said() -> None:
    composer = written("hello", ".", "i", "like", "tea", ".")
    assert (composer.word, composer.sentence, composer.said) == ("tea.", "I like tea.", "")
    composer.to_start()
    assert (composer.word, composer.sentence) == ("Hello.", "Hello.")
    assert composer.say(" Hello. ") == "Hello." == composer.said
    assert composer.say("  ") == "" and composer.said == "Hello."


def test_half_a_character_is_not_taken_in(tmp_path: Path) -> None:
    """It could not be shown or spoken, and the journal would refuse the line."""
    composer = Composer(Journal(tmp_path / "journal.jsonl"))
    composer.type("a\ud83d")
    assert composer.type("\udc4d") == Edit("type", "", "a")
    assert Journal(tmp_path / "journal.jsonl").restore() == "a"
    assert composer.undo() == Edit("undo", "", "")


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


MOVES = ["left", "right", "to_start", "to_end"]
PIECES = st.text(alphabet="abé' ?\u0301🇩🇪👍🏽\u200d\n", min_size=1, max_size=4)
steps = st.lists(
    st.one_of(
        st.sampled_from(["space", "erase", "erase_word", "clear", "capital", *MOVES]),
        st.sampled_from(["undo", "undo", "redo"]),
        st.tuples(st.sampled_from(["type", "add", "put"]), PIECES),
        st.tuples(st.just("punctuate"), st.sampled_from(".,?(-%€")),
    ),
    max_size=40,
)
Step = str | tuple[str, str]


def do(composer: Composer, step: Step) -> Edit | None:
    """One step; None when it was no change."""
    if isinstance(step, tuple):
        done = getattr(composer, step[0])(step[1])
    else:
        done = getattr(composer, step)()
    return done if isinstance(done, Edit) else None


@pytest.mark.parametrize("restart", [False, True])
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(steps)
def test_text_and_journal_agree_after_any_changes(
    tmp_path: Path, restart: bool, steps: list[Step]
) -> None:
    """Also over a restart after each step; and undo and redo go along one history of texts."""
    path = tmp_path / "journal.jsonl"
    path.unlink(missing_ok=True)
    composer = Composer(Journal(path))
    past: list[str] = []
    future: list[str] = []
    for step in steps:
        before = composer.text
        edit = do(composer, step)
        if step in ("undo", "redo"):
            source, other = (past, future) if step == "undo" else (future, past)
            assert (edit is None) == (not source)
            assert composer.text == (source.pop() if edit else before)
            other += [before] if edit else []
        elif edit and edit.piece:
            past.append(before)
            future.clear()
        else:
            assert composer.text == before
        assert edit is None or edit.text == composer.text
        assert (Journal(path).restore() or "") == composer.text
        if restart:
            composer.close()
            composer, past, future = Composer(Journal(path)), [], []
            assert composer.caret == len(composer.text)
    composer.close()


@given(steps)
def test_undoing_everything_and_doing_it_again_changes_nothing(steps: list[Step]) -> None:
    composer = Composer()
    for step in steps:
        do(composer, step)
    last = (composer.text, composer.caret)
    count = 0
    while composer.undo():
        count += 1
    assert composer.text == ""
    assert all(composer.redo() for _ in range(count))
    assert (composer.text, composer.caret) == last


@given(steps)
def test_the_caret_and_every_cut_fall_between_characters(steps: list[Step]) -> None:
    composer = Composer()
    for step in steps:
        before, at = composer.text, composer.caret
        edit = do(composer, step)
        assert 0 <= composer.caret <= len(composer.text)
        assert settled(composer.text, composer.caret) == composer.caret
        if edit and edit.kind == "erase":
            # Taking away can join what is left, which moves the caret; what went was whole.
            starts = [s for s in range(at + 1) if before[s : s + len(edit.piece)] == edit.piece]
            cuts = [s for s in starts if before[:s] + before[s + len(edit.piece) :] == edit.text]
            assert any(
                settled(before, s) == s and settled(before, e) == e
                for s, e in ((s, s + len(edit.piece)) for s in cuts)
            )
