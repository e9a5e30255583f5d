"""`gazetalk position`: whether the person sits well before the camera, and what would help."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict

from gazetalk.files import write_atomically
from gazetalk.lid_signs import Call
from gazetalk.tracking.face import find_model
from gazetalk.tracking.position import State
from gazetalk.tracking.sources import Source, SourceError, parse_source
from gazetalk.tracking.tracker import Tracked, Tracker

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
    source: Source, seconds: float, each: Callable[[Tracked], bool] = lambda _: True
) -> tuple[State, ...]:
    """The states after so many seconds of the source, or at its end; none without a frame.

    each: gets what every frame gave; it ends when that returns False.
    """
    states: tuple[State, ...] = ()
    begin_s = None
    tracker = Tracker(find_model(), source.info.camera.hfov_deg)
    try:
        for frame in source.frames():
            tracked = tracker.process(frame)
            states = tracked.position
            begin_s = frame.t_s if begin_s is None else begin_s
            if frame.t_s - begin_s >= seconds or not each(tracked):
                break
    finally:
        tracker.close()
    return states


def shown(source: Source, headless: bool = False) -> tuple[State, ...]:
    """The last states of the source, shown in a window until its end or until Escape is pressed.

    F9 rings the bell there, and so do eyes that call (`lid_signs.Call`)."""
    from gazetalk.screens.position import PositionView, draw_position
    from gazetalk.screens.window import KeyPressed, Quit, Window
    from gazetalk.show import CALLING
    from gazetalk.speech.bell import Bell

    def rings(event: object) -> bool:
        return isinstance(event, KeyPressed) and event.name == "f9"

    def ends(event: object) -> bool:
        return isinstance(event, Quit) or (isinstance(event, KeyPressed) and event.name == "escape")

    call = Call()
    with Window(WINDOW_PX, headless) as window, closing(Bell()) as bell:

        def draw(tracked: Tracked) -> bool:
            events = window.events()
            if call.take(tracked.sample) or any(rings(event) for event in events):
                bell.press()
            view = PositionView(tracked.position, CALLING if bell.ringing else TITLE)
            window.draw(lambda canvas: draw_position(canvas, view))
            window.flip()
            return not any(map(ends, events))

        return watch(source, math.inf, draw)


def table(states: Sequence[State]) -> list[str]:
    """A line for each state: its name, level, value, and words where there are any."""
    rows = [(s.name, s.level or "-", s.measured, s.words) for s in states]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return ["  ".join([*map(str.ljust, row[:3], widths), row[3]]).rstrip() for row in rows]
