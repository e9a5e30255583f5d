"""Ridge regression that is regularised by leaving one target out, and that knows its doubt.

Random folds would leak: samples of one target are near copies of one another (measured: 11-45 px
in random folds against a true 157-183 px).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.types import Floats

# Penalties as shares of the kernel's trace, so that they mean the same for any features. Of nine
# points eight lie on the edge, so that leaving one out asks for extrapolation and likes heavy
# penalties too much; between the points anything above 3e-5 only adds error (puppets, still and
# moved 5 cm: 7.2 and 14.4 mm at 1e-5, 7.2 and 14.8 at 3e-5, 7.4 and 15.5 at 6e-5).
PENALTIES = (3e-6, 1e-5, 3e-5)
# Without pictures, of few features of which all have noise (ten such puppets, still, moving, moved
# 5 cm, turned: 21.0, 44.6, 47.5, 51.7 mm, and 21.1, 45.2, 49.3, 53.4 with those above).
LANDMARK_PENALTIES = (3e-5, 1e-4, 3e-4, 1e-3)
# Directions that the samples fill less than this share of the penalty say nothing.
_LEAST_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Ridge:
    """outputs = (features - mean) @ weights + intercept; features (D,), outputs (K,).

    known: (R, D) and unknown: with them `doubt` measures how new features are.
    """

    mean: Floats
    weights: Floats
    intercept: Floats
    known: Floats
    unknown: float

    def predict(self, features: Floats) -> Floats:
        """Features (..., D) to outputs (..., K)."""
        return (features - self.mean) @ self.weights + self.intercept

    def doubt(self, features: Floats) -> float:
        """The variance of a prediction from features (D,), over that of one sample's noise.

        0 where many samples agree, growing without bound for what was never seen: the posterior
        variance of Bayesian linear regression with this ridge's penalty as its prior.
        """
        away = features - self.mean
        return max(0.0, float(away @ away) * self.unknown - float(np.sum((self.known @ away) ** 2)))

    def of_unweighted(self, weights: Floats) -> Ridge:
        """The same ridge for features (D,) that were not yet multiplied with these weights; what
        `doubt` says of them has no meaning."""
        weighted = self.weights * weights[:, np.newaxis]
        return Ridge(
            self.mean / weights, weighted, self.intercept, self.known * weights, self.unknown
        )


@dataclass(frozen=True, eq=False)
class Samples:
    """What to learn from: features (N, D), outputs (N, K), groups (N,) the target of each."""

    features: Floats
    outputs: Floats
    groups: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> Samples:
        return Samples(self.features[chosen], self.outputs[chosen], self.groups[chosen])


def best_penalty(samples: Samples, penalties: Sequence[float] = PENALTIES) -> float:
    """The one whose ridges err least on targets they never saw."""
    groups = np.unique(samples.groups)
    errors = np.zeros((len(groups), len(penalties)))
    for row, group in enumerate(groups):
        out = samples.groups == group
        truth = samples.outputs[out]
        path = _path(samples.where(~out))
        for column, penalty in enumerate(penalties):
            predicted = path(penalty).predict(samples.features[out])
            errors[row, column] = np.linalg.norm(predicted - truth, axis=1).mean()
    return penalties[int(errors.mean(axis=0).argmin())]


def fit_ridge(samples: Samples, penalty: float) -> Ridge:
    """Fit with a penalty given as a share of the kernel's trace. At least one sample."""
    return _path(samples)(penalty)


def _path(samples: Samples) -> Callable[[float], Ridge]:
    """The ridge of any penalty, through one singular value decomposition."""
    mean, intercept = samples.features.mean(axis=0), samples.outputs.mean(axis=0)
    left, sizes, right = np.linalg.svd(samples.features - mean, full_matrices=False)
    turned = left.T @ (samples.outputs - intercept)
    squares = sizes**2
    total = max(float(squares.sum()), 1e-12)

    def ridge(penalty: float) -> Ridge:
        weight = penalty * total
        weights = right.T @ (turned * (sizes / (squares + weight))[:, np.newaxis])
        known = squares > _LEAST_SHARE * weight
        scale = np.sqrt(squares[known] / ((squares[known] + weight) * weight))
        return Ridge(mean, weights, intercept, right[known] * scale[:, np.newaxis], 1 / weight)

    return ridge
