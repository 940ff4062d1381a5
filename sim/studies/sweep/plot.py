"""Pictures of a sweep: lines over one number, heat maps over two, dots over names, a cloud for each of many parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from matplotlib.figure import Figure

from sim.present.pictures import Pictures
from sim.studies.sweep.heat import heat_figure
from sim.studies.sweep.lines import cloud_figure, dots_figure, lines_figure
from sim.studies.sweep.pictures import Picture, pictures
from sim.studies.sweep.points import Readings, View

FIGURES: Mapping[str, Callable[[View, Picture], Figure]] = {
    "lines": lines_figure,
    "dots": dots_figure,
    "cloud": cloud_figure,
    "heat": heat_figure,
}


def draw_sweep(view: View, title: str, into: Pictures, kept: Mapping[int, Readings] | None = None) -> None:
    """Draws what suits the design; nothing where there is no answer."""
    draw_pictures(view, pictures(view, title, kept), into)


def draw_pictures(view: View, shown: Sequence[Picture], into: Pictures) -> None:
    """Draws these pictures, and removes those of the same sweep with fewer answers."""
    for one in shown:
        into.draw(one.name, partial(FIGURES[one.kind], view, one))
    names = {one.name for one in shown}
    for old in into.folder.glob("sweep*.[ps][nv]g") if shown else ():
        if old.stem not in names:
            into.drop(old.stem)
