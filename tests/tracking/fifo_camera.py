"""A camera played by ffmpeg through a FIFO: the real way of capture without the hardware."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None or sys.platform == "win32", reason="no ffmpeg, or no FIFOs"
)


@contextmanager
def playing(fifo: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Makes the FIFO and writes a moving test picture into it, 25 a second, MJPG in AVI."""
    os.mkfifo(fifo)
    what = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25"]
    how = ["-c:v", "mjpeg", "-q:v", "4", "-f", "avi", "-y", str(fifo)]
    process = subprocess.Popen(
        ["ffmpeg", "-loglevel", "error", *what, *how],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
