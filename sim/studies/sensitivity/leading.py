"""Whether the input that comes first can be told from the second: the same draws of sets of both, compared one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.analysis.measure import Measure, Samples
from sim.analysis.sets import Sets
from sim.analysis.statistics import LEVEL, Floats
from sim.analysis.weights import draws
from sim.studies.sensitivity.points import Json


def mark(rows: Sequence[Json], drawn: Mapping[str, Floats | None]) -> None:
    """Sets ``leads`` of the first of *rows*, largest first, that can be told from no effect; None of the others.

    *drawn*: by name, what the size of a factor is in each draw of the sets, the same draws for all of them.
    """
    for row in rows:
        row["leads"] = None
    distinct = [row for row in rows if row["distinct"] or row.get("turns")]
    if distinct:
        distinct[0]["leads"] = len(distinct) < 2 or _ahead(distinct[0], distinct[1], drawn)


def _ahead(first: Json, second: Json, drawn: Mapping[str, Floats | None]) -> bool:
    if first.get("turns") or second.get("turns"):  # between a time and never no number measures it
        return bool(first.get("turns") and first["distinct"] and not second.get("turns"))
    a, b = drawn.get(first["name"]), drawn.get(second["name"])
    if a is None or b is None or a.shape != b.shape:
        return False
    return bool(np.mean(~(a > b)) <= (1 - LEVEL) / 2)


def swings(measure: Measure, base: Samples, low: Samples, high: Samples) -> Floats:
    """Shape (draws,): the swing between two ends and the base where sets of inputs are weighted at random; nan if infinite."""
    sets = Sets.of(base.sets)
    sides = [_column(side, base) for side in (base, low, high)]
    quantile = measure.kind.quantile
    swing = []
    for weights in draws(sets.count):
        each = weights[:, sets.index]
        if quantile is None:
            changes = [_mean(each, side - sides[0]) for side in sides[1:]]
        else:
            at = [_quantile(each, side, quantile) for side in sides]
            with np.errstate(invalid="ignore"):
                changes = [end - at[0] for end in at[1:]]
        swing.append(np.maximum(np.maximum(*changes), 0.0) - np.minimum(np.minimum(*changes), 0.0))
    swings_of_all = np.concatenate(swing)
    return np.where(np.isfinite(swings_of_all), swings_of_all, np.nan)


def _column(side: Samples, base: Samples) -> Floats:
    """Values of *side* at the replications of *base*; nan where it has none."""
    out = np.full(base.replication.size, np.nan)
    _, here, there = np.intersect1d(base.replication, side.replication, assume_unique=True, return_indices=True)
    out[here] = side.values[there]
    return out


def _mean(weights: Floats, values: Floats) -> Floats:
    """Weighted means of the values (n,) that are known; weights (draws, n)."""
    there = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((weights[:, there] @ values[there]) / weights[:, there].sum(axis=1))


def _quantile(weights: Floats, values: Floats, p: float) -> Floats:
    """Weighted *p* quantiles of the values (n,) that are known; inf is a value like any other."""
    order = np.argsort(values, kind="stable")[: np.count_nonzero(~np.isnan(values))]
    if not order.size:
        return np.full(weights.shape[0], np.nan)
    heaped = np.cumsum(weights[:, order], axis=1)
    return np.asarray(values[order][np.count_nonzero(heaped < p * heaped[:, -1:], axis=1)])
