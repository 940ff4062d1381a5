"""What must hold between the values of a scenario: every broken rule becomes a fault at its place.

What a section must be by itself is a row of :data:`RULES` or :data:`POSITIVE`; what needs more than that is a function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sim.scenario.cycles import waiting_rings
from sim.scenario.errors import Faults, Message, Path, dotted, printable, shown
from sim.scenario.nodes import Node
from sim.scenario.parsing import DISTRIBUTIONS
from sim.scenario.quantity import Quantity, constant
from sim.scenario.schema import Cohort, Entrant, Fleet, Mission, Mode, Scenario
from sim.scenario.types import Moment
from sim.scenario.validate import where

MOST_HORIZON = 10_000 * 24.0
RESERVED_LEVELS = ("start", "ordered", "value", *DISTRIBUTIONS)
MOST_PHASES = 200
NAMED = 8
"""Missions of a cycle that are named, at most."""
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


Span = tuple[float, float] | None


def not_later(one: Moment, first: Span, other: Moment, second: Span) -> str | None:
    """How *other* begins if it never begins after *one*, or if they are drawn alike so that nobody can say; else None.

    *first*, *second*: the :func:`span` of each.
    """
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


def places(value: Any, parts: Sequence[str], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What is at a path below *value*, of which ``*`` stands for every key or position; nothing where a section is absent."""
    if value is None:
        return
    if not parts:
        yield path, value
    elif parts[0] == "*":
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, parts[1:], (*path, key))
    else:
        yield from places(getattr(value, parts[0]), parts[1:], (*path, parts[0]))


def at(scenario: Scenario, *patterns: str) -> Iterator[tuple[Path, Any]]:
    """What is at the dotted paths of a scenario, one after another: see :func:`places`."""
    for pattern in patterns:
        yield from places(scenario, pattern.split("."))


WINDOWS = ("road.windows.*", "airport.airfield.windows.*")

POSITIVE = {
    "threat.stay.*": "a time",
    "security.providers.*.force.flown_in.troops": "troops on an aircraft",
    "airport.consular.team": "officers in a team",
    "airport.crowd.slows": "a crowd",
    "airport.crowd.close_above": "a crowd",
    "airport.crowd.news.every": "a time",
    "airport.crowd.news.flights": "a number of flights",
    "airport.crowd.breach.strength": "a headcount",
    "airport.crowd.breach.clear_strength": "a headcount",
    "road.convoy.vehicles": "vehicles in a convoy",
    "road.speed": "a speed",
    "road.tries": "a try",
    "road.alone.tries": "a try",
    "vehicles.*.seats": "seats",
    "shuttles.*.seats": "seats",
    "lift.retrograde.*.group": "a group",
    "missions.*.cohorts.*.group": "people in a group",
}
"""Quantities that may not always be 0, and what each is a number of."""

Rule = tuple[str, Callable[[Any], object], str]
"""The field of a section that is to blame, or nothing for the section itself; whether the rule is broken; what to write."""

_AT_OR_WHEN: Rule = ("", lambda order: order.at is None and not order.when, "expected at or when")

RULES: dict[str, tuple[Rule, ...]] = {
    "threat": (("timeline", lambda threat: threat.stay and threat.timeline, "expected stay or timeline, not both"),),
    "threat.timeline.*": (
        (
            "at",
            lambda dated: dated.at.after != "start",
            "expected a date or a time after the start; a level can't wait for another",
        ),
    ),
    "security.host.collapse": (_AT_OR_WHEN,),
    "security.providers.*.force.flown_in": (
        ("cargo", lambda spec: fixed(spec.cargo) == math.inf, "expected a finite number of cargo flights"),
        (
            "returns",
            lambda spec: fixed(spec.endurance) != math.inf and zero(spec.returns),
            "expected the time until it comes again beside endurance",
        ),
    ),
    "airport.closures.*": (("closes", lambda closure: not closure.closes, "expected something to close"),),
    "airport.incidents.*": (("", lambda incident: not incident.at and not incident.rate, "expected at or rate"),),
    "airport.crowd": (
        ("open_below", lambda crowd: less(crowd.close_above, crowd.open_below), "expected open_below ≤ close_above"),
    ),
    "shuttles.*": (
        (
            "",
            lambda shuttle: (shuttle.number is None) == (shuttle.helicopters is None),
            "expected number, or helicopters for those of a pool, and not both",
        ),
        (
            "spots",
            lambda shuttle: shuttle.place is not None and "spots" in shuttle.model_fields_set,
            "expected spots or a place, not both (spots: null takes them away)",
        ),
        ("hub", lambda shuttle: shuttle.hub is not None and shuttle.enters != "out", "expected enters: out beside a hub"),
    ),
    "lift.fleets.*": (
        (
            "serves",
            lambda fleet: fleet.loading == "own-only" and not fleet.serves,
            "expected the missions that it serves beside loading: own-only",
        ),
    ),
    "lift.commercial.*": (("times", lambda commercial: not commercial.times, "expected at least one time of day"),),
    "missions.*.order": (_AT_OR_WHEN,),
    "missions.*.cohorts.*.order": (_AT_OR_WHEN,),
    "missions.*.cohorts.*": (
        (
            "shuttle",
            lambda cohort: cohort.vehicles is not None and cohort.shuttle is not None,
            "expected vehicles or a shuttle, not both (vehicles: null takes them away)",
        ),
        (
            "starts",
            lambda cohort: cohort.alone and cohort.starts != "mission",
            "expected mission beside alone: true: who is at the airport already takes no road",
        ),
        (
            "starts",
            lambda cohort: cohort.modes and cohort.starts != "mission",
            "expected mission beside modes: who is at the airport already takes none",
        ),
    ),
}
"""By the path of the sections that each is about."""

EITHER = {
    ("threat", "timeline"): "stay",
    ("shuttles.*", "spots"): "place",
    ("missions.*.cohorts.*", "shuttle"): "vehicles",
}
"""By pattern and field of a rule the field that may not stand beside it: it may be the base that says it."""

CHANCES = (
    "road.turn_back",
    "road.alone.turn_back",
    "road.escorts.*.turn_back",
    "threat.effects.*.turn_back",
    "threat.effects.*.turn_back_alone",
    "road.windows.*.turn_back",
    "road.windows.*.turn_back_alone",
    "security.host.after.turn_back",
)
"""Every chance to be turned back."""


def check_rules(scenario: Scenario, root: Node, faults: Faults) -> None:
    """Notes every rule that *scenario* breaks, at its place in *root*."""
    rules = _Rules(scenario, root, faults)
    if not scenario.missions:
        rules.note(("missions",), "expected at least one mission", ("missions",))
    # by section, for the file of the first fault is told first
    parts: tuple[tuple[str, Callable[[], None]], ...] = (
        ("threat", rules.time_and_threat),
        ("security", rules.security),
        ("airport", rules.airport),
        ("road vehicles shuttles", rules.road),
        ("lift", rules.lift),
        ("", rules.windows),
        ("missions", rules.missions),
    )
    for sections, further in parts:
        rules.tables(sections.split())
        further()


class _Rules:
    """The rules by section; a section that has a fault already is left alone."""

    def __init__(self, scenario: Scenario, root: Node, faults: Faults) -> None:
        self.s = scenario
        self.root = root
        self.faults = faults
        self.before = {part for fault in faults for part in _beginnings(fault.path)}

    def note(self, path: Path, message: str | Message, about: Path | None = None) -> None:
        """A broken rule at *path*, unless something in *about* is known to be faulty."""
        section = dotted(about if about is not None else path[:-1])
        if section not in self.before:
            self.faults.add(where(self.root, path), path, message)

    def tables(self, sections: Sequence[str]) -> None:
        """The rules of the tables that are about these sections of the top."""
        for pattern, what in POSITIVE.items():
            if pattern.split(".")[0] in sections:
                for path, quantity in at(self.s, pattern):
                    if zero(quantity):
                        self.note(path, Message(f"expected {what} > 0", "0"))
        for pattern, rules in RULES.items():
            if pattern.split(".")[0] in sections:
                for path, section in at(self.s, pattern):
                    for field, broken, expected in rules:
                        if broken(section):
                            said = self._said_elsewhere(path, field, EITHER.get((pattern, field)))
                            self.note((*path, field) if field else path, expected + said, path)

    def _said_elsewhere(self, path: Path, field: str, other: str | None) -> str:
        """Where *other*, which may not stand beside *field*, was written, and what to write, if that is in another file."""
        if other is None:
            return ""
        here, there = (where(self.root, (*path, name)) for name in (field, other))
        if here.file == there.file:
            return ""
        place = f"{printable(there.file, 300)}:{there.line}"
        return f": {other} is said in {place}; `{other}: null` beside {field} takes it away, `{field}: null` beside {other} that"

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
            expected = f"expected one of the levels ({', '.join(threat.levels)})"
            self.note(("threat", "start"), Message(expected, shown(threat.start)))
        for level in set(threat.levels) & set(RESERVED_LEVELS):
            reserved = f"expected a level not named {shown(level)}: that word means something else in moments"
            self.note(("threat", "levels"), reserved)

    def security(self) -> None:
        for path, force in at(self.s, "security.providers.*.force"):
            if force.flown_in is not None:
                if fixed(force.headcount) == math.inf:
                    self.note((*path, "headcount"), "expected a headcount beside flown_in", (*path, "flown_in"))
                for i, step in enumerate(force.build_up):
                    if fixed(step.headcount) == math.inf:
                        self.note((*path, "build_up", i, "headcount"), "expected a finite headcount beside flown_in")
        phases = self.s.security.phases
        if len(phases) > MOST_PHASES:  # each is compared with all before it
            self.note(("security", "phases"), Message(f"expected at most {MOST_PHASES} phases", f"{len(phases):,}"))
            return
        begins = [(phase.begins, span(self.s, phase.begins)) for phase in phases]
        for k, phase in enumerate(phases):
            at_phase: Path = ("security", "phases", k)
            starts = ((not_later(*begins[j], *begins[k]), phases[j].provider) for j in range(k))
            if clash := next((f"{when} {earlier}" for when, earlier in starts if when is not None), None):
                message = f"expected phases one after another, but {phase.provider} begins {clash}"
                self.note((*at_phase, "begins"), message, ("security", "phases"))
            if not phase.handover:
                continue
            known = self.s.security.providers.get(phase.provider)
            if known is None or (known.force is None and known.operator is None):
                wrong = Message("expected a provider with a force or an operator, to whom others can hand over", phase.provider)
            elif k > 0 and phases[k - 1].provider == phase.provider:
                wrong = Message("expected another provider than before", f"{phase.provider}, which would hand over to itself")
            else:
                continue
            self.note((*at_phase, "handover"), wrong, ("security", "phases"))

    def airport(self) -> None:
        for gate in sorted(set(self.s.airport.gates) & set(RESERVED_GATES)):
            path = ("airport", "gates", gate)
            self.note(path, f"expected a gate not named {shown(gate)}: closures use that word", path)

    def road(self) -> None:
        road = self.s.road
        drives = [road.drive, *(m.drive or m.distance for m in self.s.missions.values())]
        if zero(road.delay, road.retry) and zero(*(q for q in drives if q is not None)):
            for path, chance in at(self.s, *CHANCES):
                if fixed(chance) == 1 and self.endless(path):
                    self.note(path, "expected less than 1 where drive, delay and retry take no time: it would never end")
        tries = road.tries if road.alone.tries is None else road.alone.tries
        wait = road.retry if road.alone.retry is None else road.alone.retry
        for path, share in at(self.s, "threat.effects.*.lets_through"):
            if zero(share, wait) and fixed(tries) == math.inf:
                self.note(path, "expected more than 0 where retry takes no time and tries have no limit: it would never end")

    def endless(self, path: Path) -> bool:
        """Whether tries under this chance may go on without end."""
        tries, alone = self.s.road.tries, self.s.road.alone.tries
        own = alone if alone is not None else tries
        limits = {"alone": [own], "escorts": [tries]}.get(str(path[1]), [own] if path[-1] == "turn_back_alone" else [tries, own])
        return any(fixed(q) == math.inf for q in limits)

    def windows(self) -> None:
        for path, window in at(self.s, *WINDOWS):
            left = ahead(self.s, window.begins, window.until)
            if left is not None and left <= 0:
                self.note((*path, "until"), "expected a moment after begins: the window would never open")

    def lift(self) -> None:
        for path, fleet in at(self.s, "lift.fleets.*"):
            if self._spins(fleet):
                message = "legs, ground times, runway and patience are all 0, and it would never end"
                self.note(path, f"expected a sortie that takes time: {message}", ("lift",))

    def _spins(self, fleet: Fleet) -> bool:
        """Whether empty sorties could follow each other without end at one moment."""
        assert self.s.lift is not None
        kind = self.s.lift.types.get(fleet.aircraft)
        field = self.s.airport.airfield
        if kind is None or fixed(fleet.sorties) != math.inf:
            return False
        ground = kind.quick if kind.quick is not None else kind.load
        quiet = zero(fleet.outbound, fleet.turn, fleet.inbound, ground) and (field is None or zero(field.runway.day))
        return quiet and (zero(fleet.patience) or zero(fleet.window))

    def missions(self) -> None:
        for path, mission in at(self.s, "missions.*"):
            if mission.distance is not None and mission.drive is None and self.s.road.speed is None:
                self.note((*path, "distance"), "expected road.speed beside a distance")
            for name, cohort in mission.cohorts.items():
                self.cohort((*path, "cohorts", name), cohort)
            people = [fixed(cohort.people) for cohort in mission.cohorts.values()]
            known = [number for number in people if number is not None]
            residual = None if mission.residual == "all" else fixed(mission.residual)
            if residual is not None and len(known) == len(people) and residual > sum(known):
                expected = f"expected at most the {sum(known):,.0f} people of its cohorts"
                self.note((*path, "residual"), Message(expected, f"{residual:,.0f}"))
        for cycle in cycles(self.s):
            named = cycle if len(cycle) <= NAMED else [*cycle[:NAMED], f"… ({len(cycle) - NAMED:,} more)"]
            chain = f"reference cycle: {' waits for '.join([*named, cycle[0]])}, and nothing else orders them"
            self.note(("missions", cycle[0], "order"), chain, ("missions",))

    def cohort(self, path: Path, cohort: Cohort) -> None:
        people, residual = fixed(cohort.people), constant(0) if cohort.residual == "all" else cohort.residual
        if less(cohort.people, residual):
            self.note((*path, "residual"), f"expected at most the {people:,.0f} people of the cohort")
        left = fixed(cohort.rear_party.people) if cohort.rear_party is not None else None
        if people is not None and left is not None and left > (leave := people - (fixed(residual) or 0)):
            self.note((*path, "rear_party", "people"), f"expected at most the {leave:,.0f} people who leave", path)
        for key in ("vehicles", "shuttle", "escort") if cohort.alone else ():
            if getattr(cohort, key) is not None:
                self.note((*path, key), f"expected nothing beside alone: true ({key}: null takes it away)")
        for key in ("vehicles", "shuttle", "escort", "alone") if cohort.modes else ():
            if getattr(cohort, key):
                self.note((*path, key), f"expected {key} in one of the modes ({key}: null takes it away)")
        self.modes(path, cohort)
        ways: tuple[Cohort | Mode, ...] = (cohort, *cohort.modes)
        for way in ways:
            for table, name in (("vehicles", way.vehicles), ("shuttles", way.shuttle)):
                ride = getattr(self.s, table).get(name)
                if ride is not None and less(ride.seats, cohort.group):
                    expected = f"expected at most the {fixed(ride.seats):,.0f} seats of {table}.{name}"
                    self.note((*path, "group"), Message(expected, f"{fixed(cohort.group):,.0f}"))

    def modes(self, path: Path, cohort: Cohort) -> None:
        names: set[str] = set()
        for k, mode in enumerate(cohort.modes):
            at_mode = (*path, "modes", k)
            others = [key for key in ("vehicles", "shuttle", "escort") if getattr(mode, key) is not None]
            if mode.alone and others:
                self.note(at_mode, Message("expected nothing beside alone: true", others[0]), path)
            if mode.shuttle is not None and (mode.vehicles is not None or mode.escort is not None or mode.drive is not None):
                self.note(at_mode, "expected a shuttle without vehicles, escort and drive", path)
            if mode_name(mode) in names:
                self.note(at_mode, Message("expected modes that differ", f"{mode_name(mode)} twice"), path)
            names.add(mode_name(mode))


def _beginnings(path: str) -> Iterator[str]:
    """A dotted path and every section that it is in."""
    while path:
        yield path
        path = path.rpartition(".")[0]


# -- orders that wait for each other ---------------------------------------------------------------------------------


def _alternatives(scenario: Scenario, mission: Mission) -> list[list[str]]:
    """For each cohort that can only go once another mission has: the missions of which one must have gone."""
    if mission.closed is not None or reacts(scenario, mission):
        return []
    waits = []
    for cohort in mission.cohorts.values():
        order = cohort.order or mission.order
        if order is None or order.at is not None:
            continue
        gone = [condition.name for condition in order.when if condition.kind == "gone"]
        if gone and len(gone) == len(order.when):
            waits.append(gone)
    return waits


def cycles(scenario: Scenario) -> list[list[str]]:
    """Missions that can only be ordered once another of them has gone; each cycle once, in order of names."""
    return waiting_rings({name: _alternatives(scenario, mission) for name, mission in scenario.missions.items()})
