"""`gazetalk say`: speak a text, or write the sound of it."""

from __future__ import annotations

import argparse
from contextlib import closing

from gazetalk.paths import shipped
from gazetalk.speech.profile import load_voice
from gazetalk.speech.speaker import Speaker, open_speaker


class NotSpoken(RuntimeError):
    """The text was not, or not wholly, spoken."""


def run(args: argparse.Namespace) -> int:
    profile = load_voice(args.voice, shipped("voices"))
    with closing(open_speaker(profile)) as speaker:
        speaker.check()
        if args.wav:
            wav = speaker.render(args.text)
            wav.write(args.wav)
            print(f"{args.wav}: {wav.duration_s:.1f} s")
        else:
            _speak(speaker, args.text)
    return 0


def _speak(speaker: Speaker, text: str) -> None:
    speaker.say(text)
    speaker.wait()
    events = speaker.events()
    faults = [event.text for event in events if event.kind == "fault"]
    if faults:
        raise NotSpoken(faults[0])
    if not any(event.kind == "finished" for event in events):
        raise NotSpoken(f"there is nothing to say in {text[:40]!r}")
