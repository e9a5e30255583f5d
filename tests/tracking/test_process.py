"""The tracker's process: the same results as without it, and none lost whatever dies."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from fifo_camera import needs_ffmpeg, playing
from hash_tracker import Seen, recipe, refuse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.tracking.camera import CameraError
from gazetalk.tracking.child import Recipe
from gazetalk.tracking.messages import Ended, Fault, Recovered, Started
from gazetalk.tracking.process import Feed, InProcess, Message, Patience, TrackerProcess
from gazetalk.tracking.session import SessionError, SessionWriter
from gazetalk.tracking.sources import SourceError, SourceSpec, parse_source
from gazetalk.tracking.types import Camera, Frame

COUNT = 30
FPS = 30.0
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("process") / "s"
    rng = np.random.default_rng(0)
    with SessionWriter(folder, DEFAULT_SCREEN, Camera(16, 16, FPS), None, codec="FFV1") as writer:
        for k in range(COUNT):
            image = rng.integers(0, 255, (16, 16, 3), dtype=np.uint8)
            writer.add(Frame(k, 5.0 + k / FPS, image, 16, 16))
    return folder


@pytest.fixture
def feeds(session: Path) -> Iterator[Callable[..., TrackerProcess]]:
    """Makes feeds on the session; closes them, and no process may be left over then."""
    made: list[TrackerProcess] = []

    def make(recipe: Recipe, spec: str = f"session:{session}", **options: Any) -> TrackerProcess:
        made.append(TrackerProcess(recipe, parse_source(spec), **options))
        made[-1].start()
        return made[-1]

    yield make
    for feed in made:
        feed.close()
    assert [child for child in psutil.Process().children() if is_tracker(child)] == []


def is_tracker(process: psutil.Process) -> bool:
    """A spawned child, also as a zombie; multiprocessing's resource tracker is none."""
    try:
        return "resource_tracker" not in " ".join(process.cmdline())
    except psutil.ZombieProcess:
        return True


def until(
    feed: Feed,
    enough: Callable[[list[Message]], bool],
    after: Callable[[Message], None] = lambda message: None,
    poll_s: float = 0.2,
) -> list[Message]:
    """The messages until they are enough; `after` is called after each, as an app would react."""
    messages: list[Message] = []
    give_up_s = time.monotonic() + 60
    while not enough(messages):
        assert time.monotonic() < give_up_s, messages
        for message in feed.poll(poll_s):
            messages.append(message)
            after(message)
    return messages


def run(feed: Feed, after: Callable[[Message], None] = lambda message: None) -> list[Message]:
    """All messages to the end."""
    messages = until(feed, lambda so_far: bool(so_far) and isinstance(so_far[-1], Ended), after)
    assert feed.poll(0.0) == []
    return messages


def has(count: int) -> Callable[[list[Message]], bool]:
    return lambda messages: len(results(messages)) >= count


def results(messages: list[Message]) -> list[Seen]:
    return [message for message in messages if isinstance(message, Seen)]


def contents(messages: list[Message]) -> list[tuple[int, float, str]]:
    return [seen.content for seen in results(messages)]


def others(messages: list[Message]) -> list[Message]:
    return [message for message in messages if not isinstance(message, Seen)]


def alone(session: Path, switches: dict[int, str] | None = None) -> list[tuple[int, float, str]]:
    """What a single process gives; `switches`: models sent after the result of that index."""
    with InProcess(recipe(), parse_source(f"session:{session}")) as feed:
        return contents(run(feed, switching(feed, switches or {})))


def switching(feed: Feed, switches: dict[int, str]) -> Callable[[Message], None]:
    def react(message: Message) -> None:
        if isinstance(message, Seen) and message.index in switches:
            feed.send_model(switches[message.index])

    return react


# ---- the same results


def test_a_feed_starts_gives_every_frame_and_ends(session: Path) -> None:
    with InProcess(recipe(), parse_source(f"session:{session}")) as feed:
        messages = run(feed)
        assert feed.info is not None and feed.info.screen == DEFAULT_SCREEN
    assert isinstance(messages[0], Started) and messages[0].info.kind == "session"
    assert messages[-1] == Ended("the recording is over")
    assert [seen.index for seen in results(messages)] == list(range(COUNT))


def test_a_process_gives_the_same_as_none(
    session: Path, feeds: Callable[..., TrackerProcess]
) -> None:
    with InProcess(recipe(), parse_source(f"session:{session}")) as feed:
        single = run(feed)
    messages = run(feeds(recipe()))
    assert contents(messages) == contents(single)
    assert others(messages) == others(single)
    assert {seen.pid for seen in results(messages)} != {os.getpid()}


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(switches=st.dictionaries(st.integers(0, COUNT - 1), st.text(max_size=3), max_size=4))
def test_models_take_effect_at_exactly_the_next_frame(
    session: Path, feeds: Callable[..., TrackerProcess], switches: dict[int, str]
) -> None:
    feed = feeds(recipe())
    assert contents(run(feed, switching(feed, switches))) == alone(session, switches)


def test_a_model_sent_before_the_start_counts_from_the_first_frame(
    session: Path, feeds: Callable[..., TrackerProcess]
) -> None:
    feed = feeds(recipe())
    feed.send_model("early")
    with InProcess(recipe(), parse_source(f"session:{session}")) as single:
        single.send_model("early")
        assert contents(run(feed)) == contents(run(single)) != alone(session)


def test_nothing_happens_between_polls(feeds: Callable[..., TrackerProcess]) -> None:
    """A recording waits for whoever reads it, however long a calibration's fit takes."""
    feed = feeds(recipe())
    messages = feed.poll(20.0) + feed.poll(20.0)
    time.sleep(1.2)
    for _ in range(3):
        messages += feed.poll(20.0)
    assert [seen.index for seen in results(messages)] == [0, 1, 2, 3]
    assert len(others(messages)) == 1


# ---- dying, hanging, lying


@posix
def test_killed_in_the_middle_every_frame_still_comes_once_and_with_its_model(
    session: Path, feeds: Callable[..., TrackerProcess]
) -> None:
    feed = feeds(recipe())
    react = switching(feed, {4: "fitted"})

    def after(message: Message) -> None:
        react(message)
        if isinstance(message, Seen) and message.index in (9, 17):
            assert feed.pid is not None
            os.kill(feed.pid, signal.SIGKILL)

    messages = run(feed, after)
    assert contents(messages) == alone(session, {4: "fitted"})
    assert len({seen.pid for seen in results(messages)}) == 3
    t_s = [seen.t_s for seen in results(messages)]
    fault = "the tracker stopped", "killed by signal 9", "starting it again"
    assert others(messages)[1:-1] == [
        Fault(t_s[9], *fault),
        Recovered(t_s[10], "the tracker works again"),
        Fault(t_s[17], *fault),
        Recovered(t_s[18], "the tracker works again"),
    ]
    assert str(others(messages)[1]) == (
        "the tracker stopped (killed by signal 9): starting it again"
    )


@posix
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGSTOP])
def test_a_dead_or_stopped_process_is_noticed_within_a_second(
    feeds: Callable[..., TrackerProcess], stop: signal.Signals
) -> None:
    """Under load too: the child's signs of life do not depend on how long a frame takes."""
    feed = feeds(recipe(take_s=0.01))
    until(feed, has(1))
    pid = feed.pid
    assert pid is not None
    os.kill(pid, stop)
    stopped_s = time.monotonic()
    messages = others(until(feed, lambda so_far: bool(others(so_far)), poll_s=0.05))
    noticed_s = time.monotonic() - stopped_s
    assert noticed_s < 1.0
    assert isinstance(messages[0], Fault)
    why = "killed by signal 9" if stop == signal.SIGKILL else "no sign of life for 0.8 s"
    assert messages[0].why == why
    assert not psutil.pid_exists(pid)
    rest = run(feed)
    assert isinstance(rest[0], Recovered)
    assert results(rest)[-1].index == COUNT - 1


@posix
def test_silence_while_nobody_watched_is_no_fault(feeds: Callable[..., TrackerProcess]) -> None:
    """A laptop that slept stopped both: on waking, the child gets its time to answer."""
    feed = feeds(recipe())
    until(feed, has(1))
    assert feed.pid is not None
    os.kill(feed.pid, signal.SIGSTOP)
    time.sleep(1.2)
    assert feed.poll(0.0) == []
    os.kill(feed.pid, signal.SIGCONT)
    assert others(run(feed)) == [Ended("the recording is over")]


def test_a_tracker_that_hangs_on_a_frame_is_killed_and_goes_on_there(
    session: Path, feeds: Callable[..., TrackerProcess], tmp_path: Path
) -> None:
    (tmp_path / "7-hang").touch()
    messages = run(feeds(recipe(tmp_path), patience=Patience(result_s=1.0)))
    assert contents(messages) == alone(session)
    faults = [message for message in messages if isinstance(message, Fault)]
    assert [fault.why for fault in faults] == ["it hung for 1 s on one frame"]


def test_a_slow_tracker_is_not_taken_for_a_hanging_one(
    feeds: Callable[..., TrackerProcess],
) -> None:
    """Slower than any sign of life would allow, yet alive."""
    feed = feeds(recipe(take_s=1.0))
    messages = until(feed, has(2))
    assert len(others(messages)) == 1


def test_what_the_tracker_raised_is_told_and_it_is_started_again(
    session: Path, feeds: Callable[..., TrackerProcess], tmp_path: Path
) -> None:
    (tmp_path / "3-raise").touch()
    (tmp_path / "8-exit").touch()
    messages = run(feeds(recipe(tmp_path)))
    assert contents(messages) == alone(session)
    faults = [message for message in messages if isinstance(message, Fault)]
    assert [fault.why for fault in faults] == ["'frame 3'", "exit code 3"]


def test_a_frame_that_always_kills_the_tracker_ends_in_a_final_fault(
    feeds: Callable[..., TrackerProcess], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gazetalk.tracking.process.FIRST_PAUSE_S", 0.01)
    (tmp_path / "2-always").touch()
    messages = run(feeds(recipe(tmp_path)))
    faults = [message for message in messages if isinstance(message, Fault)]
    assert [seen.index for seen in results(messages)] == [0, 1]
    assert [fault.final for fault in faults] == [False] * 5 + [True]
    assert faults[0].action == "starting it again"
    assert faults[1].action == "starting it again in 0.01 s"
    assert faults[4].action == "starting it again in 0.08 s"
    assert faults[5].action == "it failed 6 times, so it is not started again"
    assert messages[-1] == Ended("the tracker could not be started again")


# ---- errors of the source and the recipe


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("session:nowhere", SessionError),
        ("video:nowhere.mp4", SourceError),
        ("camera:nowhere", CameraError),
    ],
)
def test_a_bad_source_raises_its_own_error_in_the_parent(
    feeds: Callable[..., TrackerProcess], spec: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as there:
        run(feeds(recipe(), spec))
    with pytest.raises(kind) as here, InProcess(recipe(), parse_source(spec)) as feed:
        run(feed)
    assert str(there.value) == str(here.value)
    assert len(str(there.value).splitlines()) == 1


def test_what_the_recipe_raises_at_the_start_travels_too(
    feeds: Callable[..., TrackerProcess],
) -> None:
    with pytest.raises(FileNotFoundError, match="the model is missing"):
        run(feeds(functools.partial(refuse, FileNotFoundError("the model is missing"))))


def test_a_damaged_picture_is_raised_after_the_frames_before_it(
    feeds: Callable[..., TrackerProcess], tmp_path: Path
) -> None:
    """It passes the first look, which decodes nothing, and is an error, not a tracker's fault."""
    folder = tmp_path / "s"
    with SessionWriter(folder, DEFAULT_SCREEN, Camera(16, 16, FPS), None, codec="MJPG") as writer:
        for k in range(5):
            image = np.random.default_rng(k).integers(0, 255, (16, 16, 3), dtype=np.uint8)
            writer.add(Frame(k, float(k), image, 16, 16))
    content = (folder / "video.mkv").read_bytes()
    jpegs = content.split(b"\xff\xd8\xff")
    jpegs[3] = bytes(300) + jpegs[3][300:]  # the third picture: jpegs[0] is the file's header
    (folder / "video.mkv").write_bytes(b"\xff\xd8\xff".join(jpegs))
    messages: list[Message] = []
    with pytest.raises(SessionError, match=r"video\.mkv: picture 2 is damaged"):
        run(feeds(recipe(), f"session:{folder}"), messages.append)
    assert [seen.index for seen in results(messages)] == [0, 1]


# ---- at its own pace


def test_a_paced_recording_takes_its_time_and_gives_the_same(
    session: Path, feeds: Callable[..., TrackerProcess]
) -> None:
    """Nothing asserted about being late: a loaded machine may drop frames, never reorder them."""
    feed = feeds(recipe(), realtime=True)
    came: list[float] = []

    def after(message: Message) -> None:
        if isinstance(message, Seen):
            came.append(time.monotonic())

    messages = run(feed, after)
    expected = alone(session)
    assert set(contents(messages)) <= set(expected)
    assert contents(messages) == sorted(contents(messages))
    last = results(messages)[-1]
    first = results(messages)[0]
    assert came[-1] - came[0] >= last.t_s - first.t_s - 0.1


def test_live_results_that_nobody_took_are_dropped_but_not_what_was_told(
    feeds: Callable[..., TrackerProcess],
) -> None:
    feed = feeds(recipe(), realtime=True)
    until(feed, lambda messages: bool(others(messages)))
    time.sleep(COUNT / FPS + 1.0)
    messages = feed.poll(0.0)
    kept = results(messages)
    assert kept[-1].index == COUNT - 1
    assert kept[0].t_s >= kept[-1].t_s - 0.5
    assert messages[-1] == Ended("the recording is over")


@posix
def test_a_paced_recording_goes_on_at_the_time_it_is_after_a_restart(
    feeds: Callable[..., TrackerProcess], tmp_path: Path
) -> None:
    """As a camera would: what happened meanwhile is gone."""
    folder = tmp_path / "long"
    rng = np.random.default_rng(0)
    with SessionWriter(folder, DEFAULT_SCREEN, Camera(16, 16, FPS), None) as writer:
        for k in range(round(4.5 * FPS)):
            image = rng.integers(0, 255, (16, 16, 3), dtype=np.uint8)
            writer.add(Frame(k, k / FPS, image, 16, 16))
    feed = feeds(recipe(), f"session:{folder}", realtime=True)
    origin_s: list[float] = []
    lag_s: list[float] = []

    def after(message: Message) -> None:
        if isinstance(message, Recovered):
            lag_s.append(time.monotonic() - origin_s[0] - message.t_s)
        if isinstance(message, Seen):
            if not origin_s:
                origin_s.append(time.monotonic() - message.t_s)
            if len(origin_s) == 1 and message.index > 10 and feed.pid is not None:
                origin_s.append(0.0)
                os.kill(feed.pid, signal.SIGKILL)

    messages = run(feed, after)
    indices = [seen.index for seen in results(messages)]
    assert indices == sorted(set(indices))
    assert indices[-1] == round(4.5 * FPS) - 1
    assert len(lag_s) == 1 and abs(lag_s[0]) < 0.3


@needs_ffmpeg
def test_a_stalling_camera_is_told_of_and_not_taken_for_a_hanging_tracker(
    feeds: Callable[..., TrackerProcess], tmp_path: Path
) -> None:
    fifo = tmp_path / "camera"
    patience = Patience(result_s=1.0)
    with playing(fifo) as ffmpeg:
        feed = feeds(recipe(), f"camera:{fifo}", patience=patience)
        messages = until(feed, has(10))
        os.kill(ffmpeg.pid, signal.SIGSTOP)
        threading.Timer(2.5, os.kill, (ffmpeg.pid, signal.SIGCONT)).start()
        messages += until(feed, lambda so_far: any(isinstance(m, Recovered) for m in so_far))
        feed.close()
    fault, recovered = others(messages)[1:]
    assert isinstance(fault, Fault) and isinstance(recovered, Recovered)
    assert str(fault) == "the camera stopped (no picture comes): opening it again"
    assert recovered.what == "the camera works again"
    assert len({seen.pid for seen in results(messages)}) == 1


@needs_ffmpeg
def test_a_killed_tracker_opens_its_camera_again_and_counts_on(
    feeds: Callable[..., TrackerProcess], tmp_path: Path
) -> None:
    """An index and a time are never given twice."""
    with playing(tmp_path / "first"):
        feed = feeds(recipe(), f"camera:{tmp_path / 'first'}")
        messages = until(feed, has(10))
        assert feed.pid is not None
        os.kill(feed.pid, signal.SIGKILL)
    (tmp_path / "first").unlink()
    with playing(tmp_path / "first"):
        messages += until(feed, has(10))
        feed.close()
    assert [type(message) for message in others(messages)] == [Started, Fault, Recovered]
    for values in ([s.index for s in results(messages)], [s.t_s for s in results(messages)]):
        assert values == sorted(set(values))


# ---- nothing is left over


def test_closing_ends_the_process_at_once_and_twice_is_fine(
    feeds: Callable[..., TrackerProcess],
) -> None:
    feed = feeds(recipe())
    feed.poll(20.0)
    pid = feed.pid
    assert pid is not None
    feed.close()
    feed.close()
    assert not psutil.pid_exists(pid)
    assert feed.poll(1.0) == []


PARENT = """
import sys, time
sys.path.insert(0, {tests!r})
from hash_tracker import recipe
from gazetalk.tracking.process import TrackerProcess
from gazetalk.tracking.sources import parse_source
if __name__ == "__main__":
    feed = TrackerProcess(recipe(), parse_source("session:" + {session!r}))
    while len(feed.poll(20.0)) and feed.info is None:
        pass
    feed.poll(20.0)
    print(feed.pid, flush=True)
    time.sleep(60)
"""


@posix
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_the_child_never_outlives_its_parent(
    session: Path, tmp_path: Path, end: signal.Signals
) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(tests=str(Path(__file__).parent), session=str(session)))
    parent = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.send_signal(end)
    parent.communicate(timeout=10)
    child.wait(timeout=5)


@posix
def test_ctrl_c_is_left_to_the_parent(feeds: Callable[..., TrackerProcess]) -> None:
    feed = feeds(recipe())
    until(feed, has(1))
    assert feed.pid is not None
    os.kill(feed.pid, signal.SIGINT)
    messages = run(feed)
    assert len(results(messages)) == COUNT - 1
    assert others(messages) == [Ended("the recording is over")]


@needs_ffmpeg
def test_a_camera_that_does_not_work_gives_way_to_one_that_does(
    feeds: Callable[..., TrackerProcess], tmp_path: Path
) -> None:
    """A helper has asked for another camera: nothing ends because there is none of that name."""
    with playing(tmp_path / "first"), playing(tmp_path / "second"):
        feed = feeds(recipe(), f"camera:{tmp_path / 'first'}")
        messages = until(feed, has(5))
        second = SourceSpec("camera", str(tmp_path / "second"))
        feed.change_source(SourceSpec("camera", str(tmp_path / "none")), second)
        messages += until(feed, has(5))
        assert feed.source == second
        feed.close()
    assert [type(message) for message in others(messages)] == [Started, Fault, Recovered]
    fault = str(others(messages)[1])
    assert "none does not work" in fault and "no such device" in fault
    indices = [seen.index for seen in results(messages)]
    assert indices == sorted(set(indices))


@needs_ffmpeg
def test_a_chosen_camera_that_is_gone_at_the_start_silences_nobody(
    feeds: Callable[..., TrackerProcess], tmp_path: Path
) -> None:
    with playing(tmp_path / "first"):
        feed = TrackerProcess(recipe(), parse_source("camera"))
        gone, there = (SourceSpec("camera", str(tmp_path / name)) for name in ("gone", "first"))
        feed.change_source(gone, there)
        messages = until(feed, has(3))
        assert feed.source == there
        feed.close()
    assert [type(message) for message in others(messages)] == [Fault, Started, Recovered]


def test_where_neither_camera_is_there_it_says_so_in_a_line(tmp_path: Path) -> None:
    feed = TrackerProcess(recipe(), parse_source("camera"))
    gone, none = (SourceSpec("camera", str(tmp_path / name)) for name in ("gone", "none"))
    feed.change_source(gone, none)
    with pytest.raises(CameraError, match="no such device"):
        until(feed, has(1))
    feed.close()
