"""What the outer layer lets through of those who walk in, by threat level."""

from __future__ import annotations

import pytest

from sim.analysis.bounds.strict import strict_bound_h
from sim.scenario import ScenarioError
from tests.model.helpers import plan, run, run_many, scenario
from tests.model.way import moments, stage

INF = float("inf")


def walkers(share: str = "0", alone: str = "retry: 10 h, tries: 3", until: str = "30 h", cohort: str = "starts: gate") -> str:
    """Ten people in ten groups, an hour apart from 1 h on; the level at which only a share is let through ends at a moment."""
    return f"""
        clock: {{start: 2021-08-01 00:00, horizon: 100 h}}
        threat:
          levels: [open, shut]
          start: shut
          timeline: [{{at: {until}, level: open}}]
          effects: {{shut: {{lets_through: {share}}}}}
        road: {{drive: 1 h, alone: {{{alone}}}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: 10, group: 1, gap: 1 h, {cohort}}}}}}}}}
    """


def test_nobody_is_let_through_and_all_give_up() -> None:
    """Tries at 1, 11 and 21 h for the first, and so on: the last gives up at 30 h, before the level ends."""
    r = run(walkers())
    assert (r.total["gave_up"], r.total["stranded"], r.total["end"]) == (10, 10, "gave_up")
    assert [c.gave_up for c in r.world.run.groups] == [21 + k for k in range(10)]
    assert r.waits() == {"permission": pytest.approx(10 * 20)}


def test_who_is_held_off_is_let_in_once_it_opens() -> None:
    """Ends at 15 h: the fifth and those before have tried twice by then and pass at their third try."""
    r = run(walkers(until="15 h"))
    assert moments(r, "arrive") == list(range(16, 26))
    assert r.total["gave_up"] == 0
    assert r.waits() == {"permission": pytest.approx(5 * 20 + 5 * 10)}
    assert stage(r, "road")[10] == 10  # on their way, in front of the outer layer


def test_all_are_let_through_where_nothing_is_said_or_everybody_is() -> None:
    for share in ("1", "100%"):
        assert moments(run(walkers(share)), "arrive") == list(range(1, 11))


def test_a_share_of_them() -> None:
    """Over many runs, 30 % pass at the first try, and 1 - 0.7 ** 3 of them sooner or later."""
    runs = run_many(walkers("0.3", until="99 h"), 60, check_every=0)
    first = sum(c.arrive == c.ready for r in runs for c in r.world.run.groups) / 600
    gave_up = sum(r.total["gave_up"] for r in runs) / 600
    assert first == pytest.approx(0.3, abs=0.06)
    assert gave_up == pytest.approx(0.7**3, abs=0.06)


def test_more_let_through_moves_nobody_back() -> None:
    """The same draws: whoever passes at a try with a smaller share does so with a larger one."""
    some, more = run(walkers("0.3")), run(walkers("0.6"))
    assert all(a.arrive >= b.arrive for a, b in zip(some.world.run.groups, more.world.run.groups, strict=True))


def test_people_who_come_alone_have_it_on_top() -> None:
    """Three tries, 11 h apart: the last two of them come to the outer layer for the third time after 30 h."""
    assert run(walkers(cohort="alone: true")).total["gave_up"] == 8
    half = run_many(
        walkers("0.5", "turn_back: 0.5, retry: 10 h, tries: 1", until="99 h", cohort="alone: true"), 60, check_every=0
    )
    assert sum(r.total["evacuated"] for r in half) / 600 == pytest.approx(0.25, abs=0.06)


def test_convoys_and_people_inside_are_not_concerned() -> None:
    assert moments(run(walkers(cohort="starts: mission")), "arrive") == list(range(2, 12))
    assert moments(run(walkers(cohort="starts: holding")), "arrive") == list(range(1, 11))


def test_open_ended_demand() -> None:
    """People who come of their own accord are held off when they come, and wait from then on."""
    r = run(walkers(until="15 h", cohort="starts: gate, walk_in: true"))
    assert r.waits() == {"permission": pytest.approx(5 * 20 + 5 * 10)}


def test_a_single_try_and_tries_without_limit() -> None:
    assert [c.gave_up for c in run(walkers(alone="retry: 10 h, tries: 1")).world.run.groups] == list(range(1, 11))
    patient = run(walkers(alone="retry: 10 h"))
    assert (patient.total["gave_up"], patient.out_h) == (0, 40)


def test_the_roads_own_retry_and_tries_hold_where_none_is_given_for_those_alone() -> None:
    r = run(walkers(alone="").replace("drive: 1 h", "drive: 1 h, retry: 5 h, tries: 2"))
    assert [c.gave_up for c in r.world.run.groups] == [6 + k for k in range(10)]


def test_before_the_horizon() -> None:
    r = run(walkers(alone="retry: 1000 h", until="1 h").replace("at: start", "at: 90 h"))
    assert r.total["unfinished"] == 0 or r.total["end"] == "horizon"


def test_without_an_end() -> None:
    with pytest.raises(ScenarioError) as error:
        scenario(walkers(alone=""))
    assert "expected more than 0 where retry takes no time and tries have no limit" in str(error.value.faults[0])


def test_no_run_beats_its_bound() -> None:
    made = plan(walkers("0.5", until="40 h"))
    for k in range(5):
        assert strict_bound_h(made, 1, k).total.hours("t50_h") <= run(made, replication=k).total["t50_h"]
