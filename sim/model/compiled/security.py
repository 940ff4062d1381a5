"""Who secures and runs the airport, compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sim.model.compiled.builder import Builder
from sim.model.compiled.lift import CompiledFlownIn, compile_flown_in
from sim.model.compiled.numbers import ZERO, Count, Number, Numbers, When, Whole
from sim.scenario.quantity import constant
from sim.scenario.schema import Force, Host, Provider, Withdrawal
from sim.scenario.types import Condition


@dataclass(frozen=True, slots=True)
class CompiledWithdrawal:
    """When a force or an operator leaves, and whether it needs seats."""

    begins: When | None
    when: tuple[Condition, ...]
    takes: Number
    lift: bool
    priority: int
    deadline: When | None
    near: Number


class StepNumbers(NamedTuple):
    """The force grows, or shrinks, so many hours after it has come to so many people."""

    after: float
    headcount: Whole


class ForceNumbers(NamedTuple):
    """People; factors on incidents and crowd while the perimeter is manned; hours for which it holds a fallen city's airport."""

    headcount: Whole
    perimeter: Whole
    incidents: float
    crowd: float
    hold: float
    per_lane: float
    build_up: tuple[StepNumbers, ...]


@dataclass(frozen=True, slots=True)
class CompiledProvider:
    """A provider; without a force it has one of nobody."""

    name: str
    spec: Provider
    arrival: Number
    officers: Count | None
    force: Numbers[ForceNumbers]
    technicians: Number
    flown_in: CompiledFlownIn | None
    force_leaves: CompiledWithdrawal | None
    operator_leaves: CompiledWithdrawal | None


class PassageNumbers(NamedTuple):
    """What holds on the road once the outer layer has collapsed; None: as before."""

    road: float
    checkpoints: Whole | None
    turn_back: float | None


class CollapseNumbers(NamedTuple):
    """Hours from what brings the outer layer down until it is."""

    delay: float


class HostNumbers(NamedTuple):
    """People, search lanes that it mans, people/h of the crowd whom it holds off, factor on incidents."""

    headcount: Whole
    lanes: Whole
    holds_off: float
    incidents: float
    collapse: CollapseNumbers | None
    after: PassageNumbers


class CompiledPhase(NamedTuple):
    """From when on a provider is in charge, and whether those before stay until it has taken over."""

    begins: When
    provider: str
    handover: bool


@dataclass(frozen=True, slots=True)
class CompiledSecurity:
    """Phases in order, providers by name, and the host (of which there may be nothing)."""

    phases: tuple[CompiledPhase, ...]
    providers: dict[str, CompiledProvider]
    host: Numbers[HostNumbers]
    collapse_at: When | None
    spec: Host | None
    unsecured_hold: Number
    has_lift: bool
    """Whether there are aircraft with which a force could leave."""


def _withdrawal(builder: Builder, path: str, spec: Withdrawal | None) -> CompiledWithdrawal | None:
    return builder.part(CompiledWithdrawal, path, spec) if spec is not None else None


def _provider(builder: Builder, rank: int, name: str, spec: Provider) -> CompiledProvider:
    path = f"security.providers.{name}"
    force, operator = spec.force or Force(headcount=constant(0), per_lane=constant(0)), spec.operator
    own, usual = force.per_lane, builder.scenario.security.per_lane
    per_lane = builder.fixed(f"{path}.force.per_lane", own) if own is not None else builder.fixed("security.per_lane", usual)
    flown_in = force.flown_in
    return builder.part(
        CompiledProvider,
        path,
        spec,
        name=name,
        spec=spec,
        force=builder.numbers(ForceNumbers, f"{path}.force", force, per_lane=per_lane),
        flown_in=compile_flown_in(builder, f"{path}.force.flown_in", f"{name}/force", rank, flown_in)
        if flown_in is not None
        else None,
        force_leaves=_withdrawal(builder, f"{path}.force.withdrawal", force.withdrawal),
        technicians=builder.count(f"{path}.operator.headcount", operator.headcount) if operator is not None else ZERO,
        operator_leaves=_withdrawal(
            builder, f"{path}.operator.withdrawal", operator.withdrawal if operator is not None else None
        ),
    )


def compile_security(builder: Builder) -> CompiledSecurity:
    """Resolve providers, phases and host."""
    security = builder.scenario.security
    providers = {"none": Provider(), **security.providers}
    host = security.host if security.host is not None else Host(lanes=constant(0))
    date = host.collapse.at if host.collapse is not None else None
    return CompiledSecurity(
        phases=tuple(
            CompiledPhase(builder.when(f"security.phases.{i}", phase.begins), phase.provider, phase.handover)
            for i, phase in enumerate(security.phases)
        ),
        providers={name: _provider(builder, i, name, spec) for i, (name, spec) in enumerate(sorted(providers.items()))},
        host=builder.numbers(HostNumbers, "security.host", host),
        collapse_at=builder.when("security.host.collapse.at", date) if date is not None else None,
        spec=security.host,
        unsecured_hold=builder.fixed("security.unsecured_hold", security.unsecured_hold),
        has_lift=builder.scenario.lift is not None,
    )
