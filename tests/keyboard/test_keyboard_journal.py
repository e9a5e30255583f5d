"""Nothing said is lost: a killed program, a torn line, a full disk, a garbled file."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetalk.keyboard import journal as journal_module
from gazetalk.keyboard.journal import Journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "journal.jsonl"


def test_the_last_text_is_found_again(path: Path) -> None:
    writer = Journal(path)
    assert writer.restore() is None
    for text in ["h", "hi", "hi «Đặng» 👋 \n\t\"'"]:
        writer.write(text)
    reader = Journal(path)  # the writer was not closed, as after a crash
    assert reader.restore() == "hi «Đặng» 👋 \n\t\"'"
    assert reader.problem is None


def test_writing_goes_on_from_what_was_found(path: Path) -> None:
    Journal(path).write("one")
    second = Journal(path)
    second.restore()
    second.write("one two")
    assert Journal(path).restore() == "one two"
    assert path.read_text().count("\n") == 2


def test_a_finished_text_is_not_brought_back(path: Path) -> None:
    writer = Journal(path)
    writer.write("done with")
    writer.finish()
    assert Journal(path).restore() is None
    writer.write("and on")
    assert Journal(path).restore() == "and on"


def test_a_line_cut_short_is_dropped_and_does_not_spoil_the_next(path: Path) -> None:
    Journal(path).write("whole")
    with path.open("ab") as file:
        file.write(b'{"text": "whole bu')
    second = Journal(path)
    assert second.restore() == "whole" and second.problem is None
    second.write("whole again")
    assert Journal(path).restore() == "whole again"


@pytest.mark.parametrize("tail", [b"\0" * 512, b"\xff\xfe", b"[" * 100_000, b'{"text": 3}'])
def test_whatever_a_power_cut_leaves_at_the_end_is_dropped(path: Path, tail: bytes) -> None:
    Journal(path).write("whole")
    path.write_bytes(path.read_bytes() + tail)
    assert Journal(path).restore() == "whole"


def test_only_the_line_break_cut_off_loses_nothing(path: Path) -> None:
    Journal(path).write("whole")
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert Journal(path).restore() == "whole"
    assert Journal(path).restore() == "whole"


def test_a_garbled_journal_is_set_aside_and_told_of(path: Path) -> None:
    path.parent.mkdir()
    for number in (1, 2):
        path.write_bytes(b"\x00\x01 not a journal\nat all\n")
        found = Journal(path)
        assert found.restore() is None
        assert found.problem is not None and f"journal.jsonl.broken-{number}" in found.problem
        assert path.with_name(f"journal.jsonl.broken-{number}").read_bytes().startswith(b"\x00\x01")
        found.write("new")
        assert Journal(path).restore() == "new"


def test_what_a_damaged_journal_still_holds_is_found(path: Path) -> None:
    Journal(path).write("still here")
    path.write_bytes(path.read_bytes() + b"damage\n")
    found = Journal(path)
    assert found.restore() == "still here" and found.problem is not None
    assert Journal(path).restore() == "still here"


def test_a_folder_in_its_place_is_set_aside(path: Path) -> None:
    path.mkdir(parents=True)
    found = Journal(path)
    assert found.restore() is None and found.problem is not None
    found.write("on")
    assert Journal(path).restore() == "on"


def test_a_long_journal_is_shortened_and_keeps_its_text(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "LONG_BYTES", 500)
    writer = Journal(path)
    for length in range(200):
        writer.write("x" * length)
        assert path.stat().st_size < 1000
    assert Journal(path).restore() == "x" * 199


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the profile private by its folder")
def test_only_the_owner_may_read_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = os.umask(0)
    try:
        Journal(path).write("private")
        assert path.stat().st_mode & 0o077 == 0
        monkeypatch.setattr(journal_module, "LONG_BYTES", 1)
        Journal(path).write("private too")
        assert path.stat().st_mode & 0o077 == 0
    finally:
        os.umask(old)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_an_oserror_and_keeps_what_was_there(path: Path) -> None:
    writer = Journal(path)
    writer.write("kept")
    real, fails = os.write, iter([True])

    def cut_short(handle: int, data: bytes) -> int:
        """Write half a line, then have no space left."""
        if next(fails, None):
            return real(handle, data[: len(data) // 2])
        full = os.open("/dev/full", os.O_WRONLY)
        try:
            return real(full, data)
        finally:
            os.close(full)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", cut_short)
        with pytest.raises(OSError, match="No space"):
            writer.write("kept and lost")
    assert Journal(path).restore() == "kept"
    writer.write("kept and back")
    assert Journal(path).restore() == "kept and back"


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_a_killed_program_loses_nothing(path: Path) -> None:
    program = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from gazetalk.keyboard.composer import Composer\n"
        "from gazetalk.keyboard.journal import Journal\n"
        "composer = Composer(Journal(Path(sys.argv[1])))\n"
        "for letter in 'help me': composer.type(letter)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert Journal(path).restore() == "help me"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(st.binary(max_size=200) | st.sampled_from([b"{}\n", b'{"text": "\\ud800"}\n', b"\n\n"]))
def test_any_file_restores_without_an_exception_and_can_be_written(
    path: Path, content: bytes
) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    found = Journal(path)
    text = found.restore()
    assert text is None or text.encode()
    found.write("after")
    assert Journal(path).restore() == "after"
    found.close()
