"""What must hold between the values of a scenario: every broken rule becomes a fault at its place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from sim.scenario.errors import Faults, Message, Path, dotted, shown
from sim.scenario.lists import empty_lists
from sim.scenario.nodes import Node
from sim.scenario.parsing import DISTRIBUTIONS
from sim.scenario.quantity import Quantity, constant
from sim.scenario.schema import Cohort, Entrant, Fleet, FlownIn, Force, Mission, Mode, Scenario, Shuttle, Window
from sim.scenario.types import Moment
from sim.scenario.validate import where

MOST_HORIZON = 10_000 * 24.0
RESERVED_LEVELS = ("start", "ordered", "value", *DISTRIBUTIONS)
RESERVED_GATES = ("runway", "gates", "road", "visual", "shuttles")


def fixed(quantity: Quantity | None) -> float | None:
    """The value of a constant, or None."""
    return quantity.value if quantity is not None and quantity.is_constant else None


def zero(*quantities: Quantity | None) -> bool:
    """Whether all of them are always 0."""
    return all(fixed(q) == 0 for q in quantities)


def less(a: Quantity | None, b: Quantity | None) -> bool:
    """Whether *a* is less than *b* for sure."""
    low, high = fixed(a), fixed(b)
    return low is not None and high is not None and low < high


def hours(scenario: Scenario, moment: Moment) -> float | None:
    """Hours after the start, or None for a moment that is drawn or waits for something else."""
    if moment.date is not None:
        return moment.date.hours_after(scenario.clock.start)
    return fixed(moment.delay) if moment.after == "start" else None


def ahead(scenario: Scenario, one: Moment | None, other: Moment | None) -> float | None:
    """Hours from *one* moment to the *other*, or None where there is none or that can't be told before a run."""
    if one is None or other is None:
        return None
    first, second = hours(scenario, one), hours(scenario, other)
    if one.date is None and other.date is None and one.after == other.after:
        first, second = fixed(one.delay), fixed(other.delay)
    return None if first is None or second is None else second - first


def ends_of(quantity: Quantity) -> tuple[float, float]:
    """Least and most of what may be drawn."""
    p = quantity.params
    match quantity.family:
        case "constant" | "uniform" | "triangular" | "pert":
            return p[0], p[-1]
        case "choice":
            likely = [v for v, w in zip(p[: len(p) // 2], p[len(p) // 2 :], strict=True) if w > 0]
            return min(likely), max(likely)
    return 0.0, math.inf


def _reached(scenario: Scenario, after: str) -> float | None:
    """Hours at which what a moment waits for happens for certain, or None where that is drawn or not known before a run."""
    threat = scenario.threat
    if after == "start":
        return 0.0
    if threat is None or after not in threat.levels or threat.start not in threat.levels:
        return None
    wanted = threat.levels.index(after)
    if threat.levels.index(threat.start) >= wanted:
        return 0.0
    at = [hours(scenario, d.at) for d in threat.timeline if d.level in threat.levels and threat.levels.index(d.level) >= wanted]
    return min((x for x in at if x is not None), default=None)


def span(scenario: Scenario, moment: Moment) -> tuple[float, float] | None:
    """Least and most hours after the start at which a moment comes; None where it waits for something drawn."""
    if moment.date is not None:
        at = moment.date.hours_after(scenario.clock.start)
        return at, at
    base = _reached(scenario, moment.after)
    return None if base is None else (base + ends_of(moment.delay)[0], base + ends_of(moment.delay)[1])


def not_later(scenario: Scenario, one: Moment, other: Moment) -> str | None:
    """How *other* begins if it never begins after *one*, or if they are drawn alike so that nobody can say; else None."""
    first, second = span(scenario, one), span(scenario, other)
    if (one.date, one.after) == (other.date, other.after) and one.date is None:
        first, second = ends_of(one.delay), ends_of(other.delay)
        if (one.delay.family, one.delay.params) == (other.delay.family, other.delay.params):
            return "at the same time as" if one.delay.is_constant else "at a time drawn as that of"
    if first is None or second is None or second[1] > first[0]:
        return None
    return "at the same time as" if first == second else "before"


def reacts(s: Scenario, mission: Mission) -> bool:
    """Whether a mission may be one of those that leave an airport which nobody secures, whoever of it there is to move."""
    reaction, reactions = mission.reaction, s.security.reactions
    if reaction is None or reaction.tier == "never" or not reaction.orders or reactions is None or not s.security.phases:
        return False
    return not zero(reactions.share)


def mode_name(mode: Mode) -> str:
    """What tells a mode from the others of a cohort."""
    ride = mode.shuttle or mode.vehicles or ("alone" if mode.alone else "road")
    return ride if mode.escort is None else f"{ride}+{mode.escort}"


def by_mode(cohort: Cohort, mode: Mode) -> Cohort:
    """A cohort as it would be with one of its modes alone."""
    alone = {n: getattr(mode, n) for n in ("vehicles", "shuttle", "escort", "alone")}
    return cohort.model_copy(update={**alone, "modes": ()})


def entrant(spec: Cohort) -> Entrant:
    """How the groups of a cohort with one mode come, as windows and closures name it."""
    if spec.alone or spec.starts == "gate":
        return "public"
    return "helicopter" if spec.shuttle is not None else "escorted" if spec.escort is not None else "agreed"


def check_rules(scenario: Scenario, root: Node, faults: Faults) -> None:
    """Notes every rule that *scenario* breaks, at its place in *root*."""
    rules = _Rules(scenario, root, faults)
    if not scenario.missions:
        rules.note(("missions",), "expected at least one mission", ("missions",))
    rules.time_and_threat()
    rules.security()
    rules.airport()
    rules.road()
    rules.lift()
    rules.windows()
    for path, message in empty_lists(scenario):
        rules.note(path, message, path)
    for name, mission in scenario.missions.items():
        rules.mission(("missions", name), mission)
    for cycle in cycles(scenario):
        chain = " waits for ".join([*cycle, cycle[0]])
        rules.note(("missions", cycle[0], "order"), f"reference cycle: {chain}, and nothing else orders them", ("missions",))


class _Rules:
    """The rules by section; a section that has a fault already is left alone."""

    def __init__(self, scenario: Scenario, root: Node, faults: Faults) -> None:
        self.s = scenario
        self.root = root
        self.faults = faults
        self.before = {f.path for f in faults}

    def note(self, path: Path, message: str | Message, about: Path | None = None) -> None:
        """A broken rule at *path*, unless something in *about* is known to be faulty."""
        section = dotted(about if about is not None else path[:-1])
        if not any(f == section or f.startswith(section + ".") for f in self.before):
            self.faults.add(where(self.root, path), path, message)

    def positive(self, path: Path, quantity: Quantity | None, what: str) -> None:
        """A fault if the quantity is always 0."""
        if zero(quantity):
            self.note(path, Message(f"expected {what} > 0", "0"))

    # -- clock and threat --------------------------------------------------------------------------------------------

    def time_and_threat(self) -> None:
        horizon = fixed(self.s.clock.horizon)
        if horizon is None or not 0 < horizon <= MOST_HORIZON:
            self.note(("clock", "horizon"), f"expected a fixed time > 0 and at most {MOST_HORIZON / 24:,.0f} d")
        threat = self.s.threat
        if threat is None:
            return
        if not threat.levels or len(set(threat.levels)) < len(threat.levels):
            self.note(("threat", "levels"), "expected levels with names of their own, at least one")
        elif threat.start not in threat.levels:
            self.note(
                ("threat", "start"), Message(f"expected one of the levels ({', '.join(threat.levels)})", shown(threat.start))
            )
        for level in set(threat.levels) & set(RESERVED_LEVELS):
            self.note(
                ("threat", "levels"), f"expected a level not named {shown(level)}: that word means something else in moments"
            )
        if threat.stay and threat.timeline:
            self.note(("threat", "timeline"), "expected stay or timeline, not both")
        for level, stay in threat.stay.items():
            self.positive(("threat", "stay", level), stay, "a time")
        for k, dated in enumerate(threat.timeline):
            if dated.at.after != "start":
                self.note(
                    ("threat", "timeline", k, "at"), "expected a date or a time after the start; a level can't wait for another"
                )

    # -- security ----------------------------------------------------------------------------------------------------

    def security(self) -> None:
        host = self.s.security.host
        if host is not None and host.collapse is not None and host.collapse.at is None and not host.collapse.when:
            self.note(("security", "host", "collapse"), "expected at or when", ("security", "host", "collapse"))
        for name, provider in self.s.security.providers.items():
            if provider.force is not None and provider.force.flown_in is not None:
                self.flown_in(("security", "providers", name, "force"), provider.force, provider.force.flown_in)
        phases = self.s.security.phases
        for k, phase in enumerate(phases):
            for earlier in phases[:k]:
                when = not_later(self.s, earlier.begins, phase.begins)
                if when is not None:
                    message = f"expected phases one after another, but {phase.provider} begins {when} {earlier.provider}"
                    self.note(("security", "phases", k, "begins"), message, ("security", "phases"))
                    break

        for k, phase in enumerate(phases):
            known = self.s.security.providers.get(phase.provider)
            wrong = None
            if phase.handover and (known is None or (known.force is None and known.operator is None)):
                wrong = Message("expected a provider with a force or an operator, to whom others can hand over", phase.provider)
            elif phase.handover and k > 0 and phases[k - 1].provider == phase.provider:
                wrong = Message("expected another provider than before", f"{phase.provider}, which would hand over to itself")
            if wrong is not None:
                self.note(("security", "phases", k, "handover"), wrong, ("security", "phases"))

    def flown_in(self, path: Path, force: Force, spec: FlownIn) -> None:
        here: Path = (*path, "flown_in")
        self.positive((*here, "troops"), spec.troops, "troops on an aircraft")
        if fixed(force.headcount) == math.inf:
            self.note((*path, "headcount"), "expected a headcount beside flown_in", here)
        for i, step in enumerate(force.build_up):
            if fixed(step.headcount) == math.inf:
                self.note((*path, "build_up", i, "headcount"), "expected a finite headcount beside flown_in")
        if fixed(spec.cargo) == math.inf:
            self.note((*here, "cargo"), "expected a finite number of cargo flights")
        if fixed(spec.endurance) != math.inf and zero(spec.returns):
            self.note((*here, "returns"), "expected the time until it comes again beside endurance", here)

    # -- airport -----------------------------------------------------------------------------------------------------

    def airport(self) -> None:
        airport = self.s.airport
        for gate in sorted(set(airport.gates) & set(RESERVED_GATES)):
            self.note(
                ("airport", "gates", gate),
                f"expected a gate not named {shown(gate)}: closures use that word",
                ("airport", "gates", gate),
            )
        if airport.consular is not None:
            self.positive(("airport", "consular", "team"), airport.consular.team, "officers in a team")
        for name, closure in airport.closures.items():
            if not closure.closes:
                self.note(("airport", "closures", name, "closes"), "expected something to close")
        for name, incident in airport.incidents.items():
            if not incident.at and not incident.rate:
                self.note(("airport", "incidents", name), "expected at or rate", ("airport", "incidents", name))
        crowd = airport.crowd
        if crowd is None:
            return
        if less(crowd.close_above, crowd.open_below):
            self.note(("airport", "crowd", "open_below"), "expected open_below ≤ close_above")
        self.positive(("airport", "crowd", "slows"), crowd.slows, "a crowd")
        self.positive(("airport", "crowd", "close_above"), crowd.close_above, "a crowd")
        if crowd.news is not None:
            self.positive(("airport", "crowd", "news", "every"), crowd.news.every, "a time")
            self.positive(("airport", "crowd", "news", "flights"), crowd.news.flights, "a number of flights")
        if crowd.breach is not None:
            self.positive(("airport", "crowd", "breach", "strength"), crowd.breach.strength, "a headcount")
            self.positive(("airport", "crowd", "breach", "clear_strength"), crowd.breach.clear_strength, "a headcount")

    # -- road and vehicles -------------------------------------------------------------------------------------------

    def road(self) -> None:
        road = self.s.road
        self.positive(("road", "convoy", "vehicles"), road.convoy.vehicles, "vehicles in a convoy")
        self.positive(("road", "speed"), road.speed, "a speed")
        self.positive(("road", "tries"), road.tries, "a try")
        self.positive(("road", "alone", "tries"), road.alone.tries, "a try")
        drives = [road.drive, *(m.drive or m.distance for m in self.s.missions.values())]
        if zero(road.delay, road.retry) and zero(*(q for q in drives if q is not None)):
            for path, chance in self.chances():
                if fixed(chance) == 1 and self.endless(path):
                    self.note(path, "expected less than 1 where drive, delay and retry take no time: it would never end")
        tries, wait = (
            q if q is not None else usual for q, usual in ((road.alone.tries, road.tries), (road.alone.retry, road.retry))
        )
        for level, effects in (self.s.threat.effects if self.s.threat is not None else {}).items():
            if zero(effects.lets_through, wait) and fixed(tries) == math.inf:
                path = ("threat", "effects", level, "lets_through")
                self.note(path, "expected more than 0 where retry takes no time and tries have no limit: it would never end")
        for name, vehicles in self.s.vehicles.items():
            self.positive(("vehicles", name, "seats"), vehicles.seats, "seats")
        for name, shuttle in self.s.shuttles.items():
            self.shuttle(("shuttles", name), shuttle)

    def shuttle(self, path: Path, shuttle: Shuttle) -> None:
        self.positive((*path, "seats"), shuttle.seats, "seats")
        if (shuttle.number is None) == (shuttle.helicopters is None):
            self.note(path, "expected number, or helicopters for those of a pool, and not both", path)
        if shuttle.place is not None and "spots" in shuttle.model_fields_set:
            self.note((*path, "spots"), "expected spots or a place, not both (spots: null takes them away)", path)
        if shuttle.hub is not None and shuttle.enters != "out":
            self.note((*path, "hub"), "expected enters: out beside a hub", path)

    def chances(self) -> Iterator[tuple[Path, Quantity | None]]:
        """Every chance to be turned back."""
        yield ("road", "turn_back"), self.s.road.turn_back
        yield ("road", "alone", "turn_back"), self.s.road.alone.turn_back
        for name, escort in self.s.road.escorts.items():
            yield ("road", "escorts", name, "turn_back"), escort.turn_back
        for level, effects in (self.s.threat.effects if self.s.threat is not None else {}).items():
            yield ("threat", "effects", level, "turn_back"), effects.turn_back
            yield ("threat", "effects", level, "turn_back_alone"), effects.turn_back_alone
        for name, window in self.s.road.windows.items():
            yield ("road", "windows", name, "turn_back"), window.turn_back
            yield ("road", "windows", name, "turn_back_alone"), window.turn_back_alone
        if self.s.security.host is not None:
            yield ("security", "host", "after", "turn_back"), self.s.security.host.after.turn_back

    def endless(self, path: Path) -> bool:
        """Whether tries under this chance may go on without end."""
        tries, alone = self.s.road.tries, self.s.road.alone.tries
        own = alone if alone is not None else tries
        limits = {"alone": [own], "escorts": [tries]}.get(str(path[1]), [own] if path[-1] == "turn_back_alone" else [tries, own])
        return any(fixed(q) == math.inf for q in limits)

    def windows(self) -> None:
        field = self.s.airport.airfield
        tables: tuple[tuple[Path, Mapping[str, Window]], ...] = (
            (("road", "windows"), self.s.road.windows),
            (("airport", "airfield", "windows"), field.windows if field is not None else {}),
        )
        for path, windows in tables:
            for name, window in windows.items():
                left = ahead(self.s, window.begins, window.until)
                if left is not None and left <= 0:
                    self.note((*path, name, "until"), "expected a moment after begins: the window would never open")

    # -- lift --------------------------------------------------------------------------------------------------------

    def lift(self) -> None:
        if self.s.lift is None:
            return
        for name, fleet in self.s.lift.fleets.items():
            if self._spins(fleet):
                message = (
                    "expected a sortie that takes time: legs, ground times, runway and patience are all 0, and it would never end"
                )
                self.note(("lift", "fleets", name), message, ("lift",))
            if fleet.loading == "own-only" and not fleet.serves:
                self.note(("lift", "fleets", name, "serves"), "expected the missions that it serves beside loading: own-only")
        for name, commercial in self.s.lift.commercial.items():
            if not commercial.times:
                self.note(("lift", "commercial", name, "times"), "expected at least one time of day")
        for name, retrograde in self.s.lift.retrograde.items():
            self.positive(("lift", "retrograde", name, "group"), retrograde.group, "a group")

    def _spins(self, fleet: Fleet) -> bool:
        """Whether empty sorties could follow each other without end at one moment."""
        assert self.s.lift is not None
        kind = self.s.lift.types.get(fleet.aircraft)
        field = self.s.airport.airfield
        if kind is None or fixed(fleet.sorties) != math.inf:
            return False
        ground = kind.quick if kind.quick is not None else kind.load
        runway = field.runway.day if field is not None else None
        quiet = zero(fleet.outbound, fleet.turn, fleet.inbound, ground) and (runway is None or zero(runway))
        return quiet and (zero(fleet.patience) or zero(fleet.window))

    # -- missions ----------------------------------------------------------------------------------------------------

    def mission(self, path: Path, mission: Mission) -> None:
        self.ordered(path, mission)
        if mission.distance is not None and mission.drive is None and self.s.road.speed is None:
            self.note((*path, "distance"), "expected road.speed beside a distance")
        for name, cohort in mission.cohorts.items():
            if isinstance(cohort, Cohort):
                self.cohort((*path, "cohorts", name), cohort)
        if mission.residual != "all":
            people = [fixed(c.people) for c in mission.cohorts.values() if isinstance(c, Cohort)]
            residual = fixed(mission.residual)
            known = [p for p in people if p is not None]
            if residual is not None and len(known) == len(people) and residual > sum(known):
                self.note(
                    (*path, "residual"),
                    Message(f"expected at most the {sum(known):,.0f} people of its cohorts", f"{residual:,.0f}"),
                    path,
                )

    def ordered(self, path: Path, part: Mission | Cohort) -> None:
        if part.order is not None and part.order.at is None and not part.order.when:
            self.note((*path, "order"), "expected at or when", (*path, "order"))

    def cohort(self, path: Path, cohort: Cohort) -> None:
        self.ordered(path, cohort)
        residual = constant(0) if cohort.residual == "all" else cohort.residual
        if less(cohort.people, residual):
            self.note((*path, "residual"), f"expected at most the {fixed(cohort.people):,.0f} people of the cohort")
        rear = cohort.rear_party
        if rear is not None:
            people, left, stay = fixed(cohort.people), fixed(rear.people), fixed(residual)
            if people is not None and left is not None and left > people - (stay or 0):
                self.note(
                    (*path, "rear_party", "people"), f"expected at most the {people - (stay or 0):,.0f} people who leave", path
                )
        if cohort.vehicles is not None and cohort.shuttle is not None:
            self.note((*path, "shuttle"), "expected vehicles or a shuttle, not both (vehicles: null takes them away)")
        self.positive((*path, "group"), cohort.group, "people in a group")
        for key in ("vehicles", "shuttle", "escort") if cohort.alone else ():
            if getattr(cohort, key) is not None:
                self.note((*path, key), f"expected nothing beside alone: true ({key}: null takes it away)", path)
        if cohort.alone and cohort.starts != "mission":
            self.note((*path, "starts"), "expected mission beside alone: true: who is at the airport already takes no road", path)
        self.modes(path, cohort)
        rides = [("vehicles", cohort.vehicles), ("shuttles", cohort.shuttle)]
        rides += [ride for m in cohort.modes for ride in (("vehicles", m.vehicles), ("shuttles", m.shuttle))]
        for table, name in rides:
            ride = getattr(self.s, table).get(name) if name is not None else None
            if ride is not None and less(ride.seats, cohort.group):
                message = Message(
                    f"expected at most the {fixed(ride.seats):,.0f} seats of {table}.{name}", f"{fixed(cohort.group):,.0f}"
                )
                self.note((*path, "group"), message)

    def modes(self, path: Path, cohort: Cohort) -> None:
        if not cohort.modes:
            return
        for key in ("vehicles", "shuttle", "escort", "alone"):
            if getattr(cohort, key):
                self.note((*path, key), f"expected {key} in one of the modes ({key}: null takes it away)", path)
        if cohort.starts != "mission":
            self.note((*path, "starts"), "expected mission beside modes: who is at the airport already takes none", path)
        names: set[str] = set()
        for k, mode in enumerate(cohort.modes):
            at = (*path, "modes", k)
            others = [key for key in ("vehicles", "shuttle", "escort") if getattr(mode, key) is not None]
            if mode.alone and others:
                self.note(at, Message("expected nothing beside alone: true", others[0]), path)
            if mode.shuttle is not None and (mode.vehicles is not None or mode.escort is not None or mode.drive is not None):
                self.note(at, "expected a shuttle without vehicles, escort and drive", path)
            if mode_name(mode) in names:
                self.note(at, Message("expected modes that differ", f"{mode_name(mode)} twice"), path)
            names.add(mode_name(mode))


# -- orders that wait for each other ---------------------------------------------------------------------------------


def _waits_for(scenario: Scenario, mission: Mission, started: Iterable[str]) -> list[str] | None:
    """Missions of which one must go before this one can, or None if it can go without."""
    started = set(started)
    for cohort in mission.cohorts.values():
        order = cohort.order if isinstance(cohort, Cohort) and cohort.order is not None else mission.order
        if order is None or order.at is not None or mission.closed is not None:
            continue
        if reacts(scenario, mission):
            continue
        gone = [c.name for c in order.when if c.kind == "gone"]
        if gone and len(gone) == len(order.when) and not started & set(gone):
            return gone
    return None


def cycles(scenario: Scenario) -> list[list[str]]:
    """Missions that can only be ordered once another of them has gone; each cycle once, in order of names."""
    started: set[str] = set()
    while more := {n for n, m in scenario.missions.items() if n not in started and _waits_for(scenario, m, started) is None}:
        started |= more
    found: dict[frozenset[str], list[str]] = {}
    for name in sorted(set(scenario.missions) - started):
        chain: list[str] = []
        while name not in chain and name in scenario.missions:
            chain.append(name)
            name = min(_waits_for(scenario, scenario.missions[name], started) or [name])
        cycle = chain[chain.index(name) :] if name in chain else []
        if cycle and frozenset(cycle) not in found:
            first = cycle.index(min(cycle))
            found[frozenset(cycle)] = cycle[first:] + cycle[:first]
    return list(found.values())
