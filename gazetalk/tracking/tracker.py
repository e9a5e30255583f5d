"""The tracker: frames in, gaze out. One object joins face, eyes and gaze for one camera."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gazetalk.tracking import advice
from gazetalk.tracking.eyes import EyeReader, Eyes, EyeView
from gazetalk.tracking.face import FaceLandmarker, Follower
from gazetalk.tracking.gaze import GazeModel, measured
from gazetalk.tracking.lid_following import Lids, LidState
from gazetalk.tracking.lids import DEFAULT_LIDS
from gazetalk.tracking.mesh import canonical_mesh
from gazetalk.tracking.messages import SourceInfo
from gazetalk.tracking.picture import Thumbnail, Thumbnails
from gazetalk.tracking.position import State
from gazetalk.tracking.types import Face, Frame, GazeSample

# An eye closed further than this shows too little of itself to tell where it looks.
HIDDEN = 0.45


@dataclass(frozen=True, eq=False)
class Tracked:
    """What one frame gave. eyes is None when no face was found (or none that makes sense).

    position: whether the person sits well, as of this frame; empty where nobody watches that.
    picture: what the camera saw, now and then while that is wanted.
    """

    index: int
    t_s: float
    sample: GazeSample
    eyes: Eyes | None
    position: tuple[State, ...] = ()
    picture: Thumbnail | None = None


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
        self._hfov_known = hfov_deg is not None
        self._watch = advice.watch(self._hfov_known)
        self._gaze: GazeModel | None = None
        self._lids = Lids()
        self._thumbnails = Thumbnails()

    def use(self, model: GazeModel | None) -> None:
        """From the next frame on, locate gaze with this calibration."""
        self._gaze = model
        self._watch = advice.watch(self._hfov_known, calibrated=model is not None)
        self._lids = Lids(DEFAULT_LIDS if model is None else model.lids)

    def show_pictures(self, wanted: bool) -> None:
        """Whether results bring small pictures from the next frame on."""
        self._thumbnails.wanted = wanted

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
        sample = self.locate(frame.t_s, eyes)
        position = self._watch.take(frame, face, eyes, sample.novelty if sample.valid else None)
        picture = self._thumbnails.take(frame, face)
        return Tracked(frame.index, frame.t_s, sample, eyes, position, picture)

    def read(self, frame: Frame, face: Face | None) -> Eyes | None:
        """The eyes of a face; None without one, or when it makes no sense."""
        return None if face is None else self._reader.read(frame, face)

    def locate(self, t_s: float, eyes: Eyes | None) -> GazeSample:
        """The gaze sample of one moment, in order of time; no point without eyes or a model, nor
        while the lids are shut or moving."""
        lids = self._lids.take(t_s, eyes)
        if eyes is None:
            return GazeSample(t_s)
        found = self._located(with_open_eyes(eyes, lids))
        sample = replace(
            found,
            openness_right=measured(eyes.right.openness),
            openness_left=measured(eyes.left.openness),
            blink=found.blink if lids.shut is None else lids.shut,
            closed_right=lids.right,
            closed_left=lids.left,
        )
        if lids.steady or lids.shut is None:
            return sample
        return replace(sample, x_px=None, y_px=None, sd_x_px=None, sd_y_px=None, valid=False)

    def _located(self, eyes: Eyes) -> GazeSample:
        return GazeSample(eyes.t_s) if self._gaze is None else self._gaze.locate(eyes)

    def close(self) -> None:
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None


def with_open_eyes(eyes: Eyes, lids: LidState) -> Eyes:
    """The eyes with one that is shut alone taken as not seen: the other goes on without it."""
    if lids.shut or lids.right is None or lids.left is None:
        return eyes
    if lids.right > HIDDEN > lids.left:
        return replace(eyes, right=_unseen(eyes.right))
    if lids.left > HIDDEN > lids.right:
        return replace(eyes, left=_unseen(eyes.left))
    return eyes


def _unseen(view: EyeView) -> EyeView:
    return replace(view, offsets_mm=np.full_like(view.offsets_mm, np.nan), openness=np.nan)


def make_tracker(model_path: Path, info: SourceInfo) -> Tracker:
    """A tracker for a source, as `process.TrackerProcess` wants to be told how to make one."""
    return Tracker(model_path, info.camera.hfov_deg)
