"""Pictures of a sweep: lines over one number, heat maps over two, dots over names, a cloud for each of many parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from sim.analysis.measure import TOTAL
from sim.analysis.naming import first_up
from sim.present.pictures import Pictures
from sim.studies.axis import Axis
from sim.studies.design.points import OWN
from sim.studies.sweep.best import best
from sim.studies.sweep.difference import ends
from sim.studies.sweep.heat import heat_figure
from sim.studies.sweep.lines import cloud_figure, dots_figure, lines_figure
from sim.studies.sweep.points import Readings, Sheet, View
from sim.studies.sweep.scales import MEASURES, OVERLAID, PANELS, PointGroup, SweepPanel
from sim.studies.sweep.words import best_title, lies, line_title


def draw_sweep(view: View, title: str, into: Pictures, kept: Mapping[int, Readings] | None = None) -> None:
    """Draws what suits the design; what isn't drawn is said in the picture.  Nothing where there is no answer.

    *kept*: replications of points, by which a heat map tells others from the best.
    """
    sheets = [sheet for sheet in view.sheets if not np.isnan(sheet.value).all()]
    drawn = ([sheet for sheet in sheets if sheet.measure.scope == TOTAL] or sheets)[:MEASURES]
    left = f" {len(view.sheets) - len(drawn)} more measures are in the table alone." if len(view.sheets) > len(drawn) else ""
    figures = _figures(view, drawn, title, left, kept) if drawn else {}
    for name, figure in figures.items():
        into.draw(name, figure)
    for old in into.folder.glob("sweep*.[ps][nv]g") if figures else ():  # of the same sweep with fewer answers
        if old.stem not in figures:
            into.drop(old.stem)


def _figures(
    view: View, sheets: Sequence[Sheet], title: str, left: str, kept: Mapping[int, Readings] | None = None
) -> dict[str, Callable[[], Figure]]:
    """What makes each picture, by its name."""
    numeric = [axis for axis in view.axes if axis.numbers is not None and len(axis.values) > 1]
    groups = groups_of(view, [axis for axis in view.axes if axis.numbers is None])
    if not numeric:
        return {"sweep": partial(dots_figure, view, sheets, groups, title, left)}
    if view.design.kind != "grid" or len(numeric) > 3:
        return _each(sheets, lambda s: cloud_figure(view, s, numeric, groups, f"{lies(view, s)}.", left))
    if len(numeric) == 1 and len(groups) <= OVERLAID:
        panels = [SweepPanel(_words(s), s, list(enumerate(groups))) for s in sheets]
        told = line_title(view, ends(view.design, view.scenario.tolist()), kept or {}) or title
        return {"sweep": partial(lines_figure, view, panels, numeric[0], told, left)}
    if len(numeric) == 3:
        groups = [cut for group in groups for cut in slices(view, group, numeric[2])]
    left = f"{_beyond(groups)}{left}"
    if len(numeric) == 1:

        def lines(s: Sheet) -> Figure:
            panels = [SweepPanel(g.label, s, [(0, g)]) for g in groups[:PANELS]]
            return lines_figure(view, panels, numeric[0], f"{lies(view, s)}.", left)

        return _each(sheets, lines)

    def heat(s: Sheet) -> Figure:
        first = best(s, kept or {})
        same = len(set(s.value[~np.isnan(s.value)])) == 1
        title = best_title(view, s, first) if first is not None and not same else f"{lies(view, s)}."
        return heat_figure(view, s, numeric[:2], groups[:PANELS], title, left, first)

    return _each(sheets, heat)


def _each(sheets: Sequence[Sheet], figure: Callable[[Sheet], Figure]) -> dict[str, Callable[[], Figure]]:
    """A picture for each measure."""
    return {f"sweep-{sheet.measure.text}": partial(figure, sheet) for sheet in sheets}


def _words(sheet: Sheet) -> str:
    title = sheet.measure.kind.title
    return f"{sheet.measure.whose}: {title}" if sheet.measure.whose else first_up(title)


def _beyond(groups: Sequence[PointGroup]) -> str:
    more = len(groups) - PANELS
    return f" {more} more panel{'s' if more > 1 else ''} would follow: see the table." if more > 0 else ""


def groups_of(view: View, names: Sequence[Axis]) -> list[PointGroup]:
    """Points by scenario and by the values of the axes of names, in the order of the design."""
    places = [view.places(axis) for axis in names]
    points: dict[tuple[int, ...], list[int]] = {}
    for number in range(len(view.design)):
        key = (int(view.scenario[number]), *(int(p[number]) for p in places))
        points.setdefault(key, []).append(number)
    several = len({key[0] for key in points}) > 1
    groups = []
    for (scenario, *values), numbers in points.items():
        words = [view.labels[scenario]] if several or not names else []
        at = zip(names, values, strict=True)
        words += [view.name(axis).with_value(axis.values[place] if place != OWN else "as it is") for axis, place in at]
        groups.append(PointGroup(", ".join(words), np.array(numbers)))
    return groups


def slices(view: View, group: PointGroup, axis: Axis) -> list[PointGroup]:
    """A group cut by the values of one more axis."""
    places = view.places(axis)[group.points]
    called = view.name(axis)
    named = f"{group.label}, " if len(view.scenarios) > 1 else ""
    return [PointGroup(f"{named}{called.with_value(value)}", group.points[places == k]) for k, value in enumerate(axis.values)]
