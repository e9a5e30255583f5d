"""The voice as talking uses it: aloud through the loudspeaker, or into a WAV without a sound."""

from __future__ import annotations

import threading
from pathlib import Path

from gazetalk.speech.bell import Bell
from gazetalk.speech.click import Click
from gazetalk.speech.engine import SpeechFailed
from gazetalk.speech.speaker import NothingToSay, Speaker
from gazetalk.speech.timing import Spoken
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
        self.ringing = self.speaking = self.paused = False
        self.spoken: Spoken | None = None
        self.click: Click | None = None

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

    def pause(self, t_s: float) -> None:
        """It is written as a whole."""

    def hush(self, t_s: float) -> None:
        """It was written already."""

    def selected(self) -> None:
        """Nobody would hear it."""

    def speak_by(self, speaker: Speaker, sample: str) -> None:
        """Another voice speaks from now on; the sample would be heard by nobody."""
        self._speaker.close()
        self._speaker = speaker

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
        self.click: Click | None = None  # heard when a key is selected

    @property
    def spoken(self) -> Spoken | None:
        """The word that is being spoken; None in silence."""
        return self._speaker.spoken

    @property
    def paused(self) -> bool:
        return self._speaker.paused

    @property
    def trouble(self) -> str:
        """What is wrong with the voice or the bell, in plain words; "" while all is well."""
        return self._trouble or self._bell.trouble or ""

    @property
    def ringing(self) -> bool:
        return self._bell.ringing

    def say(self, text: str, t_s: float) -> None:
        """It comes after what is being said; whoever speaks again has paused for long enough."""
        self._speaker.resume()
        self._speaker.say(text)

    def ring(self, t_s: float) -> None:
        """Call, or, when it rings already, stop calling."""
        self._bell.press()

    def pause(self, t_s: float) -> None:
        """Hold what is being said, or go on with it."""
        if self._speaker.paused:
            self._speaker.resume()
        elif self._speaker.busy:  # in silence it would only hold up the next words
            self._speaker.pause()

    def hush(self, t_s: float) -> None:
        self._speaker.stop()

    def selected(self) -> None:
        if self.click:
            self.click.play()

    def speak_by(self, speaker: Speaker, sample: str) -> None:
        """Another voice speaks from now on, the sample first; the last one falls silent."""
        last, self._speaker = self._speaker, speaker
        last.stop()
        self.speaking, self._trouble = False, ""
        threading.Thread(target=_replace, args=(last, speaker, sample), daemon=True).start()

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


def _replace(last: Speaker, speaker: Speaker, sample: str) -> None:
    """The last one ends first: they share a loudspeaker. That may take a while."""
    last.close()
    speaker.say(sample)
