"""What a person writes with, put together: layouts, language, what they said before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gazetalk.aiming import aim_on
from gazetalk.clinic.pacing import load_pace
from gazetalk.clinic.profile import Profile
from gazetalk.clinic.settings import Settings
from gazetalk.geometry import Screen
from gazetalk.keyboard.advised import ADVISED, Advice
from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.dwell import DwellTimes
from gazetalk.keyboard.keyboard import Guessing, Keyboard, guesses
from gazetalk.keyboard.language_file import LanguageError
from gazetalk.keyboard.layout import DEFAULT, Layout, load_layout, load_or_default
from gazetalk.keyboard.learner import PersonalLanguage
from gazetalk.keyboard.mending import Mending
from gazetalk.keyboard.pace import Limits, Pace
from gazetalk.keyboard.packs import Pack, find_pack, load_pack
from gazetalk.keyboard.quick_talk import load_or_shipped, with_phrases
from gazetalk.keyboard.said import LEARNED, SaidFile
from gazetalk.keyboard.ways import LARGE, WORDS, Ways

AUTO = "auto"
ENGLISH = "english"
PHRASES = "phrases.toml"  # in a profile's folder: what the person says often


@dataclass(frozen=True)
class Writing:
    """A keyboard; what chooses its layout between sentences (None: nobody does); who is to be told
    of what is spoken, and who of words that were spelled (both may raise OSError); and what was
    wrong with files, a line each."""

    keyboard: Keyboard
    ways: Ways | None
    learn: Callable[[str], None]
    learn_word: Callable[[str], None]
    problems: tuple[str, ...] = ()


def open_writing(
    name: str,
    profile: Profile,
    composer: Composer,
    size_px: tuple[int, int],
    screen: Screen,
    learning: bool = True,
    mends: bool = True,
    pace: Pace | None = None,
    advice: Advice | None = None,
) -> Writing:
    """The keyboard of that layout, on a board of that size that stands for the whole screen.

    name: a layout's; "auto" takes what suits this person's error, "german-auto" likewise. learning:
    whether words are learned from what is spoken. mends: whether words that were hit letter by
    letter are mended. pace: how long looks last. advice: of a larger language model, for English.
    What is broken in the profile or the layout gives way to the default. Raises NoSuchLayout and
    LanguageError.
    """
    phrases, broken = load_or_shipped(profile.folder / PHRASES)
    named, wrong = layouts_of(name)
    layouts = {way: with_phrases(layout, phrases) for way, layout in named.items()}
    ways = Ways(layouts) if len(layouts) > 1 else None
    problems = [problem for problem in (broken, wrong) if problem]
    layout = ways.layout if ways else next(iter(layouts.values()))
    pack = _pack_of(layout)
    composer.capitals = frozenset(pack.capitals.split()) if pack else ()
    learn: Callable[[str], None] = _learn_nothing
    learn_word = learn
    if not guesses(layout):
        mending = _mending(pack, aim_on(screen, size_px[0], None)) if mends else None
        keyboard = Keyboard(layout, composer, *size_px, mending=mending, pace=pace)
        return Writing(keyboard, ways, learn, learn_word, tuple(problems))
    pack = pack or find_pack(layout.language)
    language = load_pack(pack)
    file: SaidFile | None = None
    try:
        file = SaidFile(profile.folder / LEARNED)
    except LanguageError as error:
        # Better the words of all people than none.
        problems.append(f"{error} (going on without it)")
    if advice and pack.code == ADVISED:
        language = advice.on(language, file)
    if file:
        language = personal = PersonalLanguage(language, file)
        if learning:
            learn, learn_word = personal.learn, personal.learn_word
    guessing = Guessing(language, aim_on(screen, size_px[0], None))
    keyboard = Keyboard(layout, composer, *size_px, guessing=guessing, pace=pace)
    return Writing(keyboard, ways, learn, learn_word, tuple(problems))


def _pack_of(layout: Layout) -> Pack | None:
    """What goes with the layout's language; None when nobody knows it, which hurts only where words
    are guessed."""
    try:
        return find_pack(layout.language or ENGLISH)
    except LanguageError:
        return None


def _mending(pack: Pack | None, aim: Aim) -> Mending | None:
    """None for a language whose words nobody knows here."""
    try:
        return Mending(load_pack(pack), aim) if pack else None
    except LanguageError:
        return None


def open_pace(profile: Profile, settings: Settings) -> tuple[Pace, str]:
    """How long this person's looks last, as learned so far, and what was wrong with what was kept
    of it ("" when nothing was)."""
    limits = Limits(settings.dwell_shortest_s, settings.dwell_longest_s)
    pace = Pace(DwellTimes(factor=settings.dwell_factor), limits, settings.dwell_adapts)
    learned, problem = load_pace(profile)
    pace.resume(learned)
    return pace, problem


def layouts_of(name: str) -> tuple[dict[str, Layout], str]:
    """The layouts that a name stands for, by their ways, and what was wrong with its file.

    Raises NoSuchLayout.
    """
    letters, _, way = name.rpartition("-")
    if way == AUTO:
        return {way: load_layout(f"{letters or DEFAULT}-{way}") for way in (WORDS, LARGE)}, ""
    layout, problem = load_or_default(name)
    return {name: layout}, problem


def _learn_nothing(text: str) -> None:
    """Where no words are guessed there is nothing to learn them for."""
