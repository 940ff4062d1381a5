"""Deadlines as the object that ``--json`` prints and ``summary.json`` holds, and the sentence that says them.

Hours count from the start of the clock; ``null`` is infinite or missing, and the ``status`` beside it says which: *date*; *any*
(any time tried: not below the confidence at any date); *never* (never early enough: below it at the first date); *few* (too few
sets of inputs); *failed*.  A deadline is the last among the dates tried: what is between two of them nobody looked at.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from sim.analysis.as_json import Json, as_json
from sim.analysis.mission_words import with_zone
from sim.analysis.naming import first_up
from sim.analysis.statistics import least_sample
from sim.analysis.summary import number
from sim.analysis.words import TOTAL, duration, more_missions, not_among_all, scope_name, share
from sim.present.labels import labels_of
from sim.studies.applying import applying
from sim.studies.deadline.curve import Curve, Deadline, Gain, Tried, deadline_of, earliest, gain, rises, shared
from sim.studies.deadline.found import (
    CurvePoint,
    DeadlineDifference,
    FirstToDecide,
    FoundDeadlines,
    InSets,
    ScopeDeadline,
    TriedScenario,
    WarningNeeded,
    WarningPoint,
)
from sim.studies.deadline.lead_time import Warned, warned
from sim.studies.works import in_sets, too_few


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
) -> FoundDeadlines:
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
    found = FoundDeadlines(
        confidence=confidence,
        resolution_h=resolution_h,
        first_h=number(min(tried, default=math.nan)),
        last_h=number(max(tried, default=math.nan)),
        replications=max((t.n + t.failed for c in curves for t in c.tried), default=0),
        sets=max((t.sets.count for c in curves for t in c.tried), default=0),
        seed=seed,
        final=not failed,
        scenarios=tuple(
            TriedScenario(s.name, s.title, label, s.start.isoformat(" ", "minutes"), number(s.utc_offset_h), number(s.horizon_h))
            for s, label in zip(scenarios, labels, strict=True)
        ),
        titles=titles,
        deadlines=tuple(entries),
        differences=tuple(differences),
        first_to_decide=tuple(_first(curves, scenarios, confidence, seed)),
    )
    found = replace(found, warnings=tuple(_warnings(curves, found)))
    return replace(found, headline=with_zone(headline(found), next((s.utc_offset_h for s in scenarios), None)))


def _first(curves: Sequence[Curve], scenarios: Sequence[About], confidence: float, seed: int) -> list[FirstToDecide]:
    """By scenario the mission whose deadline is first, then those that can't be told from it; of all that can decide in time."""
    able = [c for c in curves if c.scope != TOTAL and not c.error and deadline_of(c, confidence).status != "never"]
    dated = [c for c in able if deadline_of(c, confidence).status == "date"]
    each = {c.scenario: [d for d in able if d.scenario == c.scenario] for c in dated}
    return [
        FirstToDecide(scenarios[k].name, tuple(c.scope for c in earliest(some, confidence, seed)), len(some))
        for k, some in each.items()
    ]


def _entry(curve: Curve, about: About, confidence: float, step: float) -> ScopeDeadline:
    points = tuple(_point(t, about) for t in curve.tried)
    if curve.error:
        return ScopeDeadline(scenario=about.name, scope=curve.scope, error=curve.error, status="failed", curve=points)
    at = deadline_of(curve, confidence)
    lead = warned(curve, about.fall_h, confidence, at.hours, step)
    shown = {"any": curve.tried[-1], "never": curve.tried[0]}.get(at.status)
    shown = shown or next(t for t in curve.tried if t.order_h == at.hours)
    return ScopeDeadline(
        scenario=about.name,
        scope=curve.scope,
        people=_rounded(max(t.people for t in curve.tried)),
        status=at.status,
        order_h=number(at.hours),
        order_at=_moment(about.start, at.hours),
        interval_h=(number(at.low), number(at.high)),
        interval_at=(_moment(about.start, at.low), _moment(about.start, at.high)),
        interval_status=(_end(at.low), _end(at.high)),
        chance_at_first=_rounded(curve.tried[0].chance.value),
        chance_at_last=_rounded(curve.tried[-1].chance.value),
        in_sets=InSets(shown.works.sets, shown.works.works, shown.works.in_part, shown.n),
        not_among_all=_rounded(max(t.not_among_all for t in curve.tried)),
        undecided_most=_rounded(max(float(t.undecided.mean()) for t in curve.tried)),
        rises_h=tuple(_rounded(h) for h in rises(curve, confidence)),
        warning=None if lead is None else _warning(lead),
        curve=points,
    )


def _rounded(finite: float) -> float:
    return number(finite) or 0.0


def _end(hours: float | None) -> str:
    return "few" if hours is None else "date" if math.isfinite(hours) else "any" if hours > 0 else "never"


def _moment(start: datetime, hours: float | None) -> str | None:
    return None if hours is None or not math.isfinite(hours) else (start + timedelta(hours=hours)).isoformat(" ", "minutes")


def _warning(lead: Warned) -> WarningNeeded:
    """``inf`` more than any tried, ``-inf`` none: an order well after the fall still works."""
    words, needed = {"any": "more", "never": "none"}, lead.needed
    return WarningNeeded(
        needed_h=number(needed.hours),
        status=words.get(_end(needed.hours), "date"),
        interval_h=(number(needed.low), number(needed.high)),
        interval_status=(words.get(_end(needed.low), _end(needed.low)), words.get(_end(needed.high), _end(needed.high))),
        falls=lead.falls,
        left_p10_h=number(lead.left_p10),
        left_p50_h=number(lead.left_p50),
        curve=tuple(
            WarningPoint(number(h), n, *map(number, chance)) for h, n, chance in zip(lead.hours, lead.n, lead.chance, strict=True)
        ),
    )


def _point(one: Tried, about: About) -> CurvePoint:
    chance, works = one.chance, one.works
    return CurvePoint(
        order_h=_rounded(one.order_h),
        order_at=_moment(about.start, one.order_h),
        n=one.n,
        out=int(one.out.sum()),
        undecided=int(one.undecided.sum()),
        sets=works.sets,
        sets_out=works.works,
        sets_in_part=works.in_part,
        estimate=number(chance.value),
        low=number(chance.low),
        high=number(chance.high),
        failed=one.failed,
        error=one.error,
        not_among_all=number(one.not_among_all),
    )


def _difference(
    scope: str,
    base: Curve,
    other: Curve,
    scenarios: Sequence[About],
    confidence: float,
    seed: int,
    called: tuple[Mapping[str, str], Sequence[str]],
) -> DeadlineDifference:
    first, second = deadline_of(base, confidence), deadline_of(other, confidence)
    bought: Gain = gain(base, other, confidence, seed)
    whose, labels = called[0].get(scope) or scope_name(scope), [called[1][c.scenario] for c in (base, other)]
    return DeadlineDifference(
        scope=scope,
        base=scenarios[base.scenario].name,
        other=scenarios[other.scenario].name,
        later_h=number(bought.hours),
        low_h=number(bought.low),
        high_h=number(bought.high),
        low_status=_end(bought.low),
        high_status=_end(bought.high),
        base_status=first.status,
        other_status=second.status,
        pairs=bought.pairs,
        sets=bought.sets,
        distinct=bought.distinct,
        in_words=_bought(whose, labels, first, second, bought, bought.distinct),
    )


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


def _warnings(curves: Sequence[Curve], found: FoundDeadlines) -> list[str]:
    each = [line for curve, entry in zip(curves, found.deadlines, strict=True) for line in _curve_warnings(curve, entry, found)]
    need, able = least_sample(found.confidence), [t for c in curves for t in c.tried if t.n]
    if not able:
        return each
    fewest = min(able, key=lambda t: t.sets.count)
    few = too_few(fewest.sets.count, need, fewest.n, f"for an interval at {share(found.confidence)}")
    return [*each, *applying((fewest.sets.count < need, few))]


def _curve_warnings(curve: Curve, entry: ScopeDeadline, found: FoundDeadlines) -> list[str]:
    days = ", ".join(duration(h) for h in entry.rises_h[:4])
    unasked, undecided = entry.not_among_all, entry.undecided_most
    lines = applying(
        (curve.error, f"{curve.error}"),
        (curve.failed and not curve.error, f"{curve.failed} replications failed: nothing here is final"),
        (days, f"the curve is not monotone (higher again at {days} after the start); the deadline is where it first falls"),
        (unasked, not_among_all(unasked)),
        (undecided > 0.01, f"up to {share(undecided)} of the replications are undecided at the horizon"),
    )
    return [f"{scenario_label(found, entry.scenario)}{called(found, curve.scope)}: {line}" for line in lines]


def called(found: FoundDeadlines, scope: str) -> str:
    """A mission by its title, or all of them."""
    return found.titles.get(scope) or scope_name(scope)


def scenario_label(found: FoundDeadlines, name: str) -> str:
    """What a scenario is called among several, with a comma; nothing where there is only one."""
    if len(found.scenarios) < 2:
        return ""
    return next(f"{s.label}, " for s in found.scenarios if s.scenario == name)


WITHOUT_DATE = {"failed": "no answer", "any": "at any time tried", "never": "never early enough"}
"""What is said of a deadline that is no date, by its status."""


def in_words(entry: ScopeDeadline) -> str:
    """``up to 3.5 d after the start, 15 Sep 18:00, among the dates tried (95 % interval 2.8 d to 4.1 d)``."""
    if entry.order_h is None or entry.order_at is None:
        return WITHOUT_DATE[entry.status]
    when = f"up to {duration(entry.order_h)} after the start, {date_of(entry.order_at)}"
    return f"{when}, among the dates tried{interval_words(entry)}"


def interval_words(entry: ScopeDeadline) -> str:
    """Its interval in brackets, with a space before it."""
    if "few" in entry.interval_status:
        return ""
    texts = [_end_words(h, s) for h, s in zip(entry.interval_h, entry.interval_status, strict=True)]
    return f" (95 % interval {'' if entry.interval_h[0] is not None else 'from '}{texts[0]} to {texts[1]})"


def _end_words(hours: float | None, status: str) -> str:
    return duration(hours) if hours is not None else {"any": "any time tried", "never": "never early enough"}.get(status, "–")


def date_of(text: str) -> str:
    """``2021-09-15 18:00`` as ``15 Sep 18:00``."""
    moment = datetime.fromisoformat(text)
    return f"{moment.day} {moment:%b %H:%M}"


def headline(found: FoundDeadlines) -> str:
    """The answer: what the scenarios buy where there are several, else the latest order of all together and the extremes."""
    if not found.final:
        return "No answer: a point or a replication failed."
    unasked = max((e.not_among_all for e in _widest(found.deadlines)), default=0.0)
    beside = f" In this, {not_among_all(unasked)}." if unasked else ""
    chance = f"with all out in {share(found.confidence)} of the cases"
    if found.differences:
        moved = [d for d in found.differences if d.later_h] or found.differences
        best = max(moved, key=lambda d: (d.distinct, d.scope == TOTAL, abs(d.later_h or 0)))
        more = len({d.scope for d in found.differences}) - 1
        rest = f" ({more_missions(more)} in the table)" if more > 0 else ""
        text = best.in_words
        return f"{text[0].upper()}{text[1:]}, {chance}, among the dates tried{rest}.{beside}"
    if not found.deadlines:
        return "Nobody has to be moved."
    together = found.together
    title = next(s.title for s in found.scenarios if s.scenario == together.scenario)
    text = f"{title}: {_can(together, found)}, {chance}{_at_once(together)}{_sets(together)}"
    text += _first_words(found, together)
    return f"{text}.{beside}"


def picture_title(found: FoundDeadlines) -> str:
    """The answer as the title of a picture: the latest order alone, with its zone."""
    if not found.final or not found.deadlines or found.differences:
        return found.headline
    together = found.together
    zone_h = next((s.utc_offset_h for s in found.scenarios), None)
    return with_zone(f"{first_up(_can(together, found))}{_at_once(together)}{_first_words(found, together)}", zone_h)


PANELS = 6
"""Scopes whose curves are drawn at most; all of them are in the other picture and in the table."""


def curves_note(found: FoundDeadlines) -> str:
    """What is drawn of the curves."""
    deadline = "Circle: the deadline, the last date tried before the curve first falls below it; bar: its 95 % interval."
    wanted = f"Dotted: the confidence of {share(found.confidence)}. {deadline}"
    return f"{wanted} Shaded: 95 % of each date, the undecided on both sides. Ticks: dates tried."


def interval_ends(entry: ScopeDeadline, last: float) -> tuple[float, float] | None:
    """The interval of a deadline on an axis up to *last*, cut at its edges; None without one."""
    if "few" in entry.interval_status:
        return None
    edge = {"never": 0.0, "any": last}
    ends = zip(entry.interval_h, entry.interval_status, strict=True)
    low, high = (edge[status] if hours is None else hours for hours, status in ends)
    return float(low), float(high)


def _first_words(found: FoundDeadlines, together: ScopeDeadline) -> str:
    """The mission that must decide first, or those that can't be told from it; nothing where *together* says it."""
    scenario = together.scenario
    first = next((f for f in found.first_to_decide if f.scenario == scenario), None)
    if first is None or first.missions[0] == together.scope or (first.of == 1 and together.scope != TOTAL):
        return ""
    name, *others = first.missions
    entry = next(e for e in found.deadlines if e.scenario == scenario and e.scope == name)
    if first.of == 1:
        return f"; {_can(entry, found)}"
    if not others:
        return f"; the first that must decide is {called(found, name)}, {in_words(entry)}"
    rest = ", or ".join(called(found, other) for other in others[:2]) if len(others) < 3 else f"one of {len(others)} others"
    return f"; the first that must decide is {called(found, name)}, {in_words(entry)}, or {rest}: which can't be told"


def _sets(entry: ScopeDeadline) -> str:
    """In how many sets of inputs it works; nothing where every replication is a set of its own."""
    counts = entry.in_sets
    if counts is None or counts.sets == counts.n:
        return ""
    when = {"any": "at the last date tried", "never": "at the first date"}.get(entry.status, "by then")
    return f"; in {in_sets(counts.works, counts.sets, counts.n)} nobody is left behind with an order {when}, as simulated"


def only_mission(found: FoundDeadlines) -> str | None:
    """The mission that is looked at where it is one alone, not all together."""
    scopes = {entry.scope for entry in found.deadlines}
    return scopes.pop() if len(scopes) == 1 and TOTAL not in scopes else None


def each_deadline(found: FoundDeadlines) -> list[str]:
    """The latest order with each scenario, a sentence each, where one mission of several scenarios is looked at alone."""
    if only_mission(found) is None or not found.final or len(found.deadlines) < 2:
        return []
    every = [(scenario_label(found, e.scenario), e) for e in found.deadlines]
    return [f"{label.removesuffix(', ')}: {_can(e, found)}{_at_once(e)}{_sets(e)}." for label, e in every]


def _at_once(entry: ScopeDeadline) -> str:
    if entry.status != "never":
        return ""
    return f" (ordered at the first date, all are out in {share(entry.chance_at_first)})"


def _widest(entries: Sequence[ScopeDeadline]) -> list[ScopeDeadline]:
    """Those of all together, or all there are where nobody asked for them."""
    return [e for e in entries if e.scope == TOTAL] or list(entries)


def _can(entry: ScopeDeadline, found: FoundDeadlines) -> str:
    who = "all missions together" if entry.scope == TOTAL else called(found, entry.scope)
    return f"{who} can order {in_words(entry)}" if entry.status != "never" else f"{who}: never early enough"


def curve_table(found: FoundDeadlines) -> pl.DataFrame:
    """A row per scenario, scope and date tried."""
    rows = [{"scenario": e.scenario, "scope": e.scope, **as_json(point)} for e in found.deadlines for point in e.curve]
    return pl.DataFrame(rows, infer_schema_length=None)


def deadline_table(found: FoundDeadlines) -> pl.DataFrame:
    """A row per scenario and scope; infinite is null, the status says which."""
    return pl.DataFrame([_deadline_row(entry) for entry in found.deadlines], infer_schema_length=None)


COLUMNS = (
    "scenario", "scope", "people", "status", "order_h", "order_at", "chance_at_first", "undecided_most", "not_among_all", "error",
)  # fmt: skip


def _deadline_row(entry: ScopeDeadline) -> Json:
    low, high = entry.interval_h
    needed, status = (None, None) if entry.warning is None else (entry.warning.needed_h, entry.warning.status)
    known = COLUMNS if entry.status != "failed" else ("scenario", "scope", "status", "error")
    row = {key: getattr(entry, key) if key in known else None for key in COLUMNS}
    return row | {"low_h": low, "high_h": high, "warning_needed_h": needed, "warning_status": status}
