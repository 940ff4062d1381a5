"""What differs, on the page: the matrix where there is one, and the paired differences from the first scenario."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from sim.analysis.choice import choice
from sim.analysis.matrix import Matrix, MatrixCell
from sim.analysis.paired import Differences, Paired, PairedEntry, Side
from sim.analysis.words import duration, mission_titles, share
from sim.present import cells
from sim.present.clocks_table import differences_unit
from sim.present.compare_words import by_side, change, in_words, limits, moving, together
from sim.present.page.shown import Json, Shown, sides_of
from sim.present.page.tables import Column, table
from sim.present.same_orders import HINT, split
from sim.present.terminal import matrix_lines, matrix_unit


def comparison(
    shown: Sequence[Shown],
    differences: Sequence[Differences],
    same_orders: Sequence[Differences] | None = None,
    matrix: Matrix | None = None,
) -> Json | None:
    """None of one scenario.  *same_orders*: once more with everybody ordered out as in the base, where that was asked for."""
    if not differences:
        return None
    same = {one.of: one for one in same_orders or ()}
    parts = []
    for one in differences:
        ordered = same.get(one.other)
        parts.append(_part(one, choice(one, ordered), shown, one))
        if ordered is not None:
            parts.append(_part(ordered, split(one, ordered), shown, one, "At the same orders: "))
    hint = HINT if same_orders is None and any(one.orders_apart for one in differences) else ""
    return {"matrix": _matrix(matrix) if matrix is not None else None, "parts": parts, "hint": hint}


def _part(differences: Differences, sentence: str, shown: Sequence[Shown], of: Differences, before: str = "") -> Json:
    """*of*: the differences whose sides these are, if they aren't its own."""
    names_of, series = sides_of(of, shown), {one.name: k for k, one in enumerate(shown)}
    base, other = names_of
    names, missions = mission_titles(differences), differences.missions
    everybody: tuple[str, PairedEntry, str | None] = ("all together", differences.total, None)
    rows = [*((names[name], missions[name], name) for name in moving(differences)), everybody]
    notes = [
        in_words(differences)
        + by_side(differences, "out_before", "Out before the start")
        + by_side(differences, "never_ordered", "Never ordered out, so not among all that are out"),
        f"{other} minus {base}, {differences.pairs:,} pairs. {cells.UNSURE}: can't be told from no difference. Below a number "
        f"its 95 % interval, each for itself.{together(differences)}",
        *differences.warnings,
    ]
    return {
        "title": f"{before}{other} against {base}",
        "sentence": sentence,
        "sides": [base, other],
        "series": [series[differences.base], series[differences.of]],
        "bars": [_bar(name, entry) for name, entry, _ in rows if entry.left_behind.difference is not None],
        "table": table(f"{before}{other} against {base}", "Mission", _columns(differences, base, other), rows, notes),
    }


def _bar(name: str, entry: PairedEntry) -> list[Any]:
    """``[mission, difference, low, high, whether it holds with all others that do, in words]`` of people left behind."""
    left = entry.left_behind
    text = change(left, cells.head_count_change)
    between = limits(left, cells.head_count_change)
    return [name, left.difference, left.low, left.high, bool(left.holds), f"{text} ({between})"]


def _columns(differences: Differences, base: str, other: str) -> list[Column[PairedEntry]]:
    unit, horizon = differences_unit(differences), differences.horizon_h

    def median(title: str, side: Side) -> Column[PairedEntry]:
        def text(entry: PairedEntry) -> str:
            hours, of = entry.median_out_h.side(side), entry.median_out_h
            if hours == 0 and entry.gone(side):
                return cells.BEFORE
            return cells.late(of.never_of(side), horizon) if hours is None else duration(hours, unit)

        def by(entry: PairedEntry) -> float | None:
            hours = entry.median_out_h.side(side)
            return float(hours) if hours is not None else math.inf if entry.median_out_h.never_of(side) else None

        return Column(title, text, None, by, "median from the start of the clock until all are out")

    def paired(title: str, of: Callable[[PairedEntry], Paired], write: Callable[[float], str], about: str) -> Column[PairedEntry]:
        return Column(
            title,
            lambda e: change(of(e), write),
            lambda e: limits(of(e), write),
            lambda e: of(e).difference,
            about,
        )

    def part(title: str, of: Callable[[PairedEntry], float | None]) -> Column[PairedEntry]:
        return Column(
            title,
            lambda e: cells.known(of(e), share),
            None,
            of,
            f"share of the pairs with a time on both sides in which {other} is {title.lower()}",
        )

    return [
        median(f"Out, {base}", "base"),
        median(f"Out, {other}", "other"),
        paired("Difference", lambda e: e.median_out_h, lambda x: cells.hours_change(x, unit), "of the medians until all are out"),
        paired("All out, points", lambda e: e.p_all_out, cells.points, "difference of the chance that all are out"),
        paired(
            "Left behind", lambda e: e.left_behind, cells.head_count_change, "difference of the people left behind, on average"
        ),
        part("Earlier", lambda e: e.earlier),
        part("Later", lambda e: e.later),
    ]


def _matrix(matrix: Matrix) -> Json:
    unit = matrix_unit(matrix)
    rows = []
    for provider in matrix.providers:
        each = [matrix.cells[provider].get(threat) for threat in matrix.threats]
        rows.append([provider, [None if cell is None else _cell(cell, unit) for cell in each]])
    return {"threats": list(matrix.threats), "rows": rows}


def _cell(cell: MatrixCell, unit: str) -> Json:
    """Its lines, the first of them the chance that all are out, and that chance."""
    return {"lines": matrix_lines(cell, unit), "p": cell.p_all_out.estimate}
