"""`gazetalk log`: the language activity log of a person who agreed to one, exported and deleted."""

from __future__ import annotations

import argparse
from datetime import date

from gazetalk.clinic.language_log import FILE, LanguageLogError, as_lam, delete_log, read_log
from gazetalk.clinic.profile import existing_profile
from gazetalk.files import write_atomically
from gazetalk.paths import data_home


def run(args: argparse.Namespace) -> int:
    profile = existing_profile(data_home(args.data_dir), args.name)
    if args.action == "delete":
        print("deleted" if delete_log(profile) else "there is no log")
        return 0
    if args.out.exists():
        raise LanguageLogError(f"{args.out}: is there already: name another file")
    first, last = _day(args.first), _day(args.last)
    outputs = read_log(profile.folder / FILE)
    if not outputs:
        raise LanguageLogError(f"profile {profile.name!r} has no language log: nothing is written")
    write_atomically(args.out, as_lam(outputs, first, last, not args.without_words))
    print(f"{args.out}: read it, and take out whatever shall not leave")
    return 0


def _day(told: str | None) -> date | None:
    try:
        return date.fromisoformat(told) if told else None
    except ValueError:
        raise LanguageLogError(f"{told}: write a day as 2026-11-22") from None
