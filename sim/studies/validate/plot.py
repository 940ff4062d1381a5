"""Picture: observed and simulated by window on a clock in UTC, a panel per measure and scope; what is outside has a ring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.observations import FLOWS
from sim.analysis.outcomes import Stored
from sim.analysis.windows import course
from sim.present.pictures import Pictures
from sim.present.style import BLUE, ORANGE, RED, heading, nice_step
from sim.studies.applying import applying
from sim.studies.validate.compared import ComparedWindow, Validation, coverage
from sim.studies.validate.verdict import SeriesSection, sections

MOST = 4
"""Panels at most, as many as can be looked at; the series with the most windows are kept."""
ALONE = 3
"""Up to so many panels stand in one column."""
LOOKS = {"calibration": ("o", "#000000", "#000000"), "check": ("D", "#ffffff", "#000000"), "blind": ("^", ORANGE, "#000000")}
"""Marker, face and edge of what was observed, by use."""
FIRST = {"blind": 0, "calibration": 1, "check": 2}
"""Which windows get a box as wide as they are long; one that overlaps an earlier one gets a bar."""
BAR = 0.011
"""Width of such a bar and distance of markers, as a share of the time axis."""
UNIT = {"people": "people in 24 h", "flights": "flights in 24 h", "load": "people", "stock": "people", "pause": "hours"}


def draw_validation(result: Stored, validation: Validation, name: str, into: Pictures) -> None:
    """Draws *name*; nothing where nothing is compared."""
    if validation.used(""):
        into.draw(name, lambda: validation_figure(result, validation))


def validation_figure(result: Stored, validation: Validation) -> Figure:
    """The picture; at least one row of *validation* must be compared."""
    every = sections(validation)
    kept = sorted(sorted(range(len(every)), key=lambda k: (-len(every[k].rows), k))[:MOST])
    shown = [every[k] for k in kept]
    columns = 1 if len(shown) <= ALONE else 2
    rows = -(-len(shown) // columns)
    span = _span(validation, [row for section in shown for row in section.rows])
    figure = Figure(figsize=(10.5 if columns == 1 else 13.0, 2.9 * rows + 0.9), layout="constrained")
    grid = figure.add_gridspec(rows, columns)
    for k, section in enumerate(shown):
        axis = figure.add_subplot(grid[k // columns, k % columns])
        _panel(axis, result, validation, section, span)
        _clock(axis, validation.start, span, 14 // columns, labelled=k + columns >= len(shown))
    _legend(figure, validation, shown)
    cut = f" {len(every) - len(shown)} more series are only in the table." if len(every) > len(shown) else ""
    heading(figure, _answer(validation), _under(shown) + cut)
    return figure


def _banded(shown: Sequence[SeriesSection], level: float) -> bool:
    """Whether there are replications enough for any band of this level."""
    return any(row.band(level) is not None for section in shown for row in section.rows)


def _under(shown: Sequence[SeriesSection]) -> str:
    """What is in the picture and nothing else."""
    half, most = _banded(shown, 0.5), _banded(shown, 0.9)
    bands = "darker: 50 % band, lighter: 90 %, line: median" if most else "shaded: 50 % band, line: median"
    boxes = f"Boxes and bars: what the replications gave in the very window ({bands})" if half else "Blue lines: simulated median"
    parts = applying(
        (True, boxes),
        (any(section.measure in FLOWS for section in shown), "; flows are scaled to 24 h"),
        (True, "."),
        (
            any(low < high for part in shown for low, high in (r.range for r in part.rows)),
            " Vertical line: observed low to high.",
        ),
        (most, " Red ring: outside the 90 % band; windows are named in the table."),
    )
    return "".join(parts)


def _span(validation: Validation, rows: Sequence[ComparedWindow]) -> tuple[float, float]:
    """Hours shown: the compared windows with a margin, within the clock."""
    times = [_hours(validation, moment) for row in rows for moment in (row.seen.start or row.seen.end, row.seen.end)]
    first, last = min(times), max(times)
    margin = max(0.08 * (last - first), 6.0)
    return max(first - margin, 0.0), max(min(last + margin, validation.horizon_h), first + 1.0)


def _hours(validation: Validation, moment: datetime) -> float:
    return (moment - validation.start).total_seconds() / 3600


def _panel(axis: Axes, result: Stored, validation: Validation, section: SeriesSection, span: tuple[float, float]) -> None:
    axis.set_title(section.title, fontsize=11.5)
    axis.set_ylabel(UNIT[section.measure], fontsize=9.5)
    tops = [_course(axis, result, section)]
    placed: list[float] = []
    boxed: list[tuple[float, float]] = []
    for row in sorted(section.rows, key=lambda r: (FIRST[r.seen.use], -r.seen.hours, r.seen.end)):
        begin, end = _hours(validation, row.seen.start or row.seen.end), _hours(validation, row.seen.end)
        scale = 24 / row.seen.hours if section.measure in FLOWS else 1.0
        place = end if section.measure == "stock" else _free_place(begin, end, placed, span)
        if section.measure != "stock":
            free = all(end <= a or begin >= b for a, b in boxed)
            boxed += [(begin, end)] if free else []
            half = BAR * (span[1] - span[0]) / 2
            tops.append(_box(axis, row, (begin, end) if free else (place - half, place + half), scale))
        tops.append(_observed(axis, row, place, scale))
        placed.append(place)
    axis.set_ylim(0, 1.12 * max(tops) or 1.0)
    axis.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=section.measure not in ("load", "pause")))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}" if y >= 10 or y == int(y) else f"{y:,.1f}"))


def _course(axis: Axes, result: Stored, section: SeriesSection) -> float:
    """A stock's bands by the hour, or a thin line for the flow around each hour; the highest point."""
    line = course(result, section.rows[0].seen)
    if line is None:
        return 0.0
    if section.measure in FLOWS:
        axis.plot(line.hour, line.median, color="#8a8a8a", linewidth=1.1, zorder=1)
        return float(line.median.max())
    for ends, alpha in ((line.band90, 0.16), (line.band50, 0.26)):
        if ends is not None:
            axis.fill_between(line.hour, *ends, color=BLUE, alpha=alpha, linewidth=0)
    axis.plot(line.hour, line.median, color=BLUE, linewidth=2.0)
    return float((line.median if line.band90 is None else line.band90[1]).max())


def _free_place(begin: float, end: float, placed: Sequence[float], span: tuple[float, float]) -> float:
    """Where in a window its marker stands: in the middle, or aside where another is too near."""
    near = 1.6 * BAR * (span[1] - span[0])
    spots = [begin + (end - begin) * part for part in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)]
    gaps = [min((abs(spot - other) for other in placed), default=np.inf) for spot in spots]
    return next((spot for spot, gap in zip(spots, gaps, strict=True) if gap >= near), spots[int(np.argmax(gaps))])


def _box(axis: Axes, row: ComparedWindow, ends: tuple[float, float], scale: float) -> float:
    """The bands and the median over *ends*; the highest point."""
    begin, width = ends[0], ends[1] - ends[0]
    for level, alpha in ((0.9, 0.22), (0.5, 0.34)):
        if (held := row.band(level)) is not None:
            corner, size = (begin, held.low * scale), (held.high - held.low) * scale
            axis.add_patch(Rectangle(corner, width, size, facecolor=BLUE, alpha=alpha, linewidth=0, zorder=2))
            axis.add_patch(Rectangle(corner, width, size, fill=False, edgecolor=BLUE, alpha=0.6, linewidth=0.6, zorder=2))
    axis.plot(ends, [row.median * scale] * 2, color=BLUE, linewidth=2.2, solid_capstyle="butt", zorder=3)
    whole = row.band(0.9)
    return (row.median if whole is None else whole.high) * scale


def _observed(axis: Axes, row: ComparedWindow, place: float, scale: float) -> float:
    """The marker and the range of what was observed; the highest point."""
    marker, face, edge = LOOKS[row.seen.use]
    low, high = row.range
    if row.inside(0.9) is False:  # a larger mark around it, which is seen without colour too
        ring = {"marker": "o", "markersize": 13.0, "markerfacecolor": "none", "linestyle": "none"}
        axis.plot([place], [row.seen.value * scale], markeredgecolor=RED, markeredgewidth=2.0, zorder=4, **ring)  # type: ignore[arg-type]
    if high > low:
        axis.plot([place, place], [low * scale, high * scale], color="#000000", linewidth=1.6, zorder=4)
    axis.plot(
        [place], [row.seen.value * scale], marker=marker, markersize=7.5 if marker == "^" else 6.0, markerfacecolor=face,
        markeredgecolor=edge, markeredgewidth=1.2, linestyle="none", zorder=5,
    )  # fmt: skip
    return high * scale


def _clock(axis: Axes, start: datetime, span: tuple[float, float], most: int, labelled: bool) -> None:
    """Dates at midnight UTC, or hours of the day where it is short."""
    first, last = span
    if last - first > 72:
        step = 24 * nice_step((last - first) / 24, most)
        form = "{0.day} {0:%b}"
    else:
        step = nice_step(last - first, min(most, 8))
        form = "{0:%H:%M}\n{0.day} {0:%b}"
    midnight = (start + timedelta(hours=first)).replace(hour=0, minute=0, second=0, microsecond=0)
    begin = (midnight - start).total_seconds() / 3600
    ticks = [t for t in np.arange(begin, last + 1e-9, step) if t >= first - 1e-9]
    moments = [start + timedelta(hours=float(t)) for t in ticks]
    axis.set_xticks(ticks, [form.format(m) for m in moments] if labelled else [], fontsize=8.5)
    axis.set_xlim(first, last)
    if labelled:
        axis.set_xlabel("UTC", fontsize=9.5)


def _legend(figure: Figure, validation: Validation, shown: Sequence[SeriesSection]) -> None:
    handles: list[Line2D | Patch] = []
    for use in validation.uses:
        marker, face, edge = LOOKS[use]
        handles.append(
            Line2D([], [], marker=marker, linestyle="none", markerfacecolor=face, markeredgecolor=edge, label=f"observed, {use}")
        )
    handles.append(Line2D([], [], color=BLUE, linewidth=2.2, label="simulated, median"))
    for level, alpha, name in ((0.5, 0.5, "50 % band"), (0.9, 0.22, "90 % band")):
        if _banded(shown, level):
            handles.append(Patch(facecolor=BLUE, alpha=alpha, label=name))
    if any(section.measure in FLOWS for section in shown):
        handles.append(Line2D([], [], color="#8a8a8a", linewidth=1.1, label="simulated median in the 24 h around"))
    if any(row.inside(0.9) is False for section in shown for row in section.rows):
        ring = {"marker": "o", "markersize": 11, "markerfacecolor": "none", "linestyle": "none", "markeredgewidth": 2.0}
        handles.append(Line2D([], [], markeredgecolor=RED, label="outside the 90 % band", **ring))  # type: ignore[arg-type]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=9.5, handlelength=1.6)


def _answer(validation: Validation) -> str:
    whole = coverage(validation.used(""), 0.9)
    title = validation.title or validation.scenario
    if not whole.windows:
        return f"{title}: too few replications for 90 % bands"
    parts = [(use, coverage(validation.used(use), 0.9)) for use in validation.uses]
    by_use = ", ".join(f"{use} {one.inside} of {one.windows}" for use, one in parts if one.windows)
    return f"{title}: the 90 % bands hold {whole.inside} of {whole.windows} observed values ({by_use})"
