"""One at a time: every factor at its low and its high end, all others at their values, the same replications throughout.

What is estimated is the paired difference to the base.  Each end has an interval of 97.5 %, so that both ends of a factor hold
together with 95 % (Bonferroni); of twenty factors without any effect one would still stand out by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim.analysis.measure import Measure
from sim.analysis.statistics import (
    LEVEL,
    Estimate,
    Floats,
    least_sample,
    mean_interval,
    order_statistic,
    paired_proportions,
    rarely_differs,
)
from sim.analysis.study import Batch, Study
from sim.studies.sensitivity.points import Case, Json, Response, generator, reader, value_json

END_LEVEL = 1 - (1 - LEVEL) / 2
RESAMPLES = 1000


def tornado(
    cases: Sequence[Case], measures: Sequence[Measure], n: int, seed: int, bases: Sequence[Response]
) -> Study[list[Json]]:
    """For each case, measure → factors with their two ends, the widest swing first."""
    proposals = []
    for case in cases:
        for k in range(len(case.factors)):
            for end in (0.0, 1.0):
                proposals.append(case.proposal(n, [end if j == k else None for j in range(len(case.factors))]))
    responses: list[Response] = yield Batch(proposals, reader(measures), "one at a time")
    answers, at = [], 0
    for case, base in zip(cases, bases, strict=True):
        of = responses[at : at + 2 * len(case.factors)]
        at += len(of)
        answers.append({m.text: _bars(case, m, n, seed, base, of) for m in measures})
    return answers


def _bars(case: Case, measure: Measure, n: int, seed: int, base: Response, responses: Sequence[Response]) -> list[Json]:
    bars = [
        {"name": factor.name, **bar(measure, base, responses[2 * k], responses[2 * k + 1], n, seed)}
        for k, factor in enumerate(case.factors)
    ]
    return sorted(bars, key=lambda b: (-_rank(b), b["name"]))


def _rank(found: Json) -> float:
    """Changes between a time and never come first: no number measures them."""
    return math.inf if found["turns"] else found["swing"] if found["swing"] is not None else -1.0


def bar(measure: Measure, base: Response, low: Response, high: Response, n: int, seed: int) -> Json:
    """Both ends of a factor against the base."""
    error = low.error or high.error
    if error is not None or base.error is not None:
        return {"low": None, "high": None, "swing": None, "turns": False, "distinct": False, "error": error or base.error}
    ends = {key: _end(measure, base, at, n, seed) for key, at in (("low", low), ("high", high))}
    changes = [e["difference"] for e in ends.values()]
    known = [c for c in changes if c is not None]
    turns = any(e["turns"] for e in ends.values())
    swing = max(0.0, *known) - min(0.0, *known) if len(known) == 2 else None
    return {**ends, "swing": swing, "turns": turns, "distinct": any(e["distinct"] for e in ends.values()), "error": None}


def _end(measure: Measure, base: Response, there: Response, n: int, seed: int) -> Json:
    b, o = base.row(measure, n), there.row(measure, n)
    found, few = difference(measure, b, o, seed)
    value, from_ = there.values[measure.text], base.values[measure.text]
    turns = bool(math.isinf(value.value) != math.isinf(from_.value))
    return {
        **value_json(value),
        "difference": None if math.isnan(found.value) else found.value,
        "difference_low": _finite(found.low),
        "difference_high": _finite(found.high),
        "open": [found.low == -math.inf, found.high == math.inf],
        "turns": turns,
        "rarely_differs": few,
        "distinct": found.excludes_zero and not few,
        "same": bool(np.array_equal(b, o, equal_nan=True)),
        "failed": there.failed,
    }


def _finite(x: float | None) -> float | None:
    return x if x is not None and math.isfinite(x) else None


def difference(measure: Measure, base: Floats, other: Floats, seed: int, level: float = END_LEVEL) -> tuple[Estimate, bool]:
    """Paired difference, *other* - *base*, shapes (n,); and whether so few pairs differ that its interval means little."""
    if measure.kind.quantile is not None:
        done = np.arange(base.size)[~(np.isnan(base) & np.isnan(other))]
        return quantile_difference(base[done], other[done], measure.kind.quantile, seed, level), False
    both = ~np.isnan(base) & ~np.isnan(other)
    b, o = base[both], other[both]
    if measure.kind.name == "p_all_out":
        found = paired_proportions(b > 0.5, o > 0.5, level)
        return found, False
    d = o - b
    found = mean_interval(d, level=level)
    return (found if d.any() else Estimate(found.value, None, None)), rarely_differs(d)


def quantile_difference(base: Floats, other: Floats, p: float, seed: int, level: float) -> Estimate:
    """Difference of *p* quantiles as order statistics, with a percentile interval of the bootstrap of whole pairs.

    Shapes (n,); inf never, nan no time (left out of its own side).  As :func:`sim.analysis.statistics.median_difference`, for
    any quantile: the value is nan where a quantile is infinite, and where both are infinite anything is possible.
    """
    first, second = (order_statistic(x[~np.isnan(x)], p) for x in (base, other))
    value = second - first if math.isfinite(first) and math.isfinite(second) else math.nan
    if min(np.count_nonzero(~np.isnan(base)), np.count_nonzero(~np.isnan(other))) < least_sample(p, level):
        return Estimate(value, None, None)
    pick = generator(seed, base.size, 1).integers(0, base.size, size=(RESAMPLES, base.size))
    with np.errstate(invalid="ignore"):
        d = _quantiles(other[pick], p) - _quantiles(base[pick], p)
    tail = (1 - level) / 2
    low = order_statistic(np.where(np.isnan(d), -np.inf, d), tail)
    return Estimate(value, low, order_statistic(np.where(np.isnan(d), np.inf, d), 1 - tail))


def _quantiles(x: Floats, p: float) -> Floats:
    """Order statistics x_(ceil(m p)) of the m values of each row that are not nan; (r, n) -> (r,)."""
    ordered = np.sort(x, axis=1)  # nan last
    m = np.count_nonzero(~np.isnan(x), axis=1)
    rank = np.clip(np.ceil(m * p - 1e-9).astype(np.int64), 1, None) - 1
    return np.asarray(np.take_along_axis(ordered, rank[:, None], axis=1)[:, 0])
