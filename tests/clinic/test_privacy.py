"""What a person writes is in no log, report or archive's list: searched for in every file."""

import json
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from gazetalk.cli import main
from gazetalk.clinic.language_log import FILE as LOG
from gazetalk.clinic.language_log import read_log
from gazetalk.clinic.profile import find_profile
from gazetalk.clinic.sessions import FILE, read_sessions
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.said import LEARNED
from gazetalk.paths import shipped
from tests.clinic.conftest import run

DEMO = f"session:{shipped('calibration') / 'demo'}"
LEFT = "quokka zanzibar"  # the text that an earlier session left unfinished
THEIRS = {"journal.jsonl", LEARNED, LOG}  # where a person's words belong


@pytest.mark.parametrize("agreed", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_words_written_through_the_whole_app_are_in_no_other_file(
    tmp_path: Path, agreed: bool
) -> None:
    """The embedded recording types with its eyes, after marker words that an earlier session left;
    then everything that can be written about the profile is written. A log of them is kept only
    with consent, and in one file only."""
    home = tmp_path / "home"
    profile = find_profile(home, "Ana")
    profile.create()
    journal = Journal(profile.journal_path)
    journal.write(f"{LEFT} ")
    journal.close()
    where = ["--data-dir", str(home), "--profile", "Ana"]
    if agreed:
        consent = ["consent", "Ana", "language_log", "--stated", "blinked twice for yes"]
        assert run(home, *consent) == run(home, "set", "Ana", "language_log=on") == 0
    else:
        change = {"language_log": True}
        (profile.folder / "settings.json").write_text(json.dumps(change))  # by hand, unasked
    note = run(home, "note", "Ana", "tired today, lamp moved")
    assert note == run(home, "set", "Ana", "partner=window") == 0
    transcript = tmp_path.parent / f"{tmp_path.name}.jsonl"  # asked for, and full of words
    assert (
        main(["talk", "--headless", "--source", DEMO, *where, "--transcript", str(transcript)]) == 0
    )
    events = [json.loads(line) for line in transcript.read_text().splitlines()]
    transcript.unlink()
    (session,) = read_sessions(profile)
    pieces = [event["piece"] for event in events if event["event"] == "committed"]
    assert session.characters == len("".join(pieces)) > 10
    assert session.selections == sum(event["event"] == "selected" for event in events)
    measured = next(event for event in events if event["event"] == "calibrated")["validation"]
    assert session.error_mm == pytest.approx(measured["offset"]["mm"])
    written = profile.journal_path.read_bytes()
    typed = [each for each in _texts(written) if each.startswith(LEFT) and each != f"{LEFT} "]
    words = typed[-1].split()
    # Single words of what the eyes type stand in a report too ("eyes"), but no two in a row.
    markers = [*LEFT.split(), *(" ".join(pair) for pair in pairwise(words))]
    assert len(markers) > 4
    out = tmp_path / "out"
    more = ["--out", str(out / "r.html"), "--json", str(out / "r.json")]
    out.mkdir()
    assert main(["report", *where, *more, "--csv", str(out / "r.csv")]) == 0
    archive = out / "ana.zip"
    assert main(["profile", "export", "Ana", str(archive), "--data-dir", str(home)]) == 0
    assert run(home, "help-file", "Ana", str(out / "help.json")) == 0
    record = ["record", str(out / "recorded"), "--source", DEMO, "--landmarks-only"]
    assert main([*record, "--seconds", "1"]) == 0
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(out / "archive")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert LOG not in {path.name for path in (out / "archive").rglob("*")}
    made = {"manifest.json", FILE, "r.html", "r.csv", "help.json", "session.json"}
    assert made <= {path.name for path in files}
    found = {
        (path.name, word)
        for path in files
        for word in markers
        if path.name not in THEIRS and word.encode() in path.read_bytes().lower()
    }
    assert found == set()
    logged = [output.output for output in read_log(profile.folder / LOG)]
    assert bool(logged) == (profile.folder / LOG).exists() == agreed
    assert not agreed or set(pieces) <= {*logged, " "}, "and then it holds them"


def _texts(journal: bytes) -> list[str]:
    return [str(json.loads(line).get("text", "")) for line in journal.splitlines()]
