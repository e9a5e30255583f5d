"""Settings are read from whatever lies in the file, or refused with one clear line."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.cli import main
from gazetalk.clinic.pacing import save_pace
from gazetalk.clinic.profile import Profile, find_profile
from gazetalk.clinic.settings import (
    Settings,
    SettingsError,
    change_setting,
    load_settings,
    settings_lines,
)
from gazetalk.keyboard.dwell import DwellTimes
from gazetalk.writing import open_pace

AS_USUAL = [
    *("drift_correction=on", "learning=on", "rechecks=on", "mending=on"),
    *("llm=on", "dwell_adapts=on"),
    *("dwell_shortest_s=0.3", "dwell_longest_s=1.2", "dwell_factor=1", "screen_width_mm=0"),
    *("camera=", "layout=", "voice="),
    *("voice_speed=1", "selection_sound=off", "theme=dark", "text_scale=1", "letter_case=upper"),
    *("progress=fill", "pointer=shown", "screen_language=en", "partner=off"),
    *("partner_private=off", "motion=full", "language_log=off"),
]


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    profile = find_profile(tmp_path, "Ana")
    profile.create()
    return profile


def written(profile: Profile) -> Path:
    return profile.folder / "settings.json"


def test_without_a_file_everything_is_as_usual(profile: Profile) -> None:
    assert load_settings(profile) == Settings()
    assert settings_lines(Settings()) == AS_USUAL
    assert not written(profile).exists()


def test_a_change_lasts_and_keeps_what_the_file_holds_besides(profile: Profile) -> None:
    written(profile).write_text('{"of_a_later_version": [1, 2], "drift_correction": true}')
    assert change_setting(profile, "drift_correction=off") == Settings(drift_correction=False)
    assert load_settings(profile) == Settings(drift_correction=False)
    assert json.loads(written(profile).read_text())["of_a_later_version"] == [1, 2]
    assert change_setting(profile, " drift_correction = Yes ").drift_correction


@pytest.mark.parametrize("assignment", ["drift_correction", "drift=on", "=", "drift_correction=2"])
def test_what_is_no_setting_is_refused_and_changes_nothing(
    profile: Profile, assignment: str
) -> None:
    with pytest.raises(SettingsError, match="on or off"):
        change_setting(profile, assignment)
    assert not written(profile).exists()


def test_a_bad_value_is_refused_and_set_right_by_a_change(profile: Profile) -> None:
    written(profile).write_text('{"drift_correction": 1}')
    with pytest.raises(SettingsError, match=r"settings\.json: drift_correction .*correct"):
        load_settings(profile)
    change_setting(profile, "drift_correction=off")
    assert load_settings(profile) == Settings(drift_correction=False)


@pytest.mark.parametrize("content", ["[]", "{", "\x00", '"on"'])
def test_a_bad_file_is_named_with_what_to_do(profile: Profile, content: str) -> None:
    written(profile).write_text(content)
    for use in (load_settings, lambda profile: change_setting(profile, "drift_correction=on")):
        with pytest.raises(SettingsError, match=r"settings\.json: .*correct") as refused:
            use(profile)
        assert "\n" not in str(refused.value)
    assert written(profile).read_text() == content


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=5,
)


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)
@given(
    st.binary(max_size=40)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(st.just("drift_correction") | st.text(), json_values).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_any_content_gives_settings_or_one_line(profile: Profile, content: bytes) -> None:
    written(profile).write_bytes(content)
    try:
        loaded = load_settings(profile)
    except SettingsError as error:
        assert "settings.json" in str(error)
        assert "\n" not in str(error)
    else:
        assert isinstance(loaded.drift_correction, bool)


def test_the_command_changes_a_setting_and_shows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    find_profile(tmp_path, "Ana").create()
    where = ["--data-dir", str(tmp_path)]
    assert main(["profile", "set", "Ana", "drift_correction=off", *where]) == 0
    assert capsys.readouterr().out.splitlines() == ["drift_correction=off", *AS_USUAL[1:]]
    assert main(["profile", "show", "Ana", *where]) == 0
    assert "drift_correction=off\nlearning=on\nrechecks=on\nmending=on\n" in capsys.readouterr().out
    assert main(["profile", "set", "--profile", "Ana", "drift_correction=on", *where]) == 0
    assert main(["profile", "set", "Ana", "nonsense", *where]) == 2
    assert main(["profile", "set", "Bo", "drift_correction=on", *where]) == 2


def test_a_bad_file_stops_talking_before_it_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = find_profile(tmp_path)
    profile.create()
    written(profile).write_text('{"drift_correction": "sometimes"}')
    call = ["talk", "--headless", "--source", "camera", "--data-dir", str(tmp_path)]
    assert main(call) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "drift_correction must be true or false" in line


def test_dwell_times_are_set_within_their_range_only(profile: Profile) -> None:
    """Up to ten times the default; a range that ends before it begins is none."""
    assert change_setting(profile, "dwell_factor=10").dwell_factor == 10
    assert change_setting(profile, "dwell_longest_s=0.9").dwell_longest_s == 0.9
    for bad in ("dwell_factor=10.5", "dwell_factor=nan", "dwell_factor=slow"):
        with pytest.raises(SettingsError, match=r"dwell_factor must be a number from 0.3 to 10"):
            change_setting(profile, bad)
    with pytest.raises(SettingsError, match="dwell_shortest_s must not be longer"):
        change_setting(profile, "dwell_shortest_s=1")
    assert load_settings(profile) == Settings(dwell_factor=10, dwell_longest_s=0.9)


def test_a_pace_is_kept_for_the_next_session_or_learned_anew(profile: Profile) -> None:
    assert open_pace(profile, Settings())[0].times == DwellTimes()
    save_pace(profile, {"letter_s": 0.5, "action_s": 0.9})
    pace, problem = open_pace(profile, Settings(dwell_factor=2))
    assert (pace.times, problem) == (DwellTimes(0.5, 0.9, factor=2), "")
    assert open_pace(profile, Settings(dwell_adapts=False))[0].times == DwellTimes()
    file = profile.folder / "dwell.json"
    assert file.stat().st_mode & 0o077 == 0
    for content in ("{", "[]", '{"letter_s": "fast"}', '{"letter_s": NaN}'):
        file.write_text(content)
        pace, problem = open_pace(profile, Settings())
        assert pace.times == DwellTimes()
        assert "dwell.json" in problem
        assert "anew" in problem


def test_a_layout_is_set_by_its_name_and_used_where_none_is_named(profile: Profile) -> None:
    assert change_setting(profile, "layout=two-zone").layout == "two-zone"
    for bad in ("layout=../words", "layout=I love you", f"layout={'a' * 41}"):
        with pytest.raises(SettingsError, match="layout must be a layout such as words"):
            change_setting(profile, bad)
    assert load_settings(profile).layout == "two-zone"
