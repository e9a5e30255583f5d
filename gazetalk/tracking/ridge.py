"""Ridge regression that is regularised by leaving one target out.

Random folds would leak: samples of one target are near copies of one another (measured: 11-45 px
in random folds against a true 157-183 px).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.types import Floats

# Penalties as shares of the kernel's mean diagonal, so that they mean the same for any features.
# Of nine points eight lie on the edge, so that leaving one out asks for extrapolation and likes
# heavy penalties too much; between the points anything above 1e-4 only adds error (puppets: 7 mm
# at 1e-5, 10 at 1e-4, 15 at 1e-3).
PENALTIES = (1e-6, 3e-6, 1e-5, 3e-5, 1e-4)


@dataclass(frozen=True, eq=False)
class Ridge:
    """outputs = (features - mean) @ weights + intercept; features (D,), outputs (K,)."""

    mean: Floats
    weights: Floats
    intercept: Floats

    def predict(self, features: Floats) -> Floats:
        """Features (..., D) to outputs (..., K)."""
        return (features - self.mean) @ self.weights + self.intercept


@dataclass(frozen=True, eq=False)
class RidgeFit:
    """A fitted ridge; `left_out`: (N, K) each sample predicted without its own target."""

    ridge: Ridge
    left_out: Floats
    penalty: float


def fit_ridge(features: Floats, outputs: Floats, groups: NDArray[np.int64]) -> RidgeFit:
    """Fit features (N, D) to outputs (N, K), the penalty chosen by leaving a group out.

    groups: (N,) which target each sample belongs to; at least two groups.
    """
    count = len(features)
    predictions = np.empty((len(PENALTIES), count, outputs.shape[1]))
    for group in np.unique(groups):
        out = groups == group
        for index, ridge in enumerate(_path(features[~out], outputs[~out])):
            predictions[index, out] = ridge.predict(features[out])
    errors = np.linalg.norm(predictions - outputs, axis=2)
    per_group = [errors[:, groups == group].mean(axis=1) for group in np.unique(groups)]
    best = int(np.argmin(np.mean(per_group, axis=0)))
    return RidgeFit(_path(features, outputs)[best], predictions[best], PENALTIES[best])


def _path(features: Floats, outputs: Floats) -> list[Ridge]:
    """The ridges of all PENALTIES, through one eigendecomposition of the kernel."""
    mean, intercept = features.mean(axis=0), outputs.mean(axis=0)
    centred = features - mean
    kernel = centred @ centred.T
    values, vectors = np.linalg.eigh(kernel)
    values = np.maximum(values, 0.0)
    turned = vectors.T @ (outputs - intercept)
    unit = max(float(values.sum()) / len(features), 1e-12) * len(features)
    return [
        Ridge(mean, centred.T @ (vectors @ (turned / (values + p * unit)[:, None])), intercept)
        for p in PENALTIES
    ]
