"""Who sits before the camera, and what the camera and the room are like: explicit numbers.

Everything that may differ between users is a field here, drawn from a seed, so that a tracker is
judged on many people and not on one. Pairs are (the person's right, left).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

Pair = tuple[float, float]
Triple = tuple[float, float, float]
_Record = TypeVar("_Record", "Person", "Look")


class LabError(ValueError):
    """A puppet that cannot be rendered as asked: one line, for people."""


@dataclass(frozen=True)
class Person:
    """A body and its habits.

    ipd_mm: distance of the eyes' centres of rotation. face_scale: width, height and depth of the
    face over the canonical one. skull_mm: amplitudes of the low-order deformation of the head
    (see head.deformed). eyeball_mm, cornea_mm, limbus_mm: radii of the eyeball, the corneal
    surface and the visible iris; pupil_mm: pupil radius; chamber_mm: corneal apex to iris.
    kappa_out_deg, kappa_up_deg: how far the optical axis points outward of, and below, the line
    of sight. lid_upper_mm, lid_lower_mm: the lids' margins above and below the pupil's centre,
    looking straight ahead. droop_mm: how far the upper lid hangs lower than that.
    lid_follow: the share of the gaze's vertical turn that upper and lower lid take part in.
    lid_wander_mm: how far the upper lids slowly rise and sink without any reason.
    pupil_wander: the share by which the pupils slowly widen and narrow.
    skin, hair, clothes: colour gains (blue, green, red) on the photo's; iris: its colour in
    linear light (blue, green, red). lashes: 0..1 darkness of the lash line. freckles: 0..1.
    latency_s: from a target's appearing to the saccade. blink_every_s: the range of the pause
    between blinks; blink_closed_s: the range of how long they stay shut. scatter_deg: how far
    fixations land from what was aimed at (SD per axis); drift_deg: SD of the slow drift within
    a fixation; tremor_deg: SD of its fast part.
    """

    ipd_mm: float = 63.0
    face_scale: Triple = (1.0, 1.0, 1.0)
    skull_mm: tuple[float, ...] = ()
    eyeball_mm: float = 12.0
    cornea_mm: float = 7.8
    limbus_mm: float = 5.9
    pupil_mm: float = 1.8
    chamber_mm: float = 3.5
    kappa_out_deg: Pair = (5.0, 5.0)
    kappa_up_deg: Pair = (1.5, 1.5)
    lid_upper_mm: float = 4.7
    lid_lower_mm: float = 5.2
    droop_mm: Pair = (0.0, 0.0)
    lid_follow: Pair = (0.8, 0.35)
    lid_wander_mm: float = 0.2
    pupil_wander: float = 0.08
    skin: Triple = (1.0, 1.0, 1.0)
    hair: Triple = (1.0, 1.0, 1.0)
    clothes: Triple = (1.0, 1.0, 1.0)
    iris: Triple = (0.04, 0.07, 0.14)
    lashes: float = 0.7
    freckles: float = 0.3
    latency_s: float = 0.2
    blink_every_s: Pair = (3.0, 6.0)
    blink_closed_s: Pair = (0.1, 0.2)
    scatter_deg: float = 0.2
    drift_deg: float = 0.12
    tremor_deg: float = 0.015

    def __post_init__(self) -> None:
        lids = (self.lid_upper_mm, self.lid_lower_mm)
        _demand(50 <= self.ipd_mm <= 80, "ipd_mm must lie from 50 to 80")
        _demand(9 <= self.eyeball_mm <= 15, "eyeball_mm must lie from 9 to 15")
        _demand(0 < self.pupil_mm < self.limbus_mm, "pupil_mm must be below limbus_mm")
        _demand(
            self.limbus_mm < min(self.cornea_mm, self.eyeball_mm),
            "limbus_mm must be below cornea_mm and eyeball_mm",
        )
        _demand(all(0 < lid <= 8 for lid in lids), "lid_upper_mm and _lower_mm: 0 to 8")
        _demand(all(0 <= droop <= 10 for droop in self.droop_mm), "droop_mm: 0 to 10 each")
        _demand(all(0.5 < s < 2 for s in self.face_scale), "face_scale: 0.5 to 2 each")
        _demand(0.2 <= self.blink_every_s[0] <= self.blink_every_s[1], "blink_every_s: A,B, A <= B")


@dataclass(frozen=True)
class Look:
    """The camera, the light and what stands between.

    hfov_deg: the camera's horizontal field of view. lens_offset_mm: the lens from the screen's
    top centre (x to the person's right, y up). distance_mm: lens to the middle between the
    eyes, along the camera's axis; place_mm: that middle right (in the picture) of the axis and
    below it. rest_deg: yaw, pitch and roll of the head at rest.
    blur_px: SD of the camera's blur. photons: electrons at white, for the shot noise; read_noise:
    electrons. light: share of the usual amount of light. light_from_deg: azimuth (towards the
    picture's right) and elevation of the lamp, seen from the face. ambient: 0..1, the share of
    light from everywhere. light_colour: gains (blue, green, red). room_seed: what hangs behind.
    glasses: worn or not; glasses_dioptre: spherical power; glasses_prism_mm: how far the lenses
    shift what is seen through them, right and down; glasses_shine: strength of their
    reflections; glasses_mm: width and height of a lens.
    """

    hfov_deg: float = 65.0
    lens_offset_mm: Pair = (0.0, 8.0)
    distance_mm: float = 600.0
    place_mm: Pair = (0.0, 20.0)
    rest_deg: Triple = (0.0, 0.0, 0.0)
    blur_px: float = 0.6
    photons: float = 6000.0
    read_noise: float = 8.0
    light: float = 1.0
    light_from_deg: Pair = (20.0, 30.0)
    ambient: float = 0.6
    light_colour: Triple = (1.0, 1.0, 1.0)
    room_seed: int = 0
    glasses: bool = False
    glasses_dioptre: float = -2.0
    glasses_prism_mm: Pair = (0.3, 0.2)
    glasses_shine: float = 0.5
    glasses_mm: Pair = (50.0, 36.0)

    def __post_init__(self) -> None:
        _demand(20 <= self.hfov_deg <= 140, "hfov_deg must lie from 20 to 140")
        _demand(200 <= self.distance_mm <= 3000, "distance_mm must lie from 200 to 3000")
        _demand(self.photons >= 10, "photons must be 10 or more")
        _demand(self.read_noise >= 0, "read_noise must be 0 or more")
        _demand(0 <= self.blur_px <= 50, "blur_px must lie from 0 to 50")
        _demand(abs(self.glasses_dioptre) <= 20, "glasses_dioptre must lie from -20 to 20")
        _demand(min(self.glasses_mm) > 5, "glasses_mm must be above 5")


SKULL_WAVES = 9


def _demand(holds: bool, rule: str) -> None:
    if not holds:
        raise LabError(f"the puppet cannot look like that: {rule}")


def draw_person(seed: int) -> Person:
    """A random person: the same one for the same seed.

    Ranges: adults' interpupillary distance 58-70 mm (Dodgson 2004), eyeball radius 11.5-12.5 mm,
    corneal radius 7.4-8.2 mm, iris (white to white) 11.2-12.4 mm, angle kappa about 5 degrees
    outward and 1.5 vertical (Guestrin and Eizenman 2006).
    """
    rng = np.random.default_rng([seed, 1])
    waves = rng.normal(0, 1.8, SKULL_WAVES).clip(-3.5, 3.5)
    tone = rng.uniform(0, 1)
    hair = rng.uniform(0.12, 1.0) * rng.normal(1, 0.06, 3)
    iris = _IRISES[rng.integers(len(_IRISES))] * rng.uniform(0.75, 1.3)
    return Person(
        ipd_mm=_round(rng.uniform(58, 70)),
        face_scale=_triple(rng.uniform((0.93, 0.94, 0.92), (1.07, 1.06, 1.08))),
        skull_mm=tuple(_round(wave) for wave in waves),
        eyeball_mm=_round(rng.uniform(11.5, 12.5)),
        cornea_mm=_round(rng.uniform(7.4, 8.2)),
        limbus_mm=_round(rng.uniform(5.6, 6.2)),
        pupil_mm=_round(rng.uniform(1.3, 2.4)),
        chamber_mm=_round(rng.uniform(3.3, 3.7)),
        kappa_out_deg=_pair(rng.uniform(4, 6, 2)),
        kappa_up_deg=_pair(rng.uniform(1, 2, 2)),
        lid_upper_mm=_round(rng.uniform(4.2, 5.2)),
        lid_lower_mm=_round(rng.uniform(4.8, 5.6)),
        droop_mm=_pair(rng.uniform(0, 0.4, 2)),
        lid_wander_mm=_round(rng.uniform(0.1, 0.35)),
        pupil_wander=_round(rng.uniform(0.04, 0.12)),
        lid_follow=_pair(rng.uniform((0.7, 0.2), (0.9, 0.5))),
        skin=_triple((1 - tone) * _SKIN_LIGHT + tone * _SKIN_DARK),
        hair=_triple(hair.clip(0.08, 1.1)),
        clothes=_triple(rng.uniform(0.2, 1.0, 3)),
        iris=_triple(iris),
        lashes=_round(rng.uniform(0.3, 0.9)),
        freckles=_round(rng.uniform(0, 1)),
        latency_s=_round(rng.uniform(0.18, 0.22)),
        scatter_deg=_round(rng.uniform(0.15, 0.3)),
        drift_deg=_round(rng.uniform(0.1, 0.16)),
    )


def draw_look(seed: int) -> Look:
    """A random camera and room: the same for the same seed. Glasses are not put on by chance."""
    rng = np.random.default_rng([seed, 2])
    warmth = rng.uniform(-0.12, 0.12)
    return Look(
        hfov_deg=_round(rng.uniform(55, 75)),
        lens_offset_mm=_pair(rng.uniform((-4, 5), (4, 11))),
        place_mm=_pair(rng.uniform((-15, -20), (15, 50))),
        rest_deg=_triple(rng.uniform((-3, -5, -2.5), (3, 5, 2.5))),
        blur_px=_round(rng.uniform(0.45, 0.8)),
        photons=_round(rng.uniform(4000, 9000)),
        read_noise=_round(rng.uniform(5, 12)),
        light_from_deg=_pair(rng.uniform((-60, 5), (60, 60))),
        ambient=_round(rng.uniform(0.45, 0.75)),
        light_colour=_triple((1 - warmth, 1.0, 1 + warmth)),
        room_seed=int(rng.integers(1 << 30)),
        glasses_dioptre=_round(rng.uniform(-4, 2)),
        glasses_prism_mm=_pair(rng.uniform(-0.6, 0.6, 2)),
        glasses_shine=_round(rng.uniform(0.3, 1.0)),
        glasses_mm=_pair(rng.uniform((46, 30), (54, 42))),
    )


def with_fields(record: _Record, changes: dict[str, str]) -> _Record:
    """`record` with the named fields replaced by what the texts say ("66" or "5.5,4.5").

    Raises LabError for a text that does not fit the field. Unknown names are left alone.
    """
    fields = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    values: dict[str, Any] = {
        name: _parsed(name, text, fields[name]) for name, text in changes.items() if name in fields
    }
    return dataclasses.replace(record, **values)


def _parsed(name: str, text: str, like: Any) -> Any:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise LabError(f"--set {name}={text}: not numbers; write e.g. {name}={like}") from None
    if not np.isfinite(numbers).all():
        raise LabError(f"--set {name}={text}: numbers must be finite")
    if isinstance(like, tuple):
        if len(numbers) != (len(like) or SKULL_WAVES):
            raise LabError(f"--set {name}={text}: needs {len(like) or SKULL_WAVES} numbers")
        return numbers
    if len(numbers) != 1:
        raise LabError(f"--set {name}={text}: needs one number")
    return type(like)(numbers[0])


# Gains on the portrait's skin, which is light already (blue, green, red; linear light).
_SKIN_LIGHT = np.array([1.05, 1.02, 1.0])
_SKIN_DARK = np.array([0.16, 0.2, 0.28])
# Brown, dark brown, hazel, green, blue, grey: linear light (blue, green, red).
_IRISES = np.array(
    [
        [0.018, 0.035, 0.08],
        [0.010, 0.018, 0.035],
        [0.030, 0.075, 0.12],
        [0.060, 0.120, 0.10],
        [0.260, 0.170, 0.10],
        [0.200, 0.180, 0.15],
    ]
)


def _round(value: float) -> float:
    return round(float(value), 4)


def _pair(values: object) -> Pair:
    right, left = np.asarray(values, dtype=float)
    return _round(right), _round(left)


def _triple(values: object) -> Triple:
    first, second, third = np.asarray(values, dtype=float)
    return _round(first), _round(second), _round(third)
