"""eyetrax on the frames it is sent: run by the Python of an environment that has eyetrax.

Not a part of gazetalk's own process, and imports nothing of gazetalk. On standard input come
frames, each a line of JSON ({"t_s", "shape", "target": [x, y] or null}) and its BGR bytes; each is
answered by an empty line. An empty line for a frame ends them: eyetrax's default model learns from
the frames that have a target, and a line of JSON tells where it puts every frame: [x, y], or null
where it found no face or saw a blink.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import types
from typing import IO

import numpy as np


def main(model: str) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the libraries print must not mix with the answers
    estimator = importlib.import_module("eyetrax").GazeEstimator(face_landmarker_model=model)
    # MediaPipe smooths by the time between frames, for which eyetrax reads the clock: here they
    # come faster than a camera's, so it is told when they were taken.
    clock = types.SimpleNamespace(now_s=0.0)
    clock.time = lambda: clock.now_s
    setattr(importlib.import_module("eyetrax.gaze"), "time", clock)  # noqa: B010
    print("ready", file=answers, flush=True)
    features, targets, seen = [], [], []
    frames = sys.stdin.buffer
    last_s = offset_s = 0.0
    while line := frames.readline().strip():
        about = json.loads(line)
        image = _image(frames, about["shape"])
        if about["t_s"] + offset_s <= last_s:  # another clip
            offset_s = last_s + 1.0 - about["t_s"]
        last_s = clock.now_s = about["t_s"] + offset_s
        found, blink = estimator.extract_features(image)
        usable = found is not None and not blink
        seen.append(found if usable else None)
        if usable and about["target"]:
            features.append(found)
            targets.append(about["target"])
        print(file=answers, flush=True)
    estimator.train(np.array(features), np.array(targets))
    points = [None if f is None else estimator.predict([f])[0].tolist() for f in seen]
    print(json.dumps(points), file=answers, flush=True)


def _image(frames: IO[bytes], shape: list[int]) -> np.ndarray:
    size = shape[0] * shape[1] * shape[2]
    return np.frombuffer(frames.read(size), np.uint8).reshape(shape)


if __name__ == "__main__":
    main(sys.argv[1])
