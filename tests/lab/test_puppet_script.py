"""What the puppet is asked to look at."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.layout import load_layout
from gazetalk.lab.behaviour import Closing
from gazetalk.lab.person import LabError
from gazetalk.lab.script import (
    Pace,
    full_script,
    keys_for,
    read_closings,
    read_targets,
    shuffled,
    typing_targets,
)
from gazetalk.paths import shipped
from gazetalk.tracking.procedure import load_procedure

BOARD = load_layout("qwerty").place(1920, 1080)


def looked_at(targets):
    """The ids of the keys at the targets, None where there is none."""
    keys = [BOARD.key_at(target.x_px, target.y_px) for target in targets]
    return [key.id if key else None for key in keys]


def test_hello_looks_away_between_its_two_l():
    targets = typing_targets("hello", BOARD, Pace(), 10.0)
    assert looked_at(targets) == [None, "h", "e", "l", None, "l", "o", "speak", None]
    phases = [target.phase for target in targets]
    assert phases == ["free", *["typing"] * 3, "free", *["typing"] * 3, "free"]
    assert targets[0].start_s == 10.0
    away = targets[4]
    assert away.end_s - away.start_s == pytest.approx(0.7)


@given(st.text(alphabet="abcxyz ,.?'", max_size=12))
def test_a_script_types_its_text_and_follows_without_gaps(text):
    targets = typing_targets(text, BOARD, Pace(), 3.0)
    keys = [BOARD.key_at(t.x_px, t.y_px) for t in targets if t.phase == "typing"]
    assert "".join(key.text for key in keys[:-1]) == text
    assert keys[-1].action == "speak"
    assert all(a.end_s == b.start_s for a, b in pairwise(targets))


def test_upper_case_is_typed_as_lower_case():
    assert [key.text for key in keys_for("Hi", BOARD)] == ["h", "i"]


def test_a_character_without_a_key_is_refused_in_one_line():
    with pytest.raises(LabError) as refused:
        keys_for("naïve", BOARD)
    assert str(refused.value) == "--text: no key types 'ï' (character 3); leave it out"


def test_shuffling_keeps_the_times_and_the_keys_but_not_their_order():
    typed = typing_targets("the quick brown fox", BOARD, Pace(), 0.0)
    mixed = shuffled(typed, 7)
    assert mixed == shuffled(typed, 7)
    assert looked_at(mixed) != looked_at(typed)
    assert sorted(map(str, looked_at(mixed))) == sorted(map(str, looked_at(typed)))
    assert [(t.start_s, t.end_s, t.phase) for t in mixed] == [
        (t.start_s, t.end_s, t.phase) for t in typed
    ]


def test_without_a_text_the_eyes_look_about_after_validation():
    procedure = load_procedure(shipped("calibration") / "standard.toml")
    targets = full_script(DEFAULT_SCREEN, procedure, 1)
    phases = list(dict.fromkeys(target.phase for target in targets))
    assert phases == ["calibration", "validation", "free"]
    free_s = [t.end_s - t.start_s for t in targets if t.phase == "free"]
    assert 8 <= sum(free_s) < 10


HEAD = "start_s,end_s,x_px,y_px,phase\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("start_s,end_s,x_px,y_px\n0,1,5,5\n", "column phase is missing"),
        (HEAD, "holds no targets"),
        (HEAD + "0,1,five,5,free\n", "line 2: start_s, end_s, x_px and y_px must be numbers"),
        (HEAD + "0,1,nan,5,free\n", "line 2: start_s, end_s, x_px and y_px must be finite"),
        (HEAD + "0,2,5,5,free\n1,3,5,5,free\n", "line 3: targets must follow one another"),
        (HEAD + "0,1,5,5,guess\n", "line 2: phase must be one of calibration"),
        (HEAD + "0,1\n", "line 2: start_s, end_s, x_px and y_px must be numbers"),
    ],
)
def test_a_wrong_schedule_is_refused_with_its_line(tmp_path, text, fault):
    path = tmp_path / "targets.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=fault) as refused:
        read_targets(path)
    assert "\n" not in str(refused.value)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("start_s,closed_s\n1,0.2\n", "column eyes is missing"),
        ("start_s,closed_s,eyes\n1,long,both\n", "line 2: start_s and closed_s must be numbers"),
        ("start_s,closed_s,eyes\n1,nan,both\n", "line 2: start_s must be finite, closed_s from 0"),
        ("start_s,closed_s,eyes\n1,0.2,middle\n", "line 2: eyes must be one of both, right, left"),
    ],
)
def test_wrong_closings_are_refused_with_their_line(tmp_path, text, fault):
    path = tmp_path / "lids.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=fault):
        read_closings(path)


def test_closings_are_read_as_written(tmp_path):
    path = tmp_path / "lids.csv"
    path.write_text("start_s,closed_s,eyes\n1,0.2,both\n3,0.8,left\n", encoding="utf-8")
    assert read_closings(path) == (Closing(1.0, 0.2, "both"), Closing(3.0, 0.8, "left"))
