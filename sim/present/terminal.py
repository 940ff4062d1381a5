"""Tables for the terminal, readable from 80 columns on; every text is shown as it is, never as markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.words import count, duration, named, people, share
from sim.present import cells
from sim.present.clocks_table import clocks_table, identity_words

Json = Mapping[str, Any]
WIDE = 120
"""From this many columns on intervals stand beside the numbers."""

WHOEVER = "closed, staying, or never ordered"
"""Of a result that was kept before the never ordered were counted."""


def run_table(summary: Json, width: int = 80) -> RenderableType:
    """One scenario: missions as rows, the largest first, cohorts under them where the summary has them, everybody last.

    Where there is room intervals stand beside the numbers, and when all are out on the calendar beside the time from the order.
    """
    table, style = _first_that_fits(lambda wide, both: _run_table(summary, width, wide, both), width)
    quiet = [name for name, entry in summary["missions"].items() if not entry["to_move"]]
    return Group(_heading(summary), table, *_footnotes(summary, quiet, style.full))


def _run_table(summary: Json, width: int, wide: bool, calendar: bool) -> tuple[Table, _Style]:
    some = _some_unordered(summary)
    table = _table(_width_of_names(width) + (0 if some or wide else 4), roomy=width >= 90 or not some)
    for name in ("Staff", "Order\nat", *(("Order\ngiven",) if some else ()), *(("Out,\nP50", "Out,\nP90") if calendar else ())):
        _right(table, name)
    for name in ("P50", "P90", "P(all\nout)", "Left\nbehind"):
        _right(table, name)
        _intervals(table, wide)
    table.add_column("Held\nup by", no_wrap=True)
    style = _Style(summary["horizon_h"], _unit(summary, calendar), wide, some, calendar)
    for name, entry, depth in _rows(summary):
        table.add_row(*_texts(_cells(name, entry, style), indent=depth))
    table.add_section()
    total = _texts(_cells("all together", summary["total"], style))
    table.add_row(*total, style="bold")
    return table, style


def _first_that_fits(build: Callable[[bool, bool], tuple[Table, _Style]], width: int) -> tuple[Table, _Style]:
    """The fullest table that isn't cut at *width*: with intervals and all columns, with intervals, else the plain one."""
    for full in (True, False) if width >= WIDE else ():
        made = build(True, full)
        if cells.excess(made[0], width) <= 0:
            return made
    plain = build(False, False)
    cells.shorten_names(plain[0], width)
    return plain


def _rows(summary: Json) -> Iterator[tuple[str, Json, int]]:
    moving = {name: entry for name, entry in summary["missions"].items() if entry["to_move"]}
    for name in sorted(moving, key=lambda m: (-moving[m]["staff"], m)):
        yield name, moving[name], 0
        for cohort, entry in summary.get("cohorts", {}).get(name, {}).items():
            yield cohort, entry, 1


class _Style(NamedTuple):
    horizon_h: float
    unit: str
    wide: bool
    some_unordered: bool
    full: bool
    """Whether all columns are there: when all are out from the start of the clock, too; the hours within the horizon."""


def _unit(summary: Json, calendar: bool = False) -> str:
    entries = [*summary["missions"].values(), summary["total"]]
    shown = ("p50_h", "p90_h", "ordered_h", *(("out_p50_h", "out_p90_h") if calendar else ()))
    return cells.unit_for(e[key] for e in entries for key in shown)


def _cells(name: str, entry: Json, style: _Style) -> list[str]:
    horizon, unit, wide = style.horizon_h, style.unit, style.wide
    staff = entry["staff"]
    made = [name, cells.NOTHING if staff is None else count(round(staff))]
    made.append(cells.NOTHING if entry["ordered_h"] is None else duration(entry["ordered_h"], unit))
    if style.some_unordered:
        made.append(cells.NOTHING if entry["p_ordered"] is None else share(entry["p_ordered"]))
    made += [cells.time(entry, key, horizon, unit) for key in ("out_p50", "out_p90") if style.full]
    for key in ("p50", "p90"):
        made.append(cells.time(entry, key, horizon, unit))
        made += [cells.time_interval(entry, key, horizon, unit)] if wide else []
    made.append(cells.all_out(entry))
    made += [cells.all_out_interval(entry)] if wide else []
    made.append(cells.left(entry))
    made += [cells.left_interval(entry)] if wide else []
    return [*made, entry["held_up_by"] or cells.NOTHING]


def _some_unordered(summary: Json) -> bool:
    return any(e["p_ordered"] is not None and e["p_ordered"] < 1 and e["to_move"] for e in summary["missions"].values())


def _heading(summary: Json) -> Text:
    text = Text(summary["title"], style="bold")
    done = summary["replications"] - summary["failed"]
    text.append(f"\n{summary['scenario']} · {cells.replications([done])} · seed {summary['seed']}", style="not bold")
    if not summary["final"]:
        text.append(f"\nNOT FINAL: {summary['failed']:,} of {summary['replications']:,} replications failed", style="bold")
    return text


def _footnotes(summary: Json, quiet: Sequence[str], calendar: bool) -> list[Text]:
    horizon = cells.late("unfinished", summary["horizon_h"])
    said = [
        "Order at, given: median time from the start to the first order, share of replications with one. P50, P90: median "
        f"and 90 % quantile of the time from the order until all are out{'; Out: the same from the start' if calendar else ''}. "
        f"Left behind: mean number of people. {_level(summary)}"
    ]
    found = [why for e in (*summary["missions"].values(), summary["total"]) for k, why in e["never"].items() if k.endswith("0_h")]
    if "stranded" in found:
        said.append(f"never: people stranded: {_why_stranded(summary)}.")
    if any("of_all" in e for e in summary["missions"].values()):
        said.append(
            "before: out before the start; P50 and P90 of such a mission are over all replications, from its order if it had one."
        )
    if "unfinished" in found:
        said.append(f"{horizon}: people not out when the simulation ended, {horizon[2:]} after its start.")
    stay = sorted(set(quiet) - set(summary["total"]["never_ordered"]["missions"]))
    if stay:
        known = summary["total"]["never_ordered"]["people"] is not None
        said.append(f"Nobody to move ({'closed or staying' if known else WHOEVER}): {', '.join(stay)}.")
    if "bound" in summary:
        said.append(_bound(summary))
    lines = [*_out_before(summary), *_never_ordered(summary), *(Text(line, style="dim") for line in said), *until_lines(summary)]
    for failure in summary["failures"][:5]:
        lines.append(Text(f"failed: replication {failure['replication']}, {failure['stage']}: {failure['message']}"))
    if len(summary["failures"]) > 5:
        lines.append(Text(f"… and {len(summary['failures']) - 5:,} more failed replications"))
    return lines + warning_lines(summary)


def _never_ordered(summary: Json) -> list[Text]:
    """Who isn't among the all that are out, since nobody asked them to move; a line of its own, for it changes what *all* is."""
    missions = {name: summary["missions"][name]["never_ordered"] for name in summary["total"]["never_ordered"]["missions"]}
    if not missions:
        return []
    mean = "" if all(m["share"] == 1 and m["people"] == round(m["people"]) for m in missions.values()) else ", on average"
    each = ", ".join(f"{name} {count(never['people'])}" for name, never in missions.items())
    many = count(summary["total"]["never_ordered"]["people"])
    of = people(round(summary["total"]["staff"]))
    return [Text(f"Never ordered out, so not among all that are out: {many} of {of}{mean} ({each}).")]


def _out_before(summary: Json) -> list[Text]:
    """Who was out before the start, whose times aren't in the table."""
    said = summary["total"].get("out_before") or {}
    if not said.get("people"):
        return []
    each = ", ".join(f"{name} {count(summary['missions'][name]['out_before']['people'])}" for name in said["missions"])
    return [
        Text(
            f"Out before the start, so in no time from the order: {count(round(said['people'], 1))} of "
            f"{people(round(summary['total']['to_move']))} to be moved, on average ({each})."
        )
    ]


def _why_stranded(summary: Json) -> str:
    """The airport was lost, or they gave up on the road: how many of either, where there are both."""
    left = summary["total"]["left_behind"]
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
        return f"Bound with every input at its median: not all can be out, at most {most} of {all_of_them}."
    some = any((summary["total"].get(key) or {}).get("people") for key in ("never_ordered", "out_before"))
    whom = f"the {people(round(bound['people']))} ordered out then" if some else "all together"
    return (
        f"Bound: the quickest through the same capacities with every input at its median is {duration(hours, _unit(summary))} "
        f"for {whom}, set by {bound['stage']}. A lucky replication may beat it."
    )


def _level(said: Json) -> str:
    """What the intervals are."""
    if "sequential" not in said:
        return "Intervals: 95 %."
    level = 100 * said["sequential"]["level"]
    return f"Intervals: 95 % at whichever look --until stops (each {level:.4g} % at look {said['sequential']['look']})."


def until_lines(said: Json) -> list[Text]:
    """What ``--until`` wanted and what is reached, a line per target."""
    rows = said.get("until", [])
    return [Text(f"{row['text']}.", style="" if row["met"] else "yellow") for row in rows]


def warning_lines(said: Json) -> list[Text]:
    """The warnings of a summary or of differences, a line each."""
    return [Text(f"Warning: {warning}.", style="yellow") for warning in said["warnings"]]


def compare_table(differences: Json, width: int = 80) -> RenderableType:
    """Paired differences of one scenario against the base: other minus base, missions as rows, everybody last."""
    missions = differences["missions"]
    shown = [m for m in missions if _moves(missions[m])]
    shown.sort(key=lambda m: (-abs(missions[m]["left_behind"]["difference"] or 0), m))
    table, style = _first_that_fits(lambda wide, full: _compare_table(differences, shown, width, wide, full), width)
    heading = Text(f"{differences['other_title']}, against {differences['base_title']}", style="bold")
    names = f"\nother: {differences['other']} · base: {differences['base']}"
    heading.append(f"{names} · {differences['pairs']:,} pairs · seed {differences['seed']}", style="not bold")
    if not differences["final"]:
        heading.append(" · NOT FINAL", style="bold")
    elif not differences["told_apart"] and differences["total"]["median_out_h"]["never"] in (None, "both"):
        heading.append(f" · {cells.UNSURE} not yet told apart in total", style="bold")
    clocks = clocks_table(differences, shown, _width_of_names(width), width)
    return Group(heading, table, *_compare_notes(differences, style.full), *clocks)


def _compare_table(differences: Json, shown: Sequence[str], width: int, wide: bool, full: bool) -> tuple[Table, _Style]:
    """*full*: with the hours within the horizon."""
    table = _table(_width_of_names(width))
    _right(table, "Out,\nbase")
    _right(table, "Out,\nother")
    for name in ("Differ-\nence", "All out,\npoints", "Left\nbehind", *(("Within\nhorizon",) if full else ())):
        _right(table, name)
        _intervals(table, wide)
    _right(table, "Earlier")
    _right(table, "Later")
    missions = differences["missions"]
    entries = [*missions.values(), differences["total"]]
    unit = cells.unit_for(e["median_out_h"][side] for e in entries for side in ("base", "other"))
    style = _Style(differences["horizon_h"], unit, wide, False, full)
    for name in shown:
        table.add_row(*_texts(_difference_cells(name, missions[name], style)))
    table.add_section()
    table.add_row(*_texts(_difference_cells("all together", differences["total"], style)), style="bold")
    return table, style


def _moves(entry: Json) -> bool:
    """Whether there is anything to compare: a time on both sides in some pair, or somebody left behind."""
    return bool(entry["hours_within_horizon"]["pairs"] or entry["left_behind"]["base"] or entry["left_behind"]["other"])


def _difference_cells(name: str, entry: Json, style: _Style) -> list[str]:
    median, wide = entry["median_out_h"], style.wide

    def change(x: float) -> str:
        return cells.hours_change(x, style.unit)

    made = [name]
    for side in ("base", "other"):
        hours, gone = median[side], (entry.get("out_before") or {}).get(side)
        if hours == 0 and gone:
            made.append(cells.BEFORE)
        else:
            late = cells.late(median[f"{side}_never"], style.horizon_h) if hours is None else ""
            made.append(late or duration(hours, style.unit))
    made += _change(median, change, wide)
    made += _change(entry["p_all_out"], cells.points, wide)
    made += _change(entry["left_behind"], cells.head_count_change, wide)
    if style.full:
        made += _change(entry["hours_within_horizon"], change, wide)
    for key in ("earlier", "later"):
        made.append(cells.NOTHING if entry[key] is None else share(entry[key]))
    return made


def _change(found: Json, said: Any, wide: bool) -> list[str]:
    """A difference, marked where it can't be told from none, and its interval in a wide table."""
    x = found["difference"]
    if x is None:
        return [cells.NOTHING, *([""] if wide else [])]
    text = said(x) if found["distinct"] else f"{cells.UNSURE} {said(x)}"
    if not wide:
        return [text]
    low, high = found["low"], found["high"]
    return [text, "" if low is None and high is None else f"{_end(low, said, '−')} to {_end(high, said)}"]


def _end(x: float | None, said: Any, sign: str = "") -> str:
    return f"{sign}∞" if x is None else str(said(x))


def _compare_notes(differences: Json, full: bool) -> list[Text]:
    said = [_in_words(differences) + _out_before_by_side(differences) + _never_ordered_by_side(differences)]
    said.append(
        "Out: median time from the start of the clock until all are out, whenever the order came; before: out before the start. "
        "Other minus base; "
        f"{cells.UNSURE} can't be told from no difference. Earlier, later: share of the pairs with a time on both "
        "sides in which the other is out earlier or later. Intervals are 95 % each, not together"
        f"{'; they hold at whichever look --until stops.' if 'sequential' in differences else '.'}"
    )
    if full:
        days = differences["horizon_h"] / 24
        said.append(f"Within horizon: difference of the time from the start until all are out, counted to {days:.3g} d at most.")
    for key, whose in (("only_base", differences["base"]), ("only_other", differences["other"])):
        if differences[key]:
            said.append(f"Only in {whose}: {', '.join(differences[key])}.")
    return [Text(said[0]), *(Text(line, style="dim") for line in said[1:]), *warning_lines(differences)]


def _never_ordered_by_side(differences: Json) -> str:
    """Who isn't among the all of either side, since nobody asked them to move."""
    return _by_side(differences, "never_ordered", "Never ordered out, so not among all that are out")


def _out_before_by_side(differences: Json) -> str:
    """Who was out before the start on either side."""
    return _by_side(differences, "out_before", "Out before the start")


def _by_side(differences: Json, what: str, said: str) -> str:
    many, missions = differences["total"].get(what), differences.get(f"{what}_missions")
    if not many or not missions or not (many["base"] or many["other"]):
        return ""
    sides = []
    for side in ("base", "other"):
        who = f" ({named(missions[side], 6)})" if missions[side] else ""
        sides.append(f"{cells.NOTHING if many[side] is None else count(many[side])} in {side}{who}")
    return f" {said} (people, on average): {'; '.join(sides)}."


def _in_words(differences: Json) -> str:
    """The differences in total with their intervals, for whatever the width is."""
    total, parts = differences["total"], []
    named = (
        ("P(all out)", "p_all_out", cells.points, " points"),
        ("left behind", "left_behind", cells.head_count_change, " people"),
        ("hours within the horizon", "hours_within_horizon", lambda x: cells.signed(f"{abs(x):,.0f}", round(x)), " h"),
    )
    for name, key, said, unit in named:
        text, *limits = _change(total[key], said, True)
        around = f"{unit} ({limits[0]})" if limits[0] else unit if text != cells.NOTHING else ""
        parts.append(f"{name} {text}{around}")
    r = total["hours_within_horizon"]["correlation"]
    achieved = "" if r is None else f" Correlation achieved by common random numbers: {r:.2f}."
    apart = identity_words(total["clocks"])
    return f"All together: {'; '.join(parts)}{f'; {apart}' if apart else ''}.{achieved}"


def matrix_table(matrix: Json, width: int = 80) -> RenderableType:
    """Providers as rows, threats as columns; a cell holds P(all out), P50, P90 and the people left behind."""
    table = Table(box=box.ROUNDED, show_lines=True, padding=(0, 1))
    table.add_column(Text("Provider \\ threat"), no_wrap=True)
    for threat in matrix["threats"]:
        table.add_column(Text(threat), no_wrap=True, overflow="ellipsis")
    for provider in matrix["providers"]:
        row = matrix["cells"][provider]
        table.add_row(Text(provider, style="bold"), *(_matrix_cell(row.get(threat)) for threat in matrix["threats"]))
    each = cells.replications(cell["replications"] for row in matrix["cells"].values() for cell in row.values())
    said = (
        "All together: P(all out); P50, P90: median and 90 % quantile of the time from the start of the clock until all are out; "
    )
    said += "ordered +: median time from the first order; left: mean number left behind. "
    said += f"A cell rests on {each}."
    return Group(table, Text(said, style="dim"))


def _matrix_cell(cell: Json | None) -> Text:
    if cell is None:
        return Text(cells.NOTHING)
    text = Text(f"all out {cells.all_out(cell)}", style="" if cell["final"] else "dim")
    text.append(f"\nP50 {cells.time(cell, 'out_p50', cell['horizon_h'])}")
    text.append(f"\nP90 {cells.time(cell, 'out_p90', cell['horizon_h'])}")
    text.append(f"\nordered + {cells.time(cell, 'p50', cell['horizon_h'])}")
    text.append(f"\nleft {cells.left(cell)}")
    if cell["never_ordered"]["people"]:
        text.append(f"\nnot ordered {count(cell['never_ordered']['people'])}")
    if (cell.get("out_before") or {}).get("people"):
        text.append(f"\nout before {count(round(cell['out_before']['people'], 1))}")
    if not cell["final"]:
        text.append("\nNOT FINAL")
    return text


def _table(names: int, roomy: bool = True) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, int(roomy), 0, 0), header_style="bold")
    table.add_column("Mission", no_wrap=True, overflow="ellipsis", max_width=names)
    return table


def _width_of_names(width: int) -> int:
    return 20 if width < 100 else 24 if width < 160 else 28


def _right(table: Table, name: str) -> None:
    table.add_column(name, justify="right", no_wrap=True)


def _intervals(table: Table, wide: bool) -> None:
    if wide:
        table.add_column("", style="dim", no_wrap=True)


def _texts(row: Sequence[str], indent: int = 0) -> list[Text]:
    return [Text("  " * indent + row[0]), *(Text(cell) for cell in row[1:])]
