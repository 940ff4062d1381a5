"""One at a time: every factor at its low and its high end, all others at their values, the same replications throughout.

All others are drawn, as the scenario has them, in the same sets of inputs at the base and at every end; intervals count sets.

What is estimated is the paired difference to the base.  Each end has an interval of 97.5 %, so that both ends of a factor hold
together with 95 % (Bonferroni); of twenty factors without any effect one would still stand out by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim.analysis.measure import Measure
from sim.analysis.statistics import LEVEL, Floats
from sim.analysis.study import Batch, Study
from sim.studies.paired import change
from sim.studies.sensitivity.leading import mark, swings
from sim.studies.sensitivity.points import Json, Response, SensitivityCase, by_case, reader, value_json

END_LEVEL = 1 - (1 - LEVEL) / 2


def tornado(
    cases: Sequence[SensitivityCase], measures: Sequence[Measure], n: int, bases: Sequence[Response]
) -> Study[list[Json]]:
    """For each case, measure → factors with their two ends, the widest swing first."""
    proposals = [proposal for case in cases for proposal in case.one_at_a_time(n)]
    responses: list[Response] = yield Batch(proposals, reader(measures), "one at a time")
    parts = zip(cases, bases, by_case(responses, cases, lambda factors: 2 * factors), strict=True)
    return [{m.text: _bars(case, m, base, of) for m in measures} for case, base, of in parts]


def _bars(case: SensitivityCase, measure: Measure, base: Response, responses: Sequence[Response]) -> list[Json]:
    ends = zip(case.factors, responses[::2], responses[1::2], strict=True)
    bars, drawn = [], {}
    for factor, low, high in ends:
        bars.append({"name": factor.name, **bar(measure, base, low, high), "swing_interval": None})
        if bars[-1]["swing"] is not None:
            drawn[factor.name] = one = swings(measure, *(r.series[measure.text] for r in (base, low, high)))
            bars[-1]["swing_interval"] = _between(one)
    bars.sort(key=lambda b: (-_rank(b), b["name"]))
    mark(bars, drawn)
    return bars


def _between(drawn: Floats) -> list[float] | None:
    """The middle 95 % of draws; None where one of them is infinite."""
    if np.isnan(drawn).any():
        return None
    return [float(x) for x in np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])]


def _rank(bar: Json) -> float:
    """Changes between a time and never come first: no number measures them."""
    return math.inf if bar["turns"] else bar["swing"] if bar["swing"] is not None else -1.0


def bar(measure: Measure, base: Response, low: Response, high: Response) -> Json:
    """Both ends of a factor against the base."""
    error = low.error or high.error
    if error is not None or base.error is not None:
        return {"low": None, "high": None, "swing": None, "turns": False, "distinct": False, "error": error or base.error}
    ends = {key: _end(measure, base, at) for key, at in (("low", low), ("high", high))}
    changes = [e["difference"] for e in ends.values()]
    known = [c for c in changes if c is not None]
    turns = any(e["turns"] for e in ends.values())
    swing = max(0.0, *known) - min(0.0, *known) if len(known) == 2 else None
    return {**ends, "swing": swing, "turns": turns, "distinct": any(e["distinct"] for e in ends.values()), "error": None}


def _end(measure: Measure, base: Response, there: Response) -> Json:
    between = change(measure, base.series[measure.text], there.series[measure.text], END_LEVEL)
    estimate = between.estimate
    value, from_ = there.values[measure.text], base.values[measure.text]
    turns = bool(math.isinf(value.value) != math.isinf(from_.value))
    return {
        **value_json(value),
        "difference": None if math.isnan(estimate.value) else estimate.value,
        "difference_low": _finite(estimate.low),
        "difference_high": _finite(estimate.high),
        "open": [estimate.low == -math.inf, estimate.high == math.inf],
        "turns": turns,
        "rarely_differs": between.few,
        "distinct": between.distinct,
        "same": bool(np.array_equal(between.pairs.base, between.pairs.other, equal_nan=True)),
        "failed": there.failed,
    }


def _finite(x: float | None) -> float | None:
    return x if x is not None and math.isfinite(x) else None
