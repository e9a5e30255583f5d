"""`gazetalk demo`: the whole loop on the embedded recorded session, without a camera."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from gazetalk.app import talk
from gazetalk.clinic.profile import find_profile, quality_json
from gazetalk.commands.talk import summary
from gazetalk.files import write_atomically
from gazetalk.paths import shipped
from gazetalk.progress import Progress
from gazetalk.run import Outcome
from gazetalk.screens.window import Window, WindowError
from gazetalk.starting import Options
from gazetalk.tracking.session import read_session
from gazetalk.tracking.sources import SourceSpec

DEFAULT_OUT = Path("gazetalk-demo")
WINDOW_PX = (1280, 720)


class DemoFailed(RuntimeError):
    """The demo ran and did not come to its end."""


def run(args: argparse.Namespace) -> int:
    out: Path = args.out or DEFAULT_OUT
    headless = args.headless or not _has_display()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DemoFailed(
            f"{out}: cannot be made ({error.strerror}): name another folder"
        ) from error
    session = shipped("calibration") / "demo"
    frames = len(read_session(session).times_s)
    how = "headless, as fast as it goes" if headless else "in a window, at its own pace"
    print(f"A recorded face calibrates, then types with its eyes ({how}).")
    # A profile of its own: the demo must not touch anybody's text or calibration.
    with tempfile.TemporaryDirectory() as home, Progress("watching", frames, sys.stderr) as bar:
        outcome = talk(
            Options(
                source=SourceSpec("session", str(session)),
                profile=find_profile(Path(home)),
                headless=headless,
                transcript=out / "transcript.jsonl",
                wav=out / "speech.wav",
                screenshot=out / "screen.png",
                window_px=None if headless else WINDOW_PX,
                on_frame=lambda tracked: bar.step(),
            )
        )
    _write_accuracy(out / "accuracy.json", outcome)
    for line in summary(outcome):
        print(line)
    print(f"speech: {out / 'speech.wav'}")
    print(f"also there: transcript.jsonl, screen.png, accuracy.json in {out}")
    return 0


def _has_display() -> bool:
    """Whether a window can be opened here, found by opening one."""
    try:
        Window((320, 240)).close()
    except WindowError:
        return False
    return True


def _write_accuracy(path: Path, outcome: Outcome) -> None:
    if outcome.calibrated is None:
        raise DemoFailed("the recorded face did not get as far as a calibration")
    done = outcome.calibrated
    report = {
        **quality_json(done.calibration, done.measured),
        "text": outcome.text,
        "words_per_minute": outcome.words_per_minute,
    }
    write_atomically(path, json.dumps(report, indent=2) + "\n")
