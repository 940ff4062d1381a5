"""One mission's row with its intervals, at any width: the interval of a number stands below it, never cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.words import count, duration, mission_titles, scenario_labels, share
from sim.present import cells
from sim.present.columns import Column, Json
from sim.present.fitting import broken as broken_at
from sim.present.fitting import cell

NAMES = (30, 24, 18, 14, 11)
"""Widths that names are broken to, the first that fits."""
Row = tuple[str, Json]


def run_rows(summary: Json, width: int = 80) -> RenderableType | None:
    """The mission to which *summary* is narrowed, and its cohorts where it has them; None where nobody of it is to be moved."""
    name = summary["mission"]
    return _rows("Mission", [(mission_titles(summary).get(name) or name, summary)], width)


def scenario_rows(summaries: Sequence[Json], width: int = 80) -> RenderableType | None:
    """The mission in each of several scenarios, a row each, and its cohorts; None where nobody of it is to be moved in any."""
    labels = scenario_labels([(summary["scenario"], summary["title"]) for summary in summaries])
    return _rows("Scenario", list(zip(labels, summaries, strict=True)), width)


def _rows(first: str, named: Sequence[tuple[str, Json]], width: int) -> RenderableType | None:
    """Who has nobody to be moved has no row."""
    rows: list[Row] = []
    for name, summary in named:
        entries = [(name, entry) for entry in summary.get("missions", {}).values()]
        entries += [(f"  {cohort}", entry) for each in summary.get("cohorts", {}).values() for cohort, entry in each.items()]
        rows += [(of, {**entry, "horizon_h": summary["horizon_h"]}) for of, entry in entries if entry["to_move"]]
    return folded(first, _columns([entry for _, entry in rows]), rows, width) if rows else None


def difference_rows(differences: Sequence[Json], width: int = 80) -> RenderableType | None:
    """What differs for the mission, a row for each other scenario; None where there is nothing to compare."""
    if not differences:
        return None
    known = [
        (differences[0]["base"], differences[0]["base_title"]),
        *((each["other"], each["other_title"]) for each in differences),
    ]
    base, *labels = scenario_labels(known)
    rows: list[Row] = []
    for label, each in zip(labels, differences, strict=True):
        rows += [(label, entry) for entry in each["missions"].values() if entry["pairs"]]
        cohorts = (one for entries in each.get("cohorts", {}).values() for one in entries.items())
        rows += [(f"  {cohort}", entry) for cohort, entry in cohorts if entry["pairs"]]
    if not rows:
        return None
    medians = [e[key][side] for _, e in rows for key in ("median_out_h", "median_h") for side in ("base", "other")]
    unit = cells.unit_for(medians)

    def change(title: str, key: str, write: Callable[[float], str]) -> Column:
        return Column(title, lambda e: _change(e[key], write), lambda e: _limits(e[key], write))

    def hours(x: float) -> str:
        return cells.hours_change(x, unit)

    columns = [
        change("All out,\npoints", "p_all_out", cells.points),
        change("Out, on the\ncalendar", "median_out_h", hours),
        change("Out, from\nthe order", "median_h", hours),
        change("Left\nbehind", "left_behind", cells.head_count_change),
        Column("Earlier", lambda e: cells.known(e["earlier"], share)),
        Column("Later", lambda e: cells.known(e["later"], share)),
    ]
    return folded(f"Against {base}", columns, rows, width)


def _change(paired: Json, write: Callable[[float], str]) -> str:
    return cells.known(paired["difference"], lambda x: write(x) if paired["distinct"] else f"{cells.UNSURE} {write(x)}")


def _limits(paired: Json, write: Callable[[float], str]) -> str:
    return "" if paired["difference"] is None else cells.limits(paired["low"], paired["high"], write)


def _columns(entries: Sequence[Json]) -> list[Column]:
    """The columns in days where any of their times is long; the last but one are left out where there is no room."""
    hours = [h for e in entries for h in (e["order"]["h"], e["half"]["out_p50_h"], e["out_p50_h"], e["out_p90_h"], e["p50_h"])]
    unit = cells.unit_for(hours)

    def time(title: str, key: str, part: str | None = None) -> Column:
        def write(entry: Json) -> str:
            return time_text(entry if part is None else entry[part], key, entry, unit)

        def between(entry: Json) -> str:
            return interval_text(entry if part is None else entry[part], key, entry, unit)

        return Column(title, write, between)

    return [
        Column("People", lambda e: cells.known(e["to_move"], lambda people: count(round(people)))),
        Column("Order\nat", lambda e: _order(e, unit), lambda e: _order_limits(e, unit)),
        time("Half out,\nP50", "out_p50", "half"),
        time("All out,\nP50", "out_p50"),
        time("All out,\nP90", "out_p90"),
        time(FROM_ORDER, "p50"),
        Column("P(all\nout)", cells.all_out, cells.all_out_interval),
        Column("Left\nbehind", cells.left, cells.left_interval),
        Column("Held\nup by", lambda e: e["held_up_by"] or cells.NOTHING, justify="left"),
    ]


FROM_ORDER = "All out,\nfrom the\norder"
SPARE = (FROM_ORDER, "All out,\nP90", "People")
"""Columns that are left out where there is no room, the first of them first."""


def _order(entry: Json, unit: str) -> str:
    if (entry["out_before"]["share"] or 0.0) >= 0.5:
        return cells.BEFORE
    if entry["order"]["h"] is None:
        return "never"
    return duration(entry["order"]["h"], unit)


def _order_limits(entry: Json, unit: str) -> str:
    limits = entry["order"]["interval_h"]
    if limits is None or None in limits or (entry["out_before"]["share"] or 0.0) >= 0.5:
        return ""
    return cells.between(*(duration(h, unit) for h in limits))


def time_text(of: Json, key: str, entry: Json, unit: str) -> str:
    """``9.4 d``, ``before`` the start, ``never``, or nothing where no time exists."""
    if of.get(f"{key}_h") == 0 and entry["out_before"]["share"]:
        return cells.BEFORE
    hours, why = of[f"{key}_h"], of["never"][f"{key}_h"]
    return duration(hours, unit) if hours is not None else cells.late(why, entry["horizon_h"])


def interval_text(of: Json, key: str, entry: Json, unit: str) -> str:
    """Its interval: ``before to 9.4 d``; empty where there are too few replications."""
    limits, why = of[f"{key}_interval_h"], of["never"][f"{key}_interval_h"]
    if limits is None:
        return ""
    gone = key.startswith("out_") and entry["out_before"]["share"]
    low, high = (
        cells.BEFORE if h == 0 and gone else duration(h, unit) if h is not None else cells.late(w, entry["horizon_h"])
        for h, w in zip(limits, why, strict=True)
    )
    return low if low == high else f"{low} to {high}" if cells.BEFORE in (low, high) else cells.between(low, high)


def folded(first: str, columns: Sequence[Column], rows: Sequence[Row], width: int) -> Table:
    """The fullest table that isn't wider than *width*: spare columns go, intervals and names are broken, nothing is cut."""
    made = None
    for kept, names, broken in _ways(columns):
        made = _table(first, kept, rows, names, broken)
        if cells.excess(made, width) <= 0:
            return made
    assert made is not None
    return made


def _ways(columns: Sequence[Column]) -> Iterator[tuple[list[Column], int, bool]]:
    """Columns, width of the names and whether intervals are broken, from the fullest to the narrowest."""
    for spared in range(len(SPARE) + 1):
        kept = [column for column in columns if column.title not in SPARE[:spared]]
        yield from ((kept, names, broken) for broken in (False, True) for names in NAMES)


def _table(first: str, columns: Sequence[Column], rows: Sequence[Row], names: int, broken: bool) -> Table:
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    made.add_column(broken_at(first, names), no_wrap=True)
    for column in columns:
        made.add_column(column.title, justify=column.justify, no_wrap=True)
    for name, entry in rows:
        made.add_row(Text(broken_at(name, names)), *(cell(column, entry, broken) for column in columns))
    return made


ROW = (
    "Below each number its 95 % interval, if there are enough replications. Order at, out: median (P50) and 90 % quantile (P90) "
    "from the start of the clock; from the order: median. before: out before the start. Left behind: mean number of people."
)
CHANGE = (
    f"Other minus base, paired; {cells.UNSURE} can't be told from no difference. Out: median until all are out. Earlier, later: "
    "share of the pairs with a time on both sides. Intervals are 95 % each, not together."
)


def noted(made: RenderableType | None, note: str) -> list[RenderableType]:
    """A table and what it means, with an empty line after it; nothing without a table."""
    return [] if made is None else [made, Text(note, style="dim"), ""]


def rests_on(summaries: Sequence[Json]) -> str:
    """``20 replications, seed 1.``, and whether any of them failed."""
    counts = [summary["replications"] - summary["failed"] for summary in summaries]
    failed = sum(summary["failed"] for summary in summaries)
    final = f" NOT FINAL: {cells.replications([failed])} failed." if failed else ""
    return f"{cells.replications(counts)}, seed {summaries[0]['seed']}.{final}"
