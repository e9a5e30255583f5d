"""`gazetalk lab talker`: puppets write sentences with the whole program, and correct with the eyes.

Nothing is scripted beforehand but calibration: every frame is rendered after the screen has shown
what the one before it did, and what the puppet looks at follows from that.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from gazetalk.choreography import Choreography
from gazetalk.clinic.profile import find_profile
from gazetalk.files import write_atomically
from gazetalk.keyboard.composer import Composer
from gazetalk.lab.bench_typing import PHRASES, read_phrases
from gazetalk.lab.live_puppet import LivePuppet, Place
from gazetalk.lab.puppet import Recipe
from gazetalk.lab.talker import Talker, tokens
from gazetalk.progress import Progress
from gazetalk.run import Run, Start
from gazetalk.talk import Talk
from gazetalk.tracking.drift import DriftCorrection
from gazetalk.tracking.types import Target
from gazetalk.transcript import Transcript
from gazetalk.writing import open_writing

SECONDS_A_LETTER = 8.0  # longer nobody goes on with a sentence


@dataclass(frozen=True)
class Told:
    """What one face wrote. words: asked for; right: of these, written in their order. looks: at
    keys. error_mm: of the validation after calibration, None if it measured nothing."""

    seed: int
    asked: str
    text: str
    words: int
    right: int
    looks: int
    seconds: float
    layout: str
    error_mm: float | None


class _Mute:
    """A voice that nobody hears."""

    def say(self, text: str, t_s: float) -> None: ...

    def ring(self, t_s: float) -> None: ...

    def pause(self, t_s: float) -> None: ...

    def hush(self, t_s: float) -> None: ...

    def selected(self) -> None: ...


def run(args: argparse.Namespace, recipes: Sequence[Recipe]) -> int:
    """Let a face of each recipe, which is calibration only, write its share of the sentences."""
    phrases = read_phrases(args.phrases or PHRASES)[args.skip :][: args.count]
    sentences = [f"{phrase}." for phrase in phrases]
    told = []
    for number, recipe in enumerate(recipes):
        share = sentences[number :: len(recipes)]
        told.append(write(recipe, share, args.layout, args.transcript))
        _say(told[-1])
    right, words = sum(one.right for one in told), sum(one.words for one in told)
    print(f"{right} of {words} words right ({100 * right / max(words, 1):.1f} %)")
    if args.json:
        content = {"right": right, "words": words, "faces": [asdict(one) for one in told]}
        write_atomically(args.json, json.dumps(content, indent=1) + "\n")
    return 0


def write(
    recipe: Recipe, sentences: Sequence[str], layout: str, transcript: Path | None = None
) -> Told:
    """One face calibrates and writes, until it is done or gives up."""
    script = recipe.targets
    free_s = script[-1].end_s
    asked = " ".join(sentences)
    until_s = free_s + SECONDS_A_LETTER * len(asked)
    screen = recipe.screen
    middle = (screen.width_px / 2, screen.height_px / 2)
    whole = replace(recipe, targets=(*script, Target(free_s, until_s, *middle, "free")))
    talker = Talker(sentences)
    with tempfile.TemporaryDirectory() as home, Transcript(transcript) as told:
        size_px = (screen.width_px, screen.height_px)
        writing = open_writing(layout, find_profile(Path(home)), Composer(), size_px, screen)
        talk = Talk(
            screen,
            writing.keyboard,
            told,
            _Mute(),
            drift=DriftCorrection(screen),
            ways=writing.ways,
        )

        def where(t_s: float) -> Place:
            return talker.at(t_s, talk.state.keyboard)

        puppet = LivePuppet(whole, free_s, where)
        choreography = Choreography(
            script, screen, recipe.look.lens_offset_mm, distance_mm=recipe.look.distance_mm
        )
        session = Run(puppet, talk, told, Start(choreography=choreography))
        talk.start(0.0)
        with Progress(f"face {recipe.seed}", puppet.frames_left, sys.stderr) as bar:
            while puppet.frames_left and not talker.over(talk.state.keyboard):
                session.step()
                bar.step()
        puppet.close()
        name = writing.ways.name if writing.ways else layout
        done = session.calibrated
    measured = done.measured.fixation_offset if done and done.measured else None
    return Told(
        recipe.seed,
        asked,
        talk.text,
        len(tokens(asked)),
        right(asked, talk.text),
        talker.looks,
        session.t_s - free_s,
        name,
        measured.mm if measured else None,
    )


def right(asked: str, text: str) -> int:
    """How many of the words and signs asked for are in the text, in their order."""
    matcher = SequenceMatcher(None, tokens(asked), tokens(text), autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


def _say(one: Told) -> None:
    error = "" if one.error_mm is None else f", validation {one.error_mm:.0f} mm"
    wpm = len(one.text) / 5 / one.seconds * 60
    looks = one.looks / max(len(one.text), 1)
    print(f"face {one.seed} ({one.layout}{error}): {one.text}")
    print(f"  {one.right} of {one.words} right, {looks:.2f} looks a character, {wpm:.1f} wpm")
