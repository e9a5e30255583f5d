"""Before anybody is filmed: what will be kept is shown and read out, and a helper's key answers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from time import monotonic, sleep
from typing import Protocol

from gazetalk.clinic.settings import Settings
from gazetalk.retuning import voice_of
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.captions import ENGLISH, Captions, load_captions
from gazetalk.screens.look import USUAL
from gazetalk.screens.window import Clicked, KeyPressed, Quit, Resized, Window, WindowError
from gazetalk.show import CALLING
from gazetalk.speech.bell import Bell
from gazetalk.speech.engine import SpeechFailed, VoiceError
from gazetalk.speech.player import MixerPlayer
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.speaker import open_speaker

WORDS = (
    "May a video of you be recorded? It shows your face and whatever else the camera sees. It is "
    "kept in one folder on this computer, for whoever looks at how your eyes are followed, and "
    "nothing sends it anywhere. You can stop it at any time and have it deleted. Without it all "
    "goes on as before: then only the places of points on your face are kept, and no picture."
)
HELPER = "For the helper: Y if the person agrees, N or Escape if not."
READING = "It is being read out. For the helper: N to stop."
UNHEARD = "The voice cannot be heard: read this out."
LISTEN_S = 0.05
LONGEST_S = 90.0  # a voice that has not come to an end by then is not heard


class NotAgreed(RuntimeError):
    """The person did not agree: nothing was recorded."""


class NobodyToAsk(ValueError):
    """There is neither a window nor a terminal to ask on."""


class Aloud(Protocol):
    """Something that is being read out."""

    def over(self) -> bool:
        """Whether it has been read to its end, or cannot be. Never waits, never raises."""

    @property
    def problem(self) -> str:
        """Why it cannot be heard; "" while nothing is wrong."""


class Voice:
    """Reads a text out; a context manager. What goes wrong is kept in `problem`. settings: whose
    voice it is, where that speaks the language (ISO 639-1); else the system's own of it does."""

    def __init__(
        self, words: str, language: str = ENGLISH, settings: Settings | None = None
    ) -> None:
        self.problem = ""
        self._over = False
        self._stack = ExitStack()
        self._end_s = monotonic() + LONGEST_S
        try:
            speaker = open_speaker(voice_in(language, settings or Settings()), MixerPlayer())
            self._speaker = self._stack.enter_context(closing(speaker))
            speaker.check()
            speaker.say(words)
        except (VoiceError, SpeechFailed) as error:
            self.problem = str(error)

    def __enter__(self) -> Voice:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def over(self) -> bool:
        if self._over or self.problem:
            return True
        kinds = {event.kind: event.text for event in self._speaker.events()}
        if monotonic() > self._end_s:
            self.problem = "the voice does not come to an end"
        elif "fault" in kinds:
            self.problem = kinds["fault"]
        self._over = bool(self.problem) or "finished" in kinds
        return self._over


@dataclass(frozen=True)
class Places:
    """Where to ask. window: opens one; raises WindowError where there is none. terminal: whether
    there is one. ask: puts a question there and gives the answer."""

    window: Callable[[], Window] = Window
    terminal: Callable[[], bool] = lambda: sys.stdin.isatty()
    ask: Callable[[str], str] = input


def voice_in(language: str, settings: Settings) -> VoiceProfile:
    """The voice of the settings, or one that speaks the language. Raises VoiceError."""
    voice = voice_of(settings)
    if voice.language.startswith(language):
        return voice
    return VoiceProfile(language, language, rate=voice.rate, volume=voice.volume)


def consent_to_video(
    aloud: Aloud, places: Places | None = None, captions: Captions | None = None
) -> str:
    """Ask, on the screen or else on the terminal; where it was, in words. A yes counts only when
    all has been read out. captions: the language, English without. Raises NotAgreed, and
    NobodyToAsk."""
    places, captions = places or Places(), captions or load_captions(ENGLISH)
    try:
        window = places.window()
    except WindowError:
        if not places.terminal():
            raise NobodyToAsk(
                "--video: the person must be asked first, and there is neither a window nor a "
                "terminal to ask on; without --video no picture is kept"
            ) from None
        agreed, where = _on_terminal(aloud, places.ask, captions), "on the terminal"
    else:
        with window, closing(Bell()) as bell:
            agreed, where = _on_screen(aloud, window, bell, captions), "on the screen"
    if not agreed:
        raise NotAgreed("not agreed: nothing was recorded")
    return where


def draw_question(canvas: Canvas, helper: str, words: str = WORDS) -> None:
    """The words that are read out, large, and below them what the helper does."""
    width, height = canvas.size
    theme = USUAL.colours()
    canvas.clear(theme.background)
    size, lines = canvas.block(words, round(height / 18), (0.84 * width, 0.6 * height))
    step = 1.35 * size
    top = 0.42 * height - step * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        canvas.text(line, (width / 2, top + number * step), size, theme.text)
    fitted = canvas.fitting_size(helper, round(height / 26), 0.9 * width)
    canvas.text(helper, (width / 2, 0.88 * height), fitted, theme.text)


def _on_screen(aloud: Aloud, window: Window, bell: Bell, captions: Captions) -> bool:
    words = captions.line(WORDS)
    while True:
        heard = aloud.over()
        helper = _helper(aloud, captions) if heard else captions.line(READING)
        helper = CALLING if bell.ringing else helper
        for event in window.events():
            match event:
                case KeyPressed(name="f9"):
                    bell.press()
                case Quit() | KeyPressed(name="escape" | "n"):
                    return False
                case KeyPressed(name="y") if heard:
                    return True
                case Clicked() | Resized() | KeyPressed():
                    pass
        window.draw(partial(draw_question, helper=helper, words=words))
        window.flip()
        sleep(LISTEN_S)


def _on_terminal(aloud: Aloud, ask: Callable[[str], str], captions: Captions) -> bool:
    print(captions.line(WORDS), flush=True)
    while not aloud.over():
        sleep(LISTEN_S)
    try:
        return ask(f"{_helper(aloud, captions)} [y/n] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _helper(aloud: Aloud, captions: Captions) -> str:
    """What the helper does; and reads, where the voice cannot."""
    does = captions.line(HELPER)
    return f"{captions.line(UNHEARD)} {does}" if aloud.problem else does
