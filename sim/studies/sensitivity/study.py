"""A sensitivity study from question to answer: the base, a choice of factors where there are many, the method, the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.analysis.factors import Studied
from sim.analysis.measure import Measure, MeasureError
from sim.analysis.naming import phrase
from sim.analysis.sets import Sets, untested
from sim.analysis.statistics import least_sample
from sim.analysis.study import Batch, Study
from sim.studies.applying import applying
from sim.studies.sensitivity.found import (
    FoundSensitivity,
    MeasuredValue,
    MeasureEffects,
    MorrisRow,
    ScenarioEffects,
    SobolVariance,
    StudiedFactor,
    TornadoRow,
    row_of,
)
from sim.studies.sensitivity.morris import LEAST, morris
from sim.studies.sensitivity.points import Json, Response, SensitivityCase, nearest_finite, reader, value_json
from sim.studies.sensitivity.screening import REPLICATIONS, names_of, screen
from sim.studies.sensitivity.sobol import sobol
from sim.studies.sensitivity.tornado import END_LEVEL, tornado
from sim.studies.sensitivity.wording import contrast, picture_title, sentence

TOP: dict[str, int] = {"tornado": 20, "morris": 20, "sobol": 8}
"""Factors studied where nobody names them."""


class MethodError(MeasureError):
    """A measure that a method has no use for; one line."""


@dataclass(frozen=True)
class Ask:
    """What is asked for."""

    method: str = "tornado"
    kind: Studied = "uncertainty"
    n: int = 50
    """Replications of each point."""
    seed: int = 1
    trajectories: int = 10
    base: int = 64
    """Base sample of Sobol' indices, a power of 2."""
    top: int | None = None
    """Most factors; all if None."""

    def points(self, factors: int) -> int:
        """Points of the method itself for so many factors of one scenario, without the base and the choice of factors."""
        if self.method == "tornado":
            return 2 * factors
        return self.trajectories * (factors + 1) if self.method == "morris" else self.base * (factors + 2)


def check(ask: Ask, measures: Sequence[Measure]) -> None:
    """Refuses what cannot be averaged; raises :class:`MethodError`."""
    for measure in measures:
        instead = nearest_finite(measure)
        if instead is not None and ask.method != "tornado":
            raise MethodError(
                f"{measure.text} may be infinite (never), and {ask.method} takes differences and means: ask for {instead}"
            )
    if ask.method == "sobol" and (ask.base < 2 or ask.base & (ask.base - 1)):
        raise MethodError(f"expected a base sample that is a power of 2, such as 64, got {ask.base}")


def cost(ask: Ask, cases: Sequence[SensitivityCase]) -> list[tuple[str, int, int]]:
    """What will be simulated: (what, points, replications of each), the base first."""
    many = len(names_of(cases))
    screened = ("screening", sum(2 * len(c.factors) + 1 for c in cases), min(ask.n, REPLICATIONS))
    points = sum(ask.points(min(len(c.factors), ask.top or many)) for c in cases)
    chosen = [screened] if ask.top is not None and many > ask.top else []
    return [("the base", len(cases), ask.n), *chosen, (ask.method, points, ask.n)]


def study(cases: Sequence[SensitivityCase], measures: Sequence[Measure], ask: Ask) -> Study[FoundSensitivity]:
    """Numbers, sentences and warnings for each scenario and measure."""
    bases: list[Response] = yield Batch([case.proposal(ask.n) for case in cases], reader(measures), "base")
    narrowed, record = list(cases), None
    if ask.top is not None:
        narrowed, record = yield from screen(cases, measures, ask.n, ask.top)
    if ask.method == "tornado":
        answers = yield from tornado(narrowed, measures, ask.n, bases)
    elif ask.method == "morris":
        answers = yield from morris(narrowed, measures, ask.n, ask.seed, ask.trajectories)
    else:
        answers = yield from sobol(narrowed, measures, ask.n, ask.seed, ask.base)
    results = [
        ScenarioEffects(case.name, case.title, case.drawn, _measures(ask, case, measures, base, answer))
        for case, base, answer in zip(narrowed, bases, answers, strict=True)
    ]
    factors = {f.name: StudiedFactor(**f.as_json(case.titles)) for case in narrowed for f in case.factors}
    phrases = {name: factor.phrase for name, factor in factors.items()}
    return FoundSensitivity(
        method=ask.method,
        kind=ask.kind,
        replications=ask.n,
        seed=ask.seed,
        trajectories=ask.trajectories if ask.method == "morris" else None,
        base_sample=ask.base if ask.method == "sobol" else None,
        measures=[m.text for m in measures],
        factors=list(factors.values()),
        screening=record,
        results=results,
        titles={m.text: picture_title(m, results, phrases) for m in measures},
        contrast=contrast(measures, results, phrases),
        warnings=_warnings(ask, measures, results, len(factors), _sets(bases, measures)),
    )


def _measures(
    ask: Ask, case: SensitivityCase, measures: Sequence[Measure], base: Response, answer: Json
) -> dict[str, MeasureEffects]:
    found, inputs = {}, {f.name: phrase(f.name, case.titles) for f in case.factors}
    for m in measures:
        at = MeasuredValue(**value_json(base.values[m.text])) if base.error is None else None
        whole, rows = None, answer[m.text]
        if ask.method == "sobol":
            whole, rows = SobolVariance(**{k: x for k, x in rows.items() if k != "factors"}), rows["factors"]
        effects = MeasureEffects(m.title, m.kind.unit, at, whole, [row_of(ask.method, row) for row in rows])
        found[m.text] = replace(effects, headline=sentence(ask.kind, m, case.title, case.drawn, effects, inputs))
    return found


def _sets(bases: Sequence[Response], measures: Sequence[Measure]) -> int | None:
    """The fewest sets of inputs that a base has; None where none was completed."""
    known = [Sets.of(base.series[measure.text].sets).count for base in bases for measure in measures[:1] if base.error is None]
    return min(known, default=None)


def _warnings(
    ask: Ask, measures: Sequence[Measure], results: Sequence[ScenarioEffects], factors: int, sets: int | None = None
) -> list[str]:
    least = {m.text: least_sample(m.kind.quantile, END_LEVEL) if m.kind.quantile is not None else 0 for m in measures}
    few = [f"{text}: {ask.n} replications are too few for intervals ({n} are needed)" for text, n in least.items() if ask.n < n]
    few_sets = "" if sets is None else untested(sets, ask.n)
    rough = applying(
        (ask.method == "tornado" and few_sets, few_sets),
        (
            ask.method == "morris" and ask.n < LEAST,
            f"{ask.n} replications of each point: too few to tell an effect from noise (at least {LEAST})",
        ),
        (
            ask.method == "morris" and ask.trajectories < 4,
            "fewer than 4 trajectories: intervals are very wide, or there are none",
        ),
        (
            ask.method == "sobol" and ask.n < 2,
            "one replication of each point: its noise is not known, and is part of the indices",
        ),
    )
    each = [
        line
        for result in results
        for address, about in result.measures.items()
        for line in _measure_warnings(ask, f"{result.scenario}, {address}", about)
    ]
    chance = f"of {factors} factors without any effect about {round(factors / 20)} would stand out by chance"
    return [*few, *rough, *each, *applying((factors >= 20 and ask.method != "sobol", chance))]


def _measure_warnings(ask: Ask, where: str, about: MeasureEffects) -> list[str]:
    short = sum(isinstance(f, MorrisRow) and f.trajectories < ask.trajectories for f in about.factors)
    few = f"{where}: {short} factors rest on fewer than {ask.trajectories} trajectories: points gave no value"
    return [
        *(_sobol_warnings(where, about.variance) if about.variance is not None else ()),
        *(f"{where}: no answer for {f.name}: a point failed" for f in about.factors if isinstance(f, TornadoRow) and f.error),
        *applying((short, few)),
    ]


def _sobol_warnings(where: str, indices: SobolVariance) -> list[str]:
    noise, lost = indices.noise_share or 0, indices.rows_lost
    noisy = f"{where}: {noise:.0%} of the raw variance is noise of few replications: more of them would help"
    return applying(
        (not indices.answered, f"{where}: no indices: it does not vary by more than the noise of the replications"),
        (indices.answered and noise > 0.2, noisy),
        (lost, f"{where}: {lost} rows of the base sample have a point without a value and are left out"),
    )
