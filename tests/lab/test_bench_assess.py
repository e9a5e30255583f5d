"""Simulated people are assessed as they are, write as they look, and the table counts honestly."""

import json
from pathlib import Path

import numpy as np
import pytest

from gazetalk.cli import main
from gazetalk.clinic.assess import measure
from gazetalk.clinic.likely import Trial
from gazetalk.clinic.rates import METHODS, QWERTY
from gazetalk.clinic.recommend import NONE_YET, recommend
from gazetalk.keyboard.language import load_language
from gazetalk.lab.bench_assess import POINTS, Case, summary
from gazetalk.lab.fit_rates import border, fitted_trials, monotone
from gazetalk.lab.looks import Dot
from gazetalk.lab.patients import GOOD, KINDS, Source, as_kind, cast, drawn, nlgem, split, webgazer
from gazetalk.lab.simulated import SCREEN, Drawn, Recorded, Simulated, assessed
from gazetalk.lab.writing_person import Rate, rate_of, trial_of
from gazetalk.trying import TRIAL_S

NOISE = Path(__file__).resolve().parents[3] / "shared" / "data" / "noise"


def noise(error: float = 0.0, within: float = 0.0, seed: int = 1) -> Drawn:
    return Drawn(np.random.default_rng(seed), error, 0.0, 0.0, within, True, 1.0)


def person(error: float = 0.0, **more: float) -> Simulated:
    return Simulated("x", GOOD, "even", noise(error, 0.05), **more)


def test_what_a_person_is_made_of_is_measured() -> None:
    who = person(0.2, reaction_s=0.4, loss=0.2, blinks=1.0)
    seen = assessed(who, POINTS, 1.9, 6, 3.5, np.random.default_rng(2))
    figures = measure(seen.targets, seen.samples, SCREEN, 600.0, seen.closings)
    assert figures.blinking is not None
    assert (figures.blinking.found, figures.blinking.asked) == (6, 6)
    assert figures.reaction is not None
    assert figures.reaction.median_s == pytest.approx(0.4, abs=0.1)
    # Samples are lost in stretches, so that the share varies: about 20 % of 33 times 1.2 s.
    assert figures.accuracy.data_loss == pytest.approx(0.2, abs=0.08)
    assert figures.looks is not None
    assert np.hypot(*figures.looks.spread_mm) == pytest.approx(0.2 * 34.4 * 2**0.5, rel=0.3)


def test_exact_eyes_write_with_every_method_and_wild_ones_with_none() -> None:
    language, phrases = load_language(), ["please help me"]
    exact = {m: rate_of(person(), m, None, phrases, language, 1) for m in METHODS}
    assert not any(rate.fails for rate in exact.values())
    assert exact["words"].wpm > exact["qwerty"].wpm > exact["two-zone"].wpm
    wild = {m: rate_of(person(8.0), m, None, phrases, language, 1) for m in METHODS}
    assert all(rate.fails for rate in wild.values())


def test_a_trial_is_as_long_as_its_time_and_counts_what_came_out() -> None:
    language = load_language()
    good = trial_of(person(), "words", None, language, 1)
    assert good.finished
    assert good.right == good.asked
    assert good.wpm is not None
    assert good.wpm > 20
    other = trial_of(person(), "words", None, language, 1, number=1)
    assert other.finished
    assert other.asked != good.asked, "other sentences"
    wild = trial_of(person(8.0), "qwerty", None, language, 1)
    assert wild.time_up
    assert wild.seconds == TRIAL_S
    assert wild.right < 0.1 * wild.asked


def test_how_hard_a_trial_is_beside_all_the_rest_is_fitted() -> None:
    rates = {m: Rate(20.0, 1.0, 0.0, m == QWERTY) for m in METHODS}
    trials = {m: Trial(m, 100, 100, 100 / 5 / 16.0 * 60, True, False) for m in METHODS}
    harder, off = fitted_trials([(rates, trials)] * 3)
    # 20 words a minute on the whole and 16 in the trial; qwerty fails and tells nothing.
    assert "WORDS: 0.22, LARGE: 0.22" in harder
    assert "QWERTY: nan" in harder
    assert "WORDS: 0.08" in off


def test_a_recording_gives_its_halves_to_assessing_and_to_typing() -> None:
    t_ms = np.arange(60) * 33.0
    offsets = np.repeat([[10.0, 0.0], [0.0, 20.0]], 30, axis=0)
    recorded = Recorded([Dot(np.array([100.0, 100.0]), t_ms, offsets)])
    random = np.random.default_rng(1)
    assert (recorded.offsets(random, (0, 0), 40, typing=False) == [10.0, 0.0]).all()
    assert (recorded.offsets(random, (0, 0), 40, typing=True) == [0.0, 20.0]).all()


def test_people_of_all_kinds_are_cast_and_nobody_twice() -> None:
    people = tuple((f"p{k}", noise(seed=k), 0.2 + 0.02 * k) for k in range(60))
    source = Source("recorded", people)
    chosen = cast(60, [source], seed=4)
    assert [who.kind for who in chosen[:6]] == list(KINDS)
    names = [who.name for who in chosen if who.source == "recorded"]
    assert len(names) == len(set(names)) > 10
    fitting, held_out = split(source, held_out=False), split(source, held_out=True)
    assert not {p[0] for p in fitting.people} & {p[0] for p in held_out.people}
    assert len(fitting.people) + len(held_out.people) == 60


def test_only_the_fastest_that_does_not_fail_is_right() -> None:
    figures = measure([], [], SCREEN, 600.0)
    words = recommend(figures)
    assert words.method == NONE_YET

    def case(method: str, **wpm: float) -> Case:
        rates = {
            m: Rate(abs(value), 1.0, 0.0 if value > 0 else 1.0, 0.0) for m, value in wpm.items()
        }
        told = type(words)(**{**vars(words), "method": method})
        return Case(person(), figures, told, rates)

    right = case("words", words=20.0, large=10.0)
    tie = case("large", words=20.0, large=19.5)
    wrong = case("large", words=20.0, large=18.0)
    failing = case("words", words=-20.0, large=5.0)
    nothing = case(NONE_YET, words=-20.0, large=-5.0)
    shy = case(NONE_YET, words=20.0, large=5.0)
    cases = [right, tie, wrong, failing, nothing, shy]
    assert [one.strict for one in cases] == [True, False, False, False, True, False]
    assert [one.tied for one in cases] == [True, True, False, False, True, False]
    assert [one.fails for one in cases] == [False, False, False, True, False, False]
    told = summary(cases)
    assert (told["right"], told["right_with_ties"], told["recommends_failing"]) == (2, 3, 1)


def test_the_border_of_failing_and_a_rising_curve_are_fitted() -> None:
    errors = np.linspace(0.1, 1.0, 40)
    failed = errors > 0.62
    failed[5] = True  # one who failed for another reason
    limit, wrong = border(errors, failed)
    assert limit == pytest.approx(0.62, abs=0.03)
    assert wrong == 1
    rng = np.random.default_rng(3)
    logs = monotone(errors, 2 * errors + rng.normal(0, 0.2, 40), np.array([0.2, 0.4, 0.6, 0.8]))
    assert (np.diff(logs) >= 0).all()
    assert logs == pytest.approx([0.4, 0.8, 1.2, 1.6], abs=0.25)


def test_the_bench_prints_a_table_and_writes_all_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "f.json"
    assert main(["bench", "assess", "--cases", "2", "--phrases", "1", "--json", str(out)]) == 0
    told = capsys.readouterr().out
    assert "recommended" in told.splitlines()[0]
    assert "strictly" in told
    figures = json.loads(out.read_text())
    assert figures["cases_in_all"] == len(figures["cases"]) == 2
    first = figures["cases"][0]
    assert set(first["rates"]) == set(METHODS)
    assert first["right"] == (first["best"] == first["recommendation"]["method"])


def test_bad_input_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "assess", "--noise", str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main(["bench", "assess", "--puppets", str(tmp_path)]) == 2
    assert "nobody" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["bench", "assess", "--cases", "0"])


@pytest.mark.skipif(not NOISE.is_dir(), reason="needs the recorded noise in ../shared/data")
def test_real_people_are_read_and_scaled_to_our_screen() -> None:
    assert len(webgazer(NOISE).people) > 90
    people = nlgem(NOISE).people
    assert len(people) == 8
    # Their README: median errors of 0.8 to 2.2 degrees; at 60 cm a key is 3.3 degrees wide, and a
    # look of seconds is steadier than a sample.
    assert all(0.05 < error < 0.8 for _, _, error in people)


def test_kinds_differ_in_what_they_are_named_for() -> None:
    random = np.random.default_rng(1)
    tired = as_kind("x", "tiring", "even", noise(), random)
    shaking = as_kind("x", "shaking", "even", noise(), random)
    one_eye = as_kind("x", "one eye", "even", noise(), random)
    good = drawn(GOOD, "even", random)
    assert tired.tires > 1.3 > good.tires
    assert shaking.shakes_keys > 0 == good.shakes_keys
    assert one_eye.loss > good.loss
