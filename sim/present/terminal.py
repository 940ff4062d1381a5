"""Tables for the terminal, readable from 80 columns on; every text is shown as it is, never as markup."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.found import CLOCKS, BoundBy, Entry, LeftBehind, Summary, Wanted
from sim.analysis.matrix import Matrix, MatrixCell
from sim.analysis.paired import SIDES, Differences, Paired, PairedEntry, Side
from sim.analysis.words import answer_unit, count, duration, mission_titles, people, share, sides, unit_for
from sim.present import cells
from sim.present.clocks_table import clocks_table, differences_unit
from sim.present.columns import Column
from sim.present.compare_words import by_side, in_words, limits, moving, together
from sim.present.compare_words import change as change_of
from sim.present.fitting import Fitted, Row, fitted
from sim.scenario.number import rounded

TOGETHER = "all together"
WHOEVER = "closed, staying, or never ordered"
"""Of a result that was kept before the never ordered were counted."""


def run_table(summary: Summary, width: int = 80) -> RenderableType:
    """One scenario: missions as rows, the largest first, cohorts under them where the summary has them, everybody last.

    Intervals stand beside the numbers or below them; when all are out on the calendar beside the time from the order.
    """
    some = any(e.p_ordered < 1 and e.moves for e in summary.missions.values())
    made = fitted("Mission", _run_columns(summary, some), list(_rows(summary)), width, (TOGETHER, summary.total))
    return Group(_heading(summary), made.table, *_footnotes(summary, made))


def _run_columns(summary: Summary, some_unordered: bool) -> list[Column]:
    horizon, unit = summary.horizon_h, answer_unit(summary)

    def time(title: str, key: str, spare: int = 0) -> Column:
        def interval(entry: Entry) -> str:
            return cells.time_interval(entry, key, horizon, unit)

        return Column(title, lambda e: cells.time(e, key, horizon, unit), interval, spare=spare)

    given = Column("Order\ngiven", lambda e: cells.known(cells.there(e.p_ordered), share), spare=4)
    return [
        Column("Staff", lambda e: cells.known(cells.there(e.staff), lambda people: count(round(people))), spare=3),
        Column("Order\nat", lambda e: cells.known(e.ordered_h, lambda hours: duration(hours, unit))),
        *([given] if some_unordered else []),
        *(time(f"Out,\n{p}", f"out_{p.lower()}", spare=1)._replace(interval=None) for p in ("P50", "P90")),
        time("P50", "p50"),
        time("P90", "p90"),
        Column("P(all\nout)", cells.all_out, cells.all_out_interval),
        Column("Left\nbehind", cells.left, cells.left_interval),
        Column("Held\nup by", lambda e: e.held_up_by or cells.NOTHING, justify="left"),
    ]


def _rows(summary: Summary) -> Iterator[Row]:
    names, missions = mission_titles(summary), summary.missions
    moving = {name: entry for name, entry in missions.items() if entry.moves}
    for name in sorted(moving, key=lambda m: (-moving[m].staff, m)):
        yield names[name], moving[name]
        yield from ((f"  {cohort}", entry) for cohort, entry in summary.cohorts_of(name).items())


def _heading(summary: Summary) -> Text:
    text = Text(summary.title, style="bold")
    text.append(f"\n{summary.scenario} · {cells.replications([summary.completed])} · seed {summary.seed}", style="not bold")
    if not summary.final:
        text.append(f"\nNOT FINAL: {summary.failed:,} of {summary.replications:,} replications failed", style="bold")
    return text


def _footnotes(summary: Summary, made: Fitted) -> list[Text]:
    total, missions, horizon = summary.total, summary.missions, cells.late("unfinished", summary.horizon_h)
    calendar, titles = "Out P50" not in made.dropped, mission_titles(summary)
    notes = [
        "Order at, given: median time from the start to the first order, share of replications with one. P50, P90: median "
        f"and 90 % quantile of the time from the order until all are out{'; Out: the same from the start' if calendar else ''}. "
        f"Left behind: mean number of people. {_level(summary)}{f' {made.note}' if made.note else ''}"
    ]
    reasons = [e.time(clock).never for e in (*missions.values(), total) for clock in CLOCKS]
    if "stranded" in reasons:
        notes.append(f"never: people stranded: {_why_stranded(total.left_behind)}.")
    if any(e.of_all is not None for e in missions.values()):
        notes.append(
            "before: out before the start; P50 and P90 of such a mission are over all replications, from its order if it had one."
        )
    if "unfinished" in reasons:
        notes.append(f"{horizon}: people not out when the simulation ended, {horizon[2:]} after its start.")
    stay = sorted({name for name, entry in missions.items() if not entry.moves} - set(total.never_ordered.missions or ()))
    if stay:
        known = total.never_ordered.people is not None
        notes.append(f"Nobody to move ({'closed or staying' if known else WHOEVER}): {', '.join(titles[name] for name in stay)}.")
    if summary.bound is not None:
        notes.append(_bound(summary, summary.bound))
    failures = [f"failed: replication {f.replication}, {f.stage}: {f.message}" for f in summary.failures[:5]]
    if len(summary.failures) > 5:
        failures.append(f"… and {len(summary.failures) - 5:,} more failed replications")
    dim = [Text(note, style="dim") for note in notes]
    apart = map(Text, (*_out_before(summary), *_never_ordered(summary)))
    return [*apart, *dim, *until_lines(summary.until), *map(Text, failures), *warning_lines(summary)]


def _never_ordered(summary: Summary) -> Iterator[str]:
    """Who isn't among the all that are out, since nobody asked them to move; a line of its own, for it changes what *all* is."""
    total = summary.total
    missions = {name: summary.missions[name].never_ordered for name in total.never_ordered.missions or ()}
    if missions:
        mean = "" if all(m.share == 1 and m.people == round(m.people or 0) for m in missions.values()) else ", on average"
        titles = mission_titles(summary)
        each = ", ".join(f"{titles[name]} {count(never.people or 0)}" for name, never in missions.items())
        of = f"{count(total.never_ordered.people or 0)} of {people(round(total.staff))}"
        yield f"Never ordered out, so not among all that are out: {of}{mean} ({each})."


def _out_before(summary: Summary) -> Iterator[str]:
    """Who was out before the start, whose times aren't in the table."""
    before = summary.total.out_before
    if before.people:
        titles, known = mission_titles(summary), summary.missions
        each = ", ".join(f"{titles[name]} {count(known[name].out_before.people or 0)}" for name in before.missions or ())
        yield (
            f"Out before the start, so in no time from the order: {count(round(before.people, 1))} of "
            f"{people(round(summary.total.to_move))} to be moved, on average ({each})."
        )


def _why_stranded(left: LeftBehind) -> str:
    """The airport was lost, or they gave up on the road: how many of either, where there are both."""
    tired, stranded = left.gave_up or 0.0, left.stranded or 0.0
    if not tired:
        return "not out when the airport was lost"
    gave_up = "gave up after being turned back on the road"
    if stranded - tired < 0.5:
        return gave_up
    return f"{count(round(tired))} on average {gave_up}, {count(round(stranded - tired))} were not out when the airport was lost"


def _bound(summary: Summary, bound: BoundBy) -> str:
    """The planning bound beside the result; it is no floor of what replications do."""
    hours, total = summary.bound_h, summary.total
    if hours is None or math.isinf(hours):
        most, all_of_them = count(round(bound.most_out)), count(round(bound.people))
        return f"Bound at the values as written, every input at its median: not all can be out, at most {most} of {all_of_them}."
    some = total.never_ordered.people or total.out_before.people
    whom = f"the {people(round(bound.people))} ordered out then" if some else "all together"
    time = duration(hours, answer_unit(summary))
    return (
        f"Bound at the values as written: the quickest through the same capacities, every input at its median, is {time} "
        f"for {whom}, set by {bound.stage}. A lucky replication may beat it."
    )


def _level(summary: Summary) -> str:
    """What the intervals are."""
    look = summary.sequential
    if look is None:
        return "Intervals: 95 %."
    return f"Intervals: 95 % at whichever look --until stops (each {rounded(100 * look.level, 4)} % at look {look.look})."


def until_lines(until: Sequence[Wanted] | None) -> list[Text]:
    """What ``--until`` wanted and what is reached, a line per target."""
    return [Text(f"{row.text}.", style="" if row.met else "yellow") for row in until or ()]


def warning_lines(summary: Summary | Differences) -> list[Text]:
    """The warnings of a summary or of differences, a line each."""
    return [Text(f"Warning: {warning}.", style="yellow") for warning in summary.warnings]


def compare_table(differences: Differences, width: int = 80) -> RenderableType:
    """Paired differences of one scenario against the base: other minus base, missions as rows, everybody last.

    Cohorts stand under their missions where the differences have them.
    """
    total, shown = differences.total, list(moving(differences))
    rows = list(_compared(differences, shown))
    made = fitted("Mission", _compare_columns(differences), rows, width, (TOGETHER, total))
    base, other = (_side(differences, side) for side in SIDES)
    heading = Text(f"{differences.other_title}, against {differences.base_title}", style="bold")
    sides = f"\nother: {other} · base: {base}"
    heading.append(f"{sides} · {differences.pairs:,} pairs · seed {differences.seed}", style="not bold")
    if not differences.final:
        heading.append(" · NOT FINAL", style="bold")
    elif not differences.told_apart and total.median_out_h.never in (None, "both"):
        heading.append(f" · {cells.UNSURE} not yet told apart in total", style="bold")
    clocks = clocks_table(differences, shown, width)
    return Group(heading, made.table, *_compare_notes(differences, made), *clocks)


def _side(differences: Differences, side: Side) -> str:
    """What a scenario is called here, and the name that one types."""
    label, name = sides(differences)[side == "other"], differences.name(side)
    return label if label == name else f"{label} ({name})"


def _compared(differences: Differences, missions: Sequence[str]) -> Iterator[Row]:
    """The rows of *missions* and of their cohorts."""
    names = mission_titles(differences)
    for name in missions:
        yield names[name], differences.missions[name]
        yield from ((f"  {cohort}", entry) for cohort, entry in differences.cohorts_of(name).items() if entry.moves)


def _compare_columns(differences: Differences) -> list[Column]:
    unit = differences_unit(differences)

    def median(entry: PairedEntry, side: Side) -> str:
        hours = entry.median_out_h.side(side)
        if hours == 0 and entry.gone(side):
            return cells.BEFORE
        never = entry.median_out_h.never_of(side)
        return cells.late(never, differences.horizon_h) if hours is None else duration(hours, unit)

    def change(title: str, of: Callable[[PairedEntry], Paired], write: Callable[[float], str], spare: int = 0) -> Column:
        return Column(title, lambda e: change_of(of(e), write), lambda e: limits(of(e), write), spare=spare)

    def hours(x: float) -> str:
        return cells.hours_change(x, unit)

    return [
        Column("Out,\nbase", lambda e: median(e, "base")),
        Column("Out,\nother", lambda e: median(e, "other")),
        change("Differ-\nence", lambda e: e.median_out_h, hours),
        change("All out,\npoints", lambda e: e.p_all_out, cells.points),
        change("Left\nbehind", lambda e: e.left_behind, cells.head_count_change),
        change(WITHIN, lambda e: e.hours_within_horizon, hours, spare=1),
        Column("Earlier", lambda e: cells.known(e.earlier, share), spare=2),
        Column("Later", lambda e: cells.known(e.later, share), spare=2),
    ]


WITHIN = "Within\nhorizon"
"""Hours until all are out, counted to the horizon at most."""


def _compare_notes(differences: Differences, made: Fitted) -> list[Text]:
    before = by_side(differences, "out_before", "Out before the start")
    never = by_side(differences, "never_ordered", "Never ordered out, so not among all that are out")
    earlier = (
        " Earlier, later: share of the pairs with a time on both sides in which the other is out earlier or later."
        if "Earlier" not in made.dropped
        else ""
    )
    notes = [
        "Out: median time from the start of the clock until all are out, whenever the order came; before: out before the start. "
        f"Other minus base; {cells.UNSURE} can't be told from no difference.{earlier} Intervals are 95 % each, not together"
        f"{'; they hold at whichever look --until stops.' if differences.sequential is not None else '.'}{together(differences)}"
    ]
    if "Within horizon" not in made.dropped:
        days = differences.horizon_h / 24
        notes.append(
            f"Within horizon: difference of the time from the start until all are out, counted to {rounded(days)} d at most."
        )
    if differences.cohorts is not None:
        notes.append(f"Of cohorts nothing is tested together: {cells.UNSURE} alone tells.")
    if made.note:
        notes.append(made.note)
    for side, label in zip(SIDES, sides(differences), strict=True):
        if alone := differences.only(side):
            notes.append(f"Only in {label}: {', '.join(alone)}.")
    return [
        Text(in_words(differences) + before + never),
        *(Text(n, style="dim") for n in notes),
        *warning_lines(differences),
    ]


def matrix_table(matrix: Matrix, width: int = 80) -> RenderableType:
    """Providers as rows, threats as columns; a cell holds P(all out), P50, P90 and the people left behind.

    Threats for which a row has no room stand in a table below.
    """
    unit = matrix_unit(matrix)
    parts: list[RenderableType] = []
    threats = list(matrix.threats)
    while threats:
        many = next(
            n for n in range(len(threats), 0, -1) if n == 1 or cells.excess(_matrix(matrix, threats[:n], unit), width) <= 0
        )
        parts.append(_matrix(matrix, threats[:many], unit))
        threats = threats[many:]
    each = cells.replications(cell.replications for cell in matrix.every())
    note = (
        "All together: P(all out); P50, P90: median and 90 % quantile of the time from the start of the clock until all are out; "
        f"ordered +: median time from the first order; left: mean number left behind. A cell rests on {each}."
    )
    return Group(*parts, Text(note, style="dim"))


MATRIX_TIMES = (("out_p50", "P50"), ("out_p90", "P90"), ("p50", "ordered +"))
"""Times in a cell of the matrix, and what they are called there."""


def _matrix(matrix: Matrix, threats: Sequence[str], unit: str) -> Table:
    made = Table(box=box.ROUNDED, show_lines=True, padding=(0, 1))
    made.add_column(Text("Provider \\ threat"), no_wrap=True)
    for threat in threats:
        made.add_column(Text(threat), no_wrap=True)
    for provider in matrix.providers:
        row = matrix.cells[provider]
        made.add_row(Text(provider, style="bold"), *(_matrix_cell(row.get(threat), unit) for threat in threats))
    return made


def _matrix_cell(cell: MatrixCell | None, unit: str) -> Text:
    if cell is None:
        return Text(cells.NOTHING)
    return Text("\n".join(matrix_lines(cell, unit)), style="" if cell.final else "dim")


def matrix_unit(matrix: Matrix) -> str:
    """The unit of all times of a matrix."""
    return unit_for(cell.time(key).h for key, _ in MATRIX_TIMES for cell in matrix.every())


def matrix_lines(cell: MatrixCell, unit: str) -> list[str]:
    """What a cell of the matrix says, the chance that all are out first."""
    times = (f"{name} {cells.time(cell, key, cell.horizon_h, unit)}" for key, name in MATRIX_TIMES)
    lines = [f"all out {cells.all_out(cell)}", *times]
    lines.append(f"left {cells.left(cell)}")
    if cell.never_ordered.people:
        lines.append(f"not ordered {count(cell.never_ordered.people)}")
    if cell.out_before.people:
        lines.append(f"out before {count(round(cell.out_before.people, 1))}")
    if not cell.final:
        lines.append("NOT FINAL")
    return lines
