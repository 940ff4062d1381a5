"""Forces that are flown in: runway, stands, services, closures, diversions, steps, cargo, and who never comes."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.model.airlift import START, Data, flights, mission, provider, staff
from tests.model.helpers import Run, run

AIRFIELD: Data = {"runway": {"day": "30 min"}, "stands": {"apron": {"number": 9}}}
TYPES: Data = {"lifter": {"seats": 50, "stand": "apron", "load": "1 h", "quick": "15 min"}}
PLAIN: Data = {"lifter": {"seats": 50}}


TOWER: Data = {"headcount": 0, "services": "tower"}
"""A host nation that does nothing but run the tower."""


def flown(people: int = 30, by: Data | None = None, begins: Any = "2 h", host: Data | None = None, /, **force: Any) -> Data:
    """The force of a phase: so many soldiers, ten on an aircraft."""
    by = {"aircraft": "lifter", "troops": 10, **(by or {})}
    return provider([(begins, "p")], host, p={"operator": {}, "force": {"headcount": people, "flown_in": by, **force}})


def scene(security: Data, airfield: Data | None = None, types: Data | None = None, **sections: Any) -> Data:
    """A force and a lift whose only aircraft comes for nobody: one person is never ordered."""
    return {
        "clock": {"start": START, "horizon": "60 h"},
        "airport": {} if airfield is None else {"airfield": airfield},
        "security": security,
        "lift": {"types": types or (PLAIN if airfield is None else TYPES)},
        "missions": {"later": mission("9000 h", s=staff(1))},
        **sections,
    }


def there(r: Run) -> list[tuple[float, float]]:
    """(hour, soldiers at the airport) after each change."""
    return [(round(h, 9), n) for h, event, who, n in r.world.security.log if (event, who) == ("headcount", "p") and n is not None]


def told(r: Run, what: str) -> list[tuple[float, str]]:
    """Hours and aircraft of what the event log says of aircraft that bring the force."""
    ours = [(h, about) for h, event, about in r.world.run.notes if event == what and about["fleet"].startswith("p/force")]
    return [(round(h, 9), f"{about['fleet']}/{about['aircraft']}") for h, about in ours]


def cargo(r: Run) -> list[float]:
    """Hours at which cargo landed."""
    return [round(f.lands, 9) for f in r.world.lift.brought if not f.troops]


def test_without_a_limit_they_are_there_at_once() -> None:
    assert there(run(scene(flown(25)))) == [(2, 10), (2, 20), (2, 25)]


def test_each_takes_the_runway() -> None:
    """Three aircraft land one after another in half an hour each, from 2 h on; they unload and take off one after another."""
    r = run(scene(flown(25), AIRFIELD))
    assert there(r) == [(2.5, 10), (3, 20), (3.5, 25)]
    assert r.world.airfield.used(60)[1] == 6 * 0.5
    assert r.total["empty_flights"] == r.total["flights"] == r.total["troop_flights"] == 0


def test_each_takes_a_stand_until_it_has_taken_off() -> None:
    """One stand: land 30 min, unload 15 min, take off 30 min, and only then the next."""
    r = run(scene(flown(30), {**AIRFIELD, "stands": {"apron": {"number": 1}}}))
    assert there(r) == [(2.5, 10), (3.75, 20), (5, 30)]
    assert r.world.airfield.used(60) == (3.75, 3)


def test_evacuees_wait_for_the_runway_that_troops_use() -> None:
    data = scene(flown(30, {"unload": "4 h"}), AIRFIELD)
    data["lift"]["fleets"] = {"air": {"aircraft": "lifter", "available": "2.25 h"}}
    data["missions"]["m"] = mission(s=staff(40))
    alone = run({**data, "security": {}})
    r = run(data)
    assert flights(alone.world) == [(2.25 + 0.5 + 1 + 0.5, 40)]
    assert flights(r.world) == [(2 + 4 * 0.5 + 1 + 0.5, 40)]
    assert (alone.waits()["runway"], r.waits()["runway"]) == (40 * 0.5, 40 * 1.75)


def test_cargo_flights_take_their_turn_and_bring_nobody() -> None:
    """Two of troops and three of cargo, evenly among them: troops, cargo, troops, cargo, cargo."""
    r = run(scene(flown(20, {"cargo": 1.5}), AIRFIELD))
    assert there(r) == [(2.5, 10), (3.5, 20)]
    assert cargo(r) == [3, 4, 4.5]
    assert r.world.airfield.used(60)[1] == 10 * 0.5


@pytest.mark.parametrize(("over", "hours"), [("0 h", [2, 2, 2]), ("90 min", [1, 1.5, 2]), ("9 h", [0, 0, 2])])
def test_over_a_time_up_to_their_moment(over: str, hours: list[float]) -> None:
    """Nobody comes before it is known that they should: the phase begins at 0.5 h and they arrive 1.5 h later."""
    security = flown(30, {"over": over}, "0.5 h", TOWER)
    security["providers"]["p"]["arrival"] = "90 min"
    assert [h for h, _ in there(run(scene(security)))] == [max(0.5, h) for h in hours]


def test_those_there_at_the_start_are_not_flown_in_but_the_build_up_is() -> None:
    steps = [{"after": "4 h", "headcount": 45}, {"after": "6 h", "headcount": 15}, {"after": "8 h", "headcount": 16}]
    r = run(scene(flown(30, None, "start", build_up=steps), AIRFIELD))
    assert there(r) == [(4.5, 40), (5, 45), (6, 15), (8.5, 16)]
    assert r.world.security.absent is False


def test_nobody_is_there_before_the_first_lands() -> None:
    """q is relieved at 1 h by p, whose first aircraft lands at 1.5 h: until then nobody is there, and the order is given."""
    data = scene(flown(10, None, "1 h", TOWER), AIRFIELD)
    data["security"]["providers"]["q"] = {"force": {"headcount": 5}}
    data["security"]["phases"].insert(0, {"begins": "start", "provider": "q"})
    data["missions"]["m"] = {"order": {"when": "provider absent"}, "cohorts": {"s": staff(1)}}
    assert run(data).mission("m")["ordered_h"] == 1
    data["security"]["providers"]["q"]["force"]["withdrawal"] = {"takes": "25 min"}
    assert run(data).mission("m")["ordered_h"] == 1 + 25 / 60
    data["security"]["providers"]["q"]["force"]["withdrawal"] = {"takes": "31 min"}
    assert run(data).mission("m")["ordered_h"] == math.inf


@pytest.mark.parametrize(
    ("airfield", "more", "hours"),
    [
        (AIRFIELD, {"closures": {"x": {"at": "1 h", "lasts": "4 h", "closes": "runway"}}}, [5.5, 6, 6.5]),
        (AIRFIELD, {"closures": {"x": {"at": "2.75 h", "lasts": "4 h", "closes": "runway"}}}, [2.5, 3, 7.25]),
        (AIRFIELD, {"closures": {"x": {"at": "1 h", "lasts": "99 h", "closes": "runway"}}}, []),
    ],
    ids=["closed", "in-between", "for-good"],
)
def test_they_wait_while_the_runway_is_closed(airfield: Data, more: Data, hours: list[float]) -> None:
    assert [h for h, _ in there(run(scene(flown(30), airfield) | {"airport": {"airfield": airfield, **more}}))] == hours


@pytest.mark.parametrize(
    ("operator", "runway", "begins", "hours"),
    [
        (None, {"day": "30 min"}, "2 h", []),
        (None, {"day": "30 min", "visual": "1 h"}, "2 h", [3, 4]),
        (None, {"day": "30 min", "visual": "1 h"}, "14 h", [25, 26]),
        ({"services": "tower", "night": False}, {"day": "30 min", "visual": "1 h"}, "14 h", [24.5, 25]),
        ({"services": "tower"}, {"day": "30 min", "visual": "1 h"}, "14 h", [14.5, 15]),
        ({"services": "fire"}, {"day": "30 min", "visual": "1 h"}, "2 h", [3, 4]),
    ],
    ids=["no-tower", "visually", "not-at-night", "tower-by-day", "tower", "no-tower-but-others"],
)
def test_without_services_they_land_visually_by_day_or_not_at_all(
    operator: Data | None, runway: Data, begins: str, hours: list[float]
) -> None:
    """The clock starts at 06:00, and it is day until 18:00."""
    security = flown(20, None, begins)
    security["providers"]["p"]["operator"] = operator
    data = scene(security, {**AIRFIELD, "runway": runway})
    data["clock"]["daylight"] = "06:00-18:00"
    assert [h for h, _ in there(run(data))] == hours


def test_those_who_cannot_hold_divert_and_come_again() -> None:
    """Closed from 1 to 5 h: due at 2, diverted at 3, there again at 4.5, and able to hold until the runway opens."""
    by = {"endurance": "1 h", "returns": "90 min"}
    data = scene(flown(20, by), AIRFIELD)
    data["airport"]["closures"] = {"x": {"at": "1 h", "lasts": "4 h", "closes": "runway"}}
    r = run(data)
    assert (there(r), r.total["diverted"]) == ([(5.5, 10), (6, 20)], 2)
    assert told(r, "diverts") == [(3, "p/force/0"), (3, "p/force/1")]


def test_one_that_finds_no_stand_diverts_too() -> None:
    """Both divert from the closed runway at 2.5 h; at 11.5 h one takes the only stand, and the other can't hold so long."""
    by = {"endurance": "30 min", "returns": "9 h"}
    data = scene(flown(20, by), {**AIRFIELD, "stands": {"apron": {"number": 1}}})
    data["airport"]["closures"] = {"x": {"at": "1 h", "lasts": "2 h", "closes": "runway"}}
    r = run(data)
    assert (there(r), r.total["diverted"]) == ([(12, 10), (21.5, 20)], 2 + 1)


@pytest.mark.parametrize(
    ("ends", "soldiers", "back"),
    [("1 h", [], 3), ("2.25 h", [], 2), ("2.75 h", [10], 1), ("9 h", [10, 20, 30], 0)],
    ids=["before", "on-final", "in-between", "after"],
)
def test_a_force_that_is_replaced_turns_back(ends: str, soldiers: list[int], back: int) -> None:
    """One stand for each, half an hour of runway: who is on final approach lands, and leaves with those who are there."""
    security = flown(30, None, "2 h", TOWER)
    security["phases"].append({"begins": ends, "provider": "none"})
    if ends == "1 h":
        security["phases"] = [{"begins": "30 min", "provider": "p"}, {"begins": ends, "provider": "none"}]
        security["providers"]["p"]["arrival"] = "90 min"
    r = run(scene(security, AIRFIELD))
    assert [n for _, n in there(r)] == soldiers
    assert len(told(r, "flight turns back")) == back
    assert r.world.security.force_present is False
    assert r.world.airfield.free == {"apron": 9}


def test_a_withdrawal_that_begins_while_they_come_takes_those_who_are_there() -> None:
    """Ten are there at 2.5 h, ten more on final approach; it begins at 2.75 h and takes an hour in four steps."""
    r = run(scene(flown(30, withdrawal={"begins": "2.75 h", "takes": "1 h"}), AIRFIELD))
    assert there(r) == [(2.5, 10)]
    assert [(h, what) for h, what, *_ in r.world.security.log if "force" in what] == [
        (2.75, "force begins to withdraw"), (3.75, "force gone"),
    ]  # fmt: skip


@pytest.mark.parametrize(("people", "soldiers"), [(0, []), (1, [1])])
def test_nobody_and_one(people: int, soldiers: list[int]) -> None:
    assert [n for _, n in there(run(scene(flown(people), AIRFIELD)))] == soldiers


def test_beyond_the_horizon_and_without_missions() -> None:
    assert there(run(scene(flown(30, None, "70 h"), AIRFIELD))) == []
    assert there(run(scene(flown(30, None, "59.75 h"), AIRFIELD))) == []
