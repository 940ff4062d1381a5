"""Deadlines as the object that ``--json`` prints and ``summary.json`` holds, and the sentence that says them.

Hours count from the start of the clock; ``null`` is infinite or missing, and the ``status`` beside it says which: *date*; *any*
(any time tried: not below the confidence at any date); *never* (never early enough: below it at the first date); *few* (too few
sets of inputs); *failed*.  A deadline is the last among the dates tried: what is between two of them nobody looked at.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import polars as pl

from sim.analysis.mission_words import with_zone
from sim.analysis.naming import first_up
from sim.analysis.statistics import least_sample
from sim.analysis.summary import number
from sim.analysis.words import TOTAL, duration, more_missions, not_among_all, scope_name, share
from sim.present.labels import labels_of
from sim.studies.applying import applying
from sim.studies.deadline.curve import Curve, Deadline, Gain, Tried, deadline_of, earliest, gain, rises, shared
from sim.studies.deadline.lead_time import Warned, warned
from sim.studies.works import in_sets, too_few

Json = dict[str, Any]


class About(NamedTuple):
    """A scenario of the study."""

    name: str
    title: str
    start: datetime
    horizon_h: float
    fall_h: dict[int, float]
    """When the capital falls, by replication; inf: not while it is watched."""
    utc_offset_h: float | None = None
    """Hours by which local time is ahead of UTC, where that is known."""
    titles: Mapping[str, str] = {}
    """Mission -> what it is called in text."""


def summarise_deadlines(
    curves: Sequence[Curve], scenarios: Sequence[About], confidence: float, resolution_h: float, seed: int
) -> Json:
    """Deadlines by scenario and scope, and how much later each scenario's are than those of the first."""
    titles = {name: title for about in scenarios for name, title in about.titles.items()}
    labels = labels_of([about.name for about in scenarios], [about.title for about in scenarios])
    entries = [_entry(curve, scenarios[curve.scenario], confidence, resolution_h) for curve in curves]
    differences = []
    for scope, some in shared(curves).items():
        able = [c for c in some if not c.error]
        differences += [_difference(scope, able[0], other, scenarios, confidence, seed, (titles, labels)) for other in able[1:]]
    failed = sum(c.failed for c in curves) + sum(1 for c in curves for t in c.tried if t.error)
    tried = [t.order_h for c in curves for t in c.tried]
    summary: Json = {
        "confidence": confidence,
        "resolution_h": resolution_h,
        "first_h": number(min(tried, default=math.nan)),
        "last_h": number(max(tried, default=math.nan)),
        "replications": max((t.n + t.failed for c in curves for t in c.tried), default=0),
        "sets": max((t.sets.count for c in curves for t in c.tried), default=0),
        "seed": seed,
        "final": not failed,
        "scenarios": [
            {
                "scenario": s.name,
                "title": s.title,
                "label": label,
                "start": s.start.isoformat(" ", "minutes"),
                "utc_offset_h": number(s.utc_offset_h),
                "horizon_h": number(s.horizon_h),
            }
            for s, label in zip(scenarios, labels, strict=True)
        ],
        "titles": titles,
        "deadlines": entries,
        "differences": differences,
        "first_to_decide": _first(curves, scenarios, confidence, seed),
    }
    summary["warnings"] = _warnings(curves, entries, summary)
    summary["headline"] = with_zone(headline(summary), next((s.utc_offset_h for s in scenarios), None))
    return summary


def _first(curves: Sequence[Curve], scenarios: Sequence[About], confidence: float, seed: int) -> list[Json]:
    """By scenario the mission whose deadline is first, then those that can't be told from it; of all that can decide in time."""
    able = [c for c in curves if c.scope != TOTAL and not c.error and deadline_of(c, confidence).status != "never"]
    dated = [c for c in able if deadline_of(c, confidence).status == "date"]
    each = {c.scenario: [d for d in able if d.scenario == c.scenario] for c in dated}
    return [
        {"scenario": scenarios[k].name, "missions": [c.scope for c in earliest(some, confidence, seed)], "of": len(some)}
        for k, some in each.items()
    ]


def _entry(curve: Curve, about: About, confidence: float, step: float) -> Json:
    entry: Json = {"scenario": about.name, "scope": curve.scope, "error": curve.error}
    if curve.error:
        return entry | {"status": "failed", "order_h": None, "curve": [_point(t, about) for t in curve.tried]}
    at = deadline_of(curve, confidence)
    lead = warned(curve, about.fall_h, confidence, at.hours, step)
    shown = {"any": curve.tried[-1], "never": curve.tried[0]}.get(at.status)
    shown = shown or next(t for t in curve.tried if t.order_h == at.hours)
    return entry | {
        "people": number(max(t.people for t in curve.tried)),
        **_when(at, about.start),
        "chance_at_first": number(curve.tried[0].chance.value),
        "chance_at_last": number(curve.tried[-1].chance.value),
        "in_sets": asdict(shown.works) | {"n": shown.n},
        "not_among_all": number(max(t.not_among_all for t in curve.tried)),
        "undecided_most": number(max(float(t.undecided.mean()) for t in curve.tried)),
        "rises_h": [number(h) for h in rises(curve, confidence)],
        "warning": None if lead is None else _warning(lead),
        "curve": [_point(t, about) for t in curve.tried],
    }


def _when(at: Deadline, start: datetime) -> Json:
    ends = [_end(at.low), _end(at.high)]
    return {
        "status": at.status,
        "order_h": number(at.hours),
        "order_at": _moment(start, at.hours),
        "interval_h": [number(at.low), number(at.high)],
        "interval_at": [None if h is None else _moment(start, h) for h in (at.low, at.high)],
        "interval_status": ends,
    }


def _end(hours: float | None) -> str:
    return "few" if hours is None else "date" if math.isfinite(hours) else "any" if hours > 0 else "never"


def _moment(start: datetime, hours: float) -> str | None:
    return (start + timedelta(hours=hours)).isoformat(" ", "minutes") if math.isfinite(hours) else None


def _warning(lead: Warned) -> Json:
    """``inf`` more than any tried, ``-inf`` none: an order well after the fall still works."""
    words = {"any": "more", "never": "none"}
    return {
        "needed_h": number(lead.needed.hours),
        "status": words.get(_end(lead.needed.hours), "date"),
        "interval_h": [number(lead.needed.low), number(lead.needed.high)],
        "interval_status": [words.get(_end(h), _end(h)) for h in (lead.needed.low, lead.needed.high)],
        "falls": lead.falls,
        "left_p10_h": number(lead.left_p10),
        "left_p50_h": number(lead.left_p50),
        "curve": [
            {"warning_h": number(h), "n": n, "estimate": number(c.value), "low": number(c.low), "high": number(c.high)}
            for h, n, c in zip(lead.hours, lead.n, lead.chance, strict=True)
        ],
    }


def _point(one: Tried, about: About) -> Json:
    chance, works = one.chance, one.works
    return {
        "order_h": number(one.order_h),
        "order_at": _moment(about.start, one.order_h),
        "n": one.n,
        "out": int(one.out.sum()),
        "undecided": int(one.undecided.sum()),
        "sets": works.sets,
        "sets_out": works.works,
        "sets_in_part": works.in_part,
        "estimate": number(chance.value),
        "low": number(chance.low),
        "high": number(chance.high),
        "failed": one.failed,
        "error": one.error,
        "not_among_all": number(one.not_among_all),
    }


def _difference(
    scope: str,
    base: Curve,
    other: Curve,
    scenarios: Sequence[About],
    confidence: float,
    seed: int,
    called: tuple[Mapping[str, str], Sequence[str]],
) -> Json:
    first, second = deadline_of(base, confidence), deadline_of(other, confidence)
    bought: Gain = gain(base, other, confidence, seed)
    names = [scenarios[c.scenario].name for c in (base, other)]
    return {
        "scope": scope,
        "base": names[0],
        "other": names[1],
        "later_h": number(bought.hours),
        "low_h": number(bought.low),
        "high_h": number(bought.high),
        "low_status": _end(bought.low),
        "high_status": _end(bought.high),
        "base_status": first.status,
        "other_status": second.status,
        "pairs": bought.pairs,
        "sets": bought.sets,
        "distinct": bought.distinct,
        "in_words": _bought(
            called[0].get(scope) or scope_name(scope),
            [called[1][c.scenario] for c in (base, other)],
            first,
            second,
            bought,
            bought.distinct,
        ),
    }


def _bought(whose: str, names: Sequence[str], base: Deadline, other: Deadline, bought: Gain, distinct: bool) -> str:
    """``Turkish forces instead of nobody buys Germany 3.1 d (95 % interval 2 d to 4.5 d)``."""
    swap = f"“{names[1]}” instead of “{names[0]}”"
    unsure = "" if distinct else ", which can't be told from no difference"
    if base.status == other.status != "date":
        return f"{whose}: {WITHOUT_DATE[base.status]} with either of “{names[0]}” and “{names[1]}”"
    if base.status == "never":
        when = "at any time tried" if other.status == "any" else f"up to {duration(other.hours)} after the start"
        return f"{swap} makes it possible for {whose} to decide at all ({when}){unsure}"
    if other.status == "never":
        return f"{swap} leaves {whose} no date that is early enough{unsure}"
    if other.status == "any":
        return f"{swap}: {whose} can decide at any time tried instead of up to {duration(base.hours)} after the start{unsure}"
    if base.status == "any":
        return f"{swap}: {whose} must decide {duration(other.hours)} after the start instead of at any time tried{unsure}"
    verb, ends = "buys", (bought.low, bought.high)
    if bought.hours < 0:  # what is lost, and its interval, turn round together
        verb, ends = "costs", (_negated(bought.high), _negated(bought.low))
    around = f" (too few {'sets of inputs' if bought.sets < bought.pairs else 'replications'} for an interval)"
    if ends[0] is not None and ends[1] is not None:
        around = f" (95 % interval {signed(ends[0])} to {signed(ends[1])})"
    if not bought.hours:
        return f"{swap} moves the deadline of {whose} by nothing that can be seen{around}"
    return f"{swap} {verb} {whose} {duration(abs(bought.hours))}{around}{unsure}"


def _negated(hours: float | None) -> float | None:
    return None if hours is None else -hours


def signed(hours: float) -> str:
    """A time that may be negative, with a minus sign; an infinite one lies beyond the dates tried."""
    if not math.isfinite(hours):
        return "more than any date tried" if hours > 0 else "less than any date tried"
    return f"−{duration(-hours)}" if hours < 0 else duration(hours)


def _warnings(curves: Sequence[Curve], entries: Sequence[Json], summary: Json) -> list[str]:
    confidence = summary["confidence"]
    each = [line for curve, entry in zip(curves, entries, strict=True) for line in _curve_warnings(curve, entry, summary)]
    need, able = least_sample(confidence), [t for c in curves for t in c.tried if t.n]
    if not able:
        return each
    fewest = min(able, key=lambda t: t.sets.count)
    few = too_few(fewest.sets.count, need, fewest.n, f"for an interval at {share(confidence)}")
    return [*each, *applying((fewest.sets.count < need, few))]


def _curve_warnings(curve: Curve, entry: Json, summary: Json) -> list[str]:
    days = ", ".join(duration(h) for h in entry.get("rises_h", [])[:4])
    unasked, undecided = entry.get("not_among_all") or 0.0, entry.get("undecided_most") or 0.0
    lines = applying(
        (curve.error, f"{curve.error}"),
        (curve.failed and not curve.error, f"{curve.failed} replications failed: nothing here is final"),
        (days, f"the curve is not monotone (higher again at {days} after the start); the deadline is where it first falls"),
        (unasked, not_among_all(unasked)),
        (undecided > 0.01, f"up to {share(undecided)} of the replications are undecided at the horizon"),
    )
    return [f"{scenario_label(summary, entry['scenario'])}{called(summary, curve.scope)}: {line}" for line in lines]


def called(summary: Mapping[str, Any], scope: str) -> str:
    """A mission by its title, or all of them."""
    return (summary.get("titles") or {}).get(scope) or scope_name(scope)


def scenario_label(summary: Mapping[str, Any], name: str) -> str:
    """What a scenario is called among several, with a comma; nothing where there is only one."""
    if len(summary["scenarios"]) < 2:
        return ""
    return next(f"{s.get('label') or name}, " for s in summary["scenarios"] if s["scenario"] == name)


WITHOUT_DATE = {"failed": "no answer", "any": "at any time tried", "never": "never early enough"}
"""What is said of a deadline that is no date, by its status."""


def in_words(entry: Mapping[str, Any]) -> str:
    """``up to 3.5 d after the start, 15 Sep 18:00, among the dates tried (95 % interval 2.8 d to 4.1 d)``."""
    if entry["status"] != "date":
        return WITHOUT_DATE[entry["status"]]
    when = f"up to {duration(entry['order_h'])} after the start, {date_of(entry['order_at'])}"
    return f"{when}, among the dates tried{interval_words(entry)}"


def interval_words(entry: Mapping[str, Any]) -> str:
    """Its interval in brackets, with a space before it."""
    if "few" in entry["interval_status"]:
        return ""
    texts = [_end_words(h, s) for h, s in zip(entry["interval_h"], entry["interval_status"], strict=True)]
    return f" (95 % interval {'' if entry['interval_h'][0] is not None else 'from '}{texts[0]} to {texts[1]})"


def _end_words(hours: float | None, status: str) -> str:
    return duration(hours) if hours is not None else {"any": "any time tried", "never": "never early enough"}.get(status, "–")


def date_of(text: str) -> str:
    """``2021-09-15 18:00`` as ``15 Sep 18:00``."""
    moment = datetime.fromisoformat(text)
    return f"{moment.day} {moment:%b %H:%M}"


def headline(summary: Mapping[str, Any]) -> str:
    """The answer: what the scenarios buy where there are several, else the latest order of all together and the extremes."""
    if not summary["final"]:
        return "No answer: a point or a replication failed."
    unasked = max((e.get("not_among_all") or 0.0 for e in _widest(summary["deadlines"])), default=0.0)
    beside = f" In this, {not_among_all(unasked)}." if unasked else ""
    chance = f"with all out in {share(summary['confidence'])} of the cases"
    if summary["differences"]:
        moved = [d for d in summary["differences"] if d["later_h"]] or summary["differences"]
        best = max(moved, key=lambda d: (d["distinct"], d["scope"] == TOTAL, abs(d["later_h"] or 0)))
        more = len({d["scope"] for d in summary["differences"]}) - 1
        rest = f" ({more_missions(more)} in the table)" if more > 0 else ""
        text = best["in_words"]
        return f"{text[0].upper()}{text[1:]}, {chance}, among the dates tried{rest}.{beside}"
    entries = summary["deadlines"]
    if not entries:
        return "Nobody has to be moved."
    together = next((e for e in entries if e["scope"] == TOTAL), entries[0])
    title = next(s["title"] for s in summary["scenarios"] if s["scenario"] == together["scenario"])
    text = f"{title}: {_can(together, summary)}, {chance}{_at_once(together)}{_sets(together)}"
    text += _first_words(summary, together)
    return f"{text}.{beside}"


def picture_title(summary: Mapping[str, Any]) -> str:
    """The answer as the title of a picture: the latest order alone, with its zone."""
    entries = summary["deadlines"]
    if not summary["final"] or not entries or summary["differences"]:
        return str(summary["headline"])
    together = next((e for e in entries if e["scope"] == TOTAL), entries[0])
    zone_h = next((s["utc_offset_h"] for s in summary["scenarios"]), None)
    return with_zone(f"{first_up(_can(together, summary))}{_at_once(together)}{_first_words(summary, together)}", zone_h)


def _first_words(summary: Mapping[str, Any], together: Mapping[str, Any]) -> str:
    """The mission that must decide first, or those that can't be told from it; nothing where *together* says it."""
    scenario = together["scenario"]
    first = next((f for f in summary["first_to_decide"] if f["scenario"] == scenario), None)
    if first is None or first["missions"][0] == together["scope"] or (first["of"] == 1 and together["scope"] != TOTAL):
        return ""
    name, *others = first["missions"]
    entry = next(e for e in summary["deadlines"] if e["scenario"] == scenario and e["scope"] == name)
    if first["of"] == 1:
        return f"; {_can(entry, summary)}"
    if not others:
        return f"; the first that must decide is {called(summary, name)}, {in_words(entry)}"
    rest = ", or ".join(called(summary, other) for other in others[:2]) if len(others) < 3 else f"one of {len(others)} others"
    return f"; the first that must decide is {called(summary, name)}, {in_words(entry)}, or {rest}: which can't be told"


def _sets(entry: Mapping[str, Any]) -> str:
    """In how many sets of inputs it works; nothing where every replication is a set of its own."""
    counts = entry["in_sets"]
    if counts["sets"] == counts["n"]:
        return ""
    when = {"any": "at the last date tried", "never": "at the first date"}.get(entry["status"], "by then")
    return (
        f"; in {in_sets(counts['works'], counts['sets'], counts['n'])} nobody is left behind with an order {when}, as simulated"
    )


def only_mission(summary: Mapping[str, Any]) -> str | None:
    """The mission that is looked at where it is one alone, not all together."""
    scopes = {entry["scope"] for entry in summary["deadlines"]}
    return scopes.pop() if len(scopes) == 1 and TOTAL not in scopes else None


def each_deadline(summary: Mapping[str, Any]) -> list[str]:
    """The latest order with each scenario, a sentence each, where one mission of several scenarios is looked at alone."""
    if only_mission(summary) is None or not summary["final"] or len(summary["deadlines"]) < 2:
        return []
    every = [(scenario_label(summary, e["scenario"]), e) for e in summary["deadlines"]]
    return [f"{label.removesuffix(', ')}: {_can(e, summary)}{_at_once(e)}{_sets(e)}." for label, e in every]


def _at_once(entry: Mapping[str, Any]) -> str:
    if entry["status"] != "never":
        return ""
    return f" (ordered at the first date, all are out in {share(entry['chance_at_first'])})"


def _widest(entries: Sequence[Json]) -> list[Json]:
    """Those of all together, or all there are where nobody asked for them."""
    return [e for e in entries if e["scope"] == TOTAL] or list(entries)


def _can(entry: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    who = "all missions together" if entry["scope"] == TOTAL else called(summary, entry["scope"])
    return f"{who} can order {in_words(entry)}" if entry["status"] != "never" else f"{who}: never early enough"


def curve_table(summary: Mapping[str, Any]) -> pl.DataFrame:
    """A row per scenario, scope and date tried."""
    rows = [{"scenario": e["scenario"], "scope": e["scope"], **point} for e in summary["deadlines"] for point in e["curve"]]
    return pl.DataFrame(rows, infer_schema_length=None)


def deadline_table(summary: Mapping[str, Any]) -> pl.DataFrame:
    """A row per scenario and scope; infinite is null, the status says which."""
    return pl.DataFrame([_deadline_row(entry) for entry in summary["deadlines"]], infer_schema_length=None)


COLUMNS = (
    "scenario", "scope", "people", "status", "order_h", "order_at", "chance_at_first", "undecided_most", "not_among_all", "error",
)  # fmt: skip


def _deadline_row(entry: Json) -> Json:
    low, high = entry.get("interval_h") or (None, None)
    lead = entry.get("warning") or {}
    beside = {"low_h": low, "high_h": high, "warning_needed_h": lead.get("needed_h"), "warning_status": lead.get("status")}
    return {key: entry.get(key) for key in COLUMNS} | beside
