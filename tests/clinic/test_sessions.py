"""Every use leaves its numbers in the profile, within a minute, and never a word."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.clinic.profile import Profile, find_profile
from gazetalk.clinic.sessions import (
    FILE,
    KEPT_EVERY_S,
    PAUSE_S,
    Counter,
    SessionFigures,
    SessionLog,
    SessionsError,
    as_row,
    read_sessions,
)
from gazetalk.tracking.types import GazeSample
from gazetalk.transcript import Transcript


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    profile = find_profile(tmp_path, "Ana")
    profile.create()
    return profile


def watched(counter: Counter, begin_s: float, end_s: float, valid: bool = True) -> None:
    for frame in range(round(begin_s * 30), round(end_s * 30)):
        counter.sample(GazeSample(frame / 30, 1.0, 1.0, valid=valid))


def test_what_happened_is_counted() -> None:
    counter = Counter("camera", "qwerty")
    watched(counter, 0.0, 60.0)
    for second, piece in enumerate(["h", "i", " ", "you "]):
        counter.event(float(second), "selected", {"key": "x"})
        counter.event(float(second), "committed", {"piece": piece, "text": "secret"})
    counter.event(4.0, "undone", {"text": "hi "})
    counter.event(5.0, "spoken", {"text": "hi"})
    counter.event(6.0, "bell", {})
    counter.event(60.0, "rest", {})
    watched(counter, 60.0, 90.0)
    counter.event(90.0, "woke", {})
    watched(counter, 90.0, 96.0, valid=False)
    found = counter.session
    assert (found.selections, found.characters, found.corrections) == (4, 7, 1)
    assert (found.spoken, found.bells, found.faults) == (1, 1, 0)
    assert found.use_s == pytest.approx(66.0, abs=0.2)
    assert found.rest_s == pytest.approx(30.0, abs=0.2)
    assert found.data_loss == pytest.approx(6 / 66, abs=0.01)
    assert found.words_per_minute == pytest.approx(7 / 5 / 4.0 * 60)
    assert (found.error_mm, found.targets, found.drift_mm) == (None, None, None)


def test_what_was_not_measured_is_none() -> None:
    row = as_row(SessionFigures("2026-11-01T10:00:00+00:00", "mouse", "qwerty"))
    for name in ("words_per_minute", "data_loss", "error_mm", "targets", "drift_mm"):
        assert row[name] is None


def test_a_long_answer_of_somebody_else_is_no_time_of_writing() -> None:
    counter = Counter("camera", "qwerty")
    for t_s in (0.0, 2.0, 2.0 + PAUSE_S + 1, 5.0 + PAUSE_S + 1):
        counter.event(t_s, "committed", {"piece": "a"})
    assert counter.session.writing_s == pytest.approx(5.0)


def test_the_error_is_that_of_the_last_calibration_or_check() -> None:
    counter = Counter("camera", "qwerty")
    counter.event(1.0, "checked", {"after_mm": 9.0, "targets": 3})
    assert (counter.session.error_mm, counter.session.targets) == (9.0, 3)
    counter.event(2.0, "calibrated", {"validation": {"offset": {"mm": 6.5}, "targets": 5}})
    assert (counter.session.error_mm, counter.session.targets) == (6.5, 5)
    counter.event(3.0, "calibrated", {"validation": None})
    counter.event(4.0, "checked", {"after_mm": None, "targets": 0})
    assert counter.session.error_mm == 6.5


EVENTS = ("selected", "committed", "undone", "erased", "rest", "woke", "drift", "way", "calibrated")
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.dictionaries(st.sampled_from(["offset", "mm", "targets"]), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e6),
            st.sampled_from([*EVENTS, "checked", "strange"]),
            st.dictionaries(
                st.sampled_from(
                    ["piece", "validation", "after_mm", "targets", "largest_mm", "layout"]
                ),
                VALUES,
                max_size=4,
            ),
        ),
        max_size=30,
    )
)
def test_no_event_breaks_the_counting(events: list[tuple[float, str, dict]]) -> None:
    counter = Counter("camera", "qwerty")
    for number, (t_s, event, about) in enumerate(events):
        counter.event(t_s, event, about)
        counter.sample(GazeSample(t_s, valid=bool(number % 2)))
    found = as_row(counter.session)
    assert all(not isinstance(n, int | float) or n >= 0 for n in found.values() if n == n)


def test_a_session_grows_in_its_own_row(profile: Profile) -> None:
    figures = [SessionFigures(f"2026-11-0{n}T10:00:00+00:00", "camera", "qwerty") for n in (1, 2)]
    for begun in figures:
        log, counter = SessionLog(profile), Counter("camera", "qwerty")
        counter.session = begun
        log.keep(counter.session)
        counter.event(1.0, "bell", {})
        log.keep(counter.session)
    assert [(s.started[:10], s.bells) for s in read_sessions(profile)] == [
        ("2026-11-01", 1),
        ("2026-11-02", 1),
    ]


@pytest.mark.skipif(os.name != "posix", reason="owners and their rights are POSIX's")
def test_it_is_its_owners_alone(profile: Profile) -> None:
    SessionLog(profile).keep(SessionFigures("2026-11-01T10:00:00+00:00", "camera", "qwerty"))
    assert stat.S_IMODE((profile.folder / FILE).stat().st_mode) == 0o600


def newer(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(b"no database" * 99), newer])
def test_a_file_that_cannot_be_used_is_left_and_told_of(profile: Profile, harm) -> None:
    path = profile.folder / FILE
    harm(path)
    before = path.read_bytes()
    with pytest.raises(sqlite3.Error):
        SessionLog(profile).keep(SessionFigures("2026-11-01T10:00:00+00:00", "camera", "qwerty"))
    with pytest.raises(SessionsError, match="move it away"):
        read_sessions(profile)
    assert path.read_bytes() == before


def test_a_killed_program_has_kept_all_but_the_last_minute(profile: Profile) -> None:
    program = f"""
import os, signal
from pathlib import Path
from gazetalk.clinic.profile import Profile
from gazetalk.clinic.sessions import Counter, SessionLog
from gazetalk.tracking.types import GazeSample
counter = Counter("camera", "qwerty")
log = SessionLog(Profile("Ana", Path({str(profile.folder)!r})))
for frame in range(30 * 200):
    counter.sample(GazeSample(frame / 30, 1.0, 1.0, valid=True))
    log.keep_if_due(frame / 30, counter.session)
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    (found,) = read_sessions(profile)
    assert 200 - KEPT_EVERY_S - 1 < found.use_s <= 200


def test_the_transcript_tells_others_even_when_it_writes_nothing() -> None:
    told: list[str] = []
    with Transcript(None, lambda t_s, event, fields: told.append(event)) as transcript:
        transcript.write(0.0, "bell")
    assert told == ["bell"]
