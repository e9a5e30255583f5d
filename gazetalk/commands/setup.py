"""`gazetalk setup`: the first visit, step by step: seat and light, screen, calibration, a try."""

from __future__ import annotations

import argparse

from gazetalk.app import talk
from gazetalk.clinic.profile import find_profile
from gazetalk.clinic.settings import change_settings, load_settings
from gazetalk.commands.talk import named_procedure, summary, window_size
from gazetalk.paths import data_home
from gazetalk.starting import Options
from gazetalk.tracking.sources import SourceError, parse_source
from gazetalk.writing import AUTO


def run(args: argparse.Namespace) -> int:
    source = parse_source(args.source)
    if source.kind != "camera":
        raise SourceError(f"{source}: nobody sits before that: setup takes camera or camera:N")
    profile = find_profile(data_home(args.data_dir), args.profile)
    if not load_settings(profile).layout:  # by the error that is measured, until somebody chooses
        change_settings(profile, {"layout": AUTO})
    outcome = talk(
        Options(
            source=source,
            profile=profile,
            transcript=args.transcript,
            window_px=window_size(args.window),
            procedure=named_procedure(args.procedure),
            setup=True,
        )
    )
    for line in summary(outcome):
        print(line)
    return 0
