"""The voice as talking uses it: aloud through the loudspeaker, or into a WAV without a sound."""

from __future__ import annotations

from pathlib import Path

from gazetalk.speech.bell import Bell
from gazetalk.speech.engine import SpeechFailed
from gazetalk.speech.speaker import NothingToSay, Speaker
from gazetalk.speech.wav import Wav, joined
from gazetalk.transcript import Transcript

PAUSE_S = 0.3  # between utterances in a WAV


class WrittenVoice:
    """Collects all that is said and writes it as one WAV: for runs without a loudspeaker.

    wav_path: where to, or None. The file holds everything said so far after each utterance.
    """

    def __init__(self, speaker: Speaker, transcript: Transcript, wav_path: Path | None) -> None:
        self._speaker = speaker
        self._transcript = transcript
        self._wav_path = wav_path
        self._said: list[Wav] = []
        self.trouble = ""
        self.ringing = False
        self.speaking = False

    def say(self, text: str, t_s: float) -> None:
        try:
            self._said.append(self._speaker.render(text))
        except NothingToSay:
            return
        except SpeechFailed as failure:
            fields = {"part": "voice", "message": f"not spoken: {text} ({failure})"}
            self._transcript.write(t_s, "fault", fields)
            return
        if self._wav_path is not None:
            joined(self._said, PAUSE_S).write(self._wav_path)
        self._transcript.write(t_s, "spoken", {"text": text})

    def ring(self, t_s: float) -> None:
        """Nobody would hear it; the transcript has the event."""

    def attend(self, t_s: float) -> None:
        """Tell of engines that failed and were replaced."""
        for event in self._speaker.events():
            if event.kind in ("fault", "recovered"):
                self._transcript.write(t_s, event.kind, {"part": "voice", "message": event.text})

    def close(self) -> None:
        self._speaker.close()


class SpokenVoice:
    """Speaks and rings aloud."""

    def __init__(self, speaker: Speaker, transcript: Transcript, bell: Bell) -> None:
        self._speaker = speaker
        self._transcript = transcript
        self._bell = bell
        self._trouble = ""
        self.speaking = False

    @property
    def trouble(self) -> str:
        """What is wrong with the voice or the bell, in plain words; "" while all is well."""
        return self._trouble or self._bell.trouble or ""

    @property
    def ringing(self) -> bool:
        return self._bell.ringing

    def say(self, text: str, t_s: float) -> None:
        self._speaker.say(text)

    def ring(self, t_s: float) -> None:
        """Call, or, when it rings already, stop calling."""
        if self._bell.ringing:
            self._bell.answer()
        else:
            self._bell.ring()

    def attend(self, t_s: float) -> None:
        """Write down what became of what was said."""
        for event in self._speaker.events():
            if event.kind in ("fault", "recovered"):
                self._trouble = event.text if event.kind == "fault" else ""
                self._transcript.write(t_s, event.kind, {"part": "voice", "message": event.text})
            elif event.kind in ("started", "finished", "stopped"):  # trouble or a pause ends none
                self.speaking = event.kind == "started"
            if event.kind == "finished":
                self._transcript.write(t_s, "spoken", {"text": event.text})

    def close(self) -> None:
        self._speaker.close()
