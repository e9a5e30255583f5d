"""Engines that go wrong in a real child process: noticed in time, never the end of speech."""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from faulty_engines import FaultyBackend

from gazetalk.speech.engine import SpeechFailed, VoiceError
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.process import Limits, ProcessEngine
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.speaker import Speaker

NOTICED_S = 2.0
HERE = Path(__file__).resolve().parent
Make = Callable[..., ProcessEngine]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="faults made with POSIX signals")


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[ProcessEngine] = []

    def build(fault: str, once: Path | None = None, limits: Limits | None = None) -> ProcessEngine:
        made.append(ProcessEngine(fault, functools.partial(FaultyBackend, fault, once), limits))
        return made[-1]

    yield build
    for engine in made:
        engine.close()


def warm(engine: ProcessEngine) -> psutil.Process:
    """The child once it is ready, so that the time to notice is all that is measured."""
    engine.voices()
    assert engine.pid is not None
    return psutil.Process(engine.pid)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("hang", "did not answer in time"),
        ("hang in c", "did not answer in time"),
        ("stopped", "did not answer in time"),
        ("killed", "stopped working"),
        ("segfault", "stopped working"),
        ("leave", "stopped working"),
        ("half a wav", "wrote no proper sound: sound: cut short"),
        ("no file", "stopped working"),
        ("silence", "wrote silence"),
        ("empty", "wrote silence"),
        ("disk full", "No space left on device"),
    ],
)
def test_a_fault_is_noticed_told_and_the_next_sentence_spoken(
    make: Make, tmp_path: Path, fault: str, why: str
) -> None:
    engine = make(fault, tmp_path / "happened")
    child = warm(engine)
    begun_s = time.monotonic()
    with pytest.raises(SpeechFailed, match=f"^{fault} .*{why}"):
        engine.synthesise("Hello.")
    assert time.monotonic() - begun_s < NOTICED_S
    assert not child.is_running()
    assert engine.synthesise("Hello.").duration_s == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("fault", ["flood", "slow"])
def test_what_is_only_noisy_or_slow_speaks(make: Make, fault: str) -> None:
    engine = make(fault)
    child = warm(engine)
    assert engine.synthesise("Hello.").loudness > 0.1
    assert child.is_running()


def test_an_engine_that_cannot_be_loaded_says_why(make: Make) -> None:
    with pytest.raises(SpeechFailed, match="load fails failed: no module named voice"):
        make("load fails").synthesise("Hello.")
    begun_s = time.monotonic()
    with pytest.raises(SpeechFailed, match="load hangs did not answer in time"):
        make("load hangs", limits=Limits(load_s=1.0)).synthesise("Hello.")
    assert time.monotonic() - begun_s < NOTICED_S


def test_a_child_stopped_while_idle_is_noticed_at_the_next_sentence(make: Make) -> None:
    engine = make("well")
    warm(engine).suspend()
    begun_s = time.monotonic()
    with pytest.raises(SpeechFailed, match="did not answer in time"):
        engine.synthesise("Hello.")
    assert time.monotonic() - begun_s < NOTICED_S
    assert engine.synthesise("Hello.").duration_s > 0.1


@pytest.mark.parametrize("fault", ["stopped", "segfault", "silence", "voice missing", "load fails"])
def test_the_sentence_is_spoken_by_the_next_engine(make: Make, fault: str) -> None:
    """Nothing of the text is lost, and the person is told which voice is out of use."""
    speaker = Speaker(VoiceProfile("Test", "en"), [make(fault), make("well")], SilentPlayer())
    try:
        assert speaker.render("One. Two.").duration_s == pytest.approx(0.4, abs=0.02)
        faults = [event.text for event in speaker.events() if event.kind == "fault"]
        assert faults[-1].startswith(f"The voice {fault} is not used for now: ")
    finally:
        speaker.close()


def test_a_sentence_that_fails_once_is_spoken_by_the_same_engine(
    make: Make, tmp_path: Path
) -> None:
    engine, other = make("segfault", tmp_path / "happened"), make("well")
    speaker = Speaker(VoiceProfile("Test", "en"), [engine, other], SilentPlayer())
    try:
        speaker.render("Hello.")
        assert [(event.kind, event.text) for event in speaker.events()] == [
            ("fault", "The voice segfault stopped working. It is started again."),
            ("recovered", "The voice segfault works again."),
        ]
        assert other.pid is None
    finally:
        speaker.close()


def test_a_voice_that_takes_long_to_load_again_does_not_keep_the_sentence_waiting(
    make: Make, tmp_path: Path
) -> None:
    """The next engine says it; meanwhile the child goes on loading, it is not ended again."""
    engine = make("slow to return", tmp_path / "happened", Limits(restart_s=0.5))
    warm(engine)
    speaker = Speaker(VoiceProfile("Test", "en"), [engine, make("well")], SilentPlayer())
    try:
        begun_s = time.monotonic()
        speaker.render("Hello.")
        assert time.monotonic() - begun_s < NOTICED_S
        assert "is still being started again" in speaker.events()[-1].text
        second = engine.pid
        time.sleep(2.0)
        for _ in range(10):
            with contextlib.suppress(SpeechFailed):
                engine.synthesise("Hello.")
                break
        assert engine.pid == second
    finally:
        speaker.close()


def test_closing_ends_a_hanging_child_at_once(make: Make) -> None:
    speaker = Speaker(VoiceProfile("Test", "en"), [engine := make("hang")], SilentPlayer())
    child = warm(engine)
    speaker.say("Hello.")
    time.sleep(0.2)
    begun_s = time.monotonic()
    speaker.close()
    assert time.monotonic() - begun_s < 1.0
    assert not child.is_running()
    assert engine.pid is None


def test_a_closed_engine_starts_no_child_again(make: Make) -> None:
    engine = make("well")
    engine.close()
    engine.close()
    for ask in (engine.voices, engine.start, functools.partial(engine.synthesise, "Hello.")):
        with pytest.raises(SpeechFailed, match="was closed"):
            ask()


def test_an_unknown_voice_stays_an_error_of_the_input(make: Make) -> None:
    speaker = Speaker(VoiceProfile("Test", "en"), [make("voice missing")], SilentPlayer())
    try:
        for _ in range(5):
            with pytest.raises(VoiceError, match="there is no voice 'x'; there is: y"):
                speaker.check()
    finally:
        speaker.close()


def test_when_the_program_is_killed_its_hanging_child_goes_too(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        "import functools, threading, time\n"
        "from faulty_engines import FaultyBackend\n"
        "from gazetalk.speech.process import ProcessEngine\n"
        "if __name__ == '__main__':\n"
        "    engine = ProcessEngine('hang', functools.partial(FaultyBackend, 'hang'))\n"
        "    engine.voices()\n"
        "    threading.Thread(target=engine.synthesise, args=('Hello.',), daemon=True).start()\n"
        "    time.sleep(0.2)\n"
        "    print(engine.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    paths = os.pathsep.join(str(path) for path in (HERE, HERE.parents[1]))
    program = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths, "TMPDIR": str(tmp_path)},
    )
    assert program.stdout is not None
    child = psutil.Process(int(program.stdout.readline()))
    program.kill()
    program.wait()
    # Some milliseconds here; but the machine may be busy, and what counts is that it goes at all.
    gone, _ = psutil.wait_procs([child], timeout=15.0)
    assert gone


def test_a_temporary_folder_that_was_cleaned_away_is_made_again(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine = make("well")
    engine.synthesise("Hello.")
    (folder,) = tmp_path.iterdir()
    folder.rmdir()
    assert engine.synthesise("Hello.").duration_s > 0.1
    folder_now = next(iter(tmp_path.iterdir()))
    folder_now.rmdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "not there"))
    with pytest.raises(SpeechFailed, match="well has no room for its sound"):
        engine.synthesise("Hello.")


def test_a_machine_that_can_start_no_process_is_told_of(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when memory or processes run out; and when there is room again it speaks again."""

    def refuse(*_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    speaker = Speaker(VoiceProfile("Test", "en"), [make("well")], SilentPlayer())
    try:
        with monkeypatch.context() as patch:
            patch.setattr("gazetalk.speech.process._Child", refuse)
            speaker.say("Hello.")
            speaker.wait()
        assert "cannot be started" in speaker.events()[-1].text
        assert speaker.render("Hello.").duration_s > 0.1
    finally:
        speaker.close()
