"""Chart of marginal values on the page: what one more of each capacity is worth, as bars with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.analysis.as_json import of_json
from sim.analysis.naming import first_up
from sim.present.cells import UNSURE
from sim.studies.bottleneck.found import CapacityEffect, FoundBottleneck
from sim.studies.bottleneck.pictures import axis_words, changing, ends_of, note, panel_title, panels_of, picture_title, rows_of
from sim.studies.bottleneck.table import cell
from sim.studies.bottleneck.words import labels
from sim.studies.charts import Bar, Json, Row, bars, between, figure


def charts(summary: Mapping[str, Any]) -> dict[str, Json]:
    """``marginal``, a panel for each measure and a bar for each scenario; nothing where no capacity changes anything."""
    found = of_json(FoundBottleneck, summary)
    if not any(map(changing, found.results)):
        return {}
    rows, panels = rows_of(found), panels_of(found)
    many = len(found.results) > 1
    names = labels(found.results) if many else []
    made = [_panel(found, address, rows, names) for address in panels]
    return {"marginal": figure(picture_title(found), note(found, rows, panels), made, names, "bar")}


def _panel(found: FoundBottleneck, address: str, rows: Sequence[tuple[str, str, bool]], names: Sequence[str]) -> Json:
    unit = found.units[address]
    each = [{row.path: row.effects.get(address) for row in result.capacities} for result in found.results]
    made = [
        Row(label if told else f"{UNSURE} {label}", [_bar(by_path, path, unit, not names) for by_path in each], told)
        for path, label, told in rows
    ]
    known = (by_path.get(path) for by_path in each for path, *_ in rows)
    drawn = [effect for effect in known if effect is not None and effect.difference is not None]
    title, axis = first_up(panel_title(found, address).removesuffix(" (h)")), axis_words(found, address)
    return bars(title, unit or "points", axis, made, names, ends_of(drawn))


def _bar(by_path: Mapping[str, CapacityEffect | None], path: str, unit: str, alone: bool) -> Bar:
    effect = by_path.get(path)
    if effect is None or effect.difference is None:
        return Bar(None, "failed" if path in by_path else "not there")
    text = cell(effect.difference, unit)
    says = between(text, effect.low, effect.high, lambda x: cell(x, unit)) + ("" if unit else " points")
    worse = alone and effect.worse and effect.distinct
    told = text if effect.distinct else ""
    return Bar(effect.difference, told, effect.low, effect.high, says, effect.distinct, worse)
