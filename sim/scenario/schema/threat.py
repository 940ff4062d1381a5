"""The clock, and the threat with what each of its levels does."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.quantity import constant
from sim.scenario.schema.names import ONE, ZERO
from sim.scenario.types import DailyHours, Date, Duration, Factor, FlowRate, Level, Moment, Name, Probability, Section, Utc


class Clock(Section):
    start: Date = Date.parse("2021-08-01 00:00")
    """Local date and time at which the clock of the simulation reads zero."""
    horizon: Duration = constant(30 * 24)
    """How long is simulated at most; whoever is not out by then is *unfinished*."""
    utc_offset: Utc = Utc(4.5)
    """Hours by which local time is ahead of UTC (Kabul: +04:30)."""
    daylight: DailyHours = DailyHours(0.0, 24.0)
    """Daily span, local time, in which a visual-only runway can be used and the day rates hold."""


class Effects(Section):
    """What a threat level does; every entry defaults to no effect."""

    road: Factor = ONE
    """Factor on driving times, taken when a drive starts."""
    checkpoint: Factor = ONE
    """Factor on the delay at each checkpoint."""
    turn_back: Probability | None = None
    """Chance that a trip is turned back at this level, instead of the road's own chance."""
    turn_back_alone: Probability | None = None
    """The same for people who come alone, instead of the road's own chance for them."""
    lets_through: Probability = ONE
    """Share of those who walk in whom the outer layer lets through: of groups that start in front of the gates, at each try as
    ``road.alone`` says, and, on top of the chance that they are turned back, of people who come alone."""
    search: Factor = ONE
    """Factor on the search time, taken when a service starts."""
    consular: Factor = ONE
    """Factor on the eligibility check, taken when a service starts."""
    crowd: FlowRate = ZERO
    """People an hour who join the crowd outside the gates."""
    incidents: Factor = ONE
    """Factor on the rate of random incidents that name no rate for this level."""
    flying: Factor = ONE
    """Factor on the ground time of aircraft."""


class Dated(Section):
    at: Moment
    """When."""
    level: Level
    """The level from then on."""


class Threat(Section):
    levels: tuple[Name, ...] = ("stable", "threatened", "contested", "fallen")
    """Names of the levels, from the mildest to the worst."""
    start: Level = "stable"
    """The level at the start of the clock."""
    fallen: Level | None = None
    """The level at which the capital has fallen; without it, it never falls."""
    stay: dict[Level, Duration] = Field(default_factory=dict)
    """How long each level lasts; a level without an entry lasts for ever."""
    up: dict[Level, Probability] = Field(default_factory=dict)
    """Chance that the next move is to a worse level (default 1; at the worst level the move is always down)."""
    timeline: tuple[Dated, ...] = ()
    """Dated changes instead of random ones.  ``stay`` and ``timeline`` may not both be given."""
    effects: dict[Level, Effects] = Field(default_factory=dict)
    """What each level does."""
