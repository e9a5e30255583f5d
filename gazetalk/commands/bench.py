"""`gazetalk bench WHAT`: hands over to the measurement of that name in the developers' room."""

from __future__ import annotations

import argparse
import importlib


def run(args: argparse.Namespace) -> int:
    return int(importlib.import_module(f"gazetalk.lab.bench_{args.what}").run(args))
