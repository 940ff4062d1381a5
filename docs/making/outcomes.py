"""The computed tables of docs/assumptions.md: what comes out of the shipped scenarios, and what it may be compared with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from making.block import Asked, Block, table
from making.desk import Desk
from making.paired import effect, in_a_cell
from sim.analysis.curves import hours_by_cause
from sim.analysis.matrix import THREATS
from sim.analysis.measure import Reading, parse
from sim.analysis.outcomes import BoolArray, Outcomes, of_cohorts
from sim.analysis.statistics import Floats, mean_interval, order_statistic, proportion
from sim.analysis.waiting import course, hourly
from sim.analysis.windows import Timeline
from sim.analysis.words import cause_text, count, duration, share
from sim.api import Study

PAGE = "assumptions.md"
PROVIDERS = ("none", "turkish", "coalition")
MATRIX = tuple(f"{provider}-{threat}" for threat in THREATS for provider in PROVIDERS)
COLLAPSES = tuple(f"{provider}-collapse" for provider in PROVIDERS)
CORE, TAIL = ("core",), ("local", "families")
N = 100
"""Replications of each of the nine scenarios."""
TRIED = 40
"""Replications of each point of a lever."""
PAIRED = "replications each, seed 1, inputs as written; differences are paired, from the scenario as it is."


def outcomes(desk: Desk) -> str:
    """Who gets out in the nine scenarios, how fast, and what the waiting is for."""
    rows = [_outcome(name, desk.study(name, N)) for name in MATRIX]
    head = (
        "scenario",
        "to be moved",
        "left behind: mean (P10 / median / P90)",
        "P(all out)",
        "core",
        "tail",
        "most hours waited go to",
    )
    return f"{desk.n(N)} replications each, seed 1, inputs as written.\n\n{table(head, rows, (1,))}"


def _outcome(name: str, study: Study) -> tuple[str, ...]:
    total = study.summary["total"]
    left = Reading(study.result).samples(parse("total.left_behind", ())).values
    ends = " / ".join(count(order_statistic(left, p)) for p in (0.1, 0.5, 0.9))
    cohorts = of_cohorts(study.result)
    return (
        f"`{name}`", count(round(total["to_move"])), f"{count(round(total['left_behind']['mean']))} ({ends})",
        share(total["p_all_out"]["estimate"]),
        *(_middle_and_late(_times(cohorts.values(), names)) for names in (CORE, TAIL)),
        ", ".join(_causes(study, 3)),
    )  # fmt: skip


def _times(missions: Iterable[dict[str, Outcomes]], names: Sequence[str]) -> Floats:
    """Hours from a cohort's own order to 90 % of it out, once for each of its people to be moved; never counts as infinite."""
    hours = [np.zeros(0)]
    for cohorts in missions:
        for name in names:
            if name in cohorts:
                o = cohorts[name]
                hours.append(np.repeat(o.after_order(o.t90_h)[o.timed], o.to_move[o.timed].astype(np.int64)))
    return np.concatenate(hours)


def _middle_and_late(hours: Floats) -> str:
    return ", ".join(_hours(order_statistic(hours, p)) for p in (0.5, 0.9)) if hours.size else "–"


def _hours(x: float) -> str:
    return duration(x) if math.isfinite(x) else "never"


def _causes(study: Study, many: int) -> list[str]:
    """The causes with most of the hours waited after the order, with their shares."""
    hours = hours_by_cause(study.result)
    whole = sum(hours.values())
    first = sorted(hours.items(), key=lambda item: -item[1])[:many]
    return [f"{cause_text(cause)} {share(spent / whole)}" for cause, spent in first if spent > 0]


# -- the airport in the collapses --------------------------------------------------------------------------------------


def airport(desk: Desk) -> str:
    """What may be compared with August 2021, of the three collapses."""
    studies = [desk.study(name, N) for name in COLLAPSES]
    rows = [(what, *(read(study) for study in studies)) for what, read in AIRPORT]
    head = ("", *(f"`{name}`" for name in COLLAPSES))
    return f"{desk.n(N)} replications each, seed 1, inputs as written.\n\n{table(head, rows)}"


def _share_of(cause: str, study: Study) -> str:
    hours = hours_by_cause(study.result)
    return share(hours.get(cause, 0.0) / sum(hours.values()))


def _breaches(study: Study) -> str:
    table_ = study.replications
    return _chance(table_["breaches"].to_numpy() > 0)


def _chance(truths: BoolArray) -> str:
    found = proportion(int(np.count_nonzero(truths)), truths.size)
    return f"{share(found.value)} ({share(found.low or 0.0)} to {share(found.high or 0.0)})"


def _busiest(study: Study, what: str) -> str:
    """The most in any 24 h: median of the replications, and the most of any."""
    timeline = Timeline(study.result)
    so_far = timeline.flights(()) if what == "flights" else timeline.out(())
    day = min(24, so_far.shape[1] - 1)
    most = (so_far[:, day:] - so_far[:, :-day]).max(axis=1)
    return f"{count(order_statistic(most, 0.5))}; most {count(float(most.max()))}"


def _mean(study: Study, column: str) -> str:
    return count(round(mean_interval(study.replications[column].to_numpy().astype(np.float64)).value))


def _loads(study: Study) -> str:
    people, flights = (study.replications[c].to_numpy().astype(np.float64) for c in ("evacuated", "flights"))
    some = flights > 0
    return count(round(order_statistic(people[some] / flights[some], 0.5)))


def _moves(study: Study) -> str:
    """How the bottleneck moves from day to day."""
    told = []
    for span in course(hourly(study.result), 24):
        if span.cause is not None:
            first, last = span.from_h // 24 + 1, math.ceil(span.to_h / 24)
            days = f"day {first}" if first == last else f"days {first}–{last}"
            told.append(f"{days} {cause_text(span.cause)}")
    return ", ".join(told) or "no cause leads"


AIRPORT = (
    ("the bottleneck of most hours, where one leads", _moves),
    ("hours waited for seats", lambda s: _share_of("seats", s)),
    ("… for the runway", lambda s: _share_of("runway", s)),
    ("… for the crowd", lambda s: _share_of("crowd", s)),
    ("… for a full hub", lambda s: _share_of("hub", s)),
    ("… for a missing service", lambda s: _share_of("service", s)),
    ("replications with a breach of the runway", _breaches),
    ("flights with people in the busiest 24 h (2021: 94)", lambda s: _busiest(s, "flights")),
    ("people out in the busiest 24 h (2021: 21,600 of ten times as many)", lambda s: _busiest(s, "people")),
    ("people a flight, median of the replications", _loads),
    ("aircraft that leave empty, mean", lambda s: _mean(s, "empty_flights")),
    ("aircraft that divert, mean", lambda s: _mean(s, "diverted")),
)  # fmt: skip
"""What → how it is read from a study."""


# -- levers ------------------------------------------------------------------------------------------------------------

TROOPS = ("400", "600", "1200", "2400")
LAGS = ("0 h", "24 h", "72 h", "168 h")
HEADCOUNT, ARRIVAL = "security.providers.turkish.force.headcount", "security.providers.coalition.arrival"


def _points(scenario: str, path: str, values: Sequence[str]) -> tuple[Asked, ...]:
    return tuple(Asked(scenario, (f"{path}={value}",), TRIED) for value in values)


def levers(desk: Desk, points: Sequence[Asked], base: Asked) -> str:
    """People left behind for each value of a lever, and the paired difference from the one that the scenario has."""
    as_it_is = desk.study(base.scenario, base.n, base.settings)
    rows = []
    for point in points:
        study = desk.study(point.scenario, point.n, point.settings)
        value = point.settings[0].partition("=")[2]
        mean = study.summary["total"]["left_behind"]["mean"]
        rows.append((value, count(round(mean)), in_a_cell(effect(as_it_is.result, study.result))))
    return rows_of(points[0], rows, desk)


def rows_of(point: Asked, rows: Sequence[tuple[str, ...]], desk: Desk) -> str:
    """The table of a lever, with what it rests on above."""
    path = point.settings[0].partition("=")[0]
    text = f"`{point.scenario}`, {desk.n(point.n)} {PAIRED}"
    return f"{text}\n\n{table((f'`{path}`', 'left behind, mean', 'difference (95 %)'), rows, (1,))}"


TROOP_POINTS = _points("turkish-collapse", HEADCOUNT, TROOPS)
LAG_POINTS = _points("coalition-collapse", ARRIVAL, LAGS)


def troops(desk: Desk) -> str:
    """Turkish troops."""
    return levers(desk, TROOP_POINTS, Asked("turkish-collapse", n=TRIED))


def lags(desk: Desk) -> str:
    """Time from the decision to the arrival of a coalition."""
    return levers(desk, LAG_POINTS, Asked("coalition-collapse", n=TRIED))


# -- missions that leave an airport that nobody secures ------------------------------------------------------------------

KNOWN, SHARE = "security.absence_known", "security.reactions.share"
NOBODY = "none-collapse"
REACTION_POINTS = (Asked(NOBODY, n=TRIED), *_points(NOBODY, KNOWN, ("0 d", "60 d")), *_points(NOBODY, SHARE, ("0.30", "0.65")))
OTHERS = ("turkish-collapse", "coalition-collapse")
SAME_ORDERS = (Asked(NOBODY, n=TRIED), *(Asked(name, (f"ordered as {NOBODY}",), TRIED) for name in OTHERS))


def reactions(desk: Desk) -> str:
    """Who is out before the start and who is left behind, by when the absence is known and by the share that goes."""
    as_it_is = desk.study(NOBODY, TRIED)
    rows = []
    for point in REACTION_POINTS:
        study = desk.study(point.scenario, point.n, point.settings)
        missions, total = study.missions.filter(pl.col("out_before")), study.summary["total"]
        rows.append(
            (
                f"`{point.settings[0]}`" if point.settings else "as it is",
                f"{missions.height / desk.n(TRIED):.1f}",
                count(round(total["out_before"]["people"])),
                count(round(total["left_behind"]["mean"])),
                in_a_cell(effect(as_it_is.result, study.result)) if point.settings else "–",
            )
        )
    head = ("", "missions out before the start", "people out before", "left behind, mean", "difference (95 %)")
    text = f"`{NOBODY}`, {desk.n(TRIED)} {PAIRED}"
    return f"{text}\n\n{table(head, rows, (1, 2, 3))}"


def same_orders(desk: Desk) -> str:
    """What a provider does when people are ordered out as with nobody there, and what it does by who is ordered then."""
    found = desk.same_orders(NOBODY, OTHERS, TRIED)
    rows = []
    for name, study, ordered in zip(OTHERS, found.studies[1:], found.ordered_as_base, strict=True):
        base = found.studies[0].result
        cells = [in_a_cell(effect(base, ordered.result)), in_a_cell(effect(ordered.result, study.result))]
        rows.append((f"`{name}`", in_a_cell(effect(base, study.result)), *cells))
    head = ("left behind, against nobody", "as it is", "= under the same orders", "+ by its own orders")
    text = (
        f"`evacsim compare {NOBODY} {' '.join(OTHERS)} --same-orders -n {desk.n(TRIED)} --inputs values`, seed 1: "
        "paired differences of the people left behind; the first is the sum of the others."
    )
    return f"{text}\n\n{table(head, rows, (1, 2, 3))}"


BLOCKS = (
    Block("outcomes", PAGE, outcomes, tuple(Asked(name, n=N) for name in MATRIX)),
    Block("outcomes-airport", PAGE, airport, tuple(Asked(name, n=N) for name in COLLAPSES)),
    Block("outcomes-troops", PAGE, troops, TROOP_POINTS),
    Block("outcomes-lag", PAGE, lags, LAG_POINTS),
    Block("outcomes-reactions", PAGE, reactions, REACTION_POINTS),
    Block("outcomes-orders", PAGE, same_orders, SAME_ORDERS),
)
