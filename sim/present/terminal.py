"""Tables for the terminal, readable from 80 columns on; every text is shown as it is, never as markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.words import answer_unit, count, duration, mission_titles, people, share, sides, unit_for
from sim.present import cells
from sim.present.clocks_table import clocks_table, differences_unit
from sim.present.columns import Column, Json
from sim.present.compare_words import by_side, in_words, limits, moves, together
from sim.present.compare_words import change as change_of
from sim.present.fitting import Fitted, Row, fitted

TOGETHER = "all together"
WHOEVER = "closed, staying, or never ordered"
"""Of a result that was kept before the never ordered were counted."""


def run_table(summary: Json, width: int = 80) -> RenderableType:
    """One scenario: missions as rows, the largest first, cohorts under them where the summary has them, everybody last.

    Intervals stand beside the numbers or below them; when all are out on the calendar beside the time from the order.
    """
    some = any(e["p_ordered"] is not None and e["p_ordered"] < 1 and e["to_move"] for e in summary["missions"].values())
    made = fitted("Mission", _run_columns(summary, some), list(_rows(summary)), width, (TOGETHER, summary["total"]))
    return Group(_heading(summary), made.table, *_footnotes(summary, made))


def _run_columns(summary: Json, some_unordered: bool) -> list[Column]:
    horizon, unit = summary["horizon_h"], answer_unit(summary)

    def time(title: str, key: str, spare: int = 0) -> Column:
        def interval(entry: Json) -> str:
            return cells.time_interval(entry, key, horizon, unit)

        return Column(title, lambda e: cells.time(e, key, horizon, unit), interval, spare=spare)

    given = Column("Order\ngiven", lambda e: cells.known(e["p_ordered"], share), spare=4)
    return [
        Column("Staff", lambda e: cells.known(e["staff"], lambda people: count(round(people))), spare=3),
        Column("Order\nat", lambda e: cells.known(e["ordered_h"], lambda hours: duration(hours, unit))),
        *([given] if some_unordered else []),
        *(time(f"Out,\n{p}", f"out_{p.lower()}", spare=1)._replace(interval=None) for p in ("P50", "P90")),
        time("P50", "p50"),
        time("P90", "p90"),
        Column("P(all\nout)", cells.all_out, cells.all_out_interval),
        Column("Left\nbehind", cells.left, cells.left_interval),
        Column("Held\nup by", lambda e: e["held_up_by"] or cells.NOTHING, justify="left"),
    ]


def _rows(summary: Json) -> Iterator[Row]:
    names, missions = mission_titles(summary), summary["missions"]
    moving = {name: entry for name, entry in missions.items() if entry["to_move"]}
    for name in sorted(moving, key=lambda m: (-moving[m]["staff"], m)):
        yield names[name], moving[name]
        yield from ((f"  {cohort}", entry) for cohort, entry in summary.get("cohorts", {}).get(name, {}).items())


def _heading(summary: Json) -> Text:
    text = Text(summary["title"], style="bold")
    done = summary["replications"] - summary["failed"]
    text.append(f"\n{summary['scenario']} · {cells.replications([done])} · seed {summary['seed']}", style="not bold")
    if not summary["final"]:
        text.append(f"\nNOT FINAL: {summary['failed']:,} of {summary['replications']:,} replications failed", style="bold")
    return text


def _footnotes(summary: Json, made: Fitted) -> list[Text]:
    total, missions, horizon = summary["total"], summary["missions"], cells.late("unfinished", summary["horizon_h"])
    calendar, titles = "Out P50" not in made.dropped, mission_titles(summary)
    notes = [
        "Order at, given: median time from the start to the first order, share of replications with one. P50, P90: median "
        f"and 90 % quantile of the time from the order until all are out{'; Out: the same from the start' if calendar else ''}. "
        f"Left behind: mean number of people. {_level(summary)}{f' {made.note}' if made.note else ''}"
    ]
    reasons = [why for e in (*missions.values(), total) for k, why in e["never"].items() if k.endswith("0_h")]
    if "stranded" in reasons:
        notes.append(f"never: people stranded: {_why_stranded(total['left_behind'])}.")
    if any("of_all" in e for e in missions.values()):
        notes.append(
            "before: out before the start; P50 and P90 of such a mission are over all replications, from its order if it had one."
        )
    if "unfinished" in reasons:
        notes.append(f"{horizon}: people not out when the simulation ended, {horizon[2:]} after its start.")
    stay = sorted({name for name, entry in missions.items() if not entry["to_move"]} - set(total["never_ordered"]["missions"]))
    if stay:
        known = total["never_ordered"]["people"] is not None
        notes.append(f"Nobody to move ({'closed or staying' if known else WHOEVER}): {', '.join(titles[name] for name in stay)}.")
    if "bound" in summary:
        notes.append(_bound(summary))
    failures = [f"failed: replication {f['replication']}, {f['stage']}: {f['message']}" for f in summary["failures"][:5]]
    if len(summary["failures"]) > 5:
        failures.append(f"… and {len(summary['failures']) - 5:,} more failed replications")
    dim = [Text(note, style="dim") for note in notes]
    apart = map(Text, (*_out_before(summary), *_never_ordered(summary)))
    return [*apart, *dim, *until_lines(summary), *map(Text, failures), *warning_lines(summary)]


def _never_ordered(summary: Json) -> Iterator[str]:
    """Who isn't among the all that are out, since nobody asked them to move; a line of its own, for it changes what *all* is."""
    total = summary["total"]
    missions = {name: summary["missions"][name]["never_ordered"] for name in total["never_ordered"]["missions"]}
    if missions:
        mean = "" if all(m["share"] == 1 and m["people"] == round(m["people"]) for m in missions.values()) else ", on average"
        titles = mission_titles(summary)
        each = ", ".join(f"{titles[name]} {count(never['people'])}" for name, never in missions.items())
        of = f"{count(total['never_ordered']['people'])} of {people(round(total['staff']))}"
        yield f"Never ordered out, so not among all that are out: {of}{mean} ({each})."


def _out_before(summary: Json) -> Iterator[str]:
    """Who was out before the start, whose times aren't in the table."""
    before = summary["total"].get("out_before") or {}
    if before.get("people"):
        titles, known = mission_titles(summary), summary["missions"]
        each = ", ".join(f"{titles[name]} {count(known[name]['out_before']['people'])}" for name in before["missions"])
        yield (
            f"Out before the start, so in no time from the order: {count(round(before['people'], 1))} of "
            f"{people(round(summary['total']['to_move']))} to be moved, on average ({each})."
        )


def _why_stranded(left: Json) -> str:
    """The airport was lost, or they gave up on the road: how many of either, where there are both."""
    tired, stranded = left["gave_up"] or 0.0, left["stranded"] or 0.0
    if not tired:
        return "not out when the airport was lost"
    gave_up = "gave up after being turned back on the road"
    if stranded - tired < 0.5:
        return gave_up
    return f"{count(round(tired))} on average {gave_up}, {count(round(stranded - tired))} were not out when the airport was lost"


def _bound(summary: Json) -> str:
    """The planning bound beside the result; it is no floor of what replications do."""
    bound, hours = summary["bound"], summary["bound_h"]
    if hours is None:
        most, all_of_them = count(round(bound["most_out"])), count(round(bound["people"]))
        return f"Bound at the values as written, every input at its median: not all can be out, at most {most} of {all_of_them}."
    some = any((summary["total"].get(key) or {}).get("people") for key in ("never_ordered", "out_before"))
    whom = f"the {people(round(bound['people']))} ordered out then" if some else "all together"
    time = duration(hours, answer_unit(summary))
    return (
        f"Bound at the values as written: the quickest through the same capacities, every input at its median, is {time} "
        f"for {whom}, set by {bound['stage']}. A lucky replication may beat it."
    )


def _level(summary: Json) -> str:
    """What the intervals are."""
    look = summary.get("sequential")
    if look is None:
        return "Intervals: 95 %."
    return f"Intervals: 95 % at whichever look --until stops (each {100 * look['level']:.4g} % at look {look['look']})."


def until_lines(summary: Json) -> list[Text]:
    """What ``--until`` wanted and what is reached, a line per target."""
    return [Text(f"{row['text']}.", style="" if row["met"] else "yellow") for row in summary.get("until", [])]


def warning_lines(summary: Json) -> list[Text]:
    """The warnings of a summary or of differences, a line each."""
    return [Text(f"Warning: {warning}.", style="yellow") for warning in summary["warnings"]]


def compare_table(differences: Json, width: int = 80) -> RenderableType:
    """Paired differences of one scenario against the base: other minus base, missions as rows, everybody last.

    Cohorts stand under their missions where the differences have them.
    """
    missions, total = differences["missions"], differences["total"]
    shown = sorted(filter(moves, missions.items()), key=lambda m: (-abs(m[1]["left_behind"]["difference"] or 0), m[0]))
    rows = list(_compared(differences, [name for name, _ in shown]))
    made = fitted("Mission", _compare_columns(differences), rows, width, (TOGETHER, total))
    base, other = (_side(differences, side) for side in ("base", "other"))
    heading = Text(f"{differences['other_title']}, against {differences['base_title']}", style="bold")
    sides = f"\nother: {other} · base: {base}"
    heading.append(f"{sides} · {differences['pairs']:,} pairs · seed {differences['seed']}", style="not bold")
    if not differences["final"]:
        heading.append(" · NOT FINAL", style="bold")
    elif not differences["told_apart"] and total["median_out_h"]["never"] in (None, "both"):
        heading.append(f" · {cells.UNSURE} not yet told apart in total", style="bold")
    clocks = clocks_table(differences, [name for name, _ in shown], width)
    return Group(heading, made.table, *_compare_notes(differences, made), *clocks)


def _side(differences: Json, side: str) -> str:
    """What a scenario is called here, and the name that one types."""
    label, name = sides(differences)[side == "other"], differences[side]
    return label if label == name else f"{label} ({name})"


def _compared(differences: Json, missions: Sequence[str]) -> Iterator[Row]:
    """The rows of *missions* and of their cohorts."""
    names = mission_titles(differences)
    for name in missions:
        yield names[name], differences["missions"][name]
        cohorts = filter(moves, differences.get("cohorts", {}).get(name, {}).items())
        yield from ((f"  {cohort}", entry) for cohort, entry in cohorts)


def _compare_columns(differences: Json) -> list[Column]:
    unit = differences_unit(differences)

    def median(entry: Json, side: str) -> str:
        hours = entry["median_out_h"][side]
        if hours == 0 and (entry.get("out_before") or {}).get(side):
            return cells.BEFORE
        never = entry["median_out_h"][f"{side}_never"]
        return cells.late(never, differences["horizon_h"]) if hours is None else duration(hours, unit)

    def change(title: str, key: str, write: Callable[[float], str], spare: int = 0) -> Column:
        return Column(title, lambda e: change_of(e[key], write), lambda e: limits(e[key], write), spare=spare)

    def hours(x: float) -> str:
        return cells.hours_change(x, unit)

    return [
        Column("Out,\nbase", lambda e: median(e, "base")),
        Column("Out,\nother", lambda e: median(e, "other")),
        change("Differ-\nence", "median_out_h", hours),
        change("All out,\npoints", "p_all_out", cells.points),
        change("Left\nbehind", "left_behind", cells.head_count_change),
        change(WITHIN, "hours_within_horizon", hours, spare=1),
        Column("Earlier", lambda e: cells.known(e["earlier"], share), spare=2),
        Column("Later", lambda e: cells.known(e["later"], share), spare=2),
    ]


WITHIN = "Within\nhorizon"
"""Hours until all are out, counted to the horizon at most."""


def _compare_notes(differences: Json, made: Fitted) -> list[Text]:
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
        f"{'; they hold at whichever look --until stops.' if 'sequential' in differences else '.'}{together(differences)}"
    ]
    if "Within horizon" not in made.dropped:
        days = differences["horizon_h"] / 24
        notes.append(f"Within horizon: difference of the time from the start until all are out, counted to {days:.3g} d at most.")
    if "cohorts" in differences:
        notes.append(f"Of cohorts nothing is tested together: {cells.UNSURE} alone tells.")
    if made.note:
        notes.append(made.note)
    for side, label in zip(("base", "other"), sides(differences), strict=True):
        if differences[f"only_{side}"]:
            notes.append(f"Only in {label}: {', '.join(differences[f'only_{side}'])}.")
    return [
        Text(in_words(differences) + before + never),
        *(Text(n, style="dim") for n in notes),
        *warning_lines(differences),
    ]


def matrix_table(matrix: Json, width: int = 80) -> RenderableType:
    """Providers as rows, threats as columns; a cell holds P(all out), P50, P90 and the people left behind.

    Threats for which a row has no room stand in a table below.
    """
    unit = matrix_unit(matrix)
    parts: list[RenderableType] = []
    threats = list(matrix["threats"])
    while threats:
        many = next(
            n for n in range(len(threats), 0, -1) if n == 1 or cells.excess(_matrix(matrix, threats[:n], unit), width) <= 0
        )
        parts.append(_matrix(matrix, threats[:many], unit))
        threats = threats[many:]
    each = cells.replications(cell["replications"] for row in matrix["cells"].values() for cell in row.values())
    note = (
        "All together: P(all out); P50, P90: median and 90 % quantile of the time from the start of the clock until all are out; "
        f"ordered +: median time from the first order; left: mean number left behind. A cell rests on {each}."
    )
    return Group(*parts, Text(note, style="dim"))


MATRIX_TIMES = (("out_p50", "P50"), ("out_p90", "P90"), ("p50", "ordered +"))
"""Times in a cell of the matrix, and what they are called there."""


def _matrix(matrix: Json, threats: Sequence[str], unit: str) -> Table:
    made = Table(box=box.ROUNDED, show_lines=True, padding=(0, 1))
    made.add_column(Text("Provider \\ threat"), no_wrap=True)
    for threat in threats:
        made.add_column(Text(threat), no_wrap=True)
    for provider in matrix["providers"]:
        row = matrix["cells"][provider]
        made.add_row(Text(provider, style="bold"), *(_matrix_cell(row.get(threat), unit) for threat in threats))
    return made


def _matrix_cell(cell: Json | None, unit: str) -> Text:
    if cell is None:
        return Text(cells.NOTHING)
    return Text("\n".join(matrix_lines(cell, unit)), style="" if cell["final"] else "dim")


def matrix_unit(matrix: Json) -> str:
    """The unit of all times of a matrix."""
    times = (f"{key}_h" for key, _ in MATRIX_TIMES)
    return unit_for(cell.get(key) for key in times for row in matrix["cells"].values() for cell in row.values())


def matrix_lines(cell: Json, unit: str) -> list[str]:
    """What a cell of the matrix says, the chance that all are out first."""
    times = (f"{name} {cells.time(cell, key, cell['horizon_h'], unit)}" for key, name in MATRIX_TIMES)
    lines = [f"all out {cells.all_out(cell)}", *times]
    lines.append(f"left {cells.left(cell)}")
    if cell["never_ordered"]["people"]:
        lines.append(f"not ordered {count(cell['never_ordered']['people'])}")
    if (cell.get("out_before") or {}).get("people"):
        lines.append(f"out before {count(round(cell['out_before']['people'], 1))}")
    if not cell["final"]:
        lines.append("NOT FINAL")
    return lines
