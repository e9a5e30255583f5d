"""`gazetalk voices`: what can speak here, with a sample each."""

from __future__ import annotations

import argparse

from gazetalk.paths import shipped
from gazetalk.speech.catalogue import list_voices

MORE = "more voices: add a TOML file beside the shipped ones, with a voice of your system"


def run(args: argparse.Namespace) -> int:
    statuses = list_voices(shipped("voices"), args.samples)
    for status in statuses:
        sample = f" ({status.sample})" if status.sample else ""
        print(f"{'ok ' if status.works else 'NO '} {status.name}: {status.detail}{sample}")
    print(MORE)
    return 0 if any(status.works for status in statuses) else 1
