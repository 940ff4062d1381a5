"""The numbers of one scenario: ``summarise`` gives the object that ``--json`` prints and ``summary.json`` holds.

Infinite is ``null``; a time that does not exist (``timed`` is 0: nobody to move, or no order in any replication) is ``null``
too, and so is an interval for which there are too few replications, as a whole.  ``docs/reference/measures.md`` says what each
number means.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from itertools import product
from typing import Any, Literal, NamedTuple

import numpy as np

from sim.analysis.hours import Means, accounts, left_json, spent
from sim.analysis.looks import Look, level_of
from sim.analysis.outcomes import BEYOND, BoolArray, Outcomes, Stored, ends, of_all, of_cohorts, of_missions, titles, wall
from sim.analysis.sets import mean as mean_over
from sim.analysis.sets import share as share_over
from sim.analysis.statistics import FEW, Estimate, Floats, least_sample, order_statistic
from sim.analysis.uncertain import rivals, spread
from sim.analysis.words import mission_titles

Json = dict[str, Any]
MANY_UNFINISHED = 0.01
"""Share of replications that may end at the horizon before a warning is due."""


def number(x: float | None) -> float | None:
    """A number for JSON: ``None`` where it is infinite or missing, to a millionth."""
    return None if x is None or not math.isfinite(x) or abs(x) >= BEYOND else round(float(x), 6) + 0.0


def mean(values: Floats | BoolArray) -> float | None:
    """Mean of *values* (n,), or share of truths, for JSON; ``None`` of nothing."""
    return number(float(values.mean())) if values.size else None


def interval(estimate: Estimate, key: str = "estimate") -> Json:
    """An estimate and its interval for JSON."""
    return {key: number(estimate.value), "low": number(estimate.low), "high": number(estimate.high)}


def summarise(
    result: Stored,
    by: Literal["mission", "cohort"] = "mission",
    look: Look | None = None,
    *,
    hopeless: bool = False,
    shut: Collection[str] = (),
    written: Mapping[str, float] | None = None,
) -> Json:
    """All measures of one stored result: in total and by mission, by cohort too where asked for.

    *look*: that of ``--until`` at which the number of replications was settled; intervals hold at whichever it is.
    *hopeless*: whether somebody has no way out however long the simulation lasts, so that a longer one is no advice.
    *shut*: missions whose every way out is shut for good by the horizon, so that a longer one is none for them either.
    *written*: staff as the scenario has it, by mission, by ``mission.cohort`` and in total under ``total``: where inputs are
    drawn, so are head counts.
    """
    clock, total, missions = wall(result), of_all(result), of_missions(result)
    completed = int(total.replication.size)
    summary: Json = {
        "scenario": result.name,
        "title": result.title,
        "folder": str(result.folder),
        "replications": result.n,
        "failed": len(result.failed),
        "failures": [{"replication": k, "stage": stage, "message": message} for k, stage, message in result.failed],
        "final": not result.failed and completed > 0,
        "seed": result.seed,
        "start": clock.start.isoformat(" ", "minutes"),
        "utc_offset_h": number(clock.utc_offset),
        "horizon_h": number(clock.horizon_h),
        "ends": ends(result),
    }
    if look is not None:
        summary["sequential"] = look.json()
    cohorts, means = of_cohorts(result), accounts(result)
    about = _About(look, clock.horizon_h, getattr(result, "inputs", None) is not None)
    summary["total"] = _measures(total, [c for each in cohorts.values() for c in each.values()], means.total, about)
    summary["missions"] = {
        name: _measures(o, list(cohorts.get(name, {}).values()), means.missions.get(name, {}), about)
        for name, o in missions.items()
    }
    add_titles(summary["missions"], titles(result))
    for what in ("never_ordered", "out_before"):
        summary["total"][what]["missions"] = missions_with(what, summary["missions"])
    if by == "cohort":
        summary["cohorts"] = {
            m: {name: _measures(o, [o], means.cohorts.get(m, {}).get(name, {}), about) for name, o in each.items()}
            for m, each in cohorts.items()
        }
    _as_written(summary, written or {})
    summary["warnings"] = _warnings(summary, total, look, hopeless, _may_go_on(missions, shut))
    return summary


def add_titles(missions: Json, known: Mapping[str, str]) -> None:
    """Puts the title beside the numbers of each of *missions* that has one."""
    for name, title in known.items():
        if name in missions:
            missions[name]["title"] = title


def _as_written(summary: Json, written: Mapping[str, float]) -> None:
    """Puts staff as the scenario has it in place of the mean of what was drawn."""
    entries = {"total": summary["total"], **summary["missions"]}
    for mission, cohorts in summary.get("cohorts", {}).items():
        entries |= {f"{mission}.{name}": entry for name, entry in cohorts.items()}
    for name, staff in written.items():
        if name in entries:
            entries[name]["staff"] = number(staff) if staff != int(staff) else int(staff)


class _About(NamedTuple):
    """What all entries of a summary have in common."""

    look: Look | None
    horizon_h: float
    drawn: bool
    """Whether inputs are drawn, so that outcomes and what they owe to inputs are said."""


def _measures(o: Outcomes, cohorts: list[Outcomes], means: Means, about: _About) -> Json:
    level, cause = level_of(about.look), held_up_by(o, cohorts)
    hours = np.where(o.dated, np.minimum(o.t100_h, about.horizon_h), np.nan)
    left = mean_over(o.left_behind, o.unit, (0.0, float(o.to_move.max(initial=0.0))), level)
    ordered = np.isfinite(o.ordered_h)
    ends_of = {"stranded": mean(o.stranded), "unfinished": mean(o.unfinished), "gave_up": mean(o.gave_up)}
    entry = {
        "staff": _headcount(o.staff),
        "to_move": _headcount(o.to_move),
        "p_ordered": mean(ordered),
        "ordered_h": number(order_statistic(o.ordered_h[ordered], 0.5)),
        "timed": int(o.timed.sum()),
        **_quantiles(o, level),
        "half_out_h": number(order_statistic(o.after_order(o.t50_h)[o.timed], 0.5)),
        "most_out_h": number(order_statistic(o.after_order(o.t90_h)[o.timed], 0.5)),
        "p_all_out": interval(share_over(o.all_out, o.unit, level)),
        "left_behind": interval(left, "mean") | ends_of | left_json(means),
        "staying": mean(o.staying),
        "never_ordered": never_ordered(o),
        "out_before": {"people": mean(o.out_before), "share": mean(o.out_before > 0)},
        "held_up_by": cause,
        "waited_h": {cause: mean(hours) for cause, hours in o.waited.items()},
        "spent_h": {state: number(hours) for state, hours in spent(means).items()},
        "hours_within_horizon": interval(mean_over(hours, o.unit, (0.0, about.horizon_h), level), "mean"),
    }
    if cause:
        entry["held_up_by_rivals"] = rivals(o, cause)
    if about.drawn:
        entry["left_behind"] |= spread(o.left_behind, o.unit)
        entry["hours_within_horizon"] |= spread(hours, o.unit)
        entry["p_all_out"] |= {k: v for k, v in spread(o.all_out.astype(float), o.unit).items() if k == "from_inputs"}
        entry["out_h"] = spread(o.out_h, o.unit)
    return entry


def never_ordered(o: Outcomes) -> Json:
    """People whom nobody ordered out, on average, and the share of the replications with any; ``None``: not known."""
    known = not np.isnan(o.never_ordered).any()
    return {
        "people": mean(o.never_ordered) if known else None,
        "share": mean(o.never_ordered > 0) if known else None,
    }


def missions_with(what: str, missions: Json, key: str = "people") -> list[str]:
    """Missions with people *never_ordered* out, or *out_before* the start, in some replication; those with most of them first."""
    people = {name: entry[what][key] or 0.0 for name, entry in missions.items()}
    return sorted((name for name, many in people.items() if many > 0), key=lambda name: (-people[name], name))


def _quantiles(o: Outcomes, level: float) -> Json:
    """Median and P90 with intervals, from the order (``p50_h``) and on the calendar, from the start (``out_p50_h``).

    ``never`` says of each infinite one whether people were stranded or merely unfinished; ``of_all``, where everybody was out
    before the start in some replications, the same from the order over all of them.
    """
    times: Json = {}
    never: Json = {}
    clocks = {"": o.time_h, "out_": o.out_h}
    for (clock, hours), (name, p) in product(clocks.items(), (("p50", 0.5), ("p90", 0.9))):
        key = clock + name
        value = order_statistic(o.ranked(hours), p)
        limits = o.quantile_ends(hours, p, level)
        times[f"{key}_h"], never[f"{key}_h"] = number(value), reason(value)
        times[f"{key}_interval_h"] = None if limits is None else [number(limits[0]), number(limits[1])]
        never[f"{key}_interval_h"] = None if limits is None else [reason(limits[0]), reason(limits[1])]
    before = (o.out_before > 0) & ~o.timed
    if before.any():
        ranked = np.concatenate((np.full(int(before.sum()), -math.inf), o.ranked_h))
        times["of_all"] = {name: _with_before(order_statistic(ranked, p)) for name, p in (("p50", 0.5), ("p90", 0.9))}
    return times | {"never": never}


def _with_before(value: float) -> Json:
    """A quantile over all replications, those included in which everybody was out before the start, who are out before all."""
    return {"before": value == -math.inf, "h": number(value), "never": reason(value)}


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


def _headcount(people: Floats) -> float | int | None:
    """Whole where every replication has the same, else the mean."""
    same = people.size and np.ptp(people) == 0 and people[0] == int(people[0])
    return int(people[0]) if same else mean(people)


def _may_go_on(missions: dict[str, Outcomes], shut: Collection[str]) -> bool:
    """Whether a longer simulation may tell more, in more than a few replications, of those who can still get out."""
    if not shut:
        return True
    still = [o.unfinished > 0 for name, o in missions.items() if name not in shut]
    return bool(still) and float(np.any(still, axis=0).mean()) > MANY_UNFINISHED


def _warnings(summary: Json, total: Outcomes, look: Look | None, hopeless: bool, longer: bool) -> list[str]:
    warnings = []
    needed = {name: least_sample(p, level_of(look)) for name, p in (("the median", 0.5), ("P90", 0.9))}
    n = int(total.replication.size)
    if summary["failed"]:
        warnings.append(f"{summary['failed']} of {summary['replications']} replications failed: nothing here is final")
    if n == 0:
        return [*warnings, "no replication was completed"]
    unfinished = float((total.unfinished > 0).mean())
    if unfinished > MANY_UNFINISHED:
        days = summary["horizon_h"] / 24
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


def _rarely_timed(summary: Json, n: int, needed: dict[str, int]) -> list[str]:
    """Missions whose times rest on fewer replications than an interval needs, though there are enough replications."""
    warnings, titles = [], mission_titles(summary)
    for what, least in needed.items():
        many = {titles[name]: e["timed"] for name, e in summary["missions"].items() if 0 < e["timed"] < least <= n}
        if many:
            named = ", ".join(f"{name} ({k})" for name, k in sorted(many.items(), key=lambda item: (-item[1], item[0]))[:5])
            named += f" and {len(many) - 5} more" if len(many) > 5 else ""
            warnings.append(f"too few replications with a time for an interval of {what} (it needs {least}): {named}")
    return warnings
