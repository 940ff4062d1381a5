"""The numbers of one scenario, which ``--json`` prints and ``summary.json`` holds (:mod:`sim.analysis.found`).

Infinite is ``null``; a time that does not exist (``timed`` is 0: nobody to move, or no order in any replication) is ``null``
too, and so is an interval for which there are too few replications, as a whole.  ``docs/reference/measures.md`` says what each
number means.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np

from sim.analysis.found import (
    Chance,
    Entry,
    Failed,
    LeftBehind,
    Never,
    OfAll,
    Some,
    Spread,
    Summary,
    WithBefore,
    WithinHorizon,
)
from sim.analysis.hours import Means, accounts, left_rounded, spent
from sim.analysis.looks import Look, level_of
from sim.analysis.outcomes import BEYOND, BoolArray, Outcomes, Stored, ends, of_all, of_cohorts, of_missions, titles, wall
from sim.analysis.sets import mean as mean_over
from sim.analysis.sets import share as share_over
from sim.analysis.statistics import FEW, Estimate, Floats, least_sample, order_statistic
from sim.analysis.uncertain import rivals, spread
from sim.analysis.words import mission_titles

T = TypeVar("T")
MANY_UNFINISHED = 0.01
"""Share of replications that may end at the horizon before a warning is due."""


def number(x: float | None) -> float | None:
    """A number for JSON: ``None`` where it is infinite or missing, to a millionth."""
    return None if x is None or not math.isfinite(x) or abs(x) >= BEYOND else round(float(x), 6) + 0.0


def always(x: float | None) -> float:
    """A number that is missing only where nothing was completed, nan there."""
    return math.nan if x is None else x


def mean(values: Floats | BoolArray) -> float | None:
    """Mean of *values* (n,), or share of truths, for JSON; ``None`` of nothing."""
    return number(float(values.mean())) if values.size else None


def summarise(
    result: Stored,
    by: Literal["mission", "cohort"] = "mission",
    look: Look | None = None,
    *,
    hopeless: bool = False,
    shut: Collection[str] = (),
    written: Mapping[str, float] | None = None,
) -> Summary:
    """All measures of one stored result: in total and by mission, by cohort too where asked for.

    *look*: that of ``--until`` at which the number of replications was settled; intervals hold at whichever it is.
    *hopeless*: whether somebody has no way out however long the simulation lasts, so that a longer one is no advice.
    *shut*: missions whose every way out is shut for good by the horizon, so that a longer one is none for them either.
    *written*: staff as the scenario has it, by mission, by ``mission.cohort`` and in total under ``total``: where inputs are
    drawn, so are head counts.
    """
    clock, total, missions = wall(result), of_all(result), of_missions(result)
    cohorts, means, named, staff = of_cohorts(result), accounts(result), titles(result), written or {}
    about = _About(look, clock.horizon_h, getattr(result, "inputs", None) is not None)

    def whole(name: str, o: Outcomes, parts: list[Outcomes], spent: Means) -> Entry:
        entry = _measures(o, parts, spent, about)
        return replace(entry, staff=_whole(staff[name])) if name in staff else entry

    found = {
        name: replace(whole(name, o, list(cohorts.get(name, {}).values()), means.missions.get(name, {})), title=named.get(name))
        for name, o in missions.items()
    }
    parts = None
    if by == "cohort":
        parts = {
            m: {name: whole(f"{m}.{name}", o, [o], means.cohorts.get(m, {}).get(name, {})) for name, o in each.items()}
            for m, each in cohorts.items()
        }
    everybody = whole("total", total, [c for each in cohorts.values() for c in each.values()], means.total)
    summary = Summary(
        scenario=result.name,
        title=result.title,
        folder=str(result.folder),
        replications=result.n,
        failed=len(result.failed),
        failures=tuple(Failed(replication=k, stage=stage, message=message) for k, stage, message in result.failed),
        final=not result.failed and int(total.replication.size) > 0,
        seed=result.seed,
        start=clock.start.isoformat(" ", "minutes"),
        utc_offset_h=number(clock.utc_offset),
        horizon_h=round(clock.horizon_h, 6),
        ends=ends(result),
        sequential=None if look is None else look.found(),
        total=_with_missions(everybody, found),
        missions=found,
        cohorts=parts,
    )
    return replace(summary, warnings=tuple(_warnings(summary, total, look, hopeless, _may_go_on(missions, shut))))


def _with_missions(total: Entry, missions: Mapping[str, Entry]) -> Entry:
    """Everybody's entry with the missions whose people were never ordered out, or out before the start."""
    unasked = missions_with({name: entry.never_ordered.people for name, entry in missions.items()})
    gone = missions_with({name: entry.out_before.people for name, entry in missions.items()})
    return replace(
        total,
        never_ordered=replace(total.never_ordered, missions=tuple(unasked)),
        out_before=replace(total.out_before, missions=tuple(gone)),
    )


def _whole(staff: float) -> float | int:
    """Staff as the scenario has it."""
    return always(number(staff)) if staff != int(staff) else int(staff)


class _About(NamedTuple):
    """What all entries of a summary have in common."""

    look: Look | None
    horizon_h: float
    drawn: bool
    """Whether inputs are drawn, so that outcomes and what they owe to inputs are said."""


def _measures(o: Outcomes, cohorts: list[Outcomes], means: Means, about: _About) -> Entry:
    level, cause = level_of(about.look), held_up_by(o, cohorts)
    hours = np.where(o.dated, np.minimum(o.t100_h, about.horizon_h), np.nan)
    ordered = np.isfinite(o.ordered_h)
    within = mean_over(hours, o.unit, (0.0, about.horizon_h), level)
    within_spread, all_out_spread = (_spread(of, o, about) for of in (hours, o.all_out.astype(float)))
    times, never = _quantiles(o, level)
    return Entry(
        staff=_headcount(o.staff),
        to_move=_headcount(o.to_move),
        p_ordered=always(mean(ordered)),
        ordered_h=number(order_statistic(o.ordered_h[ordered], 0.5)),
        timed=int(o.timed.sum()),
        **times,
        of_all=_of_all(o),
        never=never,
        half_out_h=number(order_statistic(o.after_order(o.t50_h)[o.timed], 0.5)),
        most_out_h=number(order_statistic(o.after_order(o.t90_h)[o.timed], 0.5)),
        p_all_out=chance(share_over(o.all_out, o.unit, level), all_out_spread),
        left_behind=_left_behind(o, means, about),
        staying=mean(o.staying),
        never_ordered=never_ordered(o),
        out_before=Some(people=mean(o.out_before), share=mean(o.out_before > 0)),
        held_up_by=cause,
        waited_h={cause: mean(hours) for cause, hours in o.waited.items()},
        spent_h={state: number(hours) for state, hours in spent(means).items()},
        hours_within_horizon=WithinHorizon(
            mean=number(within.value),
            low=number(within.low),
            high=number(within.high),
            outcome=within_spread.outcome,
            from_inputs=within_spread.from_inputs,
        ),
        held_up_by_rivals=tuple(rivals(o, cause)) if cause else None,
        out_h=spread(o.out_h, o.unit) if about.drawn else None,
    )


def _spread(values: Floats, o: Outcomes, about: _About) -> Spread:
    """How far *values* (n,) lie apart; nothing is said of that where no inputs are drawn."""
    return spread(values, o.unit) if about.drawn else Spread()


def chance(estimate: Estimate, apart: Spread | None = None) -> Chance:
    """A share with its interval."""
    value, low, high = map(number, estimate)
    return Chance(estimate=always(value), low=low, high=high, from_inputs=None if apart is None else apart.from_inputs)


def _left_behind(o: Outcomes, means: Means, about: _About) -> LeftBehind:
    left = mean_over(o.left_behind, o.unit, (0.0, float(o.to_move.max(initial=0.0))), level_of(about.look))
    apart = _spread(o.left_behind, o, about)
    return LeftBehind(
        mean=always(number(left.value)),
        low=number(left.low),
        high=number(left.high),
        stranded=mean(o.stranded),
        unfinished=mean(o.unfinished),
        gave_up=mean(o.gave_up),
        held_when_closed=left_rounded(means, "held"),
        cost_most=left_rounded(means, "cost"),
        outcome=apart.outcome,
        from_inputs=apart.from_inputs,
    )


def never_ordered(o: Outcomes) -> Some:
    """People whom nobody ordered out, on average, and the share of the replications with any; ``None``: not known."""
    known = not np.isnan(o.never_ordered).any()
    return Some(people=mean(o.never_ordered), share=mean(o.never_ordered > 0)) if known else Some()


def missions_with(people: Mapping[str, float | None]) -> list[str]:
    """Missions with people of whom something is so in some replication; those with most of them first."""
    many = {name: each or 0.0 for name, each in people.items()}
    return sorted((name for name in many if many[name] > 0), key=lambda name: (-many[name], name))


def _quantiles(o: Outcomes, level: float) -> tuple[dict[str, Any], Never]:
    """Median and P90 with intervals, from the order (``p50_h``) and on the calendar, from the start (``out_p50_h``).

    Beside them of each infinite one whether people were stranded or merely unfinished.
    """
    times: dict[str, Any] = {}
    never: dict[str, Any] = {}
    for (clock, hours), (name, p) in product({"": o.time_h, "out_": o.out_h}.items(), QUANTILES):
        value, limits, key = order_statistic(o.ranked(hours), p), o.quantile_ends(hours, p, level), f"{clock}{name}"
        times |= {f"{key}_h": number(value), f"{key}_interval_h": _pair(limits, number)}
        never |= {f"{key}_h": reason(value), f"{key}_interval_h": _pair(limits, reason)}
    return times, Never(**never)


QUANTILES = (("p50", 0.5), ("p90", 0.9))


def _pair(limits: tuple[float, float] | None, write: Callable[[float], T]) -> tuple[T, T] | None:
    return None if limits is None else (write(limits[0]), write(limits[1]))


def _of_all(o: Outcomes) -> OfAll | None:
    """Where everybody was out before the start in some replications, the times from the order over all of them."""
    before = (o.out_before > 0) & ~o.timed
    if not before.any():
        return None
    ranked = np.concatenate((np.full(int(before.sum()), -math.inf), o.ranked_h))
    return OfAll(**{name: _with_before(order_statistic(ranked, p)) for name, p in QUANTILES})


def _with_before(value: float) -> WithBefore:
    return WithBefore(before=value == -math.inf, h=number(value), never=reason(value))


def reason(value: float) -> str | None:
    """Why a ranked time is infinite: people *stranded*, or merely *unfinished* at the horizon; ``None`` where it is finite."""
    return "unfinished" if value == BEYOND else "stranded" if value == math.inf else None


def held_up_by(o: Outcomes, cohorts: list[Outcomes]) -> str | None:
    """The main cause of waiting: the one with the most person-hours over all replications, ties to the first in travel order.

    Waiting for the order comes before the time to evacuate and is left out, unless nobody waited for anything else or most
    of the people to be moved were never ordered to go.
    """
    hours = {cause: float(h.sum()) for cause, h in o.waited.items() if h.sum() > 0}
    unordered = sum(float(c.left_behind[np.isinf(c.ordered_h)].sum()) for c in cohorts)
    if "order" in hours and unordered > 0.5 * float(o.to_move.sum()):
        return "order"
    after = {cause: h for cause, h in hours.items() if cause != "order"} or hours
    return max(after, key=after.__getitem__) if after else None


def _headcount(people: Floats) -> float | int:
    """Whole where every replication has the same, else the mean."""
    same = people.size and np.ptp(people) == 0 and people[0] == int(people[0])
    return int(people[0]) if same else always(mean(people))


def _may_go_on(missions: dict[str, Outcomes], shut: Collection[str]) -> bool:
    """Whether a longer simulation may tell more, in more than a few replications, of those who can still get out."""
    if not shut:
        return True
    still = [o.unfinished > 0 for name, o in missions.items() if name not in shut]
    return bool(still) and float(np.any(still, axis=0).mean()) > MANY_UNFINISHED


def _warnings(summary: Summary, total: Outcomes, look: Look | None, hopeless: bool, longer: bool) -> list[str]:
    warnings = []
    needed = {name: least_sample(p, level_of(look)) for name, p in (("the median", 0.5), ("P90", 0.9))}
    n = int(total.replication.size)
    if summary.failed:
        warnings.append(f"{summary.failed} of {summary.replications} replications failed: nothing here is final")
    if n == 0:
        return [*warnings, "no replication was completed"]
    unfinished = float((total.unfinished > 0).mean())
    if unfinished > MANY_UNFINISHED:
        days = summary.horizon_h / 24
        advice = "their times are unknown, so lengthen clock.horizon"
        if hopeless:
            advice = "some have no way out however long it lasts"
        elif not longer:
            advice = "no window of the airfield opens after that, however long it lasts"
        warnings.append(f"{unfinished:.0%} of the replications reached the horizon of {days:g} d with people not out; {advice}")
    few = [name for name, least in needed.items() if n < least]
    if few:
        warnings.append(
            f"{n} replication{'s are' if n > 1 else ' is'} too few for an interval of {' and '.join(few)} "
            f"(the median needs {needed['the median']}, P90 {needed['P90']})"
        )
    warnings += _rarely_timed(summary, n, needed)
    if not total.unit.single and total.unit.count < FEW:
        warnings.append(f"{total.unit.count} sets of inputs are too few to say how far what isn't known moves the answer")
    return warnings


def _rarely_timed(summary: Summary, n: int, needed: dict[str, int]) -> list[str]:
    """Missions whose times rest on fewer replications than an interval needs, though there are enough replications."""
    warnings, titles = [], mission_titles(summary)
    for what, least in needed.items():
        many = {titles[name]: e.timed for name, e in summary.missions.items() if 0 < e.timed < least <= n}
        if many:
            named = ", ".join(f"{name} ({k})" for name, k in sorted(many.items(), key=lambda item: (-item[1], item[0]))[:5])
            named += f" and {len(many) - 5} more" if len(many) > 5 else ""
            warnings.append(f"too few replications with a time for an interval of {what} (it needs {least}): {named}")
    return warnings
