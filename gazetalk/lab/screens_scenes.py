"""Everything that the screens can show, as views: for pictures to look at, and for tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gazetalk.assess_app import ACCEPT
from gazetalk.clinic.settings import Settings
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.helper import Helper, rows
from gazetalk.keyboard.board import Layout
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.dwell import DwellState, Phase
from gazetalk.keyboard.keyboard import Keyboard, KeyboardState
from gazetalk.keyboard.language import Language, load_language
from gazetalk.keyboard.layout import Board, load_layout
from gazetalk.keyboard.offer import with_words
from gazetalk.keyboard.quick_talk import PHRASES_PAGE, load_phrases, with_phrases
from gazetalk.keyboard.sides import Sides
from gazetalk.lid_signs import HOW_TO_CALL
from gazetalk.ruler import Ruler
from gazetalk.screens.calibrate import (
    CalibrationResults,
    CalibrationView,
    TargetResult,
    draw_calibration,
    draw_results,
)
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.card import CardView, draw_card
from gazetalk.screens.helper import HelperView, draw_helper
from gazetalk.screens.look import Look
from gazetalk.screens.partner import PartnerView, draw_partner
from gazetalk.screens.position import PositionView, draw_position
from gazetalk.screens.talk import TalkView, draw_talk
from gazetalk.tracking.picture import FacePlace, Thumbnail
from gazetalk.tracking.position import Level, State
from gazetalk.tuning import captioned, captions_of, choices

View = (
    TalkView
    | CalibrationView
    | CalibrationResults
    | PositionView
    | CardView
    | PartnerView
    | HelperView
)
TEXT = "good morning, could you open the win"
WORDS = ("window", "wind", "winter", "windows", "winning", "understanding")
LONG = "i would like a glass of water please, and could you open the window a little? " * 6
SETTINGS = captions_of(Settings(layout="qwerty", voice="english"), choices(["english"], ["qwerty"]))
NUMBERED_PAGES = 3  # of those that are alike but for a number, so many are shown


@dataclass(frozen=True)
class Scene:
    """A view and a name for it that could be a file's."""

    name: str
    view: View


def draw(canvas: Canvas, view: View, look: Look) -> None:
    """Draw a view by the function that is made for it."""
    match view:
        case TalkView():
            draw_talk(canvas, view, look)
        case CalibrationView():
            draw_calibration(canvas, view, look)
        case CalibrationResults():
            draw_results(canvas, view, look)
        case PositionView():
            draw_position(canvas, view, look)
        case CardView():
            draw_card(canvas, view, look)
        case PartnerView():
            draw_partner(canvas, view, look)
        case HelperView():
            draw_helper(canvas, view, look)


def scenes(size_px: tuple[int, int], picture: Path) -> Iterator[Scene]:
    """All scenes on a screen of that size; `picture` is a picture file for a target."""
    yield from _talking(size_px)
    yield from _page_scenes(size_px)
    yield from _two_zone(size_px, load_language())
    yield from _partner_scenes(size_px)
    yield from _calibrating(size_px, picture)
    yield from _assessing(size_px)
    yield Scene("helper", Helper(rows(SETTINGS), 0.0).view(SETTINGS, ""))
    yield Scene("position", POSITION)
    yield Scene("position-picture", replace(POSITION, picture=_thumbnail()))
    before = FacePlace(0.42, 0.45, 0.3, 0.55)
    words = "As last time: a little closer, more to your left (Enter: go on · C: next camera)"
    words = f"{words}. {HOW_TO_CALL}"
    again = replace(POSITION, picture=_thumbnail(), before=before, words=words)
    yield Scene("position-as-last-time", again)
    yield Scene("card", CardView(*Ruler(size_px[0], DEFAULT_SCREEN.width_mm, 0.0).card_px, 344.0))


def boards(size_px: tuple[int, int]) -> Iterator[tuple[str, Board]]:
    """Every page of every kind of layout, words and parts of the keyboard written on its keys."""
    for name in ("qwerty", "words", "large"):
        layout = with_phrases(load_layout(name), load_phrases())
        own = ("letters", "choices")  # the other pages are the same in all of them
        for page in _not_all_numbered(layout):
            if name == "qwerty" or page in own:
                yield f"{name}-{page.replace(' ', '-')}", _filled(layout, page, size_px)
    for name in ("german", "french", "polish", "spanish", "polish-words", "alphabetical"):
        yield f"{name}-letters", _filled(load_layout(name), "letters", size_px)


def _filled(layout: Layout, page: str, size_px: tuple[int, int]) -> Board:
    """A page with what its keys show once somebody writes."""
    if page == "spell":
        keyboard = Keyboard(layout, Composer(), *size_px)
        keyboard.press("tools", 0.0)
        keyboard.press("spell", 0.1)
        return keyboard.board
    return captioned(with_words(layout.place(*size_px, page), WORDS), SETTINGS)


def _not_all_numbered(layout: Layout) -> list[str]:
    """The pages, few of those that differ by their numbers alone."""
    shown: list[str] = []
    for page in layout.pages:
        if page == PHRASES_PAGE:  # a pattern for others, never shown
            continue
        stem = page.rstrip("0123456789 ")
        if stem == page or sum(name.startswith(stem) for name in shown) < NUMBERED_PAGES:
            shown.append(page)
    return shown


def _state(board: Board, text: str = TEXT, dwell: DwellState | None = None) -> KeyboardState:
    resting = board.page in ("rest", "wake")
    return KeyboardState(board, text, dwell or DwellState(), resting, None)


def _dwelling(board: Board, progress: float = 0.6) -> DwellState:
    """A look at the key nearest to the middle."""
    middle = board.width_px / 2, board.height_px / 2

    def distance(place: tuple[float, float]) -> float:
        return (place[0] - middle[0]) ** 2 + (place[1] - middle[1]) ** 2

    key = min(board.keys, key=lambda key: distance(key.rect.centre))
    return DwellState(Phase.DWELLING, key.id, progress)


def _page_scenes(size_px: tuple[int, int]) -> Iterator[Scene]:
    """Each page with one of its keys looked at."""
    for name, board in boards(size_px):
        state = _state(board, dwell=_dwelling(board))
        if name in ("words-letters", "large-letters", "polish-words-letters"):
            text, guess = TEXT.rsplit(" ", 1)
            state = replace(state, text=text + " ", guess=guess, whole="wind", offered=WORDS)
            state = replace(state, sure="window")
        at = board.key(state.dwell.key_id or "").rect.centre
        yield Scene(name, TalkView(state, (at[0] + 12, at[1] + 9)))


def _talking(size_px: tuple[int, int]) -> Iterator[Scene]:
    """One page in all the states that talking can be in."""
    board = load_layout("qwerty").place(*size_px)
    plain = TalkView(_state(board))
    lost = "Eyes not seen: face is out of the picture"
    yield Scene("empty", TalkView(_state(board, "")))
    yield Scene("first-word", TalkView(replace(_state(board, ""), guess="we")))
    yield Scene("eyes-lost", replace(plain, status=lost, alert=True))
    yield Scene("notice", replace(plain, status="A little closer, please"))
    asked = replace(plain, keyboard=_state(board, ""), hint="Please write, then speak: thank you")
    yield Scene("rehearsal", replace(asked, status="thank you (3/3 · N: next · R: again · E: end)"))
    hard = "3 of 13 words are right, 2.1 words a minute. That was hard: check the gaze (F5)"
    yield Scene("rehearsal-over", replace(asked, hint=hard))
    fault = replace(plain.keyboard, fault="the text is not being saved: the disk is full")
    yield Scene("fault", TalkView(fault))
    yield Scene("bell-ringing", replace(plain, ringing=True))
    speaking = replace(plain, speaking=True, spoken=(5, 12))
    yield Scene("speaking", speaking)
    yield Scene("speaking-ringing-lost", replace(speaking, ringing=True, status=lost, alert=True))
    yield Scene("long-text", TalkView(_state(board, LONG)))
    yield Scene("caret-in-the-middle", TalkView(replace(_state(board), caret=12)))
    rest = load_layout("qwerty").place(*size_px, "rest")
    yield Scene("resting-bell-ringing", TalkView(_state(rest), ringing=True))
    for progress in ("fill", "ring", "shrink", "none"):
        for key in ("g", "bell"):
            dwell = DwellState(Phase.DWELLING, key, 0.7)
            yield Scene(f"progress-{progress}-{key}", TalkView(_state(board, dwell=dwell)))


def _partner_scenes(size_px: tuple[int, int]) -> Iterator[Scene]:
    """What somebody opposite sees, alone and turned around beside the text of each layout."""
    writing = PartnerView(TEXT, doing="writing")
    said = PartnerView("could you open the window?", (15, 18), "speaking")
    amiss = "the voice cannot be heard: there is no loudspeaker"
    views = {
        "nothing": PartnerView(),
        "writing": writing,
        "private": replace(writing, words=""),
        "speaking": said,
        "long": PartnerView(LONG, doing="writing"),
        "ringing": replace(said, ringing=True, warning=amiss),
    }
    for name, view in views.items():
        yield Scene(f"opposite-{name}", view)
    for layout in ("qwerty", "words", "large", "two-zone"):
        board = _filled(load_layout(layout), load_layout(layout).first, size_px)
        for name in ("writing", "ringing"):
            shown = TalkView(_state(board), partner=views[name], ringing=name == "ringing")
            yield Scene(f"top-{layout}-{name}", shown)


def look_for(scene: Scene, look: Look) -> Look:
    """The look that a scene is about, where it is about one."""
    kind, _, more = scene.name.partition("-")
    if kind == "top":
        return replace(look, partner="top")
    return replace(look, progress=more.split("-")[0]) if kind == "progress" else look


def _two_zone(size_px: tuple[int, int], language: Language) -> Iterator[Scene]:
    layout = load_layout("two-zone")
    composer = Composer()
    composer.add(TEXT.rsplit(" ", 1)[0] + " ")
    board = Sides(layout, language, composer, *size_px).board
    dwell = DwellState(Phase.DWELLING, "left", 0.6)
    yield Scene("two-zone-sides", TalkView(_state(board, composer.text, dwell)))
    for page in ("rest", "wake"):
        yield Scene(f"two-zone-{page}", TalkView(_state(layout.place(*size_px, page))))


def _calibrating(size_px: tuple[int, int], picture: Path) -> Iterator[Scene]:
    width, height = size_px
    asks = "Look at each dot until it is gone"
    target = CalibrationView((0.3 * width, 0.25 * height), 0.0, 3, 13)
    yield Scene("calibration-words", CalibrationView(None, 0.0, 0, 13, asks))
    yield Scene("calibration-target-large", target)
    yield Scene("calibration-target-small", replace(target, shrink=1.0))
    low = (0.05 * width, 0.95 * height)
    yield Scene("calibration-target-low", replace(target, target=low, shrink=0.5, words=asks))
    yield Scene("calibration-picture", replace(target, picture=picture, shrink=0.5))
    yield Scene("results", _results(size_px))
    yield Scene(
        "results-none", CalibrationResults(*size_px, (), (("Estimated error", "not measured"),), "")
    )


def _assessing(size_px: tuple[int, int]) -> Iterator[Scene]:
    """The screens of an assessment that are no calibration's."""
    blinks = "Close both eyes for about a second when the dot is gone, then open them"
    yield Scene("assess-words", CalibrationView(None, 0.0, 2, 6, blinks))
    told = f"Recommended: words to look at. {ACCEPT}"
    yield Scene("assess-result", CalibrationView(None, 0.0, 0, 0, told))
    board = _filled(load_layout("words"), "letters", size_px)
    asked = "Please write: could you open the window (N: go on)"
    yield Scene("assess-trying", TalkView(_state(board, ""), status=asked, hint=asked))


def _thumbnail() -> Thumbnail:
    """A room that is brighter on one side, with a bright face in it."""
    width, height, face = 160, 90, FacePlace(0.55, 0.5, 0.2, 0.5)

    def light(x: int, y: int) -> int:
        aside = (x / width - face.x) / (0.5 * face.width)
        down = (y / height - face.y) / (0.5 * face.height)
        return 200 if aside**2 + down**2 < 1 else 40 + x // 2

    return Thumbnail(
        width, height, bytes(light(x, y) for y in range(height) for x in range(width)), face
    )


def _results(size_px: tuple[int, int]) -> CalibrationResults:
    """Targets, each with a gaze that misses it differently, one never seen, one off the screen."""
    width, height = size_px
    targets = []
    for number in range(9):
        x, y = (0.1 + 0.4 * (number % 3)) * width, (0.1 + 0.4 * (number // 3)) * height
        miss = (0.03 * width * ((number * 7) % 5 - 2), 0.04 * height * ((number * 3) % 5 - 2))
        gaze = ((x + miss[0], y + miss[1]),) if number != 5 else ()
        targets.append(TargetResult((x, y), gaze, str(number + 1)))
    figures = (
        ("Estimated error", "21 mm (9 targets)"),
        ("Measured error", "24 mm (4 targets)"),
        ("Scatter", "9 mm"),
        ("Samples lost", "4 %"),
        ("Targets used", "8 of 9"),
        ("Good for", "large words"),
    )
    words = "Enter: done · a target's number and Enter: once more"
    return CalibrationResults(width, height, tuple(targets), figures, words)


POSITION = PositionView(
    (
        State("face", Level.GOOD, 1.0),
        State("distance", Level.FAIR, 720.0, "mm", "A little closer, please"),
        State("height", Level.BAD, -21.0, "%", "Raise the camera, or tilt it down a little"),
        State("sideways", Level.GOOD, 2.0, "%"),
        State("turn of the head", None),
        State("light", Level.FAIR, 60.0, "", "Darker on the left: a lamp there would help"),
    ),
    "How you sit before the camera · Escape: close",
)
