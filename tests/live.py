"""A whole machine for a test: a virtual screen, a puppet for a camera that sees it, and a hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gazetalk.keyboard.layout import Board, load_layout
from gazetalk.lab.live_camera import ScreenFile
from gazetalk.screens.theme import Colour
from gazetalk.tracking.types import Image
from tests.told import told

SIZE = (1280, 800)
FPS = 10  # drawn, seen and read on the same few cores; nothing depends on how many
SCREEN_MM = 327.6  # what the card is to find: one step of 5 % beside what is assumed
NEEDED = ("Xvfb", "xdotool")
needs_a_screen = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in NEEDED) or sys.platform == "win32",
    reason="needs Xvfb and xdotool",
)
ABOVE = (SIZE[0] / 2, -90)
READING_S = 0.9  # away from the keys, between two of them
LOOK_S, LOOKS = 7.0, 3  # at a key that does nothing, and how often
TRIES = 4  # at a word
SLOW_S = 60.0
DEVICE_HZ = 44100


class Machine:
    """The screen, the puppet and the program on it, all of which `close` ends.

    What the puppet looks at in a calibration follows from the screen's pixels alone. Then it is
    told places. The loudspeaker is a file, as SDL's "disk" driver writes it.
    """

    def __init__(self, folder: Path, seed: int, layout: str = "words") -> None:
        self.folder, self.layout, self._seed = folder, layout, seed
        self.transcript = folder / "transcript.jsonl"
        self.sound = folder / "sound.raw"
        self.home = folder / "home"
        frames = folder / "frames"
        frames.mkdir()
        read, write = os.pipe()
        what = ["-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-fbdir", str(frames)]
        self._server = subprocess.Popen(
            ["Xvfb", "-noreset", "-displayfd", str(write), *what],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as number:
            display = f":{number.readline().strip()}"
        self._pixels = frames / "Xvfb_screen0"
        self.screen = ScreenFile(self._pixels)
        quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        sound = {"SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": str(self.sound)}
        self._env = {**os.environ, **quiet, **sound, "DISPLAY": display}
        self._camera: subprocess.Popen[str] | None = None
        self.program: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        """The program, with the puppet before it. Both end with it."""
        fifo = self.folder / "camera"
        fifo.unlink(missing_ok=True)
        os.mkfifo(fifo)
        self.transcript.unlink(missing_ok=True)
        puppet = ["lab", "camera", "--fifo", str(fifo), "--sees", str(self._pixels)]
        puppet += ["--seed", str(self._seed), "--fps", str(FPS), "--screen-mm", str(SCREEN_MM)]
        self._camera = subprocess.Popen(
            [*_gazetalk(), *puppet],
            stdin=subprocess.PIPE,
            text=True,
        )
        window = ["--source", f"camera:{fifo}", "--window", f"{SIZE[0]}x{SIZE[1]}"]
        written = ["--data-dir", str(self.home), "--transcript", str(self.transcript)]
        self.program = subprocess.Popen(
            [*_gazetalk(), *arguments, *window, *written], env=self._env
        )

    def kill(self) -> None:
        """The program dies at once, as with a battery that is empty."""
        for process in (self.program, self._camera):
            if process is not None:
                process.kill()
                process.wait()

    def end(self) -> int:
        """A helper presses Escape; the program's exit code."""
        self.press("Escape")
        assert self.program is not None and self._camera is not None
        code = self.program.wait(SLOW_S)
        self._camera.kill()
        self._camera.wait()
        return code

    def close(self) -> None:
        self.kill()
        self._server.terminate()
        self._server.wait()

    # What eyes do.

    def gaze_at(self, x_px: float, y_px: float) -> None:
        self._tell(f"look {x_px:.0f} {y_px:.0f}")

    def watch(self) -> None:
        """The targets that the screen shows."""
        self._tell("follow")

    def rest(self) -> None:
        """Above the screen, as at somebody behind it: nothing is selected there."""
        self.gaze_at(*ABOVE)
        time.sleep(READING_S)

    def look(self, key: str, page: str | None = None) -> None:
        """At a key until it, or the one the program takes it for, is selected; then away."""
        place = self.board(page).key(key).rect.centre
        before = self._dwells()
        for _ in range(LOOKS):
            self.gaze_at(*place)
            if self._comes(lambda: self._dwells() > before, LOOK_S):
                break
            self.rest()
        self.rest()
        assert self._dwells() > before, f"{key} was never selected: {self.events()[-3:]}"

    def write(self, word: str) -> None:
        """Until it stands there; what came out wrong is taken back by eyes, as people do."""
        for _ in range(TRIES):
            before = self.count("committed")
            self._spell(word, before)
            committed = [event for event in self.events() if event["event"] == "committed"]
            if committed[before:] and committed[-1]["piece"].strip().lower() == word:
                return
            self.look("undo")
        raise AssertionError(f"{word} was never written: {self.events()[-3:]}")

    def _spell(self, word: str, before: int) -> None:
        """Letter after letter, until the word is offered, which is then taken."""
        for letter in word:
            self.look(letter)
            decoded = [e for e in self.events() if e["event"] == "decoded"]
            offered = decoded[-1]["offered"] if decoded else []
            if word in offered and self.count("committed") == before:
                self.look(next(k.id for k in self.board().keys if k.choice == offered.index(word)))
            if self.count("committed") > before:
                return

    def begin_anew(self) -> None:
        """A hand brings an empty page of letters back, whatever was selected by mistake."""
        pages = [event["page"] for event in self.events() if event["event"] == "page"]
        if pages[-1:] == ["choices"]:
            self.click("back", "choices")
        self.click("clear")
        self.rest()

    # What a hand does.

    def press(self, *keys: str) -> None:
        self._do("key", *keys)

    def click(self, key: str, page: str | None = None, size: tuple[int, int] = SIZE) -> None:
        x_px, y_px = self.board(page, size).key(key).rect.centre
        self._do("mousemove", str(round(x_px)), str(round(y_px)), "click", "1")

    def window(self, *what: str) -> None:
        """As in "windowsize 900 600": xdotool's command, the window put after its first word."""
        windows = self._do("search", "--class", "").split()
        ours = next(w for w in windows if self._do("getwindowname", w).strip() == "gazetalk")
        self._do(what[0], ours, *what[1:])

    # What there is to see, to hear and to read.

    def board(self, page: str | None = None, size: tuple[int, int] = SIZE) -> Board:
        return load_layout(self.layout).place(*size, page)

    def picture(self) -> Image:
        return self.screen.picture()

    def wait_until(self, seen: Callable[[Image], bool], what: str) -> Image:
        """Until the screen shows it; that picture."""
        assert self._comes(lambda: seen(self.picture()), SLOW_S), f"never seen: {what}"
        return self.picture()

    def heard(self) -> np.ndarray:
        """All that the loudspeaker was given so far, DEVICE_HZ a second."""
        if not self.sound.exists():
            return np.zeros(0)
        return np.fromfile(self.sound, np.int16).astype(float)

    def events(self) -> list[dict]:
        return told(self.transcript)

    def count(self, name: str) -> int:
        return sum(event["event"] == name for event in self.events())

    def wait_for(self, name: str, times: int = 1, limit_s: float = SLOW_S) -> dict:
        """Until the transcript has an event that often; the last of them."""
        enough = self._comes(lambda: self.count(name) >= times, limit_s)
        assert enough, f"no {name}: {self.events()[-3:]}"
        return [event for event in self.events() if event["event"] == name][-1]

    def wait_for_stage(self, stage: str, limit_s: float = SLOW_S) -> None:
        """Until that is what is on the screen."""

        def now() -> str:
            stages = [e["stage"] for e in self.events() if e["event"] == "stage"]
            return stages[-1] if stages else ""

        assert self._comes(lambda: now() == stage, limit_s), f"no {stage}, but {now()}"

    def _dwells(self) -> int:
        return sum(event.get("by") == "dwell" for event in self.events())

    def _comes(self, seen: Callable[[], bool], limit_s: float) -> bool:
        end_s = time.monotonic() + limit_s
        while not seen():
            if time.monotonic() > end_s or (self.program and self.program.poll() is not None):
                return seen()
            time.sleep(0.05)
        return True

    def _tell(self, line: str) -> None:
        assert self._camera is not None and self._camera.stdin is not None
        print(line, file=self._camera.stdin, flush=True)

    def _do(self, *what: str) -> str:
        done = subprocess.run(
            ["xdotool", *what],
            env=self._env,
            check=True,
            timeout=20,
            capture_output=True,
            text=True,
        )
        return done.stdout


def share(picture: Image, colour: Colour) -> float:
    """How much of a picture has exactly that colour."""
    return float((picture == np.array(colour, np.uint8)).all(axis=2).mean())


def _gazetalk() -> list[str]:
    return [sys.executable, "-m", "gazetalk"]
