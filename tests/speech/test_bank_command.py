"""`gazetalk bank`: a folder of recordings becomes a person's own voice, heard in the app."""

from pathlib import Path

import numpy as np
import pytest

from gazetalk.app import own_recordings
from gazetalk.cli import main
from gazetalk.clinic.profile import find_profile
from gazetalk.paths import shipped
from gazetalk.speech.bank import FOLDER, INDEX, MessageBank
from gazetalk.speech.wav import Wav

RATE = 22050


def recorded(path: Path, seconds: float = 0.7) -> Wav:
    """A recording of somebody, as far as a bank can tell: a hum in syllables."""
    t_s = np.arange(round(seconds * RATE)) / RATE
    hum = 0.3 * np.sin(2 * np.pi * 170 * t_s) * (0.6 + 0.4 * np.cos(2 * np.pi * 4 * t_s))
    wav = Wav(RATE, (hum * 32767).astype(np.int16))
    path.parent.mkdir(parents=True, exist_ok=True)
    wav.write(path)
    return wav


@pytest.fixture
def where(tmp_path: Path) -> list[str]:
    return ["--data-dir", str(tmp_path / "home")]


def test_recordings_come_in_are_listed_and_go(
    tmp_path: Path, where: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(tmp_path / "in" / "I love you.wav")
    (tmp_path / "in" / "broken.wav").write_bytes(b"no sound")
    assert main(["bank", "import", str(tmp_path / "in"), *where]) == 0
    told = capsys.readouterr().out
    assert "I love you.wav: I love you: good" in told
    assert "broken.wav: NOT TAKEN" in told
    assert main(["bank", "list", *where]) == 0
    assert capsys.readouterr().out.startswith("I love you ")
    assert main(["bank", "remove", "i love YOU!", *where]) == 0
    bank = MessageBank(find_profile(tmp_path / "home").folder / FOLDER)
    assert bank.messages == []
    assert not list((find_profile(tmp_path / "home").folder / FOLDER).glob("*.wav"))


def test_what_cannot_be_done_is_said_in_a_line(
    tmp_path: Path, where: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    for call in (["import", str(tmp_path / "empty")], ["import", "/nowhere"], ["remove", "hello"]):
        assert main(["bank", *call, *where]) == 2
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
def test_the_app_plays_the_recording(tmp_path: Path, where: list[str]) -> None:
    """The demo types and speaks "my eyes can talk": the sound written is the recording's."""
    sound = recorded(tmp_path / "in" / "My eyes can talk.wav", 1.1)
    assert main(["bank", "import", str(tmp_path / "in"), *where]) == 0
    demo = f"session:{shipped('calibration') / 'demo'}"
    wav = tmp_path / "s.wav"
    assert main(["talk", "--headless", "--source", demo, *where, "--wav", str(wav)]) == 0
    heard = Wav.read(wav)
    assert heard.rate == RATE
    assert heard.samples.tobytes() in sound.samples.tobytes()


def test_a_broken_bank_only_costs_the_recordings(tmp_path: Path) -> None:
    profile = find_profile(tmp_path, "Ana")
    assert own_recordings(profile)[1] == ""
    (profile.folder / FOLDER).mkdir(parents=True)
    (profile.folder / FOLDER / INDEX).write_text("[]")
    bank, problem = own_recordings(profile)
    assert bank is None
    assert INDEX in problem
