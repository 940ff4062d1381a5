"""Permission in windows: truces on the road, the hours of an airfield; nobody begins outside them, and what has begun goes on."""

from __future__ import annotations

import pytest

from sim.analysis.bounds.strict import strict_bound_h
from tests.model.helpers import plan, run
from tests.model.way import moments


def road(windows: str, more: str = "", cohort: str = "", rest: str = "") -> str:
    """30 people of one mission, an hour's drive away, who are ready at the start."""
    return f"""
        clock: {{start: 2021-08-01 00:00, horizon: 4 d}}
        road: {{drive: 1 h, windows: {windows}{more}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: 30, group: 10, gap: 4 h{cohort}}}}}}}}}
        {rest}
    """


def test_who_is_ready_outside_waits_for_the_next_truce() -> None:
    """Ready at 4, 8 and 12 h; truces from 6 to 9 and from 20 h on: permission is what they wait for."""
    r = run(road("{first: {begins: 6 h, lasts: 3 h}, second: {begins: 20 h}}"))
    assert moments(r, "depart") == [6, 8, 20]
    assert r.waits() == {"permission": pytest.approx(10 * 2 + 10 * 8)}


def test_a_trip_that_has_begun_goes_on() -> None:
    r = run(road("{short: {begins: 3.5 h, lasts: 1 h}}"))
    assert moments(r, "arrive")[0] == 5
    assert r.total["unfinished"] == 20


@pytest.mark.parametrize(
    ("window", "depart"),
    [
        ("{}", [4, 8, 12]),  # always
        ("{begins: 4 h}", [4, 8, 12]),  # from the very moment on
        ("{lasts: 8 h}", [4, 8]),  # who is ready at its end leaves before it closes
        ("{until: 2021-08-01 05:00}", [4]),
        ("{lasts: 0 h}", []),
        ("{begins: 2021-07-31 18:00, lasts: 12 h}", [4]),  # it had begun before the start
        ("{begins: 2021-07-31 06:00, lasts: 12 h}", []),  # over by the start
        ("{begins: 5 d}", []),  # after the horizon
        ("{begins: 2021-07-31 06:00, until: 2021-07-31 18:00}", []),
        ("{hours: never}", []),
        ("{hours: 06:00-09:00}", [6, 8, 30]),  # each day
        ("{begins: 7 h, hours: 06:00-09:00}", [7, 8, 30]),
        ("{hours: 23:00-05:00}", [4, 23, 23]),  # past midnight
        ("{begins: {ordered: 7 h}, lasts: 2 h}", [7, 8]),
    ],
)
def test_spans(window: str, depart: list[float]) -> None:
    assert [t for t in moments(run(road(f"{{truce: {window}}}")), "depart") if t < float("inf")] == depart


@pytest.mark.parametrize("level", ["alert", "war"])
def test_a_window_lasts_until_a_threat_level_whatever_its_name(level: str) -> None:
    """The level comes at 7 h and the truce ends an hour after it."""
    threat = f"threat: {{levels: [quiet, {level}], start: quiet, timeline: [{{at: 7 h, level: {level}}}]}}"
    r = run(road(f"{{truce: {{until: {{{level}: 1 h}}}}}}", rest=threat))
    assert [t for t in moments(r, "depart") if t < float("inf")] == [4, 8]  # who is ready at its end leaves before it closes


def test_without_windows_nothing_is_held() -> None:
    assert moments(run(road("{}")), "depart") == [4, 8, 12]


def test_only_those_who_are_held_wait() -> None:
    """By default everybody; here convoys do, and people who come alone don't."""
    windows = "{truce: {begins: 20 h}}"
    assert moments(run(road(windows, ", held: agreed", ", alone: true")), "depart") == [4, 8, 12]
    assert moments(run(road(windows, ", held: agreed")), "depart") == [20, 20, 20]
    assert moments(run(road(windows, ", held: []")), "depart") == [4, 8, 12]


def test_a_truce_makes_the_road_quicker_and_surer() -> None:
    """Half the drive in the truce and nobody turned back; outside, who may drive anyway is turned back for ever."""
    r = run(road("{truce: {begins: 5 h, lasts: 5 h, road: 0.5, turn_back: 0}}", ", held: [], turn_back: 1, retry: 1 h, tries: 2"))
    assert moments(r, "arrive")[0] == 6 + 0.5  # turned back at 5 h, an hour at home
    assert moments(r, "arrive")[1] == 8.5
    assert r.total["gave_up"] == 10


def test_delays_at_checkpoints_in_a_truce() -> None:
    r = run(road("{truce: {checkpoint: 0.25}}", ", checkpoints: 2, delay: 1 h"))
    assert moments(r, "arrive")[0] == 4 + 1 + 0.5


def test_several_at_once_count_with_the_smallest_numbers() -> None:
    r = run(road("{a: {road: 0.5}, b: {road: 0.25, lasts: 6 h}}"))
    assert moments(r, "arrive") == [4.25, 8.5, 12.5]


def test_no_vehicle_sets_out_from_the_airport_for_people_whom_it_may_not_fetch() -> None:
    """The bus at the airport waits there: it leaves at 20 h, and its people an hour later."""
    bus = "vehicles: {bus: {seats: 10, number: 1, based: airport}}"
    r = run(road("{truce: {begins: 20 h, lasts: 30 min}, later: {begins: 30 h}}", "", ", vehicles: bus", bus))
    assert moments(r, "depart") == [30, 32, 34]  # at 21 h, when it is there, the truce is over
    waits = run(road("{truce: {begins: 20 h}}", "", ", vehicles: bus", bus))
    assert moments(waits, "depart") == [21, 23, 25]


def field(windows: str, fleet: str = "", rest: str = "") -> str:
    """60 people inside at the start, and an aircraft of 20 seats that is there at once and back every 4 h."""
    return f"""
        clock: {{start: 2021-08-01 00:00, horizon: 4 d}}
        airport: {{airfield: {{windows: {windows}}}}}
        lift:
          types: {{t: {{seats: 20}}}}
          fleets: {{f: {{aircraft: t, outbound: 2 h, inbound: 2 h{fleet}}}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: 60, starts: holding}}}}}}}}
        {rest}
    """


@pytest.mark.parametrize("dispatch", ["ordered", "waiting"])
def test_nothing_lands_outside_a_window(dispatch: str) -> None:
    """Landings from 3 to 8 h and from 30 h on: at 3, at 7, and at 30 h, for which the aircraft waits at its hub."""
    r = run(field("{first: {begins: 3 h, lasts: 5 h}, second: {begins: 30 h}}", f", dispatch: {dispatch}"))
    assert [t for t, _ in r.departures()] == [3, 7, 30]
    assert r.total["diverted"] == 0
    waited = r.waits()
    assert waited["permission"] == pytest.approx(60 * 3 + 20 * 22)
    assert waited["seats"] == pytest.approx(40 * 4 + 20 * 1)


def test_an_aircraft_that_is_there_when_a_window_closes_may_take_off() -> None:
    r = run(field("{only: {lasts: 1 h}}").replace("seats: 20", "seats: 20, load: 3 h"))
    assert r.departures() == [(3.0, 20)]
    assert r.total["unfinished"] == 40


def test_a_window_that_nobody_knows_of_yet() -> None:
    """It opens after the first order, which comes at 10 h; until then nothing is sent, and nothing diverts."""
    late = field("{truce: {begins: {ordered: 5 h}}}", ", endurance: 1 h").replace("at: start", "at: 10 h")
    for dispatch in ("ordered", "waiting"):
        r = run(late.replace("endurance", f"dispatch: {dispatch}, endurance"))
        assert [t for t, _ in r.departures()] == [15, 19, 23]
        assert r.total["diverted"] == 0


@pytest.mark.parametrize("dispatch", ["ordered", "waiting"])
@pytest.mark.parametrize(
    ("known", "fleet"),
    [("{lasts: 2 h}", ""), ("{begins: 100 h}", ", until: 60 h")],
    ids=["over", "after the fleet's end"],
)
def test_an_aircraft_that_no_window_known_takes_waits_for_others(known: str, fleet: str, dispatch: str) -> None:
    """One known window can't take it; the other is known of when it begins, at 24 h."""
    later = "threat: {timeline: [{at: 24 h, level: contested}]}"
    source = field(f"{{known: {known}, later: {{begins: {{contested: 0 h}}}}}}", f"{fleet}, dispatch: {dispatch}", later)
    source = source.replace("outbound", "serves: m, patience: 1 h, outbound").replace("at: start", "at: 1 h")
    assert [t for t, _ in run(source).departures()] == [26, 30, 34]


def test_an_aircraft_that_has_flown_waits_for_a_window_too() -> None:
    """After its first sortie the next window known is past the fleet's end; another opens before that, at 24 h."""
    windows = "{first: {lasts: 1 h}, far: {begins: 100 h}, later: {begins: {contested: 0 h}}}"
    r = run(field(windows, ", until: 60 h", "threat: {timeline: [{at: 24 h, level: contested}]}"))
    assert [t for t, _ in r.departures()] == [0, 26, 30]


def test_an_aircraft_may_come_at_the_last_moment_of_its_fleet() -> None:
    """Its fleet comes until 5 h; people are ordered out then, and at the same moment the threat opens a window."""
    threat = "threat: {timeline: [{at: 5 h, level: contested}]}"
    last = field("{truce: {begins: {contested: 0 h}}}", ", until: 5 h", threat).replace("at: start", "at: 5 h")
    assert run(last.replace("inbound: 2 h", "inbound: 0 h")).departures() == [(5, 20)]
    assert run(last.replace("inbound: 2 h", "inbound: 0 h").replace("until: 5 h", "until: 4 h")).departures() == []


def test_a_fleet_may_have_windows_of_its_own() -> None:
    windows = "{ours: {begins: 5 h}, theirs: {begins: 50 h}}"
    assert [t for t, _ in run(field(windows, ", windows: ours")).departures()] == [5, 9, 13]
    assert [t for t, _ in run(field(windows, ", windows: theirs")).departures()] == [50, 54, 58]
    assert [t for t, _ in run(field(windows)).departures()] == [5, 9, 13]


def test_windows_that_never_open() -> None:
    r = run(field("{never: {lasts: 0 h}}"))
    assert (r.total["unfinished"], r.waits()) == (60, {"permission": 60 * 96})


def test_no_run_beats_its_bound() -> None:
    for source in (
        road("{a: {begins: 6 h, lasts: 3 h, road: 0.5, checkpoint: 0.1}, b: {begins: 20 h}}", ", checkpoints: 2, delay: 1 h"),
        field("{first: {begins: 3 h, lasts: 5 h}, second: {begins: 30 h}}"),
    ):
        made = plan(source)
        assert strict_bound_h(made, 1, 0).total.hours("t100_h") <= run(made).out_h


def test_who_is_searched_and_checked_when_no_window_opens_any_more_stays() -> None:
    """Whether they could board is asked of an aircraft that can never land again."""
    desks = "gates: {g: {lanes: 1, per_person: 1 min/person}}, consular: {officers: 1, per_person: 1 min/person}, airfield"
    late = field("{only: {lasts: 6 h}}", ", dispatch: waiting").replace("airfield", desks, 1)
    r = run(late.replace("starts: holding", "starts: gate, group: 20, gap: 3 h"))
    assert [t for t, _ in r.departures()] == [5]
    assert (r.total["evacuated"], r.total["unfinished"]) == (20, 40)
