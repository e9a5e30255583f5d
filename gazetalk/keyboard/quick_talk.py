"""Quick talk: what a person says often, from a file they or a helper edit, on pages of large keys.

`phrases.toml` beside this module is what comes with the program, and explains the format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gazetalk.keyboard.board import TOPIC, Cell, Layout, Page, slot_number
from gazetalk.keyboard.toml_file import TomlFile, are_strings

SHIPPED = Path(__file__).resolve().parent / "phrases.toml"
TALK_PAGE = "talk"  # the page of topics, and ...
PHRASES_PAGE = "phrases"  # ... of the phrases of one
ANSWERS = 4
LONGEST_NAME = 40
LONGEST_PHRASE = 300


class PhrasesError(ValueError):
    """A phrases file that cannot be used: one line saying what, in which file and line."""


@dataclass(frozen=True)
class Topic:
    """Phrases under one key. into_text: they go into the text instead of being spoken at once."""

    name: str
    phrases: tuple[str, ...]
    into_text: bool = False


@dataclass(frozen=True)
class Phrases:
    """What a person says often. answers: on the page of yes and no. writing: for the partner."""

    topics: tuple[Topic, ...]
    answers: tuple[str, ...]
    writing: str


Fill = Callable[[Cell], Cell]


def load_phrases(path: Path = SHIPPED) -> Phrases:
    """The phrases in a file. Raises PhrasesError."""
    file = TomlFile(path, PhrasesError)
    topics = file.table.get("topic")
    if not isinstance(topics, list) or not topics or not all(isinstance(t, dict) for t in topics):
        raise file.error("there are no topics; write [[topic]] with name and phrases", "topic")
    answers = file.strings("answers")
    if len(answers) > ANSWERS:
        raise file.error(f"there is room for {ANSWERS} answers; leave some out", "answers")
    for text in answers:
        _check(file, "an answer", text, LONGEST_NAME)
    writing = file.string("writing") or ""
    _check(file, "writing", writing, LONGEST_PHRASE)
    return Phrases(tuple(_topic(file, topic) for topic in topics), tuple(answers), writing)


def load_or_shipped(path: Path) -> tuple[Phrases, str]:
    """The phrases in a file, or those that came with the program where it is missing or broken, and
    what is wrong with it in one line ("" when nothing is)."""
    try:
        return load_phrases(path), ""
    except PhrasesError as error:
        missing = isinstance(error.__cause__, FileNotFoundError)
        told = f"{error}; the phrases that came with the program are used instead"
        return load_phrases(), "" if missing else told


def with_phrases(layout: Layout, phrases: Phrases) -> Layout:
    """The layout with these phrases on its pages: in the places for answers and for what one says
    while writing on any page, for topics on the page "talk", for their phrases on "phrases"."""
    pages = {name: _filled(page, _always(phrases)) for name, page in layout.pages.items()}
    if TALK_PAGE not in pages:
        return layout.with_pages(pages)
    talk, template = pages[TALK_PAGE], pages.get(PHRASES_PAGE, pages[TALK_PAGE])
    stems = [f"{PHRASES_PAGE} {number}" for number in range(1, len(phrases.topics) + 1)]
    names = [topic.name for topic in phrases.topics]
    pages |= _numbered(talk, [(n, TOPIC + s) for n, s in zip(names, stems, strict=True)], TALK_PAGE)
    for topic, stem in zip(phrases.topics, stems, strict=True):
        kind = "put" if topic.into_text else "say"
        pages |= _numbered(template, [(text, f"{kind}:{text}") for text in topic.phrases], stem)
    return layout.with_pages(pages)


def _always(phrases: Phrases) -> Fill:
    """Fills what is the same wherever it stands."""

    def fill(cell: Cell) -> Cell:
        number = slot_number(cell.action, "answer")
        if number is not None and number < len(phrases.answers):
            text = phrases.answers[number]
            return replace(cell, label=text, action=f"say:{text}")
        if cell.action.startswith("writing:"):
            return replace(cell, label=phrases.writing, action=f"say:{phrases.writing}")
        return cell

    return fill


def _numbered(template: Page, keys: Sequence[tuple[str, str]], stem: str) -> dict[str, Page]:
    """As many pages like the template as it takes to show all keys (label, action): the first has
    the name `stem`, the others have their number after it."""
    numbers = [slot_number(cell.action, "phrase") for cell in template.cells()]
    places = sorted(number for number in numbers if number is not None)
    if not places:
        return {}
    parts = [
        dict(zip(places, keys[start : start + len(places)], strict=False))
        for start in range(0, len(keys), len(places))
    ]
    names = [stem, *(f"{stem} {number}" for number in range(2, len(parts) + 1))]
    following = [*names[1:], names[0]] if len(parts) > 1 else [None]
    return {
        name: _filled(template, _part(shown, after))
        for name, shown, after in zip(names, parts, following, strict=True)
    }


def _part(shown: Mapping[int, tuple[str, str]], following: str | None) -> Fill:
    """Fills the places of these numbers, and the key that turns to the following page."""

    def fill(cell: Cell) -> Cell:
        number = slot_number(cell.action, "phrase")
        if number is not None and number in shown:
            label, action = shown[number]
            return replace(cell, label=label, action=action)
        if cell.action.startswith("next:") and following is not None:
            return replace(cell, action=f"page:{following}")
        return cell

    return fill


def _filled(page: Page, fill: Fill) -> Page:
    return replace(page, rows=tuple(tuple(fill(cell) for cell in row) for row in page.rows))


def _topic(file: TomlFile, table: dict[str, Any]) -> Topic:
    name, phrases = table.get("name"), table.get("phrases")
    if not isinstance(name, str):
        raise file.error('a topic has no name; write name = "..." under [[topic]]', "[[topic]]")
    _check(file, "a topic's name", name, LONGEST_NAME)
    near = f'"{name}"'
    if not are_strings(phrases):
        raise file.error(f"topic {name!r}: phrases must be a list of texts", near)
    for phrase in phrases or ():
        _check(file, f"topic {name!r}: a phrase", phrase, LONGEST_PHRASE)
    into_text = table.get("into_text", False)
    if not isinstance(into_text, bool):
        raise file.error(f"topic {name!r}: into_text must be true or false", "into_text")
    return Topic(name, tuple(phrase.strip() for phrase in phrases or ()), into_text)


def _check(file: TomlFile, what: str, text: str, longest: int) -> None:
    if not text.strip():
        raise file.error(f"{what} is empty; write a text or leave it out")
    if not text.isprintable():
        raise file.error(f"{what}, {text[:20]!r}, must be on one line", text.splitlines()[0])
    if len(text) > longest:
        raise file.error(f"{what}, {text[:20]!r}, is longer than {longest} letters", text[:20])
