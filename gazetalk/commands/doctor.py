"""`gazetalk doctor`: what works on this machine, what is missing, and the thing to do about it."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from gazetalk.clinic.profile import find_profile, load_model
from gazetalk.clinic.settings import load_settings
from gazetalk.files import write_atomically
from gazetalk.keyboard.llm import missing_parts
from gazetalk.paths import data_home, shipped
from gazetalk.system_libraries import explain_import_error


@dataclass(frozen=True)
class Finding:
    """One part of the machine. state: "ok", "missing" (gazetalk cannot work without it) or
    "absent" (something works less well). remedy: what to do, "" when nothing."""

    part: str
    state: str
    detail: str
    remedy: str = ""


def run(args: argparse.Namespace) -> int:
    findings = examine(data_home(args.data_dir), args.profile)
    if args.json:
        write_atomically(args.json, json.dumps([asdict(f) for f in findings], indent=2) + "\n")
    for finding in findings:
        mark = {"ok": "ok     ", "absent": "note   ", "missing": "MISSING"}[finding.state]
        print(f"{mark} {finding.part}: {finding.detail}")
        if finding.remedy:
            print(f"          do: {finding.remedy}")
    return 1 if any(finding.state == "missing" for finding in findings) else 0


def examine(home: Path, profile: str) -> list[Finding]:
    """Try every part for real. Nothing is changed but a temporary file."""
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("python", _python),
        ("packages", _packages),
        ("opencv", _opencv),
        ("face tracking", _face),
        ("speech", _speech),
        ("sound", _sound),
        ("display", _display),
        ("camera", _camera),
        ("user data", lambda: _user_data(home)),
        ("larger language model", lambda: _larger_model(home, profile)),
        ("profile", lambda: _profile(home, profile)),
    ]
    return [_try(part, check) for part, check in checks]


def _try(part: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:
        remedy = explain_import_error(error) or ""
        return Finding(part, "missing", " ".join(str(error).split()), remedy)


def _python() -> Finding:
    return Finding("python", "ok", f"{platform.python_version()} on {platform.platform()}")


def _packages() -> Finding:
    names = ("numpy", "opencv-python", "opencv-contrib-python", "mediapipe", "pygame", "pyttsx3")
    versions = {name: importlib.metadata.version(name) for name in names}
    detail = ", ".join(f"{name} {version}" for name, version in versions.items())
    if versions["opencv-python"] != versions["opencv-contrib-python"]:
        remedy = "install gazetalk again: both OpenCV packages must have one version"
        return Finding("packages", "missing", detail, remedy)
    return Finding("packages", "ok", detail)


def _opencv() -> Finding:
    import cv2

    return Finding("opencv", "ok", cv2.__version__)


def _face() -> Finding:
    from gazetalk.tracking.face import FaceLandmarker, find_model

    model = find_model()
    landmarker = FaceLandmarker(model)
    try:
        landmarker.find(np.zeros((120, 160, 3), np.uint8))
    finally:
        landmarker.close()
    return Finding(
        "face tracking", "ok", f"MediaPipe answers, model {model.name} is the official one"
    )


def _speech() -> Finding:
    from gazetalk.speech.player import SilentPlayer
    from gazetalk.speech.profile import load_voice
    from gazetalk.speech.speaker import open_speaker

    with closing(open_speaker(load_voice("english", shipped("voices")), SilentPlayer())) as speaker:
        wav = speaker.render("Hello.")
    if wav.duration_s <= 0.1:
        return Finding("speech", "missing", "the voice gave no sound", "install gazetalk again")
    return Finding("speech", "ok", f"the English voice speaks ({wav.duration_s:.1f} s)")


def _sound() -> Finding:
    from gazetalk.speech.output import NoOutput, Output, device_names

    output = Output()
    try:
        output.open()
    except NoOutput as why:
        remedy = "connect or switch on a loudspeaker; the text is still shown and written to WAV"
        return Finding("sound", "absent", str(why), remedy)
    names = ", ".join(device_names())
    output.close()
    return Finding("sound", "ok", f"a sound device answers; --device takes one of: {names}")


def _display() -> Finding:
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return Finding("display", "absent", "no display", "use --headless, or log in to a desktop")
    return Finding("display", "ok", "there is a display")


def _camera() -> Finding:
    from gazetalk.tracking.camera import CameraError
    from gazetalk.tracking.sources import parse_source

    try:
        with parse_source("camera").open() as source:
            camera = source.info.camera
            frame = next(iter(source.frames()), None)
    except CameraError as error:
        return Finding("camera", "absent", str(error), "connect a webcam, or use --source mouse")
    if frame is None:
        return Finding("camera", "absent", "it sends no picture", "unplug it and plug it in again")
    return Finding("camera", "ok", f"{camera.width_px}x{camera.height_px}")


def _user_data(home: Path) -> Finding:
    place = home
    while not place.exists():
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        remedy = "set GAZETALK_HOME to a folder that can be written"
        return Finding("user data", "missing", f"{home}: {error.strerror}", remedy)
    return Finding("user data", "ok", str(home))


def _larger_model(home: Path, name: str) -> Finding:
    """The extra `llm`: an addition, so that nothing is amiss without it."""
    part = "larger language model"
    lacking = missing_parts()
    if lacking:
        remedy = f"for better suggestions: {' && '.join(lacking.values())}"
        return Finding(part, "absent", f"not installed: {', '.join(lacking)}", remedy)
    settings = load_settings(find_profile(home, name))
    if not settings.llm:
        remedy = f"gazetalk profile set {name} llm=on"
        return Finding(part, "ok", f"installed; {name} has it turned off", remedy)
    return Finding(part, "ok", "installed; used for English with a camera or a mouse")


def _profile(home: Path, name: str) -> Finding:
    model = load_model(find_profile(home, name))
    if model is None:
        return Finding("profile", "absent", f"{name}: not calibrated yet", "gazetalk calibrate")
    return Finding("profile", "ok", f"{name}: calibrated ({model.kind})")
