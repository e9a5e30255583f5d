"""landmarks.npz: the faces of a session, one row a frame, NaN where none was found.

Plain arrays, never pickles: t_s (N,), landmarks (N, 478, 3), transform (N, 4, 4),
blendshapes (N, 52), as MediaPipe's Face Landmarker gives them.
"""

from __future__ import annotations

import math
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.fields import REPAIR, SessionError
from gazetalk.tracking.types import Face, Floats

# One face's arrays, in the order in which they are written.
FACE_SHAPES = {"landmarks": (478, 3), "transform": (4, 4), "blendshapes": (52,)}
_NUMBERS = sum(math.prod(shape) for shape in FACE_SHAPES.values())

# What numpy and zipfile raise for files that are cut off, garbled or pickled.
_FAULTS = (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class Landmarks:
    """The faces of a session, read from the file when the first one is asked for."""

    path: Path
    count: int

    def face(self, row: int) -> Face | None:
        """The face of one row of frames.csv, or None where none was found.

        Raises SessionError when the file turns out to be damaged.
        """
        arrays = {name: array[row].astype(float) for name, array in self._arrays.items()}
        return None if np.isnan(arrays["landmarks"]).all() else Face(**arrays)

    @cached_property
    def _arrays(self) -> dict[str, NDArray[Any]]:
        try:
            with np.load(self.path, allow_pickle=False) as file:
                return {name: file[name] for name in FACE_SHAPES}
        except _FAULTS as error:
            raise _damaged(self.path) from error


def check_landmarks(path: Path, times_s: Floats) -> Landmarks:
    """Check names, shapes and times against frames.csv without reading the large arrays.

    times_s: (N,). Raises SessionError.
    """
    count = len(times_s)
    try:
        with zipfile.ZipFile(path) as file:
            for name, shape in {"t_s": (), **FACE_SHAPES}.items():
                found, dtype = _header(file, name)
                if found != (count, *shape) or not np.issubdtype(dtype, np.floating):
                    raise SessionError(
                        f"{path}: array {name} is {dtype} {found}, must be floating point"
                        f" {(count, *shape)} as frames.csv has {count} rows: {REPAIR}"
                    )
        with np.load(path, allow_pickle=False) as arrays:
            agrees = np.allclose(arrays["t_s"], times_s, rtol=0, atol=1e-3)
    except SessionError:
        raise
    except _FAULTS as error:
        raise _damaged(path) from error
    if not agrees:
        raise SessionError(f"{path}: array t_s differs from frames.csv: {REPAIR}")
    return Landmarks(path, count)


class LandmarksWriter:
    """Collects faces in a file beside `path`, so that hours of them need no memory."""

    def __init__(self, path: Path) -> None:
        self.faces = 0
        self._path = path
        self._part = path.with_suffix(".part")
        self._rows: IO[bytes] = self._part.open("wb")

    def add(self, face: Face | None) -> None:
        row = np.full(_NUMBERS, np.nan)
        if face is not None:
            row = np.concatenate([np.ravel(getattr(face, name)) for name in FACE_SHAPES])
            self.faces += 1
        self._rows.write(row.astype(np.float32).tobytes())

    def close(self) -> None:
        self._rows.close()

    def finish(self, times_s: Floats) -> None:
        """Write the file itself. times_s: (N,), one for each face (or None) that was added."""
        rows = np.fromfile(self._part, np.float32).reshape(len(times_s), _NUMBERS)
        arrays: dict[str, NDArray[Any]] = {"t_s": times_s}
        start = 0
        for name, shape in FACE_SHAPES.items():
            end = start + math.prod(shape)
            arrays[name] = rows[:, start:end].reshape(len(times_s), *shape)
            start = end
        np.savez_compressed(self._path, allow_pickle=False, **arrays)

    def discard_part(self) -> None:
        self._part.unlink()


def _header(file: zipfile.ZipFile, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """An array's shape and type without its numbers. Raises KeyError when it is not there."""
    with file.open(f"{name}.npy") as array:
        version = np.lib.format.read_magic(array)
        read = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read(array)
    return shape, dtype


def _damaged(path: Path) -> SessionError:
    names = ", ".join(("t_s", *FACE_SHAPES))
    return SessionError(f"{path}: damaged, or not plain arrays {names}: record the session again")
