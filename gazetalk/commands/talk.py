"""`gazetalk talk`: the app, in a window or headless, from any source."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from gazetalk.app import talk
from gazetalk.clinic.profile import find_profile
from gazetalk.commands.replay import accuracy_line
from gazetalk.keyboard.switch import KINDS
from gazetalk.paths import data_home, shipped
from gazetalk.run import Outcome
from gazetalk.starting import Options
from gazetalk.tracking.fitting import CalibrationError
from gazetalk.tracking.procedure import Procedure, load_procedure
from gazetalk.tracking.sources import parse_source

LEAST_WINDOW_PX = 320
SWITCHES = {"blink": ("blink",), "aside": ("aside",), "both": KINDS, "none": ()}


class WindowSizeError(ValueError):
    """--window cannot be understood: one line."""


def run(args: argparse.Namespace) -> int:
    outcome = talk(
        Options(
            source=parse_source(args.source),
            profile=find_profile(data_home(args.data_dir), args.profile),
            headless=args.headless,
            realtime=args.realtime,
            transcript=args.transcript,
            wav=args.wav,
            screenshot=args.screenshot,
            voice=args.voice,
            device=args.device,
            layout=args.layout,
            switches=SWITCHES[args.switch],
            window_px=window_size(args.window),
            procedure=named_procedure(args.procedure),
            check=args.check,
        )
    )
    for line in summary(outcome):
        print(line)
    return 0


def window_size(text: str | None) -> tuple[int, int] | None:
    """A size such as "1280x800"; None for the full screen. Raises WindowSizeError."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if min(size) < LEAST_WINDOW_PX:
        raise WindowSizeError(f"--window {text!r}: use a size in pixels such as 1280x800")
    return size


def named_procedure(name: str) -> Procedure:
    """A shipped procedure by its name, or one's own by its file. Raises CalibrationError."""
    if name.endswith(".toml"):
        return load_procedure(Path(name))
    folder = shipped("calibration")
    known = sorted(path.stem for path in folder.glob("*.toml"))
    if name not in known:
        raise CalibrationError(
            f"no procedure {name!r}; there is: {', '.join(known)}, or name a file.toml"
        )
    return load_procedure(folder / f"{name}.toml")


def summary(outcome: Outcome) -> list[str]:
    """A run in a few lines for people."""
    lines = [f"text: {outcome.text}"]
    if outcome.words_per_minute is not None:
        lines.append(f"{outcome.words_per_minute:.1f} words a minute")
    if outcome.calibrated is not None:
        quality = outcome.calibrated.measured or outcome.calibrated.calibration.left_out
        lines.append(accuracy_line(quality))
    if outcome.kept is not None and outcome.kept.words:
        lines.append(outcome.kept.words)
    if outcome.faults:
        lines.append(f"the tracker failed and was started again {outcome.faults} times")
    return lines
