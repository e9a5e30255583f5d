"""Real faces in real clips: found where they are, not found where nobody is, lost and back."""

import json
from pathlib import Path

import pytest

from gazetalk.cli import main
from gazetalk.tracking.face import FaceLandmarker, ModelError, find_model
from gazetalk.tracking.session import read_session


def seen(clip: Path, tmp_path: Path) -> list[bool]:
    """For each frame of a clip, whether the landmarks-only recording of it has a face."""
    out = tmp_path / "session"
    main(["record", str(out), "--landmarks-only", "--source", f"video:{clip}"])
    session = read_session(out)
    assert session.video is None
    assert json.loads((out / "session.json").read_text())["version"] == 1
    assert session.landmarks is not None
    return [session.landmarks.face(row) is not None for row in range(len(session.times_s))]


@pytest.mark.parametrize("name", ["WolfgangLanger_Pexels.mp4", "single_face.mp4"])
def test_one_person_is_found_nearly_always(faces: Path, tmp_path: Path, name: str) -> None:
    found = seen(faces / name, tmp_path)
    assert sum(found) >= 0.98 * len(found)


def test_nobody_is_never_found(faces: Path, tmp_path: Path) -> None:
    found = seen(faces / "no_face.mp4", tmp_path)
    assert len(found) > 90
    assert not any(found)


def test_a_face_that_leaves_is_told(
    faces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = seen(faces / "face_noface.mov", tmp_path)
    assert found[0]
    assert not found[-1]
    assert "face lost at" in capsys.readouterr().out


def test_a_face_that_comes_is_found(faces: Path, tmp_path: Path) -> None:
    found = seen(faces / "noface_face.mov", tmp_path)
    assert not found[0]
    assert sum(found[-40:]) >= 38


def test_the_model_is_checked(tmp_path: Path) -> None:
    fake = tmp_path / "face_landmarker.task"
    fake.write_bytes(b"something else")
    with pytest.raises(ModelError, match="checksum"):
        find_model(fake)
    with pytest.raises(ModelError, match="not found"):
        find_model(tmp_path / "nothing.task")


def test_mediapipe_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    landmarker = FaceLandmarker(find_model())
    landmarker.close()
    assert capfd.readouterr().err == ""
