"""Picture of a schedule: who is where when, a row for each mission, gate and fleet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.analysis.naming import word
from sim.analysis.outcomes import Wall
from sim.analysis.words import count
from sim.present.labels import wrapped
from sim.present.pictures import Pictures
from sim.present.plot_strip import beside
from sim.present.style import BLUE, GREEN, ORANGE, RED, SKY, heading, local_dates, unbroken
from sim.studies.schedule.as_json import Clock
from sim.studies.schedule.found import Scheduled, ScheduledMission
from sim.studies.schedule.rows import Moves
from sim.studies.schedule.words import moment

MISSIONS, FLEETS = 14, 10
"""Rows at most; what is left is one row more."""
WAITING = "#c9c9c9"
FAINT = 0.45
"""Of the whole time of a mission, from its first departure until its last people are out."""
DARKER = 0.5
"""Of one slot or one aircraft; where several are at once it is darker."""


class Bar(NamedTuple):
    """A stretch of time in a row; *share* of full colour."""

    begins: float
    ends: float
    colour: str
    share: float = 1.0


class Row(NamedTuple):
    """A row: its name, bars, and what stands right of it."""

    name: str
    bars: list[Bar]
    text: str = ""
    colour: str = "#444444"


def draw(found: Scheduled, moves: Moves, clock: Clock, into: Pictures) -> None:
    """``schedule``, where anybody leaves."""
    if moves.departures:
        into.draw("schedule", lambda: schedule_figure(found, moves, clock))
    else:
        into.drop("schedule")


def schedule_figure(found: Scheduled, moves: Moves, clock: Clock) -> Figure:
    """Missions, gates and fleets under one axis of local dates."""
    parts = [(name, rows) for name, rows in _parts(found, moves) if rows]
    last = 1.02 * max(bar.ends for _, rows in parts for row in rows for bar in row.bars)
    heights = [0.3 * len(rows) + 0.34 for _, rows in parts]
    figure = Figure(figsize=(11.5, sum(heights) + 1.1), layout="constrained")
    axes = figure.subplots(len(parts), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    for axis, (name, rows) in zip(axes, parts, strict=True):
        _draw_rows(axis, name, rows)
    wall = Wall(clock.start, float(found.utc_offset_h), float(found.horizon_h))
    for axis in axes[:-1]:
        axis.tick_params(axis="x", labelbottom=False, length=0)
    axes[-1].set_xlim(0, last)
    local_dates(axes[-1], wall, last)
    figure.legend(handles=_key(parts), loc="outside lower center", ncols=4, fontsize=10, handlelength=1.8)
    heading(figure, unbroken(_title(found)), unbroken(_under(found)))
    return figure


def _key(parts: Sequence[tuple[str, Sequence[Row]]]) -> list[Patch]:
    shown = {bar.colour for _, rows in parts for row in rows for bar in row.bars}
    known = ((WAITING, "ordered, nobody has left"), (BLUE, "on the way or at the gates"), (SKY, "first departure to last out"),
             (GREEN, "searched at a gate"), (ORANGE, "on a stand"))  # fmt: skip
    return [Patch(facecolor=colour, label=label) for colour, label in known if colour in shown]


def _parts(found: Scheduled, moves: Moves) -> list[tuple[str, list[Row]]]:
    return [("Missions", _missions(found, moves)), ("Gates", _gates(found, moves)), ("Fleets", _fleets(found, moves))]


def _missions(found: Scheduled, moves: Moves) -> list[Row]:
    end = found.end_h
    busy: dict[str, list[Bar]] = {}
    for d in moves.departures:
        until = d.arrives_h if d.turned_back else d.inside_h if d.inside == d.people else end
        busy.setdefault(d.mission, []).append(Bar(d.leaves_h, min(until, end), BLUE))
    moving = [(name, row) for name, row in found.missions.items() if row.to_move]  # the largest first
    rows = [_mission(row, busy.get(name, []), end) for name, row in moving[:MISSIONS]]
    if rest := moving[MISSIONS:]:
        several = [bar for name, _ in rest for bar in busy.get(name, [])]
        rows.append(_mission(_together([row for _, row in rest]), several, end))
    return rows


def _together(rest: Sequence[ScheduledMission]) -> ScheduledMission:
    """Missions as one row: from the first of each to the last."""

    def known(key: str) -> list[float]:
        return [hours for row in rest if (hours := getattr(row, key)) is not None]

    return replace(
        rest[0],
        title=f"{len(rest)} more missions",
        to_move=sum(row.to_move for row in rest),
        out=sum(row.out for row in rest),
        ordered_h=min(known("ordered_h"), default=None),
        first_leaves_h=min(known("first_leaves_h"), default=None),
        last_leaves_h=max(known("last_leaves_h"), default=None),
        last_inside_h=max(known("last_inside_h"), default=None),
        last_out_h=max(known("last_out_h"), default=None),
    )


def _mission(row: ScheduledMission, busy: Sequence[Bar], end: float) -> Row:
    ordered, leaves = row.ordered_h, row.first_leaves_h
    left = row.to_move - row.out
    text, colour = (f"{count(row.out)} out", "#444444") if not left else (f"{count(row.out)} out, {count(left)} not", RED)
    bars = []
    if ordered is not None:
        bars.append(Bar(ordered, leaves if leaves is not None else end, WAITING))
    if leaves is not None:
        inside = max(x for x in (row.last_inside_h, row.last_leaves_h) if x is not None)
        bars.append(Bar(leaves, max(inside, row.last_out_h or inside), SKY, FAINT))
        bars += busy
    return Row(wrapped(row.title, 28), bars, text, colour)


def _gates(found: Scheduled, moves: Moves) -> list[Row]:
    rows = []
    for gate, entry in found.gates.items():
        bars = [Bar(s.begins_h, min(s.ends_h, moves.end_h), GREEN, DARKER) for s in moves.slots if s.gate == gate]
        rows.append(Row(word(gate), bars, f"{entry.people:,} searched"))
    return rows


def _fleets(found: Scheduled, moves: Moves) -> list[Row]:
    known = sorted((name for name in found.fleets), key=lambda name: (-found.fleets[name].people, name))
    flying = [name for name in known if found.fleets[name].aircraft]
    groups = [[name] for name in flying[:FLEETS]] + ([flying[FLEETS:]] if len(flying) > FLEETS else [])
    rows = []
    for group in groups:
        some = [s for s in moves.sorties if s.fleet in group and math.isfinite(s.stand_h)]
        bars = [Bar(s.stand_h, min(s.off_h, moves.end_h), ORANGE, DARKER) for s in some]
        fleets = [found.fleets[name] for name in group]
        people, flown = sum(fleet.people for fleet in fleets), sum(fleet.sorties for fleet in fleets)
        name = word(group[0]) if len(group) == 1 else f"{len(group)} more fleets"
        rows.append(Row(wrapped(name, 26), bars, f"{people:,} people, {flown:,} sorties"))
    return rows


def _draw_rows(axis: Axes, name: str, rows: Sequence[Row]) -> None:
    for y, row in enumerate(rows):
        for bar in row.bars:
            if bar.ends > bar.begins:
                axis.barh(y, bar.ends - bar.begins, left=bar.begins, height=0.62, color=bar.colour, alpha=bar.share, linewidth=0)
        beside(axis, y, row.text, row.colour, "normal")
    axis.set_yticks(range(len(rows)), [row.name for row in rows])
    axis.set_ylim(len(rows) - 0.45, -0.55)
    axis.set_title(name, fontsize=11)
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.grid(axis="y", visible=False)


def _title(found: Scheduled) -> str:
    """When vehicles and aircraft move, and who is left."""
    text = f"Departures from {moment(found, found.first_leaves_h)} to {moment(found, found.last_leaves_h)}"
    if found.sorties:
        text += f", aircraft until {moment(found, found.last_off_h)}"
    left = found.left_behind
    return f"{text}; {count(left)} {'is' if left == 1 else 'are'} left behind" if left else f"{text}; nobody is left behind"


def _under(found: Scheduled) -> str:
    which = "as asked for" if found.asked_for else f"the nearest of {found.replications:,} to the median of people left behind"
    return (
        f"Replication {found.replication} of {found.title}, {which}: an example, not a forecast. "
        "Darker where several are there at once."
    )
