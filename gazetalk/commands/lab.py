"""`gazetalk lab`: hands over to the developers' room, which is imported only here."""

from __future__ import annotations

import argparse

from gazetalk.lab.cli import main


def run(args: argparse.Namespace) -> int:
    return main(args.rest)
