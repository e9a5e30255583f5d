"""The tracker: frames in, gaze out. One object joins face, eyes and gaze for one camera."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from gazetalk.tracking import advice
from gazetalk.tracking.eyes import EyeReader, Eyes
from gazetalk.tracking.face import FaceLandmarker, Follower
from gazetalk.tracking.gaze import DEFAULT_CLOSED, GazeModel, measured
from gazetalk.tracking.lids import Lids
from gazetalk.tracking.mesh import canonical_mesh
from gazetalk.tracking.messages import SourceInfo
from gazetalk.tracking.position import State
from gazetalk.tracking.types import Face, Frame, GazeSample


@dataclass(frozen=True, eq=False)
class Tracked:
    """What one frame gave. eyes is None when no face was found (or none that makes sense).

    position: whether the person sits well, as of this frame; empty where nobody watches that.
    """

    index: int
    t_s: float
    sample: GazeSample
    eyes: Eyes | None
    position: tuple[State, ...] = ()


class Tracker:
    """Turns frames into gaze. Without a model it sees eyes and blinks, but no points.

    model_path: the face model, see `face.find_model`. The landmarker is only started when a
    frame brings a picture. hfov_deg: the camera's field of view, None if unknown.
    """

    def __init__(self, model_path: Path, hfov_deg: float | None = None) -> None:
        self._model_path = model_path
        self._reader = EyeReader(canonical_mesh(model_path), hfov_deg)
        self._landmarker: FaceLandmarker | None = None
        self._user = Follower()
        self._watch = advice.watch(hfov_known=hfov_deg is not None)
        self._gaze: GazeModel | None = None
        self._lids = Lids()

    def use(self, model: GazeModel | None) -> None:
        """From the next frame on, locate gaze with this calibration."""
        self._gaze = model
        self._lids = Lids()

    def find_face(self, frame: Frame) -> Face | None:
        """The user's face in a frame's picture, or the one that was recorded in its place."""
        if frame.image is None:
            return frame.face
        if self._landmarker is None:
            self._landmarker = FaceLandmarker(self._model_path)
        return self._user.follow(frame.t_s, self._landmarker.find_all(frame.image))

    def process(self, frame: Frame) -> Tracked:
        """All steps for one frame."""
        face = self.find_face(frame)
        eyes = self.read(frame, face)
        position = self._watch.take(frame, face, eyes)
        return Tracked(frame.index, frame.t_s, self.locate(frame.t_s, eyes), eyes, position)

    def read(self, frame: Frame, face: Face | None) -> Eyes | None:
        """The eyes of a face; None without one, or when it makes no sense."""
        return None if face is None else self._reader.read(frame, face)

    def locate(self, t_s: float, eyes: Eyes | None) -> GazeSample:
        """The gaze sample of one moment, in order of time; no point without eyes or a model,
        nor while the lids are moving."""
        sample = self._located(t_s, eyes)
        gap = None if sample.blink else _widest(sample)
        if self._lids.steady(t_s, gap):
            return sample
        return replace(sample, x_px=None, y_px=None, sd_x_px=None, sd_y_px=None, valid=False)

    def _located(self, t_s: float, eyes: Eyes | None) -> GazeSample:
        if eyes is None:
            return GazeSample(t_s)
        if self._gaze is not None:
            return self._gaze.locate(eyes)
        sample = GazeSample(
            t_s,
            openness_right=measured(eyes.right.openness),
            openness_left=measured(eyes.left.openness),
        )
        gap = _widest(sample)
        return replace(sample, blink=None if gap is None else gap < DEFAULT_CLOSED)

    def close(self) -> None:
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None


def _widest(sample: GazeSample) -> float | None:
    """The lid gap of the eye that is further open; None when neither was measured."""
    gaps = (sample.openness_right, sample.openness_left)
    return max((gap for gap in gaps if gap is not None), default=None)


def make_tracker(model_path: Path, info: SourceInfo) -> Tracker:
    """A tracker for a source, as `process.TrackerProcess` wants to be told how to make one."""
    return Tracker(model_path, info.camera.hfov_deg)
