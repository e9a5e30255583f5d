"""Sources: names, times, resuming, pacing, and cameras that freeze or go away."""

from __future__ import annotations

import math
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from fifo_camera import needs_ffmpeg, playing
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.tracking import camera as camera_module
from gazetalk.tracking.camera import CameraError, CameraSource, Limits
from gazetalk.tracking.messages import Fault, Recovered
from gazetalk.tracking.session import SessionError, SessionWriter
from gazetalk.tracking.sources import SourceError, SourceSpec, pace, parse_source
from gazetalk.tracking.types import Camera, Face, Frame, Target

CLIPS = Path(__file__).resolve().parents[3] / "shared" / "data" / "faces"
needs_clips = pytest.mark.skipif(not CLIPS.is_dir(), reason="no ../shared/data/faces")
TARGETS = (Target(0.0, 1.0, 10.0, 20.0, "calibration"),)


def picture(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 255, (48, 64, 3), dtype=np.uint8)


def write_session(folder: Path, pictures: bool = True, count: int = 8) -> Path:
    camera = Camera(64, 48, 25.0)
    with SessionWriter(folder, DEFAULT_SCREEN, camera, 550.0, codec="FFV1") as writer:
        for k in range(count):
            face = Face(np.full((478, 3), k / 8), np.eye(4), np.zeros(52)) if k % 3 else None
            writer.add(Frame(k, 1.0 + k * 0.04, picture(k) if pictures else None, 64, 48), face)
        writer.add_target(TARGETS[0])
    return folder


# ---- names


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("camera", SourceSpec("camera")),
        ("camera:2", SourceSpec("camera", "2")),
        ("camera:/dev/video2", SourceSpec("camera", "/dev/video2")),
        ("video:C:\\clips\\a b.mp4", SourceSpec("video", "C:\\clips\\a b.mp4")),
        ("session:../s", SourceSpec("session", "../s")),
        ("mouse", SourceSpec("mouse")),
    ],
)
def test_every_form_of_a_source_is_understood_and_written_back(text: str, spec: SourceSpec) -> None:
    assert parse_source(text) == spec
    assert str(spec) == text


@pytest.mark.parametrize(
    "text", ["", "cam", "camera:", "video", "video:", "session", "session:", "mouse:1", "Camera:0"]
)
def test_anything_else_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_source(text)
    assert str(caught.value) == (
        f"{text!r} is no source:"
        " use camera, camera:N, camera:PATH, video:FILE, session:DIR or mouse"
    )


def test_the_mouse_has_no_frames() -> None:
    with pytest.raises(SourceError) as caught:
        parse_source("mouse").open()
    assert str(caught.value) == (
        "the source 'mouse' has no frames:"
        " use camera, camera:N, camera:PATH, video:FILE or session:DIR"
    )


# ---- video files


@needs_clips
@pytest.mark.parametrize(
    ("name", "count", "last_s"),
    [
        ("single_face.mp4", 72, 71 / 30),
        ("WolfgangLanger_Pexels.mp4", 472, 471 * 1001 / 24000),
        ("face_noface.mov", 169, 6.3603515625),
        ("no_face.mp4", 95, 94 / 24),
    ],
)
def test_a_clip_gives_all_its_pictures_at_its_own_times(
    name: str, count: int, last_s: float
) -> None:
    """face_noface.mov has no constant rate: its times must not be made up from one."""
    with parse_source(f"video:{CLIPS / name}").open() as source:
        times_s = [frame.t_s for frame in source.frames()]
    assert len(times_s) == count
    assert times_s[0] == 0.0
    assert times_s[-1] == pytest.approx(last_s, abs=1e-6)
    assert all(np.diff(times_s) > 0)


@needs_clips
def test_a_clip_tells_its_size_and_knows_of_no_screen() -> None:
    with parse_source(f"video:{CLIPS / 'single_face.mp4'}").open() as source:
        assert source.info.camera == Camera(640, 360, 30.0)
        assert source.info.screen is None
        assert not source.info.live
        frame = next(source.frames())
    assert frame.image is not None
    assert frame.image.shape == (360, 640, 3)
    assert (frame.index, frame.width_px, frame.height_px, frame.face) == (0, 640, 360, None)


def test_a_video_goes_on_after_the_time_it_is_told(tmp_path: Path) -> None:
    video = write_session(tmp_path / "s") / "video.mkv"
    with parse_source(f"video:{video}").open() as source:
        whole = list(source.frames())
    with parse_source(f"video:{video}").open(start_after_s=whole[4].t_s) as source:
        rest = list(source.frames())
    assert [frame.index for frame in rest] == [5, 6, 7]
    assert [frame.t_s for frame in rest] == [frame.t_s for frame in whole[5:]]
    assert all(np.array_equal(picture(frame.index), frame.image) for frame in rest)


def test_a_damaged_picture_is_left_out_of_a_video_and_the_rest_still_comes(
    tmp_path: Path,
) -> None:
    with SessionWriter(tmp_path / "s", DEFAULT_SCREEN, Camera(64, 48, 25.0), None) as writer:
        for k in range(6):
            writer.add(Frame(k, k / 25, picture(k), 64, 48))
    video = tmp_path / "s" / "video.mkv"
    jpegs = video.read_bytes().split(b"\xff\xd8\xff")
    jpegs[3] = bytes(300) + jpegs[3][300:]  # the third picture: jpegs[0] is the file's header
    video.write_bytes(b"\xff\xd8\xff".join(jpegs))
    with parse_source(f"video:{video}").open() as source:
        frames = list(source.frames())
    assert [frame.index for frame in frames] == [0, 1, 3, 4, 5]
    assert frames[-1].t_s == pytest.approx(5 / 25)


@pytest.mark.parametrize("content", [None, b"", b"no video at all" * 50])
def test_a_video_without_a_picture_is_refused_in_one_line(
    tmp_path: Path, content: bytes | None, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        parse_source(f"video:{path}").open()
    complaint = (
        "no such video file: check the path"
        if content is None
        else "no picture can be read: is it a video file?"
    )
    assert str(caught.value) == f"{path}: {complaint}"
    assert capfd.readouterr().err == ""


def test_no_address_of_the_net_is_ever_opened() -> None:
    """OpenCV would: a video or camera named by a URL must not get that far."""
    for kind in ("video", "camera"):
        with pytest.raises((SourceError, CameraError), match="no such"):
            parse_source(f"{kind}:http://127.0.0.1:9/clip.mp4").open()


# ---- sessions


def test_a_session_gives_its_pictures_at_the_times_of_its_table(tmp_path: Path) -> None:
    with parse_source(f"session:{write_session(tmp_path / 's')}").open() as source:
        frames = list(source.frames())
        assert source.info.screen == DEFAULT_SCREEN
        assert source.info.viewing_distance_mm == 550.0
        assert source.info.targets == TARGETS
        assert not source.info.live
    assert [frame.t_s for frame in frames] == [1.0 + k * 0.04 for k in range(8)]
    for k, frame in enumerate(frames):
        assert frame.face is None
        assert np.array_equal(frame.image, picture(k))


def test_a_session_without_video_gives_its_faces(tmp_path: Path) -> None:
    folder = write_session(tmp_path / "s", pictures=False)
    with parse_source(f"session:{folder}").open() as source:
        frames = list(source.frames())
    assert [frame.face is None for frame in frames] == [k % 3 == 0 for k in range(8)]
    assert frames[4].face is not None
    assert (frames[4].face.landmarks == 0.5).all()
    assert (frames[4].image, frames[4].width_px, frames[4].height_px) == (None, 64, 48)


@pytest.mark.parametrize("pictures", [True, False])
@pytest.mark.parametrize("after", [-1, 0, 4, 7])
def test_a_session_goes_on_after_the_time_it_is_told(
    tmp_path: Path, pictures: bool, after: int
) -> None:
    folder = write_session(tmp_path / "s", pictures=pictures)
    start_after_s = 1.0 + after * 0.04 if after >= 0 else None
    with parse_source(f"session:{folder}").open(start_after_s) as source:
        frames = list(source.frames())
    assert [frame.index for frame in frames] == list(range(after + 1, 8))
    if pictures:
        assert all(np.array_equal(frame.image, picture(frame.index)) for frame in frames)


def test_pictures_that_no_row_names_are_passed_over(tmp_path: Path) -> None:
    folder = write_session(tmp_path / "s")
    (folder / "landmarks.npz").unlink()
    (folder / "frames.csv").write_text("frame,t_s\n1,0.5\n2,0.75\n6,2.0\n")
    with parse_source(f"session:{folder}").open() as source:
        frames = list(source.frames())
    assert [(frame.index, frame.t_s) for frame in frames] == [(1, 0.5), (2, 0.75), (6, 2.0)]
    assert all(np.array_equal(frame.image, picture(frame.index)) for frame in frames)


@needs_clips
def test_a_picture_that_cannot_be_decoded_is_an_error_of_the_session(tmp_path: Path) -> None:
    """This clip holds 98 packets of which only 95 become pictures."""
    folder = write_session(tmp_path / "s")
    for name in ("landmarks.npz", "video.mkv"):
        (folder / name).unlink()
    shutil.copy(CLIPS / "no_face.mp4", folder / "video.mp4")
    (folder / "frames.csv").write_text("frame,t_s\n" + "".join(f"{k},{k}\n" for k in range(98)))
    count = 0
    with (
        pytest.raises(SessionError, match=r"video\.mp4: picture 95 is damaged"),
        parse_source(f"session:{folder}").open() as source,
    ):
        for _ in source.frames():
            count += 1
    assert count == 95


# ---- pacing, on a clock that only sleeping moves


@dataclass
class Clock:
    now_s: float = 100.0
    naps_s: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, nap_s: float) -> None:
        assert nap_s > 0
        self.naps_s.append(nap_s)
        self.now_s += nap_s


def frames_at(times_s: list[float]) -> Iterator[Frame]:
    return (Frame(k, t_s, None, 1, 1) for k, t_s in enumerate(times_s))


RISING = st.lists(st.floats(0.001, 2.0), min_size=1, max_size=20).map(
    lambda gaps: np.cumsum(gaps).tolist()
)


@given(times_s=RISING)
def test_whoever_is_quick_gets_every_frame_when_it_is_due(times_s: list[float]) -> None:
    clock = Clock()
    came = [(frame.t_s, clock()) for frame in pace(frames_at(times_s), None, clock, clock.sleep)]
    assert [t_s for t_s, _ in came] == times_s
    for t_s, at_s in came:
        assert at_s - 100.0 == pytest.approx(t_s - times_s[0], abs=1e-9)


@given(times_s=RISING, work_s=st.floats(0.0, 3.0))
def test_whoever_is_slow_gets_the_newest_in_order_and_always_the_last(
    times_s: list[float], work_s: float
) -> None:
    clock = Clock()
    came: list[float] = []
    for frame in pace(frames_at(times_s), None, clock, clock.sleep):
        now_s = clock() - 100.0 + times_s[0]
        assert frame.t_s <= now_s + 1e-9
        newest = max(t_s for t_s in times_s if t_s <= now_s + 1e-9)
        assert frame.t_s == pytest.approx(newest, abs=1e-6)
        came.append(frame.t_s)
        clock.now_s += work_s
    assert came == sorted(set(came))
    assert came[-1] == times_s[-1]


def test_a_recording_goes_on_at_the_time_it_is() -> None:
    clock = Clock(now_s=103.0)
    frames = pace(frames_at([0.0, 1.0, 2.0, 3.5, 4.0]), 100.0, clock, clock.sleep)
    assert [frame.t_s for frame in frames] == [2.0, 3.5, 4.0]
    assert clock.naps_s == [0.5, 0.5]


def test_pacing_nothing_gives_nothing() -> None:
    assert list(pace(iter(()))) == []


# ---- cameras: a driver played by a script

QUICK = Limits(frozen_s=0.4, stuck_s=2.0, opening_s=0.8, retry_s=0.05, retry_most_s=0.2)


class Driver:
    """What cv2.VideoCapture shows of a camera: each opening follows the next script.

    A script yields pictures; False is a failed read; it hangs where the script waits.
    """

    def __init__(self, scripts: list[Callable[[], Iterator[object]]]) -> None:
        self.scripts = scripts
        self.opened = 0
        self.released = 0

    def open(self, device: str) -> Driver.Capture:
        script = self.scripts[min(self.opened, len(self.scripts) - 1)]
        self.opened += 1
        return Driver.Capture(self, script())

    class Capture:
        def __init__(self, driver: Driver, script: Iterator[object]) -> None:
            self._driver, self._script, self._image = driver, script, None

        def get(self, _: int) -> float:
            return math.nan

        def grab(self) -> bool:
            self._image = next(self._script, False)  # type: ignore[assignment]
            return self._image is not False

        def retrieve(self) -> tuple[bool, object]:
            return True, self._image

        def release(self) -> None:
            self._driver.released += 1


def shots(*numbers: int, every_s: float = 0.02) -> Callable[[], Iterator[object]]:
    def script() -> Iterator[object]:
        for number in numbers:
            time.sleep(every_s)
            yield picture(number)

    return script


@pytest.fixture
def film(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[list[Frame], list[object]]]:
    """Plays scripts to a CameraSource until a picture's number `last` comes."""

    def play(
        *scripts: Callable[[], Iterator[object]], last: int
    ) -> tuple[list[Frame], list[object], Driver]:
        driver = Driver(list(scripts))
        monkeypatch.setattr(camera_module, "_open_device", driver.open)
        news: list[object] = []
        frames = []
        with CameraSource("0", notify=news.append, limits=QUICK) as source:
            give_up_s = time.monotonic() + 20
            for frame in source.frames():
                frames.append(frame)
                assert time.monotonic() < give_up_s
                if np.array_equal(frame.image, picture(last)):
                    break
        return frames, [message for message in news if message is not None], driver

    return play


def whys(news: list[object]) -> list[str]:
    return [message.why for message in news if isinstance(message, Fault)]


def test_a_healthy_camera_gives_rising_times_and_indices_and_no_news(film) -> None:
    before_s = time.monotonic()
    frames, news, driver = film(shots(*range(12)), last=11)
    assert news == []
    assert [frame.index for frame in frames] == list(range(len(frames)))
    times_s = [frame.t_s for frame in frames]
    assert before_s < times_s[0] and times_s[-1] <= time.monotonic()
    assert all(np.diff(times_s) > 0)
    assert driver.opened == driver.released == 1


def test_a_camera_that_repeats_one_picture_is_opened_again(film) -> None:
    """Unplugged cameras do this for ever; the same picture after reopening is no recovery."""
    frames, news, driver = film(
        shots(1, 2, 3, *[4] * 40), shots(*[4] * 40), shots(4, 4, 5, 6), last=6
    )
    assert whys(news) == ["it repeats one picture; is it covered?"]
    assert str(news[0]) == (
        "the camera stopped (it repeats one picture; is it covered?): opening it again"
    )
    assert news[1:] == [Recovered(frames[-2].t_s, "the camera works again")]
    assert driver.opened >= 3
    shown = [next(k for k in range(1, 7) if np.array_equal(f.image, picture(k))) for f in frames]
    assert shown == sorted(set(shown))


def test_a_camera_that_ends_is_opened_again_until_it_comes_back(film) -> None:
    gone = shots()
    frames, news, driver = film(shots(1, 2, 3), gone, gone, shots(4, 5), last=5)
    assert whys(news) == ["it gives no more pictures"]
    assert isinstance(news[-1], Recovered)
    assert driver.opened == 4
    assert [frame.index for frame in frames] == list(range(len(frames)))


def test_a_camera_that_pauses_is_waited_for_and_not_opened_twice(film) -> None:
    def pauses() -> Iterator[object]:
        yield from shots(1, 2)()
        time.sleep(0.8)
        yield from shots(3, 4)()

    _, news, driver = film(pauses, last=4)
    assert whys(news) == ["no picture comes"]
    assert isinstance(news[-1], Recovered)
    assert driver.opened == 1


def test_a_camera_that_hangs_in_its_driver_is_left_to_itself(film) -> None:
    released = threading.Event()

    def hangs() -> Iterator[object]:
        yield from shots(1, 2)()
        released.wait(20)

    try:
        _, news, driver = film(hangs, shots(3, 4), last=4)
    finally:
        released.set()
    assert whys(news) == ["no picture comes"]
    assert driver.opened == 2


def test_while_no_picture_comes_the_watcher_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """None means "still waiting": the parent process must not take waiting for hanging."""
    driver = Driver([shots(1, 2, 3, every_s=0.6)])
    monkeypatch.setattr(camera_module, "_open_device", driver.open)
    news: list[object] = []
    with CameraSource("0", notify=news.append, limits=Limits()) as source:
        next(source.frames())
    assert news.count(None) >= 1
    assert set(news) == {None}


@pytest.mark.parametrize("script", [shots(), shots(1, every_s=5.0)])
def test_a_camera_without_a_picture_cannot_be_opened(
    monkeypatch: pytest.MonkeyPatch, script: Callable[[], Iterator[object]]
) -> None:
    monkeypatch.setattr(camera_module, "_open_device", Driver([script]).open)
    with pytest.raises(CameraError) as caught:
        CameraSource("3", limits=QUICK)
    assert str(caught.value).startswith("camera 3 gives no picture: check that it is plugged in")
    assert len(str(caught.value).splitlines()) == 1


def test_a_camera_that_is_not_there_is_refused_quietly(capfd: pytest.CaptureFixture[str]) -> None:
    for name, complaint in (("97", "gives no picture"), ("/dev/no-such-camera", "no such device")):
        with pytest.raises(CameraError, match=complaint):
            parse_source(f"camera:{name}").open()
    assert capfd.readouterr().err == ""


# ---- a camera played by ffmpeg through a FIFO: the real way of capture


@needs_ffmpeg
def test_a_stream_in_a_fifo_is_a_live_camera_that_may_stall_and_come_back(tmp_path: Path) -> None:
    fifo = tmp_path / "camera"
    news: list[object] = []
    times_s: list[float] = []
    with playing(fifo) as ffmpeg:
        spec = parse_source(f"camera:{fifo}")
        with spec.open(first_index=7, notify=news.append) as source:
            assert source.info.live
            assert (source.info.camera.width_px, source.info.camera.height_px) == (320, 240)
            for frame in source.frames():
                assert frame.index == 7 + len(times_s)
                times_s.append(frame.t_s)
                if len(times_s) == 15:
                    os.kill(ffmpeg.pid, signal.SIGSTOP)
                    threading.Timer(1.6, os.kill, (ffmpeg.pid, signal.SIGCONT)).start()
                if len(times_s) == 30:
                    break
    assert all(np.diff(times_s) > 0)
    assert whys(news) == ["no picture comes"]
    assert [type(message) for message in news if message is not None] == [Fault, Recovered]
