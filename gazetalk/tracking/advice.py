"""What is asked about position and light: limits, where they come from, and words for a helper.

The limits come from puppets that were calibrated and validated in the same place and light: four
to seven people, 20 looks each, 640x480; mean error at 60 cm, squarely, in usual light 12.1 mm.

distance: 35 cm 21 mm, 45 cm 13.5, 75 cm 11.8, 82 cm 16, 90 cm 17; at 105 cm one face in three is
not found. The measure takes the head for an average one and, where nobody knows the camera's
field of view, that for 63 degrees: it then says 72 to 83 cm of 60 with a lens of 70 to 75
degrees, so the far limits have that much slack.
centring: a face that is cut by 30 mm keeps its irises within half a pixel; from 40 mm on they
stray, and at 60 mm it is lost. Heads move by 50 mm, so 20 mm of room are asked for.
head angle: turned 20 degrees 12.3 mm, 30 degrees 15; looking up 15 degrees 12.2, 25 degrees 20;
looking down costs puppets nothing up to 25 degrees, but real lids hide the pupil; tilted 30
degrees 14.
light: contrast of 0.3 in the eyes 12.1 mm, 0.22 (a third of the light) 12.4, 0.15 (a tenth) 14.3,
0.13 15.8, 0.115 18. Contrast serves all skins alike: in usual light the darkest puppets have as
much of it as others. Light from behind or from one side costs puppets little by itself; it is
told because a camera adapts to the brightest part of its picture, and because shading moves over
the face when the head moves. The same holds for a white face.
glare: at 5 % of an eye and more 16 mm instead of 13 (glasses without it), five people.
sharpness: contrast over brightness; 0.6 to 1 in sharp pictures and real clips 12 mm, about 0.5
(blurred by 1.5 pixels) 14, about 0.33 (3 pixels) 19, below 0.3 50 or no face.
calibration: how new what the eyes show is, see `gaze.USUAL_NOVELTY`: a lamp in another place cost
those puppets 8 to 111 mm, other glasses 22 to 51.
frame rate: a blink of 150 ms needs 14 pictures a second to be seen twice.
"""

from __future__ import annotations

import math

import numpy as np

from gazetalk.tracking.brightness import Brightness
from gazetalk.tracking.position import Check, Limits, Watch
from gazetalk.tracking.sight import Sight

# The state that tells whether the calibration still serves.
CALIBRATION = "calibration"
# Where white has swallowed so much of the face, its contrast says nothing about the lens.
_SWALLOWED = 0.1
# Blurred below this; a lack of contrast is then not for want of light.
_SHARP = 40.0


def watch(hfov_known: bool, calibrated: bool = False) -> Watch:
    """Watches position and light. hfov_known: the frames' eyes were read with the camera's own
    field of view, so that distances are true to about 10 %. calibrated: gaze is measured too."""
    return Watch((*checks(hfov_known), *((_NOVELTY,) if calibrated else ())))


def checks(hfov_known: bool) -> tuple[Check, ...]:
    """Of position and light; those of one state together, the likelier cause last."""
    return (
        Check(
            *("face", "% of the time", lambda sight: 100.0 * sight.face_seen),
            Limits(slack=5.0, bad_below=30.0, fair_below=80.0),
            lambda percent: (
                f"the face is {'lost now and then' if percent >= 30 else 'not seen'}: "
                "put the camera straight before it, and a lamp"
            ),
            over=lambda values: float(np.mean(values)),
        ),
        _distance(hfov_known),
        *_CENTRING,
        *_HEAD_ANGLE,
        *_LIGHT,
        Check(
            *("glare", "% of an eye", lambda sight: _percent(_light(sight, "glare"))),
            Limits(slack=1.0, fair_above=5.0, bad_above=15.0),
            lambda percent: (
                f"glare: {percent:.0f} % of an eye shines white: "
                "move the lamp to the side, or tilt the glasses"
            ),
        ),
        Check(
            *("sharpness", "%", lambda sight: _sharpness(sight.light)),
            Limits(slack=2.0, bad_below=29.0, fair_below=_SHARP),
            lambda _: "the picture is blurred: wipe the camera's lens",
        ),
        Check(
            *("frame rate", "pictures a second", lambda sight: sight.fps),
            Limits(slack=0.5, bad_below=8.0, fair_below=14.5),
            lambda fps: (
                f"the camera gives {fps:.0f} pictures a second: more light, or close other programs"
            ),
        ),
    )


_NOVELTY = Check(
    *(CALIBRATION, "times as new as usual", lambda sight: sight.novelty),
    Limits(slack=0.3, fair_above=3.0),
    lambda _: "light or glasses are not as at the calibration: check the gaze (key F5)",
)


def _distance(hfov_known: bool) -> Check:
    known, assumed = (38.0, 43.0, 77.0, 87.0), (36.0, 41.0, 86.0, 105.0)
    about = "" if hfov_known else "about "

    def words(value_cm: float) -> str:
        which = "near" if value_cm < 60 else "far"
        return f"too {which}: {about}{value_cm:.0f} cm, come to 50-65"

    return Check(
        *("distance", "cm", lambda sight: _times(sight.distance_mm, 0.1)),
        Limits(2.0, *(known if hfov_known else assumed)),
        words,
    )


_TO_EDGE = ("centring", "mm to the edge")


def _room(side: int, words: str) -> Check:
    return Check(
        *(*_TO_EDGE, lambda sight: None if sight.room_mm is None else sight.room_mm[side]),
        Limits(slack=8.0, bad_below=-30.0, fair_below=20.0),
        lambda _: words,
    )


_CENTRING = (
    # Never amiss itself: the nearest edge is what is told while there is room enough.
    Check(
        *(*_TO_EDGE, lambda sight: None if sight.room_mm is None else min(sight.room_mm)),
        Limits(),
        lambda _: "",
    ),
    _room(0, "the face is too far to its right: move the laptop to the person's right"),
    _room(1, "the face is too far to its left: move the laptop to the person's left"),
    _room(2, "the face is too high in the picture: tilt the laptop's lid back, or raise it"),
    _room(3, "the face is too low in the picture: tilt the laptop's lid forward, or lower it"),
)

_HEAD_ANGLE = (
    Check(
        *("head angle", "degrees to the right", lambda sight: sight.turned_deg),
        Limits(2.0, -27.0, -16.0, 16.0, 27.0),
        lambda deg: (
            f"turned {abs(deg):.0f} degrees to their {_side(deg)}: "
            "put the laptop straight before the face"
        ),
    ),
    Check(
        *("head angle", "degrees down", lambda sight: sight.down_deg),
        Limits(2.0, -23.0, -18.0, 20.0, 27.0),
        lambda deg: (
            f"looking {abs(deg):.0f} degrees {'down' if deg > 0 else 'up'} past the "
            f"camera: {'lower' if deg > 0 else 'raise'} the laptop, or support the head"
        ),
    ),
    Check(
        *("head angle", "degrees tilted left", lambda sight: sight.tilted_deg),
        Limits(2.0, -40.0, -25.0, 25.0, 40.0),
        lambda deg: (
            f"the head is tilted {abs(deg):.0f} degrees to their {_side(-deg)}: "
            "support it, or tilt the laptop with it"
        ),
    ),
)

_LIGHT = (
    Check(
        *("light", "% contrast", lambda sight: _contrast(sight.light)),
        Limits(slack=0.8, bad_below=12.5, fair_below=17.5),
        lambda percent: (
            f"too dark: {percent:.0f} % contrast in the eyes, 20 are needed: "
            "put a lamp before the person"
        ),
    ),
    Check(
        *("light", "% white", lambda sight: _percent(_light(sight, "white"))),
        Limits(slack=3.0, fair_above=10.0, bad_above=50.0),
        lambda percent: f"too bright: {percent:.0f} % of the face is white: turn the lamp away",
    ),
    Check(
        *("light", "stops", lambda sight: _stops(sight.light)),
        Limits(slack=0.15, fair_below=-1.45, fair_above=1.45),
        lambda stops: (
            f"the {_side(stops)} cheek has {2 ** abs(stops):.0f} times the light of the "
            "other: put a lamp before the person"
        ),
    ),
    Check(
        *("light", "times the face's light", lambda sight: _light(sight, "behind")),
        Limits(slack=1.5, fair_above=10.0),
        lambda ratio: (
            f"the background is {ratio:.0f} times as bright as the face: "
            "close the curtain, or turn away from the window"
        ),
    ),
)


def _side(value: float) -> str:
    return "right" if value > 0 else "left"


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _percent(share: float | None) -> float | None:
    return _times(share, 100.0)


def _light(sight: Sight, measure: str) -> float | None:
    return None if sight.light is None else float(getattr(sight.light, measure))


def _stops(light: Brightness | None) -> float | None:
    return None if light is None else math.log2(light.right_left)


def _contrast(light: Brightness | None) -> float | None:
    blurred = (_sharpness(light) or math.inf) < _SHARP
    return None if light is None or blurred else 100 * light.contrast


def _sharpness(light: Brightness | None) -> float | None:
    if light is None or light.white > _SWALLOWED:
        return None
    return 100 * light.contrast / max(light.face, 0.02)
