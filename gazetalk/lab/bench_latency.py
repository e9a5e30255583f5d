"""`gazetalk bench latency`: from the camera's frame to the pointer, to the screen, to the voice."""

from __future__ import annotations

import argparse
import json
import threading
import time
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from gazetalk.files import write_atomically
from gazetalk.keyboard.dwell import DwellState, Phase
from gazetalk.keyboard.keyboard import KeyboardState
from gazetalk.keyboard.layout import DEFAULT, load_layout
from gazetalk.keyboard.quick_talk import load_phrases, with_phrases
from gazetalk.lab.bench_tracking import track
from gazetalk.lab.frame_to_pixel import SCREEN_FRAME_MS, Spread, frame_to_pixel
from gazetalk.lab.speed import time_frames
from gazetalk.lab.tracking_clips import Clip, session_clip
from gazetalk.paths import shipped
from gazetalk.screens.talk import TalkView, draw_talk
from gazetalk.screens.window import Window, WindowError
from gazetalk.speech.engine import SpeechFailed, VoiceError
from gazetalk.speech.player import MixerPlayer
from gazetalk.speech.profile import load_voice, voice_names
from gazetalk.speech.speaker import open_speaker
from gazetalk.speech.wav import Wav
from gazetalk.tracking.gaze import GazeModel

TEXT = "my eyes can talk"
# All different: what was said before may be remembered.
SENTENCES = (
    "Could you please bring me a glass of water?",
    "I would like to sit up a little higher.",
    "Please call the doctor this afternoon.",
    "Thank you very much for your help today.",
    "I am too warm, can you open the window?",
    "What time are the children coming home?",
    "Please move the pillow under my head.",
    "Can we go outside and sit in the garden?",
    "I am tired and I want to sleep now.",
    "How was your day at work?",
)


def run(args: argparse.Namespace) -> int:
    """Measure and print; 0. Raises the rooms' errors."""
    session: Path = args.session or shipped("calibration") / "demo"
    figures: dict[str, Any] = {"session": str(args.session or "demo"), "size": list(args.size)}
    clip = session_clip(session)
    model = track([clip], None)[0].model if clip.has_pictures else None
    figures |= {"frame": _frames(clip, model), "pixel": _pixels(clip, model, args)}
    figures["picture"] = _pictures(args.size, args.count)
    figures["voices"] = {name: _voice(name, args.wait_s) for name in voice_names(shipped("voices"))}
    if args.json:
        write_atomically(args.json, json.dumps(figures, indent=1) + "\n")
    return 0


def _frames(clip: Clip, model: GazeModel | None) -> dict[str, Any] | None:
    """A frame, from the camera to the pointer; None where the session has no pictures."""
    if model is None:
        print("frame to pointer: not measured, the session has no pictures")
        return None
    speed = time_frames(clip, model)
    if speed is None:
        print("frame to pointer: not measured, the session is too short")
        return None
    print(
        f"frame to pointer: {speed.mediapipe_ms + speed.own_ms:.1f} ms, of which MediaPipe "
        f"{speed.mediapipe_ms:.1f} ms (medians, n {speed.frames})"
    )
    return asdict(speed)


def _pixels(clip: Clip, model: GazeModel | None, args: argparse.Namespace) -> dict[str, Any] | None:
    """From a camera's frame to the picture that shows it, in the window that there is."""
    if model is None:
        return None
    try:
        way = frame_to_pixel(clip, model, args.size, args.pixel_s)
    except WindowError as error:
        print(f"frame to pixel: not measured: {error}")
        return None
    if way is None:
        print("frame to pixel: not measured: this system has no FIFOs to stand in for a camera")
        return None
    print(f"frame to pixel, {way.shown_by}: {way.whole_ms}")
    print(f"  the tracker's own time: {way.tracker_ms}; added until it is seen: {way.added_ms}")
    print(f"  more than a screen frame ({SCREEN_FRAME_MS:.1f} ms) added to {way.late} frames")
    return asdict(way)


def _pictures(size_px: tuple[int, int], count: int) -> dict[str, Any]:
    """The talk screen while a dwell goes on: each picture shows a little more of it."""
    layout = with_phrases(load_layout(DEFAULT), load_phrases())
    board = layout.place(*size_px, layout.first)
    key = board.keys[len(board.keys) // 2]
    times_ms = []
    with Window(size_px, headless=True) as window:
        for number in range(count + 1):
            share = number / (count + 1)
            dwell = DwellState(Phase.DWELLING, key.id, share)
            keyboard = KeyboardState(board, TEXT, dwell, False, None)
            view = TalkView(keyboard, (key.rect.x + 9 * share, key.rect.y + 9 * share))
            began_s = time.perf_counter()
            window.draw(partial(draw_talk, view=view))
            window.flip()
            times_ms.append(1000 * (time.perf_counter() - began_s))
    spread = Spread.of(times_ms[1:])  # the first one loads the letters
    print(f"a picture of the talk screen, {size_px[0]}x{size_px[1]}: {spread}")
    return asdict(spread) | {"first": round(times_ms[0], 2)}


class _Ear(MixerPlayer):
    """Notices when a sound is begun."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.begun_s = 0.0

    def play(self, wav: Wav) -> None:
        super().play(replace(wav))
        self.begun_s = time.perf_counter()
        self.begun.set()


def _voice(name: str, wait_s: float) -> dict[str, Any] | None:
    """From the request to the sound's beginning, and from "stop" to its end; None for a voice that
    does not work here. What the sound device itself holds back (12 ms) comes on top of both."""
    player = _Ear()
    speaker = open_speaker(load_voice(name, shipped("voices")), player)
    first_ms, stop_ms = [], []
    try:
        speaker.check()
        speaker.render("Good morning.")  # loaded, and warm
        for sentence in SENTENCES:
            player.begun.clear()
            asked_s = time.perf_counter()
            speaker.say(sentence)
            if not player.begun.wait(wait_s):
                raise SpeechFailed(f"{name} did not begin within {wait_s:g} s")
            first_ms.append(1000 * (player.begun_s - asked_s))
            time.sleep(0.1)
            asked_s = time.perf_counter()
            speaker.stop()
            while player.playing:
                time.sleep(0.0005)
            stop_ms.append(1000 * (time.perf_counter() - asked_s))
            speaker.wait()
    except (SpeechFailed, VoiceError) as failure:
        print(f"voice {name}: not measured: {failure}")
        return None
    finally:
        speaker.close()
    first, stop = Spread.of(first_ms), Spread.of(stop_ms)
    heard = "" if player.trouble is None else " (without a sound device)"
    print(f"voice {name}: first sound after {first}, silent after {stop}{heard}")
    return {"first_sound_ms": asdict(first), "silent_ms": asdict(stop), "heard": not heard}
