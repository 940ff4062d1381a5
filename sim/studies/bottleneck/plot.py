"""Pictures of the bottleneck: what one more of each capacity is worth, as bars with intervals, and the strips by the hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
from sim.studies.bottleneck.table import RULE, cell
from sim.studies.bottleneck.words import scenarios

Json = Mapping[str, Any]
ROWS = 20
"""Capacities in a picture at most; the tables have all."""
UNTOLD = 5
"""Of which so many that can't be told from nothing, and only where no other can be told."""
HATCHES = ("", "////", "....", "\\\\\\\\", "xxx", "|||")
GREY = "#d0d0d0"
PANELS = 3
LETTERS = 40
"""Of a line of what a capacity is called."""
BEYOND = 2.5


def draw(summary: Json, results: Sequence[Stored], into: Pictures) -> None:
    """``marginal`` where any capacity changes anything, and ``bottleneck``, the strips of the scenarios as they are."""
    if any(map(_changing, summary["results"])):
        into.draw("marginal", lambda: marginal_figure(summary))
    else:  # of the same question with fewer replications
        into.drop("marginal")
    kept = [r for r in results if r.n > len(r.failed)]
    if kept:
        into.draw("bottleneck", lambda: bottleneck_figure(kept, labels(kept)))


def _changing(result: Json) -> bool:
    return any(row["effects"] and not row["unchanged"] for row in result["capacities"])


def marginal_figure(summary: Json) -> Figure:
    """A row for each capacity, a panel for each measure (people, hours), a bar for each scenario."""
    panels, rows, many = _panels(summary), _rows(summary), len(summary["results"])
    most = max((len(wrap(label, LETTERS)) for _, label, _ in rows), default=1)
    each = max(0.36 if many == 1 else 0.14 + 0.18 * many, 0.16 + 0.17 * most)
    figure = Figure(figsize=(4.2 + 3.8 * max(len(panels), 2), 1.35 + each * max(len(rows), 2)), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axis, address in zip(axes, panels, strict=True):
        _panel(axis, summary, address, rows)
    _names(axes[0], rows)
    if many > 1:
        key = [
            Patch(facecolor=SERIES[k % len(SERIES)], hatch=HATCHES[k % len(HATCHES)], edgecolor="white", label=wrapped(name, 36))
            for k, (r, name) in enumerate(zip(summary["results"], _scenarios(summary), strict=True))
            if _changing(r)
        ]
        figure.legend(
            handles=key, loc="outside lower center", ncols=min(many, 3), fontsize=10, handlelength=2.4, handleheight=1.3
        )
    heading(figure, _title(summary), _under(summary, rows, panels))
    return figure


def _scenarios(summary: Json) -> list[str]:
    """What the scenarios are called."""
    return scenarios(summary["results"])


def _panels(summary: Json) -> list[str]:
    """People and hours, or whatever was asked for; a measure that differs in no replication at all has nothing to show."""
    rows = [row for result in summary["results"] for row in result["capacities"]]
    alive = [m for m in summary["measures"] if any(m in row["effects"] and row["effects"][m]["differ"] for row in rows)]
    return ([m for m in alive if summary["units"][m]] or alive or list(summary["measures"]))[:PANELS]


def _rows(summary: Json) -> list[tuple[str, str, bool]]:
    """Path, label with step, and whether it can be told in some scenario: the best ranks first, what makes it worse last.

    Only what can be told; the first few of the others where nothing can.
    """
    place: dict[str, tuple[int, int]] = {}
    label: dict[str, str] = {}
    told: set[str] = set()
    for result in summary["results"]:
        for row in result["capacities"]:
            if row["unchanged"]:
                continue
            tier = {"better": 0, "mixed": 0, "none": 1}.get(row["verdict"], 2)
            place[row["path"]] = min(place.get(row["path"], (9, 0)), (tier, row["rank"]))
            label[row["path"]] = f"{row['step_text']} {row['label']}"
            told |= {row["path"]} if row["distinct"] else set()
    order = sorted(place, key=lambda p: (*place[p], p))
    sure = [p for p in order if p in told]
    bad = [p for p in sure if place[p][0] == 2]
    kept = [p for p in sure if place[p][0] < 2][: max(ROWS - len(bad), ROWS // 2)] + bad or order[:UNTOLD]
    return [(path, label[path], path in told) for path in kept[:ROWS]]


def _panel(axis: Axes, summary: Json, address: str, rows: Sequence[tuple[str, str, bool]]) -> None:
    unit, many = summary["units"][address], len(summary["results"])
    height = 0.66 / many
    axis.axvline(0, color="black", linewidth=1, zorder=3)
    texts: list[tuple[float, float, str, bool]] = []
    drawn: list[tuple[float, Json]] = []
    for k, result in enumerate(summary["results"]):
        found = {row["path"]: row["effects"].get(address) for row in result["capacities"]}
        for y, (path, _, _) in enumerate(rows):
            at = y + (k - (many - 1) / 2) * height * 1.12
            effect = found.get(path)
            if effect is None or effect["difference"] is None:
                texts.append((0.0, at, "failed" if path in found else "not there", False))
                continue
            drawn.append((at, effect))
            _bar(axis, at, effect, height, k, many == 1 and effect["worse"])
            if effect["distinct"]:
                ends = [e for e in (effect["difference"], effect["low"], effect["high"]) if e is not None]
                left = effect["difference"] < 0
                texts.append((min(ends) if left else max(ends), at, cell(effect["difference"], unit), left))
    told = [e for _, effect in drawn if effect["distinct"] for e in (effect["low"], effect["high"]) if e is not None]
    _scale(axis, unit, told)
    for at, effect in drawn:
        _cut(axis, at, effect)
    for where, up, text, left in texts:
        grey = text in ("failed", "not there")
        axis.annotate(
            text, (where, up), xytext=(-4 if left else 4, 0), textcoords="offset points", ha="right" if left else "left",
            va="center", color="#888888" if grey else "#000000", fontsize=8.4, zorder=6, annotation_clip=False,
        )  # fmt: skip
    better = "less is better: ◂" if summary["worse_high"][address] else "more is better: ▸"
    axis.set_title("\n".join(wrap(summary["titles"][address].removesuffix(" (people)"), 40)), fontsize=11)
    axis.set_xlabel(f"change with one step more ({better})")


def _bar(axis: Axes, y: float, effect: Json, height: float, k: int, worse: bool) -> None:
    low, high, sure = effect["low"], effect["high"], effect["distinct"]
    fill, colour = ((RED if worse else SERIES[k % len(SERIES)]), "black") if sure else (GREY, "#888888")
    hatch = "////" if worse else HATCHES[k % len(HATCHES)]
    axis.barh(y, effect["difference"], height, color=fill, hatch=hatch, edgecolor="white", linewidth=0.4, zorder=2)
    if low is not None and high is not None:
        axis.plot([low, high], [y, y], color=colour, linewidth=1.1, solid_capstyle="butt", zorder=4)
        axis.plot([low, high], [y, y], linestyle="none", marker="|", markersize=5, color=colour, zorder=4)


def _scale(axis: Axes, unit: str, told: Sequence[float]) -> None:
    """Room for the numbers at the ends of the bars; all is cut at :data:`BEYOND` times the farthest of what can be told."""
    low, high = min(axis.dataLim.x0, 0.0), max(axis.dataLim.x1, 0.0)
    if told:
        most = BEYOND * max(map(abs, told))
        low, high = max(low, -most), min(high, most)
    span = (high - low) or 1.0
    axis.set_xlim(low - 0.2 * span, high + 0.2 * span)
    axis.grid(visible=False, axis="y")
    axis.tick_params(axis="y", length=0)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5))
    scale = 1.0 if unit else 100.0
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{scale * x:+,.4g}".replace("-", "−") if abs(x) > 1e-12 else "0"))


def _cut(axis: Axes, y: float, effect: Json) -> None:
    """Arrows where an interval goes on beyond the panel."""
    low, high = axis.get_xlim()
    for end, edge, arrow, ha in ((effect["low"], low, "◂", "left"), (effect["high"], high, "▸", "right")):
        if end is not None and (end < edge if ha == "left" else end > edge):
            axis.annotate(arrow, (edge, y), va="center", ha=ha, fontsize=9, color="#888888")


def _names(axis: Axes, rows: Sequence[tuple[str, str, bool]]) -> None:
    labels = [label if told else f"{UNSURE} {label}" for _, label, told in rows]
    axis.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    axis.set_yticks(range(len(rows)), ["\n".join(wrap(label, LETTERS)) for label in labels], fontsize=9.5)
    for text, (_, _, told) in zip(axis.get_yticklabels(), rows, strict=True):
        text.set_color("#000000" if told else "#777777")


def _title(summary: Json) -> str:
    """What helps most of what can be told to help, as seen: scenario by scenario where that differs."""
    results = summary["results"]
    best = [_best(result) for result in results]
    if len(set(best)) > 1:
        named = [f"{name}: {text or 'nothing that can be told'}" for name, text in zip(_scenarios(summary), best, strict=True)]
        differs = "What helps most, as seen, differs between scenarios"
        return f"What helps most, as seen. {'; '.join(named)}" if len(named) <= 3 else differs
    whose = results[0]["title"] if len(results) == 1 else "In every scenario"
    if not best[0]:
        return f"{whose}: one more of any capacity changes nothing that can be told"
    return f"{whose}: {best[0]} {'help' if ' and ' in best[0] else 'helps most, as seen'}"


def _best(result: Json) -> str:
    """What helps, those that hold among all tries before others; of several none is said to help more than the next."""
    better = [row for row in result["capacities"] if row["verdict"] == "better"]
    phrases = [row["phrase"] for row in ([row for row in better if row["holds"]] or better)]
    more = f" and {len(phrases) - 2} more" if len(phrases) > 2 else ""
    return f"{', '.join(phrases[:2])}{more}" if more else " and ".join(phrases)


def _under(summary: Json, drawn: Sequence[tuple[str, str, bool]], panels: Sequence[str]) -> str:
    """What is in the picture and nothing else."""
    paths = {path for path, _, _ in drawn}
    rows = [row for result in summary["results"] for row in result["capacities"]]
    changed = {row["path"] for row in rows if not row["unchanged"]}
    same = len({row["path"] for row in rows} - changed)
    untold = len(changed - {row["path"] for row in rows if row["distinct"]} - paths)
    beyond = len(changed - paths) - untold
    some = f" {beyond} more can be told: see the table." if beyond else ""
    some += f" {untold} more can't be told from nothing." if untold else ""
    some += f" {same} more change{'s' if same == 1 else ''} nothing in any replication." if same else ""
    shown = [row["effects"][m] for row in rows if row["path"] in paths for m in panels if m in row["effects"]]
    worse = len(summary["results"]) == 1 and any(e["worse"] and e["distinct"] for e in shown)
    lines = "; lines: 95 % intervals" if any(e["low"] is not None and e["high"] is not None for e in shown) else ""
    grey = f" Grey: {RULE}." if any(not e["distinct"] for e in shown) else ""
    grey += f" {UNSURE}: can't be told from nothing." if any(not told for _, _, told in drawn) else ""
    red = " Hatched red: worse." if worse else ""
    final = "" if summary["final"] else " NOT FINAL: some points or replications failed."
    return (
        f"Mean paired difference from the scenario as it is, each capacity alone{lines}."
        f"{grey}{red}{some} {summary['replications']:,} replications a point.{final}"
    )
