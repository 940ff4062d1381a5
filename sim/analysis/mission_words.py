"""One mission's answer in sentences: of a scenario, and of what differs between two.

Both read summaries as :mod:`sim.analysis.mission` narrows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sim.analysis.choice import counted
from sim.analysis.found import Ends, Entry, HalfOut, HasEnds, OrderedAt, Summary, Time, between
from sim.analysis.headline import deciding, of_mission, path_of, what_holds, why_left
from sim.analysis.paired import SIDES, Differences, Paired, PairedEntry, PairedMedians, Side
from sim.analysis.words import are, count, duration, mission_titles, people, share, unit_for
from sim.analysis.words import sides as sides_of
from sim.scenario.causes import zone


def mission_headline(
    summary: Summary, inputs: Iterable[Any] = (), providers: Iterable[str] | None = None, nobody: str | None = None
) -> str:
    """The answer for the mission to which *summary* is narrowed, in a few sentences.

    *inputs*, *providers*: as :func:`sim.analysis.headline.headline` takes them; *nobody*: why nobody of it has to be moved,
    where the scenario says so.
    """
    name, title = summary.mission or "", summary.title
    inputs = [row for row in inputs if of_mission(path_of(row), name)]
    if not summary.final:
        return f"{title}: no answer, {summary.failed:,} of {summary.replications:,} replications failed."
    if name not in summary.missions:
        return f"{title}: there is no mission {name}."
    entry, name = summary.missions[name], mission_titles(summary)[name]
    if nobody is not None or not entry.to_move:
        return f"{title}: {_nobody(name, entry, nobody)}."
    if not entry.p_ordered:
        return f"{title}: {_never(name, entry)}."
    parts = (f"{_chance(name, entry, summary.replications)}.", _ordered(entry, summary), _times(entry, summary), _left(entry))
    why = what_holds(entry, summary, inputs, providers) + deciding(entry, _unit(entry)) + why_left(entry)
    return with_zone(f"{title}: {' '.join(part for part in parts if part)}{why}", summary.utc_offset_h)


def _row(entry: Entry) -> tuple[OrderedAt, HalfOut]:
    """What a narrowed row has beside its numbers."""
    if entry.order is None or entry.half is None:
        raise ValueError("the row of a mission to which nothing was narrowed")
    return entry.order, entry.half


def _unit(entry: Entry) -> str:
    """Of all times that the sentence says in hours or days."""
    return unit_for((_row(entry)[0].h, entry.p50_h, entry.p90_h))


def with_zone(text: str, utc_offset_h: float | None) -> str:
    """A text with the zone of its local times after the first of them, where it is known."""
    return text if utc_offset_h is None else MOMENT.sub(rf"\g<0> ({zone(utc_offset_h)})", text, count=1)


MOMENT = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d\d:\d\d\b")
"""A date as :func:`date_text` writes it."""


def _nobody(name: str, entry: Entry, why: str | None) -> str:
    unasked = entry.never_ordered.people or 0.0
    if not entry.staff:
        return f"nobody of {name} has to be moved: it has no people"
    if why is None and unasked:
        return f"{name} is never ordered out, and the capital stands: its {people(round(unasked, 1))} stay"
    return f"nobody of {name} has to be moved{f': {why}' if why else ''}"


def _never(name: str, entry: Entry) -> str:
    """Nobody orders it out in any replication, and the capital falls in some."""
    unasked, left = entry.never_ordered.people, entry.left_behind
    if not left.mean:
        return f"{name} is never ordered out; nobody is left behind"
    of = "" if unasked is None else f" of its {people(round(unasked, 1))}"
    return f"{name} is never ordered out; on average {count(left.mean)}{of}{_between(left)} {are(left.mean)} left behind"


def _chance(name: str, entry: Entry, replications: int) -> str:
    p, many = entry.p_all_out, entry.to_move
    who = f"all of {name} to be moved ({people(round(many))} on average) are"
    if isinstance(many, int):
        who = f"all {people(many)} of {name} are" if many > 1 else f"the only person of {name} to be moved is"
    often = f"in {share(p.estimate)} of the cases"
    if p.estimate == 1:
        often = f"in every one of {replications:,} replications" if replications > 1 else "in the only replication"
    known = "" if (ends := between(p)) is None else f" (95 % interval {share(ends[0])} to {share(ends[1])})"
    return f"{who} out {often}{known}"


def _ordered(entry: Entry, summary: Summary) -> str:
    """When the order comes, and how often it had left before."""
    before, (order, _) = entry.out_before.share or 0.0, _row(entry)
    had_left = f"It had left before the start in {share(before)} of the cases"
    if before == 1 or not order.share:
        return f"{had_left}." if before else ""
    often = order.share + before
    given = "" if often >= 1 - 1e-9 else f", in {share(order.share)} of the cases, else never"
    when = f"{_moment(order.h, summary, _unit(entry))}{_times_between(order.interval_h, (None, None), summary)}{given}"
    return f"{had_left}; where it had not, it is ordered out {when}." if before else f"It is ordered out {when}."


def _times(entry: Entry, summary: Summary) -> str:
    """When half and all are out in the middle case, on the calendar."""
    ordered = entry.p_ordered == 1
    time = _row(entry)[1].time("out_p50")
    half, whole = (_out(each, summary) for each in (time, entry.time("out_p50")))
    if time.h is None:
        ended = " when the simulation ends" if time.never == "unfinished" else ""
        known = _times_between(time.interval_h, time.interval_never, summary)
        return f"{'N' if ordered else 'Where it is ordered, n'}ot even half of them are out{ended} in the middle case{known}."
    where = "Half" if ordered else "Where it is ordered, half"
    if half == whole:
        return f"{where} of them and all are out {half} in the middle case."
    return f"{where} of them are out {half} in the middle case, all {whole}."


def _out(time: Time, summary: Summary) -> str:
    """``by 21 Sep 17:00 (95 % interval 20 Sep 07:00 to never)``, ``never (…)`` or ``before the start``."""
    hours, limits, why, reasons = time
    if hours == 0:
        text = "before the start" if limits is None or limits[0] == limits[1] == 0 else "at the start"
    else:
        text = f"by {_date(hours, summary)}" if hours is not None else _late(why, summary)
    return f"{text}{_times_between(limits, reasons, summary)}"


def _times_between(limits: Ends | None, reasons: tuple[str | None, str | None] | None, summary: Summary) -> str:
    if limits is None:
        return " (too few replications for an interval)"
    if limits[0] == limits[1]:
        return ""
    each = zip(limits, reasons or (None, None), strict=True)
    low, high = (_date(h, summary) if h is not None else _late(why, summary) for h, why in each)
    return f" (95 % interval {low} to {high})"


def _late(why: str | None, summary: Summary) -> str:
    return f"not by {_date(summary.horizon_h, summary)}, when the simulation ends" if why == "unfinished" else "never"


def _moment(hours: float | None, summary: Summary, unit: str) -> str:
    """``17 Sep 14:46, 5.4 d after the start, in the middle case``."""
    if not hours:
        return "at the start in the middle case"
    return f"on {_date(hours, summary)}, {duration(hours, unit)} after the start, in the middle case"


def _date(hours: float, summary: Summary) -> str:
    return date_text(datetime.fromisoformat(summary.start) + timedelta(hours=hours)) if hours else "the start"


def date_text(moment: datetime) -> str:
    """``21 Sep 17:05``."""
    return f"{moment.day} {moment:%b %H:%M}"


def _left(entry: Entry) -> str:
    left = entry.left_behind
    if not left.mean:
        return "Nobody is left behind."
    average = f"On average {people(left.mean)}{_between(left)} {are(left.mean)} left behind"
    spread = left.outcome
    if spread is None or spread.p05 is None or spread.p95 is None or spread.p05 == spread.p95:
        return f"{average}."
    return f"{average}, in nine cases of ten between {count(spread.p05)} and {count(spread.p95)}."


def _between(entry: HasEnds) -> str:
    ends = between(entry)
    return "" if ends is None or ends[0] == ends[1] else f" (95 % interval {count(ends[0])} to {count(ends[1])})"


def mission_difference(difference: Differences, same_orders: Differences | None = None) -> str:
    """What differs for the mission to which *difference* is narrowed, other against base, in a sentence."""
    name = difference.mission or ""
    base, other = sides_of(difference)
    mission = mission_titles(difference).get(name, name)
    sides = f"{mission} with {other} instead of {base}"
    lacking = [label for label, alone in ((base, difference.only_other), (other, difference.only_base)) if name in alone]
    if name not in difference.missions:
        where = lacking[0] if lacking else f"{base} and {other}"
        return f"{sides}: nothing to compare, {where} has no mission {name}."
    entry = difference.missions[name]
    if entry.pairs and not difference.final:
        return f"{sides}: no answer, a replication failed."
    if not entry.pairs:
        return f"{sides}: nothing to compare, no replication was completed by both."
    if not entry.moves:
        return f"{sides}: nothing to compare, nobody of it is to be moved."
    p, left = entry.p_all_out, entry.left_behind
    often = _beside(share(p.other or 0.0), share(p.base or 0.0), " of the cases")
    unit = unit_for(medians.side(side) for medians in (entry.median_out_h, entry.median_h) for side in SIDES)
    parts = (
        f"all are out in {often} ({_signed(p, _points, ' points')})",
        f"on the calendar they are out {_clock(entry.median_out_h, 'calendar', entry, unit)}",
        f"from the order{_there(entry)} {_clock(entry.median_h, 'order', entry, unit)}",
        f"people left behind {_beside(count(left.other or 0.0), count(left.base or 0.0))} ({_signed(left, _heads)})",
    )
    sets = f" Of {mission} {counted(entry)}." if entry.fewer_left_behind is not None else ""
    ordered = None if same_orders is None else same_orders.missions.get(name)
    if sets and ordered is not None:
        sets = f" With the missions' own reactions, of {mission} {counted(entry)}. At the same orders {counted(ordered)}."
        own = None if same_orders is None or same_orders.own_orders is None else same_orders.own_orders.missions.get(name)
        sets += f" With {other}, its orders alone, against those of {base}: {counted(own)}." if own is not None else ""
    return f"{sides}: {'; '.join(parts)}.{sets}"


def _there(entry: PairedEntry) -> str:
    """Whose time from the order it is, where some had left before the start."""
    return ", where it had not left before the start," if any(map(entry.gone, SIDES)) else ""


def _signed(change: Paired, write: Callable[[float], str], unit: str = "") -> str:
    """``+80 points, 95 % interval +57 to +100``, and whether it can be told from none."""
    if change.difference is None:
        return "no difference to state"
    text = f"{write(change.difference)}{unit}"
    if (ends := between(change)) is not None:
        text += f", 95 % interval {write(ends[0])} to {write(ends[1])}"
    return text if change.distinct else f"{text}, can't be told from none"


def _points(x: float) -> str:
    return f"{_sign(round(100 * x))}{abs(100 * x):.0f}"


def _heads(x: float) -> str:
    return f"{_sign(x)}{count(abs(x))}"


def _hours(x: float, unit: str) -> str:
    return f"{_sign(x)}{duration(abs(x), unit)}"


def _sign(x: float) -> str:
    return "−" if x < 0 else "+" if x > 0 else ""


def _clock(medians: PairedMedians, clock: str, entry: PairedEntry, unit: str) -> str:
    """Medians until all are out on both sides, and their difference where both are finite."""
    base, other = (_median(medians, side, clock, entry, unit) for side in SIDES)
    text = f"{_beside(other, base)} in the middle case"
    return f"{text} ({_signed(medians, lambda x: _hours(x, unit))})" if medians.difference is not None else text


def _beside(other: str, base: str, of: str = "") -> str:
    """``95 % of the cases instead of 15 %``, ``95 % of the cases with either``."""
    return f"{other}{of} with either" if other == base else f"{other}{of} instead of {base}"


def _median(medians: PairedMedians, side: Side, clock: str, entry: PairedEntry, unit: str) -> str:
    hours, why = medians.side(side), medians.never_of(side)
    if hours == 0 and entry.gone(side) and clock == "calendar":
        return "before the start"
    if hours is None:
        return {"stranded": "never", "unfinished": "not within the simulation"}.get(why or "", "without a time")
    return f"{duration(hours, unit)}{' after the start' if clock == 'calendar' else ''}"
