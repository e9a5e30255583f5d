"""eyetrax beside us: the same frames, in the environment in which it is installed."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from gazetalk.lab.person import LabError
from gazetalk.tracking.types import Floats, Frame, Target

PEER = Path(__file__).with_name("eyetrax_peer.py")


class Eyetrax:
    """One calibration and what follows it, frame by frame in lock-step; a context manager.

    python: of an environment in which eyetrax is installed. model: the face model. Raises
    LabError when it does not start there or ends too early.
    """

    def __init__(self, python: Path, model: Path) -> None:
        self._python = python
        self._model = model

    def __enter__(self) -> Eyetrax:
        self._errors = tempfile.TemporaryFile("w+")
        try:
            self._child = subprocess.Popen(
                # Isolated: beside the script lies a module of the same name, this one.
                [self._python, "-I", PEER, self._model],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
            )
        except OSError as error:
            self._errors.close()
            raise LabError(
                f"--eyetrax {self._python}: cannot be started ({error.strerror}); name the Python"
                " of an environment that has eyetrax"
            ) from error
        try:
            if self._answer() != b"ready":
                raise self._failed()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.communicate()
        self._errors.close()

    def see(self, frame: Frame, target: Target | None) -> None:
        """Show it a frame, and the calibration target that was looked at, if any."""
        assert frame.image is not None
        about = {
            "t_s": frame.t_s,
            "shape": frame.image.shape,
            "target": None if target is None else [target.x_px, target.y_px],
        }
        self._send(json.dumps(about).encode() + b"\n" + frame.image.tobytes())
        self._answer()

    def points_px(self) -> Floats:
        """Learn; then where it puts each frame it has seen, (N, 2), NaN where it does not."""
        self._send(b"\n")
        points = json.loads(self._answer())
        return np.array([point or (np.nan, np.nan) for point in points], dtype=float)

    def _send(self, data: bytes) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(data)
            self._child.stdin.flush()
        except OSError as error:
            raise self._failed() from error

    def _answer(self) -> bytes:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise self._failed()
        return line.strip()

    def _failed(self) -> LabError:
        self._child.wait(10)
        self._errors.seek(0)
        told = [line.strip() for line in self._errors if line.strip()]
        why = told[-1] if told else f"exit code {self._child.returncode}"
        return LabError(f"--eyetrax {self._python}: eyetrax does not run there ({why})")
