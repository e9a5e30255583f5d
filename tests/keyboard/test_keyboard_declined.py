"""A key that was taken and at once taken back is not taken again by the next stray look."""

from gazetalk.keyboard.alignment import NEVER
from gazetalk.keyboard.declined import Declined
from gazetalk.keyboard.layout import load_layout
from gazetalk.keyboard.weighing import AGAIN_LOG, less_likely

BOARD = load_layout("words").place(1920, 1080)


def test_what_is_taken_back_is_declined_until_something_else_is_written() -> None:
    declined = Declined()
    declined.took("comma", "good,")
    assert "comma" not in declined
    declined.take_back("good,")
    assert "comma" in declined
    declined.clear()
    assert "comma" not in declined


def test_undoing_something_older_declines_nothing() -> None:
    declined = Declined()
    declined.took("comma", "good,")
    declined.take_back("good, morning")
    assert "comma" not in declined


def test_declined_keys_are_less_likely_and_others_are_not() -> None:
    keys = [BOARD.key("space"), BOARD.key("undo")]
    assert less_likely(keys, [0.0, 0.0], {"space"}, blank=False) == [AGAIN_LOG, 0.0]


def test_keys_that_would_do_nothing_are_not_taken_before_anything_is_written() -> None:
    keys = [BOARD.key("speak"), BOARD.key("clear"), BOARD.key("bell"), BOARD.key("rest")]
    weights = less_likely(keys, [0.0] * 4, (), blank=True)
    assert weights[:2] == [NEVER, NEVER]
    assert weights[2:] == [0.0, 0.0]
