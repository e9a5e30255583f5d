"""Settings that a person changes by eyes take effect while they go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from gazetalk.clinic.profile import Profile
from gazetalk.clinic.settings import Settings
from gazetalk.geometry import Screen
from gazetalk.keyboard.advised import Advice
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.events import KeyEvent
from gazetalk.keyboard.pace import Pace
from gazetalk.paths import shipped
from gazetalk.rehearsal import SENTENCES, Rehearsal
from gazetalk.screens.look import Look
from gazetalk.screens.talk import lines_finder
from gazetalk.show import Show
from gazetalk.speech.bank import MessageBank
from gazetalk.speech.click import Click
from gazetalk.speech.engine import VoiceError
from gazetalk.speech.player import Player
from gazetalk.speech.profile import VoiceProfile, load_voice
from gazetalk.speech.speaker import Speaker, open_speaker
from gazetalk.talk import Talk
from gazetalk.tracking.drift import DriftCorrection
from gazetalk.tuning import Tuning
from gazetalk.voice import SpokenVoice, WrittenVoice
from gazetalk.writing import Writing, layouts_of, open_writing

USUAL_VOICE = "english"
SAMPLE = "This is how I sound now."
SLOWEST, QUICKEST = 60, 400  # words a minute, of a voice profile

# The settings that say how the screens look.
LOOK = ("theme", "text_scale", "letter_case", "progress", "pointer", "screen_language")
MORE_LOOK = ("partner", "partner_private", "motion")
Effect = Callable[[Settings, float], None]


class Retuning:
    """Joins what a person chooses and what comes of it.

    effects: what brings settings about, from a time on, by the settings that it is for; each may
    raise ValueError. tell: told of what cannot be done, and when.
    """

    def __init__(
        self,
        tuning: Tuning,
        effects: dict[tuple[str, ...], Effect],
        tell: Callable[[str, float], None],
    ) -> None:
        self._tuning = tuning
        self._effects = effects
        self._tell = tell

    @property
    def captions(self) -> dict[str, str]:
        """What the keys say of their settings."""
        return self._tuning.captions()

    def take(self, wish: KeyEvent) -> None:
        """A "setting" or a "setting_back" of the keyboard. What cannot be done is told, and the
        setting stays as it was."""
        before = self._tuning.settings
        if wish.event == "setting":
            self._tuning.step(str(wish.fields["setting"]))
        else:
            self._tuning.take_back()
        if self._tuning.problem:
            self._tell(self._tuning.problem, wish.t_s)
        try:
            self._bring_about(before, wish.t_s)
        except ValueError as error:
            self._tell(str(error), wish.t_s)
            self._tuning.restore(before)

    def _bring_about(self, before: Settings, t_s: float) -> None:
        now = self._tuning.settings
        changed = {f.name for f in fields(now) if getattr(now, f.name) != getattr(before, f.name)}
        for names, effect in self._effects.items():
            if changed.intersection(names):
                effect(now, t_s)


class Desk:
    """What writing, speaking and selecting are made of, to be made anew by other settings.

    size_px: of the board that writing begins with. player: for the voice. advice: for the
    words.
    """

    def __init__(
        self,
        profile: Profile,
        composer: Composer,
        screen: Screen,
        pace: Pace,
        player: Player | None,
        bank: MessageBank | None,
        advice: Advice | None = None,
    ) -> None:
        self._profile = profile
        self._composer = composer
        self._screen = screen
        self._pace = pace
        self._player = player
        self._bank = bank
        self._advice = advice

    def writing(self, settings: Settings, size_px: tuple[int, int]) -> Writing:
        """The keyboard of the settings. Raises LayoutError and LanguageError."""
        return open_writing(
            settings.layout,
            self._profile,
            self._composer,
            size_px,
            self._screen,
            settings.learning,
            settings.mending,
            self._pace,
            self._advice,
        )

    def practice(self, settings: Settings, size_px: tuple[int, int]) -> Writing:
        """The same on an empty page, which keeps and learns nothing. Raises as `writing` does."""
        return open_writing(
            settings.layout,
            self._profile,
            Composer(),
            size_px,
            self._screen,
            False,
            settings.mending,
            self._pace,
        )

    def rehearsal(self, talk: Talk, settings: Callable[[], Settings]) -> Rehearsal | None:
        """Sentences to copy with the keyboard of the settings, as they are by then; None where
        nobody knows any in its language. The person's own page comes back as it was."""
        layout = next(iter(layouts_of(settings().layout)[0].values()))
        sentences = SENTENCES.get(layout.language or "english")
        if sentences is None:
            return None

        def open_page(t_s: float) -> None:
            writing = self.practice(settings(), talk.size_px)
            talk.write_with(writing.keyboard, writing.ways, t_s)
            talk.learn_by(rehearsal.spoken, lambda word: None)

        def close(t_s: float) -> None:
            writing = self.writing(settings(), talk.size_px)
            talk.write_with(writing.keyboard, writing.ways, t_s)
            talk.learn_by(writing.learn, writing.learn_word)
            talk.begin_anew()

        rehearsal = Rehearsal(sentences, open_page, close)
        return rehearsal

    def speaker(self, settings: Settings) -> Speaker:
        """The voice of the settings. Raises VoiceError."""
        return open_speaker(voice_of(settings), self._player, self._bank)

    def effects(
        self, talk: Talk, voice: WrittenVoice | SpokenVoice, show: Show | None = None
    ) -> dict[tuple[str, ...], Effect]:
        """What changes of settings do to those at work."""

        def draw(settings: Settings, t_s: float) -> None:
            look = look_of(settings)
            talk.read_by(lines_finder(look))
            if show is not None:
                show.look = look

        def write(settings: Settings, t_s: float) -> None:
            writing = self.writing(settings, talk.size_px)
            talk.write_with(writing.keyboard, writing.ways, t_s)
            talk.learn_by(writing.learn, writing.learn_word)

        def dwell(settings: Settings, t_s: float) -> None:
            self._pace.change(settings.dwell_factor, settings.dwell_adapts)

        def speak(settings: Settings, t_s: float) -> None:
            voice.speak_by(self.speaker(settings), SAMPLE)

        def click(settings: Settings, t_s: float) -> None:
            voice.click = click_of(settings)

        def drift(settings: Settings, t_s: float) -> None:
            talk.correct_by(DriftCorrection(self._screen) if settings.drift_correction else None)

        return {
            (*LOOK, *MORE_LOOK): draw,
            ("layout", "learning", "mending"): write,
            ("dwell_factor", "dwell_adapts"): dwell,
            ("voice", "voice_speed"): speak,
            ("selection_sound",): click,
            ("drift_correction",): drift,
        }


def look_of(settings: Settings) -> Look:
    """How the person wants the screens to look."""
    return Look(
        settings.theme,
        settings.text_scale,
        settings.letter_case,
        settings.progress,
        settings.pointer,
        settings.screen_language,
        settings.partner,
        settings.partner_private,
        settings.motion,
    )


def click_of(settings: Settings) -> Click | None:
    """The sound of selecting, where it is wished."""
    return None if settings.selection_sound == "off" else Click(settings.selection_sound)


def voice_of(settings: Settings) -> VoiceProfile:
    """The voice of the settings, at their speed. Raises VoiceError, but not for the usual one:
    where its file is broken the system's own speaks."""
    try:
        voice = load_voice(settings.voice or USUAL_VOICE, shipped("voices"))
    except VoiceError:
        if settings.voice:
            raise
        voice = VoiceProfile(USUAL_VOICE, "en")
    rate = round(voice.rate * settings.voice_speed)
    return replace(voice, rate=min(max(rate, SLOWEST), QUICKEST))
