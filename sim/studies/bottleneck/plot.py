"""Pictures of the bottleneck: what one more of each capacity is worth, as bars with intervals, and the strips by the hour."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.outcomes import Stored
from sim.present.cells import UNSURE
from sim.present.labels import labels, wrapped
from sim.present.pictures import Pictures
from sim.present.plot_bottleneck import bottleneck_figure
from sim.present.style import RED, SERIES, heading, wrap
from sim.studies.bottleneck.found import CapacityEffect, FoundBottleneck
from sim.studies.bottleneck.pictures import axis_words, changing, ends_of, note, panel_title, panels_of, picture_title, rows_of
from sim.studies.bottleneck.table import cell
from sim.studies.bottleneck.words import labels as called

HATCHES = ("", "////", "....", "\\\\\\\\", "xxx", "|||")
GREY = "#d0d0d0"
LETTERS = 40
"""Of a line of what a capacity is called."""


def draw(found: FoundBottleneck, results: Sequence[Stored], into: Pictures) -> None:
    """``marginal`` where any capacity changes anything, and ``bottleneck``, the strips of the scenarios as they are."""
    if any(map(changing, found.results)):
        into.draw("marginal", lambda: marginal_figure(found))
    else:  # of the same question with fewer replications
        into.drop("marginal")
    kept = [r for r in results if r.n > len(r.failed)]
    if kept:
        into.draw("bottleneck", lambda: bottleneck_figure(kept, labels(kept)))


def marginal_figure(found: FoundBottleneck) -> Figure:
    """A row for each capacity, a panel for each measure (people, hours), a bar for each scenario."""
    panels, rows, many = panels_of(found), rows_of(found), len(found.results)
    most = max((len(wrap(label, LETTERS)) for _, label, _ in rows), default=1)
    each = max(0.36 if many == 1 else 0.14 + 0.18 * many, 0.16 + 0.17 * most)
    figure = Figure(figsize=(4.2 + 3.8 * max(len(panels), 2), 1.35 + each * max(len(rows), 2)), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axis, address in zip(axes, panels, strict=True):
        _panel(axis, found, address, rows)
    _names(axes[0], rows)
    if many > 1:
        key = [
            Patch(facecolor=SERIES[k % len(SERIES)], hatch=HATCHES[k % len(HATCHES)], edgecolor="white", label=wrapped(name, 36))
            for k, (r, name) in enumerate(zip(found.results, called(found.results), strict=True))
            if changing(r)
        ]
        figure.legend(
            handles=key, loc="outside lower center", ncols=min(many, 3), fontsize=10, handlelength=2.4, handleheight=1.3
        )
    heading(figure, picture_title(found), note(found, rows, panels))
    return figure


def _panel(axis: Axes, found: FoundBottleneck, address: str, rows: Sequence[tuple[str, str, bool]]) -> None:
    unit, many = found.units[address], len(found.results)
    height = 0.66 / many
    axis.axvline(0, color="black", linewidth=1, zorder=3)
    texts: list[tuple[float, float, str, bool]] = []
    drawn: list[tuple[float, CapacityEffect]] = []
    for k, result in enumerate(found.results):
        by_path = {row.path: row.effects.get(address) for row in result.capacities}
        for y, (path, _, _) in enumerate(rows):
            at = y + (k - (many - 1) / 2) * height * 1.12
            effect = by_path.get(path)
            if effect is None or effect.difference is None:
                texts.append((0.0, at, "failed" if path in by_path else "not there", False))
                continue
            drawn.append((at, effect))
            _bar(axis, at, effect, height, k, many == 1 and effect.worse)
            if effect.distinct:
                ends = [e for e in (effect.difference, effect.low, effect.high) if e is not None]
                left = effect.difference < 0
                texts.append((min(ends) if left else max(ends), at, cell(effect.difference, unit), left))
    _scale(axis, unit, [effect for _, effect in drawn])
    for at, effect in drawn:
        _cut(axis, at, effect)
    for where, up, text, left in texts:
        grey = text in ("failed", "not there")
        axis.annotate(
            text, (where, up), xytext=(-4 if left else 4, 0), textcoords="offset points", ha="right" if left else "left",
            va="center", color="#888888" if grey else "#000000", fontsize=8.4, zorder=6, annotation_clip=False,
        )  # fmt: skip
    axis.set_title("\n".join(wrap(panel_title(found, address), 40)), fontsize=11)
    axis.set_xlabel(axis_words(found, address))


def _bar(axis: Axes, y: float, effect: CapacityEffect, height: float, k: int, worse: bool) -> None:
    low, high, sure = effect.low, effect.high, effect.distinct
    fill, colour = ((RED if worse else SERIES[k % len(SERIES)]), "black") if sure else (GREY, "#888888")
    hatch = "////" if worse else HATCHES[k % len(HATCHES)]
    axis.barh(y, effect.difference or 0.0, height, color=fill, hatch=hatch, edgecolor="white", linewidth=0.4, zorder=2)
    if low is not None and high is not None:
        axis.plot([low, high], [y, y], color=colour, linewidth=1.1, solid_capstyle="butt", zorder=4)
        axis.plot([low, high], [y, y], linestyle="none", marker="|", markersize=5, color=colour, zorder=4)


def _scale(axis: Axes, unit: str, effects: Sequence[CapacityEffect]) -> None:
    """Room for the numbers at the ends of the bars."""
    low, high = ends_of(effects)
    span = (high - low) or 1.0
    axis.set_xlim(low - 0.2 * span, high + 0.2 * span)
    axis.grid(visible=False, axis="y")
    axis.tick_params(axis="y", length=0)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5))
    scale = 1.0 if unit else 100.0
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{scale * x:+,.4g}".replace("-", "−") if abs(x) > 1e-12 else "0"))


def _cut(axis: Axes, y: float, effect: CapacityEffect) -> None:
    """Arrows where an interval goes on beyond the panel."""
    low, high = axis.get_xlim()
    for end, edge, arrow, ha in ((effect.low, low, "◂", "left"), (effect.high, high, "▸", "right")):
        if end is not None and (end < edge if ha == "left" else end > edge):
            axis.annotate(arrow, (edge, y), va="center", ha=ha, fontsize=9, color="#888888")


def _names(axis: Axes, rows: Sequence[tuple[str, str, bool]]) -> None:
    labels = [label if told else f"{UNSURE} {label}" for _, label, told in rows]
    axis.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    axis.set_yticks(range(len(rows)), ["\n".join(wrap(label, LETTERS)) for label in labels], fontsize=9.5)
    for text, (_, _, told) in zip(axis.get_yticklabels(), rows, strict=True):
        text.set_color("#000000" if told else "#777777")
