"""The answer of a sensitivity study in a sentence or two: what matters most, by how much, what cannot be told from nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.analysis.measure import Measure
from sim.analysis.words import count, duration, share
from sim.present.labels import labels_of
from sim.studies.sensitivity.found import (
    FactorRow,
    MeasuredValue,
    MeasureEffects,
    MorrisRow,
    ScenarioEffects,
    SobolRow,
    TornadoRow,
)

NAMED = 3


def amount(x: float, unit: str) -> str:
    """A size in the unit of a measure: hours, people or percentage points."""
    if unit == "h":
        return duration(x)
    if unit == "people":
        text = count(x) if x >= 10 or x == 0 else f"{x:.2g}"
        return f"{text} {'person' if text == '1' else 'people'}"
    return f"{100 * x:.2g} points" if abs(x) < 0.1 else f"{100 * x:.0f} points"


def level(at: MeasuredValue | None, unit: str) -> str:
    """A value of the measure itself; ``never`` where it is infinite."""
    if at is None or at.value is None:
        reason = at.never if at is not None else None
        return {"stranded": "never", "unfinished": "past the horizon"}.get(reason or "", "no value")
    return share(at.value) if unit == "" else amount(at.value, unit)


def at_base(drawn: bool) -> str:
    """Where the inputs are before any is moved; *drawn*: anew for each set, or held at their written values."""
    return "with the inputs drawn" if drawn else "with every input at its value"


def sentence(kind: str, measure: Measure, title: str, drawn: bool, measured: MeasureEffects, inputs: Mapping[str, str]) -> str:
    """What matters most for one measure of one scenario; *inputs*: what each factor is called, by name."""
    rows, unit, whole = measured.factors, measure.kind.unit, measured.variance
    what = measure.title if not unit else measure.title.rsplit(" (", 1)[0]
    which = "levers" if kind == "lever" else "uncertain inputs"
    start = f"{title}: {what}, {level(measured.base, unit)} {at_base(drawn)}."
    if not rows:
        return f"{start} None of the factors studied is in this scenario."
    if all(row.unmoved for row in rows) or (whole is not None and not whole.variance and whole.rows):
        return f"{start} None of the {len(rows)} {which} studied changes it in any replication."
    if whole is not None and not whole.answered:
        return f"{start} Over the ranges it does not vary by more than the noise of the replications."
    clear = telling(rows)
    if not clear:
        return f"{start} None of the {len(rows)} {which} studied can be told from no effect: run more replications."
    parts = [_part(called(row, inputs), row, unit, k == 0) for k, row in enumerate(clear[:NAMED])]
    text = f"{start} What matters most is {_first(parts, leads(clear))}."
    hidden = len(rows) - len(clear)
    if hidden:
        text += f" {hidden} of the {len(rows)} {which} studied cannot be told from no effect."
    if whole is not None and whole.noise_share:
        text += f" {share(whole.noise_share)} of the variance of the points was noise of the replications, and is taken out."
    return text


def _first(parts: Sequence[str], leads: bool) -> str:
    """What matters most and what comes then; the first two side by side where they can't be told apart."""
    if leads or len(parts) < 2:
        return f"{parts[0]}; then {' and '.join(parts[1:])}" if parts[1:] else parts[0]
    return f"{parts[0]}, or {parts[1]}, which can't be told apart" + (f"; then {parts[2]}" if parts[2:] else "")


def leads(clear: Sequence[FactorRow]) -> bool:
    """Whether the first of the rows that are told from no effect can be told from the second."""
    return bool(clear) and clear[0].leads is not False


def called(row: FactorRow, inputs: Mapping[str, str]) -> str:
    """A factor in a sentence."""
    return inputs.get(row.name) or row.name


def winner(rows: Sequence[FactorRow], inputs: Mapping[str, str]) -> str:
    """``a``, or ``a, or b`` where they can't be told apart; nothing where none is told from no effect."""
    clear = telling(rows)
    return ", or ".join(called(row, inputs) for row in clear[: 1 if leads(clear) else 2])


def telling(rows: Sequence[FactorRow]) -> list[FactorRow]:
    """The rows that can be told from no effect."""
    return [row for row in rows if row.told]


def picture_title(measure: Measure, results: Sequence[ScenarioEffects], inputs: Mapping[str, str]) -> str:
    """What a picture of one measure says: the factor that matters most, in each scenario; *inputs*: what each is called."""
    what = measure.title.rsplit(" (", 1)[0]
    what = what[:1].upper() + what[1:]
    first = [winner(result.measures[measure.text].factors, inputs) for result in results]
    if len(set(first)) == 1:
        return f"{what}: {first[0]} matters most" if first[0] else f"{what}: no input can be told from no effect yet"
    each = (f"“{where}” {name or 'nothing yet'}" for where, name in zip(labels(results), first, strict=True))
    return f"{what}: what matters most is, in {'; in '.join(each)}"


def labels(results: Sequence[ScenarioEffects]) -> list[str]:
    """What the scenarios are called."""
    return labels_of([result.scenario for result in results], [result.title for result in results])


def _part(name: str, row: FactorRow, unit: str, first: bool) -> str:
    """What a factor does, in full of the *first*."""
    if isinstance(row, TornadoRow):
        return _swing(name, row, unit, first)
    if isinstance(row, MorrisRow):
        return _effect(name, row, unit, first)
    return _share(name, row, first)


def _swing(name: str, row: TornadoRow, unit: str, first: bool) -> str:
    ends = f"{level(row.low, unit)} at its low end, {level(row.high, unit)} at its high end"
    if row.turns:
        return f"{name}, which decides between a time and never ({ends})"
    swing = amount(row.swing or 0.0, unit)
    return f"{name}: {ends}, a swing of {swing}" if first else f"{name} ({swing})"


def _effect(name: str, row: MorrisRow, unit: str, first: bool) -> str:
    star, limits = amount(row.mu_star or 0.0, unit), row.mu_star_interval
    if not first:
        return f"{name} ({star})"
    between = f" (95 % interval {amount(limits[0], unit)} to {amount(limits[1], unit)})" if limits else ""
    return f"{name}: from low to high it moves that by {star} on average{between}"


def _share(name: str, row: SobolRow, first: bool) -> str:
    total, (low, high) = row.total or 0.0, row.total_interval or (0.0, 0.0)
    if not first:
        return f"{name} ({share(max(total, 0.0))})"
    alone = f", {share(max(row.first, 0.0))} by itself" if row.first is not None else ""
    between = f"95 % interval {share(max(low, 0.0))} to {share(high)}{alone}"
    return f"{name}, behind {share(total)} of the variance ({between})"


def contrast(measures: Sequence[Measure], results: Sequence[ScenarioEffects], inputs: Mapping[str, str]) -> list[str]:
    """How what matters differs between scenarios, a sentence for each measure; nothing for one scenario."""
    if len(results) < 2:
        return []
    return [_contrast(measure, results, inputs) for measure in measures]


def _contrast(measure: Measure, results: Sequence[ScenarioEffects], inputs: Mapping[str, str]) -> str:
    rows = [result.measures[measure.text].factors for result in results]
    names = labels(results)
    clear = [{called(row, inputs) for row in telling(some)} for some in rows]
    first = [
        f"{winner(some, inputs) or 'nothing that can be told from noise'} in “{name}”"
        for name, some in zip(names, rows, strict=True)
    ]
    line = f"For {measure.title.rsplit(' (', 1)[0]} what matters most is {', '.join(first)}."
    for k, name in enumerate(names):
        if only := sorted(clear[k].difference(*(others for j, others in enumerate(clear) if j != k))):
            line += f" Only in “{name}”: {', '.join(only[:4])}{f' and {len(only) - 4} more' if len(only) > 4 else ''}."
    return line
