"""The face puppet: a session rendered from a script, a person, a look and a seed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import TextIO

import cv2
import numpy as np

from gazetalk.files import write_atomically
from gazetalk.geometry import DEFAULT_SCREEN, Screen
from gazetalk.lab.behaviour import Behaviour, Closing, HeadMotion, behave
from gazetalk.lab.person import Look, Person
from gazetalk.lab.portrait import load_portrait
from gazetalk.lab.render import render
from gazetalk.lab.scene import Moment, Scene, build_scene
from gazetalk.progress import Progress
from gazetalk.tracking.face import find_model
from gazetalk.tracking.mesh import canonical_mesh
from gazetalk.tracking.session import SessionWriter
from gazetalk.tracking.types import Camera, Floats, Frame, Image, Target

_CHUNK = 24  # frames that one process renders at a time


@dataclass(frozen=True)
class Recipe:
    """All that a puppet session follows from; the same recipe gives the same session.

    jitter_ms: timestamps and the moments they stamp stray from the camera's beat by up to this.
    drop: share of frames that the camera loses. tell_hfov: whether session.json knows the field
    of view. closings: what the lids do instead of blinking by chance; None leaves them to it.
    """

    seed: int
    targets: tuple[Target, ...]
    person: Person
    look: Look
    motion: HeadMotion = field(default_factory=HeadMotion)
    screen: Screen = DEFAULT_SCREEN
    size_px: tuple[int, int] = (640, 480)
    fps: float = 30.0
    jitter_ms: float = 0.0
    drop: float = 0.0
    tell_hfov: bool = False
    closings: tuple[Closing, ...] | None = None

    @property
    def camera(self) -> Camera:
        return Camera(
            width_px=self.size_px[0],
            height_px=self.size_px[1],
            fps=self.fps,
            hfov_deg=self.look.hfov_deg if self.tell_hfov else None,
            offset_mm=self.look.lens_offset_mm,
        )

    def times_s(self) -> Floats:
        """When the frames were taken: from 0 to the last target's end."""
        rng = np.random.default_rng([self.seed, 11])
        beats = np.arange(max(1, int(self.targets[-1].end_s * self.fps))) / self.fps
        stray = min(self.jitter_ms / 1000, 0.45 / self.fps)
        times = beats + rng.uniform(-stray, stray, len(beats)) + stray
        kept = rng.uniform(size=len(beats)) >= self.drop
        kept[0] = True
        return times[kept].round(6)

    def behaviour(self) -> Behaviour:
        return behave(
            self.times_s(),
            self.targets,
            self.person,
            self.motion,
            self.screen,
            self.look.distance_mm,
            self.seed,
            self.closings,
        )


def build(recipe: Recipe) -> Scene:
    """The scene of a recipe. Raises LabError without the photo, ModelError without the model."""
    model = find_model()
    return build_scene(
        load_portrait(model),
        canonical_mesh(model),
        recipe.person,
        recipe.look,
        recipe.screen,
        recipe.size_px,
        recipe.seed,
    )


def frame_of(scene: Scene, behaviour: Behaviour, number: int, seed: int) -> Image:
    """The picture of one frame (H, W, 3); its noise depends on the seed and the number only."""
    right, left = behaviour.closures[number]
    moment = Moment(
        gaze_px=behaviour.gaze_px[number],
        closures=(float(right), float(left)),
        lids_mm=float(behaviour.lids_mm[number]),
        pupils=float(behaviour.pupils[number]),
        moved_mm=behaviour.moved_mm[number],
        turned_deg=behaviour.turned_deg[number],
    )
    return render(scene, moment, np.random.Generator(np.random.SFC64([seed, 12, number])))


def write_session(
    folder: Path,
    recipe: Recipe,
    codec: str = "MJPG",
    workers: int = 1,
    progress_to: TextIO | None = None,
) -> int:
    """Render the recipe into a new session folder, with truth.csv beside; the number of frames.

    Raises SessionError when the folder is there already, LabError and ModelError as `build`.
    """
    behaviour = recipe.behaviour()
    count = len(behaviour.t_s)
    writer = SessionWriter(
        folder,
        recipe.screen,
        recipe.camera,
        recipe.look.distance_mm,
        notes=f"face puppet, seed {recipe.seed}: {recipe.person} {recipe.look} {recipe.motion}",
        codec=codec,
    )
    progress = Progress("rendering", count, progress_to or sys.stderr)
    width_px, height_px = recipe.size_px
    with writer, progress, _rendered(recipe, behaviour, workers) as images:
        for target in recipe.targets:
            writer.add_target(target)
        for number, image in enumerate(images):
            t_s = float(behaviour.t_s[number])
            writer.add(Frame(number, t_s, image, width_px, height_px))
            progress.step()
    write_atomically(folder / "truth.csv", truth_csv(behaviour))
    return count


def truth_csv(behaviour: Behaviour) -> str:
    """What no camera tells, a row a frame: the point looked at, blinks, how far the head is from
    rest (mm in the camera's frame, and degrees), and how far each eye is closed."""
    columns = "frame,t_s,x_px,y_px,blink,closure,x_mm,y_mm,z_mm,yaw_deg,pitch_deg,roll_deg"
    lines = [f"{columns},closure_right,closure_left"]
    for number, t_s in enumerate(behaviour.t_s):
        values = [*behaviour.gaze_px[number], float(behaviour.closure[number])]
        pose = [*behaviour.moved_mm[number], *behaviour.turned_deg[number]]
        each = behaviour.closures[number]
        x, y, closure = (f"{value:.3f}" for value in values)
        blink = int(behaviour.blink[number])
        numbers = ",".join(f"{value:.3f}" for value in (*pose, *each))
        lines.append(f"{number},{t_s:.6f},{x},{y},{blink},{closure},{numbers}")
    return "\n".join(lines) + "\n"


@contextmanager
def _rendered(recipe: Recipe, behaviour: Behaviour, workers: int) -> Iterator[Iterator[Image]]:
    """The pictures in order, rendered here or in several processes: the same to the last bit."""
    scene = build(recipe)
    numbers = range(len(behaviour.t_s))
    if workers <= 1:
        yield (frame_of(scene, behaviour, number, recipe.seed) for number in numbers)
        return
    chunks = [numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK)]
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _single_threaded)
    with pool:
        # A window of chunks at a time: pictures are large, and the writer may be slower.
        window = 2 * workers
        yield (
            image
            for start in range(0, len(chunks), window)
            for images in pool.map(
                _chunk,
                repeat(scene),
                repeat(behaviour),
                chunks[start : start + window],
                repeat(recipe.seed),
            )
            for image in images
        )


def _single_threaded() -> None:
    cv2.setNumThreads(1)


def _chunk(scene: Scene, behaviour: Behaviour, numbers: Sequence[int], seed: int) -> list[Image]:
    return [frame_of(scene, behaviour, number, seed) for number in numbers]
