"""The threat to the capital: dated or random moves between levels, what a level does, the fall and the freeing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from sim.model.compiled.scenario import CompiledScenario
from sim.model.draws import Stream
from tests.model.airlift import Data, jets, mission, provider, staff
from tests.model.helpers import Run, plan, run

LEVELS = ("stable", "threatened", "contested", "fallen")


def levels(r: Run) -> list[tuple[float, str]]:
    """(hour, level from then on)."""
    return [(round(t, 9), LEVELS[k]) for t, k in r.world.threat.log]


def watch(threat: Data, horizon: str = "20 h", **sections: Any) -> Data:
    """A mission that is ordered after the horizon, so that only the threat moves."""
    never = {"order": {"at": "9000 h"}, "cohorts": {"s": 1}}
    return {"clock": {"start": "2021-08-16 06:00", "horizon": horizon}, "threat": threat, "missions": {"m": never}, **sections}


def stream(made: CompiledScenario, seed: int, replication: int, purpose: str, name: str) -> Stream:
    """The draws of one purpose and name."""
    which = next(i for i, s in enumerate(made.streams.specs) if s[:2] == (purpose, name))
    return made.streams.draw(seed, replication)[which]


# -- levels ----------------------------------------------------------------------------------------------------------


def test_dated_timeline_in_any_order() -> None:
    timeline = [{"at": "9 h", "level": "stable"}, {"at": "2021-08-16 10:00", "level": "contested"}]
    assert levels(run(watch({"timeline": timeline}))) == [(0, "stable"), (4, "contested"), (9, "stable")]


def test_dates_before_the_start_have_happened() -> None:
    """The last one before the start is the level at hour 0, whatever ``start`` says; the fall counts from there."""
    timeline = [
        {"at": "2021-08-15", "level": "fallen"},
        {"at": "2021-08-10", "level": "contested"},
        {"at": "3 h", "level": "threatened"},
    ]
    r = run(watch({"start": "stable", "fallen": "fallen", "timeline": timeline}))
    assert levels(r) == [(0, "fallen"), (3, "threatened")]
    assert r.total["fall_h"] == 0


def test_what_changed_in_the_hour_before_the_start_does_not_change_again() -> None:
    """Worse at 5:30 and 5:45, quiet at 6:00, when the clock starts: it is quiet from the start on, and nothing else happens."""
    timeline = [
        {"at": "2021-08-16 05:30", "level": "contested"},
        {"at": "2021-08-16 05:45", "level": "threatened"},
        {"at": "2021-08-16 06:00", "level": "stable"},
    ]
    assert levels(run(watch({"start": "contested", "timeline": timeline}))) == [(0, "stable")]


def test_levels_last_their_time_and_get_worse() -> None:
    r = run(watch({"stay": {"stable": "2 h", "threatened": "3 h", "contested": "4 h"}, "fallen": "fallen"}))
    assert levels(r) == [(0, "stable"), (2, "threatened"), (5, "contested"), (9, "fallen")]
    assert r.total["fall_h"] == 9
    assert list(r.timeline["level"])[:7] == ["stable"] * 2 + ["threatened"] * 3 + ["contested"] * 2


def test_a_level_without_a_time_lasts_for_ever() -> None:
    r = run(watch({"start": "threatened", "stay": {"threatened": "3 h"}}))
    assert levels(r) == [(0, "threatened"), (3, "contested")]


def test_a_threat_that_eases() -> None:
    """From stable it can only get worse; with ``up: 0`` it then eases again; from the worst it always eases."""
    r = run(watch({"stay": {"stable": "2 h", "threatened": "3 h"}, "up": {"threatened": 0}}, "11 h"))
    assert levels(r) == [(0, "stable"), (2, "threatened"), (5, "stable"), (7, "threatened"), (10, "stable")]
    r = run(watch({"start": "fallen", "stay": {"fallen": "6 h"}}))
    assert levels(r) == [(0, "fallen"), (6, "contested")]


def test_random_moves_are_the_addressed_draws() -> None:
    """Stay and direction of the k-th visit to a level are draw k of that level, whatever happened before."""
    data = watch(
        {
            "start": "threatened",
            "stay": {level: {"exponential": {"mean": "5 h"}} for level in LEVELS},
            "up": {"threatened": 0.5, "contested": 0.5},
        },
        "100 h",
    )
    made = plan(data)
    seen = set()
    for k in range(4):
        r = run(made, seed=7, replication=k)
        now, level, visits = 0.0, 1, [0] * 4
        expected = [(0.0, level)]
        while True:
            now += stream(made, 7, k, "stay", LEVELS[level]).at(visits[level])
            u = stream(made, 7, k, "move", LEVELS[level]).at(visits[level])
            visits[level] += 1
            level += 1 if level == 0 or (level < 3 and u < 0.5) else -1
            if now > 100:
                break
            expected.append((now, level))
        assert [lv for _, lv in r.world.threat.log] == [lv for _, lv in expected]
        assert [t for t, _ in r.world.threat.log] == pytest.approx([t for t, _ in expected])
        seen |= {b - a for (_, a), (_, b) in pairwise(expected)}
    assert seen == {-1, 1}


# -- what a level does -----------------------------------------------------------------------------------------------

WORSE = {"timeline": [{"at": "1 h", "level": "contested"}]}


def on_the_way(**sections: Any) -> Data:
    """Ten people, one group, ready at 2 h; the threat is contested from 1 h on."""
    return {"missions": {"m": mission(s=staff(10, starts="mission", ready="2 h"))}, **sections}


@pytest.mark.parametrize(
    ("effects", "sections", "quiet", "expected"),
    [
        ({"road": 3}, {"road": {"drive": "1 h"}}, 2 + 1, 2 + 3),
        ({"checkpoint": 4}, {"road": {"drive": "1 h", "checkpoints": 2, "delay": "30 min"}}, 2 + 1 + 1, 2 + 1 + 4),
        ({"search": 5}, {"airport": {"gates": {"g": {"per_group": "1 h"}}}}, 2 + 1, 2 + 5),
        ({"consular": 6}, {"airport": {"consular": {"per_person": "6 min/person"}}}, 2 + 1, 2 + 6),
        (
            {"flying": 7},
            {"lift": {"types": {"j": {"seats": 10, "load": "1 h"}}, "fleets": {"f": {"aircraft": "j"}}}},
            2 + 1,
            2 + 7,
        ),
        # 60 people/h for an hour outside a gate that 60 people slow to a half
        ({"crowd": "60 people/h"}, {"airport": {"gates": {"g": {"per_group": "1 h"}}, "crowd": {"slows": 60}}}, 2 + 1, 2 + 2),
    ],
    ids=["road", "checkpoint", "search", "consular", "flying", "crowd"],
)
def test_effects_of_a_level(effects: Data, sections: Data, quiet: float, expected: float) -> None:
    assert run(on_the_way(threat={**WORSE, "effects": {"fallen": effects}}, **sections)).out_h == pytest.approx(quiet)
    assert run(on_the_way(threat={**WORSE, "effects": {"contested": effects}}, **sections)).out_h == pytest.approx(expected)


def test_a_level_changes_the_chance_to_be_turned_back() -> None:
    """Surely turned back until 6 h: tries at 2, 4 (an hour out, an hour lost) and 6 h."""
    threat = {
        "timeline": [{"at": "1 h", "level": "contested"}, {"at": "5 h", "level": "stable"}],
        "effects": {"contested": {"turn_back": 1}},
    }
    assert run(on_the_way(threat=threat, road={"drive": "1 h", "retry": "1 h"})).out_h == 6 + 1
    # an easier level instead of the road's own chance
    threat = {"timeline": [{"at": "1 h", "level": "contested"}], "effects": {"contested": {"turn_back": 0}}}
    assert run(on_the_way(threat=threat, road={"drive": "1 h", "retry": "1 h", "turn_back": 1})).out_h == 2 + 1


def test_a_factor_is_that_of_the_moment_at_which_a_drive_begins() -> None:
    threat = {"timeline": [{"at": "2.5 h", "level": "contested"}], "effects": {"contested": {"road": 9}}}
    assert run(on_the_way(threat=threat, road={"drive": "1 h"})).out_h == 2 + 1


# -- the fall --------------------------------------------------------------------------------------------------------


def test_fallen_freed_and_fallen_again() -> None:
    """Held for 3 h: the first fall at 4 is undone at 6; the second at 10 loses the airport at 13."""
    threat = {
        "fallen": "fallen",
        "timeline": [{"at": f"{t} h", "level": v} for t, v in ((4, "fallen"), (6, "contested"), (10, "fallen"))],
    }
    r = run(watch(threat, security={**provider([("start", "none")]), "unsecured_hold": "3 h"}))
    assert (r.total["fall_h"], r.total["lost_h"], r.total["end"]) == (4, 13, "lost")


def test_worse_than_the_level_of_the_fall_is_fallen_too() -> None:
    """Moving on from one fallen level to a worse one is no second fall: the time held counts from the first."""
    threat = {"fallen": "contested", "timeline": [{"at": "4 h", "level": "contested"}, {"at": "6 h", "level": "fallen"}]}
    r = run(watch(threat, security={**provider([("start", "none")]), "unsecured_hold": "3 h"}))
    assert (r.total["fall_h"], r.total["lost_h"]) == (4, 4 + 3)


def test_without_a_level_of_the_fall_the_capital_never_falls() -> None:
    r = run(
        watch(
            {"timeline": [{"at": "4 h", "level": "fallen"}]}, security={**provider([("start", "none")]), "unsecured_hold": "3 h"}
        )
    )
    assert (r.total["fall_h"], r.total["lost_h"], r.total["end"]) == (float("inf"), float("inf"), "horizon")


def test_a_level_is_reached_for_the_first_time_only_once_and_worse_counts() -> None:
    """An order two hours after *threatened*: contested, at 3 h, is worse and counts as that."""
    data = jets(threat={"timeline": [{"at": "3 h", "level": "contested"}, {"at": "8 h", "level": "threatened"}]})
    data["missions"]["embassy"]["order"] = {"at": {"threatened": "2 h"}}
    assert run(data).out_h == 3 + 2
