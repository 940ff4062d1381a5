"""Picture: how likely one mission is out by when, on the calendar, a line per scenario; below it its order and the fall."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from sim.analysis.matrix import arrange, split
from sim.analysis.mission import Marked, MissionCurve, mission_curve
from sim.analysis.outcomes import Stored, Wall, wall
from sim.analysis.words import share
from sim.present import cells
from sim.present.labels import labels, shared, wrapped
from sim.present.plot_strip import FALL, Row, beside, draw_strip, height, span
from sim.present.style import apart, heading, series, unbroken

OVERLAID = 4
"""Lines in one panel at most."""
LINES = 4.6
"""Height of the lines in inches."""
WHO = {"none": "nobody at the airport", "turkish": "Turkish forces", "coalition": "a coalition force"}
"""Providers of the shipped scenarios, as the title says them."""


class Line(NamedTuple):
    """A scenario in the picture."""

    label: str
    colour: str
    curve: MissionCurve


class Panel(NamedTuple):
    """Scenarios under one title."""

    title: str
    lines: list[Line]
    strip: list[Row]


def shows(result: Stored, mission: str) -> bool:
    """Whether there is a line to draw: the scenario has the mission, and somebody of it is to be moved."""
    return mission_curve(result, mission) is not None


def mission_figure(results: Sequence[Stored], mission: str) -> Figure:
    """One panel of up to four scenarios; a panel per threat where they form a matrix, else a few of them in each."""
    shown = [result for result in results if shows(result, mission)]
    clock = min((wall(result) for result in shown), key=lambda wall: wall.moment(-wall.utc_offset))
    curves = _curves(shown, mission, clock)
    last = float(curves[0].hour[-1])
    panels = _panels(shown)
    columns = min(len(panels), 2)
    parts = [_panel(shown, curves, clock, title, members) for title, members in panels]
    rows = [parts[k : k + columns] for k in range(0, len(parts), columns)]
    strips = [max(height(part.strip) for part in row) for row in rows]
    key = 0.32 * len(shown) if len(panels) == 1 else 0.0
    figure = Figure(
        figsize=(11.0 if columns == 1 else 17.0, sum(LINES + strip + 0.7 for strip in strips) + key), layout="constrained"
    )
    heights = [inches for strip in strips for inches in (LINES, strip)]
    grid = figure.add_gridspec(2 * len(rows), columns, height_ratios=heights)
    for r, row in enumerate(rows):
        for c, part in enumerate(row):
            upper = figure.add_subplot(grid[2 * r, c])
            _chances(upper, part.lines, part.title)
            draw_strip(figure.add_subplot(grid[2 * r + 1, c], sharex=upper), part.strip, clock, last)
    if len(panels) == 1:
        _key(figure, shown)
    heading(figure, unbroken(_answer(shown, curves, mission, clock)), unbroken(_under(shown, curves, len(results))))
    return figure


def _panel(results: Sequence[Stored], curves: Sequence[MissionCurve], clock: Wall, title: str, members: Sequence[int]) -> Panel:
    names = labels([results[i] for i in members])
    lines = [Line(name, series(look).colour, curves[i]) for look, (name, i) in enumerate(zip(names, members, strict=True))]
    return Panel(title, lines, _rows(lines, clock))


def _curves(results: Sequence[Stored], mission: str, clock: Wall) -> list[MissionCurve]:
    """On one clock, up to the hour when the last line has stopped rising and the capital has fallen in the middle case."""
    later = [_later(wall(result), clock) for result in results]
    first = [curve for result in results if (curve := mission_curve(result, mission)) is not None]
    ends = [by + x for by, c in zip(later, first, strict=True) for x in (float(c.hour[-1]), c.fall.median, c.order.high)]
    last = 1.03 * max((x for x in ends if np.isfinite(x)), default=0.0) or 24.0
    whole = [mission_curve(result, mission, last - by) for result, by in zip(results, later, strict=True)]
    return [curve.later(by) for curve, by in zip(whole, later, strict=True) if curve is not None]


def _later(own: Wall, clock: Wall) -> float:
    """Hours by which a scenario starts after *clock*."""
    return (own.moment(-own.utc_offset) - clock.moment(-clock.utc_offset)).total_seconds() / 3600


def _panels(results: Sequence[Stored]) -> list[tuple[str, list[int]]]:
    """Titles and members."""
    names = [result.name for result in results]
    order = arrange(names) if len(names) > OVERLAID else None
    if order is not None:
        members = [[names.index(f"{p}-{t}") for p in order[0] if f"{p}-{t}" in names] for t in order[1]]
        return [(shared([results[i] for i in each]) or t, each) for t, each in zip(order[1], members, strict=True)]
    return [("", list(range(k, min(k + OVERLAID, len(names))))) for k in range(0, len(names), OVERLAID)]


def _chances(axis: Axes, lines: Sequence[Line], title: str) -> None:
    """The lines, and beside them how likely all are out in the end."""
    for k, line in enumerate(lines):
        hour, whole, half = line.curve.hour, line.curve.all_out, line.curve.half_out
        wide = 1.1 * (len(lines) - 1 - k)  # so that one that lies over another leaves it an edge
        axis.fill_between(hour, whole.low, whole.high, step="post", color=line.colour, alpha=0.28 / (1 + len(lines)), linewidth=0)
        axis.step(hour, half.chance, where="post", color=line.colour, linestyle=(0, (3, 1.5)), linewidth=1.7, zorder=3)
        axis.step(hour, whole.chance, where="post", color=line.colour, linewidth=2.8 + wide, zorder=4)
    falls = {line.curve.fall.median for line in lines if np.isfinite(line.curve.fall.median)}
    for fall in falls if len(falls) == 1 else ():
        axis.axvline(fall, color=FALL, linestyle=(0, (1, 2)), linewidth=1.6, zorder=2)
    axis.set_ylim(0, 1.02)
    axis.set_yticks(np.arange(0, 1.01, 0.25))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f} %"))
    axis.tick_params(axis="x", labelbottom=False, length=0)
    axis.set_ylabel("chance that they are out")
    axis.set_title(title, fontsize=12)
    names = [wrapped(line.label, 30, 2) for line in lines]
    spots = apart([line.curve.finally_out for line in lines], 1.0, 0.1 + 0.035 * any("\n" in name for name in names))
    for line, name, spot in zip(lines, names, spots, strict=True):
        text = f"{share(line.curve.finally_out)} all out, {share(float(line.curve.half_out.chance[-1]))} half"
        beside(axis, spot, f"{name}\n{text}" if len(lines) > 1 else text, line.colour, "bold")


def _rows(lines: Sequence[Line], clock: Wall) -> list[Row]:
    """An order per scenario, then the falls, once for those in which they are the same."""
    orders = [
        Row(
            wrapped("order" if len(lines) == 1 else f"order, {line.label}", 30, 2),
            line.colour,
            line.curve.order,
            _order(line.curve, clock),
            "^",
        )
        for line in lines
    ]
    falls: dict[Marked, list[Line]] = {}
    for line in lines:
        if line.curve.fall.share:
            falls.setdefault(line.curve.fall, []).append(line)
    return orders + [
        Row(
            "fall of the capital" if len(falls) == 1 else wrapped(f"fall, {_several([line.label for line in some])}", 30, 2),
            FALL if len(falls) == 1 or len(some) > 1 else some[0].colour,
            fall,
            f"{span(fall, clock)}{'' if fall.share == 1 else f', in {share(fall.share)} of the cases'}",
            "X",
        )
        for fall, some in falls.items()
    ]


def _several(names: Sequence[str]) -> str:
    """``turkish-collapse and 2 more``, or their threat where it is the same."""
    threats = {pair[1] if (pair := split(label)) else label for label in names}
    if len(names) == 1 or len(threats) > 1:
        return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    return threats.pop()


def _order(curve: MissionCurve, clock: Wall) -> str:
    """When the order comes, how often they had left before it, and how often it never comes."""
    order, before = curve.order, curve.before
    never = 1 - order.share - before
    gone = f"before the start in {share(before)}" if before else ""
    if not order.share:
        return f"{gone}, else never ordered" if gone and never > 1e-9 else gone or "never ordered"
    when = span(order, clock)
    text = f"{gone},\nelse {when}" if gone else when
    return f"{text}, never in {share(never)}" if never > 1e-9 else text


def _key(figure: Figure, results: Sequence[Stored]) -> None:
    """The titles of the scenarios, a line each."""
    lines = [
        Line2D([], [], color=series(k).colour, linewidth=3, label="\n".join(textwrap.wrap(result.title, 105)))
        for k, result in enumerate(results)
    ]
    figure.legend(handles=lines, loc="outside lower left", ncols=1, fontsize=11, handlelength=2.2, borderaxespad=0.2)


def _who(name: str, names: Sequence[str]) -> str:
    """A scenario in the title: who holds the airport, where that is all that differs."""
    pairs = [split(each) for each in names]
    same = len({pair[1] if pair else each for pair, each in zip(pairs, names, strict=True)}) == 1
    pair = split(name)
    return WHO.get(pair[0], pair[0]) if pair and same else name


def _answer(results: Sequence[Stored], curves: Sequence[MissionCurve], mission: str, clock: Wall) -> str:
    """The message: how often all are out, by when."""
    name = f"{mission[0].upper()}{mission[1:]}"
    what, likely, rises = "all", [c.finally_out for c in curves], [c.all_out for c in curves]
    if not any(likely):
        what, likely, rises = "half", [float(c.half_out.chance[-1]) for c in curves], [c.half_out for c in curves]
    names = [result.name for result in results]
    whose = [f" with {_who(each, names)}" for each in names] if len(names) > 1 or split(names[0]) else [""]
    gone = [f" ({share(c.before)} before the start)" if c.before else "" for c in curves]
    if not any(likely):
        return f"{name}: not even half of them get out in any replication"
    steps = [float(c.hour[np.flatnonzero(rise.chance == rise.chance[-1])[0]]) for c, rise in zip(curves, rises, strict=True)]
    by = clock.moment(max(steps))
    beginning = f"{name}: {'never all out; half' if what == 'half' else 'all'} out by {by.day} {by:%b} in"
    order = sorted(range(len(likely)), key=lambda k: (-likely[k], k))
    for some, early in ((order, gone), (order, [""] * len(gone)), ([order[0], order[-1]], gone)):
        each = [f"{share(likely[k])}{'' if n else ' of replications'}{whose[k]}{early[k]}" for n, k in enumerate(some)]
        text = f"{beginning} {', '.join(each[:-1])}{' to ' if len(some) < len(order) else ', '}{each[-1]}"
        if len(each) == 1:
            return f"{beginning} {each[0]}"
        if len(text) <= TITLE:
            break
    return text


TITLE = 240
"""Characters of a title that are not cut."""


def _under(results: Sequence[Stored], curves: Sequence[MissionCurve], of: int) -> str:
    text = (
        "Thick: all are out by then, shaded: 95 % interval of that share; dashed: half of them are out. "
        f"Below: median and middle 90 % of the replications. {cells.resting(results)}"
    )
    if any(c.moving < 1 for c in curves):
        text += " Shares are of the replications in which anybody of it is to be moved."
    missing = of - len(results)
    if missing:
        text += f" {missing} more scenario{'s have' if missing > 1 else ' has'} nobody of it to move."
    return text
