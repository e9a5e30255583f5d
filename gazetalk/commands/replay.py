"""`gazetalk replay`: fit on a session's calibration targets, predict all frames, measure."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gazetalk.clinic.profile import quality_json
from gazetalk.files import write_atomically
from gazetalk.geometry import DEFAULT_LENS_OFFSET_MM
from gazetalk.progress import Progress
from gazetalk.tracking.accuracy import Accuracy
from gazetalk.tracking.calibration import Calibration, calibrate, seen_distance_mm, validate
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.face import find_model
from gazetalk.tracking.session import Session, read_session
from gazetalk.tracking.sources import SessionSource, pace
from gazetalk.tracking.tracker import Tracker
from gazetalk.tracking.types import GazeSample

GAZE_COLUMNS = (
    *("t_s", "x_px", "y_px", "sd_x_px", "sd_y_px", "valid"),
    *("openness_left", "openness_right", "blink"),
)


@dataclass(frozen=True, eq=False)
class Replay:
    """What a session gave: its calibration (None without targets), gaze, and the measures."""

    calibration: Calibration | None
    samples: list[GazeSample]
    validation: Accuracy | None
    frames: int
    faces: int
    ms_per_frame: float | None
    face_ms_per_frame: float | None


def run(args: argparse.Namespace) -> int:
    session = read_session(args.session)
    replay = replay_session(session, realtime=args.realtime)
    if args.gaze:
        write_atomically(args.gaze, gaze_csv(replay.samples))
    if args.json:
        write_atomically(args.json, json.dumps(figures(replay), indent=2) + "\n")
    for line in summary(replay):
        print(line)
    return 0


def replay_session(session: Session, realtime: bool = False) -> Replay:
    """Run a session through the tracker. Raises CalibrationError when its targets do not serve."""
    tracker = Tracker(find_model(), session.camera.hfov_deg)
    tracked: list[tuple[float, Eyes | None]] = []
    faces_s = 0.0
    begin = time.perf_counter()
    try:
        with SessionSource(session.folder) as source:
            frames = source.frames()
            if realtime:
                frames = pace(frames)
            with Progress("reading the face", len(session.times_s), sys.stderr) as progress:
                for frame in frames:
                    before = time.perf_counter()
                    face = tracker.find_face(frame)
                    faces_s += time.perf_counter() - before
                    tracked.append((frame.t_s, tracker.read(frame, face)))
                    progress.step()
        spent_s = time.perf_counter() - begin
        eyes = [e for _, e in tracked if e is not None]
        calibration = calibrate_session(session, eyes)
        samples = _located(tracker, tracked, calibration)
    finally:
        tracker.close()
    count = len(tracked)
    return Replay(
        calibration=calibration,
        samples=samples,
        validation=validate_session(session, samples, eyes) if calibration else None,
        frames=count,
        faces=len(eyes),
        ms_per_frame=1000 * spent_s / count if count else None,
        face_ms_per_frame=1000 * faces_s / count if count else None,
    )


def _located(
    tracker: Tracker, tracked: Sequence[tuple[float, Eyes | None]], calibration: Calibration | None
) -> list[GazeSample]:
    """The gaze of all frames. The lids are followed anew from where a live run would first have
    used the calibration: one frame after its last target."""
    if calibration is None:
        return [tracker.locate(t_s, e) for t_s, e in tracked]
    over_s = max(look.target.end_s for look in calibration.looks)
    first = sum(t_s < over_s for t_s, _ in tracked) + 1
    samples = []
    for part in (tracked[:first], tracked[first:]):
        tracker.use(calibration.model)
        samples += [tracker.locate(t_s, e) for t_s, e in part]
    return samples


def calibrate_session(session: Session, eyes: Sequence[Eyes]) -> Calibration | None:
    """Learn from the session's calibration targets; None when it has none."""
    if not any(target.phase == "calibration" for target in session.targets):
        return None
    lens = session.camera.offset_mm or DEFAULT_LENS_OFFSET_MM
    return calibrate(
        eyes, session.targets, session.screen, lens, distance_mm=session.viewing_distance_mm
    )


def validate_session(
    session: Session, samples: Sequence[GazeSample], eyes: Sequence[Eyes]
) -> Accuracy | None:
    """Measure gaze on the session's validation targets; None when it has none."""
    distance = session.viewing_distance_mm or seen_distance_mm(eyes)
    return validate(samples, session.targets, session.screen, distance)


def gaze_csv(samples: Sequence[GazeSample]) -> str:
    """Gaze samples as CSV, one row a frame, empty where not measured, full precision."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(GAZE_COLUMNS)
    for sample in samples:
        writer.writerow([_cell(getattr(sample, column)) for column in GAZE_COLUMNS])
    return out.getvalue()


def _cell(value: float | bool | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else repr(float(value))


def figures(replay: Replay) -> dict[str, Any]:
    """The replay's figures as JSON."""
    calibration = replay.calibration
    return {
        "model": None if calibration is None else calibration.model.kind,
        "calibration": None
        if calibration is None
        else quality_json(calibration, replay.validation),
        "frames": replay.frames,
        "faces": replay.faces,
        "ms_per_frame": replay.ms_per_frame,
        "face_ms_per_frame": replay.face_ms_per_frame,
    }


def summary(replay: Replay) -> list[str]:
    """The replay in a few lines for people."""
    lines = [f"face found in {replay.faces} of {replay.frames} frames"]
    if replay.ms_per_frame is not None and replay.face_ms_per_frame is not None:
        lines.append(
            f"{replay.ms_per_frame:.1f} ms a frame, "
            f"{replay.face_ms_per_frame:.1f} of them MediaPipe"
        )
    if replay.calibration is None:
        return [*lines, "no calibration targets in this session: no gaze"]
    calibration = replay.calibration
    lines.append(
        f"model {calibration.model.kind}, from {calibration.samples} samples "
        f"of {calibration.used}/{calibration.asked} targets"
    )
    lines.append(f"left-out targets: {accuracy_line(calibration.left_out)}")
    if replay.validation is not None:
        lines.append(f"validation: {accuracy_line(replay.validation)}")
    return lines


def accuracy_line(accuracy: Accuracy) -> str:
    """Accuracy, precision and data loss in one line."""
    if accuracy.offset is None or accuracy.sd is None or accuracy.data_loss is None:
        return f"nothing measured (0 of {accuracy.samples_total} samples valid)"
    offset = accuracy.offset
    return (
        f"accuracy {offset.mm:.1f} mm ({offset.px:.0f} px, {offset.deg:.2f} deg), "
        f"precision SD {accuracy.sd.mm:.1f} mm, data loss {100 * accuracy.data_loss:.1f} %, "
        f"{accuracy.samples_valid} samples on {accuracy.targets} targets"
    )
