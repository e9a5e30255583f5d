"""`gazetalk doctor`: is the larger language model there and used, and what is to be done."""

from pathlib import Path

import pytest

from gazetalk.clinic.profile import find_profile
from gazetalk.clinic.settings import change_setting
from gazetalk.commands import doctor


def test_each_missing_part_is_named_with_what_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = {"runner": "pip install runner", "model": "pip install --no-deps model"}
    monkeypatch.setattr(doctor, "missing_parts", lambda: parts)
    finding = doctor._larger_model(tmp_path, "ann")
    assert finding.state == "absent"
    assert "runner, model" in finding.detail
    assert "pip install runner && pip install --no-deps model" in finding.remedy


def test_one_that_is_turned_off_is_told_with_how_to_turn_it_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "missing_parts", dict)
    assert doctor._larger_model(tmp_path, "ann").remedy == ""
    change_setting(find_profile(tmp_path, "ann"), "llm=off")
    finding = doctor._larger_model(tmp_path, "ann")
    assert "turned off" in finding.detail
    assert finding.remedy == "gazetalk profile set ann llm=on"
