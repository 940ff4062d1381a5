"""The tables of a schedule: missions, fleets and gates in sums; of one mission all departures, slots and sorties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.naming import word
from sim.analysis.words import count
from sim.present import cells
from sim.present.columns import Column
from sim.present.fitting import fitted
from sim.present.sheets import when
from sim.studies.schedule.answer import Schedule, of_mission
from sim.studies.schedule.as_json import Clock
from sim.studies.schedule.found import Scheduled, ScheduledFleet, ScheduledMission
from sim.studies.schedule.ranges import Spread
from sim.studies.schedule.rows import Departure, Moves
from sim.studies.schedule.words import moment
from sim.studies.tables import notes, sentences, title

MOST = 200
"""Rows of a table of one mission; the files have all."""


def shown(answer: Schedule, width: int) -> list[RenderableType]:
    """The sentences, then the tables."""
    found = answer.found
    parts: list[RenderableType] = [*sentences(answer), _heading(found)]
    if answer.mission is None:
        parts += _sums(found, width)
        many = (len(answer.moves.departures), len(answer.moves.slots), len(answer.moves.sorties))
        parts += notes([_RANGES, _all_rows(*many)])
        return parts
    mine = of_mission(answer.moves, answer.mission)
    entry = [found.missions[answer.mission]]
    parts += [_missions(entry, found, width), Text("")]
    return [*parts, *_of_mission(mine, answer.mission, answer.clock, width), *notes([_RANGES])]


def _heading(found: Scheduled) -> Text:
    about = f"\n{found.scenario} · replication {found.replication} · local time, {found.zone} · "
    about += f"ranges: {found.replications - found.failed:,} replications, seed {found.seed}"
    return title(found.title, about, "" if found.final else "\nNOT FINAL: some replications failed")


_RANGES = (
    "Below or beside each moment, P10 to P90 over all replications; never: some of it doesn't come before the end. Leaves: the "
    "first and the last departure. All inside, all out: the last group of all to be moved. before: out before the start."
)


def _all_rows(departures: int, slots: int, sorties: int) -> str:
    return (
        f"All {departures:,} departures, {slots:,} slots at gates and {sorties:,} sorties are in the files (--csv, --xlsx), "
        "those of one mission with --mission NAME."
    )


# -- sums -------------------------------------------------------------------------------------------------------------


def _sums(found: Scheduled, width: int) -> Iterator[RenderableType]:
    missions = [row for row in found.missions.values() if row.to_move or row.out_before]
    if missions:
        yield from (_missions(missions, found, width), Text(""))
    fleets = {name: row for name, row in found.fleets.items() if row.ranges}
    if fleets:
        yield from (_fleets(fleets, found, width), Text(""))
    if found.gates:
        yield from (_gates(found, width), Text(""))


def _missions(missions: Sequence[ScheduledMission], found: Scheduled, width: int) -> RenderableType:
    def at(head: str, key: str, spare: int = 0) -> Column:
        return Column(
            head, lambda row: _at(row, key, found), lambda row: _range(row.ranges.get(key), found, row.out_before), spare=spare
        )

    columns = [
        Column("To\nmove", lambda row: f"{row.to_move:,}", spare=2),
        at("Order", "ordered_h", 3),
        at("Leaves,\nfirst", "first_leaves_h"),
        at("Leaves,\nlast", "last_leaves_h"),
        at("All\ninside", "all_inside_h", 1),
        at("All\nout", "all_out_h"),
        Column("Left\nbehind", lambda row: f"{row.to_move - row.out:,}"),
    ]
    rows = [(row.title, row) for row in missions]
    made = fitted("Mission", columns, rows, width)
    return Group(made.table, *notes([made.note] if made.note else []))


def _at(row: ScheduledMission, key: str, found: Scheduled) -> str:
    if not row.to_move:
        return cells.BEFORE if row.out_before else cells.NOTHING
    return moment(found, getattr(row, key))


def _range(one: Spread | None, found: Scheduled, out_before: int = 0) -> str:
    """``15–22 Sep``; ``17 Sep to never``."""
    if one is None:
        return ""
    low, high = (cells.BEFORE if end == 0 and out_before else _day(end, found) for end in (one.p10, one.p90))
    if low == high:
        return low
    same_month = low.split(" ")[1:] == high.split(" ")[1:] and " " in low
    return f"{low.split(' ')[0]}–{high}" if same_month else f"{low} to {high}"


def _day(hours: float | None, found: Scheduled) -> str:
    at = when(found.start, hours)
    return "never" if at is None else f"{at.day} {at:%b}"


def _fleets(fleets: Mapping[str, ScheduledFleet], found: Scheduled, width: int) -> RenderableType:
    def number(key: str) -> Callable[[ScheduledFleet], str]:
        return lambda row: _between(row.ranges.get(key))

    def at(head: str, key: str, spare: int = 0) -> Column:
        return Column(
            head, lambda row: moment(found, getattr(row, key)), lambda row: _range(row.ranges.get(key), found), spare=spare
        )

    columns = [
        at("On a stand,\nfirst", "first_stand_h"),
        at("Off,\nlast", "last_off_h"),
        Column("Sorties", lambda row: f"{row.sorties:,}", number("sorties")),
        Column("People", lambda row: f"{row.people:,}", number("people")),
        Column("Seats\nfilled", lambda row: f"{100 * row.people / row.seats:.0f} %" if row.seats else cells.NOTHING, spare=1),
    ]
    made = fitted("Fleet", columns, [(word(name), row) for name, row in fleets.items()], width)
    return Group(made.table, *notes([made.note] if made.note else []))


def _between(one: Spread | None) -> str:
    if one is None or one.p10 is None or one.p90 is None:
        return ""
    low, high = count(one.p10), count(one.p90)
    return low if low == high else f"{low}–{high}"


def _gates(found: Scheduled, width: int) -> RenderableType:
    columns = [
        Column("Searched\nfrom", lambda row: moment(found, row.begins_h)),
        Column("to", lambda row: moment(found, row.ends_h)),
        Column("People", lambda row: f"{row.people:,}"),
        Column("Missions", lambda row: f"{row.missions:,}"),
        Column("Slots", lambda row: f"{row.slots:,}"),
    ]
    return fitted("Gate", columns, [(word(name), row) for name, row in found.gates.items()], width).table


# -- one mission ------------------------------------------------------------------------------------------------------


def _of_mission(moves: Moves, mission: str, clock: Clock, width: int) -> Iterator[RenderableType]:
    def at(hours: float) -> str:
        moment = clock.at(hours)
        return "–" if moment is None else f"{moment.day} {moment:%b} {moment:%H:%M}"

    yield from _listed("Leaves", [(at(d.leaves_h), d) for d in moves.departures], _departure_columns(at), width, "departures")
    yield from _listed("Searched", [(at(s.begins_h), s) for s in moves.slots], _slot_columns(at), width, "slots")
    sorties = [(at(s.stand_h), s) for s in moves.sorties]
    yield from _listed("On its stand", sorties, _sortie_columns(at, mission), width, "sorties")


def _listed(
    first: str, rows: Sequence[tuple[str, Any]], columns: list[Column], width: int, what: str
) -> Iterator[RenderableType]:
    if not rows:
        return
    made = fitted(first, columns, rows[:MOST], width)
    more = [f"{len(rows) - MOST:,} more {what} in the files."] if len(rows) > MOST else []
    yield made.table
    yield from notes([*([made.note] if made.note else []), *more])
    yield Text("")


def _departure_columns(at: Callable[[float], str]) -> list[Column]:
    return [
        Column("How", _how, justify="left"),
        Column("Vehicles", lambda d: words_of(d.vehicles.split(", ")) or cells.NOTHING, justify="left", spare=1),
        Column("Who", lambda d: ", ".join(d.cohorts), justify="left", spare=2),
        Column("People", lambda d: f"{d.people:,}"),
        Column("There", lambda d: at(d.arrives_h)),
        Column("Gate", lambda d: words_of(d.gates) or word(d.hub, every=True) or cells.NOTHING, justify="left"),
        Column("Inside", _inside(at), justify="left"),
    ]


OWN_WAYS = ("convoy", "road", "alone")
"""All but shuttles, which have names."""


def words_of(slugs: Iterable[str]) -> str:
    """Several names in words."""
    return ", ".join(word(slug) for slug in slugs)


def _how(departure: Departure) -> str:
    loads, way = departure.loads, departure.way
    way = way if way in OWN_WAYS else word(way)
    return f"convoy of {loads}" if way == "convoy" else f"{way} × {loads}" if loads > 1 else way


def _inside(at: Callable[[float], str]) -> Callable[[Departure], str]:
    def inside(d: Departure) -> str:
        if d.turned_back:
            return "turned back" if not d.last_trip else "turned back, for the last time"
        missing = d.people - d.inside
        if not d.inside:
            return "not inside by the end"
        return at(d.inside_h) + (f", {missing:,} not" if missing else "")

    return inside


def _slot_columns(at: Callable[[float], str]) -> list[Column]:
    return [
        Column("to", lambda s: at(s.ends_h)),
        Column("Gate", lambda s: word(s.gate), justify="left"),
        Column("People", lambda s: f"{s.people:,}"),
        Column("Groups", lambda s: f"{s.groups:,}"),
        Column("At the gate\nsince", lambda s: at(s.waiting_since_h)),
    ]


def _sortie_columns(at: Callable[[float], str], mission: str) -> list[Column]:
    return [
        Column("Loads", lambda s: at(s.boards_h), spare=1),
        Column("Off", lambda s: at(s.off_h)),
        Column("Aircraft", lambda s: word(s.aircraft), justify="left"),
        Column("Sortie", lambda s: f"{s.sortie}", spare=2),
        Column("Hub", lambda s: word(s.hub, every=True) or cells.NOTHING, justify="left"),
        Column("There", lambda s: at(s.hub_h), spare=1),
        Column("People", lambda s: f"{dict(s.loads)[mission]:,}"),
        Column("Aboard", lambda s: f"{s.people:,}"),
    ]
