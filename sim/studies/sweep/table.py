"""The table of a sweep: points as rows, measures as columns; of many points the first and the last."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.words import count, duration
from sim.present import cells
from sim.present.fitting import broken
from sim.studies.applying import applying
from sim.studies.design.points import OWN
from sim.studies.sweep.answer import Sweep
from sim.studies.sweep.found import FoundSweep
from sim.studies.sweep.points import Sheet, View, never_ordered
from sim.studies.sweep.words import value_text
from sim.studies.tables import WIDE, add_numbers, lean_table, notes, title

FIRST, LAST = 16, 4
"""Rows shown of a sweep that has more than both together."""


def shown(answer: Sweep, width: int) -> list[RenderableType]:
    """The sentence, then the table where there are few enough points."""
    return [answer.headline, *(["", sweep_table(answer.view, answer.found, width)] if answer.view is not None else [""])]


def sweep_table(view: View, found: FoundSweep, width: int = 80) -> RenderableType:
    """Rows are points; intervals stand beside the numbers where there is room."""
    wide = width >= WIDE
    axes = list(view.axes)
    many = len(view.scenarios) > 1
    labels = len(axes) + many
    each = 22 if wide else 10
    unasked = np.nan_to_num(never_ordered(view))
    some = bool(unasked.any())
    fits = max(1, (width - 13 * labels - 6 - (8 if some else 0)) // each)
    sheets = view.sheets[:fits]
    table = lean_table()
    add_numbers(table, "Point")
    if many:
        table.add_column("Scenario", no_wrap=True)
    for axis in axes:
        heading = broken(view.name(axis).label, 20 if wide else 14) + (f"\n({axis.written[0]})" if axis.written[0] else "")
        table.add_column(Text(heading), justify="right", overflow="fold", max_width=24 if wide else 16)
    for sheet in sheets:
        add_numbers(table, _heading(sheet))
        if wide:
            table.add_column("", style="dim", no_wrap=True)
    add_numbers(table, *(["Never\nordered"] if some else []))
    rows, places, units = shown_rows(len(view.design)), [view.places(axis) for axis in axes], [_unit(sheet) for sheet in sheets]
    for number in rows:
        if number is None:
            table.add_row("…")
            continue
        head = [f"{number}"] + ([broken(view.labels[view.scenario[number]], 28 if wide else 18)] if many else [])
        head += [axis.written[1][p[number]] if p[number] != OWN else cells.NOTHING for axis, p in zip(axes, places, strict=True)]
        body = [cell for sheet, unit in zip(sheets, units, strict=True) for cell in _cells(view, sheet, number, unit, wide)]
        body += [count(unasked[number])] if some else []
        table.add_row(*map(Text, [*head, *body]), style="dim" if number in view.errors else "")
    return Group(_title(view, found), table, *_notes(view, sheets, len([r for r in rows if r is not None])))


def shown_rows(size: int) -> list[int | None]:
    """Numbers of the points shown, ``None`` where some are left out."""
    if size <= FIRST + LAST + 1:
        return list(range(size))
    return [*range(FIRST), None, *range(size - LAST, size)]


HEADS = {
    "p50": "P50 from\norder", "p90": "P90 from\norder", "out_p50": "Out\nP50", "out_p90": "Out\nP90", "p_all_out": "P(all\nout)",
    "left_behind": "Left\nbehind",
}  # fmt: skip
"""Heads of columns, by the kind of measure."""


def _heading(sheet: Sheet) -> str:
    name = HEADS.get(sheet.measure.kind.name, sheet.measure.kind.name.replace("_", "\n", 1))
    return name if not sheet.measure.whose else f"{broken(sheet.measure.whose, 14)}\n{name.replace(chr(10), ' ')}"


def _unit(sheet: Sheet) -> str | None:
    return cells.unit_for(float(x) for x in sheet.value if math.isfinite(x)) if sheet.measure.kind.unit == "h" else None


def _cells(view: View, sheet: Sheet, number: int, unit: str | None, wide: bool) -> list[str]:
    if number in view.errors:
        return ["failed", *([""] if wide else [])]
    value, low, high = (float(x[number]) for x in (sheet.value, sheet.low, sheet.high))

    def text(x: float) -> str:
        if unit is not None and math.isfinite(x):
            return duration(x, unit)
        return value_text(x, sheet.measure, sheet.never[number], view.horizon_h)

    made = [text(value)]
    if wide:
        made.append("" if math.isnan(low) or math.isnan(high) or low == high else cells.between(text(low), text(high)))
    return made


def _title(view: View, found: FoundSweep) -> Text:
    size = len(view.design)
    about = f"\n{size:,} point{'s' if size != 1 else ''} · {view.n:,} replications each · seed {view.seed}"
    failed = "" if found.final else f"\nNOT FINAL: {found.failed:,} of {size:,} points failed"
    return title(found.title or "Sweep", about, failed)


def _absent(view: View, sheets: Sequence[Sheet]) -> list[str]:
    """Why a measure is missing at points that have answers otherwise, a line for each mission."""
    where: dict[str, set[str]] = {}
    for sheet in sheets:
        if sheet.absent:
            where.setdefault(sheet.measure.whose, set()).update(view.labels[view.scenario[p]] for p in sheet.absent)
    return [f"{cells.NOTHING}: there is no mission {mission} in {', '.join(sorted(names))}." for mission, names in where.items()]


def _notes(view: View, sheets: Sequence[Sheet], shown: int) -> list[Text]:
    full = [axis.path for axis in view.axes]
    left = [f"{len(view.design) - shown:,} more points"] if len(view.design) > shown else []
    more = len(view.sheets) - len(sheets)
    left += [f"{more} more measure{'s' if more > 1 else ''}"] if more else []
    quantiles = [(s.measure.text, np.isfinite(s.value) & np.isnan(s.low)) for s in sheets if s.measure.kind.quantile is not None]
    few = [f"{text} has too few sets of inputs for an interval at {at.sum():,} points." for text, at in quantiles if at.any()]
    out = any(sheet.measure.kind.name in ("out_p50", "out_p90") for sheet in sheets)
    unasked = "Never ordered: people whom nobody ordered out, on average, who are not among all that are out."
    lines = [
        *_absent(view, sheets),
        *applying(
            (full, f"As --vary takes them: {', '.join(full)}."),
            (left, f"Not shown: {' and '.join(left)}; all of it is in sweep.csv and sweep.parquet."),
            (out, "Out: time from the start of the clock until all are out."),
        ),
        *few,
        *applying((np.nan_to_num(never_ordered(view)).any(), unasked)),
        "The same random numbers at every point. Intervals are 95 % each, not together.",
    ]
    return notes(lines)
