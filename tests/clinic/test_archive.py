"""A profile travels whole in one file; whatever else such a file holds, nothing at home changes."""

import hashlib
import io
import json
import os
import sqlite3
import stat
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.cli import main
from gazetalk.clinic.archive import KINDS, pack
from gazetalk.clinic.drifting import save_drift
from gazetalk.clinic.pacing import save_pace
from gazetalk.clinic.profile import Profile, find_profile, load_model, save_calibration, save_check
from gazetalk.clinic.sessions import SessionFigures, SessionLog
from gazetalk.clinic.settings import change_setting, load_settings
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard import quick_talk
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.learner import PersonalLanguage
from gazetalk.keyboard.packs import find_pack, load_pack
from gazetalk.keyboard.said import LEARNED, SaidFile
from gazetalk.paths import shipped
from gazetalk.tracking.calibration import Calibration, calibrate
from gazetalk.tracking.drift import DriftState
from gazetalk.tracking.procedure import load_procedure
from gazetalk.tracking.resume import SHIFTED, Resumed
from tests.tracking.conftest import eyes_looking_at

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    rng = np.random.default_rng(5)
    targets = load_procedure(shipped("calibration") / "quick.toml").schedule(DEFAULT_SCREEN)
    eyes = [
        eyes_looking_at(target.x_px, target.y_px, t_s, noise_mm=0.02, rng=rng)
        for target in targets
        for t_s in np.arange(target.start_s, target.end_s, 1 / 30)
    ]
    return calibrate(eyes, targets, DEFAULT_SCREEN, (0.0, 8.0))


@pytest.fixture
def ana(tmp_path: Path, calibration: Calibration) -> Profile:
    """Somebody who has used everything."""
    profile = find_profile(tmp_path / "home", "Ana")
    save_calibration(profile, calibration, None)
    save_check(profile, Resumed(SHIFTED, (10.0, 0.0), 31.0, 6.0, 3))
    save_drift(profile, DriftState((3.0, -2.0), 4.0, 12, 3, 5.0))
    change_setting(profile, "learning=off")
    journal = Journal(profile.journal_path)
    journal.write("where is the zebra")
    journal.close()
    save_pace(profile, {"letter_s": 0.7, "action_s": 1.1})
    SessionLog(profile).keep(SessionFigures("2026-11-01T10:00:00+00:00", "camera", "qwerty"))
    SaidFile(profile.folder / LEARNED).add("my zebra likes carrots.", date(2026, 11, 1))
    shipped_phrases = Path(quick_talk.__file__).with_name("phrases.toml")
    (profile.folder / "phrases.toml").write_bytes(shipped_phrases.read_bytes())
    return profile


def run(home: Path, *words: str | Path) -> int:
    return main(["profile", *map(str, words), "--data-dir", str(home)])


def tree(home: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(home)): path.read_bytes() if path.is_file() else None
        for path in sorted(home.rglob("*"))
    }


def test_the_whole_profile_arrives_on_another_machine(ana: Profile, tmp_path: Path) -> None:
    """To the byte, and so to the figure: gaze, settings, text, words."""
    assert run(tmp_path / "home", "export", "Ana", tmp_path / "a.zip") == 0
    assert run(tmp_path / "other", "import", tmp_path / "a.zip") == 0
    there = find_profile(tmp_path / "other", "Ana")
    assert tree(there.folder) == tree(ana.folder)
    assert set(tree(there.folder)) == set(KINDS)
    eyes = eyes_looking_at(700.0, 300.0, 1.0)
    models = [load_model(profile) for profile in (ana, there)]
    assert models[0] is not None
    assert models[1] is not None
    assert models[0].locate(eyes) == models[1].locate(eyes)
    assert load_settings(there) == load_settings(ana)
    assert Journal(there.journal_path).restore() == "where is the zebra"
    languages = [
        PersonalLanguage(load_pack(find_pack("english")), SaidFile(p.folder / LEARNED))
        for p in (ana, there)
    ]
    suggested = [language.suggest("my ", "z", 3) for language in languages]
    assert suggested[0] == suggested[1]
    assert suggested[0][0].word == "zebra"


@pytest.mark.skipif(os.name != "posix", reason="owners and their rights are POSIX's")
def test_what_arrives_is_its_owners_alone(ana: Profile, tmp_path: Path) -> None:
    run(tmp_path / "home", "export", "Ana", tmp_path / "a.zip")
    run(tmp_path / "other", "import", tmp_path / "a.zip", "Bo")
    folder = find_profile(tmp_path / "other", "Bo").folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) == 0o600


def test_without_text_nothing_that_was_written_leaves(
    ana: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path / "home", "export", "Ana", tmp_path / "a.zip", "--without-text")
    assert "diary" not in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        contents = [archive.read(info) for info in archive.infolist()]
    assert not any(b"zebra" in content for content in contents)
    run(tmp_path / "home", "export", "Ana", tmp_path / "b.zip")
    assert "diary" in capsys.readouterr().out


def test_a_profile_gives_way_only_when_asked_to(
    ana: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    run(home, "export", "Ana", tmp_path / "a.zip")
    change_setting(ana, "mending=off")
    before = tree(home)
    assert run(home, "import", tmp_path / "a.zip") == 2
    assert "--replace" in capsys.readouterr().err
    assert tree(home) == before
    assert run(home, "import", tmp_path / "a.zip", "--replace") == 0
    assert load_settings(ana).mending
    assert sorted(path.name for path in ana.folder.parent.iterdir()) == ["Ana"]


def test_a_copy_is_the_same_under_another_name(ana: Profile, tmp_path: Path) -> None:
    assert run(tmp_path / "home", "copy", "Ana", "Ana at home") == 0
    assert tree(find_profile(tmp_path / "home", "Ana at home").folder) == tree(ana.folder)
    assert run(tmp_path / "home", "copy", "Ana", "../x") == 2


def test_an_export_overwrites_nothing(ana: Profile, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("mine")
    assert run(tmp_path / "home", "export", "Ana", tmp_path / "a.zip") == 2
    assert (tmp_path / "a.zip").read_text() == "mine"


def zipped(files: Files, /, **fields: object) -> bytes:
    """An archive as `pack` makes them, with other fields in its manifest."""
    with zipfile.ZipFile(io.BytesIO(pack("Eve", files))) as archive:
        manifest = {**json.loads(archive.read("manifest.json")), **fields}
    return raw({"manifest.json": json.dumps(manifest).encode(), **files})


def raw(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
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


def bomb_in_the_model() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights.npy", b"\0" * (80 << 20))
    return pack("Eve", {"calibration.npz": inner.getvalue()})


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
    "a manifest too large": lambda: raw({"manifest.json": b" " * 100_000}),
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
    assert "importing-" not in told.err
    assert tree(tmp_path) == before


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
