"""The walk over a scenario that compiles it: what each number is called when it is drawn, and what it is in a replication."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any, NamedTuple

import pytest

from sim.model.compiled.builder import Builder
from sim.model.compiled.numbers import Constant, FirstDraw, Numbers, Product, When, Whole, round_half_up, whole
from sim.model.compiled.scenario import compile_scenario
from sim.scenario.quantity import Quantity, constant
from sim.scenario.schema import Escort, Road
from sim.scenario.types import Date, Moment
from tests.model.helpers import plan, scenario

UNIFORM = Quantity("uniform", (1.0, 9.0))


class Stub:
    """A stream whose every draw is the same."""

    def __init__(self, value: float) -> None:
        self.value = value

    def at(self, _: int) -> float:
        return self.value


def draws(*values: float) -> Any:
    return [Stub(value) for value in values]


# -- numbers -----------------------------------------------------------------------------------------------------------


def test_a_number_is_a_constant_a_draw_or_a_product() -> None:
    assert Constant(2.6).in_(draws()) == 2.6
    assert FirstDraw(1).in_(draws(0.0, 2.6)) == 2.6
    assert FirstDraw(1, whole=True).in_(draws(0.0, 2.6)) == 3
    assert Product(FirstDraw(0, whole=True), Constant(4.1)).in_(draws(2.5)) == 12  # 3 x 4.1 = 12.3


@pytest.mark.parametrize(("x", "expected"), [(0.49, 0), (0.5, 1), (1.5, 2), (2.5, 3), (math.inf, math.inf)])
def test_counts_are_rounded_half_up(x: float, expected: float) -> None:
    assert whole(x) == expected
    assert not math.isfinite(x) or round_half_up(x) == expected


class Inner(NamedTuple):
    teams: Whole
    road: float


class Outer(NamedTuple):
    turn_back: float
    tries: Whole
    escorts: dict[str, Inner]


def outer() -> tuple[Builder, Numbers[Outer]]:
    builder = Builder(scenario("missions: {a: {cohorts: {c: 1}}}"))
    road = Road(turn_back=constant(0.5), tries=UNIFORM, escorts={"b": Escort(teams=UNIFORM, road=UNIFORM), "a": Escort()})
    return builder, builder.numbers(Outer, "here.road", road)


def test_every_number_is_drawn_under_its_own_path() -> None:
    builder, _ = outer()
    assert [spec[:2] for spec in builder.streams.specs] == [
        ("fixed", "here.road.tries"),
        ("fixed", "here.road.escorts.b.teams"),
        ("fixed", "here.road.escorts.b.road"),
    ]


def test_a_record_has_the_values_of_a_replication_and_counts_are_whole() -> None:
    _, numbers = outer()
    assert numbers.in_(draws(2.5, 3.5, 4.5)) == Outer(0.5, 3, {"a": Inner(math.inf, 1), "b": Inner(4, 4.5)})


def test_what_is_never_drawn_is_one_record_for_all_replications() -> None:
    builder = Builder(scenario("missions: {a: {cohorts: {c: 1}}}"))
    numbers = builder.numbers(Inner, "x", Escort(road=constant(2)))
    assert numbers.in_(draws()) is numbers.in_(draws(1.0)) == Inner(math.inf, 2)


def test_what_is_given_is_not_read() -> None:
    builder = Builder(scenario("missions: {a: {cohorts: {c: 1}}}"))
    given = builder.part(Inner, "x", Escort(teams=UNIFORM), teams=Constant(7.0))
    assert given == Inner(Constant(7.0), Constant(1.0))  # type: ignore[arg-type]
    assert builder.streams.specs == []


def test_a_moment_is_a_delay_after_something() -> None:
    builder = Builder(scenario("{clock: {start: 2021-08-01 06:00}, missions: {a: {cohorts: {c: 1}}}}"))
    assert builder.when("x", Moment(date=Date.parse("2021-08-02 00:00"))) == When("start", Constant(18.0))
    assert builder.when("x", Moment(after="fallen", delay=UNIFORM)) == When("fallen", FirstDraw(0))


# -- the scenario ------------------------------------------------------------------------------------------------------


def parts(node: Any) -> list[Any]:
    """All compiled parts below one."""
    if isinstance(node, tuple | list):
        return [part for each in node for part in parts(each)]
    if isinstance(node, dict):
        return parts(list(node.values()))
    if is_dataclass(node) and type(node).__module__.startswith("sim.model.compiled"):
        return [node, *parts([getattr(node, field.name) for field in fields(node)])]
    return []


MUCH = """
    threat: {timeline: [{at: 1 h, level: contested}]}
    security: {providers: {x: {force: {headcount: 10, withdrawal: {begins: 9 h}}}}, phases: [{begins: start, provider: x}]}
    airport:
      gates: {g: {lanes: 1}}
      crowd: {inflow: 10 people/h}
      incidents: {i: {at: 2 h, closes: runway, lasts: 1 h}}
      airfield: {stands: {s: {number: 1}}}
    hubs: {h: {beds: 5}}
    lift: {types: {t: {seats: 5}}, fleets: {f: {aircraft: t, hubs: h}}}
    missions: {a: {cohorts: {c: 1}, order: {at: 1 h}}}
"""


def test_every_part_is_frozen() -> None:
    everything = parts(compile_scenario(scenario(MUCH)))
    assert len({type(part).__name__ for part in everything}) > 15
    for part in everything:
        with pytest.raises(FrozenInstanceError):
            setattr(part, fields(part)[0].name, None)


def test_a_cohort_without_modes_has_one_way() -> None:
    one, several = plan("""
        vehicles: {v: {seats: 4}}
        missions: {a: {order: {at: 0 h}, cohorts: {b: 8, c: {people: 8, modes: [{vehicles: v}]}}}}
    """).cohorts
    assert (one.chooses, several.chooses) == (False, True)
    assert [way.spec.vehicles for way in (*one.ways, *several.ways)] == [None, "v"]
    assert one.ways[0].spec is one.spec


def test_orders_with_equal_conditions_share_them() -> None:
    """The model asks once whether they hold, however many missions wait for them."""
    one, other = plan("""
        threat: {timeline: [{at: 5 h, level: contested}]}
        missions:
          a: {order: {when: threat >= contested}, cohorts: {c: 1}}
          b: {order: {when: threat >= contested}, cohorts: {c: 1}}
    """).cohorts
    assert one.order is not None
    assert other.order is not None
    assert one.order.when is other.order.when
