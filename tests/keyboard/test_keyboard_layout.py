"""Layouts load or are refused with one line; boards tile the screen and find keys by place."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.keyboard.layout import SHIPPED, LayoutError, Rect, load_layout, shipped_layouts

SIZES = [(1920, 1080), (1366, 768), (1280, 800), (3840, 2160), (1080, 1920), (641, 479)]
QWERTY = load_layout("qwerty")
PAGES = list(QWERTY.pages)
GOOD = """
[pages.letters]
rows = ["a b c", "bell rest space*2.5"]
[pages.rest]
rows = ["gap*3 wake", "bell gap"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    """What is said of a layout file with this text; it must be a single line naming the file."""
    with pytest.raises(LayoutError) as caught:
        load_layout(write(folder, text))
    line = str(caught.value)
    assert "\n" not in line and "mine.toml" in line
    return line


def test_the_shipped_layout_is_the_usual_keyboard() -> None:
    board = QWERTY.place(1920, 1080)
    letters = "".join(key.text for key in board.keys if key.action == "type")
    assert letters == "qwertyuiopasdfghjkl'zxcvbnm,.?"
    actions = [key.action for key in board.keys if key.action != "type"]
    assert actions == ["bell", "rest", "undo", "space", "erase", "clear", "speak"]
    assert "qwerty" in shipped_layouts()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", PAGES)
def test_every_key_is_found_at_its_centre_and_is_wide_enough(
    size: tuple[int, int], page: str
) -> None:
    board = QWERTY.place(*size, page)
    for key in board.keys:
        assert board.key_at(*key.rect.centre) is key
        assert key.rect.width >= size[0] / 12


@pytest.mark.parametrize("size", SIZES)
def test_the_letters_page_is_tiled_without_holes_or_overlaps(size: tuple[int, int]) -> None:
    board = QWERTY.place(*size)
    rects = [board.text_rect, *(key.rect for key in board.keys)]
    assert sum(r.width * r.height for r in rects) == size[0] * size[1]
    for x in range(0, size[0], 37):
        for y in range(0, size[1], 41):
            assert sum(rect.contains(x, y) for rect in rects) == 1


def test_looking_at_the_text_or_off_the_screen_is_looking_at_no_key() -> None:
    board = QWERTY.place(1920, 1080)
    assert board.text_rect == Rect(0, 0, 1920, 184)
    for point in [(960, 90), (-1, 500), (1920, 500), (960, 1080), (float("nan"), 500)]:
        assert board.key_at(*point) is None


def test_the_bell_keeps_its_place_on_every_page_and_undo_and_rest_are_one_step_away() -> None:
    bells = {QWERTY.place(1920, 1080, page).key("bell").rect for page in PAGES}
    assert len(bells) == 1
    first = {key.action for key in QWERTY.place(1920, 1080).keys}
    assert {"bell", "rest", "undo"} <= first


def test_waking_needs_two_keys_in_different_places() -> None:
    resting = QWERTY.place(1920, 1080, "rest")
    assert {key.action for key in resting.keys} == {"page:wake", "bell"}
    waking = QWERTY.place(1920, 1080, "wake")
    assert {key.action for key in waking.keys} == {"wake", "rest", "bell"}
    knock = resting.key("wake-up").rect.centre
    staying = waking.key_at(*knock)
    assert staying is not None and staying.action == "rest"


def test_keys_are_found_by_what_they_type() -> None:
    board = QWERTY.place(1920, 1080)
    typing = {text: board.key_for(text) for text in "q'? "}
    assert [key.id for key in typing.values() if key] == ["q", "'", "?", "space"]
    assert board.key_for("é") is None and board.key_for("") is None


def test_a_layout_of_ones_own_is_a_file(tmp_path: Path) -> None:
    text = GOOD.replace("a b c", "a á lj *").replace("bell rest", "bell rest home")
    text += '[keys.lj]\ntext = "lj"\n[keys.home]\nlabel = "start"\naction = "page:letters"\n'
    board = load_layout(write(tmp_path, text)).place(1000, 500)
    assert [(key.label, key.text) for key in board.keys[:4]] == [
        ("A", "a"), ("Á", "á"), ("lj", "lj"), ("*", "*"),
    ]  # fmt: skip
    assert board.key("home").action == "page:letters"
    assert board.key("space").rect.width == round(1000 * 2.5 / 5.5)


REFUSED = {
    "not toml at all [": "not valid TOML",
    "name = 'x'": "no pages",
    "pages = 3": "pages must be tables",
    GOOD.replace("a b c", "a b hello"): "line 3: key 'hello' is unknown",
    GOOD.replace("a b c", "a b c*0"): "line 3: key 'c*0': width",
    GOOD.replace("a b c", "a b c*nan"): "line 3: key 'c*nan': width",
    GOOD.replace("a b c", "a b a"): "line 2: page 'letters' has key 'a' twice",
    GOOD.replace("a b c", " "): "line 3: a row has no keys",
    GOOD.replace('rows = ["gap*3', 'strip = 2\nrows = ["gap*3'): "page 'rest': strip",
    GOOD.replace('["a b c",', "[3,"): "page 'letters': rows must be a list of strings",
    GOOD.replace("wake", "a"): "line 4: page 'rest' has no way back to 'letters'",
    GOOD.replace("bell gap", "gap"): "line 4: page 'rest' has no bell",
    GOOD.replace("pages.rest", "pages.other"): "leads to a missing page 'rest'",
    "first = 'home'" + GOOD: "line 1: first = 'home' is not a page",
    "first = [1]" + GOOD: "line 1: first = [1] is not a page",
    GOOD.replace("a b c", "a b hi") + "[keys.hi]\naction = 'fly'": "unknown action 'fly'",
    GOOD.replace("a b c", "a b hi") + "[keys.hi]\nlabel = 'hi'": "line 6: key 'hi' types nothing",
    GOOD.replace("a b c", "a b hi") + "[keys.hi]\ntext = 3": "key 'hi': text must be a string",
}


@pytest.mark.parametrize("text", REFUSED, ids=list(REFUSED.values()))
def test_a_broken_layout_is_refused_with_a_line_saying_where(tmp_path: Path, text: str) -> None:
    assert REFUSED[text] in refusal(tmp_path, text)


def test_an_unknown_name_and_unreadable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"no layout 'dvorak': choose one of .*qwerty"):
        load_layout("dvorak")
    with pytest.raises(LayoutError, match="cannot be read"):
        load_layout(tmp_path / "absent.toml")
    with pytest.raises(LayoutError, match="cannot be read"):
        load_layout(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(LayoutError, match="not UTF-8"):
        load_layout(str(tmp_path / "latin.toml"))


SHIPPED_TEXT = (SHIPPED / "qwerty.toml").read_text(encoding="utf-8")
SCRAPS = st.text(alphabet="a *\"'[]=.,\n{}3é-", max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(SHIPPED_TEXT)), st.integers(0, 60), SCRAPS)
def test_any_damaged_layout_loads_or_is_refused_never_crashes(
    tmp_path: Path, start: int, length: int, scrap: str
) -> None:
    damaged = SHIPPED_TEXT[:start] + scrap + SHIPPED_TEXT[start + length :]
    try:
        layout = load_layout(write(tmp_path, damaged))
    except LayoutError as refused:
        assert "\n" not in str(refused)
    else:
        for page in layout.pages:
            assert layout.place(300, 200, page).keys


@given(st.integers(1, 5000), st.integers(1, 5000), st.sampled_from(PAGES))
def test_at_any_size_keys_stay_on_the_screen_and_apart(width: int, height: int, page: str) -> None:
    board = QWERTY.place(width, height, page)
    for key in board.keys:
        assert key.rect.x >= 0 and key.rect.x + key.rect.width <= width
        assert board.text_rect.height <= key.rect.y and key.rect.y + key.rect.height <= height
    if width > 20 and height > 20:
        assert all(board.key_at(*key.rect.centre) is key for key in board.keys)
