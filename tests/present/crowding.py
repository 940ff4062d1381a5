"""Whether a picture can be read: no text on another, none beyond the edge, none too small on a screen 1,280 pixels wide."""

from __future__ import annotations

from itertools import combinations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

SLACK = 1.5
"""Pixels by which the boxes of two texts may touch: boxes are taller than letters."""
SCREEN = 1280
LEAST = 7.0
"""Pixels of the font size on that screen at least."""


def shown(figure: Figure) -> list[tuple[str, Bbox, float]]:
    """Every text that is drawn, its box in pixels and its size in points."""
    figure.draw_without_rendering()
    unseen = {id(t) for axes in figure.findobj(Axes) for t in _unseen(axes)}
    every = {id(t): t for t in figure.findobj(Text) if t.get_visible() and id(t) not in unseen}
    return [(text, t.get_window_extent(), float(t.get_fontsize())) for t in every.values() if (text := t.get_text().strip())]


def _unseen(axes: Axes) -> list[Text]:
    """All of axes that are switched off; labels of ticks beyond their limits, switched off, or kept from an earlier drawing."""
    if not axes.get_visible():
        return axes.findobj(Text)
    unseen: list[Text] = []
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        span, now = 1e-6 * (high - low), [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        for tick in [*axis.majorTicks, *axis.minorTicks]:
            inside = tick in now and low - span <= tick.get_loc() <= high + span
            unseen += [label for label in (tick.label1, tick.label2) if not (inside and label.get_visible())]
    return unseen


def assert_readable(figure: Figure) -> None:
    """No text on another, none beyond the edge, none too small."""
    texts, inside = shown(figure), figure.bbox
    for text, box, size in texts:
        beyond = max(inside.x0 - box.x0, box.x1 - inside.x1, inside.y0 - box.y0, box.y1 - inside.y1)
        assert beyond <= 1, f"{text!r} goes beyond the edge"
        on_screen = size / 72 * SCREEN / figure.get_size_inches()[0]
        assert on_screen >= LEAST, f"{text!r} is {on_screen:.1f} pixels high on a screen"
    for (one, a, _), (other, b, _) in combinations(texts, 2):
        over = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(over) < SLACK, f"{one!r} lies on {other!r}"
