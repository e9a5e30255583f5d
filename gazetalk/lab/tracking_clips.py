"""What `gazetalk bench tracking` looks at: puppet people in the conditions that matter.

Each person calibrates once and is then seen in several conditions, each an own continuation of
the same calibration. Only pictures that say something are rendered: of calibration targets the
part that is learned from, of validation targets all, at full frame rate, since what moving lids
cost shows in successive frames only.
"""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gazetalk.geometry import DEFAULT_SCREEN, Screen
from gazetalk.lab.behaviour import Behaviour, HeadMotion
from gazetalk.lab.person import Look, Person, draw_look, draw_person
from gazetalk.lab.puppet import Recipe, build, frame_of
from gazetalk.paths import shipped
from gazetalk.tracking.calibration import DEFAULT_DISCARD_S
from gazetalk.tracking.procedure import load_procedure
from gazetalk.tracking.sources import SessionSource
from gazetalk.tracking.types import Camera, Floats, Frame, Image, Target

# After calibration a wandering head needs some seconds to gain its whole range; nothing is shown
# meanwhile.
PAUSE_S = 6.0
# As long as the eyes are given to arrive, and as long again to be measured.
VALIDATION_S = 2 * DEFAULT_DISCARD_S
# One place in each ninth of the screen, anywhere in a square about its middle: shares of its size.
NINTHS, STRAY = (0.17, 0.5, 0.83), 0.09
JITTER_MS, DROPPED = 5.0, 0.02
# Webcams send compressed pictures.
JPEG_QUALITY = 95
# A lid nearer than this to open hides nothing: 0 open, 1 shut.
OPEN_CLOSURE = 0.05


@dataclass(frozen=True)
class Condition:
    """One row of the table. limit_mm, or times_still: the error that is allowed, as such or over
    that of the still head. most_loss: of samples. eyetrax_times: so much better than eyetrax."""

    name: str
    motion: HeadMotion = field(default_factory=HeadMotion)
    look: str = "plain"
    limit_mm: float | None = None
    times_still: float | None = None
    most_loss: float | None = None
    eyetrax_times: float | None = None


CONDITIONS = (
    Condition("still", limit_mm=6.0, eyetrax_times=2.5),
    Condition("small", HeadMotion(wander_mm=20, wander_deg=3), limit_mm=11.0, eyetrax_times=5.0),
    Condition("moved", HeadMotion(moved_mm=50), limit_mm=18.0, eyetrax_times=5.0),
    Condition("turned", HeadMotion(turned_deg=10), limit_mm=30.0, eyetrax_times=5.0),
    Condition("glasses", look="glasses", times_still=1.7, most_loss=0.08),
    Condition("droop", look="droop", times_still=1.7, most_loss=0.08),
    Condition("dark", look="dark", times_still=1.7, most_loss=0.08),
)
WORDS = {
    "still": "head still",
    "small": "small movement (2 cm, 3 deg)",
    "moved": "moved 5 cm",
    "turned": "turned 10 deg",
    "glasses": "glasses",
    "droop": "one eye drooping",
    "dark": "a third of the light",
}


@dataclass(frozen=True, eq=False)
class Clip:
    """Frames in order of time, and what was to be looked at meanwhile.

    eyes_open: (count,) whether the lids were truly open. looked_px: (count, 2) where the eyes
    truly looked. None where nobody knows.
    distance_mm: from eyes to lens, None where nobody has measured it.
    """

    name: str
    screen: Screen
    camera: Camera
    distance_mm: float | None
    targets: tuple[Target, ...]
    count: int
    frames: Callable[[], Iterator[Frame]]
    eyes_open: NDArray[np.bool_] | None = None
    looked_px: Floats | None = None
    has_pictures: bool = True

    @property
    def calibrates(self) -> bool:
        return any(target.phase == "calibration" for target in self.targets)


@dataclass(frozen=True)
class Studio:
    """How puppets are filmed. folder: where clips are kept; those already there are used again.

    tell_distance: the distance is known, as if somebody had measured it once.
    """

    size_px: tuple[int, int] = (640, 480)
    fps: float = 30.0
    tell_distance: bool = False
    folder: Path | None = None

    def clips(self, seed: int, conditions: list[Condition]) -> list[list[Clip]]:
        """For each look that the conditions ask for: the calibration, then each condition."""
        return [
            [
                self._clip(seed, Condition("calibration", look=look), "calibration"),
                *(self._clip(seed, c, "validation") for c in conditions if c.look == look),
            ]
            for look in dict.fromkeys(condition.look for condition in conditions)
        ]

    def _clip(self, seed: int, condition: Condition, phase: str) -> Clip:
        recipe = self.recipe(seed, condition)
        behaviour = recipe.behaviour()
        targets = tuple(target for target in recipe.targets if target.phase == phase)
        skipped_s = DEFAULT_DISCARD_S if phase == "calibration" else 0.0
        shown = np.zeros(len(behaviour.t_s), dtype=bool)
        for target in targets:
            shown |= (behaviour.t_s >= target.start_s + skipped_s) & (behaviour.t_s < target.end_s)
        numbers = np.flatnonzero(shown)

        def images() -> Iterator[Image]:
            scene = build(recipe)
            for number in numbers:
                yield frame_of(scene, behaviour, int(number), seed)

        def frames() -> Iterator[Frame]:
            kept = self._kept(f"{seed}-{phase}-{_mark(recipe, behaviour, numbers)}", images)
            for number, jpeg in zip(numbers, kept, strict=True):
                image = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), dtype=np.uint8)
                yield Frame(int(number), float(behaviour.t_s[number]), image, *self.size_px)

        return Clip(
            name=condition.name,
            screen=recipe.screen,
            camera=recipe.camera,
            distance_mm=recipe.look.distance_mm if self.tell_distance else None,
            targets=targets,
            count=len(numbers),
            frames=frames,
            eyes_open=behaviour.closure[numbers] < OPEN_CLOSURE,
            looked_px=behaviour.gaze_px[numbers],
        )

    def recipe(self, seed: int, condition: Condition) -> Recipe:
        """The session that a condition's clips are parts of."""
        person, look = dressed(draw_person(seed), draw_look(seed), condition.look, seed)
        return Recipe(
            seed=seed,
            targets=script(seed),
            person=person,
            look=look,
            motion=condition.motion,
            size_px=self.size_px,
            fps=self.fps,
            jitter_ms=JITTER_MS,
            drop=DROPPED,
        )

    def _kept(
        self, name: str, images: Callable[[], Iterator[Image]]
    ) -> Iterator[NDArray[np.uint8]]:
        """The pictures as JPEG, from the folder if they are there, else rendered (and kept)."""
        path = None if self.folder is None else self.folder / f"{name}.npz"
        if path is not None and path.is_file():
            with np.load(path, allow_pickle=False) as kept:
                yield from np.split(kept["pictures"], kept["ends"][:-1])
            return
        pictures = []
        for image in images():
            _, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
            picture = np.asarray(jpeg, dtype=np.uint8).ravel()
            yield picture
            if path is not None:
                pictures.append(picture)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part.npz")
            ends = np.cumsum([len(picture) for picture in pictures])
            np.savez(part, pictures=np.concatenate(pictures), ends=ends)
            part.replace(path)


def _mark(recipe: Recipe, behaviour: Behaviour, numbers: NDArray[np.int64]) -> str:
    """Eight letters and digits: the same for the same pictures (while the renderer stays)."""
    mark = zlib.crc32(repr((recipe.person, recipe.look, recipe.screen, recipe.size_px)).encode())
    for state in dataclasses.astuple(behaviour):
        mark = zlib.crc32(np.ascontiguousarray(state[numbers]).tobytes(), mark)
    return f"{mark:08x}"


def script(seed: int) -> tuple[Target, ...]:
    """The nine points of the standard calibration, then nine others that no calibration had."""
    standard = load_procedure(shipped("calibration") / "standard.toml")
    asked = [t for t in standard.schedule(DEFAULT_SCREEN) if t.phase == "calibration"]
    rng = np.random.default_rng([seed, 14])
    places = rng.permutation([(x, y) for x in NINTHS for y in NINTHS])
    places = places + rng.uniform(-STRAY, STRAY, places.shape)
    start_s = asked[-1].end_s + PAUSE_S
    for number, (x, y) in enumerate(places):
        begin_s = start_s + number * VALIDATION_S
        x_px, y_px = float(x * DEFAULT_SCREEN.width_px), float(y * DEFAULT_SCREEN.height_px)
        asked.append(Target(begin_s, begin_s + VALIDATION_S, x_px, y_px, "validation"))
    return tuple(asked)


def dressed(person: Person, look: Look, way: str, seed: int) -> tuple[Person, Look]:
    """The person and the room in a condition: plain, glasses, droop or dark."""
    if way == "glasses":
        look = dataclasses.replace(look, glasses=True)
    elif way == "dark":
        look = dataclasses.replace(look, light=0.33)
    elif way == "droop":
        # Down to a third of a pupil's radius above its middle; every other person's right eye.
        hangs_mm = person.lid_upper_mm - 0.33 * person.pupil_mm
        pair = (hangs_mm, 0.0) if seed % 2 else (0.0, hangs_mm)
        person = dataclasses.replace(person, droop_mm=pair)
    return person, look


def session_clip(folder: Path) -> Clip:
    """A recorded session as one clip. Raises SessionError."""
    with SessionSource(folder) as source:
        session = source.session

    def frames() -> Iterator[Frame]:
        with SessionSource(folder) as source:
            yield from source.frames()

    return Clip(
        name=str(folder),
        screen=session.screen,
        camera=session.camera,
        distance_mm=session.viewing_distance_mm,
        targets=session.targets,
        count=len(session.times_s),
        frames=frames,
        has_pictures=session.video is not None,
    )
