"""Session folders: what is written comes back, and nothing malformed ever gets through."""

from __future__ import annotations

import json
import math
import pickle
import shutil
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.geometry import Screen
from gazetalk.tracking import session as session_module
from gazetalk.tracking.session import (
    RecordingError,
    Session,
    SessionError,
    SessionWriter,
    read_session,
)
from gazetalk.tracking.types import Camera, Face, Frame, Target

SCREEN = Screen(1920, 1080, 344.0, 194.0)
CAMERA = Camera(64, 48, 30.0, 60.0, (1.5, 8.0))
TARGETS = (Target(0.1, 0.9, 100.25, 200.0, "calibration"), Target(1.0, 1.5, 5.0, 6.0, "typing"))
MANY = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def picture(number: int) -> np.ndarray:
    rng = np.random.default_rng(number)
    return rng.integers(0, 255, (48, 64, 3), dtype=np.uint8)


def face(number: int) -> Face:
    rng = np.random.default_rng(number)
    return Face(rng.random((478, 3)), rng.random((4, 4)), rng.random(52))


def write(
    folder: Path, faces: bool = False, pictures: bool = True, count: int = 6, codec: str = "FFV1"
) -> Path:
    """A small session; the third frame shows no face. Times are awkward on purpose."""
    with SessionWriter(folder, SCREEN, CAMERA, 612.5, "a note", codec=codec) as writer:
        for k in range(count):
            image = picture(k) if pictures else None
            found = face(k) if faces and k != 2 else None
            writer.add(Frame(k, 0.1 + k / 29.97, image, 64, 48), found)
        for target in TARGETS:
            writer.add_target(target)
    return folder


def with_json(folder: Path, **changes: object) -> Path:
    """Change fields of session.json; a key like screen__width_px reaches inside; ... deletes."""
    path = folder / "session.json"
    record = json.loads(path.read_text())
    for key, value in changes.items():
        *outer, last = key.split("__")
        inner = record
        for name in outer:
            inner = inner[name]
        if value is ...:
            del inner[last]
        else:
            inner[last] = value
    path.write_text(json.dumps(record))
    return folder


def error_of(folder: Path) -> str:
    with pytest.raises(SessionError) as caught:
        read_session(folder)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


# ---- writing and reading back


def test_what_was_written_comes_back_exactly(tmp_path: Path) -> None:
    session = read_session(write(tmp_path / "s", faces=True))
    assert session.screen == SCREEN
    assert session.camera == CAMERA
    assert session.viewing_distance_mm == 612.5
    assert session.notes == "a note"
    assert session.created is None
    assert session.targets == TARGETS
    assert session.times_s.tolist() == [0.1 + k / 29.97 for k in range(6)]
    assert session.frame_numbers.tolist() == list(range(6))
    assert session.video is not None and session.video.name == "video.mkv"


def test_faces_come_back_in_float32_and_a_missing_one_as_none(tmp_path: Path) -> None:
    landmarks = read_session(write(tmp_path / "s", faces=True, pictures=False)).landmarks
    assert landmarks is not None
    assert landmarks.face(2) is None
    back, given_face = landmarks.face(4), face(4)
    assert back is not None
    for name in ("landmarks", "transform", "blendshapes"):
        expected = getattr(given_face, name).astype(np.float32).astype(float)
        assert np.array_equal(getattr(back, name), expected)


def test_landmarks_only_keeps_no_picture_even_when_no_face_was_found(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    with SessionWriter(folder, SCREEN, CAMERA, None, landmarks_only=True) as writer:
        writer.add(Frame(0, 0.0, picture(0), 64, 48))
    assert sorted(path.name for path in folder.iterdir()) == [
        "frames.csv",
        "landmarks.npz",
        "session.json",
        "targets.csv",
    ]
    landmarks = read_session(folder).landmarks
    assert landmarks is not None and landmarks.face(0) is None


def test_a_video_session_without_faces_has_no_landmarks_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "s")
    assert not (folder / "landmarks.npz").exists()
    assert read_session(folder).landmarks is None


def test_an_error_while_recording_leaves_nothing_behind(tmp_path: Path) -> None:
    with (
        pytest.raises(KeyError),
        SessionWriter(tmp_path / "s", SCREEN, CAMERA, None) as writer,
    ):
        writer.add(Frame(0, 0.0, picture(0), 64, 48))
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_nothing_stands_in_the_folder_before_the_end(tmp_path: Path) -> None:
    with SessionWriter(tmp_path / "s", SCREEN, CAMERA, None) as writer:
        writer.add(Frame(0, 0.0, picture(0), 64, 48))
        assert not (tmp_path / "s").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_recording_without_a_single_frame_fails_and_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(RecordingError, match="no frame came"),
        SessionWriter(tmp_path / "s", SCREEN, CAMERA, None),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_never_written_to(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "mine.txt").write_text("keep")
    with (
        pytest.raises(SessionError, match="already there and not empty"),
        SessionWriter(tmp_path / "s", SCREEN, CAMERA, None),
    ):
        pass
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["mine.txt"]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    assert read_session(write(tmp_path / "s")).folder == tmp_path / "s"


@pytest.mark.parametrize("t_s", [1.0, 0.5, math.nan, math.inf])
def test_a_time_that_does_not_rise_is_refused_while_recording(tmp_path: Path, t_s: float) -> None:
    with (
        pytest.raises(SessionError, match="must rise"),
        SessionWriter(tmp_path / "s", SCREEN, CAMERA, None) as writer,
    ):
        writer.add(Frame(0, 1.0, picture(0), 64, 48))
        writer.add(Frame(1, t_s, picture(1), 64, 48))


def test_pictures_of_two_sizes_are_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(RecordingError, match="the camera changed its size"),
        SessionWriter(tmp_path / "s", SCREEN, CAMERA, None) as writer,
    ):
        writer.add(Frame(0, 0.0, picture(0), 64, 48))
        writer.add(Frame(1, 1.0, picture(1)[:, :32], 32, 48))


def test_a_codec_that_opencv_cannot_write_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot write H264 video"):
        write(tmp_path / "s", codec="H264")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("codec", "worst"), [("FFV1", 0.0), ("MJPG", 4.0), ("mp4v", 8.0)])
def test_codecs_keep_the_picture_as_well_as_they_promise(
    tmp_path: Path, codec: str, worst: float
) -> None:
    """Smooth pictures, as a camera's are: the mean error, grey levels, stays small."""
    rng = np.random.default_rng(1)
    pictures = [
        cv2.GaussianBlur(rng.integers(0, 255, (48, 64, 3), dtype=np.uint8), (0, 0), 4)
        for _ in range(4)
    ]
    with SessionWriter(tmp_path / "s", SCREEN, CAMERA, None, codec=codec) as writer:
        for k, image in enumerate(pictures):
            writer.add(Frame(k, k / 30, image, 64, 48))
    capture = cv2.VideoCapture(str(tmp_path / "s" / "video.mkv"))
    for image in pictures:
        readable, back = capture.read()
        assert readable
        assert np.abs(back.astype(float) - image).mean() <= worst
    assert not capture.read()[0]


# ---- lenient where the contract says so


def test_unknown_keys_and_columns_are_ignored(tmp_path: Path) -> None:
    folder = with_json(write(tmp_path / "s"), colour="blue", screen__curved=True, version=1.2)
    frames = (folder / "frames.csv").read_text().splitlines()
    lines = ["light," + frames[0], *("7," + line for line in frames[1:])]
    (folder / "frames.csv").write_text("\r\n".join(lines))
    (folder / "targets.csv").write_text("phase,x_px,y_px,start_s,end_s,who\nfree,1,2,3,4,me\n")
    session = read_session(folder)
    assert session.targets == (Target(3.0, 4.0, 1.0, 2.0, "free"),)
    assert len(session.times_s) == 6


def test_what_nobody_knows_may_be_null_or_left_out(tmp_path: Path) -> None:
    folder = with_json(
        write(tmp_path / "s"),
        camera__hfov_deg=None,
        camera__offset_mm=...,
        viewing_distance_mm=None,
        created=...,
        notes=...,
    )
    session = read_session(folder)
    assert session.camera == Camera(64, 48, 30.0, None, None)
    assert session.viewing_distance_mm is None
    assert session.created is None
    assert session.notes == ""


def test_targets_are_given_in_the_order_of_their_start(tmp_path: Path) -> None:
    folder = write(tmp_path / "s")
    (folder / "targets.csv").write_text(
        "start_s,end_s,x_px,y_px,phase\n5,6,1,1,validation\n1,2,3,3,calibration\n"
    )
    assert [target.start_s for target in read_session(folder).targets] == [1.0, 5.0]


def test_frame_numbers_may_leave_pictures_out(tmp_path: Path) -> None:
    folder = write(tmp_path / "s")
    (folder / "frames.csv").write_text("frame,t_s\n1,0.5\n4,0.75\n")
    assert read_session(folder).frame_numbers.tolist() == [1, 4]


# ---- refusals: exact, one line, with what to do


@pytest.mark.parametrize("name", ["session.json", "frames.csv", "targets.csv"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "s")
    (folder / name).unlink()
    assert error_of(folder) == (f"{folder / name}: missing: correct it or record the session again")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert error_of(tmp_path / "s") == f"{tmp_path / 's'}: no such session folder: check the path"


def test_a_session_without_video_and_landmarks_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "s")
    (folder / "video.mkv").unlink()
    assert "neither a video" in error_of(folder)


@pytest.mark.parametrize("length", [0, 1, 60, 200])
def test_truncated_json_is_refused(tmp_path: Path, length: int) -> None:
    path = write(tmp_path / "s") / "session.json"
    path.write_bytes(path.read_bytes()[:length])
    assert error_of(path.parent).startswith(f"{path}: not valid JSON (")


def test_deeply_nested_json_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "s") / "session.json"
    path.write_text("[" * 100_000)
    assert error_of(path.parent).startswith(f"{path}: not valid JSON (")


def test_a_newer_major_version_is_refused_clearly(tmp_path: Path) -> None:
    folder = with_json(write(tmp_path / "s"), version=2)
    assert error_of(folder) == (
        f"{folder / 'session.json'}: version 2 is newer than this program's 1: update gazetalk"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", "1"),
        ("version", 0),
        ("version", True),
        ("screen", 5),
        ("camera", None),
        ("screen__width_px", 0),
        ("screen__width_px", 19.5),
        ("screen__width_px", True),
        ("screen__width_px", 10**400),
        ("screen__height_mm", math.nan),
        ("screen__height_mm", math.inf),
        ("screen__width_mm", -3),
        ("screen__width_mm", "344"),
        ("screen__height_px", ...),
        ("camera__fps", 0),
        ("camera__fps", ...),
        ("camera__hfov_deg", 400),
        ("camera__offset_mm", [1]),
        ("camera__offset_mm", [1, "2"]),
        ("camera__offset_mm", [1, math.nan]),
        ("viewing_distance_mm", "near"),
        ("created", 5),
        ("created", "yesterday"),
        ("notes", 5),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, field: str, value: object) -> None:
    folder = with_json(write(tmp_path / "s"), **{field: value})
    dotted = field.replace("__", ".")
    assert error_of(folder).startswith(f'{folder / "session.json"}: field "{dotted}" ')


def test_another_format_is_refused(tmp_path: Path) -> None:
    folder = with_json(write(tmp_path / "s"), format="pupil")
    assert error_of(folder).endswith(
        '"format" must be "gazetalk-session": is this a session folder?'
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1: no column frame, t_s"),
        ("frame,time\n0,1\n", "line 1: no column t_s"),
        ("frame,t_s\n", "holds no frames"),
        ("frame,t_s\n0,0.1\n1\n", "line 3: the row is cut off"),
        ("frame,t_s\n0,0.1\n1,\n", "line 3: t_s must be a number, not ''"),
        ("frame,t_s\n0,0.1\n1,nan\n", "line 3: t_s must be a number, not 'nan'"),
        ("frame,t_s\n0,inf\n", "line 2: t_s must be a number, not 'inf'"),
        ("frame,t_s\n0,0.1\n1,0.1\n", "line 3: t_s must be later than the row before (0.1)"),
        ("frame,t_s\n0,0.2\n1,0.1\n", "line 3: t_s must be later than the row before (0.2)"),
        ("frame,t_s\n0,0.1\n0,0.2\n", "line 3: frame must be higher than the row before (0)"),
        ("frame,t_s\n-1,0.1\n", "line 2: frame must be a whole number from 0, not '-1'"),
        ("frame,t_s\n0.5,0.1\n", "line 2: frame must be a whole number from 0, not '0.5'"),
        ("frame,t_s\n99999999999,0.1\n", "line 2: frame must be a whole number from 0"),
    ],
)
def test_a_wrong_row_of_frames_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    path = write(tmp_path / "s") / "frames.csv"
    path.write_text(text)
    message = error_of(path.parent)
    assert message.startswith(str(path))
    assert complaint in message


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("1,2,3,4,resting", "phase must be one of calibration, validation, typing, free"),
        ("2,1,3,4,free", "end_s must be later than start_s"),
        ("1,2,x,4,free", "x_px must be a number, not 'x'"),
        ("1,2,3,nan,free", "y_px must be a number"),
        ("1,2,3,4", "the row is cut off"),
    ],
)
def test_a_wrong_target_is_named(tmp_path: Path, row: str, complaint: str) -> None:
    path = write(tmp_path / "s") / "targets.csv"
    path.write_text(f"start_s,end_s,x_px,y_px,phase\n0,1,5,5,free\n{row}\n")
    message = error_of(path.parent)
    assert message.startswith(f"{path}, line 3: ")
    assert complaint in message


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "s") / "targets.csv"
    path.write_bytes(b"start_s,\xff\xfe\n")
    assert "not UTF-8 text (byte 8)" in error_of(path.parent)


def test_fewer_pictures_than_rows_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "s") / "frames.csv"
    path.write_text(path.read_text() + "6,5.0\n")
    assert "video.mkv: holds 6 pictures, frames.csv names 7" in error_of(path.parent)


def test_a_video_cut_off_in_the_middle_is_noticed_without_decoding_it(tmp_path: Path) -> None:
    path = write(tmp_path / "s", count=30) / "video.mkv"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "frames.csv names 30" in error_of(path.parent)


@pytest.mark.parametrize("content", [b"", b"not a video at all" * 100])
def test_a_video_that_is_none_is_refused_quietly(
    tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "s") / "video.mkv"
    path.write_bytes(content)
    assert "video.mkv: not a readable video" in error_of(path.parent)
    assert capfd.readouterr().err == ""


def test_landmarks_of_another_length_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "s", faces=True, pictures=False) / "frames.csv"
    path.write_text(path.read_text() + "6,5.0\n")
    assert "array t_s is float64 (6,), must be floating point (7,)" in error_of(path.parent)


def test_landmarks_of_other_times_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "s", faces=True, pictures=False) / "frames.csv"
    path.write_text("frame,t_s\n" + "".join(f"{k},{k}\n" for k in range(6)))
    assert "array t_s differs from frames.csv" in error_of(path.parent)


def test_pickled_landmarks_are_refused_and_never_run(tmp_path: Path) -> None:
    """An object array would run code when unpickled: it must not even be looked at."""
    ran = tmp_path / "ran"

    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return ran.touch, ()

    path = write(tmp_path / "s", faces=True, pictures=False) / "landmarks.npz"
    with np.load(path) as file:
        arrays = dict(file)
    trap = np.array([Trap()] * 6, dtype=object)
    for content in ({**arrays, "landmarks": trap}, {**arrays, "t_s": trap}):
        np.savez(path, allow_pickle=True, **content)
        assert "landmarks.npz" in error_of(path.parent)
    path.write_bytes(pickle.dumps(Trap()))
    assert "damaged, or not plain arrays" in error_of(path.parent)
    assert not ran.exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_truncated_landmarks_are_refused(tmp_path: Path, share: float) -> None:
    path = write(tmp_path / "s", faces=True, pictures=False) / "landmarks.npz"
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    assert "damaged, or not plain arrays" in error_of(path.parent)


def test_damage_inside_an_array_is_found_when_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "s", faces=True, pictures=False, count=40) / "landmarks.npz"
    with zipfile.ZipFile(path) as file:
        start = file.getinfo("landmarks.npy").header_offset
    content = bytearray(path.read_bytes())
    content[start + 50_000 : start + 50_200] = bytes(200)
    path.write_bytes(content)
    landmarks = read_session(path.parent).landmarks
    assert landmarks is not None
    with pytest.raises(SessionError, match="damaged"):
        landmarks.face(0)


def test_a_disk_that_fills_up_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenCV is silent about pictures it could not write: a missing one must be noticed."""
    monkeypatch.setattr(session_module, "count_pictures", lambda path: 3)
    with pytest.raises(RecordingError, match="the video is incomplete"):
        write(tmp_path / "s")
    assert list(tmp_path.iterdir()) == []


# ---- garbled files: a SessionError or a valid Session, nothing else

SNIPPETS = st.sampled_from(
    [b"nan", b"-1", b"1e999", b'"', b",", b"\n", b"\x00", b"\xff", b"{", b"]", b"null", b"9" * 5000]
)


@st.composite
def damage(draw: st.DrawFn) -> tuple[float, float, bytes]:
    """Where to cut, where to go on (shares of the file), and what to put between."""
    start, end = sorted((draw(st.floats(0, 1)), draw(st.floats(0, 1))))
    return start, end, draw(st.one_of(SNIPPETS, st.binary(max_size=20)))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("whole") / "s", faces=True, pictures=False)


@pytest.mark.parametrize("name", ["session.json", "frames.csv", "targets.csv", "landmarks.npz"])
@given(damage=damage())
@MANY
def test_garbled_files_give_a_session_error_or_a_valid_session(
    whole: Path, tmp_path: Path, name: str, damage: tuple[float, float, bytes]
) -> None:
    folder = tmp_path / "s"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole, folder)
    content = (folder / name).read_bytes()
    start, end, between = damage
    (folder / name).write_bytes(
        content[: int(start * len(content))] + between + content[int(end * len(content)) :]
    )
    try:
        session = read_session(folder)
        assert session.landmarks is not None
        session.landmarks.face(0)
    except SessionError as error:
        assert len(str(error).splitlines()) == 1
        return
    assert_valid(session)


def assert_valid(session: Session) -> None:
    assert len(session.times_s) == len(session.frame_numbers) > 0
    assert np.isfinite(session.times_s).all()
    assert (np.diff(session.times_s) > 0).all()
    assert (np.diff(session.frame_numbers) > 0).all()
    for target in session.targets:
        assert target.start_s < target.end_s
        assert math.isfinite(target.x_px) and math.isfinite(target.y_px)
    assert session.screen.width_px > 0 and session.camera.fps > 0
