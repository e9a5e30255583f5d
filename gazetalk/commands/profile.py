"""`gazetalk profile list/show/delete`."""

from __future__ import annotations

import argparse
import json

from gazetalk.clinic.profile import (
    delete_profile,
    existing_profile,
    list_profiles,
    load_model,
    load_quality,
)
from gazetalk.paths import data_home


def run(args: argparse.Namespace) -> int:
    home = data_home(args.data_dir)
    if args.action == "list":
        for profile in list_profiles(home):
            print(profile.name)
        return 0
    profile = existing_profile(home, args.name or args.profile)
    if args.action == "delete":
        delete_profile(profile)
        print(f"deleted {profile.name}: {profile.folder}")
        return 0
    print(f"{profile.name}: {profile.folder}")
    model = load_model(profile)
    if model is None:
        print("not calibrated yet: gazetalk calibrate")
    else:
        print(json.dumps(load_quality(profile), indent=2))
    return 0
