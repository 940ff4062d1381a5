"""The planning bound: exact where paper will do, never above a run at the medians, and honest where no plan works."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

from sim.analysis.bounds.calendar import calendar
from sim.analysis.bounds.planning import Bound, planning_bound
from sim.analysis.bounds.program import Program
from sim.analysis.bounds.triggers import median, median_draws
from sim.model.compiled.scenario import compile_scenario
from sim.model.records import make_records
from sim.model.world import World
from sim.scenario import Scenario, from_data, impossible
from sim.studies.bound.table import in_a_sentence
from tests.strategies import lively

LATENCY, SERVICE = 1.5, 0.25
Data = dict[str, Any]


def bound(data: Data) -> Bound:
    return planning_bound(from_data(data).scenario)


def people(n: int, **more: Any) -> Data:
    return {"alpha": {"order": {"at": "start"}, "cohorts": {"staff": {"people": n, **more}}}}


# -- exact -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lanes", [1, 2, 5, 64])
@pytest.mark.parametrize("n", [1, 5, 6, 40])
def test_servers(n: int, lanes: int) -> None:
    """N people, c servers of s each, after a latency: latency + ceil(N / c) s; one server: latency + N s."""
    gate = {"gates": {"main": {"lanes": lanes, "per_group": f"{SERVICE} h"}}}
    b = bound({"airport": gate, "road": {"drive": f"{LATENCY} h"}, "missions": people(n, group=1)})
    assert b.hours == LATENCY + math.ceil(n / lanes) * SERVICE
    assert b.missions["alpha"].hours == b.hours
    assert b.ordered_h == 0


@pytest.mark.parametrize(("n", "seats"), [(1, 10), (10, 10), (11, 10), (95, 10), (100, 40)])
def test_departures(n: int, seats: int) -> None:
    """ceil(N / k) departures of one aircraft: the first after its load, then one each cycle of load, there, turn and back."""
    b = bound(
        {
            "lift": {
                "types": {"jet": {"seats": seats, "load": "0.5 h"}},
                "fleets": {"air": {"aircraft": "jet", "outbound": "2 h", "turn": "1 h", "inbound": "2 h"}},
            },
            "missions": people(n, starts="holding", group=1000),
        }
    )
    assert b.hours == 0.5 + (math.ceil(n / seats) - 1) * 5.5


@pytest.mark.parametrize(("stands", "n"), [(1, 35), (2, 35), (3, 90)])
def test_stands(stands: int, n: int) -> None:
    """Aircraft without end, s stands and a ground time of g: ceil(departures / s) g."""
    b = bound(
        {
            "airport": {"airfield": {"stands": {"apron": {"number": stands}}}},
            "lift": {
                "types": {"jet": {"seats": 10, "load": "1.25 h", "stand": "apron"}},
                "fleets": {"air": {"aircraft": "jet", "number": 40}},
            },
            "missions": people(n, starts="holding", group=1000),
        }
    )
    assert b.hours == pytest.approx(math.ceil(math.ceil(n / 10) / stands) * 1.25, rel=1e-9)


@pytest.mark.parametrize(("trucks", "hours"), [(2, 15.0), (5, 6.0), (1, 27.0), (9, 3.0)])
def test_pacifica(trucks: int, hours: float) -> None:
    """O-Plan's Pacifica rescue: nine trips of 3 h, ceil(9 / trucks) of them one after another."""
    cities = (("abyss", 100), ("barnacle", 50), ("calypso", 20))
    b = bound(
        {
            "vehicles": {"trucks": {"seats": 20, "number": trucks, "based": "airport"}},
            "road": {"drive": "1.5 h"},
            "missions": {
                c: {"order": {"at": "start"}, "cohorts": {"people": {"people": n, "vehicles": "trucks"}}} for c, n in cities
            },
        }
    )
    assert b.hours == hours
    if trucks < 9:
        assert (b.cause, b.name) == ("vehicle", "vehicles.trucks")


def test_hub() -> None:
    """50 beds and 10 people an hour onward: 120 people can have left at 7 h, when 70 of them have gone on."""
    b = bound(
        {
            "hubs": {"doha": {"beds": 50, "onward": "10 people/h"}},
            "lift": {"types": {"jet": {"seats": 10}}, "fleets": {"air": {"aircraft": "jet", "number": 30, "hubs": "doha"}}},
            "missions": people(120, starts="holding", group=1000),
        }
    )
    assert b.hours == pytest.approx(7.0, rel=1e-9)
    assert (b.cause, b.name) == ("hub", "hubs")


def test_medians_and_not_means() -> None:
    b = bound({"road": {"drive": {"exponential": {"mean": "10 h"}}}, "missions": people(10)})
    assert b.hours == pytest.approx(10 * math.log(2), rel=1e-9)


# -- the flow --------------------------------------------------------------------------------------------------------


def shut_lanes() -> Data:
    """Two hours of work at a gate that is closed from hour 1 to hour 7: no single argument sees that, the flow does."""
    gate = {"main": {"lanes": 1, "per_person": "1 min/person"}}
    closures = {"attack": {"at": "1 h", "lasts": "6 h", "closes": "main"}}
    return {"airport": {"gates": gate, "closures": closures}, "missions": people(120, group=1)}


def test_flow_sees_that_officers_come_later() -> None:
    """The only officer comes at hour 6 and needs a minute for each of 120 people: 8 h, below that by a step and a service."""
    consular = {"officers": 0, "per_person": "1 min/person", "build_up": [{"at": "6 h", "officers": 1}]}
    b = bound({"airport": {"consular": consular}, "missions": people(120, group=1)})
    assert 8.0 - b.step_h - 1 / 60 - 1e-6 <= b.hours <= 8.0
    assert (b.cause, b.name) == ("consular", "airport.consular")


def test_flow_sees_a_closure() -> None:
    """8 h exactly; the flow is below that by a step and by the service that a closure lets finish, and no more."""
    b = bound(shut_lanes())
    assert 8.0 - b.step_h - 1 / 60 - 1e-6 <= b.hours <= 8.0
    shut = [p for p in b.over_time if p.start_h < 6 and p.end_h > 2]
    assert {p.cause for p in shut} == {"search"}


def test_nobody_is_out_before_the_gate_opens_though_a_search_takes_no_time() -> None:
    """It opens at 12:00, six hours after they came."""
    gate = {"gates": {"main": {"hours": "12:00-18:00"}}}
    b = bound({"clock": {"start": "2021-08-16 06:00"}, "airport": gate, "missions": people(50, starts="gate")})
    assert b.hours == 6
    assert all(span.out == 0 for span in b.over_time if span.end_h <= 6)
    assert max(span.end_h for span in b.over_time) == pytest.approx(6, abs=0.1)


def test_pieces_cover_the_time_without_a_gap_and_people_only_leave() -> None:
    b = bound(shut_lanes())
    assert all(p.end_h == q.start_h for p, q in zip(b.over_time[:-1], b.over_time[1:], strict=True))
    out = [p.out for p in b.over_time]
    assert out == sorted(out)
    assert out[-1] == pytest.approx(120)
    assert b.over_time[-1].end_h >= b.hours


def test_what_binds_moves_from_the_gate_to_the_seats() -> None:
    """Two aircraft stand ready for those who come through the gate first; the other six come at hour 20."""
    jet = {"seats": 40, "load": "0.5 h"}
    fleets = {
        "first": {"aircraft": "jet", "number": 2, "sorties": 1},
        "later": {"aircraft": "jet", "number": 6, "sorties": 1, "available": "20 h"},
    }
    gates = {"main": {"lanes": 1, "per_person": "3 min/person"}}
    b = bound({"airport": {"gates": gates}, "lift": {"types": {"jet": jet}, "fleets": fleets}, "missions": people(300, group=1)})
    causes = [p.cause for p in b.over_time]
    assert causes[0] == "search"
    assert "seats" in causes
    assert b.hours == pytest.approx(20.5, rel=1e-6)


def test_program_has_the_answer_of_a_small_problem() -> None:
    """Two lines of people share 3 places a step; a place of the second line is worth twice as much."""
    program = Program(2, 3)
    steps = np.arange(3)
    terms = [(0, 1.0, steps), (0, -1.0, steps - 1), (1, 1.0, steps), (1, -1.0, steps - 1)]
    program.add("gate", "search", terms, np.full(3, 3.0), (steps, steps), 1.0)
    program.upper[0] = 5.0
    program.upper[1] = 4.0
    solution = program.maximise(np.array([[1.0, 1, 1], [2.0, 2, 2]]))
    assert solution is not None
    assert solution.x[1].tolist() == pytest.approx([3, 4, 4])
    assert solution.x[0].tolist() == pytest.approx([0, 2, 5])
    assert solution.best == pytest.approx(2 * 11 + 7)
    assert list(solution.worth) == [("search", "gate")]
    again = program.maximise(np.array([[0.0, 0, 1], [0.0, 0, 0]]))  # the rows of one solution are not left in the next
    assert again is not None
    assert again.best == pytest.approx(5)


# -- at the medians ----------------------------------------------------------------------------------------------------


class Medians:
    def __init__(self, plan: Any) -> None:
        self.draws = median_draws(plan)

    def draw(self, seed: int, replication: int) -> Any:
        return self.draws


def run_at_medians(s: Scenario) -> Any:
    """A run in which every draw is the median, without random incidents."""
    incidents = {n: i.model_copy(update={"rate": {}}) for n, i in s.airport.incidents.items()}
    plan = compile_scenario(s.model_copy(update={"airport": s.airport.model_copy(update={"incidents": incidents})}))
    world = World(replace(plan, streams=Medians(plan)), 0, 0)  # type: ignore[arg-type]
    world.simulate()
    return make_records(world)


def turns_everybody_back(s: Scenario) -> bool:
    """Whether a group may be turned back more often than not: at the medians that is each time that it tries."""
    levels = s.threat.effects.values() if s.threat is not None else ()
    chances = [s.road.turn_back, s.road.alone.turn_back, *(e.turn_back for e in s.road.escorts.values())]
    chances += [q for e in levels for q in (e.turn_back, e.turn_back_alone)]
    chances += [q for window in s.road.windows.values() for q in (window.turn_back, window.turn_back_alone)]
    after = s.security.host.after.turn_back if s.security.host is not None else None
    return any(q is not None and median(q) > 0.5 for q in [*chances, after])


def test_whom_no_aircraft_takes_may_be_brought_out_without_a_seat() -> None:
    """Of 21 people one has helicopters that fly out of the country; the only aircraft waits for an order that never comes."""
    s = from_data({
        "clock": {"start": "2021-09-12 06:00", "horizon": "2 d"},
        "shuttles": {"abroad": {"seats": 8, "number": 1, "flight": "6 min", "enters": "out"}},
        "airport": {"gates": {"abbey": {}}},
        "missions": {
            "asked": {
                "cohorts": {"flown": {"people": 1, "residual": 0, "shuttle": "abroad"}, "others": {"people": 20}},
                "order": {"at": "start"},
            },
            "staying": {"cohorts": {"core": {"people": 20}}, "residual": "all"},
        },
        "lift": {
            "types": {"transport": {"seats": 30}},
            "fleets": {"relief": {"lag": "0 h", "aircraft": "transport", "outbound": "1 h", "turn": "1 h", "serves": ["staying"],
                                  "loading": "own-first", "number": 1}},
        },
    }).scenario  # fmt: skip
    bound = planning_bound(s)
    assert (bound.people, bound.most_out, bound.hours) == (21, 1, math.inf)
    assert run_at_medians(s).replication["evacuated"] == 1


def test_who_leaves_a_helicopter_is_there_before_its_time_on_deck_is_over() -> None:
    """Two flights of 0.26 h, of which the last 0.01 h is on deck: the second brings its one person at 0.51 h."""
    flies = {"seats": 8, "number": 1, "flight": "6 min", "turn": "3 min", "deck": "36 s", "fills": False}
    s = from_data({
        "clock": {"start": "2021-09-12 06:00", "horizon": "2 d"},
        "shuttles": {"helicopters": flies},
        "airport": {"gates": {"abbey": {}}},
        "missions": {
            "one": {
                "cohorts": {"flown": {"people": 9, "residual": 0, "shuttle": "helicopters"}, "others": 20},
                "order": {"at": "start"},
            }
        },
    }).scenario  # fmt: skip
    took = float(run_at_medians(s).replication["t100_h"])
    assert took == pytest.approx(0.51)
    assert planning_bound(s).hours == pytest.approx(took)


@given(lively())
@settings(deadline=None, derandomize=True, max_examples=12)
def test_a_run_at_the_medians_does_not_beat_it(data: Data) -> None:
    """In total and by mission; and no more are out than it says can be."""
    s = from_data(data).scenario
    assume(not turns_everybody_back(s))  # again and again, without end
    b, records = planning_bound(s), run_at_medians(s)
    total = records.replication
    if not b.people:
        return
    if math.isfinite(total["t100_h"]):
        assert float(total["t100_h"]) - float(total["ordered_h"]) >= b.hours - 1e-6
    assert total["evacuated"] <= b.most_out + (total["to_move"] - b.people) + 1e-6
    for k, name in enumerate(records.missions["mission"]):
        took = float(records.missions["t100_h"][k]) - float(records.missions["ordered_h"][k])
        if b.missions[name].people:
            assert not took < b.missions[name].hours - 1e-6


def test_the_calendar_is_that_of_the_model() -> None:
    """Lanes by day, the loss of the airport by who is there, the runway as the tower goes home: with nobody to move about."""
    s = from_data(
        {
            "clock": {"start": "2021-09-12 06:00", "horizon": "4 d"},
            "threat": {"start": "contested", "fallen": "fallen", "stay": {"contested": {"exponential": {"mean": "20 h"}}}},
            "security": {
                "phases": [{"begins": "start", "provider": "none"}],
                "unsecured_hold": "30 h",
                "host": {"lanes": 3, "services": ["tower"], "hours": "06:00-18:00"},
            },
            "airport": {"gates": {"main": {"lanes": 2, "hours": "06:00-20:00"}}},
            "missions": people(10),
        }
    ).scenario
    c = calendar(s)
    fall = 20 * math.log(2)
    assert c.lost == pytest.approx(fall + 30)
    lanes, runway = c.lanes["main"], c.runway.astype(float)
    assert c.within(lanes, 0, 24) == pytest.approx(2 * 14)
    assert c.within(runway, 0, 24) == pytest.approx(12)
    assert c.most(runway, 12.5, 23.5) == 0
    assert c.within(c.manned, 0, 10) == pytest.approx(30)


# -- plans that can't work ---------------------------------------------------------------------------------------------

JET = {"types": {"jet": {"seats": 10, "load": "1 h"}}, "fleets": {"air": {"aircraft": "jet"}}}
NO_WAY: list[tuple[str, Data]] = [
    ("has no lanes", {"airport": {"gates": {"main": {"lanes": 0}}}}),
    ("there are no aircraft", {"lift": {}}),
    ("nobody ever provides a tower", {"lift": JET, "security": {"phases": [{"begins": "start", "provider": "none"}]}}),
    ("the pool has no vehicles", {"vehicles": {"cars": {"seats": 4, "number": 0}}, "cohort": {"vehicles": "cars"}}),
    ("takes nobody", {"airport": {"holding": 0}}),
]


@pytest.mark.parametrize(("why", "data"), NO_WAY, ids=[w for w, _ in NO_WAY])
def test_it_agrees_with_the_checks_that_need_no_numbers(why: str, data: Data) -> None:
    sections = {key: value for key, value in data.items() if key != "cohort"}
    s = from_data({**sections, "missions": people(50, **data.get("cohort", {}))}).scenario
    b = planning_bound(s)
    assert math.isinf(b.hours)
    assert impossible(s)
    assert b.most_out == 0
    assert any(why in reason for reason in b.reasons)
    assert set(impossible(s)) <= set(b.reasons)


def test_why_a_plan_fails_by_its_numbers() -> None:
    """Nothing is missing for sure, and yet the time, the seats or the beds are too few: how many can be out, and by when."""
    gate = {"gates": {"main": {"lanes": 1, "per_person": "1 h/person"}}}
    late = bound({"clock": {"horizon": "10 h"}, "airport": gate, "missions": people(50, group=1)})
    assert math.isinf(late.hours)
    assert late.most_out == pytest.approx(10)
    assert late.reasons[-1] == "at the medians at most 10 of 50 people can be out by hour 10, the horizon"
    seats = bound({"lift": {**JET, "fleets": {"air": {"aircraft": "jet", "sorties": 3}}}, "missions": people(50)})
    assert (seats.most_out, seats.cause) == (30, "seats")
    lift = {**JET, "fleets": {"air": {"aircraft": "jet", "hubs": "doha"}}}
    beds = bound({"lift": lift, "hubs": {"doha": {"beds": 20, "onward": 0}}, "missions": people(50)})
    assert (beds.most_out, beds.cause) == (20, "hub")


def test_only_those_are_said_never_to_be_ordered_out_whom_nobody_orders_out() -> None:
    """The fall of the capital counts alpha, which no order reaches; beta, which is ordered out, is not named with it."""
    threat = {"start": "contested", "fallen": "fallen", "stay": {"contested": "5 h"}}
    missions = {"alpha": {"cohorts": {"staff": 50}}, "beta": {"order": {"at": "start"}, "cohorts": {"staff": 7}}}
    assert bound({"clock": {"horizon": "20 h"}, "threat": threat, "missions": missions}).reasons == (
        "at the medians 50 people are never ordered out: alpha",
        "at the medians at most 7 of 57 people can be out by hour 20, the horizon",
    )
    gate = {"gates": {"main": {"lanes": 1, "per_person": "1 h/person"}}}
    slow = bound({"clock": {"horizon": "10 h"}, "airport": gate, "missions": people(50, group=1)})
    assert slow.reasons == ("at the medians at most 10 of 50 people can be out by hour 10, the horizon",)


def test_a_lost_airport() -> None:
    b = bound(
        {
            "threat": {"start": "contested", "fallen": "fallen", "stay": {"contested": "10 h"}},
            "security": {
                "phases": [{"begins": "start", "provider": "none"}], "unsecured_hold": "5 h", "host": {"lanes": 2},
            },
            "airport": {"gates": {"main": {"lanes": 1, "per_person": "30 min/person"}}},
            "missions": people(50, group=1),
        }
    )  # fmt: skip
    assert b.lost_h == 15
    assert b.most_out <= 30 + 1e-6
    assert "when the airport is lost" in b.reasons[-1]
    assert math.isinf(b.missions["alpha"].hours)


def test_nobody_to_move() -> None:
    b = bound({"missions": {"alpha": {"cohorts": {"staff": 50}}}})
    assert (b.people, b.hours, b.reasons, b.over_time) == (0, 0.0, (), ())


def test_json_has_no_infinity() -> None:
    for data in (shut_lanes(), {"lift": {}, "missions": people(5)}, {"missions": {"alpha": {"cohorts": {"staff": 50}}}}):
        text = json.dumps(bound(data).as_json(), allow_nan=False)
        assert set(json.loads(text)) >= {"bound_h", "binding", "over_time", "missions", "reasons", "most_out"}
    assert bound({"lift": {}, "missions": people(5)}).as_json()["bound_h"] is None


@pytest.mark.parametrize(
    ("north", "never"),
    [
        ({"order": {"at": "1 h"}}, 0),
        ({"order": {"at": "40 d"}}, 7),
        ({}, 7),
        ({"residual": 3}, 4),
        ({"residual": "all"}, 0),
        ({"closed": "start"}, 0),
        ({"closed": "3 h"}, 7),
        ({"closed": "40 d", "order": {"at": "1 h"}}, 7),
    ],
)
def test_those_whom_nobody_orders_out_are_not_among_all(north: Data, never: int) -> None:
    missions = {"north": north | {"cohorts": {"core": 7}}, "south": {"order": {"at": "1 h"}, "cohorts": {"core": 10}}}
    found = bound({"missions": missions})
    assert found.never_ordered == ({"north": never} if never else {})
    assert found.people == (17 if north == {"order": {"at": "1 h"}} else 10)
    assert found.as_json()["never_ordered"] == {"people": never, "missions": ["north"] if never else []}
    text = in_a_sentence("x", found)
    assert text.endswith(f" Not among them, since nobody orders them out: {never} people (north).") == bool(never)
    assert ("Not among them" in text) == bool(never)


def test_a_mission_that_had_closed_before_the_start_has_nobody_left_to_order_out() -> None:
    """One that closes an hour after it has: its seven are there, and nobody asks them."""
    for closed, never in (("2021-08-15 06:00", {}), ("2021-08-16 06:00", {}), ("2021-08-16 07:00", {"north": 7})):
        missions = {
            "north": {"closed": closed, "cohorts": {"core": 7}},
            "south": {"order": {"at": "1 h"}, "cohorts": {"core": 10}},
        }
        found = bound({"clock": {"start": "2021-08-16 06:00"}, "missions": missions})
        assert (found.never_ordered, found.people) == (never, 10)
