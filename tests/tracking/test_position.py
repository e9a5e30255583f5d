"""Position and light: the right words when something is amiss, and none when nothing is."""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.cli import main
from gazetalk.commands import position as command
from gazetalk.lab.person import draw_look, draw_person
from gazetalk.lab.portrait import load_portrait
from gazetalk.lab.puppet import Recipe, frame_of
from gazetalk.lab.scene import build_scene
from gazetalk.paths import shipped
from gazetalk.tracking import advice
from gazetalk.tracking.brightness import measure_brightness
from gazetalk.tracking.eyes import EyeReader, Eyes
from gazetalk.tracking.face import FaceLandmarker, find_model
from gazetalk.tracking.mesh import canonical_mesh
from gazetalk.tracking.position import (
    LASTING_S,
    TOLD_S,
    Lasting,
    Level,
    Limits,
    State,
    first_words,
    judge,
    states_of,
)
from gazetalk.tracking.sight import Sight, see
from gazetalk.tracking.sources import SourceError
from gazetalk.tracking.types import Face, Frame, Image, Target

LookAt = Callable[..., Eyes]
NAMES = ["face", "distance", "centring", "head angle"]
NAMES += ["light", "glare", "sharpness", "frame rate"]
BLANK = Face(np.full((478, 3), 0.5), np.eye(4), np.zeros(52))


def frame(t_s: float, image: Image | None = None) -> Frame:
    return Frame(round(30 * t_s), t_s, image, 640, 480)


def named(states: tuple[State, ...], name: str) -> State:
    return next(state for state in states if state.name == name)


def watched(
    look: LookAt, seconds: float = 2.0, fps: float = 30.0, **pose: object
) -> tuple[State, ...]:
    """What is said after watching somebody sit like that."""
    watch = advice.watch(hfov_known=True)
    for t_s in np.arange(0, seconds, 1 / fps):
        watch.take(frame(t_s), BLANK, look(960, 540, t_s, **pose))
    return watch.states


# --- judging -------------------------------------------------------------------------------------


@given(
    st.lists(st.floats(-100, 100), min_size=1, max_size=30),
    st.floats(0, 10),
)
def test_a_level_changes_only_beyond_its_slack(values: list[float], slack: float) -> None:
    limits = Limits(slack, -50, -20, 20, 50)
    firm = Limits(0.0, -50, -20, 20, 50)
    told = None
    for value in values:
        level = limits.level(value, told)
        if told is not None and level is not told:
            assert told not in {firm.level(value + step) for step in (-slack, 0.0, slack)}
            assert level is firm.level(value)
        told = level


def test_a_value_that_trembles_about_a_limit_changes_no_words() -> None:
    limits = Limits(slack=2.0, fair_above=77.0)
    level = limits.level(76.0)
    for value in (78.0, 76.5, 78.9, 75.0):
        level = limits.level(value, level)
        assert level is Level.GOOD
    assert limits.level(79.5, level) is Level.FAIR
    assert limits.level(76.0, Level.FAIR) is Level.FAIR


def test_of_several_findings_the_worst_is_told() -> None:
    sight = Sight(0.0, True, distance_mm=1200.0, turned_deg=20.0, down_deg=0.0, tilted_deg=50.0)
    states = states_of(judge(advice.checks(True), [sight]))
    assert [state.name for state in states] == NAMES
    assert named(states, "head angle").words.startswith(
        "the head is tilted 50 degrees to their left"
    )
    assert first_words(states) == "too far: 120 cm, come to 50-65"


def test_what_was_not_measured_has_no_level_and_no_words() -> None:
    states = states_of(judge(advice.checks(True), [Sight(0.0, True)]))
    assert {state.name for state in states if state.level is not None} == {"face"}
    assert first_words(states) == ""
    assert named(states, "light").measured == "not measured"


# --- watching ------------------------------------------------------------------------------------


def test_somebody_who_sits_well_is_told_nothing(look: LookAt) -> None:
    states = watched(look, seconds=3.0)
    assert not any(state.words for state in states)
    assert named(states, "distance").level is Level.GOOD
    assert named(states, "frame rate").value == pytest.approx(30, abs=0.5)


@pytest.mark.parametrize(
    ("pose", "words"),
    [
        ({"place_mm": (0, 30, 960)}, "too far: 94 cm, come to 50-65"),
        ({"place_mm": (0, 30, 380)}, "too near: 36 cm, come to 50-65"),
        ({"turn_deg": (0, 22, 0)}, "to their right: put the laptop"),
        ({"turn_deg": (0, -22, 0)}, "to their left: put the laptop"),
        ({"turn_deg": (-25, 0, 0)}, "up past the camera: raise"),
        ({"turn_deg": (25, 0, 0)}, "down past the camera: lower"),
        ({"turn_deg": (0, 0, 32)}, "tilted 32 degrees to their left"),
    ],
)
def test_each_amiss_pose_has_its_own_words(look: LookAt, pose: dict, words: str) -> None:
    pose = {"place_mm": (0, 30, 600), **pose}
    said = [state.words for state in watched(look, **pose) if state.words]
    assert len(said) == 1
    assert words in said[0]


@pytest.mark.parametrize(
    ("fps", "level"), [(10.0, Level.FAIR), (6.0, Level.BAD), (20.0, Level.GOOD)]
)
def test_a_slow_camera_is_told(look: LookAt, fps: float, level: Level) -> None:
    state = named(watched(look, seconds=3.0, fps=fps), "frame rate")
    assert state.level is level
    assert (f"gives {fps:.0f} pictures a second" in state.words) == (level is not Level.GOOD)


def test_frames_that_are_lost_count_as_a_slow_camera(look: LookAt) -> None:
    watch = advice.watch(hfov_known=True)
    for number in range(120):
        if number % 3 == 0:
            watch.take(frame(number / 30), BLANK, look(960, 540, number / 30))
    assert named(watch.states, "frame rate").value == pytest.approx(10, abs=0.5)


def test_one_wild_frame_changes_no_words(look: LookAt) -> None:
    watch = advice.watch(hfov_known=True)
    said = set()
    for number in range(60):
        place = (0, 100, 2000) if number == 30 else (0, 100, 600)
        eyes = look(960, 540, number / 30, place_mm=place)
        said |= {state.words for state in watch.take(frame(number / 30), BLANK, eyes)}
    assert said == {""}


def test_a_lost_face_is_told_and_nothing_else(look: LookAt) -> None:
    watch = advice.watch(hfov_known=True)
    for number in range(120):
        t_s = number / 30
        eyes = look(960, 540, t_s) if number < 60 else None
        watch.take(frame(t_s), BLANK if eyes else None, eyes)
    assert named(watch.states, "face").level is Level.BAD
    assert "not seen" in first_words(watch.states)
    assert {s.name for s in watch.states if s.level is not None} == {"face", "frame rate"}


def test_what_is_taken_for_a_face_for_a_moment_is_given_no_advice(look: LookAt) -> None:
    watch = advice.watch(hfov_known=True)
    said = set()
    for number in range(120):
        t_s = number / 30
        eyes = look(960, 540, t_s, place_mm=(0, 100, 1500)) if 60 < number < 66 else None
        said |= {s.words for s in watch.take(frame(t_s), BLANK if eyes else None, eyes)}
    assert not any("too far" in words for words in said)


# --- light ---------------------------------------------------------------------------------------


def drawn(
    skin: int = 150, behind: int = 120, left: int | None = None, eyes: tuple[int, int] = (40, 200)
) -> tuple[Image, Face]:
    """A face of one brightness with dark and bright eyes; `left` is its own left half's."""
    image = np.full((480, 640, 3), behind, np.uint8)
    rng = np.random.default_rng(1)
    points = np.column_stack([rng.uniform(250, 390, 478), rng.uniform(150, 330, 478)])
    points[[168, 6, 197, 195, 5, 4, 1], 0] = 320
    points[[33, 133, 263, 362]] = (265, 220), (295, 220), (375, 220), (345, 220)
    cv2.rectangle(image, (250, 150), (390, 330), (skin,) * 3, -1)
    if left is not None:
        cv2.rectangle(image, (320, 150), (390, 330), (left,) * 3, -1)
    for x in (280, 360):
        cv2.ellipse(image, (x, 220), (13, 6), 0, 0, 360, (eyes[1],) * 3, -1)
        cv2.circle(image, (x, 220), 5, (eyes[0],) * 3, -1)
    return image, Face(
        np.column_stack([points / (640, 480), np.zeros(478)]), np.eye(4), np.zeros(52)
    )


def test_brightness_is_what_was_drawn() -> None:
    light = measure_brightness(*drawn(skin=128, behind=200))
    assert light is not None
    assert light.face == pytest.approx(128 / 255, abs=0.01)
    assert light.behind == pytest.approx((201 / 129) ** 2.2, rel=0.02)
    assert light.right_left == pytest.approx(1.0)
    assert light.contrast == pytest.approx((200 - 40) / 255, abs=0.05)
    assert (light.white, light.glare) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("drawing", "name", "words"),
    [
        ({"skin": 40, "eyes": (30, 55), "behind": 40}, "light", "too dark"),
        ({"skin": 255, "behind": 200}, "light", "too bright"),
        ({"skin": 60, "behind": 250}, "light", "background is"),
        ({"skin": 180, "left": 60}, "light", "right cheek"),
        ({"skin": 60, "left": 180}, "light", "left cheek"),
        ({"eyes": (40, 255)}, "glare", "shines white"),
        ({"skin": 150, "eyes": (120, 160)}, "sharpness", "blurred"),
    ],
)
def test_each_amiss_light_has_its_own_words(drawing: dict, name: str, words: str) -> None:
    image, face = drawn(**drawing)
    sight = replace(
        see(frame(0.0), None, None), face_seen=True, light=measure_brightness(image, face)
    )
    said = {s.name: s.words for s in states_of(judge(advice.checks(True), [sight])) if s.words}
    assert list(said) == [name]
    assert words in said[name]


def test_a_face_outside_of_the_picture_has_no_brightness() -> None:
    image, face = drawn()
    assert measure_brightness(image, replace(face, landmarks=face.landmarks + 1.0)) is None
    assert measure_brightness(image, replace(face, landmarks=face.landmarks * np.nan)) is None


# --- puppets, whose truth is known ---------------------------------------------------------------


@pytest.fixture(scope="module")
def said_of() -> Iterator[Callable[..., dict[str, str]]]:
    """What is said of a puppet with these fields of Look, its camera's field of view known."""
    model = find_model()
    landmarker, mesh, portrait = FaceLandmarker(model), canonical_mesh(model), load_portrait(model)

    def said(seed: int, **fields: object) -> dict[str, str]:
        look = replace(draw_look(seed), **fields)  # type: ignore[arg-type]
        ahead = (Target(0.0, 1.0, 960, 300, "free"),)
        recipe = Recipe(seed, ahead, draw_person(seed), look)
        scene = build_scene(
            portrait, mesh, recipe.person, look, recipe.screen, recipe.size_px, seed
        )
        image = frame_of(scene, recipe.behaviour(), 20, seed)
        face = landmarker.find(image)
        seen = frame(0.0, image)
        eyes = EyeReader(mesh, look.hfov_deg).read(seen, face) if face else None
        states = states_of(judge(advice.checks(True), [see(seen, face, eyes, 30.0)]))
        return {state.name: state.words for state in states if state.words}

    yield said
    landmarker.close()


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({}, "", ""),
        ({"distance_mm": 450.0}, "", ""),
        ({"distance_mm": 820.0}, "distance", "too far: 8"),
        ({"light": 0.33}, "", ""),
        ({"light": 0.1}, "light", "too dark"),
        ({"glasses": True}, "", ""),
        ({"rest_deg": (22.0, 0.0, 0.0)}, "head angle", "to their left"),
        ({"rest_deg": (-22.0, 0.0, 0.0)}, "head angle", "to their right"),
        ({"place_mm": (0.0, 215.0)}, "centring", "too low"),
        ({"blur_px": 3.0}, "sharpness", "blurred"),
    ],
)
def test_a_puppet_is_told_what_is_amiss_and_only_that(
    said_of: Callable[..., dict[str, str]], fields: dict, name: str, words: str
) -> None:
    # Person 402 was measured with others, none of whom the limits were chosen by.
    said = said_of(402, **fields)
    assert list(said) == ([name] if name else [])
    assert words in said.get(name, "")


# --- the command ---------------------------------------------------------------------------------


def test_the_command_tells_the_states_a_line_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "position.json"
    session = f"session:{shipped('calibration') / 'demo'}"
    assert main(["position", "--source", session, "--seconds", "1", "--json", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    told = json.loads(out.read_text())["states"]
    assert [state["name"] for state in told] == NAMES
    assert all(line.startswith(name) for line, name in zip(lines, NAMES, strict=True))
    assert told[1]["level"] == "good"


@pytest.mark.parametrize(("source", "seconds"), [("mouse", 4.0), ("session:x", 0.0)])
def test_the_command_refuses_what_it_cannot_watch(source: str, seconds: float) -> None:
    args = argparse.Namespace(source=source, seconds=seconds, json=None)
    with pytest.raises(SourceError):
        command.run(args)


def test_in_passing_only_what_lasts_is_told_and_not_for_ever() -> None:
    """However the measured value in the words changes meanwhile."""
    lasting = Lasting()
    told = [
        bool(lasting.take(t, (State("distance", Level.FAIR, t, "cm", f"too far: {t} cm"),)))
        for t in range(60)
    ]
    assert told == [LASTING_S <= t < LASTING_S + TOLD_S for t in range(60)]
    assert lasting.take(60.0, (State("distance", Level.GOOD, 60.0, "cm"),)) == ""
    blinking = [
        lasting.take(60.0 + t, (State("light", (Level.FAIR, Level.GOOD)[t % 4 == 3], 1, "%", "x"),))
        for t in range(40)
    ]
    assert not any(blinking)
