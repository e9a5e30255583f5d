"""`gazetalk say`: speak a text, or write the sound of it."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import closing

from gazetalk.paths import shipped
from gazetalk.speech.output import Output, device_names
from gazetalk.speech.player import MixerPlayer
from gazetalk.speech.profile import load_voice
from gazetalk.speech.speaker import NothingToSay, Speaker, open_speaker

LISTEN_S = 0.02


class NotSpoken(RuntimeError):
    """The text was not, or not wholly, spoken."""


def run(args: argparse.Namespace) -> int:
    profile = load_voice(args.voice, shipped("voices"))
    output = Output(args.device)
    with closing(open_speaker(profile, MixerPlayer(output=output))) as speaker:
        speaker.check()
        if args.wav:
            wav = speaker.render(args.text)
            wav.write(args.wav)
            print(f"{args.wav}: {wav.duration_s:.1f} s")
        else:
            _speak(speaker, output, args.text)
    return 0


def _speak(speaker: Speaker, output: Output, text: str) -> None:
    """Say it and wait until it is over. Raises NotSpoken when it could not be heard."""
    speaker.say(text)
    faults: list[str] = []
    while True:
        for event in speaker.events():
            if event.kind == "fault":
                faults.append(event.text)
            elif event.kind == "nothing":
                raise NothingToSay(f"there is nothing to say in {text[:40]!r}: it has no word")
            elif event.kind == "finished":
                _judge(faults, output.away)
                return
        time.sleep(LISTEN_S)


def _judge(faults: list[str], away: str) -> None:
    """Speech from another device than the one asked for is heard all the same, and is told."""
    if away:
        there = ", ".join(device_names()) or "none"
        print(f"gazetalk: {away} There is: {there}.", file=sys.stderr)
    worse = [fault for fault in faults if fault != away]
    if worse:
        raise NotSpoken(worse[0])
