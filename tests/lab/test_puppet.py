"""The rendered puppet: a face that MediaPipe finds, with eyes that go where they should."""

import dataclasses
import filecmp

import numpy as np
import pytest

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.lab.cli import main
from gazetalk.lab.person import LabError, draw_look, draw_person
from gazetalk.lab.portrait import LEFT_RING, RIGHT_RING, load_portrait
from gazetalk.lab.render import render
from gazetalk.lab.scene import Moment, build_scene
from gazetalk.tracking.face import FaceLandmarker, find_model
from gazetalk.tracking.mesh import canonical_mesh
from gazetalk.tracking.session import SessionError, read_session
from gazetalk.tracking.sources import SessionSource

pytest.importorskip("skimage", reason="the puppet's photo: pip install 'gazetalk[lab]'")
NOTHING = np.zeros(3)
IRISES = {0: 468, 1: 473}


@pytest.fixture(scope="module")
def portrait():
    return load_portrait()


@pytest.fixture(scope="module")
def landmarker():
    landmarker = FaceLandmarker(find_model())
    yield landmarker
    landmarker.close()


@pytest.fixture(scope="module")
def scene_of(portrait):
    """A scene of that seed, with fields of the person or the look replaced."""

    def make(seed, **fields):
        person, look = draw_person(seed), draw_look(seed)
        names = {field.name for field in dataclasses.fields(person)}
        about_person = {name: value for name, value in fields.items() if name in names}
        about_look = {name: value for name, value in fields.items() if name not in names}
        return build_scene(
            portrait,
            canonical_mesh(find_model()),
            dataclasses.replace(person, **about_person),
            dataclasses.replace(look, **about_look),
            DEFAULT_SCREEN,
            (640, 480),
            seed,
        )

    return make


def shot(scene, x_px=960.0, y_px=540.0, closure=0.0, moved_mm=NOTHING):
    closures = (closure, closure)
    moment = Moment(np.array([x_px, y_px]), closures, 0.0, 1.0, np.array(moved_mm), NOTHING)
    return render(scene, moment, np.random.default_rng(0))


def iris_offset(face):
    """(2,) px: the irises from the middles of their eyes' corners, both eyes' mean."""
    seen = face.landmarks[:, :2] * (640, 480)
    corners = {0: (RIGHT_RING[0], RIGHT_RING[8]), 1: (LEFT_RING[0], LEFT_RING[8])}
    return np.mean([seen[IRISES[s]] - seen[list(corners[s])].mean(axis=0) for s in (0, 1)], axis=0)


def openness(face, ring=RIGHT_RING):
    seen = face.landmarks[list(ring), :2] * (640, 480)
    gaps = [np.linalg.norm(seen[a] - seen[b]) for a, b in ((3, 13), (4, 12), (5, 11))]
    return np.mean(gaps) / np.linalg.norm(seen[0] - seen[8])


@pytest.mark.parametrize("seed", [1, 2])
def test_looking_to_the_screens_right_moves_the_irises_to_the_pictures_left(
    scene_of, landmarker, seed
):
    """The picture is unmirrored: the person's right is at its left."""
    scene = scene_of(seed)
    left, middle, right = (
        iris_offset(landmarker.find(shot(scene, x_px))) for x_px in (60.0, 960.0, 1860.0)
    )
    assert left[0] > middle[0] + 0.4
    assert right[0] < middle[0] - 0.4


def test_looking_down_moves_the_irises_down_and_narrows_the_eyes(scene_of, landmarker):
    scene = scene_of(2)
    up, down = (landmarker.find(shot(scene, y_px=y_px)) for y_px in (20.0, 1060.0))
    assert iris_offset(down)[1] > iris_offset(up)[1] + 0.2
    assert openness(down) < openness(up) - 0.02


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_eyes_are_open_and_shut_as_eyes_are(scene_of, landmarker, seed):
    scene = scene_of(seed)
    opened, shut = landmarker.find(shot(scene)), landmarker.find(shot(scene, closure=1.0))
    assert 0.22 < openness(opened) < 0.42
    assert openness(shut) < 0.12


@pytest.mark.parametrize(
    "fields",
    [
        {"glasses": True},
        {"light": 0.2},
        {"droop_mm": (0.0, 4.0)},
        {"skin": (0.1, 0.12, 0.18)},
        {"distance_mm": 900.0},
        {"distance_mm": 420.0, "hfov_deg": 75.0},
    ],
    ids=lambda fields: "-".join(fields),
)
def test_the_face_is_found_however_it_looks(scene_of, landmarker, fields):
    assert landmarker.find(shot(scene_of(4, **fields))) is not None


def test_a_drooping_lid_narrows_its_own_eye_only(scene_of, landmarker):
    face = landmarker.find(shot(scene_of(4, droop_mm=(0.0, 4.0))))
    assert openness(face, LEFT_RING) < openness(face, RIGHT_RING) - 0.05


def test_each_of_the_fields_changes_the_picture(scene_of):
    """No field of a person or a look is without effect on what the camera sees."""
    plain = shot(scene_of(5))
    changed = {
        "ipd_mm": 58.0,
        "eyeball_mm": 12.9,
        "cornea_mm": 7.2,
        "pupil_mm": 3.0,
        "limbus_mm": 5.4,
        "chamber_mm": 2.5,
        "kappa_out_deg": (1.0, 1.0),
        "lid_lower_mm": 6.0,
        "iris": (0.3, 0.1, 0.02),
        "lashes": 0.0,
        "hair": (0.9, 0.9, 0.9),
        "blur_px": 1.5,
        "read_noise": 60.0,
        "light_from_deg": (-50.0, 10.0),
        "light_colour": (0.8, 1.0, 1.2),
        "room_seed": 1,
        "glasses": True,
        "rest_deg": (8.0, 0.0, 0.0),
    }
    same = [
        name
        for name, value in changed.items()
        if (shot(scene_of(5, **{name: value})) == plain).all()
    ]
    assert same == []


def test_the_face_moves_in_the_picture_as_the_camera_says(scene_of, landmarker):
    """30 mm to the person's left at 600 mm are 30 / 600 focal lengths to the picture's right."""
    scene = scene_of(1)
    here, there = (landmarker.find(shot(scene, moved_mm=(x, 0.0, 0.0))) for x in (0.0, 30.0))
    nose = (there.landmarks[168, :2] - here.landmarks[168, :2]) * (640, 480)
    wanted = 30.0 / 590.0 * scene.lens.focal_px
    assert nose[0] == pytest.approx(wanted, rel=0.08)
    assert abs(nose[1]) < 1.0


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Render a short session; the same options give the same folder's content."""
    folder = tmp_path_factory.mktemp("puppet")
    schedule = folder / "own.csv"
    schedule.write_text(
        "start_s,end_s,x_px,y_px,phase\n0.1,0.6,200,200,calibration\n0.6,1.2,1700,900,typing\n",
        encoding="utf-8",
    )

    def make(name, *options):
        out = folder / name
        given = ["puppet", "--out", str(out), "--targets", str(schedule), "--fps", "10"]
        assert main([*given, "--size", "320x240", *options]) == 0
        return out

    return make


def frames_of(folder):
    with SessionSource(folder) as source:
        return list(source.frames())


def test_a_rendered_session_reads_back_whole(rendered):
    session = read_session(rendered("whole", "--seed", "3"))
    assert session.screen == DEFAULT_SCREEN
    assert session.camera.hfov_deg is None
    assert session.viewing_distance_mm == 600.0
    assert [target.phase for target in session.targets] == ["calibration", "typing"]
    frames = frames_of(session.folder)
    assert [frame.t_s for frame in frames] == session.times_s.tolist()
    assert len(frames) == 12
    assert frames[0].image.shape == (240, 320, 3)
    truth = np.genfromtxt(session.folder / "truth.csv", delimiter=",", names=True)
    assert truth["t_s"] == pytest.approx(session.times_s)
    assert truth["x_px"][-1] == pytest.approx(1700, abs=80)


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_processes(rendered):
    first = rendered("first", "--seed", "8", "--codec", "FFV1")
    again = rendered("again", "--seed", "8", "--codec", "FFV1", "--workers", "2")
    other = rendered("other", "--seed", "9", "--codec", "FFV1")
    for name in ("frames.csv", "targets.csv", "truth.csv", "session.json"):
        assert (first / name).read_bytes() == (again / name).read_bytes(), name
    images = [[frame.image for frame in frames_of(s)] for s in (first, again, other)]
    assert all((a == b).all() for a, b in zip(images[0], images[1], strict=True))
    assert not all((a == b).all() for a, b in zip(images[0], images[2], strict=True))
    assert not filecmp.cmp(first / "truth.csv", other / "truth.csv", shallow=False)


def test_jitter_and_lost_frames_show_in_the_times_only_as_asked(rendered):
    session = read_session(rendered("rough", "--jitter-ms", "20", "--drop", "0.3", "--tell-hfov"))
    steps = np.diff(session.times_s)
    assert (steps > 0).all()
    assert len(session.times_s) < 12
    assert steps.max() > 0.15
    assert session.camera.hfov_deg is not None


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--text", "5 o'clock"], "--text: no key types '5' (character 1); leave it out"),
        (["--light", "0"], "--light 0.0: must lie from 0.01 to 3"),
        (["--size", "640"], "--size 640: write WxH, such as 640x480"),
        (["--set", "ipd_mm"], "--set ipd_mm: write FIELD=VALUE, such as ipd_mm=66"),
        (["--set", "ipd_mm=wide"], "--set ipd_mm=wide: not numbers; write e.g. ipd_mm=65.0374"),
        (["--set", "skin=1,2"], "--set skin=1,2: needs 3 numbers"),
        (
            ["--set", "limbus_mm=9"],
            "the puppet cannot look like that: limbus_mm must be below cornea_mm and eyeball_mm",
        ),
    ],
)
def test_wrong_options_are_refused_in_one_line_and_leave_nothing(tmp_path, options, line):
    with pytest.raises(LabError) as refused:
        main(["puppet", "--out", str(tmp_path / "out"), "--seed", "3", *options])
    told = str(refused.value)
    assert told.split(" e.g.")[0] == line.split(" e.g.")[0]
    assert "\n" not in told
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SessionError, match="not empty"):
        main(["puppet", "--out", str(tmp_path)])
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
