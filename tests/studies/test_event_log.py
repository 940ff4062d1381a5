"""The event log as a list, a data frame, a file, and in words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sim.console import event_lines
from sim.experiment import OutputError
from sim.model import trace
from sim.model.event import EVENTS, TROOPS, Event
from sim.studies.event_log import EventLog
from sim.studies.event_words import said
from sim.studies.query import QueryError
from tests.model.helpers import plan
from tests.model.test_trace import BUSY

FLIGHT: dict[str, Any] = {"fleet": "air", "aircraft": 2, "sortie": 3, "stand": "ramp"}


def one(event: str, **about: Any) -> tuple[str, str, str]:
    """What is said of one event: what, subject, detail."""
    (line,) = said([Event(1.0, event, **about)])
    return line[1:]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Event(0, "threat", level="fallen"), ("threat", "capital", "fallen")),
        (Event(0, "in charge", name="turkish"), ("security", "turkish", "in charge")),
        (Event(0, "headcount", name="turkish", people=350), ("security", "turkish", "headcount 350")),
        (Event(0, "host collapses"), ("security", "host", "collapses")),
        (Event(0, "airport lost"), ("security", "airport", "lost")),
        (Event(0, "hub opens", hub="doha"), ("event", "doha", "hub opens")),
        (Event(0, "gone", mission="m"), ("event", "m", "gone")),
        (Event(0, "out before the start", mission="m", people=7), ("event", "m", "out before the start, 7 people")),
        (Event(0, "ordered out", "m", "c", people=1, cause="why", hours=0), ("event", "m/c", "ordered out, 1 person (why)")),
        (
            Event(0, "ordered out", "m", "c", people=2, cause="why", hours=2.25),
            ("event", "m/c", "ordered out, 2 people (why; decided 2.2 h after that)"),
        ),
        (Event(0, "closure begins", name="x", closes="abbey road"), ("event", "x", "closes abbey road")),
        (Event(0, "closure ends", name="x"), ("event", "x", "ends")),
        (Event(0, "incident begins", name="x", hours=3), ("event", "x", "begins, for 3.0 h")),
        (Event(0, "incident begins", name="x"), ("event", "x", "begins")),
        (Event(0, "window opens", name="truce"), ("event", "truce", "window opens")),
        (Event(0, "crowd breaks through"), ("event", "crowd", "breaks onto the runway")),
        (Event(0, "runway cleared"), ("event", "crowd", "runway cleared")),
        (Event(0, "guards begin to leave"), ("event", "guards", "begin to leave")),
        (Event(0, "lanes manned", lanes=4), ("lanes", "gates", "4 manned")),
        (Event(0, "lanes manned"), ("lanes", "gates", "all manned")),
        (Event(0, "gate opens", gate="abbey", lanes=1), ("gate", "abbey", "opens, 1 lane")),
        (Event(0, "gate closes", gate="abbey", cause="crowd"), ("gate", "abbey", "closes: crowd")),
        (Event(0, "gate stops", gate="abbey", stops="public agreed", cause="x"), ("gate", "abbey", "stops public, agreed: x")),
        (Event(0, "gate lets in", gate="abbey", stops="public"), ("gate", "abbey", "lets in public")),
        (Event(0, "departs", "m", "c", 4, 30, by="buses"), ("departs", "m/c/4", "30 people by buses")),
        (Event(0, "departs", "m", "c", 4, 1, by="alone"), ("departs", "m/c/4", "1 person alone")),
        (Event(0, "turned back", "m", "c", 4, 30, by="buses"), ("turned back", "m/c/4", "30 people")),
        (Event(0, "search begins", "m", "c", 4, 30, "abbey"), ("search begins", "m/c/4", "abbey")),
        (Event(0, "changes line", "m", "c", 4, 30, "abbey"), ("changes line", "m/c/4", "abbey")),
        (
            Event(0, "changes line", "m", "c", 4, 30, cause="crowd"),
            ("changes line", "m/c/4", "in front of all gates, for crowd"),
        ),
        (Event(0, "out by helicopter", "m", "c", 4, 30, hub="ships"), ("out by helicopter", "m/c/4", "30 people to ships")),
        (Event(0, "on stand", **FLIGHT), ("on stand", "air/2 sortie 3", "stand ramp")),
        (Event(0, "take-off roll begins", **FLIGHT), ("take-off roll begins", "air/2 sortie 3", "")),
        (Event(0, "lands", people=111, **FLIGHT), ("event", "air/2", "lands with 111 troops")),
        (Event(0, "lands", people=0, **FLIGHT), ("event", "air/2", "lands with cargo")),
        (Event(0, "flight turns back", **FLIGHT), ("event", "air/2", "turns back")),
        (Event(0, "diverts", cause="stand", **FLIGHT), ("event", "air/2", "diverts")),
        (Event(0, "end", cause="gave_up"), ("end", "replication", "everyone is out or has given up")),
        (Event(0, "end", cause="horizon"), ("end", "replication", "horizon")),
    ],
)
def test_an_event_in_words(event: Event, line: tuple[str, str, str]) -> None:
    (told,) = said([event])
    assert told[1:] == line


def test_those_in_one_aircraft_are_one_line() -> None:
    def seats(event: str, **more: Any) -> list[Event]:
        parts = [("b", "c", 4), ("a", "c", 3), ("b", "d", 1)]
        people = [Event(5, event, mission, cohort, 0, n, **FLIGHT, **more) for mission, cohort, n in parts]
        return [*people, Event(5, event, people=30, name=TROOPS, **FLIGHT, **more)]

    other = Event(5, "boards", people=0, **{**FLIGHT, "aircraft": 1})
    lines = list(said([*seats("boards"), other, *seats("out", hub="doha"), *seats("at the hub", hub="doha")]))
    assert [line[1:] for line in lines] == [
        ("boards", "air/2 sortie 3", "3 a, 5 b, 30 troops"),
        ("boards", "air/1 sortie 3", "nobody"),
        ("out", "air/2 sortie 3", "8 people and 30 troops to doha"),
        ("at the hub", "air/2 sortie 3", "8 people and 30 troops at doha"),
    ]
    assert one("out", people=0, **FLIGHT) == ("out", "air/2 sortie 3", "0 people")
    assert one("out", people=5, name=TROOPS, **FLIGHT) == ("out", "air/2 sortie 3", "5 troops")


def test_an_aircraft_that_need_not_wait_is_cleared_at_once() -> None:
    over, cleared = Event(1, "over the airport", **FLIGHT), Event(1, "cleared to land", **FLIGHT)
    assert [line.what for line in said([over, cleared])] == ["cleared to land"]
    assert [line.what for line in said([over, cleared._replace(time_h=2)])] == ["over the airport", "cleared to land"]


@pytest.mark.parametrize("replication", range(3))
def test_a_whole_log_in_words(replication: int) -> None:
    """Nothing empty or infinite, one line each, aligned."""
    log = trace(plan(BUSY), 3, replication)
    for line in said(log):
        assert all(text == text.strip() and "None" not in text and "inf" not in text.split() for text in line[1:])
        assert line.what
        assert line.subject
    lines = event_lines(log, datetime(2021, 8, 1), "+04:30")
    assert len(lines) == len(list(said(log)))
    assert lines[0].split() == ["0.000", "h", "Sun", "01", "Aug", "00:00", "+04:30", "threat", "capital", "threatened"]


# -- as a table ----------------------------------------------------------------------------------------------------------


def test_a_frame_has_a_row_for_each_event_and_a_type_for_each_field() -> None:
    log = EventLog(trace(plan(BUSY), 3, 0))
    frame = log.frame()
    assert [Event(*row) for row in frame.iter_rows()] == log
    assert frame.schema == EventLog().frame().schema
    assert {frame.schema[name] for name in ("group", "people", "aircraft", "sortie", "lanes")} == {pl.Int64}
    assert {frame.schema[name] for name in ("time_h", "hours")} == {pl.Float64}
    assert set(frame["event"]) <= set(EVENTS)


def test_json_has_the_fields_that_say_something() -> None:
    log = EventLog([Event(0, "threat", level="calm"), Event(2, "boards", "m", "c", 0, 0, **FLIGHT)])
    assert log.as_json() == [
        {"time_h": 0, "event": "threat", "level": "calm"},
        {"time_h": 2, "event": "boards", "mission": "m", "cohort": "c", "group": 0, "people": 0, **FLIGHT},
    ]


def test_a_spreadsheet_takes_names_for_text(tmp_path: Path) -> None:
    log = EventLog([Event(0, "gone", mission="-x")])
    log.write(tmp_path / "a.csv")
    assert "'-x" in (tmp_path / "a.csv").read_text()
    log.write(tmp_path / "a.parquet")
    assert pl.read_parquet(tmp_path / "a.parquet")["mission"].to_list() == ["-x"]


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    log = EventLog([Event(0, "gone", mission="m")])
    log.write(tmp_path / "a.csv")
    with pytest.raises(OutputError, match="is there already"):
        log.write(tmp_path / "a.csv")
    log.write(tmp_path / "a.csv", overwrite=True)
    with pytest.raises(OutputError, match="no such folder"):
        log.write(tmp_path / "b" / "a.csv")
    with pytest.raises(QueryError, match=r"ends in \.parquet or \.csv"):
        log.write(tmp_path / "a.xls")


def test_the_page_is_that_of_the_code() -> None:
    from making.events import BEGIN, END, PAGE, renewed

    page = PAGE.read_text("utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert page == renewed(page), "run: python docs/making/events.py"
