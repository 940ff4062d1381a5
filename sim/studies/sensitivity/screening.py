"""Which factors to study where there are many: each is tried alone at both ends with few replications; the largest effects stay.

A rule for spending replications where they tell most, not an answer: a factor that acts only together with others can be missed,
and says so nowhere.  What was left out is listed with its score; what is in every study is never left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.analysis.measure import Measure, parse
from sim.analysis.statistics import Floats
from sim.analysis.study import Batch, Study
from sim.scenario.ranges import ALWAYS
from sim.studies.sensitivity.found import Score, ScreeningRecord
from sim.studies.sensitivity.points import Response, SensitivityCase, by_case, nearest_finite, reader

REPLICATIONS = 10


def names_of(cases: Sequence[SensitivityCase]) -> list[str]:
    """Names of all factors of all cases, each once, in their order."""
    return list(dict.fromkeys(f.name for case in cases for f in case.factors))


def finite(measures: Sequence[Measure]) -> list[Measure]:
    """The measures, times as restricted means: differences exist whatever happens."""
    return [parse(text, [m.scope], {m.scope: m.called}) for text, m in {nearest_finite(m) or m.text: m for m in measures}.items()]


def screen(
    cases: Sequence[SensitivityCase], measures: Sequence[Measure], n: int, keep: int
) -> Study[tuple[list[SensitivityCase], ScreeningRecord | None]]:
    """The cases with the *keep* factors whose larger end moves a measure most, relative to the largest of that measure.

    None instead of a record where there are no more than *keep*.
    """
    if len(names_of(cases)) <= keep:
        return list(cases), None
    few, screened = min(n, REPLICATIONS), finite(measures)
    bases, alone = [case.proposal(few) for case in cases], [p for case in cases for p in case.one_at_a_time(few)]
    responses: list[Response] = yield Batch([*bases, *alone], reader(screened), "screening")
    scores = dict.fromkeys(names_of(cases), 0.0)
    parts = by_case(responses[len(cases) :], cases, lambda factors: 2 * factors)
    for case, base, of in zip(cases, responses[: len(cases)], parts, strict=True):
        for measure in screened:
            effects = _effects(measure, base, of, few)
            most = float(effects.max(initial=0.0))
            for factor, effect in zip(case.factors, effects, strict=True):
                scores[factor.name] = max(scores[factor.name], float(effect) / most if most > 0 else 0.0)
    ranked = sorted(scores, key=lambda name: (-scores[name], name))
    kept = set(sorted(ranked, key=lambda name: ALWAYS.fullmatch(name) is None)[:keep])  # sorted() keeps the order of the others
    narrowed = [replace(case, factors=tuple(f for f in case.factors if f.name in kept)) for case in cases]
    each = [Score(name, round(scores[name], 4), name in kept) for name in ranked]
    return narrowed, ScreeningRecord(few, len(ranked), keep, each)


def _effects(measure: Measure, base: Response, responses: Sequence[Response], n: int) -> Floats:
    """The larger of the two mean paired differences of each factor, in size; 0 where there is no pair; shape (k,)."""
    b = base.row(measure, n)
    changes = np.array([r.row(measure, n) for r in responses]).reshape(-1, n) - b
    there = ~np.isnan(changes)
    means = np.abs(np.where(there, changes, 0.0).sum(axis=1)) / np.maximum(there.sum(axis=1), 1)
    return np.asarray(means.reshape(-1, 2).max(axis=1))
