"""The sheets of a workbook: what the terminal's tables say, as numbers; words beside what no number can say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sim.analysis.found import Entry, NoAnswer, Summary
from sim.analysis.paired import Differences, Paired, PairedEntry, PairedMedians
from sim.analysis.words import TOGETHER, answer_unit, mission_titles
from sim.present import cells
from sim.present.workbook import ROWS, Cell, Form, Formed, Head, Sheet
from sim.scenario.causes import zone

if TYPE_CHECKING:
    import polars as pl

    from sim.scenario import Row

NEVER, NEVER_EARLY = "never", "−∞"
"""What stands beside an empty cell for a number that is infinite, above or below."""


def when(start: str, hours: float | None) -> datetime | None:
    """A local moment so many hours after the *start*, ``2021-09-12 06:00``, to the minute; None of what never is."""
    if hours is None or not math.isfinite(hours) or abs(hours) > 1e6:
        return None
    moment = datetime.fromisoformat(start) + timedelta(hours=hours)
    return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0, tzinfo=None)


# -- runs -------------------------------------------------------------------------------------------------------------

TIMES = (
    ("p50", "All out from the order, P50"),
    ("p90", "All out from the order, P90"),
    ("out_p50", "All out from the start, P50"),
    ("out_p90", "All out from the start, P90"),
)
"""Times until all are out that have a column for the number, for each end of its interval, and for all of it in words."""


def summary_sheet(sentences: Iterable[str], summaries: Sequence[Summary | NoAnswer]) -> Sheet:
    """The answer in sentences, then the numbers of all missions together, a row each, for every scenario."""
    heads = [Head("Scenario"), Head("What"), Head("Value", "plain"), Head("Low", "plain"), Head("High", "plain")]
    rows: list[list[Cell]] = [["", "answer", None, None, None, "", Formed(line, "long")] for line in sentences]
    for one in summaries:
        rows += [[one.scenario, *row] for row in _together(one)]
    return Sheet("summary", [*heads, Head("Unit"), Head("In words", "long")], rows)


def _together(summary: Summary | NoAnswer) -> Iterator[list[Cell]]:
    """What, value, low, high, unit, words."""
    yield ["title", None, None, None, "", summary.title]
    yield ["replications", Formed(summary.completed, "count"), None, None, "", "" if summary.final else "NOT FINAL: some failed"]
    if isinstance(summary, NoAnswer):
        return
    total = summary.total
    unit, horizon = answer_unit(summary), summary.horizon_h
    yield ["staff", Formed(total.staff, "count"), None, None, "people", ""]
    yield ["to be moved", Formed(total.to_move, "people"), None, None, "people", ""]
    p = total.p_all_out
    yield ["all are out", *_shares(p.estimate, p.low, p.high), "share of replications", ""]
    left = total.left_behind
    yield ["left behind, mean", *_formed("people", left.mean, left.low, left.high), "people", ""]
    if (spread := left.outcome) is not None:
        numbers = _formed("people", spread.p50, spread.p05, spread.p95)
        yield ["left behind, in nine of ten cases", *numbers, "people", "value: the median"]
    for key, title in TIMES:
        yield [title, *_formed("hours", *_time(total, key)), "h", _time_words(total, key, horizon, unit)]
    people = total.never_ordered.people
    yield ["never ordered out, mean", Formed(people, "people"), None, None, "people", ""]
    yield ["held up by", None, None, None, "", total.held_up_by or ""]
    if summary.bound is not None:
        finite = summary.bound_h is not None and math.isfinite(summary.bound_h)
        hours, words = (summary.bound_h, f"set by {summary.bound.stage}") if finite else (None, "not all can be out")
        yield ["planning bound, at the inputs as written", Formed(hours, "hours"), None, None, "h", words]


def _formed(form: Form, *numbers: float | None) -> list[Formed]:
    return [Formed(x, form) for x in numbers]


def _shares(*numbers: float | None) -> list[Formed]:
    return _formed("share", *numbers)


def _time(entry: Entry, key: str) -> tuple[float | None, float | None, float | None]:
    """The number that a table shows, and the ends of its interval."""
    if (of_all := entry.over_all(key)) is not None:
        return None if of_all.before else of_all.h, None, None
    low, high = entry.time(key).interval_h or (None, None)
    return entry.time(key).h, low, high


def _gone_before(entry: Entry, key: str) -> bool:
    """Whether a time on the calendar is that of people who were out before the start."""
    return key.startswith("out_") and entry.time(key).h == 0 and bool(entry.out_before.share)


def _time_words(entry: Entry, key: str, horizon: float, unit: str) -> str:
    """``3.9 d (1.6 d to never)``, as the terminal has them."""
    if _gone_before(entry, key):
        return cells.BEFORE
    number, interval = cells.time(entry, key, horizon, unit), cells.time_interval(entry, key, horizon, unit)
    return "" if number == cells.NOTHING else f"{number} ({interval})" if interval and interval != number else number


def missions_sheet(summaries: Sequence[Summary | NoAnswer]) -> Sheet:
    """A row for each scenario and mission, the largest first, all together last; cohorts below their missions where there are."""
    answered = [one for one in summaries if isinstance(one, Summary)]
    zones = {zone(one.utc_offset_h) for one in answered if one.utc_offset_h is not None}
    local = zones.pop() if len(zones) == 1 else "local time"
    heads = [Head("Scenario"), Head("Mission"), Head("Cohort"), Head("Name")]
    heads += [Head("Staff", "count"), Head("To be moved", "people"), Head("Order given, share", "share")]
    heads += [Head("Order, h from the start", "hours"), Head(f"Order at, {local}", "moment")]
    for _, title in TIMES:
        heads += [Head(f"{title}{what}", "hours") for what in (", h", ", low, h", ", high, h")] + [Head(f"{title}, in words")]
    heads += [Head(f"All out at, P50, {local}", "moment"), Head(f"All out at, P90, {local}", "moment")]
    heads += [Head(f"All out, share{what}", "share") for what in ("", ", low", ", high")]
    heads += [Head(f"Left behind, mean{what}", "people") for what in ("", ", low", ", high")]
    heads += [Head(f"Left behind, {what}", "people") for what in ("P5", "P50", "P95")]
    heads += [Head("Never ordered out, mean", "people"), Head("Held up by")]
    rows = [row for one in answered for row in _mission_rows(one)]
    return Sheet("missions", heads, rows)


def _mission_rows(summary: Summary) -> Iterator[list[Cell]]:
    titles, missions, unit = mission_titles(summary), summary.missions, answer_unit(summary)
    scenario = summary.scenario
    for name in sorted(missions, key=lambda m: (-missions[m].staff, m)):
        yield [scenario, titles[name], "", name, *_entry(missions[name], summary, unit)]
        for cohort, entry in summary.cohorts_of(name).items():
            yield [scenario, titles[name], cohort, f"{name}.{cohort}", *_entry(entry, summary, unit)]
    yield [scenario, TOGETHER, "", "total", *_entry(summary.total, summary, unit)]


def _entry(entry: Entry, summary: Summary, unit: str) -> Iterator[Cell]:
    """The numbers of a mission, a cohort or all together."""
    start = summary.start
    yield from (entry.staff, entry.to_move, entry.p_ordered, entry.ordered_h, when(start, entry.ordered_h))
    for key, _ in TIMES:
        yield from (*_time(entry, key), _time_words(entry, key, summary.horizon_h, unit))
    calendar = ("out_p50", "out_p90")
    yield from (when(start, entry.time(k).h) if entry.timed and not _gone_before(entry, k) else None for k in calendar)
    p, left = entry.p_all_out, entry.left_behind
    yield from (p.estimate, p.low, p.high, left.mean, left.low, left.high)
    yield from (None, None, None) if left.outcome is None else (left.outcome.p05, left.outcome.p50, left.outcome.p95)
    yield from (entry.never_ordered.people, entry.held_up_by or "")


# -- differences ------------------------------------------------------------------------------------------------------

MEASURES: tuple[tuple[str, str, Form, str], ...] = (
    ("p_all_out", "all are out", "share", "share of replications"),
    ("left_behind", "left behind, mean", "people", "people"),
    ("median_out_h", "all out from the start, median", "hours", "h"),
    ("median_h", "all out from the order, median", "hours", "h"),
    ("hours_within_horizon", "all out from the start, within the horizon, mean", "hours", "h"),
    ("never_ordered", "never ordered out, mean", "people", "people"),
    ("out_before", "out before the start, mean", "people", "people"),
)
"""Key, what it is called, how it is shown, unit."""
APART = {"base": "never in the base", "other": "never in the other", "both": "never in either"}


def differences_sheet(differences: Sequence[Differences], same_orders: Sequence[Differences] | None = None) -> Sheet:
    """A row for each pair of scenarios, mission and measure: other minus base, paired, with its interval."""
    heads = [Head("Base"), Head("Other"), Head("Orders"), Head("Mission"), Head("Cohort"), Head("Name"), Head("Measure")]
    heads += [Head(title, "plain") for title in ("In the base", "In the other", "Difference", "Low", "High")]
    heads += [
        Head("Unit"),
        Head("Told apart from none"),
        Head("Holds together with all"),
        Head("In words"),
        Head("Pairs", "count"),
    ]
    rows = [row for one in differences for row in _difference_rows(one, "own")]
    rows += [row for one in same_orders or () for row in _difference_rows(one, "as in the base")]
    return Sheet("differences", heads, rows)


def _difference_rows(one: Differences, orders: str) -> Iterator[list[Cell]]:
    titles = mission_titles(one)
    about: list[Cell] = [one.base, one.other, orders]
    for row in _measure_rows(one.total):
        yield [*about, TOGETHER, "", "total", *row]
    for name, entry in one.missions.items():
        for row in _measure_rows(entry):
            yield [*about, titles[name], "", name, *row]
        for cohort, part in one.cohorts_of(name).items():
            for row in _measure_rows(part):
                yield [*about, titles[name], cohort, f"{name}.{cohort}", *row]


def _measure_rows(entry: PairedEntry) -> Iterator[list[Cell]]:
    for key, what, form, unit in MEASURES:
        paired = entry.measure(key)
        if paired is None:
            continue
        numbers = _formed(form, paired.base, paired.other, paired.difference, paired.low, paired.high)
        tests: list[Cell] = [paired.distinct, paired.holds]
        yield [what, *numbers, unit, *tests, _never(paired), entry.pairs if paired.pairs is None else paired.pairs]


def _never(paired: Paired) -> str:
    return APART[paired.never] if isinstance(paired, PairedMedians) and paired.never else ""


# -- any table, the inputs, how it was made ---------------------------------------------------------------------------


def table_sheet(name: str, table: pl.DataFrame) -> Sheet:
    """A data frame as it is, but that a word stands beside each number that is infinite, in a column of its own."""
    heads: list[Head] = []
    columns: list[list[Cell]] = []
    for column in table.head(ROWS).iter_columns():
        known: list[Any] = column.to_list()
        number = column.dtype.is_numeric()
        form: Form = "count" if column.dtype.is_integer() else "hours" if column.name.endswith("_h") else "plain"
        heads.append(Head(column.name, form if number else "moment" if column.dtype.is_temporal() else "text"))
        columns.append([_plain(value) for value in known])
        words = [_infinite(value) for value in known] if number else []
        if any(words):
            heads.append(Head(f"{column.name}, in words"))
            columns.append(list(words))
    return Sheet(name, heads, list(zip(*columns, strict=True)))


def _infinite(value: Any) -> str:
    return "" if not isinstance(value, float) or not math.isinf(value) else NEVER if value > 0 else NEVER_EARLY


def _plain(value: Any) -> Cell:
    """What a cell can hold of a value of a data frame."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int | datetime):
        return value
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def inputs_sheet(scenarios: Mapping[str, Sequence[Row]]) -> Sheet:
    """Every number that a scenario file says: its range, how it is drawn, its grade and its source.  By scenario."""
    heads = [Head("Scenario"), Head("Input"), Head("As written"), Head("Mean", "plain"), Head("Low", "plain")]
    heads += [
        Head("High", "plain"),
        Head("Unit"),
        Head("Kind"),
        Head("Drawn"),
        Head("Factor"),
        Head("Grade"),
        Head("Source", "long"),
    ]
    rows: list[list[Cell]] = []
    for name, inputs in scenarios.items():
        for row in inputs:
            numbers = [x if x is not None and math.isfinite(x) else None for x in (row.mean, row.low, row.high)]
            words = (row.unit, row.kind, row.law or "no", row.factor or "", row.grade or "", row.source or "")
            rows.append([name, row.path, row.value, *numbers, *words])
    return Sheet("inputs", heads, rows)


def made_sheet(facts: Mapping[str, str | int | float | None], notes: Iterable[str] = ()) -> Sheet:
    """How it was made, a row for each fact, and what the numbers mean."""
    rows: list[list[Cell]] = [
        [what, Formed(value, "long" if isinstance(value, str) else "plain")] for what, value in facts.items()
    ]
    return Sheet("how it was made", [Head("What"), Head("Value", "long")], rows + [["note", note] for note in notes])


NOTES = (
    "Intervals are 95 %: how sure an estimate is, never how sure the world; each by itself, not all together.",
    "An empty cell is a number that isn't there or is infinite; the column of words beside it says which.",
    "Times in h; moments are local to the place, in the zone that stands above them.",
    "Left behind: P5, P50 and P95 are of the outcome, over replications; low and high are of the mean.",
)
"""What the sheets of runs and comparisons mean."""
