"""`gazetalk bank import/record/list/remove`: the person's own recordings, played in place of a
voice."""

from __future__ import annotations

import argparse
import sys
import time

from gazetalk.clinic.profile import find_profile
from gazetalk.paths import data_home
from gazetalk.speech.bank import FOLDER, BankError, Imported, MessageBank, import_folder
from gazetalk.speech.microphone import Microphone

DONE, FAILED = 0, 1


def run(args: argparse.Namespace) -> int:
    """0; 1 when not one recording could be taken. Raises BankError, ProfileError, NoMicrophone and
    OSError."""
    profile = find_profile(data_home(args.data_dir), args.profile)
    bank = MessageBank(profile.folder / FOLDER)
    if args.action == "import":
        profile.create()
        return _told(import_folder(args.folder, bank))
    if args.action == "record":
        profile.create()
        return _told([_record(phrase, args, bank) for phrase in args.phrases])
    if args.action == "remove":
        if not bank.remove(args.phrase):
            raise BankError(f"no recording says {args.phrase!r}: see gazetalk bank list")
        print(f"removed: {args.phrase}")
        return DONE
    for message in bank.messages:
        print(f"{message.phrase}  ({message.path.name})")
    return DONE


def _record(phrase: str, args: argparse.Namespace, bank: MessageBank) -> Imported:
    """Record one phrase: for so many seconds, or until a helper presses Enter."""
    if args.seconds is None:
        _enter(f"“{phrase}”: press Enter, then say it")
    with Microphone(args.device) as microphone:
        if args.seconds is None:
            _enter("Recording. Press Enter when it has been said")
        else:
            time.sleep(args.seconds)
        sound = microphone.sound()
    return bank.add(phrase, sound)


def _enter(words: str) -> None:
    """Wait for the Enter key; input that is over waits for nobody."""
    print(words, end=": ", flush=True)
    if not sys.stdin.readline().endswith("\n"):
        raise BankError("nobody can press Enter here: say how long to record with --seconds")


def _told(taken: list[Imported]) -> int:
    for one in taken:
        told = "; ".join(one.remarks) or "good"
        became = (one.phrase if one.file else "taken") if one.accepted else "NOT TAKEN"
        print(f"{one.file or one.phrase}: {became}: {told}")
    return DONE if any(one.accepted for one in taken) else FAILED
