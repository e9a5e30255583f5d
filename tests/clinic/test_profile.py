"""Profiles keep calibrations, and neither bad names nor damaged files get through."""

from pathlib import Path

import pytest

from gazetalk.cli import main
from gazetalk.clinic.profile import (
    ProfileError,
    check_line,
    delete_profile,
    existing_profile,
    find_profile,
    list_profiles,
    load_model,
    load_quality,
    save_check,
)
from gazetalk.tracking.resume import SHIFTED, Resumed


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", ".hidden", "x" * 99, "a\\b", "con\n"])
def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProfileError):
        find_profile(tmp_path, name)


def test_a_new_profile_has_no_calibration_and_no_folder(tmp_path: Path) -> None:
    profile = find_profile(tmp_path)
    assert load_model(profile) is None
    assert load_quality(profile) is None
    assert list_profiles(tmp_path) == []


def test_a_damaged_calibration_is_refused_with_the_way_out(tmp_path: Path) -> None:
    profile = find_profile(tmp_path, "Ana")
    profile.create()
    profile.model_path.write_bytes(b"not numpy")
    with pytest.raises(ProfileError, match="gazetalk calibrate"):
        load_model(profile)


def test_deleting_leaves_nothing(tmp_path: Path) -> None:
    profile = find_profile(tmp_path, "Ana")
    profile.create()
    (profile.folder / "journal.jsonl").write_text("{}")
    assert [p.name for p in list_profiles(tmp_path)] == ["Ana"]
    delete_profile(existing_profile(tmp_path, "Ana"))
    with pytest.raises(ProfileError, match="none yet"):
        existing_profile(tmp_path, "Ana")


def test_what_the_last_check_came_to_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = find_profile(tmp_path, "Ana")
    save_check(profile, Resumed(SHIFTED, (10.0, 0.0), 31.4, 6.2, 3))
    assert main(["profile", "show", "Ana", "--data-dir", str(tmp_path)]) == 0
    assert "Calibration shifted: corrected (31 to 6 mm)" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "[]", '{"words": 3}', "\x00"])
def test_a_damaged_check_hides_nothing_else(tmp_path: Path, content: str) -> None:
    profile = find_profile(tmp_path, "Ana")
    profile.create()
    assert check_line(profile) == ""
    profile.check_path.write_text(content)
    assert "cannot be read" in check_line(profile)
