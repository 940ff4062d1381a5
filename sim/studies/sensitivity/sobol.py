"""Sobol' indices: which share of the variance of a measure over the ranges of the factors is due to each of them.

Sources

- first order: Saltelli et al., Computer Physics Communications 181 (2010) 259-270, table 2 (b)
- total: Jansen, Computer Physics Communications 117 (1999) 35-43
- points: scrambled Sobol' sequence, Owen, ACM Trans. Model. Comput. Simul. 8 (1998) 71-102

A point is a mean over few replications and carries their noise.  All points have the same replications, so that what is common to
them drops out; what is left is estimated from the replications within the points (factors x replications, two ways) and
taken out of the indices, whose expectation is then that of infinitely many replications.  How much it was is reported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.analysis.measure import Measure
from sim.analysis.statistics import LEVEL, Floats
from sim.analysis.study import Batch, Study
from sim.studies.paired import generator
from sim.studies.sensitivity.leading import mark
from sim.studies.sensitivity.points import RESAMPLES, Json, Response, SensitivityCase, by_case, reader, some

MOST_EMPTY = 0.05
"""Share of the resamples that may have no variance beyond noise; with more there is nothing to take shares of."""


class SobolSample(NamedTuple):
    """Base samples and their crossings."""

    a: Floats
    """(N, k) in 0 … 1."""
    b: Floats
    """(N, k)."""

    def points(self) -> Floats:
        """All positions: A, B, then A with column i of B for each i; (N (k + 2), k)."""
        crossed = (np.where(column, self.b, self.a) for column in np.eye(self.a.shape[1], dtype=bool))
        return np.concatenate([self.a, self.b, *crossed])


def design(factors: int, size: int, seed: int) -> SobolSample:
    """*size* (a power of 2) points of a scrambled Sobol' sequence in 2 k dimensions; a larger design begins with a smaller."""
    from scipy.stats import qmc

    if factors == 0:
        return SobolSample(np.empty((size, 0)), np.empty((size, 0)))
    points = qmc.Sobol(2 * factors, scramble=True, rng=generator(seed, 5)).random(size)
    return SobolSample(points[:, :factors], points[:, factors:])


class _Means:
    """Means over replications of values (..., N, n), of all of them and of draws of them, and the noise of the means."""

    def __init__(self, values: Floats) -> None:
        self.there = ~np.isnan(values)
        self.filled = np.where(self.there, values, 0.0)
        self.count = self.there.sum(axis=-1)
        self.mean = np.asarray(self.filled.sum(axis=-1) / np.maximum(self.count, 1))

    def drawn(self, weights: Floats) -> Floats:
        """Means (b, N) under weights (b, n) of the replications."""
        count = weights @ self.there.T.astype(np.float64)
        return np.asarray(np.where(count > 0, (weights @ self.filled.T) / np.maximum(count, 1), self.mean))

    def noise(self, other: _Means) -> Floats:
        """Covariance of the two means, from the replications that both have; 0 where there is one or none."""
        both = self.there & other.there
        count = both.sum(axis=-1)
        first, second = (np.where(both, x.filled, 0.0) for x in (self, other))
        products = (first * second).sum(axis=-1) - first.sum(axis=-1) * second.sum(axis=-1) / np.maximum(count, 1)
        return np.where(count > 1, products / np.maximum(count - 1, 1) / np.maximum(count, 1), 0.0)


def indices(f_a: Floats, f_b: Floats, f_ab: Floats, seed: int) -> tuple[Json, list[Json]]:
    """Variance and noise, and first and total index of each factor, from values (N, n), (N, n) and (k, N, n).

    The last axis is that of the replications, nan where one has no value; rows with a point without any are left out.
    Intervals are percentiles of the pigeonhole bootstrap: rows and replications drawn anew, independently of each other.
    """
    good = ~np.isnan(np.concatenate([f_a[None], f_b[None], f_ab])).all(axis=2).any(axis=0)
    size, lost = int(good.sum()), int((~good).sum())
    overall: Json = {"rows": size, "rows_lost": lost, "variance": 0.0, "noise_share": None, "answered": False}
    if size < 2:
        return overall, [_none() for _ in f_ab]
    both = np.concatenate([f_a[good], f_b[good]])
    common = _common(both)  # (n,): what a replication does everywhere
    a, b = _Means(f_a[good] - common), _Means(f_b[good] - common)
    centre = float((a.mean.mean() + b.mean.mean()) / 2)
    spread = size / (2 * size - 1)  # of 2 N values about their own mean
    variance = spread * ((a.mean - centre) ** 2 + (b.mean - centre) ** 2)
    noise = spread * (a.noise(a) + b.noise(b))
    raw, clean = float(variance.mean()), float((variance - noise).mean())
    overall |= {"variance": raw, "noise_share": min(max(float(noise.mean()) / raw, 0.0), 1.0) if raw > 0 else None}
    if clean <= 0:
        return overall, [_none() for _ in f_ab]
    draws = _Draws(size, f_a.shape[1], seed)
    drawn_b = b.drawn(draws.replications) - centre
    below = draws.over(spread * ((a.drawn(draws.replications) - centre) ** 2 + drawn_b**2) - 2 * noise)
    below = np.where(below > 0, below, np.nan)
    if np.isnan(below).mean() > MOST_EMPTY:
        return overall, [_none() for _ in f_ab]
    rows = []
    for values in f_ab:
        change = _Means(values[good] - f_a[good])
        moved = change.drawn(draws.replications)
        rows.append(
            _index("first", (b.mean - centre) * change.mean, b.noise(change), drawn_b * moved, draws, raw, clean, below)
            | _index("total", change.mean**2 / 2, change.noise(change) / 2, moved**2 / 2, draws, raw, clean, below)
        )
        rows[-1]["distinct"] = bool(rows[-1]["total_interval"][0] > 0)
        rows[-1]["total_drawn"] = draws.over(moved**2 / 2 - change.noise(change)) / below  # its noise twice, as in the interval
    return overall | {"answered": True}, rows


def _common(values: Floats) -> Floats:
    """Means over points (p, n) of each replication; 0 where no point has a value."""
    there = ~np.isnan(values)
    return np.asarray(np.where(there, values, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1))


class _Draws:
    """Resamples: how often each row and each replication is drawn."""

    def __init__(self, rows: int, replications: int, seed: int) -> None:
        rng = generator(seed, 6)
        self.rows, self.replications = (
            rng.multinomial(many, np.full(many, 1 / many), size=RESAMPLES).astype(np.float64) for many in (rows, replications)
        )

    def over(self, contributions: Floats) -> Floats:
        """Means of contributions (b, N) over the rows drawn; (b,)."""
        return np.asarray((self.rows * contributions).sum(axis=1) / self.rows.shape[1])


def _index(
    name: str, kept: Floats, noise: Floats, drawn: Floats, draws: _Draws, raw: float, clean: float, below: Floats
) -> Json:  # fmt: skip
    """An index from the contributions of the rows (N,), their noise (N,) and what they are in each draw (b, N).

    Replications drawn anew bring their noise a second time, which is taken out twice.
    """
    low, high = np.nanquantile(draws.over(drawn - 2 * noise) / below, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {
        name: float((kept - noise).mean()) / clean,
        f"{name}_interval": [float(low), float(high)],
        f"{name}_raw": float(kept.mean()) / raw,
        f"{name}_noise": float(noise.mean()) / raw,
    }


def _none() -> Json:
    keys = [f"{name}{part}" for name in ("first", "total") for part in ("", "_interval", "_raw", "_noise")]
    return dict.fromkeys(keys) | {"distinct": False}


def sobol(cases: Sequence[SensitivityCase], measures: Sequence[Measure], n: int, seed: int, size: int) -> Study[list[Json]]:
    """For each case, measure → variance and its noise, and factors with first and total index, the largest total first."""
    designs = [design(len(case.factors), size, seed) for case in cases]
    proposals = [case.proposal(n, list(p)) for case, d in zip(cases, designs, strict=True) for p in d.points()]
    responses: list[Response] = yield Batch(proposals, reader(measures), "base samples and crossings")
    parts = zip(cases, by_case(responses, cases, lambda factors: size * (factors + 2)), strict=True)
    return [{m.text: _shares(case, m, n, seed, size, of) for m in measures} for case, of in parts]


def _shares(case: SensitivityCase, measure: Measure, n: int, seed: int, size: int, of: Sequence[Response]) -> Json:
    values = np.array([response.row(measure, n) for response in of]).reshape(len(case.factors) + 2, size, n)
    values = some(values)
    overall, rows = indices(values[0], values[1], values[2:], seed)
    named = [{"name": f.name, **row} for f, row in zip(case.factors, rows, strict=True)]
    named.sort(key=lambda row: (-(row["total"] if row["total"] is not None else -math.inf), row["name"]))
    mark(named, {row["name"]: row.get("total_drawn") for row in named})
    return overall | {"factors": [{k: x for k, x in row.items() if not k.endswith("_drawn")} for row in named]}
