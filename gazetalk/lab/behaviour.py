"""What a person's eyes, lids and head do over time: a pure function of the script and the seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.lab.person import Person
from gazetalk.tracking.types import Floats, Target

_STEP_S = 0.002
_CLOSING_S, _OPENING_S = 0.08, 0.14
_MOVE_S = 0.6  # how long a change of head position takes
MOTIONS = {"still": (0.0, 0.0), "small": (20.0, 3.0), "large": (50.0, 10.0)}


@dataclass(frozen=True)
class HeadMotion:
    """How the head moves once calibration is over.

    wander_mm, wander_deg: the range of a slow random walk. moved_mm, turned_deg: where it goes
    and stays. During calibration there is only breath.
    """

    wander_mm: float = 0.0
    wander_deg: float = 0.0
    moved_mm: float = 0.0
    turned_deg: float = 0.0


@dataclass(frozen=True)
class Closing:
    """Lids that close at start_s, stay shut for closed_s and open again. eyes: "both", "right" or
    "left" (the person's own). They are half shut for 0.11 s longer than wholly."""

    start_s: float
    closed_s: float
    eyes: str = "both"


EYES = {"both": (1.0, 1.0), "right": (1.0, 0.0), "left": (0.0, 1.0)}


@dataclass(frozen=True, eq=False)
class Behaviour:
    """The state at N times. gaze_px: (N, 2) the point looked at. closures: (N, 2) of the right
    and the left eye, 0 open, 1 shut.
    lids_mm: (N,) how far the upper lids are above their usual place; pupils: (N,) their size
    over the usual. moved_mm: (N, 3) the head's shift from rest in the camera's frame;
    turned_deg: (N, 3) its yaw (towards the picture's right), pitch (down) and roll (clockwise).
    """

    t_s: Floats
    gaze_px: Floats
    closures: Floats
    lids_mm: Floats
    pupils: Floats
    moved_mm: Floats
    turned_deg: Floats

    @property
    def closure(self) -> Floats:
        """(N,) how far both eyes are closed at least: 0 while one is open."""
        return np.asarray(self.closures.min(axis=1))

    @property
    def blink(self) -> np.ndarray:
        return self.closure > 0.5


def behave(
    times_s: Floats,
    targets: Sequence[Target],
    person: Person,
    motion: HeadMotion,
    screen: Screen,
    distance_mm: float,
    seed: int,
    closings: Sequence[Closing] | None = None,
) -> Behaviour:
    """What the person does at `times_s` (rising) when shown `targets` in turn.

    closings: what the lids do instead of the person's own blinks; None leaves these.
    """
    end_s = float(times_s[-1]) + 1.0
    px_per_deg = _px_per_deg(screen, distance_mm)
    gaze = _gaze(times_s, targets, person, screen, px_per_deg, end_s, _rng(seed, 4))
    calibrated_s = max((t.end_s for t in targets if t.phase == "calibration"), default=0.0)
    wander = _wander(times_s, _rng(seed, 13), (person.lid_wander_mm, person.pupil_wander, 0.0))
    moved, turned = _head(times_s, motion, calibrated_s, end_s, seed)
    blinks = _blinks(end_s, person, _rng(seed, 5))
    return Behaviour(
        t_s=times_s,
        gaze_px=gaze,
        closures=closures_of(times_s, blinks if closings is None else closings),
        lids_mm=wander[:, 0],
        pupils=1 + wander[:, 1],
        moved_mm=moved,
        turned_deg=turned,
    )


class LiveEyes:
    """Eyes that are told where to look as time goes by, for `until_s` at most."""

    def __init__(
        self, person: Person, screen: Screen, distance_mm: float, seed: int, until_s: float
    ) -> None:
        self._person = person
        self._px_per_deg = _px_per_deg(screen, distance_mm)
        self._until_s = until_s
        self._rng = _rng(seed, 14)
        self._times_s = np.arange(0.0, until_s, _STEP_S)
        jitter = _jitter(self._times_s, person, until_s, _rng(seed, 15))
        self._jitter_px = np.ascontiguousarray((jitter * self._px_per_deg).T)
        self._from_px = np.array([screen.width_px / 2, screen.height_px / 2])
        self._saccades: list[Saccade] = []

    def look(self, t_s: float, x_px: float, y_px: float) -> None:
        """Look there from `t_s` on, a latency later."""
        self._from_px = self._resting(t_s)
        target = Target(t_s, self._until_s, x_px, y_px, "free")
        self._saccades = _saccades(
            [target], self._person, self._from_px, self._px_per_deg, self._until_s, self._rng
        )

    def at(self, t_s: float) -> Floats:
        """(2,) the point looked at, px."""
        jitter = [np.interp(t_s, self._times_s, axis_px) for axis_px in self._jitter_px]
        return self._resting(t_s) + jitter

    def _resting(self, t_s: float) -> Floats:
        begun = [saccade for saccade in self._saccades if saccade.start_s <= t_s]
        return _path(np.array([t_s]), self._from_px, begun)[0]


def _rng(seed: int, stream: int) -> np.random.Generator:
    return np.random.default_rng([seed, stream])


def _px_per_deg(screen: Screen, distance_mm: float) -> Floats:
    return distance_mm * math.tan(math.radians(1)) / np.array(screen.mm_per_px)


@dataclass(frozen=True)
class Saccade:
    """A jump of the eyes to a point, px."""

    start_s: float
    duration_s: float
    x_px: float
    y_px: float


def _gaze(
    times_s: Floats,
    targets: Sequence[Target],
    person: Person,
    screen: Screen,
    px_per_deg: Floats,
    end_s: float,
    rng: np.random.Generator,
) -> Floats:
    centre = np.array([screen.width_px / 2, screen.height_px / 2])
    saccades = _saccades(targets, person, centre, px_per_deg, end_s, rng)
    jitter = _jitter(times_s, person, end_s, rng) * px_per_deg
    return _path(times_s, centre, saccades) + jitter


def _saccades(
    targets: Sequence[Target],
    person: Person,
    start_px: Floats,
    px_per_deg: Floats,
    end_s: float,
    rng: np.random.Generator,
) -> list[Saccade]:
    """To each target a saccade after the latency; long ones fall short and are corrected; then
    microsaccades about the place where the fixation landed."""
    saccades: list[Saccade] = []
    at = start_px
    ordered = sorted(targets, key=lambda target: target.start_s)
    for number, target in enumerate(ordered):
        aim = np.array([target.x_px, target.y_px])
        landing = aim + rng.normal(0, person.scatter_deg, 2) * px_per_deg
        begin_s = target.start_s + min(max(rng.normal(person.latency_s, 0.025), 0.12), 0.35)
        jump_deg = float(np.linalg.norm((landing - at) / px_per_deg))
        if jump_deg > 5:
            short = landing - (landing - at) * rng.normal(0.06, 0.02)
            saccades.append(_saccade(begin_s, at, short, px_per_deg))
            begin_s = saccades[-1].start_s + saccades[-1].duration_s + rng.uniform(0.12, 0.18)
            at = short
        saccades.append(_saccade(begin_s, at, landing, px_per_deg))
        at = landing
        next_s = ordered[number + 1].start_s if number + 1 < len(ordered) else end_s
        micro_s = begin_s + rng.uniform(0.4, 1.2)
        while micro_s < next_s + 0.1:
            near = landing + rng.normal(0, 0.12, 2) * px_per_deg
            saccades.append(_saccade(micro_s, at, near, px_per_deg))
            at = near
            micro_s += rng.uniform(0.4, 1.6)
    return saccades


def _saccade(start_s: float, origin: Floats, goal: Floats, px_per_deg: Floats) -> Saccade:
    """Its duration by the main sequence, 2.2 ms a degree and 21 ms (Carpenter 1988)."""
    jump_deg = float(np.linalg.norm((goal - origin) / px_per_deg))
    return Saccade(start_s, 0.021 + 0.0022 * jump_deg, float(goal[0]), float(goal[1]))


def _path(times_s: Floats, start_px: Floats, saccades: Sequence[Saccade]) -> Floats:
    """Where the saccades put the eyes, each along a minimum-jerk curve."""
    path = np.tile(start_px, (len(times_s), 1)).astype(float)
    origin = start_px
    for saccade in saccades:
        part = ((times_s - saccade.start_s) / saccade.duration_s).clip(0, 1)[:, np.newaxis]
        goal = np.array([saccade.x_px, saccade.y_px])
        path += (goal - origin) * part**3 * (10 - 15 * part + 6 * part**2)
        origin = goal
    return path


def _jitter(times_s: Floats, person: Person, end_s: float, rng: np.random.Generator) -> Floats:
    """(N, 2) degrees: slow drift (a random walk pulled back within about a second) and tremor."""
    steps = math.ceil(end_s / _STEP_S) + 1
    keep = math.exp(-_STEP_S / 0.8)
    kicks = rng.normal(0, person.drift_deg * math.sqrt(1 - keep**2), (steps, 2))
    drift = np.empty_like(kicks)
    value = rng.normal(0, person.drift_deg, 2)
    for step, kick in enumerate(kicks):
        value = keep * value + kick
        drift[step] = value
    drift += rng.normal(0, person.tremor_deg, drift.shape)
    grid = np.arange(steps) * _STEP_S
    return np.column_stack([np.interp(times_s, grid, drift[:, axis]) for axis in (0, 1)])


def _blinks(end_s: float, person: Person, rng: np.random.Generator) -> list[Closing]:
    blinks = []
    start_s = float(rng.uniform(*person.blink_every_s))
    while start_s < end_s:
        blinks.append(Closing(start_s, float(rng.uniform(*person.blink_closed_s))))
        start_s += float(rng.uniform(*person.blink_every_s))
    return blinks


def closures_of(times_s: Floats, closings: Sequence[Closing]) -> Floats:
    """(N, 2) how far the right and the left eye are closed at these times, 0 to 1."""
    closures = np.zeros((len(times_s), 2))
    for closing in closings:
        since = times_s - closing.start_s
        down = _smooth(since / _CLOSING_S)
        up = _smooth((since - _CLOSING_S - closing.closed_s) / _OPENING_S)
        closures = np.maximum(closures, (down - up)[:, np.newaxis] * EYES[closing.eyes])
    return closures


def _smooth(part: Floats) -> Floats:
    part = part.clip(0, 1)
    return part * part * (3 - 2 * part)


def _head(
    times_s: Floats, motion: HeadMotion, calibrated_s: float, end_s: float, seed: int
) -> tuple[Floats, Floats]:
    """(N, 3) mm and (N, 3) degrees from rest."""
    rng = _rng(seed, 6)
    since = ((times_s - calibrated_s) / _MOVE_S)[:, np.newaxis]
    after = _smooth(since)
    side = rng.choice([-1.0, 1.0])
    way = np.array([side, rng.uniform(-0.4, 0.4), rng.uniform(-0.6, 0.6)])
    moved = after * motion.moved_mm * way / np.linalg.norm(way)
    turn = np.array([rng.choice([-1.0, 1.0]), rng.uniform(-0.5, 0.5), rng.uniform(-0.3, 0.3)])
    turned = after * motion.turned_deg * turn / np.linalg.norm(turn)
    # The walk starts from rest, gains its range within a few seconds, and never jumps.
    gaining = 1 - np.exp(-((times_s - calibrated_s).clip(0, None) / 3.0))[:, np.newaxis]
    moved += gaining * motion.wander_mm * _wander(times_s, rng, (1.0, 0.5, 0.7))
    turned += gaining * motion.wander_deg * _wander(times_s, rng, (1.0, 0.6, 0.4))
    breath = np.sin(2 * math.pi * (0.24 * times_s + rng.uniform()))[:, np.newaxis]
    moved += breath * (0.05, 0.3, 0.25) + 0.4 * _wander(times_s, rng, (1.0, 0.5, 1.0))
    turned += breath * (0.0, 0.1, 0.0) + 0.15 * _wander(times_s, rng, (1.0, 1.0, 0.5))
    return moved, turned


def _wander(times_s: Floats, rng: np.random.Generator, reach: tuple[float, float, float]) -> Floats:
    """(N, 3) slow and aperiodic, within -reach..reach: sines of 0.03 to 0.25 Hz."""
    rates = rng.uniform(0.03, 0.25, (3, 5))
    phases = rng.uniform(0, 2 * math.pi, (3, 5))
    sizes = rng.uniform(0.5, 1.0, (3, 5)) / (1 + rates / 0.1)
    sizes *= 1.6 / sizes.sum(axis=1, keepdims=True)
    waves = np.sin(2 * math.pi * rates * times_s[:, np.newaxis, np.newaxis] + phases)
    return np.tanh((waves * sizes).sum(axis=2)) * np.array(reach)
