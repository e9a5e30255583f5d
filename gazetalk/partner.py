"""What somebody opposite is to see: what was written, or, in private, only what is said."""

from __future__ import annotations

from typing import Protocol

from gazetalk.keyboard.keyboard import KeyboardState
from gazetalk.screens.partner import PartnerView
from gazetalk.speech.timing import Spoken

# What was said can be read for so long after, if nothing is written meanwhile.
SAID_S = 8.0
# Since the last change of the text: longer pauses are not writing.
WRITING_S = 6.0


class Speaking(Protocol):
    """What is needed of a voice."""

    @property
    def speaking(self) -> bool: ...

    @property
    def paused(self) -> bool: ...

    @property
    def ringing(self) -> bool: ...

    @property
    def spoken(self) -> Spoken | None: ...


class Partner:
    """Follows writing and speaking as time goes on, in order of time."""

    def __init__(self) -> None:
        self._written: tuple[str, str] | None = None  # the text and the word under way, last
        self._changed_s = float("-inf")
        self._said = ""
        self._said_s = float("-inf")

    def view(
        self, state: KeyboardState, voice: Speaking, t_s: float, private: bool, warning: str = ""
    ) -> PartnerView:
        """As of now. private: of the text only what is said."""
        self._follow(state, t_s)
        spoken = voice.spoken if voice.speaking else None
        if spoken is not None:
            self._said, self._said_s = spoken.text, t_s
        words, span = state.text, spoken_span(state.text, spoken)
        if spoken is not None and (private or span is None):
            words, span = spoken.text, (spoken.start, spoken.end)
        elif spoken is None and self._said_lately(t_s):
            words = words if not private and words.endswith(self._said) else self._said
        elif spoken is None and private:
            words = ""
        is_speaking = voice.speaking and not voice.paused
        writes = t_s - self._changed_s < WRITING_S and not state.resting
        doing = "speaking" if is_speaking else "writing" if writes else ""
        return PartnerView(words, span, doing, voice.ringing, warning)

    def _follow(self, state: KeyboardState, t_s: float) -> None:
        written = (state.text, state.guess)
        """Emptying the text, as many do once it is said, is not writing."""
        if self._written is not None and written != self._written and any(written):
            self._changed_s = t_s
        self._written = written

    def _said_lately(self, t_s: float) -> bool:
        """It was said, and nothing is written since."""
        return t_s - self._said_s < SAID_S and self._changed_s <= self._said_s


def spoken_span(text: str, spoken: Spoken | None) -> tuple[int, int] | None:
    """Where in the text the word is that is being spoken: in the last piece of it that is the one
    under way. None for words that are not there as they are said (a name, an abbreviation)."""
    at = text.rfind(spoken.text) if spoken and spoken.text else -1
    if spoken is None or at < 0:
        return None
    return at + spoken.start, at + spoken.end
