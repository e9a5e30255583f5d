"""`gazetalk bench tracking`: how true gaze is, on puppet people, recordings and real eyes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gazetalk.files import write_atomically
from gazetalk.geometry import DEFAULT_LENS_OFFSET_MM
from gazetalk.lab.eyetrax import Eyetrax
from gazetalk.lab.person import LabError
from gazetalk.lab.real_eyes import CLICKS, CROPS, real_eyes, told
from gazetalk.lab.speed import time_frames
from gazetalk.lab.tracking_clips import CONDITIONS, Clip, Condition, Studio, session_clip
from gazetalk.lab.tracking_figures import Figures, measure, summarize, table
from gazetalk.progress import Progress
from gazetalk.tracking.calibration import DEFAULT_DISCARD_S, Calibration, calibrate
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.face import find_model
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.tracker import Tracker
from gazetalk.tracking.types import Floats, GazeSample, Target

MOST_PEOPLE = 1000
# Our own work may take this much of what MediaPipe takes.
OWN_SHARE = 0.4

Moments = list[tuple[float, Eyes | None]]


@dataclass(frozen=True, eq=False)
class Tracked:
    """A clip and what was measured on it. eyetrax_px: (count, 2), NaN where it has no point."""

    clip: Clip
    model: GazeModel
    samples: list[GazeSample]
    eyetrax_px: Floats | None

    def figures(self) -> Figures:
        clip = self.clip
        return measure(
            self.samples,
            clip.targets,
            clip.screen.mm_per_px,
            DEFAULT_DISCARD_S,
            clip.eyes_open,
            self.eyetrax_px,
            clip.looked_px,
        )


def run(args: argparse.Namespace) -> int:
    """Measure and print; 0. Raises LabError and the other rooms' errors."""
    if not 0 <= args.people <= MOST_PEOPLE:
        raise LabError(f"--people {args.people}: must lie from 0 to {MOST_PEOPLE}")
    figures: dict[str, Any] = {"size": list(args.size), "fps": args.fps, "seed": args.seed}
    figures |= _gaze(args)
    if args.real is not None:
        figures["real"] = _real(args.real)
    if args.json:
        write_atomically(args.json, json.dumps(figures, indent=1) + "\n")
    return 0


def _gaze(args: argparse.Namespace) -> dict[str, Any]:
    """Puppets and sessions: tracked, measured, printed."""
    chosen = [c for c in CONDITIONS if not args.conditions or c.name in args.conditions]
    studio = Studio(args.size, args.fps, args.tell_distance, args.clips)
    seeds = range(args.seed, args.seed + args.people)
    filmed = [(seed, clips) for seed in seeds for clips in studio.clips(seed, chosen)]
    sessions = [(0, [session_clip(folder)]) for folder in args.session]
    frames = sum(clip.count for _, clips in filmed + sessions for clip in clips)
    with Progress("tracking", frames, sys.stderr) as progress:
        puppets, recorded = (
            [(seed, t) for seed, clips in some for t in track(clips, args.eyetrax, progress.step)]
            for some in (filmed, sessions)
        )
    rows = {"conditions": _conditions(chosen, puppets), "sessions": _sessions(recorded)}
    lines = [*rows["conditions"].values(), *rows["sessions"].values()]
    for line in table(lines, args.eyetrax is not None) if lines else []:
        print(line)
    return rows | {"speed": _speed([t for _, t in puppets + recorded])}


def track(
    clips: Sequence[Clip], eyetrax: Path | None, step: Callable[[], None] = lambda: None
) -> list[Tracked]:
    """Calibrate on the clip that has calibration targets, then locate gaze in all that validate.

    eyetrax: the Python that runs it beside; None without. step: called for each frame. Raises
    CalibrationError, LabError and what the clips' frames raise.
    """
    if eyetrax and not all(clip.has_pictures for clip in clips):
        eyetrax = None
    with ExitStack() as stack:
        peer = stack.enter_context(Eyetrax(eyetrax, find_model())) if eyetrax else None
        read = [_read(clip, peer, step) for clip in clips]
        theirs = peer.points_px() if peer else None
    calibration = _calibrated(clips, read)
    tracked, start = [], 0
    for clip, moments in zip(clips, read, strict=True):
        if any(target.phase == "validation" for target in clip.targets):
            points = None if theirs is None else theirs[start : start + len(moments)]
            samples = _located(calibration.model, moments)
            tracked.append(Tracked(clip, calibration.model, samples, points))
        start += len(moments)
    return tracked


def _read(clip: Clip, peer: Eyetrax | None, step: Callable[[], None]) -> Moments:
    tracker = Tracker(find_model(), clip.camera.hfov_deg)
    moments: Moments = []
    try:
        for frame in clip.frames():
            moments.append((frame.t_s, tracker.read(frame, tracker.find_face(frame))))
            if peer is not None:
                peer.see(frame, _asked(clip.targets, frame.t_s))
            step()
    finally:
        tracker.close()
    return moments


def _asked(targets: Sequence[Target], t_s: float) -> Target | None:
    """The calibration target that is learned from at this moment."""
    for target in targets:
        if (
            target.phase == "calibration"
            and target.start_s + DEFAULT_DISCARD_S <= t_s < target.end_s
        ):
            return target
    return None


def _calibrated(clips: Sequence[Clip], read: Sequence[Moments]) -> Calibration:
    for clip, moments in zip(clips, read, strict=True):
        if clip.calibrates:
            eyes = [e for _, e in moments if e is not None]
            lens = clip.camera.offset_mm or DEFAULT_LENS_OFFSET_MM
            return calibrate(eyes, clip.targets, clip.screen, lens, distance_mm=clip.distance_mm)
    raise LabError(f"{clips[0].name}: no calibration targets in this session: record it again")


def _located(model: GazeModel, moments: Moments) -> list[GazeSample]:
    tracker = Tracker(find_model())
    tracker.use(model)
    return [tracker.locate(t_s, eyes) for t_s, eyes in moments]


def _conditions(
    chosen: Sequence[Condition], tracked: Sequence[tuple[int, Tracked]]
) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for condition in chosen if tracked else []:
        people = {seed: t.figures() for seed, t in tracked if t.clip.name == condition.name}
        still_mm = rows["still"]["error_mm"]["mean"] if "still" in rows else None
        rows[condition.name] = summarize(condition, people, still_mm)
    return rows


def _sessions(tracked: Sequence[tuple[int, Tracked]]) -> dict[str, dict[str, Any]]:
    return {
        t.clip.name: summarize(Condition(t.clip.name), {seed: t.figures()}, None)
        for seed, t in tracked
    }


def _speed(tracked: Sequence[Tracked]) -> dict[str, Any] | None:
    """Time frames of the first clip that has pictures; printed, and as JSON."""
    first = next((t for t in tracked if t.clip.has_pictures), None)
    speed = None if first is None else time_frames(first.clip, first.model)
    if speed is None:
        return None
    print(
        f"own work {speed.own_ms:.1f} ms a frame, MediaPipe alone {speed.mediapipe_ms:.1f} ms:"
        f" {speed.ratio:.2f} of it (limit {OWN_SHARE}; medians of {speed.frames} frames)"
    )
    return asdict(speed) | {"ratio": speed.ratio, "met": speed.ratio <= OWN_SHARE}


def _real(folder: Path) -> list[dict[str, Any]]:
    outcomes = real_eyes(folder)
    if not outcomes:
        print(f"{folder}: no data of real eyes there ({CLICKS.parent}, {CROPS}): left out")
    for line in told(outcomes) if outcomes else []:
        print(line)
    return [asdict(outcome) | {"beats": outcome.beats} for outcome in outcomes]
