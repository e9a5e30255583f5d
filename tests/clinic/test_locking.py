"""An export under a password: read with it alone, and trusted no more than any other."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gazetalk.clinic.locking import MAGIC, lock, unlock
from gazetalk.clinic.packing import ArchiveError, pack
from gazetalk.clinic.profile import Profile, find_profile
from tests.clinic.conftest import run, tree

pytest.importorskip("cryptography", reason='passwords need the extra "password"')
SECRET = "correct horse é"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Somebody at a terminal who types these, one after another."""

    def types(*answers: str) -> None:
        left = list(answers)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr("gazetalk.commands.profile.getpass", lambda prompt: left.pop(0))

    return types


def test_it_arrives_whole_with_the_password_and_not_without(
    ana: Profile, tmp_path: Path, typed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    path, home = tmp_path / "a.locked", tmp_path / "other"
    typed(SECRET, SECRET)
    assert run(tmp_path / "home", "export", "Ana", path, "--password") == 0
    assert b"journal" not in path.read_bytes(), "not even the files' names are legible"
    typed("another one")
    before = tree(tmp_path)
    capsys.readouterr()
    assert run(home, "import", path) == 2
    told = capsys.readouterr().err
    assert "password is wrong" in told
    assert told.count("\n") == 1
    assert tree(tmp_path) == before
    typed("correct horse e\u0301")  # the same, as another system writes it
    assert run(home, "import", path) == 0
    assert tree(find_profile(home, "Ana").folder) == tree(ana.folder)


def test_a_file_may_hold_the_password(
    ana: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, secret, other = (tmp_path / name for name in ("a.locked", "secret", "other"))
    secret.write_text(f"{SECRET}\nnot this line\n", encoding="utf-8")
    home = tmp_path / "home"
    assert run(home, "export", "Ana", path, "--password-file", secret) == 0
    assert SECRET not in capsys.readouterr().out
    assert run(other, "import", path, "--password-file", secret) == 0
    secret.write_bytes(b"\xff")
    for words in (["--password-file", secret], ["--password-file", tmp_path / "none"], []):
        assert run(other, "import", path, "Bo", *words) == 2, "no terminal asks in a test"
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("answers", [("short", "short"), (SECRET, "something else")])
def test_nothing_is_written_under_a_password_that_is_none(
    ana: Profile, tmp_path: Path, typed: Callable[..., None], answers: tuple[str, str]
) -> None:
    typed(*answers)
    assert run(tmp_path / "home", "export", "Ana", tmp_path / "a.locked", "--password") == 2
    assert not (tmp_path / "a.locked").exists()


def test_what_was_locked_is_checked_like_everything_else(
    ana: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, secret = tmp_path / "eve.locked", tmp_path / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    for content in (b"hello", pack("Eve", {"settings.json": b"[]"})):
        path.write_bytes(lock(content, SECRET))
        before = tree(tmp_path)
        assert run(tmp_path / "home", "import", path, "--password-file", secret) == 2
        assert capsys.readouterr().err.count("\n") == 1
        assert tree(tmp_path) == before


def test_a_changed_or_cut_file_is_refused() -> None:
    whole = lock(b"hello", SECRET)
    for damaged in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), MAGIC, whole[:30]):
        with pytest.raises(ArchiveError):
            unlock(damaged, SECRET)
    assert lock(b"hello", SECRET) != whole, "a new salt each time"


def test_without_the_library_one_line_says_what_to_install(
    ana: Profile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    words = ["export", "Ana", tmp_path / "a.locked", "--password-file", secret]
    assert run(tmp_path / "home", *words) == 2
    assert "gazetalk[password]" in capsys.readouterr().err
    assert not (tmp_path / "a.locked").exists()
