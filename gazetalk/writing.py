"""What a person writes with, put together: layouts, language, what they said before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gazetalk.aiming import aim_on
from gazetalk.clinic.profile import Profile
from gazetalk.geometry import Screen
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.entry import CHOICES_PAGE
from gazetalk.keyboard.keyboard import Guessing, Keyboard
from gazetalk.keyboard.language_file import LanguageError
from gazetalk.keyboard.layout import DEFAULT, load_layout, load_or_default
from gazetalk.keyboard.learner import PersonalLanguage
from gazetalk.keyboard.packs import find_pack, load_pack
from gazetalk.keyboard.said import LEARNED, SaidFile
from gazetalk.keyboard.ways import LARGE, WORDS, Ways

AUTO = "auto"
ENGLISH = "english"


@dataclass(frozen=True)
class Writing:
    """A keyboard; what chooses its layout between sentences (None: nobody does); who is to be told
    of what is spoken (it may raise OSError); and what was wrong with files, a line each."""

    keyboard: Keyboard
    ways: Ways | None
    learn: Callable[[str], None]
    problems: tuple[str, ...] = ()


def open_writing(
    name: str, profile: Profile, composer: Composer, size_px: tuple[int, int], screen: Screen
) -> Writing:
    """The keyboard of that layout, on a board of that size that stands for the whole screen.

    name: a layout's; "auto" takes what suits this person's error, "german-auto" likewise. A broken
    layout gives way to the default. Raises NoSuchLayout and LanguageError.
    """
    ways = _ways(name)
    layout, problem = (ways.layout, "") if ways else load_or_default(name)
    problems = (problem,) if problem else ()
    if CHOICES_PAGE not in layout.pages:
        return Writing(Keyboard(layout, composer, *size_px), ways, _learn_nothing, problems)
    language = load_pack(find_pack(layout.language or ENGLISH))
    try:
        language = personal = PersonalLanguage(language, SaidFile(profile.folder / LEARNED))
        learn = personal.learn
    except LanguageError as error:
        # Better the words of all people than none.
        learn, problems = _learn_nothing, (*problems, f"{error} (going on without it)")
    guessing = Guessing(language, aim_on(screen, size_px[0], None))
    return Writing(Keyboard(layout, composer, *size_px, guessing=guessing), ways, learn, problems)


def _ways(name: str) -> Ways | None:
    letters, _, way = name.rpartition("-")
    if way != AUTO:
        return None
    return Ways({way: load_layout(f"{letters or DEFAULT}-{way}") for way in (WORDS, LARGE)})


def _learn_nothing(text: str) -> None:
    """Where no words are guessed there is nothing to learn them for."""
