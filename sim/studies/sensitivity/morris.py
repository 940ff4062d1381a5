"""Morris screening: elementary effects along random trajectories.

Sources

- Morris, *Factorial sampling plans for preliminary computational experiments*, Technometrics 33 (1991) 161-174
- mu*: Campolongo, Cariboni and Saltelli, Environmental Modelling & Software 22 (2007) 1509-1518
- what sigma / mu* says: Garcia Sanchez et al., Energy and Buildings 68 (2014) 741-750
- intervals, resampling trajectories and replications both: Owen, *The pigeonhole bootstrap*, Ann. Appl. Stat. 1 (2007) 386-411

An elementary effect is the change of the measure per full range of the factor, low to high.  Every point has the same
replications, so that an effect has one value per replication: the noise of few replications is known for each of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.measure import Measure
from sim.analysis.statistics import LEVEL, Floats, t_quantile
from sim.analysis.study import Batch, Study
from sim.studies.paired import generator
from sim.studies.sensitivity.leading import mark
from sim.studies.sensitivity.points import RESAMPLES, Ints, Json, Response, SensitivityCase, by_case, reader, some

LEVELS = 4
STEP = 2 / 3
"""p / (2 (p - 1)) for p = 4 levels: each level is then met equally often (Morris 1991)."""
LEAST = 6
"""Fewest replications with which all signs can be equal by chance less often than in one case of twenty."""


@dataclass(frozen=True)
class Trajectories:
    """A design of r trajectories over k factors."""

    positions: Floats
    """(r, k + 1, k), each in 0, 1/3, 2/3, 1."""
    moved: Ints
    """(r, k): which factor moves in each step."""


def trajectories(factors: int, r: int, seed: int) -> Trajectories:
    """Random trajectories; those of a larger r begin with those of a smaller one."""
    positions, moved = np.empty((r, factors + 1, factors)), np.empty((r, factors), dtype=np.int64)
    for t in range(r):
        rng = generator(seed, 2, t)
        at = rng.integers(0, LEVELS, factors) / (LEVELS - 1)
        moved[t] = rng.permutation(factors)
        positions[t, 0] = at
        for step, k in enumerate(moved[t]):
            at[k] += STEP if at[k] < 0.5 else -STEP
            positions[t, step + 1] = at
    return Trajectories(np.round(positions * 3) / 3, moved)


def elementary_effects(design: Trajectories, values: Floats) -> Floats:
    """Effects (k, r, n) of values (r, k + 1, n) at the points of the design; nan where either end has none."""
    r, k = design.moved.shape
    effects = np.empty((k, r, values.shape[2]))
    steps = np.diff(design.positions, axis=1)
    for t in range(r):
        for step, factor in enumerate(design.moved[t]):
            effects[factor, t] = (values[t, step + 1] - values[t, step]) / steps[t, step, factor]
    return effects


def screened(effects: Floats, seed: int) -> Json:
    """mu*, mu and sigma of one factor from its effects (r, n), with intervals and the noise of its replications.

    An interval is the estimate +- t_(r-1) times the standard error of the pigeonhole bootstrap (trajectories and replications
    drawn anew, independently), cut at 0 where the quantity has no sign.  The noise of the replications is taken out of sigma; mu*
    keeps it, and has a noise floor beside it: what mu* is below, in 19 cases of 20, if the factor has no effect on average, from
    flipping at random the signs of what the replications differ by from their mean, those of a replication together.
    """
    kept = effects[~np.isnan(effects).all(axis=1)]
    r, n = kept.shape
    if r == 0:
        return {"trajectories": 0, "mu_star": None, "distinct": False}
    there = ~np.isnan(kept)
    filled = np.where(there, kept, 0.0)
    star, mean, raw = (float(x[0]) for x in _statistics(_weighted(filled, there, np.ones((1, n)))))
    noise = _noise(filled, there, seed)
    sigma = math.sqrt(max(raw**2 - noise["sigma_noise"] ** 2, 0.0)) if r > 1 else math.nan
    ratio, floor = (None if r < 2 or star == 0 else sigma / star), noise["noise_floor"]
    distinct = bool(floor is not None and star > floor and star > 0)
    return {
        "trajectories": r,
        "mu_star": star,
        "mu": mean,
        "sigma": sigma if r > 1 else None,
        **_intervals(filled, there, (star, mean, sigma), noise["sigma_noise"], seed),
        **noise,
        "distinct": distinct,
        "ratio": ratio,
        "direction": None if star == 0 else "up" if mean > 0.9 * star else "down" if mean < -0.9 * star else "both",
        "character": character(ratio) if distinct else None,
    }


def _weighted(filled: Floats, there: Floats, weights: Floats) -> Floats:
    """Weighted means over replications: (r, n) and weights (b, n) -> (b, r); nan where nothing has weight."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((weights @ filled.T) / (weights @ there.T))


def _statistics(e: Floats) -> tuple[Floats, Floats, Floats]:
    """mu*, mu and sigma of effects (b, r); nan effects are left out."""
    count = np.count_nonzero(~np.isnan(e), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(e, axis=1) / count
        star = np.nansum(np.abs(e), axis=1) / count
        sigma = np.sqrt(np.nansum((e - mean[:, None]) ** 2, axis=1) / (count - 1))
    return star, mean, sigma


def _intervals(filled: Floats, there: Floats, at: tuple[float, float, float], sigma_noise: float, seed: int) -> Json:
    r = len(filled)
    if r < 3:
        return {f"{name}_interval": None for name in ("mu_star", "mu", "sigma")}
    row: Json = {}
    star, mean, sigma = _statistics(_drawn(filled, there, seed))
    sigma = np.sqrt(np.maximum(sigma**2 - 2 * sigma_noise**2, 0.0))  # drawn anew, replications bring their noise twice
    for name, value, resampled in zip(("mu_star", "mu", "sigma"), at, (star, mean, sigma), strict=True):
        good = resampled[np.isfinite(resampled)]
        half = t_quantile(r - 1, LEVEL) * float(good.std(ddof=1)) if good.size > 1 else math.inf
        low = value - half if name == "mu" else max(value - half, 0.0)
        row[f"{name}_interval"] = [low, value + half] if math.isfinite(half) else None
    return row


def _noise(filled: Floats, there: Floats, seed: int) -> Json:
    """Noise floor of mu*, root mean square of the standard errors of the single effects, and the part of sigma that is noise."""
    r, n = filled.shape
    if n < 2:
        return {"noise_floor": None, "noise": None, "sigma_noise": 0.0}
    count = there.sum(axis=1)
    means = filled.sum(axis=1) / count
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(there, filled - means[:, None], 0.0)
        errors = (spread**2).sum(axis=1) / (count - 1) / count
        together = spread.sum(axis=0) / np.maximum(there.sum(axis=0), 1)
        apart = (np.where(there, spread - together, 0.0) ** 2).sum(axis=1) / (count - 1) / count
    floor = None
    if n >= LEAST:
        signs = generator(seed, 4).choice(np.array([-1.0, 1.0]), size=(RESAMPLES, n))
        flipped = np.abs((signs @ spread.T) / count).mean(axis=1)
        small = math.sqrt(n / (n - 1)) * t_quantile(n - 1) / t_quantile(1_000_000)  # as Student's t is wider than the normal
        floor = small * float(np.quantile(flipped, LEVEL, method="higher"))
    noise = math.sqrt(float(np.nanmean(errors))) if np.isfinite(errors).any() else None
    sigma_noise = math.sqrt(float(np.nansum(apart)) / (r - 1)) if r > 1 else 0.0
    return {"noise_floor": floor, "noise": noise, "sigma_noise": sigma_noise}


def character(ratio: float | None) -> str | None:
    """What sigma / mu* says (noise taken out of sigma), by the limits 0.1, 0.5 and 1 of Garcia Sanchez et al. (2014)."""
    if ratio is None:
        return None
    named = ((0.1, "linear"), (0.5, "monotone"), (1.0, "nearly monotone"))
    return next((name for limit, name in named if ratio < limit), "non-linear or interacting")


def morris(cases: Sequence[SensitivityCase], measures: Sequence[Measure], n: int, seed: int, r: int) -> Study[list[Json]]:
    """For each case, measure → factors with mu*, mu, sigma, the largest mu* first; and what was lost."""
    designs = [trajectories(len(case.factors), r, seed) for case in cases]
    proposals = [
        case.proposal(n, list(point))
        for case, design in zip(cases, designs, strict=True)
        for trajectory in design.positions
        for point in trajectory
    ]
    responses: list[Response] = yield Batch(proposals, reader(measures), "trajectories")
    parts = zip(cases, designs, by_case(responses, cases, lambda factors: r * (factors + 1)), strict=True)
    return [{m.text: _ranked(case, m, n, seed, design, of) for m in measures} for case, design, of in parts]


def _ranked(
    case: SensitivityCase, measure: Measure, n: int, seed: int, design: Trajectories, of: Sequence[Response]
) -> list[Json]:
    values = np.array([response.row(measure, n) for response in of]).reshape(*design.positions.shape[:2], n)
    effects = elementary_effects(design, some(values))
    rows = [{"name": f.name, **screened(effects[k], seed)} for k, f in enumerate(case.factors)]
    rows.sort(key=lambda row: (-(row["mu_star"] or 0.0), row["name"]))
    mark(rows, {f.name: drawn_stars(effects[k], seed) for k, f in enumerate(case.factors)})
    return rows


def drawn_stars(effects: Floats, seed: int) -> Floats | None:
    """mu* of effects (r, n) in each draw of the pigeonhole bootstrap, the same for every factor; None below 3 trajectories."""
    kept = effects[~np.isnan(effects).all(axis=1)]
    if len(kept) < 3:
        return None
    there = ~np.isnan(kept)
    return _statistics(_drawn(np.where(there, kept, 0.0), there, seed))[0]


def _drawn(filled: Floats, there: Floats, seed: int) -> Floats:
    """Mean effects (RESAMPLES, r) of trajectories and replications drawn anew, independently."""
    r, n = filled.shape
    rng = generator(seed, 3)
    weights = rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(np.float64)
    means = _weighted(filled, there, weights)
    return np.take_along_axis(means, rng.integers(0, r, size=(RESAMPLES, r)), axis=1)
