"""Run small scenarios with everything that must hold for every simulation checked on the way.

``run`` is the only way by which tests of the model simulate: it counts all people after every event and checks the tables at
the end, so that no test can pass while people appear, vanish or wait a negative time.  Tables take several times as long to
check as the replication itself: of many replications for one mean, the first few are enough.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from sim.model.compiled.scenario import CompiledScenario, compile_scenario
from sim.model.event import Event, flight_of
from sim.model.eventlog import events
from sim.model.modes import Undecided
from sim.model.moved import make_movements
from sim.model.movements import Movements, StageCounts
from sim.model.names import CAUSES, STAGES, STATES, hours_column
from sim.model.records import I64, Records, make_records
from sim.model.replication import without_collector
from sim.model.world import World
from sim.scenario import Loaded, Scenario, from_data, load, loads

INF = math.inf
Row = dict[str, Any]
FATES = ("evacuated", "staying", "stranded", "unfinished")
TIMES = ("t50_h", "t90_h", "t100_h")
WAITS = tuple(f"wait_{c}" for c in CAUSES)
HOURS = tuple(hours_column(s) for s in STATES)
"""Columns that add up to every hour of everybody who is to be moved."""
LOST = tuple(f"left_hours_{s}" for s in STATES)
LEFT = {what: tuple(f"left_{what}_{s}" for s in STATES) for what in ("held", "cost")}


def scenario(source: Mapping[str, Any] | str) -> Scenario:
    """The scenario of plain data, or of YAML text, with every check that a file goes through."""
    return loads(source).scenario if isinstance(source, str) else from_data(source).scenario


@cache
def shipped(name: str) -> Loaded:
    """A scenario that is shipped, as written: loaded once for all tests, for nothing of it can change."""
    return load(f"evacsim:{name}")


Source = Mapping[str, Any] | str | Scenario | CompiledScenario
"""What a test may run."""


def plan(source: Source) -> CompiledScenario:
    """A plan, ready for replications."""
    if isinstance(source, CompiledScenario):
        return source
    return compile_scenario(source if isinstance(source, Scenario) else scenario(source))


@dataclass
class Run:
    """A finished replication: its records, and the world that made them (before it is dissolved)."""

    world: World
    records: Records

    @property
    def total(self) -> Row:
        """The row of the replication."""
        return self.records.replication

    @property
    def timeline(self) -> Row:
        """Columns by the hour."""
        return self.records.timeline

    @property
    def out_h(self) -> float:
        """When the last of those to be moved is out; infinite if never."""
        return float(self.total["t100_h"])

    def mission(self, name: str) -> Row:
        """The row of a mission."""
        return _row(self.records.missions, self.records.missions["mission"].index(name))

    def cohort(self, name: str) -> Row:
        """The row of a cohort, named ``mission/cohort``."""
        names = [f"{m}/{c}" for m, c in zip(self.records.cohorts["mission"], self.records.cohorts["cohort"], strict=True)]
        return _row(self.records.cohorts, names.index(name))

    def waits(self, row: Row | None = None) -> dict[str, float]:
        """Person-hours waited by cause, without the causes for which nobody waited."""
        row = self.total if row is None else row
        return {c: float(row[f"wait_{c}"]) for c in CAUSES if row[f"wait_{c}"] > 1e-9}

    def departures(self) -> list[tuple[float, int]]:
        """(hours, people) of every flight that has left, in order of time, empty ones too."""
        return sorted((f.off, f.people) for f in self.world.lift.flights)

    def groups(self, name: str) -> list[Any]:
        """The groups of a cohort, named ``mission/cohort``, in order of readiness."""
        return [c for c in self.world.run.groups if f"{c.cohort.mission.plan.name}/{c.cohort.plan.name}" == name]


def _row(table: Row, k: int) -> Row:
    return {name: column[k] for name, column in table.items()}


def run(source: Source, seed: int = 1, replication: int = 0, check_every: int = 1, tables: bool = True) -> Run:
    """One replication, its records checked; people are counted after every *check_every* events (0: only at the end).

    Without *tables* the records are made, not checked: for one of many replications, the first of which are.
    """
    made = plan(source)
    with without_collector():
        world = World(made, seed, replication)
        if check_every:
            world.start()
            _step(world, check_every)
        else:
            world.simulate()
        check_census(world)
        records = make_records(world)
        if tables:
            check_records(world, records)
            check_movements(make_movements(world), records)
        return Run(world, records)


def check_movements(m: Movements, records: Records) -> None:
    """Everybody is in one place at every hour mark, the one that the timeline says; flights carry whom they carry."""
    total, timeline, counts = records.replication, records.timeline, StageCounts(m)
    assert (m.staff, m.end, m.end_reason) == (total["staff"], total["end_h"], total["end"])
    hours = timeline["hour"].tolist()
    hours[-1] = max(hours[-1], m.end)  # the end may be a rounding after a whole hour
    there = _people_by_stage(m, hours)
    for k, hour in enumerate(hours):
        assert there[:, k].tolist() == [timeline[f"stage_{s}"][k] for s in STAGES], hour
        if k % 10 == 0 or hour == hours[-1]:
            assert list(counts.total(hour).values()) == there[:, k].tolist(), hour
    missions = records.missions
    last = counts.at(m.end)
    for k, name in enumerate(missions["mission"]):
        assert sum(last[name].values()) == missions["staff"][k]
        assert last[name]["out"] == missions["evacuated"][k]
    assert all(n >= 0 for places in last.values() for n in places.values())
    assert all(sum(p.people for p in f.portions) == f.people for f in m.flights)
    assert sum(f.people > 0 and f.off < INF for f in m.flights) == total["flights"]
    assert len(m.diversions) == total["diverted"]
    assert all(d.begins <= d.ends for d in m.disruptions)
    _check_ways(m)


def _people_by_stage(m: Movements, hours: Sequence[float]) -> I64:
    """People [stage, hour], of all that has moved by then."""
    more = {stage: [0] * (len(hours) + 1) for stage in ("", *STAGES)}
    for time, _, leaves, enters, people in m.changes():
        k = bisect_left(hours, time)  # beyond the last it is not yet so
        more[leaves][k] -= people
        more[enters][k] += people
    return np.array([more[s][:-1] for s in STAGES], np.int64).cumsum(axis=1)


def _check_ways(m: Movements) -> None:
    """Moments come in their order, and a group's ways by road lead from home to the airport."""
    for g in m.groups:
        if g.gave_up == INF:
            moments = (g.ordered, g.ready, g.departs, g.arrives, g.search, g.searched, g.checked, g.inside)
            assert list(moments) == sorted(moments), g
        assert all(d.turned_back for d in g.drives[:-1]), g
        assert all(a.ends <= b.begins for a, b in pairwise(g.drives)), g
        if g.drives and g.arrives < INF and not g.by_air:
            assert (g.drives[0].begins, g.drives[-1].ends, g.drives[-1].turned_back) == (g.departs, g.arrives, False), g
        assert all(a.ends <= b.begins for a, b in pairwise(g.lines)), g
        assert not g.lines or g.lines[-1].ends <= g.search, g
    for f in m.flights:
        known = (f.requested, f.stand_given, f.approach, f.lands, f.boards, f.loaded, f.cleared, f.rolls, f.off, f.arrives)
        assert [t for t in known if t < INF] == sorted(t for t in known if t < INF), f
    _check_stands(m)


def _check_stands(m: Movements) -> None:
    """No more aircraft hold a stand than there are stands."""
    changes = sorted(change for f in m.flights for change in ((f.stand_given, 1), (f.off, -1)) if change[0] < INF)
    held = [0, *accumulate(change for _, change in changes)]
    assert max(held) <= sum(s.number for s in m.stands) or not m.stands


def _step(world: World, check_every: int) -> None:
    clock, events, before = world.clock, 0, 0.0
    check_census(world)
    while not clock.stopped:
        clock.step()
        events += 1
        assert clock.now >= before, "time went back"
        before = clock.now
        if events % check_every == 0:
            check_census(world)


def run_many(source: Source, n: int, seed: int = 1, check_every: int = 1) -> list[Run]:
    """Replications 0 ... n-1, the tables of the first five checked."""
    made = plan(source)
    return [run(made, seed, k, check_every, tables=k < 5) for k in range(n)]


def check_census(world: World) -> None:
    """Everybody is somewhere, once."""
    census = world.census()
    assert all(n >= 0 for n in census.values()), (world.clock.now, census)
    assert sum(census.values()) == world.staff, (world.clock.now, census, world.staff)
    check_books(world)


def check_books(world: World) -> None:
    """What is kept up to date at each change, instead of being counted when asked for, is what counting would give."""
    gates, lift, shuttles = world.gates, world.lift, world.shuttles
    for g in gates.all:
        assert g.people == sum(c.people for c in g.queue)
    assert gates.crews.busy == sum(g.busy for g in gates.gates)
    assert all(g.busy <= g.nominal for g in gates.gates)
    assert gates.searching == sum(c.people for c in world.run.groups if c.search < INF and c.searched == INF)
    dispatch = lift.dispatch
    assert dispatch.booked == [sum(a.booked.get(m, 0) for a in dispatch.coming) for m in range(len(world.missions) + 1)]
    assert set(dispatch.spare) <= set(dispatch.coming)
    assert all(n > 0 for n in dispatch.spare.values())
    for mission in range(len(world.missions)):
        assert dispatch._has_spare(mission) == any(mission in a.fleet.takes for a in dispatch.spare)
    if gates.counts:
        passing = [c for c in world.run.groups if c.search < INF and c.inside == INF]
        assert gates.passing == [sum(c.people for c in passing if c.cohort.mission is m) for m in world.missions]
        assert gates.all_passing == sum(gates.passing)
    for m in world.missions:
        core = [c for c in m.cohorts if c.closes]
        stayed = sum(c.people for c in world.run.groups if c.cohort in core and c.gave_up < INF)
        assert m.core_home == stayed + sum(c.home if c.ordered < INF else c.movers for c in core)
    assert gates.blocked == sum(g.blocked for g in gates.all)
    check_shuttles(world)
    assert shuttles.waiting == sum(len(h.line) for h in shuttles.by_name.values())
    for line in (gates.officers.line, *(h.line for h in shuttles.by_name.values()), *(p.line for p in world.road.pools.values())):
        assert line.length == len(list(line))
    assert world.run.n_gave_up == sum(c.people for c in world.run.groups if c.gave_up < INF)
    assert world.conditions.n_gone == sum(m.gone for m in world.missions)
    for f in lift.fleets:
        assert f.own == [world.missions[m] for m in f.serves]
    assert (world.security.regime == "after") == (world.security.has_host and not world.security.host_stands)
    for what, count in world.closures.shut.items():
        assert (count > 0) <= (world.closures.is_shut(what[0]) is not None), what
    for what in {w for w, _ in world.closures.shut}:
        causes = [c for c in ("closure", "crowd") if world.closures.shut.get((what, c))]
        assert world.closures.is_shut(what) == (causes[0] if causes else None), what
    for hours in (world.run.daylight, *(g.spec.hours for g in gates.gates)):
        assert world.run.within(hours) == hours.contains(world.run.hour_of_day())
    security = world.security
    if not security.unlimited:
        there = [d for d in reversed(security.deployments) if d.force]
        manned = [d for d in there if security.headcount >= d.numbers.perimeter]
        assert security.force is next(iter(manned or there), None)
        assert security.manned == bool(manned)
    if world.run.started and not world.clock.stopped:
        assert not any(world.conditions.holds(c) for conditions, _ in world.conditions.pending.values() for c in conditions)


def check_shuttles(world: World) -> None:
    """No helicopter, spot or guard is there less than not at all, and nothing waits for people who have gone."""
    for route in world.shuttles.by_name.values():
        assert route.pool.free >= 0
        assert route.place.spots >= 0
        guards = route.place.guards
        assert guards is None or min(guards.to_come, guards.coming, guards.there, guards.flying_out) >= 0
    for group in world.run.groups:
        if isinstance(group, Undecided):
            gone = group.arrive < INF or group.gave_up < INF
            assert not (gone and group.tickets), "a ticket for people who have gone"


def check_records(world: World, records: Records) -> None:
    """What holds for the tables of every replication."""
    total, timeline = records.replication, records.timeline
    n = len(records.missions["mission"])
    for table in (records.cohorts, records.missions):
        rows = len(table["mission"])
        assert all(len(column) == rows for column in table.values())
        for k in range(rows):
            _check_row(_row(table, k))
    _check_row(total)
    for name in ("staff", *FATES, "gave_up", "never_ordered", *HOURS, *LEFT["held"], *LEFT["cost"], *LOST):
        by_cohort, by_mission = np.sum(records.cohorts[name]), np.sum(records.missions[name])
        assert np.isclose(by_cohort, by_mission), name
        assert np.isclose(by_mission, total[name]), name
    of = [records.missions["mission"].index(m) for m in records.cohorts["mission"]]
    for name in ("staff", *FATES):
        assert np.bincount(of, records.cohorts[name], minlength=n).tolist() == list(records.missions[name]), name
    _check_hours(world, records)
    assert total["staff"] == world.staff
    assert total["out_before"] == int(np.sum(np.where(records.missions["out_before"], records.missions["evacuated"], 0)))
    assert total["evacuated"] == world.run.n_out
    assert total["gave_up"] == world.run.n_gave_up == timeline["stage_gave_up"][-1]
    assert total["to_move"] == total["staff"] - total["staying"]
    assert total["end"] in ("out", "gave_up", "lost", "horizon")
    if total["end"] == "out":
        assert total["stranded"] == total["unfinished"] == 0
        assert total["t100_h"] <= total["end_h"]
    if total["end"] == "gave_up":
        assert total["stranded"] == total["gave_up"] > total["unfinished"] == 0
    draws = [(c.cohort.index, c.number) for c in world.run.groups]
    assert len(set(draws)) == len(draws), "two groups share their draws"
    if world.lift.present:
        assert sum(f.people for f in world.lift.flights) + world.shuttles.direct == total["evacuated"] - total["out_before"]
        assert sum(f.people > 0 for f in world.lift.flights) == total["flights"]
    for use in ("lane_utilisation", "stand_utilisation", "runway_utilisation", "load_factor"):
        assert total[use] is None or -1e-9 <= total[use] <= 1 + 1e-9, (use, total[use])
    _check_timeline(total, timeline)
    levels = by_hour(records)
    _check_stages(records, levels)
    check_log(world, records, levels)
    if world.lift.present:
        _check_traffic(world, total, timeline)


def _check_hours(world: World, records: Records) -> None:
    """What each cohort's hours went into adds up to its people's hours until they are out or the run ends, counted apart."""
    end, cohorts = records.replication["end_h"], records.cohorts
    lived = (np.asarray(cohorts["stranded"]) + np.asarray(cohorts["unfinished"])) * float(end)
    if world.lift.present:
        for f in world.lift.flights:
            for group, n in f.portions:
                lived[group.cohort.index] += n * f.off
        for group in world.run.groups:
            lived[group.cohort.index] += group.people * group.inside if group.direct else 0
    else:
        for group in world.run.groups:
            lived[group.cohort.index] += group.people * group.inside if group.inside < INF else 0
    found = np.sum([cohorts[name] for name in HOURS], axis=0)
    assert np.allclose(found, lived, rtol=1e-9, atol=1e-6), (found, lived)
    behind = np.asarray(cohorts["stranded"]) + np.asarray(cohorts["unfinished"])
    assert np.allclose(np.sum([cohorts[name] for name in LOST], axis=0), behind * float(end), rtol=1e-9, atol=1e-6)
    for hours, lost in zip(HOURS, LOST, strict=True):
        assert (np.asarray(cohorts[lost]) <= np.asarray(cohorts[hours]) + 1e-6).all(), hours
    activities = np.array([records.timeline[name] for name in HOURS], np.float64)
    assert np.allclose(activities.sum(axis=1), [records.replication[name] for name in HOURS], rtol=1e-4, atol=1e-3)


def _check_traffic(world: World, total: Row, timeline: Row) -> None:
    """What operators fly adds up to all who got out, hour by hour; nobody is left over at a hub, nor fewer than nobody."""
    marks = len(timeline["hour"])
    flown = sum((np.asarray(c) for n, c in timeline.items() if n.startswith("flown_")), np.zeros(marks))
    assert (flown.cumsum() + total["out_before"]).tolist() == list(timeline["stage_out"])
    assert sum(n for _, _, n in world.shuttles.trips) == world.shuttles.direct
    flights = sum(int(np.sum(c)) for n, c in timeline.items() if n.startswith("flights_"))
    assert flights == total["flights"] + len(world.shuttles.trips)
    for name, hub in world.hubs.by_name.items():
        column = np.asarray(timeline[f"hub_{name}"])
        assert (column >= -1e-3).all()
        assert (column <= hub.beds + 1e-3).all()


def _check_row(row: Row) -> None:
    """One cohort, mission or replication."""
    assert sum(row[f] for f in FATES) == row["staff"], row
    assert all(row[f] >= 0 for f in FATES), row
    assert 0 <= row["never_ordered"] <= row["staff"] - row["evacuated"], row
    assert all(row[w] >= 0 for w in HOURS), row
    for columns in LEFT.values():
        assert sum(row[c] for c in columns) == row["stranded"] + row["unfinished"], {c: row[c] for c in columns if row[c]}
    assert 0 <= row["gave_up"] <= row["stranded"], row
    assert 0 <= row["t50_h"] <= row["t90_h"] <= row["t100_h"], row
    assert (row["t100_h"] < INF) == (row["stranded"] + row["unfinished"] == 0), row
    assert row["ordered_h"] >= 0, row
    if row["out_before"] is True or row["out_before"] is np.True_:
        assert (row["ordered_h"], row["t50_h"], row["t100_h"], row["evacuated"]) == (0, 0, 0, row["staff"] - row["staying"]), row


def by_hour(records: Records) -> I64:
    """The table of stages filled up: people [mission, stage, hour mark]."""
    names, marks = records.missions["mission"], len(records.timeline["hour"])
    levels = np.zeros((len(names), len(STAGES), marks), np.int64)
    rows = zip(*(list(records.stages[c]) for c in ("hour", "mission", "stage", "people")), strict=True)
    place, stage_of = {m: k for k, m in enumerate(names)}, {s: k for k, s in enumerate(STAGES)}
    for hour, mission, stage, people in rows:
        levels[place[mission], stage_of[stage], hour:] = people
    return levels


def _check_stages(records: Records, levels: I64) -> None:
    """People of each mission are those of the timeline, all of them at all hours; rows are there only where a number changes."""
    timeline, missions = records.timeline, records.missions
    for k, stage in enumerate(STAGES):
        assert levels[:, k].sum(axis=0).tolist() == timeline[f"stage_{stage}"].tolist() or not len(levels), stage
    assert (levels.sum(axis=1) == np.asarray(missions["staff"])[:, None]).all()
    assert levels[:, STAGES.index("out"), -1].tolist() == list(missions["evacuated"])
    rows = list(zip(*(list(records.stages[c]) for c in ("mission", "stage", "hour", "people")), strict=True))
    place, stage_of = {m: k for k, m in enumerate(missions["mission"])}, {s: k for k, s in enumerate(STAGES)}
    keys = [(place[m], stage_of[s], h) for m, s, h, _ in rows]
    assert keys == sorted(set(keys))
    assert np.count_nonzero(np.diff(levels, axis=2, prepend=0)) == len(rows)
    assert all(n >= 0 for *_, n in rows)


MOVES = {
    "ordered out": ("mission", "readying"),
    "ready": ("readying", "transport"),
    "departs": ("transport", "road"),
    "gives up": ("road", "gave_up"),
    "at the airport": ("road", "gate"),
    "out by helicopter": ("road", "out"),
    "search begins": ("gate", "screening"),
    "let in": ("gate", "screening"),
    "inside": ("screening", "holding"),
    "boards": ("holding", "aboard"),
    "out": ("aboard", "out"),
    "out before the start": ("mission", "out"),
}
"""Event -> the stages from and to which it moves the people of a mission; a group departs once, and where there is no lift
whoever is inside is out."""


def check_log(world: World, records: Records, levels: I64) -> None:
    """Whoever follows the event log has everybody of each mission in the stage of the table of stages, at every hour mark."""
    log, names = events(world), records.missions["mission"]
    stage_of = {s: k for k, s in enumerate(STAGES)}
    moves = {event: (stage_of[leave], stage_of[enter]) for event, (leave, enter) in MOVES.items()}
    if not world.lift.present:
        moves["inside"] = stage_of["screening"], stage_of["out"]
    here = {m: [0] * len(STAGES) for m in names}
    for c in world.cohorts:
        here[c.mission.plan.name][stage_of["mission"]] += c.movers
        here[c.mission.plan.name][stage_of["staying"]] += c.residual
    assert [e.time_h for e in log] == sorted(e.time_h for e in log)
    gone, k = set(), 0
    for mark, there in enumerate(levels.transpose(2, 0, 1).tolist()):
        while k < len(log) and (log[k].time_h <= mark or mark == levels.shape[2] - 1):
            e = log[k]
            k += 1
            if e.mission is None or e.event not in moves:
                continue
            if e.event == "departs":
                if (e.mission, e.cohort, e.group) in gone:
                    continue
                gone.add((e.mission, e.cohort, e.group))
            leave, enter = moves[e.event]
            here[e.mission][leave] -= e.people or 0
            here[e.mission][enter] += e.people or 0
            assert here[e.mission][leave] >= 0, e
        assert list(here.values()) == there, mark
    _check_stands_in(log, records)


def _check_stands_in(log: list[Event], records: Records) -> None:
    """Stands that the log has taken are those of the timeline; where there is no limit the log doesn't say when one is free."""
    takes = sorted(e.time_h for e in log if e.event == "cleared to land")
    frees = {(e.time_h, flight_of(e)) for e in log if e.stand and e.event in ("out", "takes off", "diverts", "flight turns back")}
    if takes and not any(e.stand for e in log):
        return
    freed = sorted(at for at, _ in frees)
    last = len(records.timeline["hour"]) - 1
    for mark, held in enumerate(records.timeline["stands"].tolist()):
        at = INF if mark == last else mark
        assert bisect_right(takes, at) - bisect_right(freed, at) == held, mark


def _check_timeline(total: Row, timeline: Row) -> None:
    """The state by the hour, and what was waited in each."""
    marks = len(timeline["hour"])
    assert list(timeline["hour"]) == list(range(marks))
    assert marks == math.ceil(total["end_h"] - 1e-9) + 1
    stages = np.array([timeline[f"stage_{s}"] for s in STAGES])
    assert (stages >= 0).all()
    assert (stages.sum(axis=0) == total["staff"]).all(), stages.sum(axis=0)
    assert (np.diff(timeline["stage_out"]) >= 0).all()
    assert timeline["stage_out"][-1] == total["evacuated"]
    inside = np.asarray(total["staff"]) * 1.0
    hours = np.array([timeline[w] for w in WAITS], dtype=np.float64)
    assert (hours >= 0).all()
    assert (hours[:, 0] == 0).all()
    assert (hours.sum(axis=0) <= inside * (1 + 1e-5) + 1e-6).all(), "somebody waited for two things at once"
    assert np.allclose(hours.sum(axis=1), [total[w] for w in WAITS], rtol=1e-4, atol=1e-3), "hours do not add up to the total"
    for k, name in enumerate(timeline["bottleneck"]):
        most = hours[:, k].max()
        assert (name == "none") == (most <= 1e-9) or most < 1e-6, (k, name, most)
        if name != "none":
            assert hours[CAUSES.index(name), k] >= most * (1 - 1e-5)
