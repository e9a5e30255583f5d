"""Wrong input to each command: one clear line, exit code 2 (or 1 when it ran and failed)."""

import json
import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from gazetalk.cli import main
from gazetalk.paths import shipped
from gazetalk.system_libraries import explain_import_error

DEMO = shipped("calibration") / "demo"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAZETALK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GAZETALK_TRACEBACK", raising=False)
    return tmp_path / "home"


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path / "session"))


@pytest.fixture
def empty_video(tmp_path: Path) -> Path:
    """A second of grey: a good video without a face."""
    path = tmp_path / "grey.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (160, 120))
    for _ in range(10):
        writer.write(np.full((120, 160, 3), 128, np.uint8))
    writer.release()
    return path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 2) -> str:
    """The one line of a call that must fail."""
    assert main(list(arguments)) == code
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("gazetalk: ")
    assert "Traceback" not in lines[0]
    return lines[0]


@pytest.mark.parametrize("command", ["replay", "talk", "record", "calibrate"])
def test_a_missing_session_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    nowhere = tmp_path / "nowhere"
    calls = {
        "replay": ["replay", str(nowhere)],
        "talk": ["talk", "--headless", "--source", f"session:{nowhere}"],
        "record": ["record", str(tmp_path / "out"), "--source", f"session:{nowhere}"],
        "calibrate": ["calibrate", "--source", f"session:{nowhere}"],
    }
    assert str(nowhere) in refused(capsys, *calls[command])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("session.json", "{", "session.json"),
        ("session.json", "[]", "session.json"),
        ("frames.csv", "frame,t_s\n0,0.5\n1,0.4\n", "frames.csv"),
        ("frames.csv", "\x00\x01", "frames.csv"),
        ("targets.csv", "start_s,end_s,x_px,y_px,phase\n0,1,2,3,dancing\n", "dancing"),
        ("video.mkv", "not a video", "video.mkv"),
    ],
)
@pytest.mark.parametrize("command", ["replay", "talk"])
def test_a_garbled_session_is_named_with_its_file(
    capsys: pytest.CaptureFixture[str],
    session: Path,
    command: str,
    name: str,
    content: str,
    hint: str,
) -> None:
    (session / name).write_text(content)
    arguments = {
        "replay": ["replay", str(session)],
        "talk": ["talk", "--headless", "--source", f"session:{session}"],
    }
    assert hint in refused(capsys, *arguments[command])


def test_a_truncated_video_is_refused(capsys: pytest.CaptureFixture[str], session: Path) -> None:
    video = session / "video.mkv"
    video.write_bytes(video.read_bytes()[:200_000])
    assert "video.mkv" in refused(capsys, "replay", str(session))


def test_a_newer_session_is_refused(capsys: pytest.CaptureFixture[str], session: Path) -> None:
    about = json.loads((session / "session.json").read_text())
    (session / "session.json").write_text(json.dumps({**about, "version": 2}))
    assert "version" in refused(capsys, "replay", str(session))


def test_a_video_without_a_face_cannot_be_talked_from_or_recorded(
    capsys: pytest.CaptureFixture[str], empty_video: Path, tmp_path: Path
) -> None:
    talk = refused(capsys, "talk", "--headless", "--source", f"video:{empty_video}")
    assert "gazetalk calibrate" in talk
    assert main(["record", str(tmp_path / "out"), "--source", f"video:{empty_video}"]) == 1
    assert "no face" in capsys.readouterr().err


@pytest.mark.parametrize("source", ["webcam", "video:", "camera:", "mouse:1", ""])
def test_an_unknown_source_lists_the_forms(capsys: pytest.CaptureFixture[str], source: str) -> None:
    assert "session:DIR" in refused(capsys, "talk", "--headless", "--source", source)


def test_the_mouse_needs_a_window(capsys: pytest.CaptureFixture[str]) -> None:
    assert "window" in refused(capsys, "talk", "--headless", "--source", "mouse")


@pytest.mark.parametrize("command", ["say", "talk"])
def test_an_unknown_voice_lists_what_there_is(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    arguments = {
        "say": ["say", "hello", "--voice", "nobody"],
        "talk": ["talk", "--headless", "--source", f"session:{DEMO}", "--voice", "nobody"],
    }
    assert "english" in refused(capsys, *arguments[command])


def test_nothing_to_say_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    wav = tmp_path / "a.wav"
    assert "nothing to say" in refused(capsys, "say", "...", "--wav", str(wav))
    assert not wav.exists()


def test_an_unreadable_profile_says_what_to_do(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    folder = home / "profiles" / "default"
    folder.mkdir(parents=True)
    (folder / "calibration.npz").write_bytes(b"garbage")
    line = refused(capsys, "talk", "--headless", "--source", "camera")
    assert "calibration.npz" in line
    assert "gazetalk calibrate" in line
    assert "garbage" not in refused(capsys, "profile", "show")


def test_unknown_layouts_procedures_and_profiles_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    talk = ["talk", "--headless", "--source", f"session:{DEMO}"]
    assert "dvorak" in refused(capsys, *talk, "--layout", "dvorak")
    assert "standard" in refused(capsys, "calibrate", "--procedure", "none")
    assert "Ana" in refused(capsys, "profile", "show", "Ana")
    assert "profile" in refused(capsys, *talk, "--profile", "../x")


def test_a_folder_that_is_taken_is_not_overwritten(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    assert "taken" in refused(capsys, "record", str(taken), "--source", f"session:{DEMO}")
    assert [path.name for path in taken.iterdir()] == ["mine.txt"]


def test_a_puppet_refuses_what_it_cannot_type(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "puppet"
    line = refused(capsys, "lab", "puppet", "--out", str(out), "--text", "50 €")
    assert "--text" in line
    assert not out.exists()


def test_a_transcript_that_cannot_be_written_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["talk", "--headless", "--source", f"session:{DEMO}"]
    assert "transcript" in refused(capsys, *arguments, "--transcript", str(tmp_path))


def test_a_missing_camera_fails_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    if Path("/dev/video0").exists() or os.name == "nt":
        pytest.skip("this machine has a camera")
    out = refused(capsys, "record", "never", "--source", "camera:0", code=1)
    assert "camera" in out
    assert not Path("never").exists()


def test_missing_system_libraries_name_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gazetalk.system_libraries.missing_libraries", lambda: ["libGL.so.1"])
    error = ImportError("libGL.so.1: cannot open shared object file: No such file or directory")
    assert "sudo apt install libgl1" in (explain_import_error(error) or "")


def test_no_run_begins_without_its_system_libraries(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gazetalk.cli.missing_libraries", lambda: ["libGLESv2.so.2"])
    assert "sudo apt install libgles2" in refused(capsys, "demo", "--headless", code=1)


def test_an_unexpected_fault_is_one_line_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("gazetalk.commands.replay.read_session", broken)
    assert "ZeroDivisionError" in refused(capsys, "replay", "x", code=1)
