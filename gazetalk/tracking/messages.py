"""What a feed tells besides the results: it started, something failed, it works again, it ended."""

from __future__ import annotations

from dataclasses import dataclass

from gazetalk.geometry import Screen
from gazetalk.tracking.types import Camera, Target


@dataclass(frozen=True)
class SourceInfo:
    """What is known of a source of frames.

    kind: "camera", "video" or "session". live: its frames are of this very moment.
    screen, viewing_distance_mm: None where nobody knows. targets: what the person was asked to
    look at, in order of time.
    """

    kind: str
    camera: Camera
    live: bool
    screen: Screen | None = None
    viewing_distance_mm: float | None = None
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True)
class Started:
    """The first message of a feed."""

    info: SourceInfo


@dataclass(frozen=True)
class Fault:
    """Something stopped working. `str(fault)` is a line for people.

    t_s: the time of the last frame before it on the source's clock, None before the first frame.
    what, why, action: what happened, the reason, and what is being done about it.
    final: nothing more is being done; the feed ends.
    """

    t_s: float | None
    what: str
    why: str
    action: str
    final: bool = False

    def __str__(self) -> str:
        return f"{self.what} ({self.why}): {self.action}"


@dataclass(frozen=True)
class Recovered:
    """What a `Fault` told of works again. t_s: the time of the first new frame."""

    t_s: float
    what: str

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True)
class Ended:
    """The last message of a feed. reason: in words, such as "the recording is over"."""

    reason: str
