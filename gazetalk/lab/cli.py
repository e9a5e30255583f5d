"""`gazetalk lab ...`: commands for developers."""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gazetalk.geometry import DEFAULT_DISTANCE_MM, DEFAULT_SCREEN, Screen
from gazetalk.lab import live_camera, screens
from gazetalk.lab.behaviour import MOTIONS, HeadMotion
from gazetalk.lab.person import LabError, Look, Person, draw_look, draw_person, with_fields
from gazetalk.lab.puppet import Recipe, write_session
from gazetalk.lab.script import Pace, full_script, read_closings, read_targets
from gazetalk.paths import shipped
from gazetalk.tracking.procedure import load_procedure
from gazetalk.tracking.types import Target

_SIDES = {"right": 0, "left": 1}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a lab command, with errors told as the room's own exceptions."""
    parser = argparse.ArgumentParser(prog="gazetalk lab", description="For developers.")
    add_parsers(parser.add_subparsers(dest="lab_command", required=True, metavar="COMMAND"))
    return run(parser.parse_args(arguments))


def add_parsers(commands: Any) -> None:
    """Add the lab's commands to an argparse sub-parser group."""
    language = commands.add_parser("train-language", help="train the English language model")
    language.add_argument("--out", type=Path, required=True, metavar="FILE", help="the model")
    _add_talker(commands)
    screens.add_parser(commands)
    live_camera.add_parser(commands)
    puppet = commands.add_parser(
        "puppet",
        help="render a session of a face that looks at known points",
        description="Render a session folder in which a face calibrates and then types TEXT (or, "
        "without it, looks about). Person, camera and room follow from the seed.",
    )
    puppet.add_argument("--out", type=Path, required=True, metavar="SESSION", help="a new folder")
    puppet.add_argument("--seed", type=int, default=0, metavar="N", help="who, where, how")
    what = puppet.add_argument_group("what it looks at")
    what.add_argument("--text", metavar="T", help="type this with the eyes after calibration")
    what.add_argument("--layout", default="qwerty", metavar="NAME", help="the keyboard's layout")
    what.add_argument("--shuffle", action="store_true", help="the keys in another order")
    what.add_argument("--key-s", type=float, default=1.9, metavar="S", help="on each letter")
    what.add_argument("--action-s", type=float, default=2.4, metavar="S", help="on other keys")
    what.add_argument("--procedure", default="standard", metavar="NAME", help="calibration/NAME")
    what.add_argument(
        "--targets", type=Path, metavar="F.csv", help="an own schedule instead of all these"
    )
    what.add_argument(
        "--lids",
        type=Path,
        metavar="F.csv",
        help="when the lids close, instead of by chance: start_s,closed_s,eyes (both, right, left)",
    )
    moves = puppet.add_argument_group("how the head moves after calibration")
    moves.add_argument(
        "--motion", choices=tuple(MOTIONS), default="still", help="small: 2 cm, 3 deg; large: 5, 10"
    )
    moves.add_argument("--moved-mm", type=float, default=0.0, metavar="X", help="goes and stays")
    moves.add_argument("--turned-deg", type=float, default=0.0, metavar="Y", help="turns and stays")
    face = puppet.add_argument_group("the person and the light")
    face.add_argument("--glasses", action="store_true")
    face.add_argument("--droop", choices=tuple(_SIDES), help="this upper lid hangs into the pupil")
    face.add_argument("--light", type=float, default=1.0, metavar="L", help="0.33: a third of it")
    face.add_argument(
        "--distance-mm", type=float, default=DEFAULT_DISTANCE_MM, metavar="D", help="eyes to lens"
    )
    face.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="any field of Person or Look (gazetalk/lab/person.py), e.g. ipd_mm=66",
    )
    camera = puppet.add_argument_group("the camera and the screen")
    camera.add_argument("--size", default="640x480", metavar="WxH", help="of the picture")
    camera.add_argument("--fps", type=float, default=30.0, metavar="N")
    camera.add_argument("--jitter-ms", type=float, default=0.0, metavar="J", help="of the frames")
    camera.add_argument("--drop", type=float, default=0.0, metavar="P", help="share of lost frames")
    camera.add_argument("--tell-hfov", action="store_true", help="write hfov_deg down")
    camera.add_argument("--screen", default="1920x1080", metavar="WxH", help="in pixels")
    camera.add_argument("--screen-mm", default="344x194", metavar="WxH", help="in millimetres")
    camera.add_argument(
        "--codec", default="MJPG", metavar="C", help="MJPG, FFV1 (exact) or mp4v (small)"
    )
    camera.add_argument("--workers", type=int, default=1, metavar="N", help="processes")


def _add_talker(commands: Any) -> None:
    talker = commands.add_parser(
        "talker",
        help="let puppets write sentences with the whole program, in a closed loop",
        description="Each face calibrates, then writes its share of the sentences: what it looks "
        "at follows from what the screen shows. Rendering takes longer than writing.",
    )
    talker.add_argument("--seeds", default="1,2,3,4", metavar="N,N", help="who writes")
    talker.add_argument("--phrases", type=Path, metavar="FILE", help="one a line")
    talker.add_argument("--skip", type=int, default=0, metavar="N", help="of the phrases")
    talker.add_argument("--count", type=int, default=20, metavar="N", help="so many of the rest")
    talker.add_argument("--layout", default="auto", metavar="NAME", help="auto, words, large")
    talker.add_argument("--motion", choices=tuple(MOTIONS), default="small")
    talker.add_argument("--fps", type=float, default=30.0, metavar="N")
    talker.add_argument("--transcript", type=Path, metavar="F.jsonl", help="of the last face")
    talker.add_argument("--json", type=Path, metavar="F", help="write the figures")


def _talk(args: argparse.Namespace) -> int:
    from gazetalk.lab.talking import run

    try:
        seeds = [int(seed) for seed in args.seeds.split(",")]
    except ValueError:
        raise LabError(f"--seeds {args.seeds}: write whole numbers, such as 1,2,3,4") from None
    procedure = load_procedure(shipped("calibration") / "standard.toml")
    recipes = [
        Recipe(
            seed=seed,
            targets=procedure.schedule(DEFAULT_SCREEN),
            person=draw_person(seed),
            look=draw_look(seed),
            motion=HeadMotion(*MOTIONS[args.motion]),
            fps=args.fps,
        )
        for seed in seeds
    ]
    return run(args, recipes)


def run(args: argparse.Namespace) -> int:
    """Do what the command asks; 0. Raises LabError, SessionError and the other rooms' errors."""
    if args.lab_command == "train-language":
        from gazetalk.lab.train_language import LIMIT_BYTES, train

        train(args.out, LIMIT_BYTES, sys.stderr)
        return 0
    if args.lab_command == "talker":
        return _talk(args)
    if args.lab_command == "screens":
        return screens.run(args)
    if args.lab_command == "camera":
        return live_camera.run(args)
    recipe = recipe_of(args)
    frames = write_session(args.out, recipe, args.codec, args.workers, sys.stderr)
    print(f"{args.out}: {frames} frames, {recipe.targets[-1].end_s:.1f} s")
    return 0


def recipe_of(args: argparse.Namespace) -> Recipe:
    """The recipe that the options ask for. Raises LabError and the other rooms' errors."""
    _check(args)
    width_mm, height_mm = _size(args.screen_mm, "--screen-mm", float)
    width_px, height_px = _size(args.screen, "--screen", int)
    screen = Screen(width_px, height_px, width_mm, height_mm)
    wander_mm, wander_deg = MOTIONS[args.motion]
    person, look = _person_and_look(args)
    return Recipe(
        seed=args.seed,
        targets=_targets(args, screen),
        person=person,
        look=look,
        motion=HeadMotion(wander_mm, wander_deg, args.moved_mm, args.turned_deg),
        screen=screen,
        size_px=_size(args.size, "--size", int),
        fps=args.fps,
        jitter_ms=args.jitter_ms,
        drop=args.drop,
        tell_hfov=args.tell_hfov,
        closings=None if args.lids is None else read_closings(args.lids),
    )


_RANGES = {
    "seed": (0, 2**32 - 1),
    "key_s": (0.2, 60),
    "action_s": (0.2, 60),
    "moved_mm": (-300, 300),
    "turned_deg": (-60, 60),
    "light": (0.01, 3),
    "distance_mm": (250, 2000),
    "fps": (1, 240),
    "jitter_ms": (0, 100),
    "drop": (0, 0.9),
    "workers": (1, 64),
}


def _check(args: argparse.Namespace) -> None:
    for name, (low, high) in _RANGES.items():
        value = getattr(args, name)
        if not (math.isfinite(value) and low <= value <= high):
            raise LabError(f"--{name.replace('_', '-')} {value}: must lie from {low} to {high}")
    if len(args.codec) != 4 or not args.codec.isascii():
        raise LabError(f"--codec {args.codec}: must be four letters, such as mp4v or FFV1")


def _person_and_look(args: argparse.Namespace) -> tuple[Person, Look]:
    person, look = draw_person(args.seed), draw_look(args.seed)
    look = dataclasses.replace(
        look, glasses=args.glasses, light=args.light, distance_mm=args.distance_mm
    )
    if args.droop:
        # Down to a third of a pupil's radius above its middle.
        hangs_mm = person.lid_upper_mm - 0.33 * person.pupil_mm
        droop = (hangs_mm, 0.0) if args.droop == "right" else (0.0, hangs_mm)
        person = dataclasses.replace(person, droop_mm=droop)
    changes = dict(_change(text) for text in args.set)
    known = {field.name for record in (person, look) for field in dataclasses.fields(record)}
    for name in changes:
        if name not in known:
            raise LabError(f"--set {name}: no such field; choose one of {', '.join(sorted(known))}")
    return with_fields(person, changes), with_fields(look, changes)


def _change(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise LabError(f"--set {text}: write FIELD=VALUE, such as ipd_mm=66")
    return name, value


def _targets(args: argparse.Namespace, screen: Screen) -> tuple[Target, ...]:
    if args.targets is not None:
        return read_targets(args.targets)
    path = shipped("calibration") / f"{args.procedure}.toml"
    if args.procedure.endswith(".toml"):
        path = Path(args.procedure)
    procedure = load_procedure(path)
    if args.text is None:
        return full_script(screen, procedure, args.seed)
    from gazetalk.keyboard.layout import load_layout

    board = load_layout(args.layout).place(screen.width_px, screen.height_px)
    pace = Pace(args.key_s, args.action_s)
    return full_script(screen, procedure, args.seed, args.text, board, pace, args.shuffle)


def _size(text: str, option: str, kind: type) -> Any:
    try:
        width, height = (kind(part) for part in text.lower().split("x"))
    except ValueError:
        raise LabError(f"{option} {text}: write WxH, such as 640x480") from None
    if not (64 <= width <= 10000 and 48 <= height <= 10000):
        raise LabError(f"{option} {text}: must lie from 64x48 to 10000x10000")
    return width, height
