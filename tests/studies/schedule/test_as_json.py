"""A schedule as plain data and as data frames, from rows made by hand: bars that overlap, what never is, moments and titles."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Any

import polars as pl

from sim.model.names import STAGES
from sim.studies.schedule.as_json import Clock, assets, mission_json, rows_json, tables
from sim.studies.schedule.rows import Departure, MissionMoves, Moves, Slot, Sortie
from tests.model.helpers import scenario

INF = math.inf
CLOCK = Clock(datetime(2021, 9, 12, 6), "UTC+04:30", {"alpha": "Alpha", "beta": "The Betas", "home": "At home"})
END = 20.0
Bars = list[tuple[float | None, float | None, int]]


def trip(mission: str, leaves: float, arrives: float, people: int, inside: float = INF, **more: Any) -> Departure:
    """A group that drives alone; all of it is inside at *inside*, or none of it ever."""
    known = people if inside < INF else 0
    about: dict[str, Any] = {"cohorts": ("core",), "way": "road", "vehicles": "", "loads": 1, "gates": ("north",), "hub": ""}
    last = {"first_inside_h": inside, "inside_h": inside, "inside": known, "turned_back": False, "last_trip": people}
    return Departure(mission=mission, people=people, leaves_h=leaves, arrives_h=arrives, **{**about, **last, **more})


def sortie(aircraft: str, stand: float, off: float, hub: str, *loads: tuple[str, int]) -> Sortie:
    people = sum(many for _, many in loads)
    fleet, there = aircraft.partition("/")[0], off + 3
    return Sortie(fleet, aircraft, "air", 1, stand, stand, off - 1, off, off, hub, there, 100, people, 0, False, loads)


def mission(name: str, staff: int = 60, out: int = 60) -> MissionMoves:
    """Whatever isn't out is at the mission at the end."""
    places = tuple({"mission": staff - out, "out": out}.get(stage, 0) for stage in STAGES)
    all_out = 4.5 if out == staff else INF
    return MissionMoves(name, staff, 0, 0, staff, out, 2.0, 2.0, 2.0, 4.0, 4.5, 4.0, all_out, "core/1", 30, places)


def moves(*departures: Departure, slots: tuple[Slot, ...] = (), sorties: tuple[Sortie, ...] = ()) -> Moves:
    rows = mission("alpha"), mission("beta"), mission("home", out=0)
    return Moves(departures, slots, sorties, rows, 0, END)


def lanes(made: Moves, kind: str) -> dict[str, dict[str, Bars]]:
    """Title of an asset -> lane -> begin, end and people of its bars."""
    shown = assets(made, CLOCK)
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    return {
        one["title"]: {
            lane["name"]: [(bar["begins_h"], bar["ends_h"], bar["people"]) for bar in lane["bars"]] for lane in one["lanes"]
        }
        for one in shown
        if one["kind"] == kind
    }


def test_a_clock_has_the_zone_and_the_titles_of_the_scenario() -> None:
    made = Clock.of(
        scenario("""
            clock: {start: 2021-09-12 06:00, horizon: 4 d, utc_offset: 4.5}
            missions: {alpha: {title: The Alphas, cohorts: {core: 1}}, beta: {cohorts: {core: 1}}}
        """)
    )
    assert (made.zone, made.titles) == ("UTC+04:30", {"alpha": "The Alphas", "beta": "beta"})
    assert [made.at(hours) for hours in (1.5, 1.501, INF, None)] == [datetime(2021, 9, 12, 7, 30)] * 2 + [None, None]


def test_a_mission_has_lanes_of_its_own_trips_and_none_without_any() -> None:
    made = moves(trip("alpha", 1, 2, 10, 3), trip("beta", 5, 6, 7, 8))
    assert lanes(made, "mission") == {
        "Alpha": {"on the way": [(1, 2, 10)], "at the gates": [(2, 3, 10)]},
        "The Betas": {"on the way": [(5, 6, 7)], "at the gates": [(6, 8, 7)]},
    }


def test_trips_that_overlap_are_one_bar_with_the_people_of_all() -> None:
    """From 1 to 5 h, in which the shortest lies within and the third begins as another ends; the last comes after a pause."""
    four = [trip("alpha", 3, 5, 4), trip("alpha", 1, 4, 10), trip("alpha", 2, 3, 5), trip("alpha", 6, 7, 1)]
    assert lanes(moves(*four), "mission")["Alpha"]["on the way"] == [(1, 5, 19), (6, 7, 1)]
    twice = [trip("alpha", 1, 2, 10), trip("alpha", 5, 9, 3), trip("alpha", 6, 7, 4)]
    assert lanes(moves(*twice), "mission")["Alpha"]["on the way"] == [(1, 2, 10), (5, 9, 7)]
    touching = [trip("alpha", 1, 2, 10), trip("alpha", 2, 3, 5)]
    assert lanes(moves(*touching), "mission")["Alpha"]["on the way"] == [(1, 3, 15)]


def test_who_is_under_way_or_waits_at_the_end_has_a_bar_up_to_it() -> None:
    """The third gets only half of its people inside, so that the others wait until the end."""
    half = trip("alpha", 1, 2, 10, 3)._replace(inside=5)
    assert lanes(moves(trip("alpha", 1, INF, 10)), "mission")["Alpha"] == {"on the way": [(1, END, 10)]}
    assert lanes(moves(trip("alpha", 1, 2, 10)), "mission")["Alpha"]["at the gates"] == [(2, END, 10)]
    assert lanes(moves(half), "mission")["Alpha"]["at the gates"] == [(2, END, 10)]


def test_who_is_turned_back_was_on_the_way_and_at_no_gate() -> None:
    assert lanes(moves(trip("alpha", 1, 2, 10, turned_back=True)), "mission")["Alpha"] == {"on the way": [(1, 2, 10)]}


def test_a_gate_has_a_lane_for_each_mission_that_is_searched_there() -> None:
    """By name; of what isn't over at the end of the replication there is no end."""
    slots = (
        Slot("south", "beta", 1, 2, 1, 5, 0.5), Slot("north", "beta", 3, INF, 1, 7, 3),
        Slot("north", "alpha", 1, 2, 2, 20, 1), Slot("north", "alpha", 6, 8, 1, 10, 6),
    )  # fmt: skip
    assert lanes(moves(slots=slots), "gate") == {
        "North gate": {"Alpha": [(1, 2, 20), (6, 8, 10)], "The Betas": [(3, None, 7)]},
        "South gate": {"The Betas": [(1, 2, 5)]},
    }


def test_a_fleet_has_a_lane_for_each_aircraft_and_says_who_is_aboard() -> None:
    """On its stand and on its way; one that doesn't get off, or says no hub, has no way."""
    flown = (
        sortie("jet/0", 1, 3, "al-udeid", ("alpha", 40), ("beta", 2)),
        sortie("jet/1", 2, INF, "doha", ("beta", 5)),
        sortie("air/0", 4, 5, "", ("alpha", 1)),
        sortie("jet/0", 8, 9, "doha", ("alpha", 3)),
    )
    assert lanes(moves(sorties=flown), "fleet") == {
        "Air": {"air/0": [(4, 5, 1)]},
        "Jet": {"jet/0": [(1, 3, 42), (3, 6, 42), (8, 9, 3), (9, 12, 3)], "jet/1": [(2, None, 5)]},
    }
    _, jet = assets(moves(sorties=flown), CLOCK)
    first, second = jet["lanes"][0]["bars"][:2]
    assert (first["what"], second["what"]) == ("on its stand", "to Al Udeid")
    assert first["text"] == second["text"] == "Alpha 40, The Betas 2"


def test_rows_are_plain_and_what_never_is_is_null() -> None:
    made = moves(trip("alpha", 1 / 3, INF, 10), sorties=(sortie("jet/0", 1, 3, "doha", ("alpha", 40)),))
    rows = rows_json(made, CLOCK)
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    (departure,) = rows["departures"]
    assert (departure["leaves_h"], departure["arrives_h"], departure["inside_h"]) == (0.333333, None, None)
    assert departure["cohorts"] == ["core"]
    assert rows["sorties"][0]["loads"] == {"alpha": 40}
    assert list(rows["missions"]) == ["alpha", "beta", "home"]


def test_a_mission_in_plain_data_has_its_title_and_where_its_people_are_at_the_end() -> None:
    row = mission_json(mission("home", out=0), CLOCK)
    assert (row["title"], row["staff"], row["out"], row["never_left"]) == ("At home", 60, 0, 60)
    assert row["at_the_end"] == {stage: 60 if stage == "mission" else 0 for stage in STAGES}
    assert "mission" not in row
    assert row["all_out_h"] is None


def test_a_data_frame_has_a_moment_beside_each_hour_and_a_title_beside_each_mission() -> None:
    """To the minute, in local time; none where it never is.  What has no name is none."""
    two = trip("alpha", 1.5, INF, 10, cohorts=("core", "local"), vehicles="bus"), trip("beta", 2, 3, 5)
    made = moves(*two, sorties=(sortie("jet/0", 1, 3, "doha", ("alpha", 40), ("beta", 2)),))
    frames = tables(made, CLOCK, {"scenario": "town", "replication": 7})
    trips = frames["departures"]
    assert trips.columns[:5] == ["scenario", "replication", "zone", "mission", "title"]
    assert trips["title"].to_list() == ["Alpha", "The Betas"]
    assert trips["leaves_at"].to_list() == [datetime(2021, 9, 12, 7, 30), datetime(2021, 9, 12, 8)]
    assert trips["arrives_at"].to_list() == [None, datetime(2021, 9, 12, 9)]
    assert (trips["cohorts"].to_list(), trips["vehicles"].to_list()) == (["core, local", "core"], ["bus", None])
    assert frames["sorties"]["loads"].to_list() == ["alpha 40, beta 2"]
    loads = frames["loads"].select("aircraft", "sortie", "mission", "title", "people").rows()
    assert loads == [("jet/0", 1, "alpha", "Alpha", 40), ("jet/0", 1, "beta", "The Betas", 2)]
    assert all(frame["replication"].to_list() == [7] * frame.height for frame in frames.values())


def test_missions_in_a_data_frame_have_a_column_for_each_stage() -> None:
    rows = tables(moves(), CLOCK, {"scenario": "town"})["missions"]
    assert [rows[f"at_the_end_{stage}"].sum() for stage in ("mission", "out")] == [60, 120]
    assert sum(rows[f"at_the_end_{stage}"].sum() for stage in STAGES) == rows["staff"].sum()
    assert rows["all_out_at"].to_list() == [datetime(2021, 9, 12, 10, 30)] * 2 + [None]


def test_a_frame_of_nothing_has_the_same_columns() -> None:
    empty, one = (tables(made, CLOCK, {"scenario": "town"}) for made in (moves(), moves(trip("alpha", 1, 2, 3))))
    assert empty["departures"].schema == one["departures"].schema
    assert empty["slots"].height == empty["loads"].height == 0
    assert empty["loads"].schema["people"] == pl.Int64
