"""What voices there are and which of them speak on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gazetalk.speech.engine import Engine, SpeechFailed, VoiceError
from gazetalk.speech.engines import chosen_engine
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.profile import VoiceProfile, load_voice, voice_names
from gazetalk.speech.speaker import Speaker

SAMPLE_TEXT = {
    "en": "Hello. This is my voice. Could you bring me a glass of water?",
    "de": "Hallo. Das ist meine Stimme. Kannst du mir ein Glas Wasser bringen?",
    "fr": "Bonjour. C'est ma voix. Peux-tu m'apporter un verre d'eau ?",
    "es": "Hola. Esta es mi voz. ¿Puedes traerme un vaso de agua?",
    "it": "Ciao. Questa è la mia voce. Puoi portarmi un bicchiere d'acqua?",
}


@dataclass(frozen=True)
class VoiceStatus:
    """A voice profile as it is here.

    works: it has just made the sample. detail: its engine and voice, or why it does not work.
    sample: the WAV file with the sample, where one was asked for and made.
    """

    name: str
    language: str
    works: bool
    detail: str
    sample: Path | None = None


def list_voices(folder: Path, samples: Path | None = None) -> list[VoiceStatus]:
    """Try each profile in `folder`; with `samples`, a folder, write NAME.wav into it.

    A profile with a mistake in it is listed as one that does not work, with the reason.
    """
    return [_status(name, folder, samples) for name in voice_names(folder)]


def _status(name: str, folder: Path, samples: Path | None) -> VoiceStatus:
    try:
        profile = load_voice(name, folder)
    except VoiceError as error:
        return VoiceStatus(name, "", False, str(error))
    engine = chosen_engine(profile)
    speaker = Speaker(profile, [engine], SilentPlayer())
    try:
        return _tried(name, profile, engine, speaker, samples)
    finally:
        speaker.close()


def _tried(
    name: str, profile: VoiceProfile, engine: Engine, speaker: Speaker, samples: Path | None
) -> VoiceStatus:
    primary = profile.language.casefold().partition("-")[0]
    try:
        sound = speaker.render(SAMPLE_TEXT.get(primary, SAMPLE_TEXT["en"]))
    except (SpeechFailed, VoiceError) as failure:
        return VoiceStatus(name, profile.language, False, str(failure))
    path = samples / f"{name}.wav" if samples else None
    if path:
        sound.write(path)
    detail = f"{engine.name} {profile.voice(engine.name)}".strip()
    return VoiceStatus(name, profile.language, True, detail, path)
