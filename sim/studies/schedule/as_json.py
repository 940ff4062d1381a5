"""The schedule of one replication as plain data and as data frames: local moments beside the hours, ``null`` for never."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

from sim.analysis.naming import gate_name, word
from sim.analysis.words import short_titles
from sim.model.movements import Movements
from sim.model.names import STAGES
from sim.present.sheets import when
from sim.scenario import Scenario
from sim.scenario.causes import zone
from sim.studies.schedule.rows import Departure, MissionMoves, Moves, Slot, Sortie, moves_of

if TYPE_CHECKING:
    import polars as pl

Json = dict[str, Any]


class Clock(NamedTuple):
    """Local time, and what missions are called."""

    start: datetime
    zone: str
    titles: Mapping[str, str]

    @classmethod
    def of(cls, scenario: Scenario) -> Clock:
        """That of a scenario."""
        titles = {name: mission.title or name for name, mission in scenario.missions.items()}
        return cls(scenario.clock.start.when, zone(float(scenario.clock.utc_offset)), short_titles(titles))

    def at(self, hours: float | None) -> datetime | None:
        """The local moment, to the minute; None of what never is."""
        return when(self.start.isoformat(), hours)


def schedule_json(m: Movements, scenario: Scenario, replication: int) -> Json:
    """The schedule of a replication, for a page: rows, and ``assets``, of each the bars of a timeline.

    Hours from the start; ``null`` is never, or not before the end of the replication.
    """
    moves, clock = moves_of(m), Clock.of(scenario)
    return {
        "replication": replication,
        "start": f"{clock.start:%Y-%m-%d %H:%M}",
        "zone": clock.zone,
        "end_h": m.end,
        "horizon_h": scenario.clock.horizon.mean,
        "staff": m.staff,
        "left_behind": moves.left_behind,
        **rows_json(moves, clock),
        "assets": assets(moves, clock),
    }


def rows_json(moves: Moves, clock: Clock) -> Json:
    """Missions, departures, slots and sorties as plain data."""
    return {
        "missions": {row.mission: mission_json(row, clock) for row in moves.missions},
        "departures": list(map(_plain, moves.departures)),
        "slots": list(map(_plain, moves.slots)),
        "sorties": [_plain(row) | {"loads": dict(row.loads)} for row in moves.sorties],
    }


def mission_json(row: MissionMoves, clock: Clock) -> Json:
    """A mission from its order to its last group."""
    plain = {"title": clock.titles[row.mission], **_plain(row)}
    del plain["mission"], plain["at_the_end"]
    return plain | {"never_left": row.never_left, "at_the_end": dict(zip(STAGES, row.at_the_end, strict=True))}


def _plain(row: Any) -> Json:
    return {name: _value(value) for name, value in row._asdict().items()}


def _value(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return list(value) if isinstance(value, tuple) else value


# -- bars of a timeline -----------------------------------------------------------------------------------------------


def assets(moves: Moves, clock: Clock) -> list[Json]:
    """Missions, gates and fleets, each with lanes of bars: ``begins_h``, ``ends_h`` (``null``: not before the end), ``what``,
    ``people`` and ``text``.

    A mission has a lane for those on the way and one for those at the gates, with departures that overlap as one bar; a gate one
    for each mission that is searched there; a fleet one for each aircraft, on its stand and on its way to the hub.
    """
    return [
        *({"kind": "mission", "name": row.mission, "title": clock.titles[row.mission], "lanes": lanes}
          for row in moves.missions if (lanes := _mission_lanes(moves, row.mission))),
        *({"kind": "gate", "name": gate, "title": gate_name(gate), "lanes": _gate_lanes(moves, gate, clock)}
          for gate in sorted({slot.gate for slot in moves.slots})),
        *({"kind": "fleet", "name": fleet, "title": word(fleet), "lanes": _fleet_lanes(moves, fleet, clock)}
          for fleet in sorted({sortie.fleet for sortie in moves.sorties})),
    ]  # fmt: skip


def _mission_lanes(moves: Moves, mission: str) -> list[Json]:
    trips = [d for d in moves.departures if d.mission == mission]
    there = [d for d in trips if not d.turned_back and math.isfinite(d.arrives_h)]
    stays = {
        "on the way": [(d.leaves_h, d.arrives_h, d.people) for d in trips],
        "at the gates": [(d.arrives_h, d.inside_h if d.inside == d.people else math.inf, d.people) for d in there],
    }
    return [{"name": what, "bars": bars} for what, some in stays.items() if (bars := _merged(what, some, moves.end_h))]


def _merged(what: str, stays: Iterable[tuple[float, float, int]], end: float) -> list[Json]:
    """Stays that overlap as one bar; the people of all of them."""
    bars: list[list[float]] = []
    for begins, ends, people in sorted(stays):
        until = min(ends, end)
        if bars and begins <= bars[-1][1]:
            bars[-1][1], bars[-1][2] = max(bars[-1][1], until), bars[-1][2] + people
        else:
            bars.append([begins, until, people])
    return [_bar(begins, ends, what, int(people), "") for begins, ends, people in bars]


def _bar(begins: float, ends: float, what: str, people: int, text: str) -> Json:
    return {"begins_h": _value(begins), "ends_h": _value(ends), "what": what, "people": people, "text": text}


def _gate_lanes(moves: Moves, gate: str, clock: Clock) -> list[Json]:
    lanes: dict[str, list[Json]] = {}
    for slot in moves.slots:
        if slot.gate == gate:
            title = clock.titles[slot.mission]
            lanes.setdefault(title, []).append(_bar(slot.begins_h, slot.ends_h, "searched", slot.people, title))
    return [{"name": name, "bars": bars} for name, bars in sorted(lanes.items())]


def _fleet_lanes(moves: Moves, fleet: str, clock: Clock) -> list[Json]:
    lanes: dict[str, list[Json]] = {}
    for sortie in moves.sorties:
        if sortie.fleet != fleet:
            continue
        text = ", ".join(f"{clock.titles[mission]} {people}" for mission, people in sortie.loads)
        lane = lanes.setdefault(sortie.aircraft, [])
        lane.append(_bar(sortie.stand_h, sortie.off_h, "on its stand", sortie.people, text))
        if math.isfinite(sortie.off_h) and sortie.hub:
            lane.append(_bar(sortie.off_h, sortie.hub_h, f"to {word(sortie.hub, every=True)}", sortie.people, text))
    return [{"name": name, "bars": bars} for name, bars in lanes.items()]


# -- data frames ------------------------------------------------------------------------------------------------------


def tables(moves: Moves, clock: Clock, about: Mapping[str, str | int]) -> dict[str, pl.DataFrame]:
    """``departures``, ``slots``, ``sorties``, ``loads`` and ``missions``; *about* are columns that all rows have."""
    loads = [_Load(s.fleet, s.aircraft, s.sortie, mission, people) for s in moves.sorties for mission, people in s.loads]
    stages: list[Json] = [{f"at_the_end_{stage}": row.ended(stage) for stage in STAGES} for row in moves.missions]
    return {
        "missions": frame(MissionMoves, moves.missions, clock, about, stages),
        "departures": frame(Departure, moves.departures, clock, about),
        "slots": frame(Slot, moves.slots, clock, about),
        "sorties": frame(Sortie, moves.sorties, clock, about),
        "loads": frame(_Load, loads, clock, about),
    }


class _Load(NamedTuple):
    """People of a mission on a sortie."""

    fleet: str
    aircraft: str
    sortie: int
    mission: str
    people: int


def frame(
    kind: type[NamedTuple], rows: Sequence[Any], clock: Clock, about: Mapping[str, str | int], more: Sequence[Json] = ()
) -> pl.DataFrame:
    """Rows of one kind: a moment beside each hour, titles beside missions, names of several in one text; *more* at the end."""
    import polars as pl

    types = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean}
    made = [pl.Series(name, [value] * len(rows), dtype=types[type(value)]) for name, value in about.items()]
    made.append(pl.Series("zone", [clock.zone] * len(rows), dtype=pl.String))
    for name, hint in get_type_hints(kind).items():
        values = [getattr(row, name) for row in rows]
        if name == "at_the_end":  # which has columns of its own
            continue
        if hint is not str and hint in types:
            made.append(pl.Series(name, values, dtype=types[hint]))
        else:  # an empty name is none
            made.append(pl.Series(name, [(x if isinstance(x, str) else _joined(x)) or None for x in values], dtype=pl.String))
        if name == "mission":
            made.append(pl.Series("title", [clock.titles[value] for value in values], dtype=pl.String))
        if name.endswith("_h"):
            made.append(pl.Series(f"{name.removesuffix('_h')}_at", list(map(clock.at, values)), dtype=pl.Datetime("us")))
    made += [pl.Series(name, [one[name] for one in more], dtype=pl.Int64) for name in (more[0] if more else ())]
    return pl.DataFrame(made)


def _joined(value: Sequence[Any]) -> str:
    """``core, local``; ``germany 120, france 30``."""
    return ", ".join(" ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in value)
