"""Functions with known sensitivities, over positions from 0 to 1: shapes (p, k) -> (p,); and a factor of a made-up scenario."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.analysis.measure import Samples


def series(values, most=1000.0, per_set=1) -> Samples:
    """Values (n,) of replications 0, 1, …, of which *per_set* share their inputs; none can be more than *most*."""
    replication = np.arange(np.size(values))
    return Samples(replication, replication // per_set, np.asarray(values, dtype=float), most)


class Named(NamedTuple):
    """A factor that sets a number to its position."""

    name: str

    def settings(self, position: float) -> tuple[str, ...]:
        return (f"{self.name}={position:.6f}",)


def positions(proposal) -> dict[str, float]:
    """Where each factor that a proposal moves is."""
    return {name: float(x) for name, _, x in (str(setting).partition("=") for setting in proposal.settings)}


ISHIGAMI_FIRST, ISHIGAMI_TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
"""a = 7, b = 0.1: Sobol' and Levitan, Comput. Phys. Commun. 117 (1999) 52-61."""


def ishigami(at):
    x = np.pi * (2 * at - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


G = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def sobol_g(at):
    return np.prod((np.abs(4 * at - 2) + G) / (1 + G), axis=1)


def g_indices():
    """First and total: V_i = 1 / (3 (1 + a_i)^2), total variance prod(1 + V_i) - 1 (Saltelli and Sobol' 1995)."""
    v = 1 / (3 * (1 + G) ** 2)
    whole = np.prod(1 + v) - 1
    return v / whole, v * np.prod(1 + v) / (1 + v) / whole


def morris_function(at, seed=0):
    """The test function of Morris (1991), section 4: of 20 inputs 1-7 interact or bend, 8-10 are linear, the rest small."""
    w = 2 * (at - 0.5)
    for i in (2, 4, 6):
        w[:, i] = 2 * (1.1 * at[:, i] / (at[:, i] + 0.1) - 0.5)
    rng = np.random.default_rng(seed)
    first = rng.normal(size=20)
    first[:10] = 20
    second = rng.normal(size=(20, 20))
    second[:6, :6] = -15
    y = w @ first
    for i in range(20):
        for j in range(i + 1, 20):
            y += second[i, j] * w[:, i] * w[:, j]
    for i in range(5):
        for j in range(i + 1, 5):
            for k in range(j + 1, 5):
                y -= 10 * w[:, i] * w[:, j] * w[:, k]
    return y + 5 * w[:, 0] * w[:, 1] * w[:, 2] * w[:, 3]


def noisy(y, at, n, sd, rng, common=2.0, slope=0.5):
    """Replications (p, n) of y (p,): one part the same at all points, one that depends on the last factor, one at random."""
    shared = common * rng.normal(size=(1, n)) + slope * sd * rng.normal(size=(1, n)) * at[:, -1:]
    return y[:, None] + shared + sd * rng.normal(size=(y.size, n))
