"""One mission's row with its intervals, at any width: the interval of a number stands below it, never cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.found import Entry, HalfOut, OrderedAt, Run, Summary, Timed
from sim.analysis.paired import SIDES, Differences, Paired, PairedEntry
from sim.analysis.words import count, duration, mission_titles, scenario_labels, share
from sim.present import cells
from sim.present.columns import Column
from sim.present.fitting import broken as broken_at
from sim.present.fitting import cell

NAMES = (30, 24, 18, 14, 11)
"""Widths that names are broken to, the first that fits."""
Row = tuple[str, Any]


class Placed(NamedTuple):
    """An entry of a narrowed summary, and the horizon of its simulation."""

    entry: Entry
    horizon_h: float

    @property
    def order(self) -> OrderedAt:
        """When it is ordered."""
        assert self.entry.order is not None
        return self.entry.order

    @property
    def half(self) -> HalfOut:
        """When half of it is out."""
        assert self.entry.half is not None
        return self.entry.half

    @property
    def gone(self) -> float:
        """Share of the replications in which somebody was out before the start."""
        return self.entry.out_before.share or 0.0


def run_rows(summary: Summary, width: int = 80) -> RenderableType | None:
    """The mission to which *summary* is narrowed, and its cohorts where it has them; None where nobody of it is to be moved."""
    name = summary.mission or ""
    return _rows("Mission", [(mission_titles(summary).get(name) or name, summary)], width)


def scenario_rows(summaries: Sequence[Summary], width: int = 80) -> RenderableType | None:
    """The mission in each of several scenarios, a row each, and its cohorts; None where nobody of it is to be moved in any."""
    labels = scenario_labels([(summary.scenario, summary.title) for summary in summaries])
    return _rows("Scenario", list(zip(labels, summaries, strict=True)), width)


def _rows(first: str, named: Sequence[tuple[str, Summary]], width: int) -> RenderableType | None:
    """Who has nobody to be moved has no row."""
    rows: list[tuple[str, Placed]] = []
    for name, summary in named:
        entries = [(name, entry) for entry in summary.missions.values()]
        entries += [(f"  {cohort}", entry) for each in (summary.cohorts or {}).values() for cohort, entry in each.items()]
        rows += [(of, Placed(entry, summary.horizon_h)) for of, entry in entries if entry.to_move]
    return folded(first, _columns([entry for _, entry in rows]), rows, width) if rows else None


def difference_rows(differences: Sequence[Differences], width: int = 80) -> RenderableType | None:
    """What differs for the mission, a row for each other scenario; None where there is nothing to compare."""
    if not differences:
        return None
    known = [
        (differences[0].base, differences[0].base_title),
        *((each.other, each.other_title) for each in differences),
    ]
    base, *labels = scenario_labels(known)
    rows: list[tuple[str, PairedEntry]] = []
    for label, each in zip(labels, differences, strict=True):
        rows += [(label, entry) for entry in each.missions.values() if entry.pairs]
        cohorts = (one for entries in (each.cohorts or {}).values() for one in entries.items())
        rows += [(f"  {cohort}", entry) for cohort, entry in cohorts if entry.pairs]
    if not rows:
        return None
    medians = [of.side(side) for _, e in rows for of in (e.median_out_h, e.median_h) for side in SIDES]
    unit = cells.unit_for(medians)

    def change(title: str, of: Callable[[PairedEntry], Paired], write: Callable[[float], str]) -> Column:
        return Column(title, lambda e: _change(of(e), write), lambda e: _limits(of(e), write))

    def hours(x: float) -> str:
        return cells.hours_change(x, unit)

    columns = [
        change("All out,\npoints", lambda e: e.p_all_out, cells.points),
        change("Out, on the\ncalendar", lambda e: e.median_out_h, hours),
        change("Out, from\nthe order", lambda e: e.median_h, hours),
        change("Left\nbehind", lambda e: e.left_behind, cells.head_count_change),
        Column("Earlier", lambda e: cells.known(e.earlier, share)),
        Column("Later", lambda e: cells.known(e.later, share)),
    ]
    return folded(f"Against {base}", columns, rows, width)


def _change(paired: Paired, write: Callable[[float], str]) -> str:
    return cells.known(paired.difference, lambda x: write(x) if paired.distinct else f"{cells.UNSURE} {write(x)}")


def _limits(paired: Paired, write: Callable[[float], str]) -> str:
    return "" if paired.difference is None else cells.limits(paired.low, paired.high, write)


def _columns(rows: Sequence[Placed]) -> list[Column]:
    """The columns in days where any of their times is long; the last but one are left out where there is no room."""
    each = ((of.order.h, of.half.out_p50_h, of.entry.out_p50_h, of.entry.out_p90_h, of.entry.p50_h) for of in rows)
    unit = cells.unit_for(hours for times in each for hours in times)

    def time(title: str, key: str, *, half: bool = False) -> Column:
        def write(of: Placed) -> str:
            return time_text(of.half if half else of.entry, key, of, unit)

        def between(of: Placed) -> str:
            return interval_text(of.half if half else of.entry, key, of, unit)

        return Column(title, write, between)

    return [
        Column("People", lambda of: count(round(of.entry.to_move))),
        Column("Order\nat", lambda of: _order(of, unit), lambda of: _order_limits(of, unit)),
        time("Half out,\nP50", "out_p50", half=True),
        time("All out,\nP50", "out_p50"),
        time("All out,\nP90", "out_p90"),
        time(FROM_ORDER, "p50"),
        Column("P(all\nout)", lambda of: cells.all_out(of.entry), lambda of: cells.all_out_interval(of.entry)),
        Column("Left\nbehind", lambda of: cells.left(of.entry), lambda of: cells.left_interval(of.entry)),
        Column("Held\nup by", lambda of: of.entry.held_up_by or cells.NOTHING, justify="left"),
    ]


FROM_ORDER = "All out,\nfrom the\norder"
SPARE = (FROM_ORDER, "All out,\nP90", "People")
"""Columns that are left out where there is no room, the first of them first."""


def _order(of: Placed, unit: str) -> str:
    if of.gone >= 0.5:
        return cells.BEFORE
    return "never" if of.order.h is None else duration(of.order.h, unit)


def _order_limits(of: Placed, unit: str) -> str:
    low, high = of.order.interval_h or (None, None)
    if low is None or high is None or of.gone >= 0.5:
        return ""
    return cells.between(duration(low, unit), duration(high, unit))


def time_text(timed: Timed, key: str, of: Placed, unit: str) -> str:
    """``9.4 d``, ``before`` the start, ``never``, or nothing where no time exists."""
    time = timed.time(key)
    if time.h == 0 and of.gone:
        return cells.BEFORE
    return duration(time.h, unit) if time.h is not None else cells.late(time.never, of.horizon_h)


def interval_text(timed: Timed, key: str, of: Placed, unit: str) -> str:
    """Its interval: ``before to 9.4 d``; empty where there are too few replications."""
    _, limits, _, why = timed.time(key)
    if limits is None or why is None:
        return ""
    gone = key.startswith("out_") and of.gone
    low, high = (
        cells.BEFORE if h == 0 and gone else duration(h, unit) if h is not None else cells.late(w, of.horizon_h)
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


def rests_on(summaries: Sequence[Run]) -> str:
    """``20 replications, seed 1.``, and whether any of them failed."""
    counts = [summary.completed for summary in summaries]
    failed = sum(summary.failed for summary in summaries)
    final = f" NOT FINAL: {cells.replications([failed])} failed." if failed else ""
    return f"{cells.replications(counts)}, seed {summaries[0].seed}.{final}"
