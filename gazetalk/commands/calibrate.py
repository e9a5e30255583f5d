"""`gazetalk calibrate`: calibrate, validate, save to the profile."""

from __future__ import annotations

import argparse
from dataclasses import replace

from gazetalk.app import talk
from gazetalk.clinic.profile import find_profile
from gazetalk.commands.replay import accuracy_line
from gazetalk.commands.talk import named_procedure, window_size
from gazetalk.paths import data_home
from gazetalk.starting import Options
from gazetalk.tracking.sources import SourceError, parse_source


class NotFinished(RuntimeError):
    """The calibration was left before its end; nothing was saved."""


class NotKept(RuntimeError):
    """The calibration is worse than the one in the profile, or could not be saved."""


def run(args: argparse.Namespace) -> int:
    source = parse_source(args.source)
    if source.kind in ("mouse", "video"):
        raise SourceError(f"{source}: has no eyes and targets to calibrate: camera or session:DIR")
    procedure = named_procedure(args.procedure)
    profile = find_profile(data_home(args.data_dir), args.profile)
    outcome = talk(
        Options(
            source=source,
            profile=profile,
            headless=source.kind == "session",
            window_px=window_size(args.window),
            procedure=replace(procedure, stepped=procedure.stepped or args.stepped),
            only_calibrate=True,
            replace=args.replace,
        )
    )
    if outcome.calibrated is None:
        raise NotFinished("left before its end; the profile is as it was")
    done = outcome.calibrated
    if done.calibration.weak:
        numbers = ", ".join(map(str, done.calibration.weak))
        print(f"too few good samples, left out: target {numbers} of {done.calibration.asked}")
    print(f"left-out targets: {accuracy_line(done.calibration.left_out)}")
    if done.measured is not None:
        print(f"validation: {accuracy_line(done.measured)}")
    if outcome.kept is None:
        raise NotKept(f"the calibration could not be saved to {profile.folder}")
    if not outcome.kept.replaced:
        raise NotKept(f"{outcome.kept.words}; to keep the new one: gazetalk calibrate --replace")
    if outcome.kept.words:
        print(outcome.kept.words)
    print(f"saved to profile {profile.name}: {profile.folder}")
    return 0
