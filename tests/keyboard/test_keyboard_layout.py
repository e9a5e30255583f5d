"""Layouts load or are refused with one line; boards tile the screen and find keys by place."""

import functools
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.keyboard.board import ACTIONS_WITH_MORE, SIMPLE_ACTIONS
from gazetalk.keyboard.layout import (
    REST_PAGE,
    SHIPPED,
    Layout,
    LayoutError,
    NoSuchLayout,
    Rect,
    load_layout,
    load_or_default,
    shipped_frames,
    shipped_layouts,
)
from gazetalk.keyboard.packs import find_pack

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
    assert actions == [
        *("bell", "rest", "undo", "page:answers", "space"),
        *("erase", "clear", "page:tools", "speak"),
    ]
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


@functools.cache
def shipped(name: str) -> Layout:
    return load_layout(name)


def names() -> list[str]:
    """Every layout by its name, and every one's letters in every frame for words."""
    plain = [name for name in shipped_layouts() if name != "two-zone"]
    return [*plain, *(f"{name}-{frame}" for name in plain for frame in ("words", "large"))]


@pytest.mark.parametrize("name", [*names(), "two-zone", "german-two-zone"])
def test_no_shipped_page_is_a_trap(name: str) -> None:
    """Bell and rest on every page; undo wherever a key changes the text, or else a page away."""
    layout = shipped(name)
    for page, shown in layout.pages.items():
        actions = {cell.action for cell in shown.cells()}
        assert "bell" in actions
        assert page == REST_PAGE or "rest" in actions or "wake" in actions
        changes = {"type", "space", "erase", "erase-word", "clear", "capital", "redo", "put"}
        if changes & {action.partition(":")[0] for action in actions}:
            assert "undo" in actions
        elif page not in (REST_PAGE, "wake"):
            next_pages = {a.removeprefix("page:") for a in actions if a.startswith("page:")}
            next_pages |= {layout.first} if "back" in actions else set()
            near = {cell.action for way in next_pages for cell in layout.pages[way].cells()}
            assert "undo" in actions | near


@pytest.mark.parametrize("name", names())
def test_shipped_layouts_have_all_letters_of_their_language(name: str) -> None:
    layout = shipped(name)
    there = {cell.text for page in layout.pages.values() for cell in page.cells()}
    assert set(find_pack(layout.language).letters) <= there
    assert set("0123456789.,?!") <= there


@pytest.mark.parametrize("name", names())
def test_shipped_layouts_have_numbers_a_step_or_two_away_and_back(name: str) -> None:
    layout = shipped(name)
    tools = {cell.action for cell in layout.pages["tools"].cells()}
    letters = {cell.action for cell in layout.pages["letters"].cells()}
    assert {"page:tools", "page:answers"} <= letters
    assert {"page:numbers", "page:accents", "page:talk", "page:spell", "page:letters"} <= tools
    for page in ("numbers", "accents", "tools", "talk", "answers"):
        assert "page:letters" in {cell.action for cell in layout.pages[page].cells()}


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (641, 479)])
def test_no_shipped_keys_overlap_or_are_too_small(size: tuple[int, int]) -> None:
    for name in names():
        layout = shipped(name)
        for page in layout.pages:
            board = layout.place(*size, page)
            for key in board.keys:
                assert board.key_at(*key.rect.centre) is key, (name, page, key.id)
                assert key.rect.width >= size[0] / 13 - 1
                assert key.rect.height >= size[1] / 12 - 1
                assert not any(
                    _overlap(key.rect, other.rect) for other in board.keys if other != key
                )
                assert not _overlap(key.rect, board.text_rect)


def _overlap(one: Rect, two: Rect) -> bool:
    return (
        one.x < two.x + two.width
        and two.x < one.x + one.width
        and one.y < two.y + two.height
        and two.y < one.y + one.height
    )


def test_the_bell_keeps_its_place_and_undo_and_rest_are_one_step_away() -> None:
    """On pages where looks are weighed, the bell stands in the middle, far from the rest."""
    bells = [QWERTY.place(1920, 1080, page).key("bell").rect for page in PAGES if page != "spell"]
    assert all(abs(bell.y - bells[0].y) <= 1 and bell.x == 0 for bell in bells)
    first = {key.action for key in QWERTY.place(1920, 1080).keys}
    assert {"bell", "rest", "undo"} <= first


def test_common_letters_are_nearer_the_middle_in_the_layout_by_frequency() -> None:
    board = load_layout("frequency").place(1920, 1080)

    def beside(letter: str) -> float:
        key = board.key_for(letter)
        assert key is not None
        return (key.rect.centre[0] - 960) ** 2 + (key.rect.centre[1] - 520) ** 2

    shares = [sum(map(beside, letters)) for letters in ("etaoin", "hrdluc", "bvkjxq")]
    assert shares == sorted(shares)


def test_letters_can_be_put_into_another_frame() -> None:
    layout = load_layout("german-words")
    assert (layout.name, layout.language) == ("german-words", "german")
    keys = layout.place(1920, 1080).keys
    assert "".join(k.text for k in keys if k.spells) == "qwertzuiopüasdfghjklöäyxcvbnmß"
    assert [k.id for k in keys if k.choice is not None] == [f"word{n}" for n in range(1, 8)]
    assert set(shipped_frames()) == {"plain", "words", "large", "pages", "two-zone"}


def test_a_layout_of_ones_own_can_be_letters_only(tmp_path: Path) -> None:
    mine = write(
        tmp_path, 'base = "words"\nletters = ["a b c d", "e f g hm"]\n[keys.hm]\ntext="hm "'
    )
    board = load_layout(mine).place(1000, 1000)
    assert [board.key(letter).rect.y for letter in "ae"] == [
        293,
        534,
    ]  # the upper and the lower half
    assert board.key("hm").text == "hm "
    other = load_layout(write(tmp_path, 'base = "large"\nletters = "german"'))
    assert other.place(1000, 1000).key_for("ß")


def test_slots_that_nobody_filled_are_no_keys() -> None:
    board = QWERTY.place(1920, 1080, "talk")
    assert {key.id for key in board.keys} == {"bell", "rest", "undo", "answers", "repeat", "abc"}


def test_every_shipped_action_is_one_that_is_told_of() -> None:
    for name in names():
        layout = shipped(name)
        for page in layout.pages:
            for key in layout.place(800, 600, page).keys:
                assert key.action in SIMPLE_ACTIONS or key.action.startswith(ACTIONS_WITH_MORE)


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
    "a = " + "[" * 2000: "not valid TOML",
    "a = " + "1" * 5000: "not valid TOML",
    "name = 3" + GOOD: "line 1: name = 3 must be a string",
    "base = 'round'": "line 1: base = 'round' is no frame; use one of large, pages, plain, two-",
    "base = 'plain'": "there are no letters; add letters = [...]",
    "base = 'plain'\nletters = 'klingon'": "line 2: letters must be a list of strings",
    "base = 'plain'\nletters = ['a b a']": "page 'letters' has key 'a' twice",
    "base = 'plain'\nletters = ['a b', 'c hi']": "line 2: key 'hi' is unknown",
    GOOD.replace("bell rest", "bell"): "line 2: page 'letters' has no rest",
    GOOD.replace("[pages.rest]", "[pages.rest]\nonce = 1"): "line 4: page 'rest': once must be",
    GOOD.replace("[pages.rest]", "[pages.rest]\nheights = [1]"): "page 'rest': heights must be 2",
    GOOD.replace("a b c", "a b hi") + "[keys.hi]\naction = 'choose:x'": "choose needs a number",
    GOOD + '[keys.hi]\ntext = "a\\nb"': "key 'hi': text must be a string on one line",
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


def test_a_broken_layout_gives_way_to_the_default_and_says_why(tmp_path: Path) -> None:
    """Whoever can only speak by this keyboard must not lose it to a slip in a file."""
    broken = write(tmp_path, GOOD.replace("a b c", "a b hello"))
    layout, trouble = load_or_default(broken)
    assert layout == QWERTY
    assert "mine.toml, line 3: key 'hello' is unknown" in trouble
    assert trouble.endswith("; qwerty is used instead") and "\n" not in trouble
    assert load_or_default(write(tmp_path, GOOD))[1] == ""
    with pytest.raises(NoSuchLayout):
        load_or_default("dvorak")


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


SHIPPED_TEXT = "".join(
    line
    for name in ("frames/pages", "frames/words", "german")
    for line in (SHIPPED / f"{name}.toml").read_text(encoding="utf-8").splitlines(keepends=True)
    if not line.startswith(("base", "#"))
)
SCRAPS = st.text(alphabet="a *\"'[]=.,\n{}3é-@", max_size=6)


def loads_or_is_refused(folder: Path, content: str | bytes) -> None:
    path = folder / "any.toml"
    path.write_bytes(
        content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    )
    try:
        layout = load_layout(path)
    except LayoutError as refused:
        assert len(str(refused).splitlines()) == 1 and "any.toml" in str(refused)
    else:
        for page in layout.pages:
            assert layout.place(300, 200, page).keys


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(st.integers(0, len(SHIPPED_TEXT)), st.integers(0, 60), SCRAPS)
def test_any_damaged_layout_loads_or_is_refused_never_crashes(
    tmp_path: Path, start: int, length: int, scrap: str
) -> None:
    loads_or_is_refused(tmp_path, SHIPPED_TEXT)
    loads_or_is_refused(tmp_path, SHIPPED_TEXT[:start] + scrap + SHIPPED_TEXT[start + length :])


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60)))
def test_any_file_at_all_loads_or_is_refused(tmp_path: Path, content: bytes | str) -> None:
    loads_or_is_refused(tmp_path, content)


VALUES = st.recursive(
    st.one_of(
        st.integers(), st.floats(), st.booleans(), st.text(max_size=4), st.just("@letters"),
        st.sampled_from(["a b", "bell rest wake", "bell rest", "plain", "words", "page:x"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=6,
)  # fmt: skip


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(
    st.dictionaries(
        st.sampled_from(["name", "base", "first", "language", "letters", "accents", "pages"]),
        VALUES,
    ),
    st.dictionaries(st.sampled_from(["rows", "strip", "heights", "once"]), VALUES),
    st.dictionaries(st.sampled_from(["label", "action", "text"]), VALUES),
)
def test_any_values_in_the_right_places_load_or_are_refused(
    tmp_path: Path, top: dict[str, object], page: dict[str, object], key: dict[str, object]
) -> None:
    lines = [f"{name} = {toml(value)}" for name, value in top.items()]
    if "pages" not in top:
        lines += ["[pages.rest]", *(f"{name} = {toml(value)}" for name, value in page.items())]
    lines += ["[keys.a]", *(f"{name} = {toml(value)}" for name, value in key.items())]
    loads_or_is_refused(tmp_path, "\n".join(lines))


def toml(value: object) -> str:
    """The value as TOML writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, str) else str(value)


@given(st.integers(1, 5000), st.integers(1, 5000), st.sampled_from(PAGES))
def test_at_any_size_keys_stay_on_the_screen_and_apart(width: int, height: int, page: str) -> None:
    board = QWERTY.place(width, height, page)
    for key in board.keys:
        assert key.rect.x >= 0 and key.rect.x + key.rect.width <= width
        assert board.text_rect.height <= key.rect.y and key.rect.y + key.rect.height <= height
    if width > 20 and height > 20:
        assert all(board.key_at(*key.rect.centre) is key for key in board.keys)
