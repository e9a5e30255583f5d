"""Somebody who has used everything, for tests of what carries a profile."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from gazetalk.cli import main
from gazetalk.clinic.assessments import new_path
from gazetalk.clinic.assessments import save as save_assessment
from gazetalk.clinic.drifting import save_drift
from gazetalk.clinic.pacing import save_pace
from gazetalk.clinic.profile import Profile, find_profile, save_calibration, save_check
from gazetalk.clinic.sessions import SessionFigures, SessionLog
from gazetalk.clinic.settings import change_setting
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard import quick_talk
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.said import LEARNED, SaidFile
from gazetalk.paths import shipped
from gazetalk.speech.bank import FOLDER, MessageBank
from gazetalk.speech.wav import Wav, to_int16
from gazetalk.tracking.calibration import Calibration, calibrate
from gazetalk.tracking.drift import DriftState
from gazetalk.tracking.procedure import load_procedure
from gazetalk.tracking.resume import SHIFTED, Resumed
from tests.tracking.conftest import eyes_looking_at


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    rng = np.random.default_rng(5)
    targets = load_procedure(shipped("calibration") / "quick.toml").schedule(DEFAULT_SCREEN)
    eyes = [
        eyes_looking_at(target.x_px, target.y_px, t_s, noise_mm=0.02, rng=rng)
        for target in targets
        for t_s in np.arange(target.start_s, target.end_s, 1 / 30)
    ]
    return calibrate(eyes, targets, DEFAULT_SCREEN, (0.0, 8.0))


@pytest.fixture
def ana(tmp_path: Path, calibration: Calibration) -> Profile:
    """Somebody who has used everything."""
    profile = find_profile(tmp_path / "home", "Ana")
    save_calibration(profile, calibration, None)
    save_check(profile, Resumed(SHIFTED, (10.0, 0.0), 31.0, 6.0, 3))
    save_drift(profile, DriftState((3.0, -2.0), 4.0, 12, 3, 5.0))
    change_setting(profile, "learning=off")
    journal = Journal(profile.journal_path)
    journal.write("where is the zebra")
    journal.close()
    save_pace(profile, {"letter_s": 0.7, "action_s": 1.1})
    SessionLog(profile).keep(SessionFigures("2026-11-01T10:00:00+00:00", "camera", "qwerty"))
    SaidFile(profile.folder / LEARNED).add("my zebra likes carrots.", date(2026, 11, 1))
    MessageBank(profile.folder / FOLDER).add("My zebra!", tone())
    recommendation = {"method": "words", "settings": {"layout": "words"}, "words": ["Words."]}
    told = {"format": "gazetalk-assessment", "version": 1, "recommendation": recommendation}
    save_assessment(new_path(profile, datetime(2026, 11, 20, 9)), told)
    shipped_phrases = Path(quick_talk.__file__).with_name("phrases.toml")
    (profile.folder / "phrases.toml").write_bytes(shipped_phrases.read_bytes())
    return profile


def tone(duration_s: float = 0.5) -> Wav:
    """As loud as a voice."""
    t_s = np.arange(round(duration_s * 16_000)) / 16_000
    return Wav(16_000, to_int16(9_000 * np.sin(2 * np.pi * 220 * t_s)))


def run(home: Path, *words: str | Path) -> int:
    return main(["profile", *map(str, words), "--data-dir", str(home)])


def tree(home: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(home)): path.read_bytes() if path.is_file() else None
        for path in sorted(home.rglob("*"))
    }
