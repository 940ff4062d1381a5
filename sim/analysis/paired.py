"""What was found to differ between two scenarios, *other* minus *base*: in total, by mission and by cohort.

Names are those of ``--json`` and ``summary.json``.  A number is ``None`` where it is infinite, where it does not exist or where
there are too few replications.  What an older result lacks has a default.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BeforeValidator

from sim.analysis.as_json import MAYBE
from sim.analysis.found import Interval, Looked

Side = Literal["base", "other"]
SIDES: tuple[Side, Side] = ("base", "other")
Correlated = Annotated[float | None, BeforeValidator(lambda r: math.nan if r is None else r)]
"""A correlation, nan where nothing varies; None where it wasn't asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paired:
    """A measure of both sides and its difference."""

    base: float | None
    other: float | None
    difference: float | None
    low: float | None
    high: float | None
    distinct: bool
    """Whether it can be told from none."""
    pairs: int | None = field(default=None, metadata=MAYBE)
    """Those that have it, where that isn't all."""
    correlation: Correlated = field(default=None, metadata=MAYBE)
    rarely_differs: bool | None = field(default=None, metadata=MAYBE)
    """Whether too few sets differ to tell it from none."""
    holds: bool | None = field(default=None, metadata=MAYBE)
    """Whether it holds together with all that do; of what is tested together."""
    p: float | None = field(default=None, metadata=MAYBE)
    p_joint: float | None = field(default=None, metadata=MAYBE)
    too_few: bool | None = field(default=None, metadata=MAYBE)

    def side(self, side: Side) -> float | None:
        """The measure of one of the two."""
        return self.base if side == "base" else self.other


@dataclass(frozen=True, kw_only=True, slots=True)
class PairedMedians(Paired):
    """Medians of both sides."""

    never: str | None
    """Which of them is infinite: ``base``, ``other`` or ``both``."""
    base_never: str | None
    other_never: str | None

    def never_of(self, side: Side) -> str | None:
        """Why that of a side is infinite."""
        return self.base_never if side == "base" else self.other_never


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """A number of both sides."""

    base: float | None
    other: float | None

    def side(self, side: Side) -> float | None:
        """That of one of the two."""
        return self.base if side == "base" else self.other


@dataclass(frozen=True, kw_only=True, slots=True)
class MissionSides:
    """Missions on either side."""

    base: tuple[str, ...]
    other: tuple[str, ...]

    def side(self, side: Side) -> tuple[str, ...]:
        """Those on one of the two."""
        return self.base if side == "base" else self.other


@dataclass(frozen=True, kw_only=True, slots=True)
class FewerLeftBehind:
    """Shares of the sets of inputs in which fewer, as many and more are left behind."""

    sets: int
    fewer: Interval
    as_many: Interval
    more: Interval
    fewer_of_differing: Interval | None = field(default=None, metadata=MAYBE)
    """Of the sets in which they aren't equal."""

    def counts(self) -> tuple[int, int, int]:
        """In how many sets fewer, more and as many."""
        fewer, more, alike = (round((one.estimate or 0.0) * self.sets) for one in (self.fewer, self.more, self.as_many))
        return fewer, more, alike


@dataclass(frozen=True, kw_only=True, slots=True)
class Clocks:
    """Ordered so much later, and so much longer from the order: out so much later; means over the pairs that have it."""

    pairs: int
    share: float | None
    """Of all pairs, that these are."""
    ordered_apart: float | None
    """Share of the pairs with another time of the order, or an order on one side only."""
    ordered_later_h: float | None
    from_order_longer_h: float | None
    out_later_h: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PairedEntry:
    """The differences of everybody, of a mission or of a cohort."""

    pairs: int
    sets: int
    fewer_left_behind: FewerLeftBehind | None = None
    p_all_out: Paired
    left_behind: Paired
    never_ordered: Paired | None = None
    out_before: Paired | None = None
    hours_within_horizon: Paired
    earlier: float | None
    later: float | None
    equal: float | None
    """Shares of the pairs with a time on both sides."""
    median_out_h: PairedMedians
    ordered_h: Sides
    p_ordered: Sides
    median_h: PairedMedians
    clocks: Clocks
    title: str | None = field(default=None, metadata=MAYBE)
    """Of a mission that has one."""

    def measure(self, name: str) -> Paired | None:
        """One of those that have a difference."""
        paired: Paired | None = getattr(self, name)
        return paired

    @property
    def moves(self) -> bool:
        """Whether there is anything to compare: a time on both sides in some pair, or somebody left behind."""
        return bool(self.hours_within_horizon.pairs or self.left_behind.base or self.left_behind.other)

    def gone(self, side: Side) -> float | None:
        """People who were out before the start on a side, on average."""
        return None if self.out_before is None else self.out_before.side(side)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrdersAlone:
    """The difference in people left behind that a scenario's own orders make, of everybody or of a mission."""

    pairs: int
    sets: int
    fewer_left_behind: FewerLeftBehind | None
    left_behind: Paired

    @classmethod
    def of(cls, entry: PairedEntry) -> OrdersAlone:
        """Of the differences of two that differ in orders alone."""
        return cls(pairs=entry.pairs, sets=entry.sets, fewer_left_behind=entry.fewer_left_behind, left_behind=entry.left_behind)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnOrders:
    """What a scenario's own orders make of the people left behind, against those of the base with all else its own."""

    total: OrdersAlone
    missions: Mapping[str, OrdersAlone]


@dataclass(frozen=True, kw_only=True, slots=True)
class Joint:
    """How many tests were made together, over how many sets, and how many of them hold."""

    tests: int
    sets: int
    sets_needed: int
    held: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Differences:
    """All paired differences of two scenarios."""

    base: str
    other: str
    base_title: str = ""
    other_title: str = ""
    seed: int
    pairs: int
    final: bool
    horizon_h: float
    orders_apart: float | None = None
    total: PairedEntry
    missions: Mapping[str, PairedEntry]
    never_ordered_missions: MissionSides | None = None
    out_before_missions: MissionSides | None = None
    only_base: tuple[str, ...]
    only_other: tuple[str, ...]
    sequential: Looked | None = field(default=None, metadata=MAYBE)
    joint: Joint | None = None
    cohorts: Mapping[str, Mapping[str, PairedEntry]] | None = field(default=None, metadata=MAYBE)
    told_apart: bool
    warnings: tuple[str, ...]
    own_orders: OwnOrders | None = field(default=None, metadata=MAYBE)
    """Of those at the same orders."""
    mission: str | None = field(default=None, metadata=MAYBE)
    """The one they are narrowed to."""

    def name(self, side: Side) -> str:
        """That of a side."""
        return self.base if side == "base" else self.other

    def only(self, side: Side) -> tuple[str, ...]:
        """Missions that a side alone has."""
        return self.only_base if side == "base" else self.only_other

    def cohorts_of(self, mission: str) -> Mapping[str, PairedEntry]:
        """Those of a mission; none where they weren't asked for."""
        return (self.cohorts or {}).get(mission, {})

    @property
    def of(self) -> str:
        """The other scenario, whoever's orders it has."""
        return self.other.partition("-ordered-as-")[0]
