"""`gazetalk lab camera`: a face puppet in place of a camera, which looks at what is on the screen.

It sees the screen as a person does, by its pixels (Xvfb's `-fbdir` keeps them in a file), finds
the target of a calibration or a check there, and looks at it. What it looks at otherwise is told
on standard input, a line each:

    follow            whatever target is shown (from the start)
    look X Y          there, pixels of the screen, until another line comes
    close SECONDS     both eyes
"""

from __future__ import annotations

import argparse
import mmap
import queue
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from gazetalk.geometry import Screen
from gazetalk.lab.avi_stream import AviStream
from gazetalk.lab.behaviour import Closing, LiveEyes, closures_of
from gazetalk.lab.person import LabError, draw_look, draw_person
from gazetalk.lab.puppet import Recipe, build, frame_of
from gazetalk.screens.theme import DARK, Colour
from gazetalk.tracking.types import Image, Target

Place = tuple[float, float]
LONGEST_S = 900.0  # it is made ready for so long
# Longer blinks may seem to be the switch's (0.35 s) when a busy machine draws few frames a second.
BLINKS_S = (0.04, 0.1)
# A target is a disc in the colour of what is looked at; what is smaller or longer is none.
LEAST_PX, LONGEST_SIDE = 60, 1.3


def target_in(picture: Image, colour: Colour = DARK.fill) -> Place | None:
    """Where a target is shown in a picture (H, W, 3; red first), or None."""
    rows, columns = np.nonzero((picture == np.array(colour, np.uint8)).all(axis=2))
    if len(rows) < LEAST_PX:
        return None
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    if max(height, width) > LONGEST_SIDE * min(height, width):
        return None
    return float(columns.min() + columns.max()) / 2, float(rows.min() + rows.max()) / 2


class ScreenFile:
    """The pixels of a virtual screen: Xvfb's file, an X window dump (XWD version 7, 32 bits a
    pixel). Raises LabError for another."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise LabError(f"--sees {path}: cannot be read ({error}): start Xvfb -fbdir") from None
        header = struct.unpack(">25I", self._bytes[:100])
        version, bits, colours = header[1], header[11], header[19]
        if version != 7 or bits != 32:
            raise LabError(f"--sees {path}: not a screen of 32 bits a pixel: -screen 0 WxHx24")
        self._begin = header[0] + 12 * colours
        self.size_px = header[4], header[5]
        self._line = header[12]

    def picture(self) -> Image:
        """(H, W, 3), red first, as it is now."""
        width, height = self.size_px
        whole = np.frombuffer(self._bytes, np.uint8, self._line * height, self._begin)
        pixels = whole.reshape(height, self._line // 4, 4)[:, :width]
        return pixels[..., 2::-1].copy()


class Sitter:
    """A puppet before a screen, in whose picture it looks for targets."""

    def __init__(
        self, seed: int, screen: Screen, fps: float, see: Callable[[], Place | None]
    ) -> None:
        person = replace(draw_person(seed), blink_closed_s=BLINKS_S)
        look = replace(draw_look(seed), glasses=False)
        middle = Target(0.0, LONGEST_S, screen.width_px / 2, screen.height_px / 2, "free")
        self._recipe = Recipe(seed, (middle,), person, look, screen=screen, fps=fps)
        self._behaviour = self._recipe.behaviour()
        self._scene = build(self._recipe)
        self._eyes = LiveEyes(person, screen, look.distance_mm, seed, LONGEST_S)
        self._see = see
        self._told: Place | None = None
        self._place: Place | None = None
        self._closing: Closing | None = None

    @property
    def size_px(self) -> tuple[int, int]:
        return self._recipe.size_px

    def hear(self, line: str, t_s: float) -> None:
        """A line as in the module's docstring. Raises LabError for another."""
        try:
            match line.split():
                case ["follow"]:
                    self._told = None
                case ["look", x_px, y_px]:
                    self._told = float(x_px), float(y_px)
                case ["close", seconds]:
                    self._closing = Closing(t_s, float(seconds))
                case _:
                    raise ValueError
        except ValueError:
            raise LabError(f"{line!r}: write follow, look X Y, or close SECONDS") from None

    def frame(self, t_s: float) -> Image:
        """What the camera sees at that time, (H, W, 3), blue first. In order of time."""
        place = self._told or self._see()
        if place is not None and place != self._place:
            self._place = place
            self._eyes.look(t_s, *place)
        number = min(round(t_s * self._recipe.fps), len(self._behaviour.t_s) - 1)
        self._behaviour.gaze_px[number] = self._eyes.at(t_s)
        if self._closing is not None:
            closed = closures_of(np.array([t_s]), [self._closing])[0]
            own = self._behaviour.closures[number]
            self._behaviour.closures[number] = np.maximum(own, closed)
        return frame_of(self._scene, self._behaviour, number, self._recipe.seed)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the lab's."""
    parser = commands.add_parser(
        "camera", help="a face puppet as a camera, which looks at the targets on a virtual screen"
    )
    parser.add_argument("--fifo", type=Path, required=True, metavar="F", help="for camera:F")
    parser.add_argument(
        "--sees", type=Path, required=True, metavar="F", help="the screen: Xvfb's -fbdir file"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="who sits there")
    parser.add_argument("--fps", type=float, default=15.0, metavar="N", help="usually 15")
    parser.add_argument("--screen-mm", type=float, default=344.0, metavar="W", help="its width")


def run(args: argparse.Namespace) -> int:
    """Be a camera until somebody ends that; 0. Raises LabError."""
    cv2.setNumThreads(1)
    seen = ScreenFile(args.sees)
    width_px, height_px = seen.size_px
    screen = Screen(width_px, height_px, args.screen_mm, args.screen_mm * height_px / width_px)
    sitter = Sitter(args.seed, screen, args.fps, lambda: target_in(seen.picture()))
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    moments = beats(args.fps)
    while True:  # who has closed a camera may open it again
        with suppress(BrokenPipeError), args.fifo.open("wb") as pipe:
            stream = AviStream(pipe, sitter.size_px, args.fps)
            for t_s in moments:
                while not lines.empty():
                    sitter.hear(lines.get(), t_s)
                stream.write(sitter.frame(t_s))
            return 0


def beats(fps: float) -> Iterator[float]:
    """The seconds since the first at which frames are due, each when it is; those that nobody had
    time for are left out."""
    begin_s, number = time.monotonic(), 0
    while number / fps < LONGEST_S:
        yield number / fps
        number = max(number + 1, int((time.monotonic() - begin_s) * fps))
        time.sleep(max(0.0, begin_s + number / fps - time.monotonic()))


def _listen(lines: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        lines.put(line.strip())
