"""The answer in a sentence: how long or how many are left, with its interval, the main cause of delay and the input behind it.

Which input: among those that ``describe`` lists as *assumed* and that are not a lever or a constant, the ones that act on
the main cause (:data:`BEHIND`, the most direct first); of these, those of the mission and cohort that wait longest for it
before others, then the one with the widest range, high / low; ties by path.
This is a rule of thumb that points at what to find out first, not a sensitivity: the sentence says "assumed input behind it".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.analysis.found import Ends, Entry, Summary, between
from sim.analysis.found_inputs import Unknown
from sim.analysis.naming import named
from sim.analysis.scenario_discovery import Limit, limit_text
from sim.analysis.words import (
    answer_unit,
    are,
    cause_text,
    count,
    duration,
    held_text,
    mission_titles,
    never_ordered,
    out_before,
    people,
    share,
    spoken,
    state_text,
)
from sim.scenario.number import rounded

BEHIND: dict[str, tuple[str, ...]] = {
    "order": (r"missions\..*order\.delay", r"threat\.stay\."),
    "readiness": (r"missions\..*rear_party\.", r"missions\..*\.(ready|gap)"),
    "vehicle": (
        r"vehicles\.|shuttles\.|helicopters\.|places\.",
        r"road\.(drive|speed|delay|checkpoints|convoy)",
        r"missions\..*\.(drive|distance)",
    ),
    "permission": (
        r"(road|security\.host\.after)\.(negotiation|turn_back|retry|tries|delay|checkpoints)",
        r"road\.(escorts|curfew|alone|windows)|airport\.airfield\.windows|threat\.effects\..*\.(checkpoint|turn_back)",
    ),
    "crowd": (
        r"airport\.crowd\.(slows|close_above|open_below)",
        r"airport\.crowd\.(start|inflow|dispersal|news)|threat\.effects\..*\.crowd|security\..*\.(crowd|holds_off)",
    ),
    "search": (
        r"airport\.(gates\..*|search)\.(per_person|per_group|lanes)",
        r"security\.(.*\.force\.|per_lane)|threat\.effects\..*\.search",
    ),
    "consular": (
        r"airport\.consular\.|security\.providers\..*\.officers",
        r"threat\.effects\..*\.consular|missions\..*\.consular",
    ),
    "holding": (r"airport\.holding",),
    "seats": (r"lift\.fleets\..*\.(number|available|lag|turn)", r"lift\."),
    "stand": (r"airport\.airfield\.stands\.", r"lift\.types\..*\.(load|per_person|fuel|quick|unhandled)"),
    "runway": (r"airport\.airfield\.runway\.", r"lift\.retrograde\."),
    "service": (
        r"security\..*\.operator\.|security\.host\.(collapse|hours)",
        r"security\..*\.(arrival|takes)$",
    ),
    "headcount": (
        r"security\..*\.force\.",
        r"security\.host\.(lanes|headcount|collapse)",
        r"security\..*\.(arrival|takes|begins)",
    ),
    "closure": (r"airport\.(incidents|closures)\..*\.(lasts|rate|at)", r"airport\.crowd\.breach\.", r"airport\.gates\."),
    "hub": (r"hubs\.",),
}
"""Cause -> patterns of the paths of the inputs that act on it, the most direct first."""


def headline(summary: Summary, inputs: Iterable[Any] = (), providers: Iterable[str] | None = None) -> str:
    """The answer of one scenario in a sentence or two.

    *inputs* are the rows of ``describe``; *providers* those in charge at some time, so that an input of another isn't named.
    """
    total, title = summary.total, summary.title
    if not summary.final:
        return f"{title}: no answer, {summary.failed:,} of {summary.replications:,} replications failed."
    titles, unit = mission_titles(summary), answer_unit(summary)
    never, gone = never_ordered(total, titles), out_before(total, titles)
    beside = "".join(f" {text[0].upper()}{text[1:]}." for text in (gone, never) if text)
    if not total.to_move:
        return f"{title}: no mission is ordered out.{beside}" if never else f"{title}: nobody has to be moved."
    if total.timed == 0:
        left = "nobody is left behind" if total.p_all_out.estimate == 1.0 else _left(total)
        return f"{title}: {'after the start ' if gone else ''}no mission is ordered out; {left}.{beside}"
    sentence = f"{title}: {_answer(summary, total)}{not_known(summary, total)}{beside}"
    return sentence + what_holds(total, summary, inputs, providers) + deciding(total, unit) + why_left(total)


def what_holds(entry: Entry, summary: Summary, inputs: Iterable[Any] = (), providers: Iterable[str] | None = None) -> str:
    """The main cause of delay of an entry of *summary*, with a space before; nothing if nobody waits.

    Where inputs are as written the assumed input behind it is named; where they are drawn, what matters is said elsewhere.
    """
    cause = entry.held_up_by
    if not cause:
        return ""
    row = None if summary.inputs is not None else leaning(cause, inputs, providers, _hardest_hit(summary, cause))
    return _held_up(entry, cause) + (
        f"; the assumed input behind it is {_input(row, mission_titles(summary))}." if row is not None else "."
    )


def _held_up(entry: Entry, cause: str) -> str:
    """What holds people up most, or what can't be told from that."""
    spent = sum(h or 0.0 for c, h in entry.waited_h.items() if c != "order" or cause == "order")
    part = (entry.waited_h[cause] or 0.0) / spent if spent else 0.0
    after = " after the order" if cause != "order" and entry.waited_h.get("order") else ""
    of = f"{share(part)} of the hours waited{after}"
    rivals = entry.held_up_by_rivals or ()
    if not rivals:
        return f" What holds people up most is {cause_text(cause)} ({of})"
    others = ", or ".join(cause_text(c) for c in rivals[:2]) + (f", or {len(rivals) - 2} more" if len(rivals) > 2 else "")
    return f" What holds people up is {cause_text(cause)} ({of}), or {others}: which most can't be told"


def not_known(summary: Summary, total: Entry) -> str:
    """How much of the spread of outcomes is what isn't known, and which input most; where it fails, if that can be said."""
    inputs = summary.inputs
    if inputs is None:
        return ""
    ends, part = total.spread_of(inputs.measure)
    first, text = _first(inputs, mission_titles(summary)), ""
    if part is not None and (limits := between(part)) is not None and ends is not None and ends.p05 != ends.p95:
        what = "that spread" if inputs.measure == "left_behind" else "the spread of the hours until all are out"
        text = f" {share(part.share)} of {what} ({share(limits[0])} to {share(limits[1])}) is what isn't known of the inputs"
        text += ", the rest is chance" if part.share < 1 else ""
    if not text:
        return f" {first[0].upper()}{first[1:]}." if first else ""
    return f"{text}{f'; {first}' if first else ''}.{_fails(inputs, mission_titles(summary))}"


def _first(inputs: Unknown, titles: Mapping[str, str]) -> str:
    """The input that matters most, if it can be told from all others; those that can't be told from it."""
    if inputs.reason:
        return ""
    if not inputs.first:
        return f"no single input stands out in {inputs.sets:,} sets"
    each = [named(name, titles).with_path(name) for name in inputs.first]
    if len(each) == 1 and not inputs.rivals:
        return f"the input that matters most is {each[0]}"
    if len(each) == 1:
        return f"the input that stands out is {each[0]}"
    more = f", or one of {len(each) - 3} more" if len(each) > 3 else ""
    return f"the input that matters most is {', or '.join(each[:3])}{more}"


def _fails(inputs: Unknown, titles: Mapping[str, str]) -> str:
    box = None if inputs.fails is None else inputs.fails.box
    if inputs.fails is None or box is None:
        return ""
    limits = [Limit(m.factor, m.low, m.high) for m in box.limits]
    known = set(inputs.first)  # with its path, which stands in an answer once
    where = " and ".join(f"{_called(one.name, titles, one.name in known)} is {limit_text(one)}" for one in limits)
    above = inputs.fails.left_behind_above
    bad = "leave somebody behind" if not above else f"leave more than {count(round(above))} behind"
    return f" Where {where}, {share(box.density)} of the sets {bad}, of all sets {share(box.base_rate)}."


def _called(name: str, titles: Mapping[str, str], known: bool) -> str:
    """An input in words, with its path where the answer hasn't it yet."""
    return named(name, titles).phrase if known else named(name, titles).with_path(name)


def deciding(total: Entry, unit: str | None = None) -> str:
    """What deciding took, where it took more hours than waiting for any one cause."""
    hours = total.spent_h.get("deciding") or 0.0
    there = _there(total)
    if not hours or not there or hours <= max((h or 0.0 for h in total.waited_h.values()), default=0.0):
        return ""
    return f" Deciding took {spoken(hours / there, unit)} a person, more than any cause of waiting."


def why_left(entry: Entry) -> str:
    """Of those left behind, what held most when the door closed, and what cost most of them most; nothing if nobody is."""
    behind = entry.left_behind
    held, cost = behind.held_when_closed, behind.cost_most
    if not held or not cost:
        return ""
    ended = "when the simulation ended" if not behind.stranded else "at the end"
    door = "when the airport was lost" if not behind.unfinished else ended
    most, dear = max(held, key=held.__getitem__), max(cost, key=cost.__getitem__)
    how = "gave up after being turned back" if most == "given_up" else f"were {held_text(most)} {door}"
    said = f" Of those left behind, {_part(held, most)} {how}"
    return f"{said}; what had cost {_part(cost, dear)} of them the most hours was {state_text(dear)}."


def _part(of: Mapping[str, float], one: str) -> str:
    return f"{count(round(of[one]) if of[one] >= 1 else of[one])} ({share(of[one] / sum(of.values()))})"


def _answer(summary: Summary, total: Entry) -> str:
    p, left, unit = total.p_all_out, total.left_behind, answer_unit(summary)
    known = "" if (ends := between(p)) is None else f" ({share(ends[0])} to {share(ends[1])})"
    odds = f"in {share(p.estimate)} of the replications{known}"
    if total.p50_h is not None:
        limits = total.p50_interval_h
        known_to = f" (95 % interval {_ends(limits, summary, total)})" if limits else " (too few replications for an interval)"
        sentence = f"{_everyone(total)} out {spoken(total.p50_h, unit)} after the first order in the middle case{known_to}"
        if total.p90_h is not None:
            sentence += f" and {spoken(total.p90_h, unit)} after it in 9 cases of 10"
        if p.estimate == 1.0:
            nobody = "none of them" if never_ordered(total) else "nobody"
            return f"{sentence}; {nobody} was left behind in {summary.replications:,} replications."
        return f"{sentence}, but only {odds} at all; {people(left.mean)} {are(left.mean)} left behind on average."
    who = "everyone to be moved" if never_ordered(total) else "everyone"
    sentence = f"{who} is out {'' if p.estimate == 0 else 'only '}{odds}; {_left(total)}"
    if total.half_out_h is not None:
        whose = "those who were there at the start" if out_before(total) else "them"
        sentence += f", though half of {whose} are out {spoken(total.half_out_h, unit)} after the first order"
    return sentence + "."


def _left(total: Entry) -> str:
    left = total.left_behind
    limits = between(left)
    ends = "" if limits is None else f"{limits[0]:,.0f} to {limits[1]:,.0f}"
    there, spread = count(round(_there(total))), left.outcome
    whom = f"the {there} who were there at the start" if out_before(total) else f"{there} to be moved"
    if spread is not None and spread.p05 is not None and spread.p95 is not None and spread.p05 != spread.p95:
        if spread.p95 > _there(total):  # of another draw, in which more were there than on average
            whom = f"those {'who were there at the start' if out_before(total) else 'to be moved'} ({there} on average)"
        known = f" (an average known to {ends})" if ends else ""
        most = f"between {count(round(spread.p05))} and {count(round(spread.p95))} of {whom}"
        return f"in nine cases of ten {most} are left behind, {people(round(left.mean))} on average{known}"
    known = f" (95 % interval {ends})" if ends else ""
    return f"on average {people(left.mean)}{known} of {whom} {are(left.mean)} left behind"


def _there(total: Entry) -> float:
    """People to be moved who were not out before the start, on average."""
    return float(total.to_move - (total.out_before.people or 0.0))


def _everyone(total: Entry) -> str:
    """Who has to go, and how often anybody has to."""
    if out_before(total):
        who = f"everyone who was there at the start and is to be moved ({people(round(_there(total)))}) is"
    elif never_ordered(total):
        who = "everyone who is ordered out is"
    elif isinstance(total.to_move, int):
        who = f"all {people(total.to_move)} are"
    else:
        who = f"everyone to be moved ({people(round(total.to_move))} on average) is"
    return who if total.p_ordered == 1 else f"where an order is given ({share(total.p_ordered)} of the replications), {who}"


def _ends(limits: Ends, summary: Summary, total: Entry) -> str:
    reasons = total.never.p50_interval_h or (None, None)
    late = {"stranded": "never", "unfinished": f"more than {duration(summary.horizon_h)}"}
    unit = answer_unit(summary)
    low, high = (spoken(x, unit) if x is not None else late[r or ""] for x, r in zip(limits, reasons, strict=True))
    return f"{low} to {high}"


def _get(row: Any, key: str) -> Any:
    return row.get(key) if isinstance(row, Mapping) else getattr(row, key, None)


def _input(row: Any, titles: Mapping[str, str]) -> str:
    """``time of a search: 3 min (range 1 to 5 min; airport.search.per_person)``."""
    unit, low, high = f" {_get(row, 'unit') or ''}".rstrip(), _get(row, "low"), _get(row, "high")
    value = str(_get(row, "value") if _get(row, "value") is not None else _get(row, "text"))
    # a number alone has no unit yet; what isn't a number is a distribution, whose mean has the range
    path = str(_get(row, "path"))
    text = f"{named(path, titles).phrase}: {value}{'' if value[-1:].islower() or value.endswith('%') else unit}"
    if not all(isinstance(x, int | float) and math.isfinite(x) for x in (low, high)):
        return f"{text} ({path})"
    what = "range" if value[:1].isdigit() or value[:1] in (".", "+", "-") else "range of its mean"
    return f"{text} ({what} {rounded(low, 4)} to {rounded(high, 4)}{unit}; {path})"


def _hardest_hit(summary: Summary, cause: str) -> tuple[str, ...]:
    """Beginnings of the paths of the mission whose people wait longest for *cause*, and of its cohort that does."""

    def longest(entries: Mapping[str, Entry]) -> str | None:
        return max(entries, key=lambda name: entries[name].waited_h.get(cause) or 0.0, default=None)

    mission = longest(summary.missions)
    cohort = None if mission is None else longest(summary.cohorts_of(mission))
    return () if mission is None else (f"missions.{mission}.", *([f"missions.{mission}.cohorts.{cohort}."] if cohort else []))


def leaning(cause: str, inputs: Iterable[Any], providers: Iterable[str] | None = None, hit: Sequence[str] = ()) -> Any | None:
    """The row of *inputs* that the answer leans on through *cause*, by the rule above, or ``None``.

    *hit*: beginnings of the paths to prefer among the inputs of missions.
    """
    in_charge = None if providers is None else set(providers)
    rows = {
        str(_get(r, "path")): r for r in inputs if _get(r, "grade") == "assumed" and _get(r, "kind") not in ("lever", "constant")
    }
    paths = [p for p in rows if in_charge is None or not p.startswith("security.providers.") or p.split(".")[2] in in_charge]
    for pattern in BEHIND.get(cause, ()):
        if matched := [p for p in paths if re.match(pattern, p)]:
            return rows[min(matched, key=lambda p: (-sum(map(p.startswith, hit)), -_width(rows[p]), p))]
    return None


def path_of(row: Any) -> str:
    """The path of a row of ``describe``."""
    return str(_get(row, "path"))


def of_mission(path: str, mission: str) -> bool:
    """Whether an input is that mission's own, or no other mission's."""
    return not path.startswith("missions.") or path.startswith(f"missions.{mission}.")


def _width(row: Any) -> float:
    low, high = _get(row, "low"), _get(row, "high")
    return high / low if isinstance(low, int | float) and isinstance(high, int | float) and low > 0 else 1.0
