"""The face puppet before a running program: it looks where the screen makes it look."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gazetalk.lab.behaviour import LiveEyes
from gazetalk.lab.puppet import Recipe, build, frame_of
from gazetalk.tracking.face import find_model
from gazetalk.tracking.messages import SourceInfo, Started
from gazetalk.tracking.process import Message
from gazetalk.tracking.tracker import Tracker
from gazetalk.tracking.types import Frame, Target

Place = tuple[float, float]


class LivePuppet:
    """A feed of a run: each poll renders one frame, in which the eyes are on their way to or at
    `where`, and tracks it.

    recipe: its targets are looked at first, on time; head and lids move as it says until the last
    one is over, whose end ends the feed. where: the place to look at, given the time, once the
    targets before `free_s` are over.
    """

    def __init__(
        self, recipe: Recipe, free_s: float, where: Callable[[float], Place | None]
    ) -> None:
        self.info: SourceInfo | None = None
        self._recipe = recipe
        self._free_s = free_s
        self._where = where
        self._scene = build(recipe)
        self._behaviour = recipe.behaviour()
        until_s = recipe.targets[-1].end_s
        self._eyes = LiveEyes(
            recipe.person, recipe.screen, recipe.look.distance_mm, recipe.seed, until_s
        )
        self._place: Place | None = None
        self._tracker = Tracker(find_model())
        self._number = 0

    def poll(self, timeout_s: float = 0.0) -> list[Message]:
        """One frame's result, however long that takes."""
        started: list[Message] = []
        if self.info is None:
            self.info = SourceInfo("puppet", self._recipe.camera, live=False)
            started = [Started(self.info)]
        number = self._number
        self._number += 1
        t_s = float(self._behaviour.t_s[number])
        self._look(t_s)
        self._behaviour.gaze_px[number] = self._eyes.at(t_s)
        image = frame_of(self._scene, self._behaviour, number, self._recipe.seed)
        frame = Frame(number, t_s, np.ascontiguousarray(image), *self._recipe.size_px)
        return [*started, self._tracker.process(frame)]

    @property
    def frames_left(self) -> int:
        return len(self._behaviour.t_s) - self._number

    def send_model(self, model: object) -> None:
        self._tracker.use(model)  # type: ignore[arg-type]

    def close(self) -> None:
        self._tracker.close()

    def _look(self, t_s: float) -> None:
        place = self._where(t_s) if t_s >= self._free_s else self._asked(t_s)
        if place is not None and place != self._place:
            self._place = place
            self._eyes.look(t_s, *place)

    def _asked(self, t_s: float) -> Place | None:
        target: Target | None = next(
            (t for t in self._recipe.targets if t.start_s <= t_s < t.end_s), None
        )
        return None if target is None else (target.x_px, target.y_px)
