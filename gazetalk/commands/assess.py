"""`gazetalk assess`: a guided access assessment, and what a helper accepts of it."""

from __future__ import annotations

import argparse

from gazetalk.assess_app import Assessed, assess
from gazetalk.clinic.assessments import accept_last
from gazetalk.clinic.likely import Trial
from gazetalk.clinic.profile import Profile, existing_profile, find_profile
from gazetalk.clinic.recommend import in_words
from gazetalk.commands.replay import accuracy_line
from gazetalk.commands.talk import named_procedure, window_size
from gazetalk.paths import data_home
from gazetalk.tracking.sources import SourceError, parse_source


def run(args: argparse.Namespace) -> int:
    home = data_home(args.data_dir)
    if args.accept and args.source is None:
        return _accept(existing_profile(home, args.profile))
    source = parse_source(args.source or "camera")
    if source.kind in ("mouse", "video"):
        raise SourceError(f"{source}: has no eyes and targets to assess: camera or session:DIR")
    profile = find_profile(home, args.profile)
    done = assess(
        source, profile, named_procedure(args.procedure), window_size(args.window), args.out
    )
    for line in _lines(done):
        print(line)
    if args.accept or done.accepted:
        return _accept(profile)
    if done.recommendation.usable:
        print("to use it: gazetalk assess --accept")
    return 0


def _lines(done: Assessed) -> list[str]:
    """What it came to, for people."""
    progress = done.progress
    lines = [] if progress.complete else ["left before its end: this is what there is"]
    if progress.problem:
        lines.append(progress.problem)
    if progress.figures is not None:
        lines.append(accuracy_line(progress.figures.accuracy))
        blinking, reaction = progress.figures.blinking, progress.figures.reaction
        if reaction is not None:
            lines.append(f"eyes reach a target after {reaction.median_s:.2f} s ({reaction.n})")
        if blinking is not None:
            lines.append(f"long blinks: {blinking.found} of {blinking.asked} seen")
    lines += [_trial(trial) for trial in progress.trials]
    lines += in_words(done.recommendation)
    if done.words:
        lines.append(done.words)
    return [*lines, f"kept: {done.path}"] if done.path.exists() else lines


def _trial(trial: Trial) -> str:
    came = "all of it" if trial.finished else f"{trial.right} of {trial.asked} characters"
    rate = "" if trial.wpm is None else f", {trial.wpm:.1f} words a minute"
    return f"tried {trial.layout}: {came} in {trial.seconds:.0f} s{rate}"


def _accept(profile: Profile) -> int:
    path, settings = accept_last(profile)
    print(f"accepted: layout={settings.layout}, dwell_factor={settings.dwell_factor:g} ({path})")
    return 0
