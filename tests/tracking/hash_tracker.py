"""A tracker for tests of feeds: it sees every bit of a frame, and fails when told to.

Kept apart from the tests, as the child process imports it and should be quick to start.
"""

from __future__ import annotations

import functools
import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gazetalk.tracking.child import Recipe
from gazetalk.tracking.messages import SourceInfo
from gazetalk.tracking.types import Frame


@dataclass(frozen=True)
class Seen:
    """What the fake tracker makes of a frame: a digest of all of it and of the model."""

    index: int
    t_s: float
    digest: str
    pid: int

    @property
    def content(self) -> tuple[int, float, str]:
        return self.index, self.t_s, self.digest


class HashTracker:
    """Sees every bit of a frame. May fail at a frame: each `faults` file is used up by one."""

    def __init__(self, faults: Path | None, take_s: float) -> None:
        self._model: Any = None
        self._faults = faults
        self._take_s = take_s

    def use(self, model: Any) -> None:
        self._model = model

    def show_pictures(self, wanted: bool) -> None:
        """It has none."""

    def process(self, frame: Frame) -> Seen:
        time.sleep(self._take_s)
        self._perhaps_fail(frame.index)
        picture = b"" if frame.image is None else frame.image.tobytes()
        digest = hashlib.sha256(picture + repr((frame.t_s, self._model)).encode()).hexdigest()
        return Seen(frame.index, frame.t_s, digest, os.getpid())

    def close(self) -> None:
        pass

    def _perhaps_fail(self, index: int) -> None:
        for fault in sorted(self._faults.glob(f"{index}-*")) if self._faults else []:
            kind = fault.name.split("-")[1]
            if kind != "always":
                fault.unlink()
            if kind == "hang":
                time.sleep(60)
            if kind == "exit":
                os._exit(3)
            raise KeyError(f"frame {index}")


def make_tracker(faults: Path | None, take_s: float, info: SourceInfo) -> HashTracker:
    assert info.camera.width_px > 0
    return HashTracker(faults, take_s)


def refuse(error: Exception, info: SourceInfo) -> HashTracker:
    raise error


def recipe(faults: Path | None = None, take_s: float = 0.0) -> Recipe:
    return functools.partial(make_tracker, faults, take_s)
