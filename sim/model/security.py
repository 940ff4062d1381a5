"""Who secures and runs the airport: providers by phase, the host nation's outer layer, and how long the airport holds.

A provider has a force (perimeter first, what is left over mans lanes) and an operator (services, night); each arrives
after a lag and may withdraw on its own.  The airport is lost when the capital has fallen and the hold time of whoever is
there has run out: of the last force that came, or, where there is none, of an airport that nobody secures, whoever is in
charge.  The hold time counts from the fall, or from the last change of which force is there if that is later.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol

from sim.model.compiled.lift import CompiledFlownIn
from sim.model.compiled.numbers import When
from sim.model.compiled.security import CompiledSecurity, CompiledWithdrawal
from sim.model.conditions import Conditions
from sim.model.deployment import BringsForce, Deployment
from sim.model.handover import has_taken_over, is_held
from sim.model.kernel import Call, StateLog
from sim.model.ranks import (
    AIRPORT_LOST,
    FORCE_BUILDS_UP,
    FORCE_SHRINKS,
    FORCE_WITHDRAWS,
    HOST_COLLAPSES,
    HOST_HOURS,
    HOST_TRIGGERED,
    OPERATOR_GONE,
    OPERATOR_WITHDRAWS,
    PHASE_BEGINS,
    PROVIDER_ARRIVES,
    ranked,
)
from sim.model.run import Run
from sim.model.threat import Threat

ALL_SERVICES = frozenset(("tower", "fire", "fuel", "handling"))
SHRINKS = 4
"""A withdrawing force shrinks in this many equal steps."""
WITHDRAWAL_GROUP = 50.0


class SeatsOut(Protocol):
    """Aircraft that take a force out."""

    present: bool

    def withdraw(
        self, name: str, people: float, over: float, group: float, priority: int, flown: Callable[[int], None] | None = None
    ) -> None:
        """People become ready to leave, in groups, evenly over so many hours."""

    def hurry_before(self, name: str, deadline: When, near: float) -> None:
        """They board before everyone else from *near* hours before a moment on."""


class Secured(NamedTuple):
    """Who secures and runs the airport from some moment on."""

    force: str | None
    """The provider whose force is in charge; None if no foreign force is there."""
    manned: bool
    """Whether its perimeter is fully manned."""
    headcount: float
    """Of all forces there, the host's included."""
    host: bool
    """Whether the host's outer layer stands."""
    services: tuple[str, ...]
    night: bool
    """Whether movements by night are served."""
    leaving: bool
    """Whether a force has begun to withdraw."""


class Security:
    """Headcount, lanes, services and hold time now; tells the rest of the world when they change."""

    __slots__ = (
        "_brings", "_loss", "_regime", "_regime_since", "changed", "clock", "collapsed", "conditions", "current", "deployments",
        "flies_force", "flights_in", "force", "guarded", "has_host", "headcount", "host", "host_stands", "lanes", "leaving",
        "log", "lost_at", "manned", "night", "officers", "on_collapse", "plan", "regime", "run", "seats", "services", "states",
        "threat", "unlimited",
    )  # fmt: skip  # see tests/model/test_run.py: with over 30 attributes in a dictionary all its methods are slower

    def __init__(self, run: Run, plan: CompiledSecurity, threat: Threat, conditions: Conditions) -> None:
        self.run = run
        self.clock = run.clock
        self.threat = threat
        self.conditions = conditions
        conditions.absent.append(lambda: self.absent)
        conditions.leaving.append(lambda: self.leaving)
        self.changed: list[Callable[[], None]] = run.link()
        """Told whenever who is there, what they man or what they provide may have changed."""
        self.on_collapse: list[Callable[[], None]] = run.link()
        """Told when the host's outer layer has collapsed."""
        self.seats: list[SeatsOut] = run.link()
        """Where those who withdraw by air get their seats."""
        self.flies_force: list[Callable[[CompiledFlownIn, Deployment], BringsForce]] = run.link()
        """Makes the aircraft that bring a deployment's force."""
        self.plan = plan
        self.unlimited = not plan.phases
        self.deployments: list[Deployment] = []
        self.current: Deployment | None = None
        self.host_stands = plan.spec is not None
        self.host = plan.host.in_(self.run.streams)
        self.has_host = plan.spec is not None
        self.regime = "host"
        """Who holds the outer layer: ``host`` while it stands (or none is modelled), ``after`` once it has collapsed."""
        self.collapsed = math.inf
        self.leaving = False
        self.lost_at = math.inf
        self.headcount = math.inf if self.unlimited else 0.0
        self.force: Deployment | None = None
        """The force in charge, the last that came; counted, as the next, whenever something changes."""
        self.manned = False
        """Whether the perimeter of the provider in charge is fully manned."""
        self.lanes = math.inf
        self.officers: float | None = None
        """Consular officers whom the troops there protect; None where the missions have what they have."""
        self.guarded = self.unlimited
        """Whether troops are there who keep order at the aircraft."""
        self.services: frozenset[str] = ALL_SERVICES
        self.night = True
        self.log: list[tuple[float, str, str | None, float | None]] = []
        """What happened to those who secure and run the airport: (hours, event, provider, headcount)."""
        self.states = StateLog[Secured]()
        """Who is there and what for; empty where no phases are given."""
        self._regime: str | None = ""
        """The provider whose force is there, or None; at first nothing is known."""
        self._regime_since = 0.0
        self._loss: Call | None = None
        self._brings: dict[Deployment, BringsForce] = run.link_table()
        """The aircraft that bring a deployment's force, where it comes by air."""
        self.flights_in: dict[str, int] = {}
        """Aircraft that have been sent with troops, by force."""

    @property
    def force_present(self) -> bool:
        """Whether a foreign force is at the airport."""
        return any(d.force for d in self.deployments)

    @property
    def absent(self) -> bool:
        """Whether phases are given and no foreign force is there."""
        return not self.unlimited and not self.force_present

    def start(self) -> None:
        """Begin the phases and the collapse of the host."""
        for i, phase in enumerate(self.plan.phases):
            self.run.when(phase.begins, ranked(PHASE_BEGINS, i), self._phase, (i, phase.provider))
        spec = self.plan.spec
        if spec is not None and spec.collapse is not None:
            self.conditions.trigger(spec.collapse.when, self.plan.collapse_at, HOST_TRIGGERED, self._collapse_ordered)
        if spec is not None and spec.services and not spec.hours.always:
            self._follow_hours()
        self.update()

    def _host_hours(self, _: None) -> None:
        self.update()
        self._follow_hours()

    def _follow_hours(self) -> None:
        spec = self.plan.spec
        assert spec is not None
        self.clock.after(spec.hours.next_change(self.run.hour_of_day()), HOST_HOURS, self._host_hours)

    def _collapse_ordered(self, _: None) -> None:
        assert self.host.collapse is not None
        self.clock.after(self.host.collapse.delay, HOST_COLLAPSES, self._collapse)

    def _collapse(self, _: None) -> None:
        self.host_stands = False
        self.regime = "after"
        self.collapsed = self.clock.now
        self._note("host collapses")
        self.update()
        for tell in self.on_collapse:
            tell()

    def _phase(self, arg: tuple[int, str]) -> None:
        number, name = arg
        if self.current is not None and self.current.number > number:
            return
        old = self.current
        deployment = Deployment(self.plan.providers[name], number, self.run.streams)
        self.deployments.append(deployment)
        self.current = deployment
        self._note("in charge", name)
        if old is not None and not self.plan.phases[number].handover:
            for d in self.deployments[:-1]:
                self._relieve(d, "force", "operator")
        arrival = self.run.get(deployment.plan.arrival)
        if deployment.plan.flown_in is not None:
            brings = self._brings[deployment] = self.flies_force[0](deployment.plan.flown_in, deployment)
            if self.clock.now + arrival > 0:  # who is there when the clock starts has come before
                brings.bring(deployment.numbers.headcount, self.clock.now + arrival)
        if arrival > 0:
            self.clock.after(arrival, ranked(PROVIDER_ARRIVES, number), self._arrive, deployment)
            self.update()
        else:
            self._arrive(deployment)

    def _relieve(self, d: Deployment, *parts: str) -> None:
        """A deployment may leave, or need not come any more."""
        d.relieved.update(parts)
        d.over = {"force", "operator"} <= d.relieved
        if "force" in parts:
            self._leave_force(d)
        if "operator" in parts:
            self._leave_operator(d)

    def _hand_over(self) -> None:
        """Relieve those from whom somebody has taken over."""
        for d in self.deployments:
            for part in ("force", "operator"):
                host = self.host.headcount if self.host_stands else 0.0
                if is_held(self.plan.phases, self.deployments, d, part) and has_taken_over(self.deployments, d, part, host):
                    self._note(f"{part} relieved", d.plan.name)
                    self._relieve(d, part)

    def _arrive(self, d: Deployment) -> None:
        if d.over:
            return
        p = d.plan
        if p.spec.force is not None and "force" not in d.relieved:
            brings = self._brings.get(d)
            if brings is None or self.clock.now <= 0:
                d.force = True
                d.headcount = d.numbers.headcount
            if brings is not None:
                brings.build_up(d.numbers.headcount, d.numbers.build_up)
            else:
                for i, step in enumerate(d.numbers.build_up):
                    self.clock.after(step.after, ranked(FORCE_BUILDS_UP, d.number, i), self._build_up, (d, step.headcount))
            self._plan_leaving(d, p.force_leaves, self._leave_force, FORCE_WITHDRAWS)
        if p.spec.operator is not None and "operator" not in d.relieved:
            d.operator = True
            self._plan_leaving(d, p.operator_leaves, self._leave_operator, OPERATOR_WITHDRAWS)
        if d.force or d.operator:
            self._note("arrives", p.name, d.headcount if d.force else None)
        self.update()

    def _plan_leaving(
        self, d: Deployment, plan: CompiledWithdrawal | None, leave: Callable[[Deployment], None], kind: int
    ) -> None:
        if plan is not None and (plan.begins is not None or plan.when):
            self.conditions.trigger(plan.when, plan.begins, ranked(kind, d.number), leave, d)

    def flies_in(self, d: Deployment, soldiers: float) -> None:
        """So many soldiers of a force that is flown in are on the ground, or have gone if fewer than 0."""
        d.force = d.force or soldiers > 0
        d.headcount = max(0.0, d.headcount + soldiers)
        self._note("headcount", d.plan.name, d.headcount)
        self.update()

    def _build_up(self, arg: tuple[Deployment, float]) -> None:
        d, headcount = arg
        if d.force and not d.force_leaving:
            d.headcount = headcount
            self._note("headcount", d.plan.name, d.headcount)
            self.update()

    def _leave_force(self, d: Deployment) -> None:
        if is_held(self.plan.phases, self.deployments, d, "force"):
            return
        if (brings := self._brings.get(d)) is not None:
            brings.call_off()
        if not d.force or d.force_leaving:
            return
        d.force_leaving = self.leaving = True
        self._note("force begins to withdraw", d.plan.name)
        plan = d.plan.force_leaves
        takes = self.run.get(plan.takes) if plan is not None else 0.0
        if plan is not None and self._flies(plan, d.headcount):
            d.flies = True
            self._fly_out(f"{d.plan.name}/force", plan, d.headcount, takes, partial(self._flown, d))
            self.update()
            return
        if takes <= 0:
            self._force_gone(d)
            return
        whole = d.headcount
        for i in range(1, SHRINKS + 1):
            self.clock.after(
                takes * i / SHRINKS, ranked(FORCE_SHRINKS, d.number, i), self._shrink, (d, whole * (1 - i / SHRINKS), i)
            )
        self.update()

    def _flies(self, plan: CompiledWithdrawal, people: float) -> bool:
        """Whether those who withdraw need seats, so that they stay until these have come."""
        return plan.lift and self.seats[0].present and 0 < people < math.inf

    def _fly_out(self, name: str, plan: CompiledWithdrawal, people: float, takes: float, flown: Callable[[int], None]) -> None:
        boarding = self.seats[0]
        boarding.withdraw(name, people, takes, WITHDRAWAL_GROUP, plan.priority, flown)
        if plan.deadline is not None:
            boarding.hurry_before(name, plan.deadline, self.run.get(plan.near))

    def _flown(self, d: Deployment, soldiers: int) -> None:
        """So many soldiers have taken off; the others guard until they have."""
        d.headcount -= soldiers
        if d.headcount <= 0:
            self._force_gone(d)
            if d.operator and d.operator_done:
                self._operator_gone(d)
        else:
            self.update()

    def _shrink(self, arg: tuple[Deployment, float, int]) -> None:
        d, headcount, step = arg
        d.headcount = headcount
        if step == SHRINKS:
            self._force_gone(d)
        else:
            self.update()

    def _force_gone(self, d: Deployment) -> None:
        d.force = False
        d.headcount = 0.0
        self._note("force gone", d.plan.name)
        self.update()

    def _leave_operator(self, d: Deployment) -> None:
        if not d.operator or d.operator_leaving or is_held(self.plan.phases, self.deployments, d, "operator"):
            return
        d.operator_leaving = True
        plan = d.plan.operator_leaves
        takes = self.run.get(plan.takes) if plan is not None else 0.0
        self._note("operator begins to withdraw", d.plan.name)
        d.technicians = self.run.get(d.plan.technicians)
        if plan is not None and self._flies(plan, d.technicians):
            self._fly_out(f"{d.plan.name}/operator", plan, d.technicians, takes, partial(self._technicians_flown, d))
        else:
            self.clock.after(takes, ranked(OPERATOR_GONE, d.number), self._operator_gone, d)

    def _technicians_flown(self, d: Deployment, technicians: int) -> None:
        """So many have taken off; the services go on until the last of them has."""
        d.technicians -= technicians
        if d.technicians <= 0:
            self._operator_gone(d)

    def _operator_gone(self, d: Deployment) -> None:
        if d.force and d.flies:  # nobody could fly them out: it works until the last of the force has flown
            d.operator_done = True
            return
        d.operator = False
        self._note("operator gone", d.plan.name)
        self.update()

    def update(self) -> None:
        """Work out headcount, lanes and services again, and tell whoever depends on them."""
        if not self.unlimited:
            if any(phase.handover for phase in self.plan.phases):
                self._hand_over()
            self._recount()
        self._hold()
        for tell in self.changed:
            tell()

    def _recount(self) -> None:
        host = self.host.headcount if self.host_stands else 0.0
        foreign = sum((d.headcount for d in self.deployments if d.force), 0.0)
        self.headcount = foreign + host
        with_troops = [d for d in self.deployments if d.force and d.headcount > 0]
        self.guarded = bool(with_troops)
        protected = [d.plan.officers for d in with_troops if d.plan.officers is not None]
        self.officers = max((self.run.get(officers) for officers in protected), default=None)
        # the last that came is in charge, unless it is too small for its perimeter and one that is still there isn't
        there = [d for d in reversed(self.deployments) if d.force]
        manned = [d for d in there if self.headcount >= d.numbers.perimeter]
        self.manned = bool(manned)
        self.force = next(iter(manned or there), None)
        # what the host mans by itself stays open: its people count in the force's sum already
        self.lanes = self.host.lanes if self.host_stands else 0.0
        for d in manned:
            self.lanes = max(self.lanes, self._lanes_of(d))
        services: set[str] = set()
        self.night = False
        for d in self.deployments:
            if d.operator and d.plan.spec.operator is not None:
                services.update(d.plan.spec.operator.services)
                self.night = self.night or d.plan.spec.operator.night
        if self.host_stands and self.plan.spec is not None and self.run.within(self.plan.spec.hours):
            services.update(self.plan.spec.services)
        self.services = frozenset(services)
        force = self.force.plan.name if self.force is not None else None
        services_now = tuple(sorted(services))
        secured = Secured(force, self.manned, self.headcount, self.host_stands, services_now, self.night, self.leaving)
        self.states.set(self.clock.now, secured)

    def _lanes_of(self, d: Deployment) -> float:
        """Lanes for which the headcount is enough once a force's perimeter is manned."""
        spare, per_lane = self.headcount - d.numbers.perimeter, d.numbers.per_lane
        return float(spare // per_lane) if per_lane > 0 and math.isfinite(spare) else math.inf

    def _hold(self) -> None:
        """Set the moment of the airport's loss by who is there."""
        if self.unlimited or self.current is None:
            return
        present = next((d for d in reversed(self.deployments) if d.force), None)
        regime = present.plan.name if present is not None else None
        if regime != self._regime:
            self._regime, self._regime_since = regime, self.clock.now
        if self._loss is not None:
            self._loss.cancel()
            self._loss = None
        if not self.threat.fallen:
            return
        hold = present.numbers.hold if present is not None else self.run.get(self.plan.unsecured_hold)
        base = max(self.threat.fallen_since, self._regime_since)
        self._loss = self.clock.at(base + hold, AIRPORT_LOST, self._lost)

    def _lost(self, _: None) -> None:
        self.lost_at = self.clock.now
        self._note("airport lost")
        self.clock.stop("lost")

    def _note(self, event: str, name: str | None = None, people: float | None = None) -> None:
        self.log.append((self.clock.now, event, name, people))
