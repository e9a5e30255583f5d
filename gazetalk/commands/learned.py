"""`gazetalk learned`: what the language learned from a person, shown, exported and forgotten."""

from __future__ import annotations

import argparse
from datetime import date

from gazetalk.clinic.profile import find_profile
from gazetalk.files import write_atomically
from gazetalk.keyboard.said import LEARNED, SaidFile
from gazetalk.paths import data_home

DONE = 0


class LearnedError(ValueError):
    """A call that cannot be done: what is wrong, and what to write instead."""


def run(args: argparse.Namespace) -> int:
    """Raises LanguageError, LearnedError, ProfileError and OSError."""
    profile = find_profile(data_home(args.data_dir), args.profile)
    learned = SaidFile(profile.folder / LEARNED)
    match args.action:
        case "show":
            print(learned.export(), end="")
        case "export":
            write_atomically(args.file, learned.export())
            print(f"{args.file}: {len(learned.said)} sentences")
        case "forget":
            print(f"{_forget(learned, args)} sentences forgotten")
    return DONE


def _forget(learned: SaidFile, args: argparse.Namespace) -> int:
    if args.word is not None:
        return learned.forget_word(args.word)
    if args.day is not None:
        try:
            return learned.forget_day(date.fromisoformat(args.day))
        except ValueError:
            raise LearnedError(f"--day {args.day}: write a day as 2026-11-22") from None
    return learned.forget_everything()
