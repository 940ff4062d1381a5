"""Who is let through: agreements honoured as a whole, people who come alone, curfew and escorts, and giving up."""

from __future__ import annotations

from typing import Any

import pytest

from sim.model.world import World
from tests.model.helpers import INF, check_census, plan, run
from tests.model.way import moments, stage

NIGHT = "clock: {start: 2021-08-01 22:00}"
JET: dict[str, Any] = {
    "types": {"jet": {"seats": 100}},
    "fleets": {"air": {"aircraft": "jet", "wait_for": 1, "outbound": "1 h", "inbound": "1 h"}},
}


def mission(cohort: str, order: str = "{at: start}") -> str:
    """One mission with one cohort."""
    return f"missions: {{m: {{order: {order}, cohorts: {{c: {{{cohort}}}}}}}}}"


def levels(first: str, at: str, then: str) -> str:
    """A threat level until *at*, and another from then on; nobody passes at the contested one."""
    changes = f"[{{at: start, level: {first}}}, {{at: {at}, level: {then}}}]"
    return f"threat: {{timeline: {changes}, effects: {{contested: {{turn_back: 1}}}}}}"


def alone(people: int = 10, drive: str = "1 h", **road: Any) -> dict[str, Any]:
    """People who come alone and are always turned back, as far as *road* does not say otherwise."""
    own = {"turn_back": 1, "retry": "2 h", "tries": 3, **road}
    return {
        "road": {"drive": drive, "alone": own},
        "missions": {"m": {"order": {"at": "start"}, "cohorts": {"c": {"people": people, "alone": True}}}},
    }


# -- curfew ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "leaves"), [("escort: police", 0.5), ("alone: true", 6), ("group: 10", 6)])
def test_a_curfew_holds_all_but_those_with_an_escort(how: str, leaves: float) -> None:
    """As the French convoy of 17 August 2021, which left at 22:30; the curfew here is from 22:00 to 04:00."""
    road = "road: {drive: 1 h, curfew: 22:00-04:00, escorts: {police: {}}}"
    r = run(f"{NIGHT}\n{road}\n{mission(f'people: 10, {how}, ready: 30 min')}")
    assert moments(r, "depart") == [leaves]
    assert r.waits().get("permission", 0) == 10 * (leaves - 0.5)


def test_in_a_curfew_a_convoy_leaves_as_soon_as_its_escort_is_there() -> None:
    """One team: there and back in two hours, all of it in the curfew."""
    road = "road: {drive: 1 h, curfew: 22:00-04:00, escorts: {police: {teams: 1}}}"
    r = run(f"{NIGHT}\n{road}\n{mission('people: 20, group: 10, escort: police')}")
    assert moments(r, "depart") == [0, 2]
    assert r.waits() == {"vehicle": 10 * 2}


def test_an_escort_has_to_wait_where_the_road_is_closed() -> None:
    closures = "airport: {closures: {x: {at: start, lasts: 3 h, closes: road}}}"
    road = "road: {drive: 1 h, curfew: always, escorts: {police: {}}}"
    assert moments(run(f"{road}\n{closures}\n{mission('people: 10, escort: police')}"), "depart") == [3]


# -- agreements --------------------------------------------------------------------------------------------------------


def test_an_agreement_lets_all_through_or_nobody() -> None:
    """Half of the agreements hold: all 20 groups of a mission that ask together have the same number of tries."""
    made = plan(f"road: {{drive: 1 h, retry: 1 h, negotiation: 2 h, turn_back: 50%}}\n{mission('people: 20, group: 1')}")
    tries = []
    for k in range(40):
        (each,) = {c.tries for c in run(made, replication=k, check_every=50).world.run.groups}
        tries.append(each)
    assert {0, 1, 2} <= set(tries)


def test_agreements_hold_as_often_as_the_chance_says() -> None:
    """400 missions, 30 %: within 5 standard errors (0.115); the agreements of two missions have nothing to do with each other."""
    missions = {f"m{k}": {"order": {"at": "start"}, "cohorts": {"a": 1, "b": {"people": 1, "ready": "30 h"}}} for k in range(400)}
    r = run(
        {"road": {"drive": "1 h", "negotiation": "1 h", "retry": "1 h", "turn_back": 0.3}, "missions": missions}, check_every=500
    )
    first = [c.tries for c in r.world.run.groups if c.cohort.plan.name == "a"]
    assert sum(t > 0 for t in first) / 400 == pytest.approx(0.3, abs=5 * (0.3 * 0.7 / 400) ** 0.5)
    assert max(c.arrive for c in r.world.run.groups if c.cohort.plan.name == "a") < 30
    assert not any(c.tries for c in r.world.run.groups if c.cohort.plan.name == "b"), "an agreement that has held holds"


def test_a_broken_agreement_is_negotiated_again() -> None:
    """Negotiated by 1 h, home again at 3, next try asked for at 4, which is negotiated by 5; the level is mild from 4.5 h on."""
    r = run(f"""
        {levels("contested", "4.5 h", "stable")}
        road: {{drive: 2 h, retry: 1 h, negotiation: 1 h}}
        {mission("people: 10")}
    """)
    assert moments(r, "arrive") == [1 + 2 + 1 + 1 + 2]
    assert r.waits() == {"permission": 10 * 5}


def test_who_waits_while_an_agreement_breaks_waits_for_the_next() -> None:
    """The second group, ready at 3.5 h, finds it broken at 3 h and asks at once; the first comes home and asks at 4 h."""
    r = run(f"""
        {levels("contested", "3.2 h", "stable")}
        road: {{drive: 2 h, retry: 1 h, negotiation: 1 h}}
        {mission("people: 20, group: 10, ready: 0 h, gap: 1.75 h")}
    """)
    assert [c.tries for c in r.world.run.groups] == [1, 0]
    # ready at 1.75 and 3.5 h; agreed at 2.75 h, so that the level is mild when the first comes home at 4.75 h
    assert moments(r, "depart") == [2.75, 3.5]


def test_an_agreement_holds_no_more_once_the_chance_is_above_its_draw() -> None:
    """A chance of 0 lets the first pass; at a certain refusal the second, under the same agreement, is turned back for good."""
    r = run(f"""
        clock: {{horizon: 20 h}}
        {levels("stable", "3 h", "contested")}
        road: {{drive: 1 h, retry: 1 h, negotiation: 1 h}}
        {mission("people: 20, group: 10, gap: 2 h")}
    """)
    assert [c.arrive for c in r.world.run.groups] == [4, INF]
    assert r.world.run.groups[1].tries > 2


def test_a_team_set_free_by_a_broken_agreement_takes_nobody_under_it() -> None:
    """One team; the second convoy waits for it, and at the first one's return (3 h) has to negotiate again."""
    r = run(f"""
        threat: {{start: contested}}
        road: {{drive: 2 h, retry: 9 h, escorts: {{police: {{teams: 1, negotiation: 1 h, turn_back: 1}}}}, tries: 1}}
        {mission("people: 20, group: 10, escort: police")}
    """)
    assert moments(r, "depart") == [1, 3 + 1]
    assert [c.gave_up for c in r.world.run.groups] == [3, 6]


# -- people who come alone ---------------------------------------------------------------------------------------------


def test_who_comes_alone_needs_no_permission_and_no_convoy() -> None:
    r = run(f"""
        road: {{drive: 1 h, negotiation: 9 h, convoy: {{vehicles: 4, patience: 5 h, headway: 2 h}}, turn_back: 1}}
        threat: {{effects: {{stable: {{turn_back: 0}}}}}}
        {mission("people: 30, group: 10, alone: true")}
    """)
    assert moments(r, "arrive") == [1, 1, 1]
    assert r.waits() == {}


@pytest.mark.parametrize(
    ("level", "after", "road", "turned"),
    [
        ("turn_back_alone: 0, turn_back: 1", "turn_back: 1", "alone: {turn_back: 1}, turn_back: 1", False),
        ("turn_back_alone: 1", "turn_back: 0", "alone: {turn_back: 0}", True),
        ("turn_back: 1", "turn_back: 1", "alone: {turn_back: 0}, turn_back: 1", False),
        ("turn_back: 0", "turn_back: 1", "", True),
        ("turn_back: 1", "road: 1", "", True),
        ("road: 1", "road: 1", "turn_back: 1", True),
        ("road: 1", "road: 1", "alone: {tries: 4}", False),
    ],
)
def test_the_nearest_chance_is_that_of_who_comes_alone(level: str, after: str, road: str, turned: bool) -> None:
    """The level's for them, then the road's for them, then what holds for convoys without an escort."""
    r = run(f"""
        clock: {{horizon: 9 h}}
        threat: {{effects: {{stable: {{{level}}}}}}}
        security:
          providers: {{none: {{}}}}
          phases: [{{begins: start, provider: none}}]
          host: {{collapse: {{at: start}}, after: {{{after}}}}}
        road: {{drive: 1 h, retry: 1 h, {road}}}
        {mission("people: 10, alone: true, ready: 1 h")}
    """)
    assert [c.tries > 0 for c in r.world.run.groups] == [turned]


def test_their_tries_are_independent() -> None:
    """400 groups, 60 % turned back, three tries: 0.6^3 = 21.6 % give up, within 5 standard errors (0.103)."""
    data = alone(400, turn_back=0.6)
    data["missions"]["m"]["cohorts"]["c"]["group"] = 1
    r = run(data, check_every=100)
    assert r.total["gave_up"] / 400 == pytest.approx(0.6**3, abs=5 * (0.216 * 0.784 / 400) ** 0.5)
    assert {c.tries for c in r.world.run.groups} == {0, 1, 2, 3}
    assert all((c.gave_up < INF) == (c.tries == 3) == (c.arrive == INF) for c in r.world.run.groups)


# -- giving up -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tries", [1, 2, 3, {"uniform": [2.6, 3.4]}, {"uniform": [0.1, 0.4]}])
def test_giving_up_is_an_end_of_its_own(tries: Any) -> None:
    """Home from a try after an hour, the next one two hours later; nothing is waited after the last."""
    number = tries if isinstance(tries, int) else max(1, round(sum(tries["uniform"]) / 2))
    over = 1 + 3 * (number - 1)
    r = run(alone(tries=tries))
    assert (r.total["end"], r.total["end_h"], r.out_h) == ("gave_up", over, INF)
    for row in (r.total, r.mission("m"), r.cohort("m/c")):
        assert [row[k] for k in ("evacuated", "staying", "stranded", "unfinished", "gave_up")] == [0, 0, 10, 0, 10]
    assert r.waits() == {"permission": 10 * over}
    assert stage(r, "gave_up") == [0] * over + [10]
    assert stage(r, "road")[-2:] == [10, 0]


def test_others_go_on_and_those_who_gave_up_wait_no_more() -> None:
    """They give up at 7 h; the other cohort is out at 20 h, and the run ends then."""
    data = alone()
    data["missions"]["m"]["cohorts"]["other"] = {"people": 5, "ready": "19 h"}
    r = run(data)
    assert (r.total["end"], r.total["end_h"]) == ("gave_up", 20)
    assert r.waits(r.cohort("m/c")) == {"permission": 10 * 7}
    assert (r.cohort("m/other")["t100_h"], r.mission("m")["t100_h"]) == (20, INF)
    assert (r.mission("m")["evacuated"], r.mission("m")["gave_up"]) == (5, 10)


def test_the_horizon_comes_before_they_give_up() -> None:
    r = run({**alone(), "clock": {"horizon": "6.5 h"}})
    assert (r.total["end"], r.total["unfinished"], r.total["gave_up"]) == ("horizon", 10, 0)


def test_who_gave_up_before_the_horizon_is_stranded_and_the_others_unfinished() -> None:
    data = {**alone(), "clock": {"horizon": "9 h"}}
    data["missions"]["m"]["cohorts"]["late"] = {"people": 4, "ready": "50 h"}
    r = run(data)
    assert (r.total["end"], r.total["stranded"], r.total["gave_up"], r.total["unfinished"]) == ("horizon", 10, 10, 4)


def test_when_the_airport_is_lost_all_are_stranded_and_some_had_given_up() -> None:
    data = alone()
    data["missions"]["m"]["cohorts"]["late"] = {"people": 4, "ready": "50 h"}
    data["threat"] = {"start": "fallen", "fallen": "fallen"}
    data["security"] = {"unsecured_hold": "9 h", "phases": [{"begins": "start", "provider": "none"}]}
    r = run(data)
    assert (r.total["end"], r.total["stranded"], r.total["gave_up"], r.total["unfinished"]) == ("lost", 14, 10, 0)


def test_without_a_limit_they_try_until_they_pass() -> None:
    """Turned back while the level lasts, to 100 h: a try every three hours."""
    data = alone(turn_back=None, tries=None)
    data["threat"] = {
        "timeline": [{"at": "start", "level": "contested"}, {"at": "100 h", "level": "stable"}],
        "effects": {"contested": {"turn_back_alone": 1}},
    }
    data["road"]["alone"] = {"retry": "2 h"}
    r = run(data)
    assert (r.out_h, r.total["gave_up"]) == (102 + 1, 0)


def test_convoys_have_a_limit_of_their_own() -> None:
    """Two tries, each 2 h there and back and half an hour at home: at 0 and 2.5 h."""
    r = run(f"road: {{drive: 2 h, retry: 30 min, turn_back: 1, tries: 2, alone: {{tries: 9}}}}\n{mission('people: 10')}")
    assert (r.total["gave_up"], r.total["end_h"]) == (10, 2 + 0.5 + 2)


@pytest.mark.parametrize(("based", "leaves"), [("mission", 0 + 1), ("airport", 1 + 1 + 1 + 1)])
def test_the_bus_of_those_who_gave_up_takes_others(based: str, leaves: float) -> None:
    """One bus and one try, an hour's drive; only the first is turned back.  The bus is free at home, or back at the airport."""
    r = run(f"""
        {levels("contested", "30 min" if based == "mission" else "90 min", "stable")}
        road: {{drive: 1 h, tries: 1}}
        vehicles: {{bus: {{seats: 10, number: 1, based: {based}}}}}
        {mission("people: 20, vehicles: bus")}
    """)
    assert [c.gave_up < INF for c in r.world.run.groups] == [True, False]
    assert r.world.run.groups[1].depart == leaves
    assert r.world.road.pools["bus"].free == (1 if based == "airport" else 0)


def test_an_aircraft_waits_for_nobody_who_gave_up() -> None:
    """It waits for 100 with endless patience; 60 are inside from the start, 40 give up at 7 h, and it leaves then."""
    data = {**alone(40), "lift": JET}
    data["missions"]["m"]["cohorts"]["here"] = {"people": 60, "starts": "holding"}
    r = run(data)
    assert r.departures() == [(7, 60)]
    assert (r.total["end"], r.total["end_h"], r.total["evacuated"], r.total["gave_up"]) == ("gave_up", 7, 60, 40)


def test_no_aircraft_comes_for_those_who_gave_up() -> None:
    """The fleet is there from 9 h on: by then nobody is left to fetch."""
    data = {**alone(40), "lift": {**JET, "fleets": {"air": {**JET["fleets"]["air"], "available": "9 h"}}}}
    data["missions"]["m"]["cohorts"]["late"] = {"people": 1, "order": {"at": "30 h"}}
    r = run(data)
    assert r.departures() == [(pytest.approx(30 + 1), 1)]
    assert r.total["empty_flights"] == 0


def test_people_without_a_seat_are_those_who_may_still_come() -> None:
    """What boarding keeps of them, at each event, against the groups themselves."""
    data = {**alone(200, turn_back=0.6), "lift": JET}
    data["missions"]["m"]["cohorts"]["c"]["group"] = 5
    data["missions"]["n"] = {"order": {"at": "3 h"}, "cohorts": {"c": {"people": 30, "alone": True, "group": 4, "gap": "1 h"}}}
    w = World(plan(data), 1, 0)
    w.start()
    while not w.clock.stopped:
        w.clock.step()
        check_census(w)
        seatless = sum(c.unready for c in w.cohorts) + sum(c.left for c in w.run.groups if c.gave_up == INF)
        assert w.seats.to_board == seatless
    assert w.run.n_gave_up > 0
    assert w.seats.to_board == 0


def test_an_end_that_somebody_sees() -> None:
    from sim.model.eventlog import events

    log = events(run(alone(tries=1)).world)
    assert [(e.time_h, e.event, e.people, e.cause) for e in log[-3:]] == [
        (1, "turned back", 10, None),
        (1, "gives up", 10, None),
        (1, "end", None, "gave_up"),
    ]


def test_nobody_gives_up_where_nobody_is_to_move() -> None:
    r = run(alone(0))
    assert (r.total["end"], r.total["gave_up"]) == ("out", 0)
