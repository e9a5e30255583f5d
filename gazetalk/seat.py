"""How the person sits, told until all is well for a while: before a first calibration."""

from __future__ import annotations

from collections.abc import Callable

from gazetalk.asking import Shown
from gazetalk.lastplace import LastPlace
from gazetalk.lid_signs import HOW_TO_CALL
from gazetalk.tracking.picture import FacePlace, Thumbnail
from gazetalk.tracking.position import Level, State
from gazetalk.tracking.tracker import Tracked

# Nothing bad for so long: it stays so. A person alone must get past it in any case.
WELL_S = 3.0
PATIENCE_S = 60.0
WORDS = "Sit as you will sit to talk"
CAMERAS = " · C: next camera"
WELL = "That is good: stay so"


class Seat:
    """Takes what frames show until nothing is bad, a helper goes on, or patience ends.

    before: where they sat well last time. keep: told of where they do now. camera: which sees them.
    """

    def __init__(
        self,
        start_s: float,
        before: LastPlace | None = None,
        keep: Callable[[LastPlace], None] = lambda place: None,
    ) -> None:
        self._start_s = start_s
        self._before = before
        self._keep = keep
        self._wants_other = False
        self.camera = ""
        self.picture: Thumbnail | None = None
        self._well_since_s: float | None = None
        self._stepped = False
        self.states: tuple[State, ...] = ()

    def take(self, tracked: Tracked) -> None:
        """What one frame gave."""
        self.states = tracked.position
        self.picture = tracked.picture or self.picture
        well = tracked.eyes is not None and not any(s.level is Level.BAD for s in self.states)
        if not well:
            self._well_since_s = None
        elif self._well_since_s is None:
            self._well_since_s = tracked.t_s
        if self._well(tracked.t_s) and self.picture is not None and self.picture.face is not None:
            self._keep(LastPlace(self.camera, self.picture.face))

    def other_camera(self) -> None:
        """A helper's key: the next camera, please."""
        self._wants_other = True
        self._well_since_s = self.picture = None

    def wants_other_camera(self) -> bool:
        """Whether that was asked for since the last call."""
        wanted, self._wants_other = self._wants_other, False
        return wanted

    @property
    def before(self) -> FacePlace | None:
        """Where the face was last time, if the same camera saw it."""
        same = self._before is not None and self._before.camera == self.camera
        return self._before.face if same and self._before is not None else None

    def step(self, t_s: float) -> None:
        """A helper's key: go on."""
        self._stepped = True

    def over(self, t_s: float) -> bool:
        """Calibration can begin."""
        waited = t_s - self._start_s > PATIENCE_S
        return self._stepped or self._well(t_s) or waited

    def _well(self, t_s: float) -> bool:
        return self._well_since_s is not None and t_s - self._well_since_s >= WELL_S

    def shown(self, t_s: float) -> Shown:
        """There is nothing to look at."""
        return Shown(words=self.words)

    @property
    def words(self) -> str:
        """One line for whoever looks."""
        words = WORDS if self._well_since_s is None else WELL
        keys = f"(Enter: go on{CAMERAS if self.camera else ''})"
        return f"{self._compared or words} {keys}. {HOW_TO_CALL}"

    @property
    def _compared(self) -> str:
        """How that is beside last time; "" where nobody knows."""
        face = None if self.picture is None else self.picture.face
        if self._before is None or self.before is None or face is None:
            return ""
        return self._before.words(face)
