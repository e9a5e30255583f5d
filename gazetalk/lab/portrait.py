"""The photo that the puppet wears: cut out, its eyes painted over, in linear light.

The photo is NASA's portrait of Eileen Collins, public domain, as scikit-image carries it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gazetalk.lab.person import LabError
from gazetalk.lab.pictures import Picture, blurred, linear, premultiplied
from gazetalk.tracking.face import FaceLandmarker, find_model
from gazetalk.tracking.types import Floats, Image

# The part of the photo with the head in it (left, top, right, bottom), enlarged so often: the
# landmarks are found better in it, and it is what the head's texture is.
HEAD_BOX_PX = (100, 0, 360, 230)
ENLARGED = 4
RIGHT_RING = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT_RING = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)


@dataclass(frozen=True, eq=False)
class Portrait:
    """A person's photo, taken apart.

    head: (H, W, 4) premultiplied linear BGRA of hair, face and neck. points_px: (468, 2) where
    each mesh vertex lies in `head`. skin: (H, W) 0..1, where it shows skin.
    body: (512, 512, 4) premultiplied linear BGRA of everything below the chin, in photo pixels.
    """

    head: Picture
    points_px: Floats
    skin: Picture
    body: Picture


def load_portrait(model: Path | None = None) -> Portrait:
    """Take the photo apart. Raises LabError without scikit-image, ModelError without the model."""
    photo = _photo()
    left, top, right, bottom = HEAD_BOX_PX
    size = ((right - left) * ENLARGED, (bottom - top) * ENLARGED)
    head = np.empty((size[1], size[0], 3), np.uint8)
    cv2.resize(photo[top:bottom, left:right], size, head, interpolation=cv2.INTER_CUBIC)
    points = _landmarks(head, model or find_model())
    person = _person_mask(photo)
    alpha = (person * _head_and_neck(photo.shape[0]))[top:bottom, left:right]
    alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_CUBIC)).clip(0, 1)
    body = person * _below_the_chin(photo.shape[0])
    return Portrait(
        head=premultiplied(linear(_eyes_painted_over(head, points)), alpha),
        points_px=points[:468],
        skin=_skin(head, points),
        body=premultiplied(_without_jaw(linear(photo)), body),
    )


def _photo() -> Image:
    try:
        from skimage import data
    except ImportError:
        raise LabError(
            "the puppet's photo comes with scikit-image: pip install 'gazetalk[lab]'"
        ) from None
    return np.ascontiguousarray(data.astronaut()[..., ::-1])


def _landmarks(head: Image, model: Path) -> Floats:
    landmarker = FaceLandmarker(model)
    face = landmarker.find(head)
    landmarker.close()
    if face is None:
        raise LabError("no face found in the puppet's photo: install the versions we ask for")
    return face.landmarks[:, :2] * (head.shape[1], head.shape[0])


def _person_mask(photo: Image) -> Picture:
    """(512, 512) 0..1: the person without the background, by GrabCut from rough outlines."""
    mask = np.full(photo.shape[:2], cv2.GC_BGD, np.uint8)
    mask[5:300, 140:320] = cv2.GC_PR_BGD
    mask[150:512, 10:380] = cv2.GC_PR_BGD
    cv2.ellipse(mask, (227, 105), (76, 95), 0, 0, 360, cv2.GC_PR_FGD, -1)
    cv2.ellipse(mask, (227, 100), (58, 70), 0, 0, 360, cv2.GC_FGD, -1)
    shoulders = np.array([[110, 250], [350, 250], [350, 512], [30, 512], [60, 300]])
    chest = np.array([[120, 270], [310, 270], [270, 500], [60, 500]])
    cv2.fillPoly(mask, [shoulders], cv2.GC_PR_FGD)
    cv2.fillPoly(mask, [chest], cv2.GC_FGD)
    cv2.ellipse(mask, (209, 213), (94, 60), 15, 0, 360, cv2.GC_FGD, -1)
    mask[:250, 330:] = cv2.GC_BGD
    for beside_the_neck in (
        [[165, 133], [174, 134], [181, 138], [184, 147], [160, 147]],
        [[277, 139], [268, 137], [264, 147], [258, 163], [256, 172], [277, 172]],
    ):
        cv2.fillPoly(mask, [np.array(beside_the_neck)], cv2.GC_BGD)
    cv2.setRNGSeed(0)
    whole = (0, 0, photo.shape[1], photo.shape[0])  # ignored: the mask says where to begin
    models = (np.zeros((1, 65)), np.zeros((1, 65)))
    cv2.grabCut(photo, mask, whole, *models, 4, cv2.GC_INIT_WITH_MASK)
    person = cv2.morphologyEx(mask & 1, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return blurred(cv2.erode(person, np.ones((2, 2), np.uint8)), 0.8)


def _head_and_neck(size: int) -> Picture:
    """(size, size) 1 over the head and down to the collar, fading out there."""
    keep = np.zeros((size, size), np.float32)
    keep[:147] = 1
    neck = np.array([[183, 140], [186, 165], [184, 186], [256, 186], [258, 165], [264, 140]])
    cv2.fillPoly(keep, [neck], 1.0)
    return blurred(keep, 1.5)


def _below_the_chin(size: int) -> Picture:
    """(size, size) 1 over the collar and all below."""
    keep = np.zeros((size, size), np.float32)
    keep[148:] = 1
    return blurred(keep, 1.5)


def _without_jaw(photo: Picture) -> Picture:
    """The jaw, which moves with the head, as dark as the collar around it."""
    jaw = np.zeros(photo.shape[:2], np.float32)
    jaw[:190, 178:268] = 1
    jaw = blurred(jaw, 2)[..., np.newaxis]
    return photo * (1 - jaw) + np.float32(0.01) * jaw


def _eyes_painted_over(head: Image, points: Floats) -> Image:
    """The photo's own eyes and lash lines, filled in with the skin around them."""
    mask = np.zeros(head.shape[:2], np.uint8)
    for ring in (RIGHT_RING, LEFT_RING):
        outline = points[list(ring)]
        outline = outline.mean(axis=0) + (outline - outline.mean(axis=0)) * (1.15, 1.6)
        cv2.fillConvexPoly(mask, cv2.convexHull(outline.astype(np.int32)), 255)
    around = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11)))
    painted = cv2.inpaint(head, around, 5, cv2.INPAINT_TELEA)
    soft = blurred(painted, 3)
    blend = blurred(around, 3)[..., np.newaxis]
    return (painted + (soft - painted) * blend / 255).astype(np.uint8)


def _skin(head: Image, points: Floats) -> Picture:
    """(H, W) 0..1: the face, and by colour the ears and the neck (the hair is nearly as light)."""
    lab = np.asarray(cv2.cvtColor(blurred(head, 2) / 255, cv2.COLOR_BGR2LAB))
    cheeks = points[[50, 280, 205, 425, 151, 4]].astype(int)
    tone = np.median(lab[cheeks[:, 1], cheeks[:, 0]], axis=0)
    distance = np.linalg.norm((lab - tone) / (35, 14, 18), axis=2)
    likely = 1 / (1 + np.exp((distance - 1.3) * 6))
    likely[: int(points[4, 1])] = 0
    face = np.zeros(head.shape[:2], np.float32)
    hull = cv2.convexHull((points[:468] * 0.96 + points[:468].mean(axis=0) * 0.04).astype(np.int32))
    cv2.fillConvexPoly(face, hull, 1.0)
    face[: int(points[151, 1])] = 0
    return np.maximum(likely, blurred(face, 6)).astype(np.float32)
