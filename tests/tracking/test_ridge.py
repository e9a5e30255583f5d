"""The ridge is honest: what it says of unseen targets is true of unseen targets."""

import numpy as np

from gazetalk.tracking.ridge import fit_ridge


def test_a_linear_law_is_found_again() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 3))
    law = np.array([[1.0, 0.0], [0.0, 2.0], [0.5, -1.0]])
    fit = fit_ridge(features, features @ law + 3.0, np.repeat(np.arange(6), 10))
    assert np.allclose(fit.ridge.predict(features), features @ law + 3.0, atol=0.01)


def test_leaving_targets_out_is_not_fooled_by_copies_within_a_target() -> None:
    """Features that name the target but say nothing of its place must not look useful."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(8), 20)
    names = np.eye(8)[groups] + rng.normal(0, 0.01, (160, 8))
    places = rng.normal(size=(8, 2))[groups]
    fit = fit_ridge(names, places, groups)
    error = np.linalg.norm(fit.left_out - places, axis=1).mean()
    assert error > 0.8 * np.linalg.norm(places - places.mean(axis=0), axis=1).mean()
