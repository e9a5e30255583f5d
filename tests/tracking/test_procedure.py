"""Procedures are data that people write: every mistake in one is told in one line."""

import tomllib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.paths import shipped
from gazetalk.tracking.fitting import CalibrationError
from gazetalk.tracking.procedure import FIELDS, load_procedure
from gazetalk.tracking.resume import POINTS

SHIPPED = sorted(shipped("calibration").glob("*.toml"))
TIMES = "first_s=1\ntarget_s=2\ndiscard_s=0.7\n"
CORNERS = "calibration=[[0,0],[0,1],[1,0],[1,1]]\n"
GOOD = TIMES + CORNERS + "validation=[[0.5,0.5]]\n"


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"own\.toml") as caught:
        load_procedure(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_shipped() -> None:
    procedures = {path.stem: load_procedure(path) for path in SHIPPED}
    counts = {name: len(procedure.calibration) for name, procedure in procedures.items()}
    assert counts == {"quick": 5, "standard": 9, "slow": 5, "thorough": 21}
    assert all(name == procedure.name for name, procedure in procedures.items())
    assert all(len(procedure.validation) >= 3 for procedure in procedures.values())
    moved = [point.words for point in procedures["thorough"].calibration if point.words]
    assert len(moved) == 4
    assert procedures["slow"].size > 2
    assert procedures["slow"].discard_s > 2 * procedures["standard"].discard_s


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_check_asks_for_points_that_no_calibration_asks_for(path: Path) -> None:
    assert not {(p.x, p.y) for p in load_procedure(path).calibration} & set(POINTS)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_targets_follow_one_another_with_time_for_words(path: Path) -> None:
    procedure = load_procedure(path)
    targets = procedure.schedule(DEFAULT_SCREEN, 10.0)
    points = (*procedure.calibration, *procedure.validation)
    assert targets[0].start_s == pytest.approx(10.0 + procedure.first_s)
    for target, point in zip(targets, points, strict=True):
        assert target.end_s - target.start_s == pytest.approx(procedure.target_s)
        assert (target.x_px, target.y_px) == (point.x * 1920, point.y * 1080)
    for before, after, point in zip(targets, targets[1:], points[1:], strict=False):
        assert after.start_s - before.end_s == pytest.approx(point.wait_s, abs=1e-9)
    phases = [target.phase for target in targets]
    assert phases == sorted(phases)  # calibration before validation


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("= 3", "cannot read"),
        (GOOD.replace("first_s=1", "first_s='soon'"), "first_s"),
        (GOOD.replace("first_s=1", "first_s=true"), "first_s"),
        (GOOD.replace("first_s=1", "first_s=nan"), "first_s"),
        (GOOD.replace("target_s=2", "target_s=0.8"), "discard_s"),
        (GOOD.replace("[0,0],", ""), "at least 4"),
        (GOOD.replace("[0,0]", "[0,1]"), "twice"),
        (GOOD.replace("[0,0]", "[0]"), "point 1"),
        (GOOD.replace("[0,0]", "[0,1.5]"), "point 1"),
        (GOOD.replace("[0,0]", "'middle'"), "point 1"),
        (GOOD.replace("[0,0]", "{at=[0,0], words='closer'}"), "wait_s"),
        (GOOD.replace("[0,0]", "{at=[0,0], wait_s=-1}"), "wait_s"),
        (GOOD.replace("[0,0]", "{at=[0,0], word='closer'}"), "'word'"),
        (GOOD.replace("[[0,0],[0,1],[1,0],[1,1]]", "[[0,0],[0.3,0],[0.6,0],[1,0]]"), "spread"),
        (GOOD.replace("[[0.5,0.5]]", "[[0,0]]"), "other points"),
        (GOOD.replace("validation=[[0.5,0.5]]", ""), "validation"),
        (GOOD + "steped=true", "'steped'"),
        (GOOD + "stepped='yes'", "stepped"),
        (GOOD + "size=0", "size"),
        (GOOD + "title=3", "title"),
        (GOOD + 'name="a\\nb"', "name"),
        (GOOD + "pictures='cat.png'", "pictures"),
        (GOOD + "pictures=['cat.png']", "cat.png"),
        (GOOD + 'pictures=["a\\u0000b"]', "pictures"),
        (GOOD + "pictures=['.']", "pictures"),
    ],
)
def test_a_broken_procedure_is_refused_in_one_line(tmp_path: Path, text: str, named: str) -> None:
    assert named in refused(tmp_path, text)


def test_pictures_are_found_beside_the_file_and_must_be_pictures(tmp_path: Path) -> None:
    (tmp_path / "cat.txt").write_text("meow")
    assert "cat.txt" in refused(tmp_path, GOOD + "pictures=['cat.txt']")
    cv2.imwrite(str(tmp_path / "cat.png"), np.full((20, 30, 3), 128, np.uint8))
    (tmp_path / "own.toml").write_text(GOOD + "pictures=['cat.png']\nstepped=true\nsize=2")
    procedure = load_procedure(tmp_path / "own.toml")
    assert procedure.pictures == (tmp_path / "cat.png",)
    assert procedure.stepped
    assert procedure.size == 2.0


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match=r"none\.toml"):
        load_procedure(tmp_path / "none.toml")


scalars: st.SearchStrategy[Any] = st.one_of(
    st.booleans(), st.integers(-5, 70), st.floats(-1, 70), st.text("ab é\n", max_size=4)
)
points = st.lists(st.floats(-0.2, 1.2) | st.integers(0, 1), min_size=1, max_size=3)
tables = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS, scalars),
        "calibration": st.lists(points | st.fixed_dictionaries({"at": points}), max_size=6),
        "validation": st.lists(points, max_size=3),
        "other": scalars,
    },
)


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\n", "\\n") + '"'
    return repr(value)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=tables)
def test_any_table_is_a_procedure_or_one_line(tmp_path: Path, table: dict[str, Any]) -> None:
    text = "\n".join(f"{key} = {toml(value)}" for key, value in table.items())
    tomllib.loads(text)  # the test writes TOML
    path = tmp_path / "any.toml"
    path.write_text(text, encoding="utf-8")
    try:
        procedure = load_procedure(path)
    except CalibrationError as error:
        assert str(error).startswith(f"{path}: ")
        assert "\n" not in str(error)
    else:
        assert procedure.schedule(DEFAULT_SCREEN)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(content)
    with pytest.raises(CalibrationError) as caught:
        load_procedure(path)
    assert "\n" not in str(caught.value)
