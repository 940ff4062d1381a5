"""What a scenario says that its author can hardly have meant: nothing is refused, each is said with its place before a run.

Only what holds in every replication counts, so fixed times and numbers only; :mod:`sim.scenario.feasible` says what is
missing altogether.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from sim.scenario.errors import Path, dotted
from sim.scenario.quantity import Quantity
from sim.scenario.rules import ahead, fixed, hours, less
from sim.scenario.schema import Cohort, Mission, Scenario
from sim.scenario.types import Condition, Moment

PAST_IS_MEANT = ("order", "closed", "closures", "opens", "available", "timeline", "consular")
"""Parts of a path below which a date before the start says what has happened by then."""


def cautions(scenario: Scenario) -> list[str]:
    """A plain sentence for each, with the path of what it is about, in the order of the file's sections."""
    found = [*_times(scenario), *_lift(scenario), *_missions(scenario)]
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
        if at is None:
            continue
        if horizon is not None and at >= horizon and not _is_limit(path):
            yield path, f"comes {_span(at - horizon)} after the end of the simulation: {_never(path)}"
        elif at < 0 and moment.date is not None and not set(PAST_IS_MEANT) & set(path):
            yield path, f"lies {_span(-at)} before the start, and is taken as the start"
        elif at > 0 and path[-1] == "closed":
            yield path, f"comes {_span(at)} after the start: its people count as gone before it, and are never asked to move"


def _is_limit(path: Path) -> bool:
    """Whether a moment only ends something, so that one after the end of the simulation is no limit."""
    return path[-1] in ("until", "deadline") or (path[-1] == "begins" and "withdrawal" in path)


def _never(path: Path) -> str:
    if "order" in path:
        return "nobody is asked to move by it"
    if path[-1] == "closed":
        return "its people count as gone before the start all the same, and are never asked to move"
    return "it never happens"


def _span(hours: float) -> str:
    """A time for people; never nothing."""
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
    reachable = _reachable(s)
    for name, mission in s.missions.items():
        if mission.closed is not None or mission.residual == "all":
            continue
        for path, part, who in _ordered(("missions", name), mission):
            if part.order is None:
                yield path, f"{who} without an order: nobody is ever asked to move"
            elif part.order.at is None and part.order.when and all(_never_holds(c, reachable) for c in part.order.when):
                levels = " or ".join(dict.fromkeys(c.name for c in part.order.when))
                yield (*path, "order", "when"), f"the threat never reaches {levels}: nobody is asked to move by it"


def _ordered(path: Path, mission: Mission) -> Iterator[tuple[Path, Mission | Cohort, str]]:
    """Each part of a mission that has an order of its own, or wants one."""
    cohorts = {n: c for n, c in mission.cohorts.items() if isinstance(c, Cohort)}
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


def _never_holds(condition: Condition, reachable: set[str] | None) -> bool:
    return reachable is not None and condition.kind == "threat" and condition.name not in reachable


def _reachable(s: Scenario) -> set[str] | None:
    """Levels of the threat that count as reached in some replication, milder ones included; None without a threat."""
    threat = s.threat
    if threat is None:
        return None
    worst = highest = threat.levels.index(threat.start)
    if threat.timeline:
        horizon = fixed(s.clock.horizon)
        for dated in threat.timeline:
            at = hours(s, dated.at)
            if at is None or horizon is None or at < horizon:
                worst = max(worst, threat.levels.index(dated.level))
    else:
        while highest < len(threat.levels) - 1 and threat.levels[highest] in threat.stay:
            up = threat.up.get(threat.levels[highest])
            if up is not None and highest > 0 and fixed(up) == 0:
                break
            highest += 1
        worst = highest
    return set(threat.levels[: worst + 1])
