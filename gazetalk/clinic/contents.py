"""What of a profile travels in an archive, by name, and how each file is checked.

Only names that stand here, or that have a form that stands here, are ever taken or written.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gazetalk.clinic.assessments import FOLDER as ASSESSMENTS
from gazetalk.clinic.assessments import read_assessment
from gazetalk.clinic.drifting import FILE as DRIFT
from gazetalk.clinic.drifting import drift_line
from gazetalk.clinic.language_log import FILE as LOG
from gazetalk.clinic.language_log import LARGEST as LARGEST_LOG
from gazetalk.clinic.language_log import read_log
from gazetalk.clinic.notes import FILE as NOTES
from gazetalk.clinic.notes import LARGEST, check_notes
from gazetalk.clinic.pacing import FILE as PACE
from gazetalk.clinic.pacing import load_pace
from gazetalk.clinic.packing import PACKED, json_object
from gazetalk.clinic.profile import Profile, check_line, load_model, load_quality
from gazetalk.clinic.sessions import FILE as SESSIONS
from gazetalk.clinic.sessions import read_sessions
from gazetalk.clinic.settings import FILE as SETTINGS
from gazetalk.clinic.settings import load_settings
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.quick_talk import load_phrases
from gazetalk.keyboard.said import LEARNED, LONGEST, MOST, SaidFile
from gazetalk.speech.bank import FOLDER as MESSAGES
from gazetalk.speech.bank import INDEX, SHORTEST_S, MessageBank
from gazetalk.speech.wav import Wav

PHRASES = "phrases.toml"
_MB = 1 << 20
MOST_MODEL = 64 * _MB  # bytes of a calibration's numbers, unpacked
MOST_PHRASES = 256 << 10
# Python's TOML takes time and memory by the square of a dotted key's parts, and a key cannot leave
# its line: 64 KiB of one took 19 s and 4 GB, all the above in lines of so many 0.6 s and 150 MB.
MOST_DOTS = 200
LONGEST_RECORDING_S = 300.0  # a told story; phrases take seconds
LOWEST_HZ, HIGHEST_HZ = 4_000, 192_000  # of sound: below it no words are left
LONGEST_PHRASE = 2_000  # characters


@dataclass(frozen=True)
class Kind:
    """A file of a profile that travels. most: bytes. check: reads it, given the profile and the
    file's path in it, raising ValueError when that cannot be. text: it holds what the person wrote
    or said. dear: it cannot be made again, so none gives way to an archive without it. only: it
    travels only when asked for by this name."""

    most: int
    check: Callable[[Profile, Path], object]
    text: bool = False
    dear: bool = False
    only: str = ""


def kind_of(name: str) -> Kind:
    """How a file of this name, such as "messages/messages.json", travels. Raises KeyError when it
    does not."""
    if name in KINDS:
        return KINDS[name]
    for form, kind in FORMS.items():
        if re.fullmatch(form, name):
            return kind
    raise KeyError(name)


def most_of(name: str) -> int | None:
    """How many bytes a file of this name may have; None when it does not travel."""
    try:
        return kind_of(name).most
    except KeyError:
        return None


def travelling(profile: Profile) -> list[str]:
    """The names of the files in a profile's folder that travel."""
    forms = [path for folder in FOLDERS for path in sorted((profile.folder / folder).glob("*"))]
    paths = [*(profile.folder / name for name in KINDS), *forms]
    names = [path.relative_to(profile.folder).as_posix() for path in paths if path.is_file()]
    return [name for name in names if most_of(name) is not None]


def staying(folder: Path) -> list[str]:
    """What lies in a profile's folder and is in no archive."""
    if not folder.is_dir():
        return []
    inside = [path for each in FOLDERS for path in (folder / each).glob("*")]
    top = [path for path in folder.iterdir() if path.name not in FOLDERS]
    names = [path.relative_to(folder).as_posix() for path in (*top, *inside)]
    return sorted(name for name in names if most_of(name) is None)


def _reads(load: Callable[[Profile], object]) -> Callable[[Profile, Path], object]:
    """A check by what reads such a file of a profile in use."""
    return lambda profile, path: load(profile)


def _check_model(profile: Profile, path: Path) -> None:
    with zipfile.ZipFile(path) as arrays:
        if sum(info.file_size for info in arrays.infolist()) > MOST_MODEL:
            raise ValueError("it unpacks to more than any calibration holds")
        if any(info.compress_type not in PACKED for info in arrays.infolist()):
            raise ValueError("it is packed in another way")
    load_model(profile)


def _check_quality(profile: Profile, path: Path) -> None:
    json_object(path.read_bytes())
    load_quality(profile)


def _check_check(profile: Profile, path: Path) -> None:
    found = json_object(path.read_bytes())
    if not all(isinstance(found.get(name), str) for name in ("created", "words")):
        raise ValueError("not what a check came to")
    _check_line(check_line(profile))


def _check_drift(profile: Profile, path: Path) -> None:
    _check_line(drift_line(profile) or "")


def _check_line(line: str) -> None:
    """It is shown in a terminal, which obeys control characters."""
    if not line.isprintable():
        raise ValueError("it holds control characters")


def _check_pace(profile: Profile, path: Path) -> None:
    _, problem = load_pace(profile)
    if problem:
        raise ValueError(problem)


def _check_phrases(profile: Profile, path: Path) -> None:
    if any(line.count(b".") > MOST_DOTS for line in path.read_bytes().split(b"\n")):
        raise ValueError(f"a line has more than {MOST_DOTS} dots: divide it")
    load_phrases(path)


def _check_journal(profile: Profile, path: Path) -> None:
    """By its own reader, which mends what it can: so a copy."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / path.name)
        journal.path.write_bytes(path.read_bytes())
        journal.restore()
    if journal.problem:
        raise ValueError("it holds lines that are not a journal's")


def _check_learned(profile: Profile, path: Path) -> None:
    said = SaidFile(path).said
    if len(said) > MOST or any(len(each.text) > LONGEST for each in said):
        raise ValueError("it holds more than is ever learned")
    for each in said:
        each.text.encode()  # half a surrogate pair could be neither shown nor spoken


def _check_assessment(profile: Profile, path: Path) -> None:
    json_object(path.read_bytes())
    _check_line(str(read_assessment(path).get("created", "")))


def _check_recording(profile: Profile, path: Path) -> None:
    sound = Wav.read(path)
    if not LOWEST_HZ <= sound.rate <= HIGHEST_HZ:
        raise ValueError(f"{sound.rate} samples a second are no voice")
    if not SHORTEST_S / 2 <= sound.duration_s <= LONGEST_RECORDING_S:
        raise ValueError(f"{sound.duration_s:.2f} s are no recording of a phrase")


def _check_bank(profile: Profile, path: Path) -> None:
    """A recording that is missing is no fault: the voice says that phrase."""
    json_object(path.read_bytes())
    for message in MessageBank(path.parent).messages:
        if not re.fullmatch(RECORDING, f"{MESSAGES}/{message.path.name}"):
            raise ValueError(f"{message.path.name[:40]!r} is no recording's name")
        if len(message.phrase) > LONGEST_PHRASE:
            raise ValueError("a phrase is longer than can be said")
        _check_line(message.phrase)
        message.phrase.encode()


RECORDING = rf"{MESSAGES}/[0-9a-f]{{16}}\.wav"
KINDS: Mapping[str, Kind] = {
    "calibration.npz": Kind(16 * _MB, _check_model),
    "calibration.json": Kind(_MB, _check_quality),
    "check.json": Kind(_MB, _check_check),
    SETTINGS: Kind(_MB, _reads(load_settings)),
    DRIFT: Kind(_MB, _check_drift),
    PACE: Kind(_MB, _check_pace),
    SESSIONS: Kind(32 * _MB, _reads(read_sessions)),
    PHRASES: Kind(MOST_PHRASES, _check_phrases, text=True),
    "journal.jsonl": Kind(8 * _MB, _check_journal, text=True),
    LEARNED: Kind(32 * _MB, _check_learned, text=True),
    NOTES: Kind(LARGEST, lambda profile, path: check_notes(path), dear=True, only="notes"),
    LOG: Kind(
        LARGEST_LOG, lambda profile, path: read_log(path), text=True, dear=True, only="language-log"
    ),
    f"{MESSAGES}/{INDEX}": Kind(4 * _MB, _check_bank, text=True, dear=True),
}
FORMS: Mapping[str, Kind] = {
    rf"{ASSESSMENTS}/[0-9]{{4}}(-[0-9]{{2}}){{2}}T[0-9]{{2}}(-[0-9]{{2}}){{2}}\.json": Kind(
        _MB, _check_assessment, dear=True
    ),
    RECORDING: Kind(32 * _MB, _check_recording, text=True, dear=True),
}
FOLDERS = (ASSESSMENTS, MESSAGES)
