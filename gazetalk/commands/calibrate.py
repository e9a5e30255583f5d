"""`gazetalk calibrate`: calibrate, validate, save to the profile."""

from __future__ import annotations

import argparse

from gazetalk.app import Options, talk
from gazetalk.clinic.profile import find_profile
from gazetalk.commands.replay import accuracy_line
from gazetalk.commands.talk import window_size
from gazetalk.paths import data_home, shipped
from gazetalk.tracking.calibration import CalibrationError
from gazetalk.tracking.procedure import load_procedure
from gazetalk.tracking.sources import SourceError, parse_source


class NotFinished(RuntimeError):
    """The calibration was left before its end; nothing was saved."""


def run(args: argparse.Namespace) -> int:
    source = parse_source(args.source)
    if source.kind in ("mouse", "video"):
        raise SourceError(f"{source}: has no eyes and targets to calibrate: camera or session:DIR")
    procedure = shipped("calibration") / f"{args.procedure}.toml"
    if not procedure.is_file():
        known = ", ".join(sorted(path.stem for path in procedure.parent.glob("*.toml")))
        raise CalibrationError(f"no procedure {args.procedure!r}; there is: {known}")
    profile = find_profile(data_home(args.data_dir), args.profile)
    outcome = talk(
        Options(
            source=source,
            profile=profile,
            headless=source.kind == "session",
            window_px=window_size(args.window),
            procedure=load_procedure(procedure),
            only_calibrate=True,
        )
    )
    if outcome.calibrated is None:
        raise NotFinished("left before its end; the profile is as it was")
    done = outcome.calibrated
    print(f"left-out targets: {accuracy_line(done.calibration.left_out)}")
    if done.measured is not None:
        print(f"validation: {accuracy_line(done.measured)}")
    print(f"saved to profile {profile.name}: {profile.folder}")
    return 0
