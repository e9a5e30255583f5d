"""`gazetalk position`: whether the person sits well before the camera, and what would help."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from gazetalk.files import write_atomically
from gazetalk.tracking.face import find_model
from gazetalk.tracking.position import State
from gazetalk.tracking.sources import Source, SourceError, parse_source
from gazetalk.tracking.tracker import Tracker


class NothingSeen(RuntimeError):
    """The source gave no picture at all."""


def run(args: argparse.Namespace) -> int:
    spec = parse_source(args.source)
    if spec.kind == "mouse":
        raise SourceError("the mouse sees nobody: name a camera, video or session")
    if not args.seconds > 0:
        raise SourceError(f"--seconds {args.seconds}: must be more than 0")
    with spec.open() as source:
        states = watch(source, args.seconds)
    if not states:
        raise NothingSeen(f"{args.source}: gave no picture: is the camera in use elsewhere?")
    if args.json:
        told = {"states": [asdict(state) for state in states]}
        write_atomically(args.json, json.dumps(told, indent=2) + "\n")
    for line in table(states):
        print(line)
    return 0


def watch(source: Source, seconds: float) -> tuple[State, ...]:
    """The states after so many seconds of the source, or at its end; none without a frame."""
    states: tuple[State, ...] = ()
    begin_s = None
    tracker = Tracker(find_model(), source.info.camera.hfov_deg)
    try:
        for frame in source.frames():
            states = tracker.process(frame).position
            begin_s = frame.t_s if begin_s is None else begin_s
            if frame.t_s - begin_s >= seconds:
                break
    finally:
        tracker.close()
    return states


def table(states: Sequence[State]) -> list[str]:
    """A line for each state: its name, level, value, and words where there are any."""
    rows = [(s.name, s.level or "-", s.measured, s.words) for s in states]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return ["  ".join([*map(str.ljust, row[:3], widths), row[3]]).rstrip() for row in rows]
