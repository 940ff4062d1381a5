"""The groups of the bounds: sizes, and the shortest time at each place, worked out by hand where nothing is random."""

from __future__ import annotations

from typing import Any

import pytest

from sim.analysis.bounds.groups import GroupBuilder, Groups
from tests.model.helpers import INF, plan

Data = dict[str, Any]


def groups(cohorts: Data, mission: Data | None = None, **sections: Any) -> Groups:
    """The groups of one mission ordered at 1 h; the clock starts at 06:00."""
    alpha = {"order": {"at": "1 h"}, "cohorts": cohorts, **(mission or {})}
    made = plan({"clock": {"start": "2021-08-16 06:00", "horizon": "9 d"}, "missions": {"alpha": alpha}, **sections})
    return GroupBuilder(made, made.streams.draw(1, 0)).make()


def one(cohort: Data | None = None, mission: Data | None = None, **sections: Any) -> dict[str, float]:
    """The hours of the only group, of ten people."""
    g = groups({"staff": {"people": 10, **(cohort or {})}}, mission, **sections)
    assert len(g.people) == 1
    names = ("ready", "depart", "empty", "way", "back", "turn", "arrive", "search", "consular", "inside")
    return {name: round(float(getattr(g, name)[0]), 9) for name in names}


def test_sizes_of_the_main_body_and_of_the_rear_party() -> None:
    """Twenty-three to move, five of them in the rear: 10 + 8, and 5; the rear party is ready after all others."""
    rear = {"people": 5, "destruction": "1 h"}
    g = groups({"staff": {"people": 25, "residual": 2, "group": 10, "ready": "3 h", "rear_party": rear}})
    assert g.people.tolist() == [10, 8, 5]
    assert g.ready.tolist() == [4, 4, 4]
    late = groups({"staff": {"people": 25, "group": 10, "ready": "3 h", "rear_party": {"people": 12, "destruction": "7 h"}}})
    assert late.people.tolist() == [10, 3, 10, 2]
    assert late.ready.tolist() == [4, 4, 8, 8]
    apart = groups({"staff": {"people": 25, "group": 10, "ready": "3 h", "gap": "2 h"}})
    assert (apart.people.tolist(), apart.ready.tolist()) == ([10, 10, 5], [6, 8, 10])
    two = groups({"a": {"people": 20, "group": 10}, "b": {"people": 7}, "nobody": {"people": 0}})
    assert (two.cohort.tolist(), two.people.tolist(), two.mission.tolist()) == ([0, 0, 1], [10, 10, 7], [0, 0, 0])


def test_sizes_of_a_multiple_and_of_a_cohort_that_stays() -> None:
    """Ten employees, 41 family members in groups of 20; all of the others stay, however many they are."""
    ratios = {"size": 4.1}
    families = {"people": {"of": "local", "times": "size"}, "group": 20}
    cohorts = {"families": families, "local": 10, "stay": {**families, "residual": "all"}}
    g = groups(cohorts, ratios=ratios)
    assert (g.people.tolist(), g.cohort.tolist()) == ([20, 20, 1, 10], [0, 0, 0, 1])
    drawn = groups({**cohorts, "local": {"uniform": [30, 90]}}, ratios=ratios)
    local = int(drawn.people[drawn.cohort == 1].sum())
    assert local not in (10, 60)
    assert int(drawn.people[drawn.cohort == 0].sum()) == int(4.1 * local + 0.5)


def test_a_group_fits_into_the_holding_area() -> None:
    assert groups({"staff": {"people": 25, "group": 20}}, airport={"holding": 12}).people.tolist() == [12, 12, 1]


def test_the_way_by_road() -> None:
    """Two hours, two checkpoints of a quarter; or distance by speed."""
    road = {"drive": "2 h", "checkpoints": 2, "delay": "15 min"}
    assert one(road=road) == {
        "ready": 1, "depart": 1, "empty": 0, "way": 2.5, "back": 0, "turn": 0,
        "arrive": 3.5, "search": 0, "consular": 0, "inside": 3.5,
    }  # fmt: skip
    assert one(mission={"distance": "30 km"}, road={"speed": "20 km/h"})["way"] == 1.5
    assert one({"starts": "gate"}, road=road)["arrive"] == 1
    assert one({"starts": "holding"}, road=road)["inside"] == 1


def test_vehicles_from_the_mission_come_back_and_those_of_the_airport_come_out() -> None:
    road = {"drive": "2 h", "checkpoints": 1, "delay": "15 min"}
    bus = {"seats": 10, "number": 1}
    home = one({"vehicles": "bus"}, road=road, vehicles={"bus": bus})
    assert (home["depart"], home["empty"], home["way"], home["back"], home["arrive"]) == (1, 0, 2.25, 2, 3.25)
    away = one({"vehicles": "bus"}, road=road, vehicles={"bus": {**bus, "based": "airport"}})
    assert (away["depart"], away["empty"], away["way"], away["back"], away["arrive"]) == (1, 2, 2.25, 0, 5.25)


def test_permission_curfew_and_escort() -> None:
    road: Data = {"drive": "2 h", "checkpoints": 1, "delay": "1 h", "negotiation": "5 h"}
    assert one(road=road)["depart"] == 1 + 5
    assert one(road={**road, "curfew": "08:00-20:00"})["depart"] == 14  # 12:00 is in it, 20:00 is 14 h after 06:00
    assert one(road={**road, "curfew": "13:00-20:00"})["depart"] == 6
    assert one(road={**road, "curfew": "22:00-12:30"})["depart"] == 6.5
    escorts = {"police": {"road": 0.5, "delay": 0.25, "negotiation": "2 h"}}
    escorted = one({"escort": "police"}, road={**road, "escorts": escorts})
    assert (escorted["depart"], escorted["way"]) == (1 + 2, 2 * 0.5 + 1 * 0.25)
    assert one({"escort": "police"}, road={**road, "escorts": escorts, "curfew": "always"})["depart"] == 1 + 2


def test_who_comes_alone_needs_no_permission_but_waits_for_the_end_of_the_curfew() -> None:
    """Ready at 07:00, an hour after the start."""
    road = {"drive": "2 h", "negotiation": "5 h", "convoy": {"vehicles": 4, "headway": "9 h"}}
    assert one({"alone": True}, road=road)["depart"] == 1
    assert one({"alone": True}, road={**road, "curfew": "22:00-08:00"})["depart"] == 2


THREAT = {"levels": ["calm", "tense"], "start": "calm", "timeline": [{"at": "30 min", "level": "tense"}]}


def test_the_best_that_is_still_to_come() -> None:
    """The level is tense before anybody is ordered; after a collapse the host's successors may be quicker."""
    effects = {"tense": {"road": 2, "checkpoint": 4, "search": 1.5, "consular": 3}}
    road = {"drive": "2 h", "checkpoints": 1, "delay": "15 min"}
    airport = {"gates": {"main": {"per_group": "1 h"}}, "consular": {"officers": 3, "team": 3, "per_group": "30 min"}}
    hard = one(road=road, airport=airport, threat={**THREAT, "effects": effects})
    assert (hard["way"], hard["search"], hard["consular"]) == (2 * 2 + 4 * 0.25, 1.5, 1.5)
    host = {"collapse": {"at": "50 h"}, "after": {"road": 0.5, "checkpoints": 3, "delay": "1 min", "negotiation": "1 h"}}
    security = {"providers": {"none": {}}, "phases": [{"begins": "start", "provider": "none"}], "host": host}
    eased = one(road={**road, "negotiation": "5 h"}, security=security)
    assert eased["way"] == pytest.approx(2 * 0.5 + 3 / 60)
    assert eased["depart"] == 1 + 1


def test_helicopters_fly_by_day() -> None:
    """A quarter of an hour there, ten minutes on the spot, a quarter back; not before daylight unless they can."""
    fly: Data = {"seats": 10, "flight": "15 min", "turn": "10 min", "number": 1}
    night = {"start": "2021-08-16 20:00", "horizon": "9 d", "daylight": "06:00-18:00"}
    there = one({"shuttle": "chopper"}, shuttles={"chopper": fly})
    assert (there["empty"], there["turn"], there["way"]) == pytest.approx((0.25, 1 / 6, 0.25))
    assert there["arrive"] == there["inside"] == pytest.approx(1 + 2 / 3)
    assert one({"shuttle": "chopper"}, shuttles={"chopper": {**fly, "night": False}}, clock=night)["depart"] == 10
    assert one({"shuttle": "chopper"}, shuttles={"chopper": {**fly, "night": True}}, clock=night)["depart"] == 1


GATES = {"main": {"per_group": "1 h", "per_person": "6 min/person"}, "side": {"per_group": "3 h", "hours": "10:00-12:00"}}


def test_the_best_gate_and_the_check() -> None:
    """An hour and six minutes for each of ten; the other gate only: three hours, from 10:00 on."""
    main = one({"starts": "gate"}, airport={"gates": GATES})
    assert (main["search"], main["inside"]) == (1 + 10 * 0.1, 1 + 2)
    side = one({"starts": "gate"}, {"gates": ["side"]}, airport={"gates": GATES})
    assert (side["search"], side["inside"]) == (3, 4 + 3)
    factor = one({"starts": "gate", "search": 0.5}, airport={"gates": GATES})
    assert factor["search"] == 1
    check = {"officers": 4, "team": 4, "per_group": "30 min", "per_person": "6 min/person"}
    checked = one({"starts": "gate"}, airport={"gates": GATES, "consular": check})
    assert checked["consular"] == pytest.approx(0.5 + 10 * 0.1 / 4)
    assert checked["inside"] == pytest.approx(1 + 2 + 0.75)
    assert one({"starts": "gate", "consular": 0}, airport={"consular": check})["consular"] == 0
    assert one({"starts": "gate", "consular": 2}, airport={"consular": check})["consular"] == pytest.approx(1.5)


def test_a_convoy_moves_at_the_pace_of_its_quickest() -> None:
    """Cohorts of one mission, order, pool and escort may share a convoy, whose first group may be of either."""
    cohorts = {"a": {"people": 20, "group": 10}, "b": {"people": 10}, "c": {"people": 10, "vehicles": "bus"}}
    road: Data = {"drive": {"uniform": ["1 h", "5 h"]}, "checkpoints": 1, "delay": {"uniform": ["1 h", "5 h"]}}
    bus = {"bus": {"seats": 10, "based": "airport"}}
    alone, together = (groups(cohorts, road={**road, "convoy": {"vehicles": n}}, vehicles=bus) for n in (1, 2))
    drives = groups(cohorts, road={"drive": road["drive"]}, vehicles=bus).way
    delays = alone.way - drives
    quick = drives[:3].min() + delays[:3].min()
    assert together.way.tolist() == pytest.approx([quick] * 3 + [drives[3] + delays[3]])
    assert together.empty.tolist() == alone.empty.tolist() == [0, 0, 0, drives[3]]  # each empty bus drives by itself


def test_who_is_never_ordered_is_never_there() -> None:
    made = plan({"missions": {"alpha": {"cohorts": {"staff": 10}}}})
    g = GroupBuilder(made, made.streams.draw(1, 0)).make()
    assert (g.ready.tolist(), g.inside.tolist()) == ([INF], [INF])
