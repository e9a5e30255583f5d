"""`gazetalk report`: a therapist's report of the profile's sessions, as HTML, JSON and CSV."""

from __future__ import annotations

import argparse
import csv
import io
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from gazetalk.clinic.plots import draw_gaze, draw_plots
from gazetalk.clinic.profile import existing_profile
from gazetalk.clinic.report import as_html, report_of
from gazetalk.clinic.sessions import SessionFigures
from gazetalk.files import write_atomically
from gazetalk.paths import data_home


def run(args: argparse.Namespace) -> int:
    profile = existing_profile(data_home(args.data_dir), args.profile)
    report = report_of(profile, args.name, args.recordings, notes=args.notes)
    out = args.out or (None if args.json or args.csv else Path("report.html"))
    if out:
        write_atomically(out, as_html(report, draw_plots(report["sessions"]), _gaze(report)))
        print(out)
    if args.json:
        write_atomically(args.json, json.dumps(report, indent=1) + "\n")
        print(args.json)
    if args.csv:
        write_atomically(args.csv, _as_csv(report["sessions"]))
        print(args.csv)
    for sentence in report["summary"]:
        print(sentence)
    return 0


def _gaze(report: dict[str, Any]) -> dict[str, str]:
    """Pictures of gaze against targets, of what there is."""
    kept = {name: (report[name] or {}).get("gazed") for name in ("calibration", "assessment")}
    drawn = {name: draw_gaze(seen) for name, seen in kept.items() if seen}
    return {name: svg for name, svg in drawn.items() if svg}


def _as_csv(sessions: list[dict[str, Any]]) -> str:
    """A row a session; what was not measured is empty."""
    names = [field.name for field in fields(SessionFigures)]
    text = io.StringIO()
    table = csv.DictWriter(text, [*names, "words_per_minute", "data_loss"], lineterminator="\n")
    table.writeheader()
    table.writerows(sessions)
    return text.getvalue()
