"""`gazetalk profile list/show/set/delete`."""

from __future__ import annotations

import argparse
import json

from gazetalk.clinic.drifting import drift_line
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
from gazetalk.paths import data_home


def run(args: argparse.Namespace) -> int:
    home = data_home(args.data_dir)
    if args.action == "list":
        for profile in list_profiles(home):
            print(profile.name)
        return 0
    profile = existing_profile(home, args.name or args.profile)
    if args.action == "set":
        print("\n".join(settings_lines(change_setting(profile, args.setting))))
    elif args.action == "delete":
        delete_profile(profile)
        print(f"deleted {profile.name}: {profile.folder}")
    else:
        _show(profile)
    return 0


def _show(profile: Profile) -> None:
    model = load_model(profile)
    lines = [f"{profile.name}: {profile.folder}", *settings_lines(load_settings(profile))]
    lines += [line for line in (check_line(profile), drift_line(profile)) if line]
    print("\n".join(lines))
    if model is None:
        print("not calibrated yet: gazetalk calibrate")
    else:
        print(json.dumps(load_quality(profile), indent=2))
