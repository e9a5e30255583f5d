"""Whatever an archive holds, it is taken whole or refused in one line and nothing is changed."""

import hashlib
import io
import json
import sqlite3
import stat
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.clinic.packing import pack
from gazetalk.clinic.profile import Profile, find_profile
from gazetalk.clinic.sessions import SessionFigures, SessionLog
from gazetalk.speech.wav import Wav, silence
from tests.clinic.conftest import run, tone, tree

Files = dict[str, bytes]


def zipped(files: Files, /, **fields: object) -> bytes:
    """An archive as `pack` makes them, with other fields in its manifest."""
    with zipfile.ZipFile(io.BytesIO(pack("Eve", files))) as archive:
        manifest = {**json.loads(archive.read("manifest.json")), **fields}
    return raw({"manifest.json": json.dumps(manifest).encode(), **files})


def raw(files: Files, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packed) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_entry(name: str, content: bytes = b"{}", mode: int = 0) -> bytes:
    """A sound archive with one entry more."""
    buffer = io.BytesIO(pack("Eve", {"settings.json": b"{}"}))
    with zipfile.ZipFile(buffer, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, content)
    return buffer.getvalue()


def listing(files: Files) -> dict[str, object]:
    return {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    }


def locked() -> bytes:
    """The flag of an encrypted entry set in both headers of the first."""
    content = bytearray(pack("Eve", {}))
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying_about_size() -> bytes:
    """Declared small, unpacked large."""
    big = b" " * (2 << 20)
    content = bytearray(zipped({"settings.json": b"{" + big + b"}"}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(content)


def packed_as(method: int) -> bytes:
    """A sound archive in another way of packing, which Python's zipfile knows too."""
    with zipfile.ZipFile(io.BytesIO(pack("Eve", SETTINGS))) as archive:
        return raw({info.filename: archive.read(info) for info in archive.infolist()}, method)


def learned_of(sentences: list[str]) -> bytes:
    records: list[dict[str, object]] = [{"format": "gazetalk-learned", "version": 1}]
    records += [{"said": each, "on": "2026-11-22"} for each in sentences]
    lines = "".join(f"{json.dumps(each)}\n" for each in records)
    return pack("Eve", {"learned.jsonl": lines.encode()})


ESCAPE = "\\u001b[2J"  # clears a terminal


def bomb_in_the_model() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights.npy", b"\0" * (80 << 20))
    return pack("Eve", {"calibration.npz": inner.getvalue()})


def drift_ended(when: str) -> bytes:
    numbers = '"shift_mm": [1, 1], "largest_mm": 1, "confirmations": 1, "readings": 1'
    return f'{{"ended": "{when}", {numbers}}}'.encode()


def sessions_begun(started: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        profile = Profile("Eve", Path(folder))
        SessionLog(profile).keep(SessionFigures(started, "camera", "qwerty"))
        return (profile.folder / "sessions.sqlite").read_bytes()


def sessions_without_end() -> bytes:
    endless = "WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.sqlite"
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(f"CREATE VIEW sessions AS {endless}")
            database.execute("PRAGMA user_version = 1")
        return path.read_bytes()


def recording_of(content: bytes, name: str = "0123456789abcdef.wav") -> bytes:
    return pack("Eve", {f"messages/{name}": content})


def bank_of(**message: object) -> bytes:
    listed = {"phrase": "hello", "file": "0123456789abcdef.wav", **message}
    index = {"format": "gazetalk-messages", "version": 1, "messages": [listed]}
    return pack("Eve", {"messages/messages.json": json.dumps(index).encode()})


def assessment_of(name: str = "2026-11-20T09-00-00.json", **fields: object) -> bytes:
    told = {"format": "gazetalk-assessment", "version": 1, "recommendation": {}, **fields}
    return pack("Eve", {f"assessments/{name}": json.dumps(told).encode()})


SETTINGS = {"settings.json": b'{"learning": true}'}
HOSTILE: dict[str, Callable[[], bytes]] = {
    "no archive": lambda: b"hello",
    "empty": lambda: b"",
    "cut short": lambda: pack("Eve", SETTINGS)[:-30],
    "cut in the middle": lambda: pack("Eve", SETTINGS)[:80],
    "no manifest": lambda: raw(SETTINGS),
    "a manifest that is no JSON": lambda: raw({"manifest.json": b"{", **SETTINGS}),
    "a manifest that is a list": lambda: raw({"manifest.json": b"[]"}),
    "a manifest that is not UTF-8": lambda: raw({"manifest.json": b"\xff\xfe{}"}),
    "a manifest nested without end": lambda: raw({"manifest.json": b"[" * 60_000}),
    "a manifest too large": lambda: raw({"manifest.json": b" " * 600_000}),
    "another format": lambda: zipped(SETTINGS, format="dasher"),
    "a newer version": lambda: zipped(SETTINGS, version=2),
    "a version that is text": lambda: zipped(SETTINGS, version="1"),
    "a version that is true": lambda: zipped(SETTINGS, version=True),
    "files that are a list": lambda: zipped(SETTINGS, files=["settings.json"]),
    "a file that is not listed": lambda: zipped(SETTINGS, files={}),
    "a file that is listed only": lambda: zipped({}, files=listing(SETTINGS)),
    "a wrong checksum": lambda: zipped(SETTINGS, files=listing({"settings.json": b"{}"})),
    "a size that is text": lambda: zipped(
        SETTINGS, files={"settings.json": {**dict(listing(SETTINGS)["settings.json"]), "size": "9"}}
    ),
    "a name that leads out": lambda: zipped(SETTINGS, profile="../../Eve"),
    "a name with a line break": lambda: zipped(SETTINGS, profile="E\nve"),
    "a name that is a number": lambda: zipped(SETTINGS, profile=7),
    "an entry that leads out": lambda: with_entry("../settings.json"),
    "an entry from the root": lambda: with_entry("/tmp/settings.json"),
    "an entry with backslashes": lambda: with_entry("..\\..\\settings.json"),
    "an entry of a drive": lambda: with_entry("C:settings.json"),
    "a folder": lambda: with_entry("settings.json/", b""),
    "an unknown file": lambda: with_entry("run_me.py"),
    "a file twice": lambda: with_entry("settings.json"),
    "a link": lambda: with_entry("phrases.toml", b"/etc/passwd", stat.S_IFLNK | 0o777),
    "a locked entry": locked,
    "a bomb, declared": lambda: zipped({"check.json": b"{}" + b" " * (30 << 20)}),
    "a bomb that lies": lying_about_size,
    "a bomb in the calibration": bomb_in_the_model,
    "packed with bzip2": lambda: packed_as(zipfile.ZIP_BZIP2),
    "packed with LZMA": lambda: packed_as(zipfile.ZIP_LZMA),
    "a calibration packed with bzip2": lambda: pack(
        "Eve", {"calibration.npz": raw({"version.npy": b" " * 999}, zipfile.ZIP_BZIP2)}
    ),
    "a key of TOML without end": lambda: pack("Eve", {"phrases.toml": b"a." * 30_000 + b"a=1"}),
    "a quality with NaN": lambda: pack("Eve", {"calibration.json": b'{"samples": NaN}'}),
    "a check that clears the screen": lambda: pack(
        "Eve", {"check.json": f'{{"created": "x", "words": "{ESCAPE}"}}'.encode()}
    ),
    "a drift that clears the screen": lambda: pack("Eve", {"drift.json": drift_ended(ESCAPE)}),
    "more learned than is kept": lambda: learned_of(["a b"] * 20_001),
    "a sentence without end": lambda: learned_of(["a " * 999]),
    "half a character learned": lambda: learned_of(["a \ud800"]),
    "half a character in the journal": lambda: pack(
        "Eve", {"journal.jsonl": b'{"text": "\\ud800"}\n'}
    ),
    "settings of a wrong type": lambda: pack("Eve", {"settings.json": b'{"learning": "maybe"}'}),
    "settings that are no JSON": lambda: pack("Eve", {"settings.json": b"learning"}),
    "a calibration that is none": lambda: pack("Eve", {"calibration.npz": b"PK"}),
    "a calibration with other numbers": lambda: pack("Eve", {"calibration.npz": raw({"x": b"y"})}),
    "a quality that is a list": lambda: pack("Eve", {"calibration.json": b"[]"}),
    "a check with NaN": lambda: pack("Eve", {"check.json": b'{"before_mm": NaN}'}),
    "a drift of text": lambda: pack("Eve", {"drift.json": b'{"ended": "x", "shift_mm": "far"}'}),
    "dwell times that are text": lambda: pack("Eve", {"dwell.json": b'{"letter_s": "x"}'}),
    "sessions that are no database": lambda: pack("Eve", {"sessions.sqlite": b"SQLite no" * 99}),
    "sessions that began never": lambda: pack("Eve", {"sessions.sqlite": sessions_begun("never")}),
    "sessions without end": lambda: pack("Eve", {"sessions.sqlite": sessions_without_end()}),
    "phrases that are no TOML": lambda: pack("Eve", {"phrases.toml": b"= = ="}),
    "a journal of numbers": lambda: pack("Eve", {"journal.jsonl": b'{"text": 3}\n'}),
    "a recording that is no sound": lambda: recording_of(b"#!/bin/sh"),
    "a recording cut short": lambda: recording_of(tone().to_bytes()[:-100]),
    "a recording that announces gigabytes": lambda: recording_of(
        tone().to_bytes()[:40] + b"\xf0\xff\xff\xff" + tone().to_bytes()[44:]
    ),
    "a recording of an hour": lambda: recording_of(silence(301, 4_000).to_bytes()),
    "a recording of nothing": lambda: recording_of(Wav(16_000, tone().samples[:9]).to_bytes()),
    "a recording at no rate": lambda: recording_of(Wav(1, tone(0.001).samples).to_bytes()),
    "a recording named otherwise": lambda: recording_of(tone().to_bytes(), "hello.wav"),
    "a recording that leads out": lambda: recording_of(tone().to_bytes(), "../../run.wav"),
    "a recording in other digits": lambda: assessment_of("٢٠٢٦-11-20T09-00-00.json"),
    "more recordings than a life has": lambda: pack(
        "Eve", {f"messages/{number:016x}.wav": b"" for number in range(2_001)}
    ),
    "a bank of other files": lambda: bank_of(file="settings.json"),
    "a bank that leads out": lambda: bank_of(file="../../settings.json"),
    "a bank of numbers": lambda: bank_of(file=7),
    "a bank that clears the screen": lambda: bank_of(phrase="\033[2J"),
    "a bank of half a character": lambda: bank_of(phrase="\ud800"),
    "a phrase without end": lambda: bank_of(phrase="a " * 9_999),
    "an assessment of a newer version": lambda: assessment_of(version=2),
    "an assessment without an outcome": lambda: assessment_of(recommendation=None),
    "an assessment that clears the screen": lambda: assessment_of(created="\033[2J"),
    "an assessment with NaN": lambda: assessment_of(figures=float("nan")),
    "an assessment nested without end": lambda: pack(
        "Eve", {"assessments/2026-11-20T09-00-00.json": b"[" * 60_000}
    ),
    "learned words that are foreign": lambda: pack("Eve", {"learned.jsonl": b'{"hello": 1}\n'}),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_archive_is_refused_in_one_line_and_nothing_changes(
    ana: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    path = tmp_path / "eve.zip"
    path.write_bytes(HOSTILE[what]())
    before = tree(tmp_path)
    assert run(tmp_path / "home", "import", path) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("gazetalk: ")
    assert told.err.count("\n") == 1
    assert len(told.err) < 500
    assert told.err.rstrip("\n").isprintable()
    assert "importing-" not in told.err
    assert tree(tmp_path) == before
    assert run(tmp_path / "empty" / "home", "import", path) == 2
    assert tree(tmp_path) == before, "not even a folder is made for it"


@given(
    cut=st.integers(0, 600),
    change=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=4),
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_damaged_archive_is_taken_as_it_was_or_refused(
    tmp_path: Path, cut: int, change: list[tuple[int, int]]
) -> None:
    content = bytearray(pack("Eve", SETTINGS))
    for at, value in change:
        content[at % len(content)] = value
    path = tmp_path / "eve.zip"
    path.write_bytes(bytes(content[: len(content) - cut] if cut % 2 else content))
    home = tmp_path / "home"
    code = run(home, "import", path, "Eve", "--replace")
    assert code in (0, 2)
    if code == 0:
        assert tree(find_profile(home, "Eve").folder) == SETTINGS
