"""The command line: what there is to call, and how errors are told."""

from __future__ import annotations

import argparse
import importlib
import math
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gazetalk import __version__
from gazetalk.clinic.leftovers import mend
from gazetalk.paths import data_home
from gazetalk.profile_parser import add_profile_parsers
from gazetalk.system_libraries import explain_import_error, missing_libraries, name_missing

DONE, FAILED, BAD_INPUT = 0, 1, 2
# Commands that see faces.
WATCHING = ("talk", "demo", "calibrate", "assess", "position", "record", "replay", "lab")
TYPING_METHODS = ("nearest", "letters", "words", "large", "auto", "two-zone")
CONDITIONS = ("still", "small", "moved", "turned", "glasses", "droop", "dark")
DEVICE = "where it sounds: a sound device's name, or a part of it, as doctor lists them"
SOURCES = "camera, camera:N, video:FILE, session:DIR or mouse"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0 done, 1 it ran and failed, 2 the call or its input is bad."""
    parser = _parser()
    # Our matrices are small: more threads would only compete with MediaPipe's for the cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    given = list(sys.argv[1:] if arguments is None else arguments)
    args = parser.parse_args(given or ["talk"])
    missing = missing_libraries() if args.command in WATCHING else []
    if missing:
        return _tell(name_missing(missing), FAILED)
    if hasattr(args, "data_dir"):
        for line in mend(data_home(args.data_dir) / "profiles"):
            _tell(line, DONE)
    try:
        command = importlib.import_module(f"gazetalk.commands.{args.command}")
        return int(command.run(args))
    except KeyboardInterrupt:
        return _tell("stopped", 130)
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more can be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        return _explain(error)


def _explain(error: Exception) -> int:
    """One line for people, and the exit code.

    Errors that our own rooms define are written for people: bad input where they are ValueErrors,
    else something that ran and failed. All others are told in one line as well; the traceback
    comes with GAZETALK_TRACEBACK=1.
    """
    if os.environ.get("GAZETALK_TRACEBACK"):
        traceback.print_exception(error)
    line = " ".join(str(error).split())
    if type(error).__module__.startswith("gazetalk."):
        return _tell(line, BAD_INPUT if isinstance(error, ValueError) else FAILED)
    missing = explain_import_error(error)
    if missing:
        return _tell(missing, FAILED)
    if isinstance(error, OSError):
        return _tell(line, FAILED)
    return _tell(
        f"unexpected fault ({type(error).__name__}: {line}); your text is kept; "
        "please report it with the output of GAZETALK_TRACEBACK=1",
        FAILED,
    )


def _tell(line: str, code: int) -> int:
    # What a file holds may stand in it, and must not steer the terminal.
    shown = "".join(char if char.isprintable() else "?" for char in line)
    print(f"gazetalk: {shown}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gazetalk",
        description="Type and speak with the eyes, with an ordinary webcam. "
        "Without a command: talk.",
    )
    parser.add_argument("--version", action="version", version=f"gazetalk {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    person = argparse.ArgumentParser(add_help=False)
    person.add_argument("--profile", default="default", metavar="NAME", help="whose settings")
    person.add_argument("--data-dir", type=Path, metavar="DIR", help="where all user data lies")

    talk = commands.add_parser("talk", parents=[person], help="type and speak with the eyes")
    talk.add_argument("--source", default="camera", metavar="S", help=SOURCES)
    talk.add_argument("--headless", action="store_true", help="no window, no sound")
    talk.add_argument(
        "--realtime", action="store_true", help="headless recordings at their own speed"
    )
    talk.add_argument("--transcript", type=Path, metavar="F.jsonl", help="write every event")
    talk.add_argument("--wav", type=Path, metavar="F.wav", help="write what is spoken")
    talk.add_argument("--screenshot", type=Path, metavar="F.png", help="the last screen")
    talk.add_argument("--voice", default="", metavar="NAME", help="a voice profile")
    talk.add_argument("--device", default="", metavar="NAME", help=DEVICE)
    talk.add_argument(
        "--layout",
        default="",
        metavar="NAME",
        help="a keyboard layout, or auto: by the measured error; else the settings' (qwerty)",
    )
    talk.add_argument(
        "--switch",
        default="blink",
        choices=("blink", "aside", "both", "none"),
        help="of the eyes: a long blink, a look beyond the screen's side (default: blink)",
    )
    talk.add_argument("--window", metavar="WxH", help="a window of this size, not full screen")
    talk.add_argument("--procedure", default="standard", metavar="NAME", help="if one is needed")
    talk.add_argument(
        "--no-check", dest="check", action="store_false", help="trust the last calibration"
    )

    setup = commands.add_parser(
        "setup", parents=[person], help="the first visit: seat, screen, calibration, a try"
    )
    setup.add_argument("--source", default="camera", metavar="S", help="camera, or camera:N")
    setup.add_argument("--procedure", default="standard", metavar="NAME", help="of calibration")
    setup.add_argument("--window", metavar="WxH", help="a window of this size, not full screen")
    setup.add_argument(
        "--transcript", type=Path, metavar="F.jsonl", help="every event, as it comes"
    )

    demo = commands.add_parser("demo", help="the whole loop on the embedded recorded session")
    demo.add_argument("--headless", action="store_true", help="no window, no sound")
    demo.add_argument("--out", type=Path, metavar="DIR", help="where the four files go")

    calibrate = commands.add_parser(
        "calibrate", parents=[person], help="calibrate, validate, save to the profile"
    )
    calibrate.add_argument(
        "--procedure",
        default="standard",
        metavar="NAME",
        help="quick, standard, thorough, slow, or a file.toml",
    )
    calibrate.add_argument("--stepped", action="store_true", help="a helper's key goes on")
    calibrate.add_argument(
        "--replace", action="store_true", help="keep it even if the last one was better"
    )
    calibrate.add_argument("--source", default="camera", metavar="S", help=SOURCES)
    calibrate.add_argument("--window", metavar="WxH", help="a window of this size")

    position = commands.add_parser(
        "position", help="distance, light and so on: what is well, and what would help"
    )
    position.add_argument("--source", default="camera", metavar="S", help=SOURCES)
    position.add_argument("--seconds", type=float, default=4.0, metavar="N", help="watch so long")
    position.add_argument("--show", action="store_true", help="in a window, until Escape")
    position.add_argument("--json", type=Path, metavar="F", help="write the states")

    record = commands.add_parser("record", parents=[person], help="record a session")
    record.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    record.add_argument("--source", default="camera", metavar="S", help=SOURCES)
    kept = record.add_mutually_exclusive_group()
    kept.add_argument(
        "--landmarks-only", action="store_true", help="no pictures: a camera's are not kept anyway"
    )
    kept.add_argument("--video", action="store_true", help="a camera's too, once the person agrees")
    kept.add_argument("--delete", action="store_true", help="delete that recording, for good")
    record.add_argument("--seconds", type=float, metavar="N", help="stop after so long")

    replay = commands.add_parser("replay", help="fit, predict and measure a recorded session")
    replay.add_argument("session", type=Path, metavar="SESSION", help="a session folder")
    replay.add_argument("--json", type=Path, metavar="F", help="write the figures")
    replay.add_argument("--gaze", type=Path, metavar="F.csv", help="write every gaze sample")
    replay.add_argument("--realtime", action="store_true", help="at the recording's speed")

    assess = commands.add_parser(
        "assess", parents=[person], help="which way of writing suits a person, measured"
    )
    assess.add_argument("--source", metavar="S", help="camera (default), camera:N or session:DIR")
    assess.add_argument("--procedure", default="standard", metavar="NAME", help="to calibrate with")
    assess.add_argument("--out", type=Path, metavar="F.json", help="write it there as well")
    assess.add_argument("--window", metavar="WxH", help="a window of this size")
    assess.add_argument(
        "--accept", action="store_true", help="use what it recommends; alone: the last one's"
    )

    say = commands.add_parser("say", help="speak a text")
    say.add_argument("text", metavar="TEXT")
    say.add_argument("--wav", type=Path, metavar="F.wav", help="write instead of playing")
    say.add_argument("--voice", default="english", metavar="NAME", help="a voice profile")
    say.add_argument("--device", default="", metavar="NAME", help=DEVICE)

    voices = commands.add_parser("voices", help="the voices that work here")
    voices.add_argument("--samples", type=Path, metavar="DIR", help="write a sample WAV of each")

    add_profile_parsers(commands, person)
    _report_parser(commands, person)

    _bank_parsers(commands, person)
    doctor = commands.add_parser("doctor", parents=[person], help="what works on this machine")
    doctor.add_argument("--json", type=Path, metavar="F", help="write the findings")

    suggest = commands.add_parser(
        "suggest",
        parents=[person],
        help="words for other programs, a JSON line for each JSON line",
        description="Reads {context, prefix, refused, k} a line, answers {words, p} a line.",
    )
    suggest.add_argument("--language", default="english", metavar="NAME", help="its name or code")
    _learned_parsers(commands, person)
    _bench_parsers(commands)

    lab = commands.add_parser("lab", help="for developers: the face puppet")
    lab.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="see: gazetalk lab -h")
    return parser


def _bank_parsers(commands: Any, person: argparse.ArgumentParser) -> None:
    bank = commands.add_parser("bank", help="the person's own recordings, played for their text")
    actions = bank.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", parents=[person], help="every phrase that is recorded")
    taken = actions.add_parser("import", parents=[person], help="of a folder: I love you.wav")
    taken.add_argument("folder", type=Path, metavar="FOLDER")
    recorded = actions.add_parser("record", parents=[person], help="with a microphone, in turn")
    recorded.add_argument("phrases", nargs="+", metavar="PHRASE")
    recorded.add_argument("--seconds", type=_least(0.1), metavar="S", help="instead of Enter")
    recorded.add_argument("--device", default="", metavar="NAME", help="of a microphone, or a part")
    removed = actions.add_parser("remove", parents=[person], help="for good")
    removed.add_argument("phrase", metavar="PHRASE")


def _report_parser(commands: Any, person: argparse.ArgumentParser) -> None:
    report = commands.add_parser("report", parents=[person], help="of a person's sessions")
    report.add_argument("--out", type=Path, metavar="F.html", help="report.html unless given")
    report.add_argument("--json", type=Path, metavar="F", help="write the figures")
    report.add_argument("--csv", type=Path, metavar="F", help="write a row for each session")
    report.add_argument("--name", action="store_true", help="say whose it is")
    report.add_argument("--notes", action="store_true", help="with the helper's notes")
    report.add_argument("--recordings", action="store_true", help="count replayed ones as well")


def _learned_parsers(commands: Any, person: argparse.ArgumentParser) -> None:
    learned = commands.add_parser("learned", help="what was learned from a person's own words")
    actions = learned.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("show", parents=[person], help="every sentence with its day")
    export = actions.add_parser("export", parents=[person], help="the same, to a file")
    export.add_argument("file", type=Path, metavar="FILE")
    forget = actions.add_parser("forget", parents=[person], help="for good, on disk too")
    what = forget.add_mutually_exclusive_group(required=True)
    what.add_argument("--word", metavar="W", help="every sentence with this word")
    what.add_argument("--day", metavar="2026-11-22", help="what was said on a day")
    what.add_argument("--everything", action="store_true", help="all of it")


def _bench_parsers(commands: Any) -> None:
    bench = commands.add_parser("bench", help="measurements")
    measured = bench.add_subparsers(dest="what", required=True, metavar="WHAT")

    prediction = measured.add_parser("prediction", help="keystrokes that the suggestions save")
    prediction.add_argument("--phrases", type=Path, metavar="FILE", help="one a line")
    prediction.add_argument("--suggestions", type=int, default=5, metavar="K", help="shown at once")
    prediction.add_argument("--learn", type=Path, metavar="FILE", help="said before, learned first")
    prediction.add_argument("--model", type=Path, metavar="FILE", help="not the shipped one")
    prediction.add_argument(
        *("--llm",),
        nargs="?",
        const="waited",
        choices=("waited", "paced"),
        help="with the larger model of the extra llm: waited for, or as it is for one who writes",
    )
    prediction.add_argument("--json", type=Path, metavar="F", help="write the figures")

    tracking = measured.add_parser("tracking", help="how true gaze is, on puppet people")
    tracking.add_argument("--people", type=int, default=3, metavar="N", help="puppets, 0 for none")
    tracking.add_argument("--seed", type=int, default=1, metavar="S", help="of the first of them")
    tracking.add_argument("--conditions", nargs="+", choices=CONDITIONS, help="of the table")
    tracking.add_argument("--size", type=_size, default=(640, 480), metavar="WxH")
    tracking.add_argument("--fps", type=_least(5.0), default=30.0, metavar="N")
    tracking.add_argument(
        "--tell-distance", action="store_true", help="as if somebody had measured it"
    )
    tracking.add_argument("--clips", type=Path, metavar="DIR", help="keep the pictures for others")
    tracking.add_argument(
        "--session", type=Path, nargs="+", default=[], metavar="DIR", help="recorded ones as well"
    )
    tracking.add_argument(
        "--eyetrax", type=Path, metavar="PYTHON", help="of an environment that has eyetrax"
    )
    tracking.add_argument("--real", type=Path, metavar="DIR", help="data of real eyes as well")
    tracking.add_argument("--json", type=Path, metavar="F", help="write the figures")

    latency = measured.add_parser("latency", help="from frame to pointer, screen and voice")
    latency.add_argument("--session", type=Path, metavar="DIR", help="recorded, with pictures")
    latency.add_argument("--size", type=_size, default=(1920, 1080), metavar="WxH", help="drawn")
    latency.add_argument("--count", type=int, default=200, metavar="N", help="of pictures drawn")
    latency.add_argument(
        "--pixel-s", type=_least(3.0), default=20.0, metavar="S", help="of a film, to the screen"
    )
    latency.add_argument("--wait-s", type=_least(0.1), default=10.0, help=argparse.SUPPRESS)
    latency.add_argument("--json", type=Path, metavar="F", help="write the figures")

    _assess_bench_parser(measured)
    typing = measured.add_parser("typing", help="simulated typists on the real keyboard")
    typing.add_argument("--phrases", type=Path, metavar="FILE", help="one a line; a-z ' and space")
    typing.add_argument("--skip", type=int, default=0, metavar="N", help="of the phrases")
    typing.add_argument("--count", type=int, metavar="N", help="only the first N of the rest")
    typing.add_argument(
        "--all", action="store_true", help="nearest and auto in all conditions, one table"
    )
    typing.add_argument("--method", choices=TYPING_METHODS)
    typing.add_argument(
        "--wrong-side", type=_share, metavar="P", help="two-zone: of a look (0, .05, .1, .2)"
    )
    typing.add_argument("--sigma-keys", type=_least(0.0), default=0.5, metavar="S", help="error")
    typing.add_argument("--bias-keys", type=_least(0.0), metavar="B", help="S / 2 unless given")
    typing.add_argument("--vertical", type=_least(0.1), default=1.0, metavar="R", help="times S, B")
    typing.add_argument("--correlation", type=_share, default=0.0, metavar="R", help="look to look")
    typing.add_argument("--noise", type=Path, metavar="FILE.csv", help="recorded, instead of S, B")
    typing.add_argument("--best", type=_share, default=1.0, metavar="P", help="share of its people")
    typing.add_argument("--overlook", type=_share, default=0.0, metavar="P", help="right words")
    typing.add_argument("--switch-fails", type=_share, default=0.0, metavar="P")
    typing.add_argument("--selection-s", type=_least(0.01), default=0.75, metavar="T")
    typing.add_argument("--screen", type=_size, default=(1920, 1080), metavar="WxH")
    typing.add_argument("--seed", type=int, default=1, metavar="N")
    typing.add_argument("--json", type=Path, metavar="F", help="write the figures")


def _assess_bench_parser(measured: Any) -> None:
    assess = measured.add_parser("assess", help="are simulated people told what suits them best")
    assess.add_argument("--cases", type=_count, default=40, metavar="N", help="people")
    assess.add_argument(
        "--phrases", type=_count, default=30, metavar="N", help="each writes so many"
    )
    assess.add_argument("--seed", type=int, default=1, metavar="S")
    assess.add_argument("--noise", type=Path, metavar="DIR", help="recorded noise of real people")
    assess.add_argument(
        "--puppets", type=Path, metavar="DIR", help="sessions with gaze.csv in them"
    )
    assess.add_argument("--fit", action="store_true", help="fit the rates, on people not held out")
    assess.add_argument("--json", type=Path, metavar="F", help="write all figures")


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,4}", text):
        raise argparse.ArgumentTypeError(f"{text} must be a whole number from 1")
    return int(text)


def _least(lowest: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = float(text)
        if not lowest <= value < math.inf:
            raise argparse.ArgumentTypeError(f"{text} must be a number from {lowest}")
        return value

    return number


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} must be a share from 0 to 1")
    return value


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9]\d{1,4})x([1-9]\d{1,4})", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text} must be a size such as 1920x1080")
    return int(match[1]), int(match[2])
