"""A helper records phrases with a microphone: here SDL's own, which hears a file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from gazetalk.clinic.profile import find_profile
from gazetalk.speech.bank import FOLDER, MessageBank
from gazetalk.speech.microphone import RATE
from gazetalk.speech.wav import Wav


def bank(
    heard: Path, home: Path, *call: str, typed: str = "", driver: str = "disk"
) -> subprocess.CompletedProcess[str]:
    """Run the command with a microphone that hears the file's samples, as time goes on."""
    settings = {
        "SDL_AUDIODRIVER": driver,
        "SDL_DISKAUDIOFILEIN": str(heard),
        "SDL_DISKAUDIOFILE": os.devnull,
        "GAZETALK_HOME": str(home),
    }
    return subprocess.run(
        [sys.executable, "-m", "gazetalk", "bank", *call],
        env={**os.environ, **settings},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )


def words(path: Path, loudness: float = 0.3) -> Path:
    """Half a second of silence, then three seconds of a hum in syllables, as samples."""
    t_s = np.arange(3 * RATE) / RATE
    hum = loudness * np.sin(2 * np.pi * 170 * t_s) * (0.6 + 0.4 * np.cos(2 * np.pi * 4 * t_s))
    samples = np.concatenate([np.zeros(RATE // 2), hum * 32767]).astype(np.int16)
    path.write_bytes(samples.tobytes())
    return path


def test_a_phrase_is_recorded_trimmed_and_kept(tmp_path: Path) -> None:
    done = bank(words(tmp_path / "in"), tmp_path, "record", "I love you", "--seconds", "1.5")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "I love you: taken: good\n"
    message = MessageBank(find_profile(tmp_path).folder / FOLDER).find("i love you")
    assert message is not None
    sound = Wav.read(message.path)
    # The silence before it is cut off but for a margin of 0.1 s; computers are late at times.
    assert 0.5 < sound.duration_s < 1.3
    assert 0.1 < sound.loudness < 0.3


def test_enter_begins_and_ends_each_phrase_in_turn(tmp_path: Path) -> None:
    """Both Enters of the first phrase come at once: too short to hold anything, and said so."""
    done = bank(words(tmp_path / "in"), tmp_path, "record", "Yes", "No", typed="\n\n\n\n")
    assert done.returncode == 1
    assert "“Yes”: press Enter" in done.stdout
    assert "Yes: NOT TAKEN" in done.stdout and "No: NOT TAKEN" in done.stdout
    assert MessageBank(find_profile(tmp_path).folder / FOLDER).messages == []


def test_silence_is_not_taken(tmp_path: Path) -> None:
    quiet = words(tmp_path / "in", loudness=0.0005)
    done = bank(quiet, tmp_path, "record", "Yes", "--seconds", "1")
    assert done.returncode == 1
    assert "no voice in it: check the microphone" in done.stdout


def test_without_anybody_or_a_microphone_it_says_so_in_a_line(tmp_path: Path) -> None:
    heard = words(tmp_path / "in")
    nobody = bank(heard, tmp_path, "record", "Yes")
    assert nobody.returncode == 2
    assert "--seconds" in nobody.stderr
    unknown = bank(heard, tmp_path, "record", "Yes", "--seconds", "1", "--device", "Studio")
    assert unknown.returncode == 1
    assert "no microphone is called 'Studio'; there is: " in unknown.stderr
    none = bank(heard, tmp_path, "record", "Yes", "--seconds", "1", driver="nonsense")
    assert none.returncode == 1
    assert "there is no microphone here" in none.stderr
    for done in (nobody, unknown, none):
        assert "Traceback" not in done.stderr
        assert done.stderr.splitlines()[-1].startswith("gazetalk: ")
