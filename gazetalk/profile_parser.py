"""What the command line takes about a person's profile."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_profile_parsers(commands: Any, person: argparse.ArgumentParser) -> None:
    """`gazetalk profile ...`. commands: of the whole command line; person: options that all have
    that are about somebody."""
    profile = commands.add_parser("profile", help="list, show, change, export, import or delete")
    actions = profile.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", parents=[person])
    for action in ("show", "delete"):
        actions.add_parser(action, parents=[person]).add_argument("name", nargs="?")
    change = actions.add_parser("set", parents=[person], help="such as drift_correction=off")
    change.add_argument("name", nargs="?")
    change.add_argument("setting", metavar="FIELD=VALUE")
    consent = actions.add_parser("consent", parents=[person], help="what the person agrees to")
    consent.add_argument("name")
    consent.add_argument("what", choices=("language_log",))
    consent.add_argument("--stated", metavar="TEXT", help="how they agreed, instead of asking")
    consent.add_argument("--withdraw", action="store_true", help="they agree no longer")
    consent.add_argument("--delete", action="store_true", help="and have deleted what was kept")
    _carrying_parsers(actions, person)
    log = commands.add_parser("log", help="what was written, where the person agreed to a log")
    logs = log.add_subparsers(dest="action", required=True, metavar="ACTION")
    logs.add_parser("delete", parents=[person], help="for good").add_argument("name")
    lam = logs.add_parser("export", parents=[person], help="as text, to edit before it leaves")
    lam.add_argument("name")
    lam.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new file")
    lam.add_argument("--from", dest="first", metavar="2026-11-20", help="the first day")
    lam.add_argument("--to", dest="last", metavar="2026-11-23", help="the last day")
    lam.add_argument("--without-words", action="store_true", help="lengths in their place")


def _carrying_parsers(actions: Any, person: argparse.ArgumentParser) -> None:
    export = actions.add_parser("export", parents=[person], help="into one file, to take along")
    export.add_argument("name", nargs="?")
    export.add_argument("file", type=Path, metavar="FILE.zip")
    export.add_argument(
        "--without-text", action="store_true", help="leave out what the person wrote"
    )
    export.add_argument("--with-notes", action="store_true", help="the helper's notes too")
    export.add_argument("--with-language-log", action="store_true", help="what was written, too")
    export.add_argument("--password", action="store_true", help="ask for one that it needs then")
    export.add_argument("--password-file", type=Path, metavar="F", help="its first line instead")
    taken = actions.add_parser("import", parents=[person], help="what `export` wrote")
    taken.add_argument("file", type=Path, metavar="FILE.zip")
    taken.add_argument("name", nargs="?", help="under this name")
    taken.add_argument("--replace", action="store_true", help="in the place of that profile")
    taken.add_argument("--password-file", type=Path, metavar="F", help="not asked for then")
    copy = actions.add_parser("copy", parents=[person], help="under another name")
    copy.add_argument("name")
    copy.add_argument("other", metavar="NEW")
    compare = actions.add_parser("compare", parents=[person], help="two profiles, side by side")
    compare.add_argument("name")
    compare.add_argument("other", metavar="OTHER")
    note = actions.add_parser("note", parents=[person], help="a helper's words about a person")
    note.add_argument("name")
    note.add_argument("text", nargs="?", help="one more; without it all are shown")
    note.add_argument("--remove", type=int, metavar="N", help="note N, for good")
    told = {
        "help-file": "settings and calibration quality, for someone who helps from afar",
        "apply": "the settings of such a file that was sent back",
    }
    for action, words in told.items():
        sent = actions.add_parser(action, parents=[person], help=words)
        sent.add_argument("name")
        sent.add_argument("file", type=Path, metavar="FILE.json")
