"""Settings by eyes: each key goes on to the next value, holds at once, is kept, is taken back."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.clinic import settings as clinic_settings
from gazetalk.clinic.profile import Profile, find_profile
from gazetalk.clinic.settings import Settings, load_settings
from gazetalk.keyboard.layout import load_layout, shipped_layouts
from gazetalk.retuning import LOOK, MORE_LOOK, look_of
from gazetalk.screens import look
from gazetalk.screens.captions import caption_languages
from gazetalk.tuning import ACTION, Choice, Tuning, captioned, choices

ALL = choices(["english", "joe"], ["qwerty", "auto", "german"])


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return find_profile(tmp_path, "Ana")


def test_a_key_goes_through_all_values_and_begins_again(profile: Profile) -> None:
    for field, choice in ALL.items():
        tuning = Tuning(profile, Settings(layout="qwerty", voice="joe"), ALL)
        before = getattr(tuning.settings, field)
        seen = []
        for _ in choice.steps:
            assert tuning.step(field)
            seen.append(getattr(tuning.settings, field))
        assert sorted(map(str, seen)) == sorted(str(value) for value, _ in choice.steps), field
        assert seen[-1] == before
        assert tuning.problem == ""


def test_every_key_of_the_settings_has_values_and_says_the_one_that_holds() -> None:
    layout = load_layout("qwerty")
    captions = Tuning(find_profile(Path()), Settings(), ALL).captions()
    found = set()
    for page in ("settings", "settings 2", "settings 3"):
        board = captioned(layout.place(1280, 800, page), captions)
        for key in board.keys:
            if key.action.startswith(ACTION):
                found.add(key.action.removeprefix(ACTION))
                name, _, value = key.label.partition(": ")
                assert name and value == captions[key.action]
    assert found == set(ALL)


def test_what_is_chosen_is_kept_and_can_be_taken_back(profile: Profile) -> None:
    tuning = Tuning(profile, load_settings(profile), ALL)
    tuning.step("theme")
    tuning.step("theme")
    tuning.step("selection_sound")
    assert load_settings(profile) == tuning.settings
    assert (tuning.settings.theme, tuning.settings.selection_sound) == ("high-contrast", "soft")
    assert tuning.take_back() and tuning.take_back()
    assert load_settings(profile).theme == "light"
    assert tuning.take_back()
    assert not tuning.take_back()
    assert load_settings(profile) == Settings()


def test_only_what_was_changed_is_written(profile: Profile) -> None:
    """What holds for this run only (a layout from the command line) is not kept."""
    tuning = Tuning(profile, Settings(layout="german", voice="joe"), ALL)
    tuning.step("theme")
    assert json.loads((profile.folder / "settings.json").read_text()) == {"theme": "light"}


def test_a_value_between_the_steps_goes_to_the_next_larger_one() -> None:
    assert ALL["dwell_factor"].after(1.7) == 2.0
    assert ALL["dwell_factor"].after(9.0) == 0.7
    assert ALL["dwell_factor"].words(1.7) == "1.7"


def test_without_a_place_to_keep_it_it_holds_for_now_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "profiles").write_text("in the way")
    profile = find_profile(tmp_path, "Ana")
    tuning = Tuning(profile, Settings(), ALL)
    try:
        tuning.step("theme")
    except OSError:
        pytest.fail("a person at the keyboard can do nothing about that")
    assert tuning.settings.theme == "light"
    assert tuning.problem


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from([*ALL, "nonsense", "back"]), max_size=12))
def test_settings_and_file_agree_whatever_is_chosen(tmp_path: Path, steps: list[str]) -> None:
    profile = find_profile(tmp_path, "Ana")
    (profile.folder / "settings.json").unlink(missing_ok=True)
    start = Settings(layout="qwerty", voice="english")
    tuning, taken = Tuning(profile, start, ALL), 0
    for step in steps:
        done = tuning.take_back() if step == "back" else tuning.step(step)
        taken += {True: -1 if step == "back" else 1, False: 0}[done]
        kept = asdict(load_settings(profile))
        for field in fields(Settings):
            now = getattr(tuning.settings, field.name)
            assert kept[field.name] in (now, "") or now == getattr(start, field.name)
    for _ in range(taken):
        assert tuning.take_back()
    assert tuning.settings == start


def test_every_layout_of_letters_has_the_settings() -> None:
    for name in shipped_layouts():
        if name != "two-zone":
            assert {"settings", "settings 2", "settings 3"} <= set(load_layout(name).pages)


def test_a_setting_that_is_none_of_the_steps_has_its_own_words() -> None:
    assert Choice("theme", (("dark", "night"),)).words("dark") == "night"


def test_the_looks_that_can_be_chosen_are_those_that_can_be_drawn() -> None:
    assert set(clinic_settings.THEMES) == set(look.THEMES)
    assert set(clinic_settings.PROGRESS) == set(look.PROGRESS)
    assert set(clinic_settings.POINTERS) == set(look.POINTERS)
    assert set(clinic_settings.CASES) == set(look.CASES)
    assert set(clinic_settings.LANGUAGES) == set(caption_languages())
    assert look_of(Settings()) == look.USUAL
    assert set(clinic_settings.MOTION) == set(look.MOTION)
    assert set(clinic_settings.PARTNER) == set(look.PARTNER)
    for field in (*LOOK, *MORE_LOOK):
        for value, _ in ALL[field].steps:
            look_of(Settings(**{field: value}))  # type: ignore[arg-type]
