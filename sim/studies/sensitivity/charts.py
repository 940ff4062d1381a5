"""Charts of a sensitivity study on the page: bars with intervals, a row for each factor and a panel for each scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sim.analysis.words import share
from sim.present.cells import UNSURE
from sim.studies.charts import Bar, Json, Row, bars, between, figure
from sim.studies.sensitivity.pictures import axis_words, caption, name_of, note, order, turning
from sim.studies.sensitivity.table import ACTS, ARROWS, cell, level
from sim.studies.sensitivity.wording import at_base, scenarios

Answer = Mapping[str, Any]
NAMES = {
    "tornado": ("at its low end", "at its high end"),
    "morris": (),
    "sobol": ("with all its interactions", "by itself"),
}
"""What the bars of a row are, by method."""


def charts(answer: Answer) -> dict[str, Json]:
    """One for each measure."""
    return {name_of(answer, address): _figure(answer, address) for address in answer["measures"]}


def _figure(answer: Answer, address: str) -> Json:
    results, method = answer["results"], answer["method"]
    names = order(answer, address)
    panels = [_panel(answer, address, result, names) for result in results]
    if method == "tornado":  # one scale for all of them
        ends = _ends([row for panel in panels for row in panel["rows"]])
        panels = [panel | {"ends": ends} for panel in panels]
    bars_are = "" if method == "sobol" else f"{caption(answer)} "  # of which the key says it
    return figure(answer["titles"][address], f"{bars_are}{note(answer, address, len(names))}", panels, NAMES[method], "bar")


def _panel(answer: Answer, address: str, result: Json, names: Sequence[str]) -> Json:
    measured, several = result["measures"][address], len(answer["results"]) > 1
    called = next(name for name, one in zip(scenarios(answer["results"]), answer["results"], strict=True) if one is result)
    unit, rows = measured["unit"], {row["name"]: row for row in measured["factors"]}
    factors = {factor["name"]: factor for factor in answer["factors"]}
    bars_of: Callable[..., list[Bar]] = {"tornado": _tornado, "morris": _morris, "sobol": _sobol}[answer["method"]]
    made = [_row(factors[name], rows.get(name), unit, bars_of) for name in names]
    base = level(measured, measured["base"], answer, result)
    title = f"{called if several else result['title']}: {base} {at_base(result['drawn'])}"
    scale = "" if answer["method"] == "sobol" else unit or "points"
    axis, plain = axis_words(answer["method"], unit), answer["method"] != "tornado"
    return bars(title, scale, axis, made, NAMES[answer["method"]], plain=plain)


def _row(factor: Json, row: Json | None, unit: str, bars_of: Callable[..., list[Bar]]) -> Row:
    if row is None:
        return Row(f"{UNSURE} {factor['label']}", [Bar(None, "not in this scenario")], False)
    sure = bool(row["distinct"] or row.get("turns"))
    label = factor["label"] if sure else f"{UNSURE} {factor['label']}"
    return Row(label, bars_of(row, factor, unit), sure, row.get("noise_floor"))


def _tornado(row: Json, factor: Json, unit: str) -> list[Bar]:
    if row["error"]:
        return [Bar(None, "a point failed")]
    made = []
    for end in ("low", "high"):
        at, text = row[end], factor[f"{end}_text"] or end
        if at["turns"] or at["difference"] is None:
            made.append(Bar(None, f"{text}: {turning(at, unit)}"))
            continue
        low, high = at["difference_low"], at["difference_high"]
        says = f"{text}: {between(_change(at['difference'], unit), low, high, lambda x: _change(x, unit))}"
        made.append(Bar(at["difference"], text, low, high, says, row["distinct"]))
    return made


def _change(x: float, unit: str) -> str:
    return cell(x, unit, sign=True) + ("" if unit else " points")


def _morris(row: Json, factor: Json, unit: str) -> list[Bar]:
    if row["mu_star"] is None:
        return [Bar(None, "no point has a value")]
    low, high = row["mu_star_interval"] or (None, None)
    acts = f" {ARROWS.get(row['direction'] or '', '')} {ACTS.get(row['character'] or '', '')}" if row["distinct"] else ""
    says = between(cell(row["mu_star"], unit), low, high, lambda x: cell(x, unit))
    floor = "" if row["noise_floor"] is None else f"; noise floor {cell(row['noise_floor'], unit)}"
    return [Bar(row["mu_star"], f"{cell(row['mu_star'], unit)}{acts}", low, high, f"{says}{acts}{floor}", row["distinct"])]


def _sobol(row: Json, factor: Json, unit: str) -> list[Bar]:
    if row["total"] is None:
        return [Bar(None, "no index: nothing but noise, or no variation")]
    made = []
    for name in ("total", "first"):
        low, high = row[f"{name}_interval"] or (None, None)
        text = _share(row[name])
        made.append(Bar(row[name], text, low, high, between(text, low, high, _share), row["distinct"]))
    return made


def _share(x: float) -> str:
    return share(x) if x >= 0 else f"{100 * x:.0f} %".replace("-0 %", "0 %").replace("-", "−")


def _ends(rows: Sequence[Json]) -> list[float]:
    every = [bar[key] for row in rows for bar in row["bars"] for key in ("value", "low", "high") if bar[key] is not None]
    return [min([0.0, *every]), max([0.0, *every])]
