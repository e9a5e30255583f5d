"""The tracker in a process of its own, watched and started again; or in this one, for replay.

Both are a `Feed`: what comes out of them is the same. The child process is there so that a crash
or hang of a camera's driver or of MediaPipe cannot take the voice away with it.
"""

from __future__ import annotations

import math
import time
from multiprocessing.reduction import ForkingPickler
from typing import Any, Protocol

from gazetalk.tracking.child import Alive, Failed, Job, Pictures, Ready, Recipe, Timed, Use, Work
from gazetalk.tracking.fields import SessionError
from gazetalk.tracking.life import Life, Patience
from gazetalk.tracking.messages import Ended, Fault, Recovered, SourceInfo, Started
from gazetalk.tracking.sources import SourceError, SourceSpec

Message = Started | Timed | Fault | Recovered | Ended

CHECK_EVERY_S = 0.1
DEATHS_WITHOUT_RESULT = 5
FIRST_PAUSE_S = 0.5  # before the second restart in a row, then doubled


class Feed(Protocol):
    """Messages of a tracker at work: `Started`, results with faults between them, `Ended`.

    A context manager. info: of the source, None before `Started`.
    """

    @property
    def info(self) -> SourceInfo | None: ...

    def poll(self, timeout_s: float = 0.0) -> list[Message]: ...

    def send_model(self, model: Any) -> None: ...

    def close(self) -> None: ...


class InProcess:
    """A feed in this process: `poll` reads and tracks one frame, however long that takes."""

    def __init__(self, recipe: Recipe, spec: SourceSpec, realtime: bool = False) -> None:
        self._job = Job(recipe, spec, realtime)
        self._work: Work | None = None
        self._model: Use | None = None
        self._news: list[Message] = []
        self._over = False
        self.info: SourceInfo | None = None

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def poll(self, timeout_s: float = 0.0) -> list[Message]:
        """One result, or `Started`, or `Ended`; with a camera's faults before it.

        Raises SessionError, SourceError, CameraError or what the recipe raises.
        """
        if self._over:
            return []
        if self._work is None:
            return [self._start()]
        frame = next(self._work.frames, None)
        result: Message
        if frame is None:
            result, self._over = self._work.ended(), True
        else:
            result = self._work.tracker.process(frame)
        news, self._news = self._news, []
        return [*news, result]

    def send_model(self, model: Any) -> None:
        """Track with this model from the next polled frame on."""
        self._model = Use(model)
        if self._work is not None:
            self._work.tracker.use(model)

    def close(self) -> None:
        self._over = True
        if self._work is not None:
            self._work.close()
            self._work = None

    def _start(self) -> Started:
        self._work = Work(self._job, self._hear)
        self.info = self._work.info
        if self._model is not None:
            self._work.tracker.use(self._model.model)
        return Started(self.info)

    def _hear(self, news: Fault | Recovered | None) -> None:
        if news is not None:
            self._news.append(news)


class TrackerProcess:
    """A feed from a spawned child process that is watched and, when it fails, started again.

    recipe: a picklable callable that makes the tracker in the child (a function of a module, or
    `functools.partial` of one). realtime: recordings at their own pace instead of one frame a
    poll. A camera is always live. Live and paced results that nobody polled in time are dropped,
    the newest win; otherwise every frame comes exactly once and in order, whatever dies.
    """

    def __init__(
        self,
        recipe: Recipe,
        spec: SourceSpec,
        realtime: bool = False,
        patience: Patience | None = None,
    ) -> None:
        self._recipe, self._spec, self._realtime = recipe, spec, realtime
        self._patience = patience or Patience()
        self._life: Life | None = None
        self._model: bytes | None = None
        self._pictures = False
        self._before: SourceSpec | None = None  # the source that worked, while another is tried
        self._start_at_s = -math.inf
        self._deaths = 0  # since the last result
        self._failed = False
        self._last: Timed | None = None
        self._origin_s: float | None = None
        self._error: Exception | None = None
        self._over = False
        self.info: SourceInfo | None = None

    def __enter__(self) -> TrackerProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return None if self._life is None else self._life.process.pid

    def start(self) -> None:
        """Start the child now instead of at the first poll; does not wait for it."""
        if self._life is None and not self._over:
            self._begin()

    def poll(self, timeout_s: float = 0.0) -> list[Message]:
        """What has come, in order; waits up to `timeout_s` for something. [] after `Ended`.

        A recording that is not paced goes on by one frame a poll. Raises SessionError,
        SourceError or CameraError, and at the first start whatever the recipe raises.
        """
        deadline_s = time.monotonic() + timeout_s
        while True:
            messages = self._step()
            left_s = deadline_s - time.monotonic()
            if messages or left_s <= 0 or self._over:
                return messages
            self._wait(min(left_s, CHECK_EVERY_S))

    def send_model(self, model: Any) -> None:
        """Track with this (picklable) model: from the next polled frame on, or when live soon."""
        self._model = bytes(ForkingPickler.dumps(Use(model)))
        if self._life is not None:
            self._life.order(self._model)

    def show_pictures(self, wanted: bool) -> None:
        """Whether results bring small pictures of what the camera sees (`picture.Thumbnail`)."""
        if wanted != self._pictures:
            self._pictures = wanted
            if self._life is not None:
                self._life.order(bytes(ForkingPickler.dumps(Pictures(wanted))))

    @property
    def source(self) -> SourceSpec:
        """Where frames come from now."""
        return self._spec

    def change_source(self, spec: SourceSpec, otherwise: SourceSpec) -> None:
        """Go on with another live source; with `otherwise` if that one gives nothing."""
        self._spec, self._before = spec, otherwise
        if self._life is not None:
            self._life.end()
            self._begin()

    def close(self) -> None:
        """End the child for good; it is gone when this returns."""
        self._over = True
        if self._life is not None:
            self._life.end()
            self._life = None

    def _step(self) -> list[Message]:
        if self._over:
            return []
        if self._life is None:
            if time.monotonic() < self._start_at_s:
                return []
            self._begin()
        life = self._life
        assert life is not None
        messages: list[Message] = []
        for message in life.take():
            messages += self._receive(life, message)
        if messages:
            return messages
        if self._error is not None:
            self.close()
            raise self._error
        trouble = life.trouble()
        if trouble is not None:
            return self._lose(life, trouble)
        life.ask()
        return []

    def _begin(self) -> None:
        after_s = None if self._last is None else self._last.t_s
        first_index = 0 if self._last is None else self._last.index + 1
        job = Job(self._recipe, self._spec, self._realtime, after_s, first_index, self._origin_s)
        self._life = Life(job, self._patience)
        if self._model is not None:
            self._life.order(self._model)
        if self._pictures:
            self._life.order(bytes(ForkingPickler.dumps(Pictures(True))))

    def _receive(self, life: Life, message: object) -> list[Message]:
        """One message of the child as what the poller gets of it."""
        if isinstance(message, Alive):
            return []
        if isinstance(message, Ready):
            first, self.info = self.info is None, message.info
            return [Started(message.info)] if first else []
        if isinstance(message, Failed):
            first = self.info is None and self._before is None
            if first or isinstance(message.error, SessionError | SourceError):
                self._error = message.error
            return []
        if isinstance(message, Ended):
            self.close()
            return [message]
        if isinstance(message, Fault | Recovered):
            return [message]
        return self._result(message)  # type: ignore[arg-type]

    def _result(self, result: Timed) -> list[Message]:
        if self._last is None:
            self._origin_s = time.monotonic() - result.t_s
        self._last, self._before = result, None
        self._deaths = 0
        if not self._failed:
            return [result]
        self._failed = False
        return [Recovered(result.t_s, "the tracker works again"), result]

    def _lose(self, life: Life, why: str) -> list[Message]:
        """Give up this child; another one follows, after a pause when many have failed."""
        life.end()
        self._life = None
        self._failed = True
        self._deaths += 1
        t_s = None if self._last is None else self._last.t_s
        if self._before is not None:
            tried, self._spec, self._before = self._spec, self._before, None
            self._start_at_s = -math.inf
            return [Fault(t_s, f"{tried} does not work", why, f"going on with {self._spec}")]
        if self._deaths > DEATHS_WITHOUT_RESULT:
            self.close()
            action = f"it failed {self._deaths} times, so it is not started again"
            return [
                Fault(t_s, "the tracker stopped", why, action, final=True),
                Ended("the tracker could not be started again"),
            ]
        pause_s = 0.0 if self._deaths == 1 else FIRST_PAUSE_S * 2 ** (self._deaths - 2)
        self._start_at_s = time.monotonic() + pause_s
        action = f"starting it again in {pause_s:g} s" if pause_s else "starting it again"
        return [Fault(t_s, "the tracker stopped", why, action)]

    def _wait(self, timeout_s: float) -> None:
        if self._life is None:
            time.sleep(min(timeout_s, max(0.0, self._start_at_s - time.monotonic())))
        else:
            self._life.wait(timeout_s)
