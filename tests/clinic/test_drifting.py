"""What the last session's drift came to is kept and told in words."""

import os
import stat
from pathlib import Path

import pytest

from gazetalk.clinic.drifting import drift_line, save_drift
from gazetalk.clinic.profile import Profile, ProfileError, find_profile
from gazetalk.tracking.drift import DriftState


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    profile = find_profile(tmp_path)
    profile.create()
    return profile


def test_it_is_told_which_way_gaze_is_corrected(profile: Profile) -> None:
    assert drift_line(profile) is None
    save_drift(profile, DriftState((12.34, -5.0), 20.0, 14, 6, 3.0))
    line = drift_line(profile) or ""
    assert "12 mm left" in line  # gaze had drifted to the right, and up
    assert "5 mm down" in line
    assert "14 looks" in line


@pytest.mark.skipif(os.name == "nt", reason="these permissions are Unix's")
def test_only_its_owner_can_read_it(profile: Profile) -> None:
    save_drift(profile, DriftState((0.0, 0.0), 0.0, 1, 0, 3.0))
    mode = (profile.folder / "drift.json").stat().st_mode
    assert stat.S_IMODE(mode) & 0o077 == 0


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"ended": "now", "shift_mm": [1]}', "\xff"])
def test_a_damaged_file_is_named(profile: Profile, content: str) -> None:
    (profile.folder / "drift.json").write_text(content, encoding="latin-1")
    with pytest.raises(ProfileError, match=r"drift\.json"):
        drift_line(profile)
