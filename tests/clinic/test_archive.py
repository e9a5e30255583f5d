"""A profile travels whole in one file, and nothing of it is lost on the way without a word."""

import os
import stat
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.cli import main
from gazetalk.clinic.contents import KINDS, travelling
from gazetalk.clinic.pacing import save_pace
from gazetalk.clinic.profile import Profile, find_profile, load_model
from gazetalk.clinic.settings import change_setting, load_settings
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.learner import PersonalLanguage
from gazetalk.keyboard.packs import find_pack, load_pack
from gazetalk.keyboard.said import LEARNED, SaidFile
from gazetalk.speech.bank import FOLDER, MessageBank
from gazetalk.speech.wav import Wav
from tests.clinic.conftest import run, tree
from tests.tracking.conftest import eyes_looking_at


def test_the_whole_profile_arrives_on_another_machine(ana: Profile, tmp_path: Path) -> None:
    """To the byte, and so to the figure: gaze, settings, text, words."""
    assert run(tmp_path / "home", "export", "Ana", tmp_path / "a.zip") == 0
    assert run(tmp_path / "other", "import", tmp_path / "a.zip") == 0
    there = find_profile(tmp_path / "other", "Ana")
    assert tree(there.folder) == tree(ana.folder)
    assert {n for n, kind in KINDS.items() if not kind.only} < set(travelling(ana))
    assert set(travelling(there)) == {name for name, each in tree(ana.folder).items() if each}
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
    heard = [MessageBank(p.folder / FOLDER).find("my zebra") for p in (ana, there)]
    sounds = [Wav.read(message.path).to_bytes() for message in heard if message]
    assert sounds[0] == sounds[1]
    assert (
        main(["assess", "--accept", "--profile", "Ana", "--data-dir", str(tmp_path / "other")]) == 0
    )
    assert load_settings(there).layout == "words"


@pytest.mark.skipif(os.name != "posix", reason="owners and their rights are POSIX's")
def test_what_arrives_is_its_owners_alone(ana: Profile, tmp_path: Path) -> None:
    run(tmp_path / "home", "export", "Ana", tmp_path / "a.zip")
    run(tmp_path / "other", "import", tmp_path / "a.zip", "Bo")
    folder = find_profile(tmp_path / "other", "Bo").folder
    rights = {
        is_folder: {
            stat.S_IMODE(path.stat().st_mode)
            for path in (folder, *folder.rglob("*"))
            if path.is_dir() == is_folder
        }
        for is_folder in (True, False)
    }
    assert rights == {True: {0o700}, False: {0o600}}
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


@pytest.mark.parametrize("fault", [OSError("full"), KeyboardInterrupt()])
def test_the_old_profile_is_there_again_when_the_new_one_cannot_take_its_place(
    ana: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    run(tmp_path / "home", "export", "Ana", tmp_path / "a.zip")
    change_setting(ana, "mending=off")
    before = tree(tmp_path)
    rename = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if path.name.startswith(".importing-"):
            raise fault
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    assert run(tmp_path / "home", "import", tmp_path / "a.zip", "--replace") != 0
    monkeypatch.undo()
    assert tree(tmp_path) == before


def test_what_cannot_be_made_again_never_gives_way_to_an_archive_without_it(
    ana: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Recordings of a voice that is gone, and what no archive has at all."""
    home = tmp_path / "home"
    (ana.folder / "my own.txt").write_text("about Ana")
    assert run(home, "export", "Ana", tmp_path / "a.zip", "--without-text") == 0
    assert "left out: my own.txt" in capsys.readouterr().out
    before = tree(home)
    assert run(home, "import", tmp_path / "a.zip", "--replace") == 2
    assert "messages, my own.txt" in capsys.readouterr().err
    assert tree(home) == before


def test_a_damaged_recording_is_left_out_and_its_phrase_is_said_by_the_voice(
    ana: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (recording,) = (ana.folder / FOLDER).glob("*.wav")
    recording.write_bytes(recording.read_bytes()[:-100])
    assert run(tmp_path / "home", "export", "Ana", tmp_path / "a.zip") == 0
    assert f"left out: messages/{recording.name} (cut short" in capsys.readouterr().out
    assert run(tmp_path / "other", "import", tmp_path / "a.zip") == 0
    assert not list((find_profile(tmp_path / "other", "Ana").folder / FOLDER).glob("*.wav"))


def test_more_than_an_archive_holds_is_refused_before_anything_is_written(
    ana: Profile,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gazetalk.clinic.archive.MOST_ARCHIVE", 530_000)
    assert run(tmp_path / "home", "export", "Ana", tmp_path / "a.zip") == 2
    assert "--without-text" in capsys.readouterr().err
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("calibration.npz", b"of an older version"),
        ("phrases.toml", b"= = ="),
        ("learned.jsonl", b"{"),
        ("sessions.sqlite", b"SQLite no"),
    ],
)
def test_what_is_damaged_is_left_out_and_told_so_that_the_rest_arrives(
    ana: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, content: bytes
) -> None:
    """The app goes on without such files; an archive with one would be refused when needed."""
    (ana.folder / file).write_bytes(content)
    before = tree(tmp_path / "home")
    assert run(tmp_path / "home", "export", "Ana", tmp_path / "a.zip") == 0
    assert f"left out: {file} (" in capsys.readouterr().out
    assert tree(tmp_path / "home") == before
    assert run(tmp_path / "other", "import", tmp_path / "a.zip") == 0
    there = tree(find_profile(tmp_path / "other", "Ana").folder)
    assert there == {name: each for name, each in tree(ana.folder).items() if name != file}


def test_a_journal_that_a_crash_cut_short_travels_with_its_text(
    ana: Profile, tmp_path: Path
) -> None:
    with ana.journal_path.open("ab") as file:
        file.write(b'{"text": "where is the zeb')
    before = tree(ana.folder)
    run(tmp_path / "home", "export", "Ana", tmp_path / "a.zip")
    assert run(tmp_path / "other", "import", tmp_path / "a.zip") == 0
    there = find_profile(tmp_path / "other", "Ana")
    assert tree(there.folder) == before
    assert Journal(there.journal_path).restore() == "where is the zebra"


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@given(
    on=st.dictionaries(st.sampled_from(["learning", "mending", "rechecks"]), st.booleans()),
    pace=st.dictionaries(st.sampled_from(["letter_s", "action_s"]), st.floats(0.3, 1.2)),
    written=st.lists(TEXT, max_size=4),
    said=st.lists(st.text("abc '.,zé", max_size=30), max_size=4),
)
@settings(max_examples=15, deadline=None)
def test_whatever_a_person_has_arrives_to_the_byte(
    on: dict[str, bool], pace: dict[str, float], written: list[str], said: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        here = find_profile(folder / "home", "Ana")
        here.create()
        for field, value in on.items():
            change_setting(here, f"{field}={'on' if value else 'off'}")
        save_pace(here, pace)
        journal = Journal(here.journal_path)
        for text in written:
            journal.write(text)
        journal.close()
        for text in said:
            SaidFile(here.folder / LEARNED).add(text, date(2026, 11, 1))
        assert run(folder / "home", "export", "Ana", folder / "a.zip") == 0
        assert run(folder / "other", "import", folder / "a.zip") == 0
        assert tree(find_profile(folder / "other", "Ana").folder) == tree(here.folder)
