"""Ranges over replications, in which never counts as never, and the replication that is shown."""

from __future__ import annotations

import math

import pytest

from sim.analysis.as_json import as_json
from sim.experiment.work import Job, run_job
from sim.studies.schedule.ranges import ENGINE, FLEET, MISSION, Read, Spread, nearest_to_median, read, reads_of, spread, spreads
from tests.model.helpers import plan
from tests.model.test_movements import AIRLIFT

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("left", "chosen"),
    [
        ({0: 5, 1: 9, 2: 7}, 2),  # the median itself
        ({0: 0, 1: 10, 2: 4, 3: 6}, 2),  # 5 lies between 4 and 6: the lower number
        ({4: 6, 1: 4, 2: 0, 3: 10}, 1),  # whatever the order
        ({0: 3, 1: 3, 2: 3}, 0),
        ({7: 12}, 7),
        ({0: 0, 1: 0, 2: 100, 3: 100}, 0),  # 50 is as far from both
    ],
)
def test_the_replication_nearest_to_the_median(left: dict[int, float], chosen: int) -> None:
    assert nearest_to_median(left) == chosen


def test_never_counts_as_never_and_nothing_as_nothing() -> None:
    """Of ten values the 1st, 5th and 9th; two of them never."""
    values = [8.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, INF, INF, NAN]
    assert spread(values) == Spread(10, 2, 1.0, 5.0, None)
    assert as_json(spread(values)) == {"of": 10, "never": 2, "p10": 1.0, "median": 5.0, "p90": None}
    assert spread([NAN, NAN]) is None
    assert spread([INF]) == Spread(1, 1, None, None, None)


def test_a_fleet_that_does_not_fly_made_no_sorties_and_a_mission_without_people_has_no_moment() -> None:
    row = dict.fromkeys(MISSION, 1.0)
    reads = {
        0: Read(0, {"a": tuple(row.values())}, {"jet": (2.0, 5.0, 3.0, 120.0)}),
        1: Read(0, {"a": (NAN,) * len(MISSION)}, {}),
    }
    assert spreads(reads, "missions")["a"]["first_leaves_h"] == Spread(1, 0, 1.0, 1.0, 1.0)
    jet = spreads(reads, "fleets")["jet"]
    assert jet["sorties"] == Spread(2, 0, 0.0, 0.0, 3.0)
    assert jet["last_off_h"] == Spread(2, 1, 5.0, 5.0, None)
    assert [*jet] == [*FLEET]


def test_what_a_worker_reads_of_a_replication() -> None:
    """The airlift: ordered and left at 2 h, all inside at 4 h, one sortie of 60 at 4.5 h; b has nobody to move."""
    made = plan(AIRLIFT)
    moved = read(made, 1, 0)
    assert moved.missions["mission"] == ["a", "b"]
    assert [moved.missions[name][0] for name in MISSION] == [2, 2, 2, 4, 4.5, 4, 4.5]
    assert all(math.isnan(moved.missions[name][1]) for name in MISSION)
    assert moved.fleets == {"fleet": ["air"], "first_stand_h": [2.5], "last_off_h": [4.5], "sorties": [1.0], "people": [60.0]}
    assert moved.replication == {"left_behind": [0]}


def test_it_comes_through_a_worker_as_it_is() -> None:
    import pickle

    from tests.model.helpers import scenario

    piece = run_job(Job(pickle.dumps(scenario(AIRLIFT)), 1, (0, 3), ENGINE))
    reads = reads_of(piece.block)
    assert not piece.block.failures
    assert sorted(reads) == [0, 3]
    moved = read(plan(AIRLIFT), 1, 3)
    assert reads[3].missions["a"] == tuple(moved.missions[name][0] for name in MISSION)
    assert reads[3].fleets["air"] == tuple(moved.fleets[name][0] for name in FLEET)
    assert all(math.isnan(x) for x in reads[3].missions["b"])


def test_a_scenario_without_aircraft_has_no_fleets() -> None:
    import pickle

    from tests.model.helpers import scenario

    source = scenario("missions: {a: {order: {at: 0 h}, cohorts: {core: 10}}}")
    reads = reads_of(run_job(Job(pickle.dumps(source), 1, (0,), ENGINE)).block)
    assert reads[0].fleets == {}
    assert spreads(reads, "fleets") == {}
