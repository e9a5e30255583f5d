"""The whole loop on the demo's recording: from camera frames to spoken text, whatever dies."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest

from gazetalk.app import talk
from gazetalk.clinic.profile import find_profile
from gazetalk.commands.replay import replay_session
from gazetalk.paths import shipped
from gazetalk.run import Outcome
from gazetalk.speech.wav import Wav
from gazetalk.starting import Options
from gazetalk.tracking.session import read_session
from gazetalk.tracking.sources import SourceSpec
from gazetalk.tracking.tracker import Tracked
from gazetalk.transcript import Transcript
from tests.told import told

DEMO = shipped("calibration") / "demo"
SENTENCE = "my eyes can talk"


def source(folder: Path) -> SourceSpec:
    return SourceSpec("session", str(folder))


def events(transcript: Path) -> list[dict]:
    return [json.loads(line) for line in transcript.read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True)
class Demo:
    folder: Path
    outcome: Outcome
    tracked: list[Tracked]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo's recording talked through once: real MediaPipe in a child process, real speech."""
    folder = tmp_path_factory.mktemp("demo")
    tracked: list[Tracked] = []
    outcome = talk(
        Options(
            source=source(DEMO),
            profile=find_profile(folder),
            headless=True,
            transcript=folder / "transcript.jsonl",
            wav=folder / "speech.wav",
            screenshot=folder / "screen.png",
            on_frame=tracked.append,
        )
    )
    return Demo(folder, outcome, tracked)


@pytest.fixture(scope="module")
def landmarks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo recorded again without its pictures: quick to replay."""
    folder = tmp_path_factory.mktemp("recorded") / "session"
    run("record", str(folder), "--source", f"session:{DEMO}", "--landmarks-only")
    return folder


def run(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gazetalk", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **(env or {})}, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def test_the_eyes_sentence_becomes_text(demo: Demo) -> None:
    last = events(demo.folder / "transcript.jsonl")[-1]
    assert (last["event"], last["text"]) == ("end", SENTENCE)


def test_it_is_spoken_and_the_sound_is_speech(demo: Demo) -> None:
    spoken = [e["text"] for e in events(demo.folder / "transcript.jsonl") if e["event"] == "spoken"]
    assert spoken == [SENTENCE]
    wav = Wav.read(demo.folder / "speech.wav")
    assert 0.6 < wav.duration_s < 4.0  # 16 characters at 40 to 250 ms each
    loud = np.abs(wav.samples.astype(float)) > 500
    assert 0.2 < loud.mean() < 0.95  # neither silence nor one long tone


def test_the_calibration_is_measured_before_typing_begins(demo: Demo) -> None:
    names = [e["event"] for e in events(demo.folder / "transcript.jsonl")]
    assert names.index("calibrated") < names.index("selected")
    measured = demo.outcome.calibrated.measured if demo.outcome.calibrated else None
    assert measured is not None
    assert measured.offset is not None
    # 8.8 mm when it was rendered; other MediaPipe builds differ in the last digits only.
    assert measured.offset.mm < 12
    assert measured.targets == 5


def test_each_committed_piece_adds_up_to_the_text(demo: Demo) -> None:
    text = ""
    for event in events(demo.folder / "transcript.jsonl"):
        if event["event"] == "committed":
            text += event["piece"]
            assert event["text"] == text


def test_a_replay_in_this_process_gives_the_same_gaze_to_the_last_digit(demo: Demo) -> None:
    samples = replay_session(read_session(DEMO)).samples
    fitted_s = max(t.end_s for t in read_session(DEMO).targets if t.phase == "calibration")
    settled = [i for i, s in enumerate(samples) if s.t_s > fitted_s + 1.0]
    assert len(settled) > 500
    assert [demo.tracked[i].sample for i in settled] == [samples[i] for i in settled]


def test_a_landmarks_only_session_replays_alike_and_names_its_model(
    landmarks: Path, tmp_path: Path
) -> None:
    gaze = [tmp_path / "a.csv", tmp_path / "b.csv"]
    figures = tmp_path / "figures.json"
    for path in gaze:
        run("replay", str(landmarks), "--gaze", str(path), "--json", str(figures))
    assert gaze[0].read_bytes() == gaze[1].read_bytes()
    assert json.loads(figures.read_text())["model"] == "landmarks"


def test_pixels_change_only_where_the_eyes_look(demo: Demo, landmarks: Path) -> None:
    """The lids come from landmarks alone, so both sessions agree about them."""
    samples = replay_session(read_session(landmarks)).samples
    assert [s.blink for s in samples[1000:]] == [t.sample.blink for t in demo.tracked[1000:]]
    assert [s.openness_left for s in samples] == [t.sample.openness_left for t in demo.tracked]


class Killer(threading.Thread):
    """Kills this process's tracker child once typing has begun."""

    def __init__(self, transcript: Path, how: signal.Signals) -> None:
        super().__init__(daemon=True)
        self._transcript = transcript
        self._how = how
        self.killed_at: float | None = None
        self.told_at: float | None = None

    def run(self) -> None:
        while not self._has("committed"):
            time.sleep(0.005)
        for child in psutil.Process().children(recursive=True):
            if "spawn_main" in " ".join(child.cmdline()) and child.pid not in self.spared:
                child.send_signal(self._how)
        self.killed_at = time.monotonic()
        while not self._has("fault"):
            time.sleep(0.005)
        self.told_at = time.monotonic()

    def spare(self, pids: set[int]) -> None:
        self.spared = pids

    def _has(self, name: str) -> bool:
        return self._transcript.exists() and f'"{name}"' in self._transcript.read_text()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
@pytest.mark.skipif(sys.platform == "win32", reason="these signals are Unix's")
def test_a_tracker_killed_or_hung_is_noticed_and_typing_goes_on(
    landmarks: Path, tmp_path: Path, how: signal.Signals
) -> None:
    plain = talk(Options(source(landmarks), find_profile(tmp_path / "a"), headless=True))
    transcript = tmp_path / "transcript.jsonl"
    killer = Killer(transcript, how)
    killer.spare({child.pid for child in psutil.Process().children(recursive=True)})
    killer.start()
    outcome = talk(
        Options(
            source(landmarks), find_profile(tmp_path / "b"), headless=True, transcript=transcript
        )
    )
    killer.join(5)
    names = [e["event"] for e in events(transcript) if e.get("part") != "voice"]
    assert names.index("fault") < names.index("recovered") < names.index("end")
    assert outcome.text == plain.text  # every frame came exactly once
    assert killer.killed_at is not None
    assert killer.told_at is not None
    # The watchdog promises a second; twice that allows for a busy machine.
    assert killer.told_at - killer.killed_at < 2.0


def test_a_killed_program_leaves_its_text_to_be_found(landmarks: Path, tmp_path: Path) -> None:
    home, first, second = tmp_path / "home", tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    arguments = ["talk", "--source", f"session:{landmarks}", "--headless", "--data-dir", str(home)]
    program = subprocess.Popen(
        [sys.executable, "-m", "gazetalk", *arguments, "--transcript", str(first)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not first.exists() or first.read_text().count('"committed"') < 5:
        assert program.poll() is None
        time.sleep(0.01)
    program.kill()
    program.wait()
    typed = [e["text"] for e in told(first) if e["event"] == "committed"][-1]
    run(*arguments, "--transcript", str(second))
    found = events(second)
    assert found[0]["event"] == "restored"
    assert found[0]["text"].startswith(typed)  # what was on disk, at least all that was shown
    assert found[-1]["text"].startswith(found[0]["text"][:3])
    run(*arguments, "--transcript", str(second))
    assert events(second)[0]["event"] != "restored"  # ended properly, so it begins empty


def test_other_looks_give_another_text(landmarks: Path, tmp_path: Path) -> None:
    """The text comes from the eyes: with the frames of two keys swapped, it is another one."""
    shuffled = tmp_path / "shuffled"
    shutil.copytree(landmarks, shuffled)
    with (landmarks / "targets.csv").open() as file:
        typing = [row for row in csv.DictReader(file) if row["phase"] == "typing"]
    with np.load(landmarks / "landmarks.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    times = arrays["t_s"]
    spans = [
        np.flatnonzero((times >= float(row["start_s"])) & (times < float(row["end_s"])))
        for row in (typing[0], typing[1])
    ]
    size = min(len(span) for span in spans)
    here, there = spans[0][:size], spans[1][:size]
    for name in ("landmarks", "transform", "blendshapes"):
        arrays[name][np.concatenate([here, there])] = arrays[name][np.concatenate([there, here])]
    np.savez(shuffled / "landmarks.npz", **arrays)
    plain = talk(Options(source(landmarks), find_profile(tmp_path / "a"), headless=True))
    other = talk(Options(source(shuffled), find_profile(tmp_path / "b"), headless=True))
    assert other.text != plain.text


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_no_internet_socket_connects_or_sends(landmarks: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    arguments = ["talk", "--source", f"session:{landmarks}", "--headless"]
    subprocess.run(
        [
            *("strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg"),
            *("-o", str(trace), sys.executable, "-m", "gazetalk", *arguments),
            *("--data-dir", str(tmp_path / "home"), "--wav", str(tmp_path / "speech.wav")),
        ],
        check=True,
        capture_output=True,
    )
    lines = trace.read_text().splitlines()
    assert [line for line in lines if "AF_INET" in line] == []


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield
    left = [c for c in psutil.Process().children(recursive=True) if c.pid not in before]
    trackers = [c.pid for c in left if "spawn_main" in " ".join(c.cmdline())]
    assert trackers == []


def test_a_transcript_nobody_can_write_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name another file"):
        Transcript(tmp_path)
