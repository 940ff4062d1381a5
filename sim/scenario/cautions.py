"""What a scenario says that its author can hardly have meant: nothing is refused, each is said with its place before a run.

Only what holds in every replication counts, so fixed times and numbers only; :mod:`sim.scenario.feasible` says what is
missing altogether.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from sim.scenario.errors import Path, dotted
from sim.scenario.presence import always_secured, secured_at_start
from sim.scenario.quantity import Quantity
from sim.scenario.rules import WINDOWS, ahead, at, ends_of, fixed, hours, less, places, reacts, zero
from sim.scenario.schema import Cohort, FlownIn, Force, Mission, Order, Scenario, Withdrawal
from sim.scenario.shapes import ROOT, Shape
from sim.scenario.triggers import Triggers, closes_later, stays
from sim.scenario.types import Moment
from sim.scenario.ways import ever_provided, host_troops, most_troops, visual_only

PAST_IS_MEANT = ("order", "closed", "closures", "opens", "available", "timeline", "consular", "windows", "helicopters", "guards")
"""Parts of a path below which a date before the start says what has happened by then."""
BOARD_FIRST = "lies before begins: troops board before everyone else from the first on"
LONG_AGO_H = -90 * 24.0
"""Nobody decides on an order so long before the start: it is a slip of the pen."""


def cautions(scenario: Scenario) -> list[str]:
    """A plain sentence for each, with the path of what it is about, in the order of the file's sections."""
    parts = (_times, _windows, _walkers, _unused, _security, _handovers, _reactions, _shuttles, _entrants, _lift, _missions)
    return [f"{dotted(path)}: {text}" for part in parts for path, text in part(scenario)]


def _moments(value: Any, shape: Shape = ROOT, path: Path = ()) -> Iterator[tuple[Path, Moment]]:
    """Every moment of a scenario that is written or has a default, with its path."""
    if value is None:
        return
    if shape.form == "section":
        for name, inner in _dated(shape):
            yield from _moments(getattr(value, name), inner, (*path, name))
    elif shape.item is not None and _has_moments(shape.item):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _moments(inner, shape.item, (*path, key))
    elif isinstance(value, Moment):
        yield path, value


@cache
def _dated(section: Shape) -> tuple[tuple[str, Shape], ...]:
    """The fields of a section in which moments are."""
    return tuple((name, inner) for name, inner in section.fields.items() if _has_moments(inner))


def _has_moments(shape: Shape) -> bool:
    if shape.form == "section":
        return bool(_dated(shape))
    return shape.form == "moment" or (shape.item is not None and _has_moments(shape.item))


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
    forces = [force for _, force in at(s, "security.providers.*.force")]
    if s.security.per_lane.text is not None and all(f.per_lane is not None for f in forces):
        yield ("security", "per_lane"), "every force says its own" if forces else "there is no force"
    for provider, p in s.security.providers.items():
        if p.officers is not None and (p.force is None or s.airport.consular is None):
            why = "there is no force to protect them" if p.force is None else "there is no eligibility check"
            yield ("security", "providers", provider, "officers"), why
    pools = {c.vehicles for _, c in at(s, "missions.*.cohorts.*")}
    pools |= {mode.vehicles for _, c in at(s, "missions.*.cohorts.*") for mode in c.modes}
    yield from ((("vehicles", name), "no cohort uses them: they never drive") for name in s.vehicles if name not in pools)
    used = {people.of[1] for _, people in at(s, "missions.*.cohorts.*.people") if people.of is not None}
    yield from ((("ratios", ratio), "no head count is a multiple by it") for ratio in s.ratios if ratio not in used)
    for name in ("per_group", "per_person"):
        gates = s.airport.gates.values()
        if getattr(s.airport.search, name).text is not None and all(getattr(g, name) is not None for g in gates):
            yield ("airport", "search", name), "every gate says its own" if gates else "there is no gate"


def _windows(s: Scenario) -> Iterator[tuple[Path, str]]:
    """Windows that never open, and who is held to windows where there are none."""
    for path, window in at(s, *WINDOWS):
        begins, lasts = hours(s, window.begins), fixed(window.lasts)
        until = hours(s, window.until) if window.until is not None else None
        if lasts == 0 or window.hours.first == window.hours.last:
            yield path, "lasts no time: the window never opens"
        elif (begins is not None and lasts is not None and begins + lasts <= 0) or (until is not None and until <= 0):
            yield path, "is over before the start: the window never opens"
    if "held" in s.road.model_fields_set and not s.road.windows:
        yield ("road", "held"), "holds nobody: there are no road.windows"


def _shuttles(s: Scenario) -> Iterator[tuple[Path, str]]:
    """Pools and places to which no shuttle belongs, and guards whom nobody can bring."""
    for name in s.helicopters:
        if all(shuttle.helicopters != name for shuttle in s.shuttles.values()):
            yield ("helicopters", name), "no shuttle uses them: they never fly"
    for name, place in s.places.items():
        if all(shuttle.place != name for shuttle in s.shuttles.values()):
            what = "and its guards never come" if place.guards is not None else "and nobody is fetched there"
            yield ("places", name), f"no shuttle flies there, {what}"


def _entrants(s: Scenario) -> Iterator[tuple[Path, str]]:
    """What is said of who comes where and means nothing."""
    for path, closure in at(s, "airport.closures.*", "airport.incidents.*"):
        if "stops" in closure.model_fields_set and not set(closure.closes) - {"runway", "visual", "shuttles"}:
            yield (*path, "stops"), "tells nobody apart: what it closes closes for all"
    called = any(fleet.serves for _, fleet in at(s, "lift.fleets.*"))
    for path, gate in at(s, "airport.gates.*"):
        if gate.call_forward and not called:
            yield (*path, "call_forward"), "calls nobody forward: no fleet names a mission in serves"
        if "hours_stop" in gate.model_fields_set and gate.hours.always:
            yield (*path, "hours_stop"), "stops nobody: the gate has no hours"


def _walkers(s: Scenario) -> Iterator[tuple[Path, str]]:
    """A share of those who walk in, where nobody does."""
    walks = any(c.starts == "gate" or c.alone or any(m.alone for m in c.modes) for _, c in at(s, "missions.*.cohorts.*"))
    for path, effects in at(s, "threat.effects.*"):
        if not walks and "lets_through" in effects.model_fields_set:
            yield (*path, "lets_through"), "concerns nobody: no cohort starts at the gate or comes alone"


def _handovers(s: Scenario) -> Iterator[tuple[Path, str]]:
    """Handovers with nobody before, and parts that nobody ever takes over."""
    phases, providers = s.security.phases, s.security.providers
    if phases and phases[0].handover:
        yield ("security", "phases", 0, "handover"), "is the first phase: there is nobody to take over from"
    for k, (earlier, phase) in enumerate(pairwise(phases), 1):
        before, after = providers.get(earlier.provider), providers.get(phase.provider)
        if not phase.handover or before is None or after is None:
            continue
        path: Path = ("security", "phases", k, "handover")
        for part in ("force", "operator"):
            if getattr(before, part) is not None and getattr(after, part) is None:
                yield path, f"{phase.provider} has no {part}: that of {earlier.provider} stays for good"
        if before.force is not None and (force := after.force) is not None:
            needed = (fixed(force.perimeter) or 0.0) + (fixed(force.per_lane) or 0.0)
            if host_troops(s) + most_troops(force) < needed:
                why = f"{phase.provider} never has the headcount to take over"
                yield path, f"{why}: the force of {earlier.provider} stays for good"


def _year(s: Scenario, moment: Moment) -> str:
    """Says of a date in another year than the start that it is, since a year is easily mistyped."""
    if moment.date is None or moment.date.when.year == s.clock.start.when.year:
        return ""
    return f", in {moment.date.when.year}, while the clock starts in {s.clock.start.when.year}"


def _is_limit(path: Path) -> bool:
    """Whether a moment only ends something, so that one after the end of the simulation is no limit."""
    return path[-1] in ("until", "deadline") or (path[-1] == "begins" and "withdrawal" in path)


def _never(path: Path) -> str:
    return "nobody is asked to move by it" if "order" in path else "it never happens"


def _span(hours: float) -> str:
    """A time for people; never nothing."""
    if hours >= 24_000:
        return f"{hours / 24:,.0f} d"
    return f"{hours / 24:.3g} d" if hours >= 48 else f"{hours:.3g} h" if hours > 0 else "no time"


def _security(s: Scenario) -> Iterator[tuple[Path, str]]:
    for name, provider in s.security.providers.items():
        force = provider.force
        if force is not None and force.flown_in is not None and (why := _not_flown_in(s, name, force, force.flown_in)):
            yield ("security", "providers", name, "force", "flown_in"), why
        for part in ("force", "operator"):
            for path, withdrawal in places(provider, (part, "withdrawal"), ("security", "providers", name)):
                yield from _withdrawal(s, path, withdrawal)


def _not_flown_in(s: Scenario, name: str, force: Force, spec: FlownIn) -> str | None:
    """Why no aircraft ever brings a force that is to be flown in."""
    begins = [hours(s, p.begins) for p in s.security.phases if p.provider == name]
    here = all(b is not None and b <= 0 for b in begins) and fixed(s.security.providers[name].arrival) == 0
    numbers = [fixed(q) for q in (force.headcount, *(step.headcount for step in force.build_up))]
    grows = any(a is None or b is None or a < b for a, b in pairwise(numbers))
    if not begins:
        return None  # another scenario's provider
    if here and not grows:
        return "has no effect: all its troops are there when the clock starts"
    services = ever_provided(s)
    kind = s.lift.types.get(spec.aircraft) if s.lift is not None else None
    missing = sorted(set(kind.needs if kind is not None else ()) - services)
    if "tower" not in services and not visual_only(s):
        return "its aircraft never land: nobody ever runs the tower, and the runway has no visual time"
    return f"its aircraft never land: nobody ever provides {' and '.join(missing)}" if missing else None


def _withdrawal(s: Scenario, path: Path, spec: Withdrawal) -> Iterator[tuple[Path, str]]:
    if spec.deadline is None:
        if "near" in spec.model_fields_set:
            yield (*path, "near"), "has no effect without a deadline"
    elif not spec.lift or s.lift is None:
        yield (*path, "deadline"), "has no effect: who withdraws takes no seats " + ("without lift: true" if s.lift else "here")
    elif spec.begins is not None and not spec.when and (left := ahead(s, spec.begins, spec.deadline)) is not None and left < 0:
        yield (*path, "deadline"), BOARD_FIRST


def _reactions(s: Scenario) -> Iterator[tuple[Path, str]]:
    """What is said of missions that leave an airport which nobody secures, and leads to nothing."""
    reactions, nobody = s.security.reactions, "nobody reacts"
    reacting = {name: m.reaction for name, m in s.missions.items() if m.reaction is not None}
    if reactions is None:
        if reacting:
            others = f", as of {len(reacting) - 1} more" if len(reacting) > 1 else ""
            first = ("missions", next(iter(reacting)), "reaction")
            yield first, f"has no effect{others}: no security.reactions says how many missions go"
        if "absence_known" in s.security.model_fields_set:
            yield ("security", "absence_known"), "has no effect: no security.reactions says which missions go"
        return
    path: Path = ("security", "reactions")
    may = sum(r.tier != "never" for r in reacting.values())
    if not s.security.phases:
        yield path, f"no phase of security says that nobody is there: {nobody}"
    elif not may:
        yield path, f"no mission says a tier of its reaction: {nobody}"
    elif always_secured(s):
        yield path, f"a force is there from the start and never leaves: {nobody}"
    elif "share" not in reactions.model_fields_set:
        yield path, f"says no share of the missions: {nobody}"
    if secured_at_start(s) and not zero(s.security.absence_known):
        yield ("security", "absence_known"), "has no effect: a force is there at the start"
    if may:
        yield from _how_many((*path, "share"), reactions.share, len(reacting), may)
    for name, reaction in reacting.items():
        if reaction.tier != "never" and stays(s.missions[name]):
            yield ("missions", name, "reaction"), "has a place among those that leave, but nobody of it is to be moved"


def _how_many(path: Path, share: Quantity, reacting: int, may: int) -> Iterator[tuple[Path, str]]:
    """A share that asks for more missions than *may* go of those *reacting*, or always for none of them."""
    least, highest = (math.floor(round(end * reacting, 9) + 0.5) for end in ends_of(share))
    if zero(share):
        return
    if highest == 0:
        yield path, f"asks for 0 of {reacting} mission{'s' if reacting > 1 else ''}, rounded half up: nobody reacts"
    elif least > may:
        yield path, f"asks for {least} of {reacting} missions, but only {may} say a tier: no more than these go"


def _lift(s: Scenario) -> Iterator[tuple[Path, str]]:
    if s.lift is None:
        return
    for name, kind in s.lift.types.items():
        if less(kind.surge, kind.seats):
            surge, seats = fixed(kind.surge), fixed(kind.seats)
            why = f"{surge:,.0f} surge seats are fewer than the {seats:,.0f} seats of every day"
            yield ("lift", "types", name, "surge"), why
    for name, fleet in s.lift.fleets.items():
        flies = ahead(s, fleet.available, fleet.until)
        if flies is not None and flies <= 0:
            yield ("lift", "fleets", name, "until"), "is not after available: the fleet never flies"
    for name, retrograde in s.lift.retrograde.items():
        left = ahead(s, retrograde.begins, retrograde.deadline)
        if left is not None and left < 0:
            yield ("lift", "retrograde", name, "deadline"), BOARD_FIRST


def _missions(s: Scenario) -> Iterator[tuple[Path, str]]:
    triggers = Triggers(s)
    for name, mission in s.missions.items():
        path: Path = ("missions", name)
        if mission.closed is not None:
            yield from _closes(s, (*path, "closed"), mission)
        elif mission.residual == "all":
            for key, cohort in mission.cohorts.items():
                if "residual" in cohort.model_fields_set and cohort.residual != "all":
                    yield (*path, "cohorts", key, "residual"), "has no effect: residual: all of its mission keeps all of them"
        else:
            yield from _gates(s, path, mission)
            for place, part, who in _ordered(path, mission):
                if part.order is None and not reacts(s, mission):
                    yield place, f"{who} without an order: nobody is ever asked to move"
                elif part.order is not None and not triggers.given(part.order):
                    yield from _never_given(triggers, (*place, "order"), part.order)


def _gates(s: Scenario, path: Path, mission: Mission) -> Iterator[tuple[Path, str]]:
    """Gates of a cohort that passes none."""
    for name, cohort in mission.cohorts.items():
        air = cohort.starts == "mission" and cohort.shuttle is not None and s.shuttles[cohort.shuttle].enters == "holding"
        if cohort.gates and (air or cohort.starts == "holding"):
            why = "its shuttle lands inside" if air else "it starts inside"
            yield (*path, "cohorts", name, "gates"), f"has no effect: {why}"


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
    ordered = mission.order is not None or any(cohort.order for cohort in mission.cohorts.values())
    instead = "without it its order would" if ordered else "an order would"
    yield path, f"{when}: its people stay, and nobody is asked to move by it; {instead}"


def _ordered(path: Path, mission: Mission) -> Iterator[tuple[Path, Mission | Cohort, str]]:
    """Each part of a mission that has an order of its own, or wants one."""
    cohorts = {name: cohort for name, cohort in mission.cohorts.items() if cohort.residual != "all"}
    if mission.order is not None:
        yield path, mission, ""
    elif cohorts and all(cohort.order is None for cohort in cohorts.values()):
        yield path, mission, "is"
        return
    for name, cohort in cohorts.items():
        if cohort.order is not None or mission.order is None:
            yield (*path, "cohorts", name), cohort, "" if cohort.order is not None else "is"
