"""`gazetalk bank import/list/remove`: the person's own recordings, played in place of a voice."""

from __future__ import annotations

import argparse

from gazetalk.clinic.profile import find_profile
from gazetalk.paths import data_home
from gazetalk.speech.bank import FOLDER, BankError, MessageBank, import_folder

DONE, FAILED = 0, 1


def run(args: argparse.Namespace) -> int:
    """0; 1 when not one recording could be taken. Raises BankError, ProfileError and OSError."""
    profile = find_profile(data_home(args.data_dir), args.profile)
    bank = MessageBank(profile.folder / FOLDER)
    if args.action == "import":
        profile.create()
        return _import(args, bank)
    if args.action == "remove":
        if not bank.remove(args.phrase):
            raise BankError(f"no recording says {args.phrase!r}: see gazetalk bank list")
        print(f"removed: {args.phrase}")
        return DONE
    for message in bank.messages:
        print(f"{message.phrase}  ({message.path.name})")
    return DONE


def _import(args: argparse.Namespace, bank: MessageBank) -> int:
    taken = import_folder(args.folder, bank)
    for one in taken:
        told = "; ".join(one.remarks) or "good"
        print(f"{one.file}: {one.phrase if one.accepted else 'NOT TAKEN'}: {told}")
    return DONE if any(one.accepted for one in taken) else FAILED
