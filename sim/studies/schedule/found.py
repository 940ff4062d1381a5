"""What a schedule found, as typed values: the replication that is shown in sums, with ranges over all of them.

Hours from the start; None: never, or not before the end of the replication.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.experiment.blocks import Failure
from sim.studies.schedule.ranges import Spread

Ranges = Mapping[str, Spread]
"""By the name of the field."""


@dataclass(frozen=True, slots=True)
class ScheduledMission:
    """A mission from its order to its last group: :class:`~sim.studies.schedule.rows.MissionMoves`, to a millionth of an hour."""

    title: str
    staff: int
    staying: int
    out_before: int
    to_move: int
    out: int
    ordered_h: float | None
    first_leaves_h: float | None
    last_leaves_h: float | None
    last_inside_h: float | None
    last_out_h: float | None
    all_inside_h: float | None
    all_out_h: float | None
    last_group: str
    last_people: int
    never_left: int
    at_the_end: Mapping[str, int]
    """People by stage."""
    ranges: Ranges


@dataclass(frozen=True, slots=True)
class ScheduledFleet:
    """What a fleet does: sorties that left with people before the end, and the people and seats on them."""

    aircraft: int
    first_stand_h: float | None
    last_off_h: float | None
    sorties: int
    people: int
    seats: int
    brings: bool
    """Whether it brings a force."""
    ranges: Ranges


@dataclass(frozen=True, slots=True)
class ScheduledGate:
    """Whom a gate searches."""

    begins_h: float
    ends_h: float | None
    people: int
    missions: int
    slots: int


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The replication that is shown, and what the ranges rest on."""

    scenario: str
    title: str
    seed: int
    replications: int
    failed: int
    failures: tuple[Failure, ...]
    final: bool
    start: str
    """Local time."""
    zone: str
    utc_offset_h: float
    horizon_h: float
    replication: int
    asked_for: bool
    """Whether it was asked for; else it is the nearest to the median of people left behind."""
    end_h: float
    staff: int
    left_behind: int
    median_left_behind: float
    departed: int
    first_leaves_h: float | None
    last_leaves_h: float | None
    sorties: int
    last_off_h: float | None
    missions: Mapping[str, ScheduledMission]
    """The largest first, by people to be moved."""
    fleets: Mapping[str, ScheduledFleet]
    gates: Mapping[str, ScheduledGate]
    warnings: tuple[str, ...] = ()
    headline: str = ""
