"""Tables of a sensitivity study: a row for each factor, the one that matters most first."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.naming import first_up
from sim.analysis.words import count, duration, share
from sim.present.cells import NOTHING, UNSURE, late, signed
from sim.present.fitting import broken
from sim.studies.sensitivity.answer import Sensitivity
from sim.studies.sensitivity.found import (
    Ends,
    FactorRow,
    FoundSensitivity,
    MeasureEffects,
    MorrisRow,
    ScenarioEffects,
    SobolRow,
    StudiedFactor,
    TornadoEnd,
    TornadoRow,
)
from sim.studies.sensitivity.wording import labels
from sim.studies.tables import PATHS, WIDE, add_numbers, notes, parameter_cell, plain_table, sentences, title

ACTS = {"linear": "linear", "monotone": "one way", "nearly monotone": "mostly one way", "non-linear or interacting": "depends"}
"""What sigma / mu* says, in a cell."""
ARROWS = {"up": "↑", "down": "↓", "both": "↕"}


def shown(answer: Sensitivity, width: int) -> list[RenderableType]:
    """The sentences, then the tables."""
    return [*sentences(answer), sensitivity_tables(answer.found, width)]


def sensitivity_tables(found: FoundSensitivity, width: int = 80) -> RenderableType:
    """A table for each scenario and measure, and one that sets the scenarios side by side where there are several."""
    parts: list[RenderableType] = []
    factors = {factor.name: factor for factor in found.factors}
    for address in found.measures:
        for result in found.results:
            measured = result.measures[address]
            parts += [_heading(found, result, measured), _table(found, measured, factors, width), Text("")]
        if len(found.results) > 1:
            parts += [*_side_by_side(found, address, width), Text("")]
    return Group(*parts, *_notes(found, width))


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


def heading_of(measured: MeasureEffects) -> str:
    """A measure as a heading, with what its differences are in."""
    text = measured.title.rsplit(" (", 1)[0]
    return first_up(text) if measured.unit == "h" else f"{first_up(text)}, in {unit_words(measured.unit)}"


def _heading(found: FoundSensitivity, result: ScenarioEffects, measured: MeasureEffects) -> Text:
    many = f"{found.replications:,} replications of each point"
    base = "" if measured.base is None else f" · base {base_text(found, result, measured)}"
    about = f"\n{result.scenario} · {heading_of(measured)} · {many}{base}"
    return title(result.title, about, "" if found.final else " · NOT FINAL")


def value_text(value: float | None, never: str | None, unit: str, horizon_h: float) -> str:
    """A value of the measure itself."""
    if value is None:
        return late(never, horizon_h)
    return share(value) if unit == "" else cell(value, unit)


def base_text(found: FoundSensitivity, result: ScenarioEffects, measured: MeasureEffects) -> str:
    """The measure before anything is moved."""
    at = measured.base
    return NOTHING if at is None else value_text(at.value, at.never, measured.unit, found.horizons_h.get(result.scenario, 0.0))


def _table(found: FoundSensitivity, measured: MeasureEffects, factors: Mapping[str, StudiedFactor], width: int) -> Table:
    wide = width >= WIDE
    table, names = plain_table("Lever" if found.kind == "lever" else "Uncertain input"), name_width(width)
    heads = {"tornado": _tornado_heads, "morris": _morris_heads, "sobol": _sobol_heads}[found.method]
    heads(table, wide)
    for row in measured.factors:
        factor, mark = factors[row.name], "" if row.told else f"{UNSURE} "
        name = parameter_cell(mark + factor.label, row.name, names, wide)
        table.add_row(name, *map(Text, _cells(row, factor, measured.unit, wide)), style="" if not mark else "dim")
    return table


def _cells(row: FactorRow, factor: StudiedFactor, unit: str, wide: bool) -> list[str]:
    if isinstance(row, TornadoRow):
        return _tornado(row, factor, unit, wide)
    if isinstance(row, MorrisRow):
        return _morris(row, factor, unit, wide)
    return _sobol(row, factor, wide)


def _limits(low: float | None, high: float | None, unit: str, sign: bool = False) -> str:
    return "" if low is None or high is None else f"{cell(low, unit, sign)} to {cell(high, unit, sign)}"


def _tornado_heads(table: Table, wide: bool) -> None:
    for end in ("Low", "High"):
        add_numbers(table, *([f"{end} end"] if wide else []), f"At {end.lower()}", *(["interval"] if wide else []))
    add_numbers(table, "Swing")


def _tornado(row: TornadoRow, factor: StudiedFactor, unit: str, wide: bool) -> list[str]:
    made = []
    for at, text in ((row.low, factor.low_text), (row.high, factor.high_text)):
        made += [text] if wide else []
        made += [_change(at, unit)]
        made += [_limits(at.difference_low, at.difference_high, unit, True) if at else ""] if wide else []
    return [*made, "∞" if row.turns else cell(row.swing, unit)]


def _change(at: TornadoEnd | None, unit: str) -> str:
    if at is None:
        return "failed"
    if at.turns:
        return "never" if at.value is None else cell(at.value, unit)
    return cell(at.difference, unit, True)


def _morris_heads(table: Table, wide: bool) -> None:
    add_numbers(table, "mu*", "95 %")
    if wide:
        add_numbers(table, "mu", "sigma")
    add_numbers(table, "Noise")
    table.add_column("Acts", no_wrap=True)
    if wide:
        add_numbers(table, "Low end", "High end")


def _morris(row: MorrisRow, factor: StudiedFactor, unit: str, wide: bool) -> list[str]:
    low, high = row.mu_star_interval or (None, None)
    acts = f"{ARROWS.get(row.direction or '', ' ')} {ACTS.get(row.character or '', '')}"
    made = [cell(row.mu_star, unit), _limits(low, high, unit)]
    made += [cell(row.mu, unit, True), cell(row.sigma, unit)] if wide else []
    made += [cell(row.noise_floor, unit), acts if row.distinct else ""]
    return [*made, *((factor.low_text, factor.high_text) if wide else ())]


def _sobol_heads(table: Table, wide: bool) -> None:
    add_numbers(table, "First", *(["95 %"] if wide else []), "Total", "95 %", "Noise")
    if wide:
        add_numbers(table, "Low end", "High end")


def _sobol(row: SobolRow, factor: StudiedFactor, wide: bool) -> list[str]:
    first, total = index_cells(row.first, row.first_interval), index_cells(row.total, row.total_interval)
    noise = NOTHING if row.total_noise is None else f"{row.total_noise:.2f}"
    made = [first[0], *([first[1]] if wide else []), *total, noise]
    return [*made, *((factor.low_text, factor.high_text) if wide else ())]


def index_cells(index: float | None, interval: Ends) -> tuple[str, str]:
    """A Sobol' index and its interval."""
    if index is None or interval is None:
        return NOTHING, ""
    low, high = interval
    return f"{index + 0.0:.2f}".replace("-", "−"), f"{low:.2f} to {high:.2f}".replace("-", "−")


def _side_by_side(found: FoundSensitivity, address: str, width: int) -> list[RenderableType]:
    """The main number of every factor in every scenario; the largest first."""
    main = {"tornado": "swing", "morris": "mu*", "sobol": "total index"}[found.method]
    first, called = found.results[0].measures[address], {f.name: f.label for f in found.factors}
    heads = (broken(name, 20) for name in labels(found.results))
    table = plain_table(broken(f"{heading_of(first)}: {main}", name_width(width)), *heads)
    by_scenario = [{row.name: row for row in result.measures[address].factors} for result in found.results]
    every = dict.fromkeys(name for rows in by_scenario for name in rows)
    order = {name: max(rows[name].size or 0.0 for rows in by_scenario if name in rows) for name in every}
    for name in sorted(order, key=lambda n: (-order[n], n)):
        cells = [_main(rows.get(name), first.unit) for rows in by_scenario]
        table.add_row(parameter_cell(called[name], name, name_width(width), False), *map(Text, cells))
    return [table]


def _main(row: FactorRow | None, unit: str) -> str:
    if row is None or row.size is None:
        return NOTHING
    if isinstance(row, SobolRow):
        text = index_cells(row.total, row.total_interval)[0]
    else:
        text = "∞" if isinstance(row, TornadoRow) and row.turns else cell(row.size, unit)
    return text if row.told else f"{UNSURE} {text}"


def _notes(found: FoundSensitivity, width: int) -> list[Text]:
    reading = {
        "tornado": "At low, at high: change when only this input stands at that end; swing: between the two ends and the base.",
        "morris": "mu*: mean size of the change from low to high, others anywhere in their ranges; noise: what mu* of an input "
        "without effect stays below; acts: ↑ ↓ always up or down, ↕ either way, depends: not linear, or on the others.",
        "sobol": "First: share of the variance due to this input alone; total: with all its interactions; noise: part of the raw "
        "total that was noise of the replications and is taken out.",
    }[found.method]
    lines = [
        f"{reading} Every input moves over its own range. {UNSURE} can't be told from no effect. Intervals are 95 % each, "
        "not together."
    ]
    lines += PATHS if width < WIDE else ()
    screening = found.screening
    if screening is not None:
        lines.append(
            f"{screening.kept} of {screening.tried} inputs, chosen by trying each alone with {screening.replications} "
            "replications: one that acts only together with others may be missed (--top 0 studies all)."
        )
    return notes(lines, found.warnings)
