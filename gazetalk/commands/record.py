"""`gazetalk record`: keep what a source shows as a session folder."""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.tracking.face import find_model
from gazetalk.tracking.session import SessionWriter
from gazetalk.tracking.sources import Source, SourceError, parse_source
from gazetalk.tracking.tracker import Tracker
from gazetalk.tracking.types import Frame


class NoFace(RuntimeError):
    """Recorded, but nobody was there."""


def run(args: argparse.Namespace) -> int:
    spec = parse_source(args.source)
    if spec.kind == "mouse":
        raise SourceError("the mouse has no pictures to record: name a camera, video or session")
    if args.seconds is not None and not args.seconds > 0:
        raise SourceError(f"--seconds {args.seconds}: must be more than 0")
    tracker = Tracker(find_model())
    try:
        with spec.open() as source:
            frames, faces, losses = _record(source, tracker, args)
    finally:
        tracker.close()
    print(f"{args.folder}: {frames} frames, a face in {faces} of them")
    for lost_s, back_s in losses:
        print(f"face lost at {lost_s:.2f} s, {_back(back_s)}")
    if faces == 0:
        raise NoFace(f"{args.folder}: recorded, but no face was seen in any of {frames} frames")
    return 0


def _back(back_s: float | None) -> str:
    return "not seen again" if back_s is None else f"back at {back_s:.2f} s"


def _record(
    source: Source, tracker: Tracker, args: argparse.Namespace
) -> tuple[int, int, list[tuple[float, float | None]]]:
    """Frames, faces, and from when to when the face was lost after having been seen."""
    info = source.info
    writer = SessionWriter(
        args.folder,
        info.screen or DEFAULT_SCREEN,
        info.camera,
        info.viewing_distance_mm,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        landmarks_only=args.landmarks_only,
    )
    faces = 0
    seen = False
    losses: list[tuple[float, float | None]] = []
    with writer:
        for target in info.targets:
            writer.add_target(target)
        for frame in _until(source.frames(), args.seconds):
            face = tracker.find_face(frame)
            writer.add(frame, face)
            if face is not None and losses and losses[-1][1] is None:
                losses[-1] = (losses[-1][0], frame.t_s)
            elif face is None and seen:
                losses.append((frame.t_s, None))
            seen = face is not None
            faces += seen
    return writer.count, faces, losses


def _until(frames: Iterator[Frame], seconds: float | None) -> Iterator[Frame]:
    """Stop after so long, or at Ctrl-C, keeping what there is."""
    begin = time.monotonic()
    try:
        yield from itertools.takewhile(
            lambda _: seconds is None or time.monotonic() - begin < seconds, frames
        )
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
