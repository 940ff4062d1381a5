"""What a scenario says that its author can hardly have meant: nothing is refused, each is said with its place before a run.

Only what holds in every replication counts, so fixed times and numbers only; :mod:`sim.scenario.feasible` says what is
missing altogether.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from sim.scenario.errors import Path, dotted
from sim.scenario.multiples import head_count
from sim.scenario.quantity import Quantity
from sim.scenario.rules import ahead, fixed, hours, less
from sim.scenario.schema import Cohort, Mission, Order, Scenario
from sim.scenario.triggers import Triggers, closes_later
from sim.scenario.types import Condition, Moment

PAST_IS_MEANT = ("order", "closed", "closures", "opens", "available", "timeline", "consular")
"""Parts of a path below which a date before the start says what has happened by then."""
LONG_AGO_H = -90 * 24.0
"""Nobody decides on an order so long before the start: it is a slip of the pen."""


def cautions(scenario: Scenario) -> list[str]:
    """A plain sentence for each, with the path of what it is about, in the order of the file's sections."""
    found = [*_times(scenario), *_unused(scenario), *_lift(scenario), *_missions(scenario)]
    return [f"{dotted(path)}: {text}" for path, text in found]


def _moments(value: object, path: Path = ()) -> Iterator[tuple[Path, Moment]]:
    """Every moment of a scenario that is written or has a default, with its path."""
    if isinstance(value, Moment):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _moments(getattr(value, name), (*path, name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _moments(inner, (*path, key))
    elif isinstance(value, list | tuple) and not isinstance(value, Condition):
        for i, inner in enumerate(value):
            yield from _moments(inner, (*path, i))


def _times(s: Scenario) -> Iterator[tuple[Path, str]]:
    horizon = fixed(s.clock.horizon)
    for path, moment in _moments(s):
        at = hours(s, moment)
        if at is None or path[-1] == "closed":
            continue
        if horizon is not None and at >= horizon and not _is_limit(path):
            yield path, f"comes {_span(at - horizon)} after the end of the simulation{_year(s, moment)}: {_never(path)}"
        elif at < 0 and moment.date is not None and not set(PAST_IS_MEANT) & set(path):
            yield path, f"lies {_span(-at)} before the start, and is taken as the start"
        elif at < LONG_AGO_H and moment.date is not None and "order" in path:
            yield path, f"lies {_span(-at)} before the start{_year(s, moment)}: its people are ordered out at the start"


def _unused(s: Scenario) -> Iterator[tuple[Path, str]]:
    """What is to hold wherever nothing else is said, and there is no such place."""
    forces = [p.force for p in s.security.providers.values() if p.force is not None]
    if s.security.per_lane.text is not None and all(f.per_lane is not None for f in forces):
        yield ("security", "per_lane"), "every force says its own" if forces else "there is no force"
    for provider, p in s.security.providers.items():
        if p.officers is not None and (p.force is None or s.airport.consular is None):
            why = "there is no force to protect them" if p.force is None else "there is no eligibility check"
            yield ("security", "providers", provider, "officers"), why
    used = {people.of[1] for m in s.missions.values() for raw in m.cohorts.values() if (people := head_count(raw)).of is not None}
    for ratio in s.ratios:
        if ratio not in used:
            yield ("ratios", ratio), "no head count is a multiple by it"
    for name in ("per_group", "per_person"):
        gates = s.airport.gates.values()
        if getattr(s.airport.search, name).text is not None and all(getattr(g, name) is not None for g in gates):
            yield ("airport", "search", name), "every gate says its own" if gates else "there is no gate"


def _year(s: Scenario, moment: Moment) -> str:
    """Says of a date in another year than the start that it is, since a year is easily mistyped."""
    if moment.date is None or moment.date.when.year == s.clock.start.when.year:
        return ""
    return f", in {moment.date.when.year}, while the clock starts in {s.clock.start.when.year}"


def _is_limit(path: Path) -> bool:
    """Whether a moment only ends something, so that one after the end of the simulation is no limit."""
    return path[-1] in ("until", "deadline") or (path[-1] == "begins" and "withdrawal" in path)


def _never(path: Path) -> str:
    if "order" in path:
        return "nobody is asked to move by it"
    return "it never happens"


def _span(hours: float) -> str:
    """A time for people; never nothing."""
    if hours >= 24_000:
        return f"{hours / 24:,.0f} d"
    return f"{hours / 24:.3g} d" if hours >= 48 else f"{hours:.3g} h" if hours > 0 else "no time"


def _lift(s: Scenario) -> Iterator[tuple[Path, str]]:
    if s.lift is None:
        return
    for name, kind in s.lift.types.items():
        if less(kind.surge, kind.seats):
            yield (
                ("lift", "types", name, "surge"),
                f"{_number(kind.surge)} surge seats are fewer than the {_number(kind.seats)} seats of every day",
            )
    for name, fleet in s.lift.fleets.items():
        flies = ahead(s, fleet.available, fleet.until)
        if flies is not None and flies <= 0:
            yield ("lift", "fleets", name, "until"), "is not after available: the fleet never flies"
    for name, retrograde in s.lift.retrograde.items():
        left = ahead(s, retrograde.begins, retrograde.deadline)
        if left is not None and left < 0:
            yield (
                ("lift", "retrograde", name, "deadline"),
                "lies before begins: troops board before everyone else from the first on",
            )


def _number(quantity: Quantity | None) -> str:
    value = fixed(quantity)
    return "" if value is None else f"{value:,.0f}"


def _missions(s: Scenario) -> Iterator[tuple[Path, str]]:
    triggers = Triggers(s)
    for name, mission in s.missions.items():
        path: Path = ("missions", name)
        if mission.closed is not None:
            yield from _closes(s, (*path, "closed"), mission)
        elif mission.residual != "all":
            for place, part, who in _ordered(path, mission):
                if part.order is None:
                    yield place, f"{who} without an order: nobody is ever asked to move"
                elif not triggers.given(part.order):
                    yield from _never_given(triggers, (*place, "order"), part.order)


def _never_given(triggers: Triggers, path: Path, order: Order) -> Iterator[tuple[Path, str]]:
    """Why an order is given in no replication; of a date after the end that is said where all dates are."""
    nobody = "nobody is asked to move by it"
    if triggers.triggered(order):
        delay = fixed(order.delay) or 0.0
        yield (*path, "delay"), f"lasts {_span(delay)}, past the end of the simulation: {nobody}"
        return
    if order.at is not None and hours(triggers.s, order.at) is None:
        yield (*path, "at"), f"{_never_after(triggers, order.at)}: {nobody}"
    if order.when:
        yield (*path, "when"), f"{triggers.why_not(order.when)}: {nobody}"


def _never_after(triggers: Triggers, moment: Moment) -> str:
    if moment.after == "ordered":
        return "no order is ever given that it could follow"
    if moment.after == "start" or triggers.levels is None or moment.after in triggers.levels:
        return "it comes after the end of the simulation"
    return f"the threat never reaches {moment.after}"


def _closes(s: Scenario, path: Path, mission: Mission) -> Iterator[tuple[Path, str]]:
    """A mission with people that closes only after the start: they are there then, and ``closed`` moves nobody."""
    if mission.closed is None or not closes_later(s, mission):
        return
    at, horizon = hours(s, mission.closed), fixed(s.clock.horizon)
    when = "comes after the start" if at is None else f"comes {_span(at)} after the start"
    if at is not None and horizon is not None and at >= horizon:
        when = f"comes {_span(at - horizon)} after the end of the simulation{_year(s, mission.closed)}"
    ordered = mission.order is not None or any(isinstance(c, Cohort) and c.order for c in mission.cohorts.values())
    instead = "without it its order would" if ordered else "an order would"
    yield path, f"{when}: its people stay, and nobody is asked to move by it; {instead}"


def _ordered(path: Path, mission: Mission) -> Iterator[tuple[Path, Mission | Cohort, str]]:
    """Each part of a mission that has an order of its own, or wants one."""
    cohorts = {n: c for n, c in mission.cohorts.items() if isinstance(c, Cohort) and c.residual != "all"}
    if mission.order is not None:
        yield path, mission, ""
    elif cohorts and all(c.order is None for c in cohorts.values()):
        yield path, mission, "is"
        return
    for name, cohort in cohorts.items():
        if cohort.order is not None:
            yield (*path, "cohorts", name), cohort, ""
        elif mission.order is None:
            yield (*path, "cohorts", name), cohort, "is"
