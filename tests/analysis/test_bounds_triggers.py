"""Earliest times from the draws alone: the threat, the orders and the head counts are those of a run of the same draws."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.bounds.groups import GroupBuilder, next_within
from sim.analysis.bounds.strict import strict_bound_h
from sim.analysis.bounds.triggers import BoundTriggers, CompiledTriggers, median, median_draws
from sim.model import compile_scenario
from sim.model.records import make_records
from sim.model.world import World
from sim.scenario import load
from sim.scenario.quantity import Quantity, constant
from sim.scenario.types import DailyHours
from tests.model.helpers import plan
from tests.strategies import lively

INF = math.inf
SCENARIOS = Path(__file__).parents[2] / "scenarios"


def finished(made: Any, seed: int, replication: int) -> World:
    world = World(made, seed, replication)
    world.simulate()
    return world


@given(lively(), st.integers(0, 1000))
@settings(deadline=None, derandomize=True, max_examples=15)
def test_threat_and_people_are_those_of_a_run(data: dict[str, Any], seed: int) -> None:
    """The course of the threat up to the end of the run, event by event; everybody to be moved, and the rear parties."""
    made = plan(data)
    world = finished(made, seed, 3)
    draws = made.streams.draw(seed, 3)
    triggers = BoundTriggers(made, draws)
    path = triggers.path
    seen = [(t, k) for t, k in zip(path.times.tolist(), path.levels.tolist(), strict=True) if t <= world.clock.now]
    assert [t for t, _ in seen][: len(world.threat.log)] == pytest.approx([t for t, _ in world.threat.log])
    assert [k for _, k in seen][: len(world.threat.log)] == [k for _, k in world.threat.log]
    assert [p.movers for p in triggers.people] == [0 if c.out_before else c.movers for c in world.cohorts]


@given(lively(), st.integers(0, 1000))
@settings(deadline=None, derandomize=True, max_examples=15)
def test_orders_are_never_later_than_in_a_run(data: dict[str, Any], seed: int) -> None:
    made = plan(data)
    world = finished(made, seed, 0)
    happen = GroupBuilder(made, made.streams.draw(seed, 0)).triggers
    for c, earliest in zip(world.cohorts, happen.orders, strict=True):
        assert earliest <= c.ordered + 1e-9
    for c, certain in zip(world.cohorts, happen.certain, strict=True):
        if certain and c.movers and world.threat.fall == INF and world.clock.end_reason == "horizon":
            assert c.ordered < INF, c.plan.name


@pytest.mark.costly
@given(lively(), st.integers(0, 1000))
@settings(deadline=None, derandomize=True, max_examples=40)
def test_two_tellings_of_the_same_scenario_agree(data: dict[str, Any], seed: int) -> None:
    """Threat, conditions and decisions as the strict bound has them written, and as the model's own code has them."""
    made = plan(data)
    own, model = (GroupBuilder(made, made.streams.draw(seed, 1), each).triggers for each in (BoundTriggers, CompiledTriggers))
    assert own.path.times.tolist() == model.path.times.tolist()
    assert own.path.levels.tolist() == model.path.levels.tolist()
    assert (own.orders, own.certain, own.gone) == (model.orders, model.certain, model.gone)
    assert (own.absent, own.leaving, own.first_order) == (model.absent, model.leaving, model.first_order)


@pytest.mark.parametrize("name", ["turkish-collapse", "none-collapse", "reference"])
def test_orders_by_threat_are_exact(name: str) -> None:
    """The first order of the shipped scenarios hangs on the threat and on who is there, and is that of the run."""
    made = compile_scenario(load(SCENARIOS / f"{name}.yaml").scenario)
    for k in range(2):
        world = finished(made, 1, k)
        happen = GroupBuilder(made, made.streams.draw(1, k)).triggers
        assert happen.first_order == pytest.approx(min(c.ordered for c in world.cohorts))


def test_orders_cascade_as_early_as_they_can() -> None:
    """alpha at 2 h, ready 3 h later and gone; bravo follows alpha by an hour; charlie follows half of them; delta nobody."""
    cohort = {"staff": {"people": 10, "ready": "3 h"}}
    made = plan(
        {
            "missions": {
                "alpha": {"order": {"at": "2 h"}, "cohorts": cohort},
                "bravo": {"order": {"when": "gone alpha", "delay": "1 h"}, "cohorts": cohort},
                "charlie": {"order": {"when": "gone >= 50%"}, "cohorts": cohort},
                "delta": {"cohorts": cohort},
            }
        }
    )
    happen = GroupBuilder(made, made.streams.draw(1, 0)).triggers
    assert happen.orders == [2.0, 6.0, 9.0, INF]
    assert happen.certain == [True, False, False, False]


def test_a_fall_counts_those_who_are_never_ordered() -> None:
    made = plan(
        {
            "threat": {"start": "contested", "fallen": "fallen", "stay": {"contested": "10 h"}},
            "missions": {"alpha": {"cohorts": {"staff": {"people": 10}}}},
        }
    )
    happen = GroupBuilder(made, made.streams.draw(1, 0)).triggers
    assert happen.path.fall == 10.0
    assert (happen.orders, happen.certain) == ([INF], [True])


def test_the_best_level_still_to_come() -> None:
    timeline = [{"at": "10 h", "level": "contested"}, {"at": "20 h", "level": "threatened"}, {"at": "30 h", "level": "fallen"}]
    made = plan({"threat": {"start": "stable", "timeline": timeline}, "missions": {"alpha": {"cohorts": {"staff": 1}}}})
    path = BoundTriggers(made, made.streams.draw(1, 0)).path
    assert path.times.tolist() == [0, 10, 20, 30]
    assert path.reached == [0, 10, 10, 30]  # a level that was skipped counts as reached with the worse one
    factors = [1.0, 2.0, 3.0, 4.0]
    assert path.best_after(factors, np.array([0.0, 10.0, 15.0, 25.0, 30.1, INF])).tolist() == [1, 1, 2, 2, 4, 4]


def test_medians() -> None:
    assert median(constant(3)) == 3
    assert median(Quantity("exponential", (2.0,))) == pytest.approx(2 * math.log(2))
    assert median(Quantity("lognormal", (1.0, 0.7))) == pytest.approx(math.e)
    assert median(Quantity("uniform", (1.0, 4.0))) == 2.5
    made = plan({"road": {"drive": {"exponential": {"mean": "2 h"}}}, "missions": {"a": {"cohorts": {"s": 1}}}})
    drive = next(s for s in median_draws(made) if s.spec[0] == "drive")
    assert [drive.at(k) for k in (0, 7)] == pytest.approx([2 * math.log(2)] * 2)


def test_the_next_hour_within_a_daily_span() -> None:
    at = np.array([0.0, 3.0, 13.9, 14.0, 20.0, INF])  # the clock starts at 6
    assert next_within(DailyHours(8.0, 20.0), 6.0, at).tolist() == [2.0, 3.0, 13.9, 14.0, 26.0, INF]
    assert next_within(DailyHours(22.0, 4.0), 6.0, at).tolist() == [16.0, 16.0, 16.0, 16.0, 20.0, INF]
    assert next_within(DailyHours(0.0, 24.0), 6.0, at).tolist() == at.tolist()
    assert next_within(DailyHours(0.0, 0.0), 6.0, at[:2]).tolist() == [INF, INF]


COHORT = {"staff": {"people": 10, "ready": "3 h"}}


def happen(missions: dict[str, Any], **sections: Any) -> Any:
    """What happens at the earliest to missions of ten who take 3 h to get ready; the clock ends after 5 days."""
    given = {name: {"order": order, "cohorts": COHORT} if order else {"cohorts": COHORT} for name, order in missions.items()}
    made = plan({"clock": {"start": "2021-08-16 06:00", "horizon": "5 d"}, "missions": given, **sections})
    return GroupBuilder(made, made.streams.draw(1, 0)).triggers


def provided(**force: Any) -> dict[str, Any]:
    """A guard from the start."""
    guard = {"force": {"headcount": 100, **force}}
    return {"providers": {"guard": guard, "none": {}}, "phases": [{"begins": "start", "provider": "guard"}]}


def test_a_decision_that_began_before_the_start_is_on_its_way() -> None:
    """Decided 2 h before the start with a delay of 5 h: ordered at 3 h; of 1 h: at the start."""
    for delay, hours in (("5 h", 3.0), ("1 h", 0.0)):
        assert happen({"a": {"at": "2021-08-16 04:00", "delay": delay}}).orders == [hours]
    assert happen({"a": {"at": "4 h", "delay": "5 h"}}).orders == [9.0]


def test_orders_by_the_threat_come_with_it_or_a_worse_level() -> None:
    threat = {"levels": ["calm", "tense", "bad"], "start": "calm", "timeline": [{"at": "7 h", "level": "bad"}]}
    found = happen(
        {"a": {"when": "threat >= tense"}, "b": {"at": {"tense": "2 h"}}, "c": {"when": "threat >= calm"}}, threat=threat
    )
    assert found.orders == [7.0, 9.0, 0.0]
    assert found.certain == [True] * 3
    assert found.first_order == 0.0
    assert found.levels == {"calm": 0.0, "tense": 7.0, "bad": 7.0}
    late = {**threat, "timeline": [{"at": "200 h", "level": "bad"}]}
    assert happen({"a": {"when": "threat >= tense"}}, threat=late).certain == [False]


@pytest.mark.parametrize("alpha", [{"residual": "all"}, {"cohorts": {"staff": 0}}], ids=["all-stay", "nobody-there"])
def test_nobody_is_ordered_out_where_nobody_is_to_be_moved(alpha: dict[str, Any]) -> None:
    """So that neither the first order nor what waits for it comes sooner by an order that moves nobody."""
    at = {name: {"order": {"at": hours}, "cohorts": {"staff": 5}} for name, hours in (("alpha", "1 h"), ("bravo", "6 h"))}
    charlie = {"order": {"at": {"ordered": "2 h"}}, "cohorts": {"staff": 5}}
    made = plan({"missions": {"alpha": at["alpha"] | alpha, "bravo": at["bravo"], "charlie": charlie}})
    found = GroupBuilder(made, made.streams.draw(1, 0)).triggers
    assert (found.orders, found.first_order) == ([INF, 6.0, 8.0], 6.0)
    world = finished(made, 1, 0)
    assert [c.ordered for c in world.cohorts] == found.orders
    assert strict_bound_h(made, 1, 0).total.ordered_h == 6.0


def test_a_level_of_the_past_holds_at_the_start() -> None:
    timeline = [{"at": "2021-08-15 06:00", "level": "tense"}, {"at": "7 h", "level": "bad"}]
    threat = {"levels": ["calm", "tense", "bad"], "start": "calm", "timeline": timeline}
    assert happen({"a": {"when": "threat >= tense"}}, threat=threat).orders == [0.0]


def test_the_threat_moves_by_its_stays() -> None:
    """Ten hours calm, five tense, then bad, which lasts: in order, and no further than the clock."""
    threat = {"levels": ["calm", "tense", "bad"], "start": "calm", "fallen": "bad", "stay": {"calm": "10 h", "tense": "5 h"}}
    found = happen({"a": None}, threat=threat)
    assert (found.path.times.tolist(), found.path.levels.tolist()) == ([0, 10, 15], [0, 1, 2])
    assert (found.path.fall, found.certain) == (15.0, [True])
    slow = happen({"a": None}, threat={**threat, "stay": {"calm": "10 h", "tense": "111 h"}})
    assert (slow.path.times.tolist(), slow.path.fall, slow.certain) == ([0, 10], INF, [False])
    exact = happen({"a": None}, threat={**threat, "stay": {"calm": "10 h", "tense": "110 h"}})
    assert exact.path.times.tolist() == [0, 10, 120]


def test_a_share_of_missions_gone_is_rounded_up() -> None:
    """Of four, which are gone at 4, 5, 6 h and never: half are two of them, 51 % three, 76 % all four."""
    base = {"a": {"at": "1 h"}, "b": {"at": "2 h"}, "c": {"at": "3 h"}}
    for share, hours in (("50%", 5.0), ("51%", 6.0), ("75%", 6.0), ("25%", 4.0)):
        assert happen({**base, "d": {"when": f"gone >= {share}"}}).orders[3] == hours
    assert happen({**base, "d": {"when": "gone >= 76%"}}).orders[3] == INF


def test_a_closed_mission_is_gone_from_its_date() -> None:
    made = plan(
        {
            "clock": {"start": "2021-08-16 06:00", "horizon": "5 d"},
            "missions": {
                "shut": {"closed": "2021-08-16 20:00", "cohorts": COHORT},
                "a": {"order": {"when": "gone shut"}, "cohorts": COHORT},
            },
        }
    )
    found = GroupBuilder(made, made.streams.draw(1, 0)).triggers
    names = [made.missions[c.mission].name for c in made.cohorts]
    assert dict(zip(names, found.orders, strict=True)) == {"shut": INF, "a": 14.0}


def test_a_provider_is_leaving_when_its_withdrawal_begins_or_the_next_phase_does() -> None:
    leaving = {"a": {"when": "provider leaving"}}
    dated = provided(withdrawal={"begins": "30 h", "takes": "5 h"})
    assert happen(leaving, security=dated).orders == [30.0]
    assert happen(leaving, security=provided()).orders == [INF]
    next_ = provided()
    next_["phases"].append({"begins": "20 h", "provider": "none"})
    assert happen(leaving, security=next_).orders == [20.0]
    gone = provided(withdrawal={"when": ["gone b"], "takes": "5 h"})
    found = happen({**leaving, "b": {"at": "1 h"}}, security=gone)
    assert found.orders == [1 + 3.0, 1.0]
    assert found.certain == [False, True]


def test_a_provider_is_absent_before_it_has_arrived_or_once_it_leaves() -> None:
    absent = {"a": {"when": "provider absent"}}
    assert happen(absent, security=provided()).orders == [INF]
    assert happen(absent, security=provided(withdrawal={"begins": "30 h", "takes": "5 h"})).orders == [30.0]
    nobody = {"providers": {"none": {}}, "phases": [{"begins": "start", "provider": "none"}]}
    found = happen(absent, security=nobody)
    assert (found.orders, found.certain) == ([0.0], [True])


def test_an_absence_that_was_over_before_the_start_orders_nobody_for_certain() -> None:
    """A force was in charge after nobody: a is never ordered, nor anybody else, so that the bound counts on nobody."""
    made = plan(
        {
            "clock": {"start": "2021-08-01 00:00"},
            "road": {"drive": "5 h"},
            "security": {
                "providers": {"guard": {"force": {"headcount": 100}}},
                "phases": [{"begins": "2021-07-20", "provider": "none"}, {"begins": "2021-07-25", "provider": "guard"}],
            },
            "missions": {"a": {"order": {"when": "provider absent"}, "cohorts": COHORT}},
        }
    )
    assert GroupBuilder(made, made.streams.draw(1, 0)).triggers.certain == [False]
    assert strict_bound_h(made, 1, 0).total.hours("t100_h") == make_records(finished(made, 1, 0)).replication["t100_h"] == 0


def test_who_stays_is_taken_from_the_last_to_go() -> None:
    """Seven of the mission stay: five of the cohort of priority 9 (of whom one stays anyway), then three of the others."""
    made = plan(
        {
            "missions": {
                "a": {
                    "order": {"at": "0 h"},
                    "residual": 7,
                    "cohorts": {
                        "first": {"people": 10, "rear_party": {"people": 10, "destruction": "1 h"}},
                        "last": {"people": 5, "residual": 1, "priority": 9},
                    },
                },
                "b": {"residual": "all", "order": {"at": "0 h"}, "cohorts": {"core": 8}},
            }
        }
    )
    people = {p.plan.name: p for p in BoundTriggers(made, made.streams.draw(1, 0)).people}
    assert {name: p.movers for name, p in people.items()} == {"first": 10 - 3, "last": 0, "core": 0}
    assert people["first"].rear == 7


REACTS = """
clock: {horizon: 100 d}
security:
  absence_known: 10 d
  reactions: {share: 1, decides: %s, goes: 3 d}
  phases: [%s]
  providers: {troops: {force: {headcount: 1}}}
missions: {a: {reaction: {tier: 1}, cohorts: {c: 10}}, b: {order: {when: gone a}, cohorts: {c: 5}}}
"""


@pytest.mark.parametrize(
    ("decides", "phases", "orders", "certain", "movers"),
    [
        ("7 d", "{begins: start, provider: none}", [0, 0], [False, False], [0, 5]),
        ("12 d", "{begins: start, provider: none}", [48, 48], [True, False], [10, 5]),
        ("12 d", "{begins: start, provider: none}, {begins: 3 d, provider: troops}", [48, 48], [True, False], [10, 5]),
        ("14 d", "{begins: start, provider: none}, {begins: 3 d, provider: troops}", [96, 96], [False, False], [10, 5]),
        (
            "7 d",
            "{begins: start, provider: troops}, {begins: 3 d, provider: none}",
            [72 + 168, 72 + 168],
            [False, False],
            [10, 5],
        ),
        ("7 d", "{begins: start, provider: troops}", [INF, INF], [False, False], [10, 5]),
    ],
)
def test_missions_that_leave_since_nobody_secures_the_airport(
    decides: str, phases: str, orders: list[float], certain: list[bool], movers: list[int]
) -> None:
    """Out before the start, and gone by then; ordered from when it is known; certain where no force can come before."""
    made = plan(REACTS % (decides, phases))
    m = GroupBuilder(made, made.streams.draw(1, 0))
    assert m.triggers.orders == orders
    assert m.triggers.certain == certain
    assert [p.movers for p in m.people] == movers
    assert [p.out_before for p in m.people] == [movers[0] == 0, False]
