"""A video that is written into a pipe while it is read: a camera without the hardware."""

from __future__ import annotations

import struct
from typing import BinaryIO

import cv2

from gazetalk.tracking.types import Image

QUALITY = 95  # of the JPEGs, %


class AviStream:
    """A video written into a pipe: Motion JPEG in AVI, whose length nobody knows beforehand."""

    def __init__(self, pipe: BinaryIO, size_px: tuple[int, int], fps: float) -> None:
        self._pipe = pipe
        width, height = size_px
        scale, rate = 1000, round(1000 * fps)
        main = [round(1e6 / fps), 0, 0, 0x10, 0, 0, 1, 0, width, height, 0, 0, 0, 0]
        stream = struct.pack("<4s4s10I", b"vids", b"MJPG", 0, 0, 0, scale, rate, 0, 0, 0, 0, 0)
        stream += struct.pack("<4H", 0, 0, width, height)
        form = struct.pack(
            "<IiiHH4sIiiII", 40, width, height, 1, 24, b"MJPG", 3 * width * height, 0, 0, 0, 0
        )
        streams = b"strl" + _chunk(b"strh", stream) + _chunk(b"strf", form)
        heads = b"hdrl" + _chunk(b"avih", struct.pack("<14I", *main)) + _chunk(b"LIST", streams)
        endless = struct.pack("<I", 0xFFFFFFF0)
        pipe.write(b"RIFF" + endless + b"AVI " + _chunk(b"LIST", heads))
        pipe.write(b"LIST" + endless + b"movi")

    def write(self, picture: Image) -> None:
        """One frame (H, W, 3), blue first. Waits while nobody reads; raises BrokenPipeError once
        nobody will."""
        _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        self._pipe.write(_chunk(b"00dc", jpeg.tobytes()))
        self._pipe.flush()


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
