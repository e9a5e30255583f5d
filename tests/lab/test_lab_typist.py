"""The simulated typist writes what it is told when it sees well, and its figures add up."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from gazetalk.cli import main
from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.layout import load_layout
from gazetalk.lab.bench_typing import BenchError, distance, figures, read_phrases
from gazetalk.lab.letter_typist import LetterTypist
from gazetalk.lab.looks import GaussianLooks, NoiseError, RecordedLooks, read_noise
from gazetalk.lab.typist import Habits, WordTypist, Written

WORDS = sorted(
    [
        *("i", "want", "some", "tea", "with", "milk", "the", "then"),
        *("water", "hello", "help", "me", "please"),
    ]
)
SIZE = (1920, 1080)
HEADER = "participant,point,t_ms,target_x,target_y,gaze_x,gaze_y\n"


class Even:
    words = WORDS

    def log_probabilities(self, context: str) -> np.ndarray:
        return np.full(len(WORDS), -np.log(len(WORDS)), dtype=np.float32)


def looks(sigma: float, seed: int = 0, **kinds: float) -> GaussianLooks:
    return GaussianLooks(np.random.default_rng(seed), 192.0, 1920, sigma, sigma / 2, **kinds)


def word_typist(layout: str, sigma: float, habits: Habits | None = None) -> WordTypist:
    eyes = looks(sigma)
    switch = layout == "large"
    random = np.random.default_rng(1)
    given = habits or Habits()
    return WordTypist(load_layout(layout), Even(), eyes, eyes.aim(), SIZE, random, given, switch)


@pytest.mark.parametrize("layout", ["words", "large"])
@pytest.mark.parametrize("sigma", [0.0, 0.4])
def test_words_come_out_as_told(layout: str, sigma: float) -> None:
    written = word_typist(layout, sigma).write("please help me with some tea")
    assert (written.text, written.failed_words) == ("please help me with some tea", 0)
    assert written.selections < 2 * len(written.phrase)


def test_a_failing_switch_and_overlooked_words_cost_selections_but_no_words() -> None:
    habits = Habits(overlooks=0.5, switch_fails=0.5)
    hard = [word_typist("large", 0.3, habits).write("i want some water") for _ in range(2)]
    easy = word_typist("large", 0.3).write("i want some water")
    assert hard[0].text == easy.text == "i want some water"
    assert hard[0] == hard[1]
    assert hard[0].selections > easy.selections


def test_what_was_overlooked_may_be_seen_when_it_comes_again() -> None:
    """Not while it stays where it is, but once something else was shown in between."""
    typist = word_typist("large", 0.0)
    entry = typist._entry
    first = entry.offered
    typist._overlooked = first
    assert not typist._notices(first[0])
    entry.press(entry.board.key("t"), 1.0)
    assert entry.offered != first
    typist._notices(first[0])
    entry.restart()
    assert entry.offered == first
    assert typist._notices(first[0])


def test_a_word_that_cannot_be_written_fails_and_the_rest_goes_on() -> None:
    written = word_typist("large", 0.1).write("i want zzqxj tea")
    assert written.failed_words <= 1
    assert written.text in ("i want tea", "i want zzqxj tea")


@pytest.mark.parametrize("language", [None, Even()])
def test_letter_typists_need_one_selection_a_character_at_best(
    language: object,
) -> None:
    eyes = looks(0.0)
    typist = LetterTypist(language, eyes, eyes.aim(), SIZE, Habits())  # type: ignore[arg-type]
    written = typist.write("i want tea")
    assert (written.text, written.selections, written.failed_words) == ("i want tea", 10, 0)


def test_correlated_looks_keep_their_spread_and_are_correlated() -> None:
    eyes = looks(0.5, correlation=0.9)
    points = np.array([(fix.x_px, fix.y_px) for fix in (eyes.at((0, 0), 0.0) for _ in range(4000))])
    x = points[:, 0]
    assert x.std() == pytest.approx(96, rel=0.15)
    assert np.corrcoef(x[1:], x[:-1])[0, 1] == pytest.approx(0.9, abs=0.05)


def test_figures_count_what_was_written() -> None:
    written = [Written("ab cd", "ab c", 10, 2, 1), Written("ef", "ef", 4, 1, 0)]
    told = figures(written, 0.75)
    assert told.selections_per_char == pytest.approx(2.0)
    assert told.wpm == pytest.approx(7 / 5 / (14 * 0.75 / 60))
    assert told.cer == pytest.approx(1 / 7)
    assert (told.failed_words, told.words) == (1, 3)


def test_distance() -> None:
    assert distance("kitten", "sitting") == 3
    assert distance("", "abc") == distance("abc", "") == 3


def recording(folder: Path, offset: tuple[float, float], name: str = "noise.csv") -> Path:
    rows = [
        f"p1,{point},{40 * i},{x},500,{x + offset[0]},{500 + offset[1]}"
        for point, x in enumerate([300, 1600])
        for i in range(60)
    ]
    text = HEADER + "\n".join(rows) + "\n"
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["noise.csv", "noise.csv.gz"])
def test_recorded_looks_err_as_recorded(tmp_path: Path, name: str) -> None:
    [who] = read_noise(recording(tmp_path, (30.0, -20.0), name))
    assert who.error_px == pytest.approx(np.hypot(30, 20))
    eyes = RecordedLooks(np.random.default_rng(0), who, 1920)
    fix = eyes.at((1000.0, 400.0), 1.0)
    assert (fix.x_px, fix.y_px) == pytest.approx((1030, 380))
    assert isinstance(eyes.aim(), Aim)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("participant,point\n", "t_ms"),
        (HEADER, "nobody"),
        (HEADER + "p,0,0,1,2,three,4\n", "line 2"),
    ],
)
def test_noise_that_cannot_be_used_is_refused_in_a_line(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "noise.csv"
    path.write_text(text)
    with pytest.raises(NoiseError, match=says):
        read_noise(path)
    with pytest.raises(NoiseError, match="cannot be read"):
        read_noise(tmp_path / "none.csv")


def test_phrases_that_no_key_can_write_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "phrases.txt"
    path.write_text("Hello you\n\ndon\u2019t go\n", encoding="utf-8")
    assert read_phrases(path) == ["hello you", "don't go"]
    path.write_text("fine\nwhat 4 you\n")
    with pytest.raises(BenchError, match="line 2"):
        read_phrases(path)


def test_the_command_writes_figures(tmp_path: Path) -> None:
    phrases, told = tmp_path / "phrases.txt", tmp_path / "told.json"
    phrases.write_text("help me\n")
    call = [
        "bench",
        "typing",
        "--phrases",
        str(phrases),
        "--json",
        str(told),
        "--sigma-keys",
        "0.1",
    ]
    assert main([*call, "--method", "auto"]) == 0
    figures_told = json.loads(told.read_text())
    assert figures_told["failed_words"] == 0
    assert figures_told["phrases"][0]["text"] == "help me"
    assert 0 < figures_told["selections_per_char"] < 1.2
    assert main(["bench", "typing", "--phrases", str(tmp_path / "none.txt")]) == 2


def test_two_zones_are_measured_with_looks_at_the_wrong_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong look costs looks and no word; without --wrong-side four chances are measured."""
    asked = ["bench", "typing", "--method", "two-zone", "--skip", "1", "--count", "2"]
    told = {}
    for wrong in ("0", "0.1"):
        path = tmp_path / f"{wrong}.json"
        assert main([*asked, "--wrong-side", wrong, "--json", str(path)]) == 0
        told[wrong] = json.loads(path.read_text())["overall"]
    assert told["0"]["failed_words"] == told["0.1"]["failed_words"] == 0
    assert told["0"]["cer"] == told["0.1"]["cer"] == 0
    assert told["0"]["selections_per_char"] < told["0.1"]["selections_per_char"]
    assert main([*asked, "--count", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()[-4:]
    assert [line.split(" wrong")[0] for line in lines] == ["0 %", "5 %", "10 %", "20 %"]


def test_all_conditions_come_in_one_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gazetalk.lab.bench_typing.SIGMAS", (0.3,))
    path = tmp_path / "all.json"
    assert main(["bench", "typing", "--all", "--count", "1", "--json", str(path)]) == 0
    told = json.loads(path.read_text())["conditions"]
    assert len(told) == 5
    assert all(set(of["0.3"]) == {"nearest", "auto"} for of in told.values())
    assert len(capsys.readouterr().out.splitlines()) == 1 + 2 * 5


def test_skipping_all_phrases_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "typing", "--skip", "100000"]) == 2
    assert "leaves no phrases" in capsys.readouterr().err
    assert main(["bench", "typing", "--all", "--method", "words"]) == 2
    assert "name no other" in capsys.readouterr().err
