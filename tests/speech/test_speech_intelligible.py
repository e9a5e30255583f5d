"""Is it understood? A recogniser that works offline writes down what it hears.

The recogniser (pocketsphinx with its general English model) is a poorer listener than people are,
and it was trained on natural voices. So the bounds tell a voice that is understood from one that
is not; they do not tell how well people understand it.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.profile import load_voice
from gazetalk.speech.speaker import open_speaker
from gazetalk.speech.wav import joined, silence

VOICES = Path(__file__).resolve().parents[2] / "voices"
RATE = 16000
SENTENCES = (
    "Could you please bring me a glass of water?",
    "I would like to sit up a little higher.",
    "My back hurts and I need to turn over.",
    "Please call the doctor this afternoon.",
    "Thank you very much for your help today.",
    "I am too warm, can you open the window?",
    "What time are the children coming home?",
    "The light is too bright for my eyes.",
    "I want to watch the news this evening.",
    "Please move the pillow under my head.",
    "I love you and I am happy you are here.",
    "Can we go outside and sit in the garden?",
    "I am tired and I want to sleep now.",
    "Please turn the television down a little.",
    "My mouth is dry and I need something to drink.",
    "It is cold in here, close the door please.",
    "Tell my brother that I will write to him.",
    "I do not want to talk about that now.",
    "Please wait a moment, I am still writing.",
    "How was your day at work?",
)


def words(text: str) -> list[str]:
    """Contractions written out, so that "I'm" and "I am" are no mistake."""
    text = text.lower().replace("'m ", " am ").replace("'re ", " are ")
    return re.findall(r"[a-z']+", text)


def edits(one: list[str], other: list[str]) -> int:
    """Words to change, leave out or add to make one list the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, word in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, heard in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != heard))
    return row[-1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("voice", "needs", "bound"),
    [("english", "espeakng_loader", 0.25), ("joe", "piper", 0.10)],
)
def test_a_recogniser_understands_most_words(voice: str, needs: str, bound: float) -> None:
    recogniser: Any = pytest.importorskip("pocketsphinx", reason="no recogniser is installed")
    if importlib.util.find_spec(needs) is None:
        pytest.skip(f"{needs} is not installed")
    decoder = recogniser.Decoder(loglevel="FATAL")
    speaker = open_speaker(load_voice(voice, VOICES), SilentPlayer())
    wrong = spoken = 0
    try:
        speaker.check()
        for sentence in SENTENCES:
            sound = speaker.render(sentence).resampled(RATE)
            quiet = silence(0.3, RATE)
            decoder.start_utt()
            decoder.process_raw(joined([quiet, sound, quiet]).samples.tobytes(), full_utt=True)
            decoder.end_utt()
            heard = decoder.hyp()
            wrong += edits(words(sentence), words(heard.hypstr + " " if heard else ""))
            spoken += len(words(sentence))
    finally:
        speaker.close()
    print(f"{voice}: {wrong} of {spoken} words wrong ({wrong / spoken:.1%})")
    assert wrong / spoken < bound
