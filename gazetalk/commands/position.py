"""`gazetalk position`: whether the person sits well before the camera, and what would help."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict

from gazetalk.files import write_atomically
from gazetalk.tracking.face import find_model
from gazetalk.tracking.position import State
from gazetalk.tracking.sources import Source, SourceError, parse_source
from gazetalk.tracking.tracker import Tracker

WINDOW_PX = (1024, 640)
TITLE = "Position and light (Escape closes)"


class NothingSeen(RuntimeError):
    """The source gave no picture at all."""


def run(args: argparse.Namespace) -> int:
    spec = parse_source(args.source)
    if spec.kind == "mouse":
        raise SourceError("the mouse sees nobody: name a camera, video or session")
    if not args.seconds > 0:
        raise SourceError(f"--seconds {args.seconds}: must be more than 0")
    with spec.open() as source:
        states = shown(source) if args.show else watch(source, args.seconds)
    if not states:
        raise NothingSeen(f"{args.source}: gave no picture: is the camera in use elsewhere?")
    if args.json:
        told = {"states": [asdict(state) for state in states]}
        write_atomically(args.json, json.dumps(told, indent=2) + "\n")
    for line in table(states):
        print(line)
    return 0


def watch(
    source: Source, seconds: float, each: Callable[[tuple[State, ...]], bool] = lambda _: True
) -> tuple[State, ...]:
    """The states after so many seconds of the source, or at its end; none without a frame.

    each: gets the states of every frame; it ends when that returns False.
    """
    states: tuple[State, ...] = ()
    begin_s = None
    tracker = Tracker(find_model(), source.info.camera.hfov_deg)
    try:
        for frame in source.frames():
            states = tracker.process(frame).position
            begin_s = frame.t_s if begin_s is None else begin_s
            if frame.t_s - begin_s >= seconds or not each(states):
                break
    finally:
        tracker.close()
    return states


def shown(source: Source, headless: bool = False) -> tuple[State, ...]:
    """The last states of the source, shown in a window until its end or until Escape is pressed."""
    from gazetalk.screens.position import PositionView, draw_position
    from gazetalk.screens.window import KeyPressed, Quit, Window

    def ends(event: object) -> bool:
        return isinstance(event, Quit) or (isinstance(event, KeyPressed) and event.name == "escape")

    with Window(WINDOW_PX, headless) as window:

        def draw(states: tuple[State, ...]) -> bool:
            window.draw(lambda canvas: draw_position(canvas, PositionView(states, TITLE)))
            window.flip()
            return not any(ends(event) for event in window.events())

        return watch(source, math.inf, draw)


def table(states: Sequence[State]) -> list[str]:
    """A line for each state: its name, level, value, and words where there are any."""
    rows = [(s.name, s.level or "-", s.measured, s.words) for s in states]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return ["  ".join([*map(str.ljust, row[:3], widths), row[3]]).rstrip() for row in rows]
