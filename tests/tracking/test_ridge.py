"""The ridge finds a law, is not fooled by copies of one target, and knows what it never saw."""

import numpy as np
import pytest

from gazetalk.tracking.ridge import PENALTIES, Samples, best_penalty, fit_ridge

LAW = np.array([[1.0, 0.0], [0.0, 2.0], [0.5, -1.0]])


def lawful(count: int = 60, noise: float = 0.0) -> Samples:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(count, 3))
    outputs = features @ LAW + 3.0 + rng.normal(0, noise, (count, 2))
    return Samples(features, outputs, np.repeat(np.arange(6), count // 6))


def test_a_linear_law_is_found_again() -> None:
    samples = lawful()
    ridge = fit_ridge(samples, best_penalty(samples))
    assert np.allclose(ridge.predict(samples.features), samples.outputs, atol=0.01)


def test_the_penalty_is_chosen_on_targets_that_were_left_out() -> None:
    """Features that name the target but say nothing of its place deserve no weight: the heaviest
    penalty wins, though within the targets the lightest would fit best."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(8), 20)
    names = np.eye(8)[groups] + rng.normal(0, 0.01, (160, 8))
    places = rng.normal(size=(8, 2))[groups]
    assert best_penalty(Samples(names, places, groups)) == max(PENALTIES)


def test_doubt_is_small_where_samples_are_and_grows_away_from_them() -> None:
    samples = lawful(600)
    ridge = fit_ridge(samples, 1e-5)
    at_home = ridge.doubt(samples.features.mean(axis=0))
    known = np.mean([ridge.doubt(row) for row in samples.features])
    # Three features and their mean from 600 samples: each prediction carries 3 / 600 of the noise.
    assert at_home < 1e-6
    assert 0.5 * 3 / 600 < known < 1.5 * 3 / 600
    far = [ridge.doubt(np.array([reach, 0.0, 0.0])) for reach in (3.0, 10.0, 30.0)]
    assert known < far[0] < far[1] < far[2]


def test_a_prediction_strays_as_much_as_its_doubt_says() -> None:
    """Doubt times the noise's variance is the variance of predictions over many fits."""
    noise, place = 0.5, np.array([2.0, -1.0, 1.0])
    rng = np.random.default_rng(3)
    clean = lawful(60)
    predictions = []
    for _ in range(400):
        outputs = clean.outputs + rng.normal(0, noise, clean.outputs.shape)
        ridge = fit_ridge(Samples(clean.features, outputs, clean.groups), 1e-6)
        predictions.append(ridge.predict(place) - ridge.intercept)
    spread = np.var(predictions, axis=0).mean()
    doubt = fit_ridge(clean, 1e-6).doubt(place)
    # 800 numbers give their variance to within 5 % (one sd), so three of those.
    assert abs(spread / (doubt * noise**2) - 1) < 0.15


def test_a_ridge_of_weighted_features_serves_the_unweighted_ones() -> None:
    rng = np.random.default_rng(2)
    features, outputs = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))
    weights = np.array([1.0, 0.5, 0.2])
    ridge = fit_ridge(Samples(features * weights, outputs, np.arange(40)), 1e-3)
    assert ridge.of_unweighted(weights).predict(features) == pytest.approx(
        ridge.predict(features * weights)
    )
