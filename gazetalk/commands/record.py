"""`gazetalk record`: keep what a source shows as a session folder, and delete one.

A camera's pictures are kept only with `--video`, and only when the person has agreed: what it means
is shown and read out first. A recording's copy holds what the recording held.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gazetalk.clinic.profile import find_profile
from gazetalk.clinic.recordings import delete_recording, folder_bytes
from gazetalk.clinic.settings import load_settings
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.paths import data_home
from gazetalk.tracking.face import find_model
from gazetalk.tracking.session import SessionWriter
from gazetalk.tracking.sources import Source, SourceError, parse_source
from gazetalk.tracking.tracker import Tracker
from gazetalk.tracking.types import Frame

TOLD_EVERY_S = 1.0  # while it is recording, on a terminal


class NoFace(RuntimeError):
    """Recorded, but nobody was there."""


@dataclass
class Taken:
    """What was recorded so far: frames, those with a face, and from when to when it was lost."""

    frames: int = 0
    faces: int = 0
    first_s: float = 0.0
    last_s: float = 0.0
    losses: list[tuple[float, float | None]] = field(default_factory=list)

    @property
    def length_s(self) -> float:
        return self.last_s - self.first_s

    def add(self, t_s: float, seen: bool, seen_before: bool) -> None:
        self.first_s = self.first_s if self.frames else t_s
        self.last_s = t_s
        self.frames += 1
        self.faces += seen
        if seen and self.losses and self.losses[-1][1] is None:
            self.losses[-1] = (self.losses[-1][0], t_s)
        elif not seen and seen_before:
            self.losses.append((t_s, None))


def run(args: argparse.Namespace) -> int:
    if args.delete:
        print(f"deleted: {', '.join(delete_recording(args.folder))}")
        return 0
    spec = parse_source(args.source)
    if spec.kind == "mouse":
        raise SourceError("the mouse has no pictures to record: name a camera, video or session")
    if args.seconds is not None and not args.seconds > 0:
        raise SourceError(f"--seconds {args.seconds}: must be more than 0")
    live = spec.kind == "camera"
    landmarks_only = args.landmarks_only or (live and not args.video)
    notes = _agreed(args) if live and args.video else ""  # before the camera is even on
    tracker = Tracker(find_model())
    try:
        with spec.open() as source:
            taken = _record(source, tracker, args, landmarks_only, notes)
    finally:
        tracker.close()
    print(f"{args.folder}: {taken.frames} frames, a face in {taken.faces} of them")
    kept = "landmarks only, no picture" if landmarks_only else "with all that its source has"
    print(f"{taken.length_s:.1f} s, {_size(folder_bytes(args.folder))}, {kept}")
    print(f'to delete it: gazetalk record "{args.folder}" --delete')
    for lost_s, back_s in taken.losses:
        print(f"face lost at {lost_s:.2f} s, {_back(back_s)}")
    if taken.faces == 0:
        raise NoFace(
            f"{args.folder}: recorded, but no face was seen in any of {taken.frames} frames"
        )
    return 0


def _agreed(args: argparse.Namespace) -> str:
    """Ask the person in the language of their screens, and what is noted with the recording. Raises
    what `filming` does."""
    from gazetalk.filming import WORDS, Voice, consent_to_video  # late: it needs pygame
    from gazetalk.screens.captions import load_captions

    settings = load_settings(find_profile(data_home(args.data_dir), args.profile))
    language = settings.screen_language
    captions = load_captions(language)
    with Voice(captions.line(WORDS), language, settings) as voice:
        where = consent_to_video(voice, captions=captions)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return f"agreed to the video {where} (asked in: {language}), {now}"


def _back(back_s: float | None) -> str:
    return "not seen again" if back_s is None else f"back at {back_s:.2f} s"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"


def _record(
    source: Source, tracker: Tracker, args: argparse.Namespace, landmarks_only: bool, notes: str
) -> Taken:
    info = source.info
    writer = SessionWriter(
        args.folder,
        info.screen or DEFAULT_SCREEN,
        info.camera,
        info.viewing_distance_mm,
        notes=notes,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        landmarks_only=landmarks_only,
    )
    taken, seen, told_s = Taken(), False, time.monotonic()
    with writer:
        for target in info.targets:
            writer.add_target(target)
        for frame in _until(source.frames(), args.seconds):
            face = tracker.find_face(frame)
            writer.add(frame, face)
            taken.add(frame.t_s, face is not None, seen)
            seen = face is not None
            if sys.stderr.isatty() and time.monotonic() - told_s > TOLD_EVERY_S:
                told_s = time.monotonic()
                _tell(taken, writer.size_bytes)
    return taken


def _tell(taken: Taken, size: int) -> None:
    """On one line, again and again; Ctrl-C ends the recording and keeps it."""
    line = f"{taken.length_s:.0f} s, {_size(size)}, a face in {taken.faces} of {taken.frames}"
    print(f"\r{line} (Ctrl-C ends it) ", end="", file=sys.stderr, flush=True)


def _until(frames: Iterator[Frame], seconds: float | None) -> Iterator[Frame]:
    """Stop after so long, or at Ctrl-C, keeping what there is."""
    begin = time.monotonic()
    try:
        yield from itertools.takewhile(
            lambda _: seconds is None or time.monotonic() - begin < seconds, frames
        )
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
