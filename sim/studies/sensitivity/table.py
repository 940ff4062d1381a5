"""Tables of a sensitivity study: a row for each factor, the one that matters most first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.naming import first_up
from sim.analysis.words import count, duration, share
from sim.present.cells import NOTHING, UNSURE, late, signed
from sim.present.fitting import broken
from sim.studies.engine import Answer
from sim.studies.sensitivity.wording import scenarios
from sim.studies.tables import PATHS, WIDE, add_numbers, notes, parameter_cell, plain_table, sentences, title

Json = Mapping[str, Any]
ACTS = {"linear": "linear", "monotone": "one way", "nearly monotone": "mostly one way", "non-linear or interacting": "depends"}
"""What sigma / mu* says, in a cell."""
ARROWS = {"up": "↑", "down": "↓", "both": "↕"}


def shown(answer: Answer, width: int) -> list[RenderableType]:
    """The sentences, then the tables."""
    return [*sentences(answer), sensitivity_tables(answer.summary, width)]


def sensitivity_tables(answer: Json, width: int = 80) -> RenderableType:
    """A table for each scenario and measure, and one that sets the scenarios side by side where there are several."""
    parts: list[RenderableType] = []
    factors = {factor["name"]: factor for factor in answer["factors"]}
    for address in answer["measures"]:
        for result in answer["results"]:
            measured = result["measures"][address]
            parts += [_heading(answer, result, measured, address), _table(answer, result, measured, factors, width), Text("")]
        if len(answer["results"]) > 1:
            parts += [*_side_by_side(answer, address, width), Text("")]
    return Group(*parts, *_notes(answer, width))


def cell(x: float | None, unit: str, sign: bool = False) -> str:
    """A value in the unit of its measure: hours, people, or percentage points of a share."""
    if x is None:
        return NOTHING
    if unit == "h":
        text = duration(abs(x))
    elif unit == "people":
        text = count(abs(x))
    else:
        text = f"{abs(100 * x):.1f}" if abs(x) < 0.0995 else f"{abs(100 * x):.0f}"
    return signed(text, x) if sign else text if x >= 0 else f"−{text}"


def name_width(width: int) -> int:
    """Columns for what factors are called, of a terminal with *width* of them."""
    return 30 if width < 100 else 42


def unit_words(unit: str) -> str:
    """The unit of differences, in words."""
    return {"h": "time", "people": "people", "": "percentage points"}[unit]


def heading_of(measured: Json) -> str:
    """A measure as a heading, with what its differences are in."""
    text = measured["title"].rsplit(" (", 1)[0]
    return first_up(text) if measured["unit"] == "h" else f"{first_up(text)}, in {unit_words(measured['unit'])}"


def _heading(answer: Json, result: Json, measured: Json, address: str) -> Text:
    many = f"{answer['replications']:,} replications of each point"
    base = "" if measured["base"] is None else f" · base {level(measured, measured['base'], answer, result)}"
    about = f"\n{result['scenario']} · {heading_of(measured)} · {many}{base}"
    return title(result["title"], about, "" if answer["final"] else " · NOT FINAL")


def level(measured: Json, at: Json | None, answer: Json, result: Json) -> str:
    """A value of the measure itself."""
    if at is None:
        return NOTHING
    if at["value"] is None:
        return late(at["never"], answer["horizons_h"].get(result["scenario"], 0.0))
    return share(at["value"]) if measured["unit"] == "" else cell(at["value"], measured["unit"])


def _table(answer: Json, result: Json, measured: Json, factors: Mapping[str, Json], width: int) -> Table:
    wide = width >= WIDE
    table, names = plain_table("Lever" if answer["kind"] == "lever" else "Uncertain input"), name_width(width)
    rows = {"tornado": _tornado, "morris": _morris, "sobol": _sobol}[answer["method"]](table, measured, factors, wide)
    for row, cells in zip(measured["factors"], rows, strict=True):
        mark = "" if row["distinct"] or row.get("turns") else f"{UNSURE} "
        name = parameter_cell(mark + factors[row["name"]]["label"], row["name"], names, wide)
        table.add_row(name, *map(Text, cells), style="" if not mark else "dim")
    return table


def _limits(low: float | None, high: float | None, unit: str, sign: bool = False) -> str:
    return "" if low is None or high is None else f"{cell(low, unit, sign)} to {cell(high, unit, sign)}"


def _tornado(table: Table, measured: Json, factors: Mapping[str, Json], wide: bool) -> list[list[str]]:
    unit = measured["unit"]
    for end in ("Low", "High"):
        add_numbers(table, *([f"{end} end"] if wide else []), f"At {end.lower()}", *(["interval"] if wide else []))
    add_numbers(table, "Swing")
    rows = []
    for row in measured["factors"]:
        cells = []
        for end in ("low", "high"):
            at = row[end]
            cells += [factors[row["name"]][f"{end}_text"]] if wide else []
            cells += [_change(at, unit)]
            cells += [_limits(at and at["difference_low"], at and at["difference_high"], unit, True)] if wide else []
        rows.append([*cells, "∞" if row["turns"] else cell(row["swing"], unit)])
    return rows


def _change(at: Json | None, unit: str) -> str:
    if at is None:
        return "failed"
    if at["turns"]:
        return "never" if at["value"] is None else cell(at["value"], unit)
    return cell(at["difference"], unit, True)


def _morris(table: Table, measured: Json, factors: Mapping[str, Json], wide: bool) -> list[list[str]]:
    unit = measured["unit"]
    add_numbers(table, "mu*", "95 %")
    if wide:
        add_numbers(table, "mu", "sigma")
    add_numbers(table, "Noise")
    table.add_column("Acts", no_wrap=True)
    if wide:
        add_numbers(table, "Low end", "High end")
    rows = []
    for row in measured["factors"]:
        low, high = row.get("mu_star_interval") or (None, None)
        acts = f"{ARROWS.get(row.get('direction') or '', ' ')} {ACTS.get(row.get('character') or '', '')}"
        rows.append(
            [
                *(cell(row["mu_star"], unit), _limits(low, high, unit)),
                *([cell(row.get("mu"), unit, True), cell(row.get("sigma"), unit)] if wide else []),
                *(cell(row.get("noise_floor"), unit), acts if row["distinct"] else ""),
                *(_ends(factors[row["name"]]) if wide else []),
            ]
        )
    return rows


def _sobol(table: Table, measured: Json, factors: Mapping[str, Json], wide: bool) -> list[list[str]]:
    add_numbers(table, "First", *(["95 %"] if wide else []), "Total", "95 %", "Noise")
    if wide:
        add_numbers(table, "Low end", "High end")
    rows = []
    for row in measured["factors"]:
        first, total = (index_cells(row, name) for name in ("first", "total"))
        noise = NOTHING if row["total_noise"] is None else f"{row['total_noise']:.2f}"
        rows.append([first[0], *([first[1]] if wide else []), *total, noise, *(_ends(factors[row["name"]]) if wide else [])])
    return rows


def _ends(factor: Json) -> tuple[str, str]:
    return factor["low_text"], factor["high_text"]


def index_cells(row: Json, name: str) -> tuple[str, str]:
    """A Sobol' index and its interval."""
    if row[name] is None:
        return NOTHING, ""
    low, high = row[f"{name}_interval"]
    return f"{row[name] + 0.0:.2f}".replace("-", "−"), f"{low:.2f} to {high:.2f}".replace("-", "−")


MAIN = {"tornado": "swing", "morris": "mu_star", "sobol": "total"}


def _side_by_side(answer: Json, address: str, width: int) -> list[RenderableType]:
    """The main number of every factor in every scenario; the largest first."""
    key = MAIN[answer["method"]]
    main = {"tornado": "swing", "morris": "mu*", "sobol": "total index"}[answer["method"]]
    first, labels = answer["results"][0]["measures"][address], {f["name"]: f["label"] for f in answer["factors"]}
    heads = (broken(name, 20) for name in scenarios(answer["results"]))
    table = plain_table(broken(f"{heading_of(first)}: {main}", name_width(width)), *heads)
    by_scenario = [{row["name"]: row for row in result["measures"][address]["factors"]} for result in answer["results"]]
    unit = answer["results"][0]["measures"][address]["unit"]
    every = dict.fromkeys(name for rows in by_scenario for name in rows)
    order = {name: max(rows[name][key] or 0.0 for rows in by_scenario if name in rows) for name in every}
    for name in sorted(order, key=lambda n: (-order[n], n)):
        cells = []
        for rows in by_scenario:
            row = rows.get(name)
            if row is None or row[key] is None:
                cells.append(NOTHING)
                continue
            text = index_cells(row, "total")[0] if key == "total" else "∞" if row.get("turns") else cell(row[key], unit)
            cells.append(text if row["distinct"] or row.get("turns") else f"{UNSURE} {text}")
        table.add_row(parameter_cell(labels[name], name, name_width(width), False), *map(Text, cells))
    return [table]


def _notes(answer: Json, width: int) -> list[Text]:
    reading = {
        "tornado": "At low, at high: change when only this input stands at that end; swing: between the two ends and the base.",
        "morris": "mu*: mean size of the change from low to high, others anywhere in their ranges; noise: what mu* of an input "
        "without effect stays below; acts: ↑ ↓ always up or down, ↕ either way, depends: not linear, or on the others.",
        "sobol": "First: share of the variance due to this input alone; total: with all its interactions; noise: part of the raw "
        "total that was noise of the replications and is taken out.",
    }[answer["method"]]
    lines = [
        f"{reading} Every input moves over its own range. {UNSURE} can't be told from no effect. Intervals are 95 % each, "
        "not together."
    ]
    lines += PATHS if width < WIDE else ()
    screening = answer["screening"]
    if screening is not None:
        lines.append(
            f"{screening['kept']} of {screening['tried']} inputs, chosen by trying each alone with {screening['replications']} "
            "replications: one that acts only together with others may be missed (--top 0 studies all)."
        )
    return notes(lines, answer["warnings"])
