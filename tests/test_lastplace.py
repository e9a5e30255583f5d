"""Where somebody sat last time is told in plain words, and nothing depends on the file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.lastplace import AS_LAST_TIME, LastPlace, load_place, save_place
from gazetalk.tracking.picture import FacePlace

THEN = LastPlace("camera:0", FacePlace(0.5, 0.5, 0.2, 0.4))


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (FacePlace(0.52, 0.48, 0.21, 0.4), AS_LAST_TIME),
        (FacePlace(0.5, 0.5, 0.15, 0.3), "As last time: a little closer"),
        (FacePlace(0.5, 0.5, 0.3, 0.6), "As last time: a little further back"),
        # The picture is mirrored: whoever sees their face too far right goes left.
        (FacePlace(0.7, 0.5, 0.2, 0.4), "As last time: more to your left"),
        (FacePlace(0.3, 0.2, 0.2, 0.4), "As last time: more to your right, a little lower"),
    ],
)
def test_what_brings_them_there_again_is_said(now: FacePlace, words: str) -> None:
    assert THEN.words(now) == words


def test_it_is_kept_and_found_again(tmp_path: Path) -> None:
    assert load_place(tmp_path) is None
    save_place(tmp_path, THEN)
    assert load_place(tmp_path) == THEN


@given(st.text() | st.sampled_from(['{"camera": 1, "face": 2}', "[]", "null", "{}", "NaN"]))
def test_a_file_that_is_none_of_ours_is_no_last_place(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("seat")
    (folder / "seat.json").write_text(text, encoding="utf-8")
    assert load_place(folder) is None


def test_a_place_that_no_picture_has_is_none(tmp_path: Path) -> None:
    for face in (FacePlace(0.5, 0.5, 0.0, 0.4), FacePlace(float("nan"), 0.5, 0.2, 0.4)):
        save_place(tmp_path, LastPlace("camera", face))
        assert load_place(tmp_path) is None
