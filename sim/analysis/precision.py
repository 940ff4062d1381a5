"""``--until 'total.p90: 3 h'``: which numbers are wanted how precisely, and when that is enough.

A target is met where no end of the interval is farther from the estimate than it says.  Decided at looks only
(:mod:`sim.analysis.looks`), with intervals that hold at whichever look one stops.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.compare import MANY, roughly
from sim.analysis.found import Wanted
from sim.analysis.looks import Look, looks, quantile_difference
from sim.analysis.measure import Measure, MeasureError, Reading, parse
from sim.analysis.outcomes import Outcomes, shared_sets
from sim.analysis.sets import mean as mean_over
from sim.analysis.sets import quantile_ends, share_difference
from sim.analysis.sets import share as share_over
from sim.analysis.spread import input_share
from sim.analysis.statistics import Estimate
from sim.analysis.summary import number
from sim.analysis.words import duration, people
from sim.analysis.words import share as share_text
from sim.scenario.errors import printable
from sim.scenario.number import rounded, scalar


class TargetError(MeasureError):
    """A target or limit that can't be understood; one line that says what would do."""


@dataclass(frozen=True)
class Target:
    """A measure, and the most by which an end of its interval may lie from its estimate."""

    measure: Measure
    width: float
    """In the unit of the measure, or as a part of the estimate."""
    relative: bool = False

    @property
    def text(self) -> str:
        """``total.p90 ± 3 h``."""
        return f"{self.measure.text} ± {self.width_text(self.width)}"

    def width_text(self, width: float) -> str:
        """A width with its unit."""
        if self.relative:
            return f"{rounded(100 * width)} %"
        unit = self.measure.kind.unit
        return duration(width) if unit == "h" else people(width) if unit else f"{rounded(100 * width)} points"


def parse_target(text: str, missions: Sequence[str]) -> Target:
    """``MEASURE: WIDTH`` as a target.

    WIDTH is a time, a number of people, or points of a share (``2 points`` or ``2 %``), or of other measures a part of the
    estimate (``5 %``).  Raises :class:`TargetError` with what would do.
    """
    address, colon, given = (part.strip() for part in text.partition(":"))
    if not colon or not given:
        raise TargetError(f'--until: expected MEASURE: WIDTH such as "total.p90: 3 h", got "{printable(text)}"')
    try:
        measure = parse(address, missions)
    except MeasureError as error:
        raise TargetError(f"--until: {error}") from None
    unit, part = measure.kind.unit, given.endswith("%") and bool(measure.kind.unit)
    examples = {"h": "a time such as 3 h or 5 %", "people": "a number of people such as 200 or 5 %", "": "points such as 2 %"}
    try:
        if part or not unit:
            plain = given.removesuffix("%").removesuffix("points").removesuffix("point").strip()
            width = scalar(plain, "factor") / (1 if plain == given else 100)
        else:
            width = scalar(given.removesuffix("people").strip(), "factor") if unit == "people" else scalar(given, "time")
    except ValueError:
        width = 0.0
    unitless = unit == "h" and given[-1].isdigit()  # 100 of what?
    if unitless or width <= 0 or ((part or not unit) and width >= 1):
        raise TargetError(f'--until {printable(address)}: expected {examples[unit]}, more than nothing, got "{printable(given)}"')
    return Target(measure, width, part)


def check_limits(least: int, most: int, per_set: int = 1) -> None:
    """Raises :class:`TargetError` where no look lies between *least* and *most* replications, *per_set* to a set of inputs."""
    first = Look(1, per_set).n
    if most < first:
        raise TargetError(f"--most: expected at least {first}, the first look of --until, got {most:,}")
    if next(looks(least, most, per_set), None) is None:
        after = next(looks(least, 2 * max(least, first), per_set))
        raise TargetError(f"--most: no look of --until from {least:,} to {most:,} replications; the next one is at {after.n:,}")


@dataclass(frozen=True)
class Reached:
    """How precisely a target's number is known at a look."""

    target: Target
    value: Estimate
    base: str | None = None
    other: str | None = None
    """Names of the two where the number is a difference, *other* minus *base*."""
    never: bool = False
    """Surely infinite: both ends are."""
    void: bool = False
    """No replication has such a number, so that no more of them would help."""
    inputs: float | None = None
    """Share of its variance that is what isn't known of the inputs; None where that can't be said."""

    @property
    def width(self) -> float | None:
        """Distance of the farther end from the estimate; inf where an end is infinite, None without an interval."""
        value, low, high = self.value
        if low is None or high is None:
            return None
        if not (math.isfinite(value) and math.isfinite(low) and math.isfinite(high)):
            return math.inf
        width = max(high - value, value - low)
        if not self.target.relative or width == 0:
            return width
        return width / abs(value) if value else math.inf

    @property
    def met(self) -> bool:
        """Whether that is narrow enough; surely infinite is."""
        return self.never or (self.width is not None and self.width <= self.target.width)

    @property
    def text(self) -> str:
        """How precisely it is known, in words: ``± 5 h``."""
        if self.never:
            return "surely never"
        if self.void:
            return "no replication has such a number"
        if self.width is None:
            return "no interval yet"
        if math.isfinite(self.width):
            return f"± {self.target.width_text(self.width)}"
        return "no part of an estimate of 0" if self.value.value == 0 else "an end may be infinite"

    def needed(self, n: int) -> int | None:
        """A rough number of replications that would do after *n*: the width shrinks with the root of their number."""
        width = self.width
        if self.met or self.void or width is None or math.isinf(width):
            return None
        return roughly(n * (width / self.target.width) ** 2)

    def verdict(self, n: int) -> str:
        """What was wanted, what is reached after *n* replications, and what would do."""
        clock = ", from the order" if self.target.measure.kind.from_order else ""  # scenarios are compared on the calendar
        whose = f" ({self.other} against {self.base}{clock})" if self.base else ""
        if self.met:
            return f"--until {self.target.text}{whose}: met, {self.text}"
        needed = self.needed(n)
        more = ""
        if needed is not None:
            more = f"; {f'more than {MANY:,}' if needed > MANY else f'some {needed:,}'} would be needed"
        if self.inputs is not None:
            more += f" ({share_text(self.inputs)} of its variance is what isn't known of the inputs)"
        return f"--until {self.target.text}{whose}: NOT met, {self.text} with {n:,} replications{more}"

    def found(self, n: int) -> Wanted:
        """After *n* replications."""
        value, low, high = (number(x) for x in self.value)
        return Wanted(
            measure=self.target.measure.text,
            base=self.base or None,
            other=self.other if self.base else None,
            wanted=self.target.width,
            relative=self.target.relative,
            unit=self.target.measure.kind.unit,
            estimate=value,
            low=low,
            high=high,
            reached=number(self.width),
            never=self.never,
            met=self.met,
            from_inputs=number(self.inputs),
            text=self.verdict(n),
        )


@dataclass(frozen=True)
class Settled:
    """Where adding replications ended."""

    look: Look
    reached: tuple[Reached, ...]
    failed: bool = False
    """A replication failed, so that nothing is decided."""

    @property
    def done(self) -> bool:
        """Whether more replications are of no use: all is precise enough, or can't be decided."""
        return self.failed or all(one.met or one.void for one in self.reached)

    def found(self) -> tuple[Wanted, ...]:
        """Each target."""
        return tuple(one.found(self.look.n) for one in self.reached)


def unknown(targets: Sequence[Target]) -> tuple[Reached, ...]:
    """Nothing is known of any of them."""
    return tuple(Reached(target, Estimate(math.nan, None, None)) for target in targets)


def at_look(target: Target, reading: Reading, look: Look) -> Reached:
    """How precisely a number of one result is known."""
    measure = target.measure
    if measure.kind.quantile is not None:
        value = reading.value(measure, look.level)
        never = value.low is not None and math.isinf(value.value) and math.isinf(value.low)
        return Reached(target, Estimate(*value[:3]), never=never, void=value.n == 0)
    o = reading.outcomes(measure.scope)
    if measure.kind.name == "p_all_out":
        return Reached(target, share_over(o.all_out, o.unit, look.level))
    values, most = measure.kind.samples(o, reading.horizon_h), measure.kind.most(o, reading.horizon_h)
    part = input_share(values, o.unit)
    known = mean_over(values, o.unit, (0.0, most), look.level)
    return Reached(target, known, void=bool(np.isnan(values).all()), inputs=None if part is None else part.value)


@dataclass(frozen=True)
class Side:
    """What a target about a difference needs of one of the two results."""

    name: str
    horizon_h: float
    outcomes: Mapping[str, Outcomes]
    """By scope."""


def between(target: Target, base: Side, other: Side, look: Look) -> Reached:
    """How precisely a paired difference is known."""
    kind, names = target.measure.kind, (base.name, other.name)
    here, there = base.outcomes[target.measure.scope], other.outcomes[target.measure.scope]
    common = np.intersect1d(here.replication, there.replication)
    b, o, horizon = here.at(common), there.at(common), min(base.horizon_h, other.horizon_h)
    first, second, unit = kind.samples(b, horizon), kind.samples(o, horizon), shared_sets(b, o)
    if kind.quantile is not None:
        change = quantile_difference(first, second, unit, kind.quantile, look.level)
        ends = [quantile_ends(x, unit, kind.quantile, 1 - (1 - look.level) / 2) for x in (first, second)]
        sure = [pair is not None and math.isinf(pair[0]) for pair in ends]
        apart = change.low is not None and math.isinf(change.low) and change.low == change.high
        return Reached(target, change, *names, never=all(sure) or apart, void=any(np.isnan(x).all() for x in (first, second)))
    if kind.name == "p_all_out":
        return Reached(target, share_difference(b.all_out, o.all_out, unit, look.level), *names)
    bounds = -kind.most(b, horizon), kind.most(o, horizon)
    part = input_share(second - first, unit)
    change = mean_over(second - first, unit, bounds, look.level)
    void, inputs = bool(np.isnan(second - first).all()), None if part is None else part.value
    return Reached(target, change, *names, void=void, inputs=inputs)
