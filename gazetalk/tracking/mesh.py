"""MediaPipe's canonical face: the average head that its landmarks are numbered on."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.types import Floats

_GEOMETRY = "geometry_pipeline_metadata_landmarks.binarypb"


@dataclass(frozen=True, eq=False)
class Mesh:
    """The canonical face.

    vertices_mm: (468, 3) in the head's frame, OpenCV's axes: x to the person's left, y down,
    z from the face into the head. uv: (468, 2) texture coordinates, 0..1.
    triangles: (898, 3) vertex numbers.
    """

    vertices_mm: Floats
    uv: Floats
    triangles: NDArray[np.int64]


def canonical_mesh(model: Path) -> Mesh:
    """Read the mesh out of face_landmarker.task, a zip that holds it as a protocol buffer.

    Field 1 of the metadata is the mesh; in it field 3 holds five floats a vertex (x, y, z in cm
    with y up and z out of the face, then u, v) and field 4 three vertex numbers a triangle.
    """
    with zipfile.ZipFile(model) as bundle:
        metadata = bundle.read(_GEOMETRY)
    mesh = next(value for field, value in _fields(metadata) if field == 1)
    assert isinstance(mesh, bytes)
    floats, numbers = [], []
    for field, value in _fields(mesh):
        if field == 3 and isinstance(value, bytes):
            floats.append(struct.unpack("<f", value)[0])
        elif field == 4:
            numbers.append(value)
    table = np.array(floats).reshape(-1, 5)
    return Mesh(
        vertices_mm=table[:, :3] * (10.0, -10.0, -10.0),
        uv=table[:, 3:],
        triangles=np.array(numbers, dtype=np.int64).reshape(-1, 3),
    )


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protocol buffer message: number, and its varint or bytes."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    while at < len(message):
        key = varint()
        wire = key & 7
        if wire == 0:
            yield key >> 3, varint()
            continue
        size = {1: 8, 5: 4}.get(wire) or varint()
        yield key >> 3, message[at : at + size]
        at += size
