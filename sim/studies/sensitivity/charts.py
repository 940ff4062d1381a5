"""Charts of a sensitivity study on the page: bars with intervals, a row for each factor and a panel for each scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.analysis.words import share
from sim.present.cells import UNSURE
from sim.studies.charts import Bar, Json, Row, bars, between, figure
from sim.studies.sensitivity.found import (
    FactorRow,
    FoundSensitivity,
    MorrisRow,
    ScenarioEffects,
    SobolRow,
    StudiedFactor,
    TornadoRow,
    sensitivity_of,
)
from sim.studies.sensitivity.pictures import axis_words, caption, name_of, note, order, turning
from sim.studies.sensitivity.table import ACTS, ARROWS, base_text, cell
from sim.studies.sensitivity.wording import at_base, labels

NAMES = {
    "tornado": ("at its low end", "at its high end"),
    "morris": (),
    "sobol": ("with all its interactions", "by itself"),
}
"""What the bars of a row are, by method."""


def charts(summary: Mapping[str, Any]) -> dict[str, Json]:
    """One for each measure."""
    found = sensitivity_of(summary)
    return {name_of(found, address): _figure(found, address) for address in found.measures}


def _figure(found: FoundSensitivity, address: str) -> Json:
    results, method = found.results, found.method
    names = order(found, address)
    panels = [_panel(found, address, result, names) for result in results]
    if method == "tornado":  # one scale for all of them
        ends = _ends([row for panel in panels for row in panel["rows"]])
        panels = [panel | {"ends": ends} for panel in panels]
    bars_are = "" if method == "sobol" else f"{caption(found)} "  # of which the key says it
    return figure(found.titles[address], f"{bars_are}{note(found, address, len(names))}", panels, NAMES[method], "bar")


def _panel(found: FoundSensitivity, address: str, result: ScenarioEffects, names: Sequence[str]) -> Json:
    measured, several = result.measures[address], len(found.results) > 1
    called = next(name for name, one in zip(labels(found.results), found.results, strict=True) if one is result)
    unit, rows = measured.unit, {row.name: row for row in measured.factors}
    factors = {factor.name: factor for factor in found.factors}
    made = [_row(factors[name], rows.get(name), unit) for name in names]
    base = base_text(found, result, measured)
    title = f"{called if several else result.title}: {base} {at_base(result.drawn)}"
    scale = "" if found.method == "sobol" else unit or "points"
    axis, plain = axis_words(found.method, unit), found.method != "tornado"
    return bars(title, scale, axis, made, NAMES[found.method], plain=plain)


def _row(factor: StudiedFactor, row: FactorRow | None, unit: str) -> Row:
    if row is None:
        return Row(f"{UNSURE} {factor.label}", [Bar(None, "not in this scenario")], False)
    sure = row.told
    label = factor.label if sure else f"{UNSURE} {factor.label}"
    if isinstance(row, TornadoRow):
        return Row(label, _tornado(row, factor, unit), sure)
    if isinstance(row, MorrisRow):
        return Row(label, _morris(row, unit), sure, row.noise_floor)
    return Row(label, _sobol(row), sure)


def _tornado(row: TornadoRow, factor: StudiedFactor, unit: str) -> list[Bar]:
    if row.low is None or row.high is None:
        return [Bar(None, "a point failed")]
    made = []
    for at, text in ((row.low, factor.low_text or "low"), (row.high, factor.high_text or "high")):
        if at.turns or at.difference is None:
            made.append(Bar(None, f"{text}: {turning(at, unit)}"))
            continue
        low, high = at.difference_low, at.difference_high
        says = f"{text}: {between(_change(at.difference, unit), low, high, lambda x: _change(x, unit))}"
        made.append(Bar(at.difference, text, low, high, says, row.distinct))
    return made


def _change(x: float, unit: str) -> str:
    return cell(x, unit, sign=True) + ("" if unit else " points")


def _morris(row: MorrisRow, unit: str) -> list[Bar]:
    if row.mu_star is None:
        return [Bar(None, "no point has a value")]
    low, high = row.mu_star_interval or (None, None)
    acts = f" {ARROWS.get(row.direction or '', '')} {ACTS.get(row.character or '', '')}" if row.distinct else ""
    says = between(cell(row.mu_star, unit), low, high, lambda x: cell(x, unit))
    floor = "" if row.noise_floor is None else f"; noise floor {cell(row.noise_floor, unit)}"
    return [Bar(row.mu_star, f"{cell(row.mu_star, unit)}{acts}", low, high, f"{says}{acts}{floor}", row.distinct)]


def _sobol(row: SobolRow) -> list[Bar]:
    if row.total is None or row.first is None:
        return [Bar(None, "no index: nothing but noise, or no variation")]
    made = []
    for index, interval in ((row.total, row.total_interval), (row.first, row.first_interval)):
        low, high = interval or (None, None)
        text = _share(index)
        made.append(Bar(index, text, low, high, between(text, low, high, _share), row.distinct))
    return made


def _share(x: float) -> str:
    return share(x) if x >= 0 else f"{100 * x:.0f} %".replace("-0 %", "0 %").replace("-", "−")


def _ends(rows: Sequence[Json]) -> list[float]:
    every = [bar[key] for row in rows for bar in row["bars"] for key in ("value", "low", "high") if bar[key] is not None]
    return [min([0.0, *every]), max([0.0, *every])]
