"""`gazetalk profile`: people's settings, listed, shown, changed, carried and deleted."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Collection
from getpass import getpass
from pathlib import Path

from gazetalk.clinic.archive import Exported, copy_profile, export_profile, import_profile
from gazetalk.clinic.comparing import comparison_lines
from gazetalk.clinic.consent import (
    WORDS,
    ConsentError,
    consent_lines,
    give_consent,
    withdraw_consent,
)
from gazetalk.clinic.contents import kind_of
from gazetalk.clinic.drifting import drift_line
from gazetalk.clinic.helping import apply_settings, help_content
from gazetalk.clinic.language_log import delete_log
from gazetalk.clinic.notes import NotesError, add_note, note_lines, read_notes, remove_note
from gazetalk.clinic.packing import ArchiveError
from gazetalk.clinic.profile import (
    Profile,
    check_line,
    delete_profile,
    existing_profile,
    list_profiles,
    load_model,
    load_quality,
)
from gazetalk.clinic.settings import change_setting, load_settings, settings_lines
from gazetalk.files import write_atomically
from gazetalk.paths import data_home
from gazetalk.screens.captions import load_captions

MOST_PASSWORD = 4096  # bytes of a file that are read


def run(args: argparse.Namespace) -> int:
    home = data_home(args.data_dir)
    if args.action == "list":
        for profile in list_profiles(home):
            print(profile.name)
        return 0
    if args.action == "import":
        profile, files = import_profile(
            home, args.file, args.name, args.replace, lambda: _password(args.password_file)
        )
        print(f"imported {profile.name}: {_told(files)}")
        return 0
    profile = existing_profile(home, args.name or args.profile)
    if args.action == "set":
        print("\n".join(settings_lines(change_setting(profile, args.setting))))
    elif args.action == "export":
        _export(profile, args)
    elif args.action == "copy":
        copied, exported = copy_profile(home, profile, args.other)
        print(f"copied to {copied.folder}")
        _tell_left_out(exported)
    elif args.action == "help-file":
        content = help_content(profile)
        print(content, end="")  # in full, before it is written
        write_atomically(args.file, content)
        print(f"{args.file}: this, and nothing else")
    elif args.action == "apply":
        print("\n".join(settings_lines(apply_settings(profile, args.file))))
    elif args.action == "note":
        _note(profile, args)
    elif args.action == "consent":
        _consent(profile, args)
    elif args.action == "compare":
        print("\n".join(comparison_lines(profile, existing_profile(home, args.other))))
    elif args.action == "delete":
        delete_profile(profile)
        print(f"deleted {profile.name}: {profile.folder}")
    else:
        _show(profile)
    return 0


def _export(profile: Profile, args: argparse.Namespace) -> None:
    wanted = {"notes": args.with_notes, "language-log": args.with_language_log}
    asked = [name for name, is_wanted in wanted.items() if is_wanted]
    password = None
    if args.password or args.password_file:
        password = _password(args.password_file, again=True)
    exported = export_profile(profile, args.file, not args.without_text, asked, password)
    print(f"{args.file}: {_told(exported.files)}")
    if any(kind_of(file).text for file in exported.files):
        print("it holds what this person wrote and said: keep it as you would a diary")
    _tell_left_out(exported)


def _password(file: Path | None, again: bool = False) -> str:
    """From a file's first line, or asked for; never from the command line, which others can see.
    again: asked for twice. Raises ArchiveError."""
    if file is not None:
        return _password_of(file)
    if not sys.stdin.isatty():
        raise ArchiveError("there is no terminal to ask for the password: use --password-file F")
    password = getpass("password: ")
    if again and getpass("once more: ") != password:
        raise ArchiveError("these were two different passwords: nothing is written")
    return password


def _password_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            lines = opened.read(MOST_PASSWORD).decode("utf-8-sig").splitlines()
    except OSError as error:
        raise ArchiveError(f"{file}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ArchiveError(f"{file}: is not UTF-8 text") from error
    if not lines or not lines[0]:
        raise ArchiveError(f"{file}: holds no password in its first line")
    return lines[0]


def _told(files: Collection[str]) -> str:
    """What there is; of a folder only how many."""
    inside = Counter(name.split("/")[0] for name in files if "/" in name)
    names = [name for name in files if "/" not in name]
    return ", ".join([*names, *(f"{name} ({n})" for name, n in inside.items())]) or "nothing"


def _tell_left_out(exported: Exported) -> None:
    for line in exported.left_out:
        print(f"left out: {line}")


def _consent(profile: Profile, args: argparse.Namespace) -> None:
    """The person is asked, or a helper states how they agreed; or they take it back."""
    if args.withdraw:
        withdraw_consent(profile, args.what)
        change_setting(profile, f"{args.what}=off")
        print(f"withdrawn: nothing more is kept ({args.what}=off)")
        if args.delete or _agrees("delete what was kept so far?"):
            print("deleted" if delete_log(profile) else "there was nothing to delete")
        else:
            print(f'it is kept; to delete it: gazetalk log delete "{profile.name}"')
        return
    asked = load_captions(load_settings(profile).screen_language).line(WORDS[args.what])
    print(asked)
    if args.stated is None and not sys.stdin.isatty():
        raise ConsentError('there is no terminal to ask on: --stated "how the person agreed"')
    if args.stated is None and not _agrees("does the person agree?"):
        print("not agreed: nothing is kept")
        return
    give_consent(profile, args.what, args.stated or "yes, asked on the terminal", asked)
    print(f'agreed; to begin: gazetalk profile set "{profile.name}" {args.what}=on')


def _agrees(question: str) -> bool:
    """Nothing but a whole "yes" is one; nobody to ask is a no."""
    return sys.stdin.isatty() and input(f"{question} [yes/no] ").strip().lower() == "yes"


def _note(profile: Profile, args: argparse.Namespace) -> None:
    if args.text is not None and args.remove is not None:
        raise NotesError("either a new note or --remove N")
    if args.text is not None:
        print(f"noted: {add_note(profile, args.text).line}")
    elif args.remove is not None:
        print(f"removed: {remove_note(profile, args.remove).line}")
    else:
        print("\n".join(note_lines(read_notes(profile))) or "no notes")


def _show(profile: Profile) -> None:
    model = load_model(profile)
    lines = [f"{profile.name}: {profile.folder}", *settings_lines(load_settings(profile))]
    lines += [line for line in (check_line(profile), drift_line(profile)) if line]
    lines += consent_lines(profile)
    lines += note_lines(read_notes(profile))
    print("\n".join(lines))
    if model is None:
        print("not calibrated yet: gazetalk calibrate")
    else:
        quality = load_quality(profile) or {}
        shown = {name: each for name, each in quality.items() if name not in ("gazed", "screen")}
        print(json.dumps(shown, indent=2))
