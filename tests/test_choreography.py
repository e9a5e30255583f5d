"""A live calibration asks again for what gave too little, and for no more than that."""

import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from gazetalk.choreography import (
    LEARN_WORDS,
    MOST_REPEATS,
    Learned,
    Learning,
    LiveChoreography,
    aside,
    at_once,
)
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.lid_signs import PAUSED
from gazetalk.paths import shipped
from gazetalk.run import Run, Start
from gazetalk.tracking.fitting import CalibrationError
from gazetalk.tracking.procedure import Procedure, load_procedure
from gazetalk.transcript import Transcript
from tests.watcher import SHUT, Place, Watcher, watched_run

LENS = (0.0, 8.0)
QUICK = load_procedure(shipped("calibration") / "quick.toml")
# Left top of the quick procedure: its second target.
SECOND = (0.1 * DEFAULT_SCREEN.width_px, 0.12 * DEFAULT_SCREEN.height_px)


def live(procedure: Procedure = QUICK) -> Start:
    return Start(plan=lambda t_s: LiveChoreography(procedure, DEFAULT_SCREEN, LENS, t_s))


def calibrated(run: Run) -> bool:
    return run.calibrated is not None


def is_second(target: Place) -> bool:
    return abs(target[0] - SECOND[0]) < 1 and abs(target[1] - SECOND[1]) < 1


def shut_at_second(times: int) -> Callable[[float, Place], float]:
    """Eyes shut while the second target is shown, the first few times."""
    shown: list[float] = []

    def openness(t_s: float, target: Place) -> float:
        if not is_second(target):
            return 0.3
        if not shown or t_s - shown[-1] > 1.0:
            shown.append(t_s)  # it comes anew
        count = len(shown)
        shown[-1] = t_s
        return 0.02 if count <= times else 0.3

    return openness


def rest_at_second(seconds: float) -> Callable[[float, Place], float]:
    """Eyes that close for so long half a second after the second target first came."""
    came: list[float] = []

    def openness(t_s: float, target: Place) -> float:
        if is_second(target):
            came.append(t_s)
        return SHUT if came and 0.5 <= t_s - came[0] < 0.5 + seconds else 0.3

    return openness


def test_eyes_that_follow_are_asked_once_and_measured() -> None:
    watcher = Watcher()
    run = watched_run(watcher, live())
    took_s = watcher.until(calibrated)
    assert run.calibrated is not None
    assert run.calibrated.calibration.weak == ()
    measured = run.calibrated.measured
    assert measured is not None
    assert measured.offset is not None
    assert measured.offset.mm < 6  # 0.02 mm of noise on the iris is 3 mm on the screen
    planned = len(QUICK.calibration) + len(QUICK.validation)
    assert took_s < 1.0 + planned * QUICK.target_s + 5.0


@pytest.mark.parametrize(("times", "weak", "repeats"), [(1, (), 0), (99, (2,), MOST_REPEATS)])
def test_a_target_with_shut_eyes_is_asked_again_then_left_out(
    times: int, weak: tuple[int, ...], repeats: int
) -> None:
    """It waits for eyes that rest, is asked for again if they do so each time, and then left."""
    watcher = Watcher()
    watcher.openness = shut_at_second(times)
    run = watched_run(watcher, live())
    took_s = watcher.until(calibrated)
    assert run.calibrated is not None
    assert run.calibrated.calibration.weak == weak
    assert run.calibrated.calibration.asked == 5
    planned = len(QUICK.calibration) + repeats + len(QUICK.validation)
    assert took_s > planned * QUICK.target_s


def test_closed_eyes_pause_it_and_their_target_begins_anew() -> None:
    """A rest in the midst of the second target costs no repeat and no looks."""
    watcher = Watcher()
    rests = rest_at_second(6.0)
    watcher.openness = rests
    run = watched_run(watcher, live())
    said: set[str] = set()
    stages: set[LiveChoreography] = set()

    def listen(run: Run) -> bool:
        if isinstance(run.stage, LiveChoreography):
            said.add(run.stage.shown(run.t_s).words)
            stages.add(run.stage)
        return run.calibrated is not None

    watcher.until(listen)
    assert PAUSED in said
    assert run.calibrated is not None and not run.calibrated.calibration.weak
    (stage,) = stages
    assert len(stage.targets) == len(QUICK.calibration) + len(QUICK.validation)
    first, second = stage.targets[:2]
    assert second.start_s - first.end_s > 6.0


@pytest.mark.parametrize("openness", [SHUT, None])
def test_lids_that_close_at_one_target_whenever_it_comes_hold_nobody(
    openness: float | None,
) -> None:
    """Of those who look down with a hanging lid, or whose eyes are lost there."""
    watcher = Watcher()
    watcher.openness = lambda t_s, target: openness if is_second(target) else 0.3
    run = watched_run(watcher, live())
    assert watcher.until(calibrated) < 60.0
    assert run.calibrated is not None and run.calibrated.calibration.weak == (2,)


def test_eyes_that_call_in_a_calibration_ring_the_bell(tmp_path: Path) -> None:
    watcher = Watcher()
    watcher.openness = lambda t_s, target: SHUT if 2 < t_s < 4 or 5 < t_s < 7.2 else 0.3
    with Transcript(tmp_path / "t.jsonl") as transcript:
        watched_run(watcher, live(), transcript)
        watcher.until(calibrated)
    told = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()]
    (bell,) = [event for event in told if event["event"] == "bell"]
    assert bell["t_s"] == pytest.approx(7.2, abs=0.2)


def test_the_estimate_is_shown_before_validation_and_names_what_was_left_out() -> None:
    watcher = Watcher()
    watcher.openness = shut_at_second(99)
    watched_run(watcher, live())
    said: set[str] = set()

    def listen(run: Run) -> bool:
        if run.stage is not None and run.stage.shown(run.t_s).target is None:
            said.add(run.stage.shown(run.t_s).words)
        return run.calibrated is not None

    watcher.until(listen)
    assert any("Estimated error" in words and "target 2" in words for words in said)


def test_a_face_that_leaves_ends_it_instead_of_asking_for_everything_again() -> None:
    watcher = Watcher()
    watcher.openness = lambda t_s, target: 0.3 if t_s < 3.0 else None
    run = watched_run(watcher, live())
    took_s = watcher.until(lambda run: bool(run.trouble))
    assert took_s < 1.0 + 5 * QUICK.target_s + 3.0
    assert "calibration targets" in run.trouble
    assert not run.talking  # nothing maps the eyes to the screen: it will begin anew


def test_a_redone_target_is_the_only_one_asked_for() -> None:
    watcher = Watcher()
    run = watched_run(watcher, live())
    watcher.until(calibrated)
    before = run.calibrated
    assert before is not None
    run.redo([2])
    asked: set[Place] = set()

    def listen(run: Run) -> bool:
        if run.stage is not None and (target := run.stage.shown(run.t_s).target):
            asked.add(target)
        return run.calibrated is not None

    watcher.until(listen)
    after = run.calibrated
    assert after is not None
    points = {(p.x, p.y) for p in QUICK.validation} | {(0.1, 0.12)}
    width, height = DEFAULT_SCREEN.width_px, DEFAULT_SCREEN.height_px
    assert asked == {(x * width, y * height) for x, y in points}
    old, new = before.calibration.looks, after.calibration.looks
    assert [a.eyes == b.eyes for a, b in zip(old, new, strict=True)] == [True, False] + [True] * 3


def test_a_target_that_is_none_cannot_be_redone() -> None:
    watcher = Watcher()
    run = watched_run(watcher, live())
    with pytest.raises(CalibrationError, match="just made"):
        run.redo([1])
    watcher.until(calibrated)
    with pytest.raises(CalibrationError, match="1 to 5"):
        run.redo([6])


def test_a_helper_steps_and_an_impatient_key_does_nothing() -> None:
    watcher = Watcher()
    run = watched_run(watcher, live(replace(QUICK, stepped=True)))
    watcher.until(lambda run: run.stage is not None and run.stage.shown(run.t_s).target is not None)
    assert run.stage is not None
    first = run.stage.shown(run.t_s).target
    assert "space bar" in run.stage.shown(run.t_s).words
    run.press()  # at once: the eyes cannot have arrived
    for _ in range(300):
        run.step()
    assert run.stage.shown(run.t_s).target == first  # ten seconds later it is still there
    run.press()
    run.step()
    assert run.stage.shown(run.t_s).target != first

    def helped(run: Run) -> bool:
        run.press()
        return run.calibrated is not None

    watcher.until(helped)
    assert run.calibrated is not None
    assert run.calibrated.calibration.used == 5


def test_pictures_take_turns() -> None:
    pictures = (shipped("calibration") / "a.png", shipped("calibration") / "b.png")
    choreography = LiveChoreography(replace(QUICK, pictures=pictures), DEFAULT_SCREEN, LENS, 0.0)
    assert choreography.shown(2.0).picture == pictures[0]
    assert choreography.shown(2.0).size == QUICK.size


def test_while_it_learns_frames_are_taken_and_drawn() -> None:
    """The window must not stand still, and the same comes out as if it had."""
    begun: list[tuple[Learning, Future[Learned]]] = []

    def begin(learning: Learning) -> Future[Learned]:
        begun.append((learning, Future()))
        return begun[-1][1]

    watcher = Watcher()
    start = Start(plan=lambda t_s: LiveChoreography(QUICK, DEFAULT_SCREEN, LENS, t_s, begin=begin))
    run = watched_run(watcher, start)
    watcher.until(lambda run: bool(begun))
    for _ in range(90):
        run.step()
    assert run.stage is not None
    assert run.stage.shown(run.t_s).words == LEARN_WORDS
    assert len(begun) == 1
    learning, learned = begun[0]
    learned.set_result(aside(learning).result(timeout=60))
    watcher.until(calibrated)
    assert run.calibrated is not None
    again = at_once(learning).result()
    assert not isinstance(again, CalibrationError)
    assert run.calibrated.calibration.left_out.as_json() == again.left_out.as_json()


def test_a_fault_while_learning_aside_is_not_swallowed() -> None:
    def broken() -> Learned:
        raise ZeroDivisionError

    for begin in (aside, at_once):
        with pytest.raises(ZeroDivisionError):
            begin(broken).result(timeout=60)
