"""Orders in words: what triggers them, how long it takes to decide, and who is ordered out by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sim.scenario.quantity import Quantity
from sim.scenario.rules import reacts, zero
from sim.scenario.schema import Clock, Mission, Order, Scenario
from sim.scenario.triggers import leaves
from sim.scenario.types import Condition, Moment

TIERS = "no foreign force is at the airport, as one of the missions that leave then ({tier})"


class OrderRow(NamedTuple):
    """Who is ordered out by what."""

    mission: str
    title: str
    cohorts: tuple[str, ...]
    """The cohorts that the row is about; empty: nobody."""
    trigger: str
    """What leads to the order, in words; whichever comes first."""
    delay: str
    """Time from that to the order, as the file wrote it; empty where there is none."""
    path: str
    """Where the file says so."""
    source: str | None
    evidence: str | None

    def as_json(self) -> dict[str, Any]:
        """The same for a machine."""
        return {**self._asdict(), "cohorts": list(self.cohorts)}


def order_rows(s: Scenario) -> list[OrderRow]:
    """A row for each order and each reaction of a mission, and one for each mission that has neither, in the file's order."""
    titles = {name: mission.title or name for name, mission in s.missions.items()}
    return [row for name, mission in s.missions.items() for row in _rows(s, name, mission, titles)]


def _rows(s: Scenario, name: str, mission: Mission, titles: Mapping[str, str]) -> Iterator[OrderRow]:
    def row(cohorts: tuple[str, ...], trigger: str, path: str, delay: Quantity | None = None) -> OrderRow:
        text = "" if delay is None or zero(delay) else quantity_text(delay)
        source, evidence = (None, None) if delay is None else (delay.source, delay.evidence)
        return OrderRow(name, titles[name], cohorts, trigger, text, path, source, evidence)

    moving = {cohort: one for cohort, one in mission.cohorts.items() if leaves(one)}
    if mission.closed is not None or mission.residual == "all" or not moving:
        why = "it closes" if mission.closed is not None else "it stays" if mission.residual == "all" else "it has nobody to move"
        yield row((), f"never: {why}", f"missions.{name}")
        return
    own = {cohort: one.order for cohort, one in moving.items() if one.order is not None}
    rest = tuple(cohort for cohort in moving if cohort not in own)
    if mission.order is not None and rest:
        yield row(rest, order_text(mission.order, titles, s.clock), f"missions.{name}.order", mission.order.delay)
    for cohort, order in own.items():
        yield row((cohort,), order_text(order, titles, s.clock), f"missions.{name}.cohorts.{cohort}.order", order.delay)
    if reacts(s, mission):
        assert mission.reaction is not None
        assert s.security.reactions is not None
        trigger = TIERS.format(tier=f"tier {mission.reaction.tier}")
        yield row(tuple(moving), trigger, f"missions.{name}.reaction", s.security.reactions.decides)
    elif not own and mission.order is None:
        yield row(tuple(moving), "never: it has no order", f"missions.{name}")


def quantity_text(quantity: Quantity) -> str:
    """As the file wrote it."""
    return quantity.text if quantity.text is not None else f"{quantity.mean:g} h"


def order_text(order: Order, titles: Mapping[str, str], clock: Clock) -> str:
    """What triggers an order: ``a force begins to leave, or the threat reaches contested``."""
    moments = [moment_text(order.at, clock)] if order.at is not None else []
    return ", or ".join([*moments, *(condition_text(condition, titles) for condition in order.when)])


def condition_text(condition: Condition, titles: Mapping[str, str]) -> str:
    """A condition as a sentence in the present."""
    match condition.kind:
        case "threat":
            return f"the threat reaches {condition.name}"
        case "absent":
            return "no foreign force is at the airport"
        case "leaving":
            return "a foreign force begins to leave"
        case "gone":
            return f"{titles.get(condition.name, condition.name)} has gone"
    return f"{100 * condition.share:.3g} % of the missions have gone"


def moment_text(moment: Moment, clock: Clock) -> str:
    """``the start``, a date, ``6 h after the start``, ``6 h after contested is reached``."""
    if moment.date is not None:
        return f"{moment.date.when:%Y-%m-%d %H:%M} {zone(float(clock.utc_offset))}"
    base = {"start": "the start", "ordered": "the first order"}.get(moment.after, f"{moment.after} is reached")
    return base if zero(moment.delay) else f"{quantity_text(moment.delay)} after {base}"


def zone(utc_offset_h: float) -> str:
    """``UTC+04:30``."""
    minutes = round(abs(utc_offset_h) * 60)
    return f"UTC{'-' if utc_offset_h < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"
