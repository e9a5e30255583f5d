"""What keys do: a key and the text that is written go in, events come out.

An action that changes the text is a line in `EDITS`, one that moves the caret in `MOVES`, one that
speaks in `SPEAKS`. What the words under way have to do with it is `entry`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gazetalk.keyboard.composer import Composer, Edit
from gazetalk.keyboard.events import KeyEvent
from gazetalk.keyboard.layout import REST_PAGE, Key

EDITS: Mapping[str, Callable[[Composer, Key], Edit | None]] = {
    "type": lambda composer, key: composer.add(key.text),
    "put": lambda composer, key: composer.put(key.said),
    "space": lambda composer, key: composer.space(),
    "capital": lambda composer, key: composer.capital(),
    "erase": lambda composer, key: composer.erase(),
    "erase-word": lambda composer, key: composer.erase_word(),
    "undo": lambda composer, key: composer.undo(),
    "redo": lambda composer, key: composer.redo(),
    "clear": lambda composer, key: composer.clear(),
}
MOVES: Mapping[str, Callable[[Composer], bool]] = {
    "word-left": lambda composer: composer.left(),
    "word-right": lambda composer: composer.right(),
    "to-start": lambda composer: composer.to_start(),
    "to-end": lambda composer: composer.to_end(),
}
SPEAKS: Mapping[str, Callable[[Composer, Key], str]] = {
    "speak": lambda composer, key: composer.text,
    "speak-word": lambda composer, key: composer.word,
    "speak-sentence": lambda composer, key: composer.sentence,
    "repeat": lambda composer, key: composer.said,
    "say": lambda composer, key: key.said,
}
EVENT_OF_EDIT = {
    "type": "committed",
    "space": "committed",
    "erase": "erased",
    "clear": "cleared",
    "change": "changed",
    "undo": "undone",
    "redo": "redone",
}


def act(key: Key, composer: Composer, first: str, t_s: float) -> list[KeyEvent]:
    """Do what the key says at `t_s`. `first`: the page to be at after waking.

    Of "page" the keyboard turns to that page, and "rest" and "woke" begin and end its rest.
    """
    action, kind = key.action, key.action.partition(":")[0]
    if kind in EDITS:
        edit = EDITS[kind](composer, key)
        return [edited(edit, t_s)] if edit else []
    if kind in MOVES:
        moved = MOVES[kind](composer)
        return [KeyEvent(t_s, "moved", {"caret": composer.caret})] if moved else []
    if kind in SPEAKS:
        return [KeyEvent(t_s, "speak", {"text": composer.say(SPEAKS[kind](composer, key))})]
    match action:
        case "bell" | "check" | "pause" | "hush":
            return [KeyEvent(t_s, action)]
        case "set-back":
            return [KeyEvent(t_s, "setting_back")]
        case _ if kind == "set":
            return [KeyEvent(t_s, "setting", {"setting": action.removeprefix("set:")})]
        case "rest":
            return [KeyEvent(t_s, "rest"), _turn(REST_PAGE, t_s)]
        case "wake":
            return [KeyEvent(t_s, "woke"), _turn(first, t_s)]
        case "back":
            return [_turn(first, t_s)]
        case _ if kind in ("page", "topic"):
            return [_turn(action.removeprefix(f"{kind}:"), t_s)]
    return []


def name_spelled(word: str, composer: Composer, t_s: float) -> list[KeyEvent]:
    """A word that was spelled goes into the text, and is one to know from now on."""
    event = edited(composer.put(word), t_s)
    return [event, KeyEvent(t_s, "learned_word", {"word": word})]


def edited(edit: Edit, t_s: float) -> KeyEvent:
    """A change of the text, told."""
    fields = {"text": edit.text} | ({"piece": edit.piece} if edit.piece else {})
    return KeyEvent(t_s, EVENT_OF_EDIT[edit.kind], fields)


def _turn(page: str, t_s: float) -> KeyEvent:
    return KeyEvent(t_s, "page", {"page": page})
