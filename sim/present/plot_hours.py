"""Picture: where the hours went, by root cause: bars for one scenario, stacked bars to compare several."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.analysis.curves import waited_per_person
from sim.analysis.outcomes import Stored
from sim.analysis.words import CAUSE_TEXT, duration, share
from sim.present import cells
from sim.present.style import BLUE, GREEN, ORANGE, PURPLE, RED, SKY, YELLOW, heading

LOOKS = ((BLUE, ""), (ORANGE, "///"), (SKY, "..."), (RED, "\\\\\\"), (YELLOW, "xx"), (GREEN, "|||"), (PURPLE, "---"))
"""Colour and hatch of the causes of a stacked bar."""
REST = ("#bbbbbb", "")
UNDER = "Mean hours waited for each person to be moved, after the order, charged to their root cause."


def hours_figure(results: Sequence[Stored], labels: Sequence[str]) -> Figure:
    """Hours waited per person by cause."""
    spent = [waited_per_person(r) for r in results]
    return _bars(results[0], spent[0]) if len(results) == 1 else _stacks(spent, labels, cells.resting(results))


def _bars(result: Stored, spent: dict[str, float]) -> Figure:
    shown = [cause for cause, hours in spent.items() if hours > 0] or list(spent)[:1]
    total = sum(spent.values())
    figure = Figure(figsize=(9.0, 0.9 + 0.36 * len(shown)), layout="constrained")
    axis = figure.subplots()
    most = max(shown, key=lambda c: spent[c])
    hours = [spent[c] for c in shown]
    axis.barh(np.arange(len(shown)), hours, color=[RED if c == most and total else BLUE for c in shown], height=0.72)
    for y, cause in enumerate(shown):
        said = f" {duration(spent[cause])}, {share(spent[cause] / total)}" if total else " nothing"
        axis.text(spent[cause], y, said, va="center", fontsize=10.5, fontweight="bold" if cause == most else "normal")
    axis.set_yticks(np.arange(len(shown)), [CAUSE_TEXT.get(c, c) for c in shown])
    axis.invert_yaxis()
    axis.set_xlim(0, (max(hours) or 1.0) * 1.22)
    axis.set_xlabel("hours waited per person")
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)
    if total:
        answer = f"each person waits {duration(total)} on average, {duration(spent[most])} of it for {CAUSE_TEXT.get(most, most)}"
    else:
        answer = "nobody waits"
    heading(figure, f"{result.title}: {answer}", f"{UNDER} From the compound (top) to the hub. {cells.resting([result])}")
    return figure


def _stacks(spent: Sequence[dict[str, float]], labels: Sequence[str], under: str) -> Figure:
    causes = list(dict.fromkeys(c for one in spent for c in one))
    weight = {c: max(one.get(c, 0.0) for one in spent) for c in causes}
    kept = set(sorted(causes, key=lambda c: (-weight[c], c))[: len(LOOKS)])
    shown = [c for c in causes if c in kept and weight[c] > 0]
    figure = Figure(figsize=(10.5, 1.9 + 0.62 * len(spent)), layout="constrained")
    axis = figure.subplots()
    longest = max((sum(one.values()) for one in spent), default=0.0) or 1.0
    for y, one in enumerate(spent):
        at = 0.0
        pieces = [(c, one.get(c, 0.0), LOOKS[i]) for i, c in enumerate(shown)]
        pieces.append(("other", sum(one.values()) - sum(p[1] for p in pieces), REST))
        for _, hours, (colour, hatch) in pieces:
            edge = "#333333" if hatch else "white"
            axis.barh(y, hours, left=at, color=colour, hatch=hatch, edgecolor=edge, linewidth=0.6, height=0.62)
            if hours > 0.055 * longest:
                box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
                axis.text(at + hours / 2, y, duration(hours, "h"), ha="center", va="center", fontsize=9.5, bbox=box)
            at += hours
        axis.text(at, y, f" {duration(at, 'h')}", va="center", fontsize=10.5, fontweight="bold")
    axis.set_yticks(np.arange(len(spent)), labels, fontsize=11)
    axis.invert_yaxis()
    axis.set_xlim(0, longest * 1.1)
    axis.set_xlabel("hours waited per person")
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)
    looks = [(LOOKS[i], CAUSE_TEXT.get(c, c)) for i, c in enumerate(shown)]
    key = [Patch(facecolor=colour, hatch=hatch, edgecolor="#333333", label=label) for (colour, hatch), label in looks]
    if any(sum(one.values()) - sum(one.get(c, 0.0) for c in shown) > 1e-9 for one in spent):
        key.append(Patch(facecolor=REST[0], edgecolor="#333333", label="all other causes"))
    figure.legend(handles=key, loc="outside lower center", ncols=4, fontsize=10, handlelength=2.2, handleheight=1.2)
    heading(figure, _answer(spent, labels), f"{UNDER} {under}")
    return figure


def _answer(spent: Sequence[dict[str, float]], labels: Sequence[str]) -> str:
    told = []
    for label, one in zip(labels, spent, strict=True):
        most = max(one, key=lambda c: one[c]) if any(one.values()) else None
        told.append(f"{label}: {CAUSE_TEXT.get(most, most)}" if most else f"{label}: nothing")
    same = {line.split(": ", 1)[1] for line in told}
    if len(same) == 1:
        return f"What people wait for most in every scenario: {same.pop()}"
    if len(told) <= 3:
        return f"What people wait for most: {'; '.join(told)}"
    return f"What people wait for most differs: {', '.join(sorted(same))}"
