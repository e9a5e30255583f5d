"""Frames that are not as they should be: lost, late, empty, mirrored, with an eye or a face too few
or too many. What then happens is defined, and measured on the demo's recording.

The figures asserted leave room for another machine's rounding and for the model's changes; those
measured stand beside them. The demo's validation has 5 targets; its error is about 6 mm.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.paths import shipped
from gazetalk.tracking.accuracy import Accuracy
from gazetalk.tracking.calibration import calibrate, validate
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.face import find_model
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.resume import REDO, Usual, resume
from gazetalk.tracking.session import Session, read_session
from gazetalk.tracking.sources import SessionSource
from gazetalk.tracking.tracker import Tracker
from gazetalk.tracking.types import Face, Frame, Image

Seen = list[tuple[Frame, Face | None]]
Change = Callable[[Frame, Face | None], Image]


@dataclass(frozen=True, eq=False)
class Demo:
    """The frames in which the demo's targets are looked at, with the faces found in them."""

    session: Session
    tracker: Tracker
    seen: Seen

    def eyes(self, seen: Seen) -> list[tuple[float, Eyes | None]]:
        return [(frame.t_s, self.tracker.read(frame, face)) for frame, face in seen]

    def changed(self, seen: Seen, change: Change) -> Seen:
        """The same frames with other pictures, faces found anew."""
        frames = [replace(frame, image=change(frame, face)) for frame, face in seen]
        tracker = Tracker(find_model())
        found = [(frame, tracker.find_face(frame)) for frame in frames]
        tracker.close()
        return found

    def model(self, seen: Seen) -> GazeModel:
        eyes = [e for _, e in self.eyes(seen) if e is not None]
        lens = self.session.camera.offset_mm
        assert lens is not None
        return calibrate(eyes, self.session.targets, self.session.screen, lens).model

    def accuracy(self, model: GazeModel, seen: Seen) -> Accuracy:
        samples = self.samples(model, seen)
        result = validate(samples, self.session.targets, self.session.screen, 600.0)
        assert result is not None
        return result

    def samples(self, model: GazeModel, seen: Seen) -> list:
        self.tracker.use(model)
        return [self.tracker.locate(t_s, eyes) for t_s, eyes in self.eyes(seen)]

    def during(self, phase: str, every: int = 1) -> Seen:
        spans = [(t.start_s, t.end_s) for t in self.session.targets if t.phase == phase]
        inside = [s for s in self.seen if any(a <= s[0].t_s < b for a, b in spans)]
        return inside[::every]


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    session = read_session(shipped("calibration") / "demo")
    spans = {
        phase: [(t.start_s + 0.6, t.end_s) for t in session.targets if t.phase == phase]
        for phase in ("calibration", "validation")
    }
    end_s = max(end for _, end in spans["validation"])
    tracker = Tracker(find_model(), session.camera.hfov_deg)
    seen: Seen = []
    with SessionSource(session.folder) as source:
        for frame in source.frames():
            if frame.t_s > end_s:
                break
            # Every third frame is enough to learn from.
            learned = frame.index % 3 == 0 and _inside(frame.t_s, spans["calibration"])
            if learned or _inside(frame.t_s, spans["validation"]):
                seen.append((frame, tracker.find_face(frame)))
    yield Demo(session, tracker, seen)
    tracker.close()


@pytest.fixture(scope="module")
def model(demo: Demo) -> GazeModel:
    return demo.model(demo.during("calibration"))


@pytest.fixture(scope="module")
def usual(demo: Demo, model: GazeModel) -> Accuracy:
    return demo.accuracy(model, demo.during("validation"))


def _inside(t_s: float, spans: list[tuple[float, float]]) -> bool:
    return any(start <= t_s < end for start, end in spans)


def _offset_mm(accuracy: Accuracy) -> float:
    assert accuracy.offset is not None
    return accuracy.offset.mm


def _as_good(accuracy: Accuracy, usual: Accuracy) -> bool:
    """Half as much again, or 2 mm, is what five targets with fewer samples may differ by chance;
    so may the share of lost samples by a blink's worth."""
    assert accuracy.data_loss is not None
    assert usual.data_loss is not None
    near = _offset_mm(accuracy) < max(1.5 * _offset_mm(usual), _offset_mm(usual) + 2.0)
    return near and accuracy.data_loss < usual.data_loss + 0.08


def test_every_third_frame_may_be_lost(demo: Demo, usual: Accuracy) -> None:
    calibration, validation = (
        [s for n, s in enumerate(demo.during(phase)) if n % 3 != 2]
        for phase in ("calibration", "validation")
    )
    # Measured, with all frames of the recording: 6.3 mm, of 6.0.
    assert _as_good(demo.accuracy(demo.model(calibration), validation), usual)


def test_the_frame_rate_may_halve_after_calibration(
    demo: Demo, model: GazeModel, usual: Accuracy
) -> None:
    # Measured: 5.9 mm, of 6.0.
    assert _as_good(demo.accuracy(model, demo.during("validation", every=2)), usual)


def test_timestamps_may_be_late_by_a_third_of_a_frame(
    demo: Demo, model: GazeModel, usual: Accuracy
) -> None:
    rng = np.random.default_rng(0)
    late = [
        (replace(frame, t_s=frame.t_s + rng.uniform(0, 0.011)), face)
        for frame, face in demo.during("validation")
    ]
    assert _as_good(demo.accuracy(model, late), usual)


def test_a_face_that_leaves_takes_the_gaze_with_it_and_brings_it_back(
    demo: Demo, model: GazeModel
) -> None:
    target = next(t for t in demo.session.targets if t.phase == "validation")
    frames = [f for f, _ in demo.seen if target.start_s <= f.t_s < target.end_s]
    gone_s, back_s = frames[8].t_s, frames[20].t_s
    tracker = Tracker(find_model())
    tracker.use(model)
    samples = []
    for frame in frames:
        assert frame.image is not None
        gone = gone_s <= frame.t_s < back_s
        image = np.zeros_like(frame.image) if gone else frame.image
        samples.append(tracker.process(replace(frame, image=image)).sample)
    tracker.close()
    absent = [s for s in samples if gone_s <= s.t_s < back_s]
    assert not any(s.valid or s.x_px is not None or s.blink is not None for s in absent)
    assert any(s.valid for s in samples if s.t_s < gone_s)
    assert min(s.t_s for s in samples if s.valid and s.t_s >= back_s) - back_s < 0.3


def test_a_camera_that_mirrors_can_be_calibrated(
    demo: Demo, model: GazeModel, usual: Accuracy
) -> None:
    """The model learns mirrored eyes: the right one is the person's left, nothing else changes.
    A camera that begins to mirror afterwards is found out by the next session's check."""

    def mirror(frame: Frame, _: Face | None) -> Image:
        assert frame.image is not None
        return np.ascontiguousarray(frame.image[:, ::-1])

    calibration = demo.during("calibration")
    mirrored = demo.changed(demo.during("validation", every=4), mirror)
    learned = demo.model(demo.changed(calibration, mirror))
    # Measured: 8.6 mm, where 6.0 are usual: the canonical head and the lens's offset are those of
    # the person's other side.
    assert _offset_mm(demo.accuracy(learned, mirrored)) < 2 * _offset_mm(usual) + 2.0

    targets = [t for t in demo.session.targets if t.phase == "validation"][:3]
    samples = demo.samples(model, mirrored)
    checked = resume(samples, targets, demo.session.screen, Usual(6.0, 5))
    # Measured: 144 mm.
    assert checked.before_mm is not None
    assert checked.before_mm > 60
    assert checked.verdict == REDO


def _covered(frame: Frame, face: Face | None) -> Image:
    """The picture with a black patch over the person's right eye."""
    assert frame.image is not None
    image = frame.image.copy()
    if face is None:
        return image
    outer, inner = face.landmarks[[33, 133], :2] * (frame.width_px, frame.height_px)
    middle, width = (outer + inner) / 2, float(np.linalg.norm(outer - inner))
    axes = round(0.85 * width), round(0.65 * width)
    cv2.ellipse(image, middle.astype(int).tolist(), axes, 0, 0, 360, (15, 15, 15), -1)
    return image


def test_with_an_eye_covered_the_other_goes_on(
    demo: Demo, model: GazeModel, usual: Accuracy
) -> None:
    # Covered since the end of calibration: at first it is taken for a wink.
    seen = demo.during("calibration")[-1:] + demo.during("validation", every=4)
    validation = demo.changed(seen, _covered)
    accuracy = demo.accuracy(model, validation)
    assert accuracy.data_loss is not None
    # Of 45 samples, five are the first after a pause, four seem to wink, five are of blinks.
    assert accuracy.data_loss < 0.36
    # What covers the eye shifts MediaPipe's landmarks all over the face: 35 to 75 mm here, 8 to 107
    # on seven puppets. (By both eyes it would be 290.) The gaze says so itself, but for moments in
    # which the lids that are drawn for the covered eye happen to be closed.
    assert _offset_mm(accuracy) < 120
    stated_px = [s.sd_x_px for s in demo.samples(model, validation) if s.valid]
    assert np.percentile(stated_px, 10) * demo.session.screen.mm_per_px[0] > 25

    calibration = demo.changed(demo.during("calibration"), _covered)
    # Calibrated with the cover on: 9.2 mm.
    covered = demo.accuracy(demo.model(calibration), validation)
    assert _offset_mm(covered) < 2 * _offset_mm(usual) + 4.0


@pytest.fixture(scope="module")
def faces_only(demo: Demo) -> tuple[Demo, GazeModel]:
    """The demo as a recording without pictures, and what is learned from it."""
    seen = [(replace(frame, image=None, face=face), face) for frame, face in demo.seen]
    bare = Demo(demo.session, demo.tracker, seen)
    return bare, bare.model(bare.during("calibration"))


@settings(max_examples=60, deadline=None)
@given(
    index=st.integers(0, 100),
    where=st.lists(st.integers(0, 477), max_size=20),
    some=st.slices(478),
    calibrated=st.booleans(),
)
def test_landmarks_that_were_not_measured_never_become_a_number(
    faces_only: tuple[Demo, GazeModel],
    index: int,
    where: list[int],
    some: slice,
    calibrated: bool,
) -> None:
    demo, model = faces_only
    frame, face = demo.during("validation")[index]
    assert face is not None
    landmarks = face.landmarks.copy()
    landmarks[where] = np.nan
    landmarks[some] = np.nan
    tracker = demo.tracker
    tracker.use(model if calibrated else None)
    tracked = tracker.process(replace(frame, face=replace(face, landmarks=landmarks)))
    sample = tracked.sample
    values = (sample.x_px, sample.y_px, sample.sd_x_px, sample.sd_y_px)
    openness = (sample.openness_left, sample.openness_right)
    assert all(value is None or np.isfinite(value) for value in (*values, *openness))
    assert sample.valid == (sample.x_px is not None)
    assert calibrated or not sample.valid


def test_nothing_is_learned_where_an_eye_was_not_measured(
    faces_only: tuple[Demo, GazeModel],
) -> None:
    """A sixth of the moments without the left eye: learned from the others alone."""
    demo, model = faces_only
    hurt: Seen = []
    for number, (frame, face) in enumerate(demo.during("calibration")):
        assert face is not None
        landmarks = face.landmarks.copy()
        if number % 6 == 0:
            landmarks[[263, 362]] = np.nan
        hurt.append((frame, replace(face, landmarks=landmarks)))
    usual, without = (
        demo.accuracy(each, demo.during("validation")) for each in (model, demo.model(hurt))
    )
    assert _as_good(without, usual)


def _lamp_moved(frame: Frame, face: Face | None) -> Image:
    """Light from the other side: the picture's gain falls from left to right across the face."""
    assert frame.image is not None
    assert face is not None
    x = np.arange(frame.width_px) / frame.width_px
    middle = float(face.landmarks[:, 0].mean())
    gain = np.exp(-6.0 * (x - middle)).clip(0.3, 2.5)
    return (frame.image * gain[np.newaxis, :, np.newaxis]).clip(0, 255).astype(np.uint8)


def test_a_moved_lamp_is_told_from_what_is_usual(
    demo: Demo, model: GazeModel, usual: Accuracy
) -> None:
    """Measured: novelty 1.2 as calibrated, 3.9 in the other light, whose error is 13 mm; limit
    of `advice` 3."""
    seen = demo.during("validation", every=3)

    def novelty(seen: Seen) -> float:
        found = [s.novelty for s in demo.samples(model, seen) if s.novelty is not None]
        assert len(found) > 0.7 * len(seen)
        return float(np.median(found))

    lit = demo.changed(seen, _lamp_moved)
    assert novelty(seen) < 2.5
    assert novelty(lit) > 3.0
