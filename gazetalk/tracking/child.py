"""What runs in the tracker's process: source and tracker, and the talk with the parent.

To the parent go results and the messages of `messages.py`, and between them signs of life. From
the parent come `Next` ("one more result"), `Use` ("from now on with this model") and `Pictures`,
obeyed in their order: so a recording's results are the same as in a single process, to the last
digit.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from typing import Any, Protocol

from gazetalk.tracking.messages import Ended, Fault, Recovered, SourceInfo
from gazetalk.tracking.sources import Source, SourceSpec, pace
from gazetalk.tracking.types import Frame

ALIVE_EVERY_S = 0.2


class Timed(Protocol):
    """What a tracker makes of a frame: at least the frame's index and time."""

    @property
    def index(self) -> int: ...

    @property
    def t_s(self) -> float: ...


class FrameTracker(Protocol):
    """What runs in the process: see `tracker.Tracker`. Its results must be picklable."""

    def process(self, frame: Frame) -> Timed: ...

    def use(self, model: Any) -> None: ...

    def show_pictures(self, wanted: bool) -> None: ...

    def close(self) -> None: ...


Recipe = Callable[[SourceInfo], FrameTracker]


@dataclass(frozen=True)
class Job:
    """What to track and where to begin; picklable.

    recipe: makes the tracker when the source is known.
    realtime: frames at the times they were taken (a camera's always are); else one for each
    `Next`. start_after_s: go on after this time of the source. first_index: of a camera's frames.
    origin_s: `time.monotonic()` at the recording's time 0, when that has been settled before.
    """

    recipe: Recipe
    spec: SourceSpec
    realtime: bool = False
    start_after_s: float | None = None
    first_index: int = 0
    origin_s: float | None = None


@dataclass(frozen=True)
class Next:
    """To the child: one more result, please."""


@dataclass(frozen=True)
class Use:
    """To the child: from now on, track with this model."""

    model: Any


@dataclass(frozen=True)
class Pictures:
    """To the child: results bring small pictures from now on, or no longer."""

    wanted: bool


@dataclass(frozen=True)
class Ready:
    """From the child: source and tracker stand."""

    info: SourceInfo


@dataclass(frozen=True)
class Alive:
    """From the child: a sign of life. waiting: for a frame; the tracker itself has no work."""

    waiting: bool


@dataclass(frozen=True)
class Failed:
    """From the child, its last word: what was raised."""

    error: Exception


class Work:
    """Source and tracker of a job, opened. Used in the child, and in one process for replay.

    notify, sleep: given to the source and to the pacing of recordings. Raises what the source
    and the recipe raise.
    """

    def __init__(
        self,
        job: Job,
        notify: Callable[[Fault | Recovered | None], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.source: Source = job.spec.open(job.start_after_s, job.first_index, notify)
        self.info = self.source.info
        self.tracker = job.recipe(self.info)
        frames = self.source.frames()
        paced = job.realtime and not self.info.live
        self.frames: Iterator[Frame] = pace(frames, job.origin_s, sleep=sleep) if paced else frames

    def ended(self) -> Ended:
        return Ended("the camera was closed" if self.info.live else "the recording is over")

    def close(self) -> None:
        self.source.close()
        self.tracker.close()


def run_child(connection: Connection, job: Job) -> None:
    """The process's main function. It never returns: the process ends here."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    child = _Child(connection)
    try:
        child.work(job)
    except Exception as error:  # whatever it is, the parent has to hear of it
        child.send(Failed(_portable(error)))
    # Not the ordinary way out: threads hanging in a camera's driver would hold it up.
    connection.close()
    os._exit(0)


class _Child:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._orders: SimpleQueue[Next | Use | Pictures] = SimpleQueue()
        threading.Thread(target=self._listen, name="orders", daemon=True).start()

    def work(self, job: Job) -> None:
        work = Work(job, self._notify, self._sleep)
        self.send(Ready(work.info))
        threading.Thread(target=self._live, name="alive", daemon=True).start()
        flowing = job.realtime or work.info.live
        obey = self._obey_what_is_there if flowing else self._obey_until_next
        for frame in work.frames:
            obey(work.tracker)
            self.send(work.tracker.process(frame))
        obey(work.tracker)
        self.send(work.ended())

    def send(self, message: object) -> None:
        try:
            with self._sending:
                self._connection.send(message)
        except OSError:
            os._exit(0)  # the parent is gone

    def _obey_until_next(self, tracker: FrameTracker) -> None:
        while not isinstance(order := self._orders.get(), Next):
            _obey(tracker, order)

    def _obey_what_is_there(self, tracker: FrameTracker) -> None:
        while not self._orders.empty():
            _obey(tracker, self._orders.get())

    def _listen(self) -> None:
        """Take orders; without a parent there is nothing left to live for."""
        try:
            while True:
                self._orders.put(self._connection.recv())
        except (EOFError, OSError):
            pass
        except Exception as error:  # an order that cannot be unpickled may raise anything
            self.send(Failed(_portable(error)))
        os._exit(0)

    def _live(self) -> None:
        while True:
            time.sleep(ALIVE_EVERY_S)
            self.send(Alive(waiting=False))

    def _notify(self, news: Fault | Recovered | None) -> None:
        self.send(Alive(waiting=True) if news is None else news)

    def _sleep(self, wait_s: float) -> None:
        """Part of a wait for the next frame; long ones are told of, or it would seem to hang."""
        if wait_s > ALIVE_EVERY_S:
            self.send(Alive(waiting=True))
        time.sleep(min(wait_s, ALIVE_EVERY_S))


def _obey(tracker: FrameTracker, order: Next | Use | Pictures) -> None:
    match order:
        case Use(model):
            tracker.use(model)
        case Pictures(wanted):
            tracker.show_pictures(wanted)


def _portable(error: Exception) -> Exception:
    """The error itself, if it can be sent and made again from its text; else its description."""
    try:
        copy = ForkingPickler.loads(ForkingPickler.dumps(error))
        if isinstance(copy, type(error)) and str(copy) == str(error):
            return error
    except Exception:  # a foreign exception's own pickling may raise anything
        pass
    return RuntimeError(f"{type(error).__name__}: {error}")
