"""The least of one or two levers with which everybody is out in time, decided by intervals.

Every combination of the levers' values is simulated under the same draws; none is skipped because a smaller one was enough or a
larger one was not, since "more is never later" does not hold in networks of queues.  A combination is **met** if the lower end
of the Clopper-Pearson interval of its chance reaches the confidence, **not** met if the upper end stays below it, else **open**:
more replications would tell.  A replication whose end the horizon hides counts on both sides of the interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl

from sim.analysis.measure import Reading
from sim.analysis.outcomes import BEYOND, Outcomes
from sim.analysis.statistics import Estimate, Floats, least_sample, order_statistic, order_statistic_interval, proportion
from sim.analysis.study import Batch, Outcome, Proposal, Study
from sim.analysis.summary import number, reason
from sim.analysis.words import duration, not_among_all, scope_name, share
from sim.scenario.settings import Setting
from sim.studies.applying import applying

Json = dict[str, Any]
Verdict = Literal["met", "not", "open", "failed"]
MOST_REPLICATIONS = 1_000_000


@dataclass(frozen=True)
class Goal:
    """Everybody of a scope out by a moment, with a confidence."""

    scope: str
    limit_h: float
    """Hours after the first order of the scope, or after the start of the clock."""
    by_clock: bool
    confidence: float


class Combination(NamedTuple):
    """A point of the plan: the rank of each lever's value, least first, and the settings that make it."""

    ranks: tuple[int, ...]
    settings: tuple[Setting, ...]


class Found(NamedTuple):
    """What came of a combination."""

    chance: Estimate
    time: tuple[float, float | None, float | None]
    """The time within which everybody is out as often as wanted, and its interval (``BEYOND`` and inf sort last)."""
    n: int
    undecided: int
    failed: int = 0
    error: str | None = None
    not_among_all: float = 0.0
    """People whom nobody ordered out, on average over the replications in which the goal is met."""
    ordered_h: float = math.nan
    """Median moment of the order, from the start, where there is one."""
    out_h: float = math.nan
    """As ``time``, but on the calendar: from the start of the clock."""


def plan_study(combinations: Sequence[Combination], n: int, goal: Goal) -> Study[list[Found]]:
    """Proposes every combination once."""
    found: list[Found] = yield Batch([Proposal(c.settings, n) for c in combinations], reader(goal))
    return found


def reader(goal: Goal) -> Callable[[Outcome], Found]:
    """Reads of a simulated point whether the goal is met."""

    def read(outcome: Outcome) -> Found:
        if outcome.result is None:
            nothing = Estimate(math.nan, None, None)
            return Found(nothing, (math.nan, None, None), 0, 0, outcome.failed, outcome.error or "no result")
        reading = Reading(outcome.result)
        return found(reading.outcomes(goal.scope), reading.horizon_h, goal, outcome.failed)

    return read


def found(o: Outcomes, horizon_h: float, goal: Goal, failed: int = 0) -> Found:
    """Whether the goal is met in each replication, as a share, and the time that is met as often as wanted.

    A replication with nobody to move meets it.  One that ends at the horizon before the limit has come, nobody stranded, is
    undecided.
    """
    idle = o.to_move == 0
    times = o.t100_h if goal.by_clock else np.full(o.t100_h.shape, np.inf)
    if not goal.by_clock:
        given = np.isfinite(o.ordered_h)
        times[given] = o.t100_h[given] - o.ordered_h[given]
    met = idle | (times <= goal.limit_h + 1e-9)
    last_seen = horizon_h if goal.by_clock else horizon_h - o.ordered_h  # -inf without an order
    undecided = ~met & (o.stranded == 0) & (last_seen < goal.limit_h - 1e-9)
    n, sure, perhaps = met.size, int(met.sum()), int((met | undecided).sum())
    chance = Estimate(proportion(sure, n).value, proportion(sure, n).low, proportion(perhaps, n).high)
    ordered = order_statistic(o.ordered_h[np.isfinite(o.ordered_h)], 0.5)
    by_calendar = order_statistic(_ranked(o, o.t100_h, idle), goal.confidence)
    time = _time(_ranked(o, times, idle), goal.confidence)
    return Found(chance, time, n, int(undecided.sum()), failed, None, o.not_among(met), ordered, by_calendar)


def _ranked(o: Outcomes, times: Floats, idle: Any) -> Floats:
    return np.asarray(np.where(np.isinf(times) & (o.stranded == 0), BEYOND, times)[~idle])


def _time(ranked: Floats, confidence: float) -> tuple[float, float | None, float | None]:
    ends = order_statistic_interval(ranked, confidence) or (None, None)
    return order_statistic(ranked, confidence), *ends


def verdict(one: Found, confidence: float) -> Verdict:
    """Whether a combination meets the goal, as far as its interval tells."""
    if one.error or one.chance.low is None or one.chance.high is None:
        return "failed"
    if one.chance.low >= confidence:
        return "met"
    return "not" if one.chance.high < confidence else "open"


def replications_needed(one: Found, confidence: float) -> int | None:
    """Roughly how many replications would decide an open combination if the share stayed; None if no number that is sensible.

    The present number doubled until the interval of the same share leaves the confidence out.
    """
    share_met, unknown = one.chance.value, one.undecided / max(one.n, 1)
    n = max(one.n, 1)
    while n < MOST_REPLICATIONS:
        n *= 2
        low = proportion(round(share_met * n), n).low
        high = proportion(round(min(share_met + unknown, 1.0) * n), n).high
        if low is not None and high is not None and (low >= confidence or high < confidence):
            return n
    return None


class Lever(NamedTuple):
    """What is varied."""

    path: str
    values: tuple[str, ...]
    """From the least to the most."""
    amounts: tuple[float, ...] | None
    """The values as numbers in the unit of the first, for an axis; None where they are not all numbers."""
    unit: str


def least_of(points: Mapping[tuple[int, ...], Verdict]) -> list[tuple[int, ...]]:
    """Combinations that meet the goal and have less of one lever than any other that meets it with no more of the others."""
    met = [ranks for ranks, v in points.items() if v == "met"]
    return sorted(r for r in met if not any(q != r and all(a <= b for a, b in zip(q, r, strict=True)) for q in met))


def summarise_plan(
    title: str, name: str, levers: Sequence[Lever], combinations: Sequence[Combination], results: Sequence[Found], goal: Goal,
    start: str, seed: int,
) -> Json:  # fmt: skip
    """The object that ``--json`` prints: a row per combination, and the least that meets the goal."""
    verdicts = {c.ranks: verdict(f, goal.confidence) for c, f in zip(combinations, results, strict=True)}
    rows = [_row(c, f, verdicts[c.ranks], levers, goal) for c, f in zip(combinations, results, strict=True)]
    by_rank = {c.ranks: row for c, row in zip(combinations, rows, strict=True)}
    least = [by_rank[r]["values"] for r in least_of(verdicts)]
    failed = sum(f.failed for f in results) + sum(1 for f in results if f.error)
    states = set(verdicts.values())
    summary: Json = {
        "scenario": name,
        "title": title,
        "start": start,
        "scope": goal.scope,
        "finish_by_h": number(goal.limit_h),
        "finish_by": _moment(start, goal.limit_h) if goal.by_clock else None,
        "counted_from": "start" if goal.by_clock else "order",
        "confidence": goal.confidence,
        "levers": [
            {"path": v.path, "values": list(v.values), "amounts": v.amounts and list(v.amounts), "unit": v.unit} for v in levers
        ],
        "answer": "failed" if failed else "met" if "met" in states else "open" if "open" in states else "not reachable",
        "least": least,
        "points": rows,
        "replications": max((f.n + f.failed for f in results), default=0),
        "seed": seed,
        "final": not failed,
    }
    summary["warnings"] = _warnings(summary, verdicts, by_rank, results)
    summary["headline"] = plan_headline(summary)
    return summary


def _moment(start: str, hours: float) -> str:
    return (datetime.fromisoformat(start) + timedelta(hours=hours)).isoformat(" ", "minutes")


def _row(c: Combination, f: Found, state: Verdict, levers: Sequence[Lever], goal: Goal) -> Json:
    needed = replications_needed(f, goal.confidence) if state == "open" else None
    return {
        "values": {lever.path: lever.values[rank] for lever, rank in zip(levers, c.ranks, strict=True)},
        "ranks": list(c.ranks),
        "verdict": state,
        "chance": {"estimate": number(f.chance.value), "low": number(f.chance.low), "high": number(f.chance.high)},
        "undecided": f.undecided,
        "n": f.n,
        "time_h": number(f.time[0]),
        "time_interval_h": None if f.time[1] is None else [number(x) for x in f.time[1:]],
        "never": None if math.isnan(f.time[0]) else reason(f.time[0]),
        "interval_never": None if f.time[1] is None else [None if x is None else reason(x) for x in f.time[1:]],
        "ordered_h": number(f.ordered_h),
        "out_h": number(f.out_h),
        "replications_needed": needed,
        "failed": f.failed,
        "error": f.error,
        "not_among_all": number(f.not_among_all),
    }


def _warnings(
    summary: Json, verdicts: Mapping[tuple[int, ...], Verdict], rows: Mapping[tuple[int, ...], Json], results: Sequence[Found]
) -> list[str]:
    errors = [f"{_values(row['values'])}: {row['error']}" for row in summary["points"] if row["error"]][:5]
    worse = [r for r, v in verdicts.items() if v == "not" and any(_more(r, q) for q, w in verdicts.items() if w == "met")]
    named = "; ".join(_values(rows[r]["values"]) for r in worse[:3])
    unasked = max((f.not_among_all for f in results), default=0.0)
    confidence, need = share(summary["confidence"]), least_sample(summary["confidence"])
    fewest = min((f.n for f in results if f.n), default=need)
    unknown = max((f.undecided / f.n for f in results if f.n), default=0.0)
    return [
        *errors,
        *applying(
            (worse, f"more is not always enough: not met with {named}, though less was; queues upstream and downstream interact"),
            (unasked, not_among_all(unasked)),
            (fewest < need, f"{fewest} replications are too few to show {confidence}; it takes {need} at least"),
        ),
        *_moved_orders(summary),
        *applying(
            (unknown > 0.01, f"up to {share(unknown)} of the replications are undecided at the horizon; lengthen clock.horizon")
        ),
    ]


def _moved_orders(summary: Json) -> list[str]:
    """A time from the order is met the sooner the later the order comes: where the levers move it that is said."""
    at = [row["ordered_h"] for row in summary["points"] if row["ordered_h"] is not None]
    if summary["counted_from"] != "order" or not at or max(at) - min(at) < SAME_H:
        return []
    return [
        f"the first order comes {duration(min(at))} to {duration(max(at))} after the start with these, which a time from the "
        "order does not show; give --finish-by a date to compare on the calendar"
    ]


SAME_H = 1 / 3600
"""Moments no farther apart than a second are the same."""


def _more(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether *a* has at least as much of every lever as *b*, and more of one."""
    return a != b and all(x >= y for x, y in zip(a, b, strict=True))


def _values(values: Mapping[str, str]) -> str:
    return ", ".join(f"{path} = {value}" for path, value in values.items())


def goal_words(summary: Mapping[str, Any]) -> str:
    """``all together out within 10 d of the first order in 90 % of the cases``."""
    when = (
        f"by {summary['finish_by']}"
        if summary.get("finish_by")
        else f"within {duration(summary['finish_by_h'])} of the first order"
    )
    return f"{scope_name(summary['scope'])} out {when} in {share(summary['confidence'])} of the cases"


def plan_headline(summary: Mapping[str, Any], short: bool = False) -> str:
    """The answer in a sentence; *short*: without what less may do where something may."""
    goal = goal_words(summary)
    if summary["answer"] == "failed":
        return f"{summary['title']}: no answer, a point or a replication failed."
    points = summary["points"]
    best = max(points, key=lambda row: row["chance"]["estimate"])
    if summary["answer"] == "not reachable":
        if not best["chance"]["estimate"]:
            return f"{summary['title']}: {goal}: not reachable with these; none of {len(points)} gets there in any replication."
        return (
            f"{summary['title']}: {goal}: not reachable with these; the best of {len(points)}, {_values(best['values'])}, "
            f"reaches {_chance(best)}."
        )
    if summary["answer"] == "open":
        row = next(row for row in points if row["verdict"] == "open")
        return f"{summary['title']}: {goal}: not decided; {_open(row)}."
    least = [next(row for row in points if row["values"] == values) for values in summary["least"]]
    told = "; or ".join(f"{_values(row['values'])} ({_chance(row)})" for row in least[:3])
    more = f" and {len(least) - 3} more combinations" if len(least) > 3 else ""
    first = least[0]
    smaller = [
        row
        for row in points
        if row["verdict"] == "open" and not any(_more(tuple(row["ranks"]), tuple(m["ranks"])) for m in least)
    ]
    unasked = max(row["not_among_all"] or 0.0 for row in least)
    beside = f". In this, {not_among_all(unasked)}" if unasked else ""
    perhaps = f". Less may do: {_open(smaller[0])}" if smaller else ""
    already = " (the least tried)" if len(least) == 1 and not any(first["ranks"]) else ""
    rest = "" if short and perhaps else f"{perhaps}{beside}"
    return f"{summary['title']}: {goal}: the least that is enough is {told}{more}{already}{rest}."


def _chance(row: Mapping[str, Any]) -> str:
    chance = row["chance"]
    return f"{share(chance['estimate'])}, 95 % interval {share(chance['low'])} to {share(chance['high'])}"


def _open(row: Mapping[str, Any]) -> str:
    needed = row["replications_needed"]
    how = f"it takes about {needed:,} replications to tell" if needed else "too close to tell with any number of replications"
    return f"{_values(row['values'])} reaches {_chance(row)}, {how}"


def plan_table(summary: Mapping[str, Any]) -> pl.DataFrame:
    """A row per combination; an infinite time is null where ``never`` says why."""
    return pl.DataFrame([_table_row(row) for row in summary["points"]], infer_schema_length=None)


COLUMNS = (
    "undecided", "n", "time_h", "never", "ordered_h", "out_h", "replications_needed", "failed", "error", "not_among_all",
)  # fmt: skip


def _table_row(row: Json) -> Json:
    low, high = row["time_interval_h"] or (None, None)
    chance = {f"chance_{key}" if key != "estimate" else "chance": x for key, x in row["chance"].items()}
    rest = {key: row[key] for key in COLUMNS} | {"time_low_h": low, "time_high_h": high}
    return {**row["values"], "verdict": row["verdict"], **chance, **rest}
