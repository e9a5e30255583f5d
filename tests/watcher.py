"""A person before a screen, as a feed: eyes by a formula that follow whatever a run shows."""

from collections.abc import Callable

import numpy as np

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.keyboard import Keyboard
from gazetalk.keyboard.layout import load_layout
from gazetalk.run import Run, Start
from gazetalk.talk import Talk
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.messages import SourceInfo
from gazetalk.tracking.position import State
from gazetalk.tracking.process import Message
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import GazeSample
from gazetalk.transcript import Transcript
from tests.tracking.conftest import eyes_looking_at

FRAME_S = 1 / 30
LATENCY_S = 0.25
SHUT = 0.02
CENTRE = (960.0, 540.0)
Place = tuple[float, float]


class Watcher:
    """Looks at the target of `run` a quarter of a second after it came.

    wander: where they look instead, given time and target; None: there. openness: of the lids,
    given the same; None: no face. slip_px: how far they look beside what they are asked to.
    window_px: the width of a window that stands for the whole screen.
    """

    def __init__(self, noise_mm: float = 0.02, seed: int = 1) -> None:
        self.info: SourceInfo | None = None
        self.run: Run | None = None
        self.model: GazeModel | None = None
        self.models: list[GazeModel] = []
        self.t_s = 0.0
        self.position: tuple[State, ...] = ()
        self.slip_px: Place = (0.0, 0.0)
        self.window_px = DEFAULT_SCREEN.width_px
        self.wander: Callable[[float, Place], Place | None] = lambda t_s, target: None
        self.openness: Callable[[float, Place], float | None] = lambda t_s, target: 0.3
        self._noise_mm = noise_mm
        self._rng = np.random.default_rng(seed)
        self._target = CENTRE
        self._since_s = 0.0
        self._looking = CENTRE

    def poll(self, timeout_s: float = 0.0) -> list[Message]:
        self.t_s += FRAME_S
        eyes = self._eyes()
        sample = GazeSample(self.t_s)
        if eyes is not None:
            shut = self.openness(self.t_s, self._target) == SHUT
            sample = self.model.locate(eyes) if self.model else GazeSample(self.t_s, blink=shut)
        return [Tracked(round(self.t_s / FRAME_S), self.t_s, sample, eyes, self.position)]

    def send_model(self, model: GazeModel) -> None:
        self.model = model
        self.models.append(model)

    def close(self) -> None:
        """Nothing to end."""

    def until(self, done: Callable[[Run], bool], limit_s: float = 200.0) -> float:
        """Step the run until then; the seconds it took. Fails after `limit_s`."""
        assert self.run is not None
        begin_s = self.t_s
        while not done(self.run):
            self.run.step()
            assert self.t_s < begin_s + limit_s, "it never came to that"
        return self.t_s - begin_s

    def _eyes(self) -> Eyes | None:
        asked = self._asked()
        if asked != self._target:
            self._target, self._since_s = asked, self.t_s
        if self.t_s - self._since_s >= LATENCY_S:
            self._looking = self._target
        x_px, y_px = self.wander(self.t_s, self._target) or self._looking
        openness = self.openness(self.t_s, self._target)
        if openness is None:
            return None
        return eyes_looking_at(
            x_px + self.slip_px[0],
            y_px + self.slip_px[1],
            self.t_s,
            openness=openness,
            noise_mm=self._noise_mm,
            rng=self._rng,
        )

    def _asked(self) -> Place:
        if self.run is None or self.run.stage is None:
            return CENTRE
        target = self.run.stage.shown(self.t_s).target
        if target is None:
            return CENTRE
        scale = DEFAULT_SCREEN.width_px / self.window_px
        return target[0] * scale, target[1] * scale


class NoVoice:
    """Says nothing."""

    def say(self, text: str, t_s: float) -> None:
        """Silence."""

    def ring(self, t_s: float) -> None:
        """Silence."""

    def pause(self, t_s: float) -> None:
        """Silence as before."""

    def hush(self, t_s: float) -> None:
        """Silence as before."""

    def selected(self) -> None:
        """Silence."""


def watched_run(watcher: Watcher, start: Start, transcript: Transcript | None = None) -> Run:
    """A run with a keyboard that the watcher sits before."""
    keyboard = Keyboard(load_layout("qwerty"), Composer(), 1920, 1080)
    written = transcript or Transcript(None)
    talk = Talk(DEFAULT_SCREEN, keyboard, written, NoVoice())
    watcher.run = Run(watcher, talk, written, start)
    return watcher.run
