"""Picture: where the hours went, of one scenario; to compare several, the hours of those who got out beside those who did not.

Whoever is stranded waits no more, so that hours of everybody would make a scenario look the better the sooner it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from sim.analysis import extremes
from sim.analysis.curves import there_at_start, waited_per_person
from sim.analysis.hours import accounts, hours_of_those_out, left, spent
from sim.analysis.outcomes import Stored, of_all
from sim.analysis.words import count, duration, held_text, share, state_text, waited_for
from sim.model.names import CAUSES, STATES
from sim.present import cells, plot_before
from sim.present.labels import wrapped
from sim.present.style import BLUE, ORANGE, RED, SKY, YELLOW, heading
from sim.scenario.number import rounded

Hours = dict[str, float]
Looks = dict[str, tuple[str, str]]
"""State -> colour and hatch."""
LOOKS = ((BLUE, ""), (ORANGE, "///"), (SKY, "..."), (RED, "\\\\\\"), (YELLOW, "xx"))
"""Colour and hatch of the causes of a stacked bar; more can't be told from each other in ten seconds."""
DONE = {"before": ("#ffffff", ""), "deciding": ("#4d4d4d", ""), "doing_ready": ("#8c8c8c", ""), "way": ("#c6c6c6", "")}
"""Of what is no waiting; ``way``: driving, being searched and checked, boarding, taking off."""
GAVE_UP: Looks = {"given_up": ("#f7d9c4", "++")}
"""An end that holds people as a cause does, and no hours of theirs."""
SHOWN = 0.5 / 60
"""Hours a person below which a bar is not drawn: it would be said to be 0 min."""
REST = ("#f2f2f2", "ooo")
ON_THE_WAY = "on the way (driving, search, check, boarding)"
UNDER = (
    "Mean hours for each person to be moved{there}, those left behind too, until the end of the run. "
    "Waiting (coloured) is charged to its root cause; the rest is grey."
)
THERE = " who was there at the start"
"""Who the means are of, where others were out before it: hours of nobody would dilute them."""
COMPARED = (
    "Left: people left behind on average, by what held them when the airport was lost or the simulation ended: they wait no "
    "more. Right: hours of those{there} who got out, from when they began to decide or wait; fewer hours are no better where "
    "more are left."
)


def hours_figure(results: Sequence[Stored], labels: Sequence[str]) -> Figure:
    """Hours per person of one scenario; of several, of those who got out, beside the people left behind."""
    return _bars(results[0]) if len(results) == 1 else _pair(results, labels)


def _lumped(of: Mapping[str, float]) -> Hours:
    """By state, what is done between readiness and out added up, in the order of the states."""
    sums: Hours = {}
    for state in (*STATES[len(CAUSES) :], *CAUSES):
        key = "way" if state.startswith("doing_") and state != "doing_ready" else state
        sums[key] = sums.get(key, 0.0) + of.get(state, 0.0)
    return sums


def _name(state: str) -> str:
    if state in GAVE_UP:
        return held_text(state)
    return ON_THE_WAY if state == "way" else state_text(state)


# -- one scenario ----------------------------------------------------------------------------------------------------


def _bars(result: Stored) -> Figure:
    waited, means = waited_per_person(result), accounts(result).total
    there = there_at_start(result)
    done = {s: h / there if there else 0.0 for s, h in _lumped(spent(means)).items() if s in DONE and s != "before"}
    hours = {s: h for s, h in (done | waited).items() if h >= SHOWN} or dict.fromkeys(list(waited)[:1], 0.0)
    total = sum(waited.values())
    most = max(waited, key=lambda c: waited[c]) if total else None
    figure = Figure(figsize=(9.0, 0.9 + 0.36 * len(hours)), layout="constrained")
    axis = figure.subplots()
    colours = [DONE[s][0] if s in DONE else RED if s == most else BLUE for s in hours]
    axis.barh(np.arange(len(hours)), list(hours.values()), color=colours, height=0.72)
    for y, (state, spent_on) in enumerate(hours.items()):
        part = f", {share(spent_on / total)} of the waiting" if state in waited and total else ""
        text = f" {duration(spent_on)}{part}" if spent_on else " nothing"
        axis.text(spent_on, y, text, va="center", fontsize=10.5, fontweight="bold" if state == most else "normal")
    axis.set_yticks(np.arange(len(hours)), [_name(s) for s in hours])
    axis.invert_yaxis()
    axis.set_xlim(0, (max(hours.values()) or 1.0) * 1.35)
    axis.set_xlabel("hours per person")
    _plain(axis)
    before = plot_before.sentence([result], [result.name])
    answer = "nobody waits"
    if most is not None:
        each = "each person there at the start" if before else "each person"
        answer = f"{each} waits {duration(total)} on average, {duration(waited[most])} of it for {waited_for(most)}"
    under = UNDER.format(there=THERE if before else "")
    heading(figure, f"{result.title}: {answer}", f"{under} {before}{cells.resting([result])}")
    return figure


# -- several ---------------------------------------------------------------------------------------------------------


def _pair(results: Sequence[Stored], labels: Sequence[str]) -> Figure:
    means = [accounts(r).total for r in results]
    out = [_lumped(hours_of_those_out(m, _people_out(r))) for m, r in zip(means, results, strict=True)]
    held = [_lumped(left(m, "held")) for m in means]
    looks = _looks(out, held)
    figure = Figure(figsize=(12.5, 2.2 + 0.68 * len(results)), layout="constrained")
    people, hours = figure.subplots(1, 2, sharey=True)
    _stacks(hours, out, looks, lambda h: duration(h, "h"))
    before = plot_before.sentence(results, labels)
    hours.set_xlabel(f"hours of each person {'there at the start ' if before else ''}who got out")
    _stacks(people, held, looks, _people)
    people.set_xlabel("people left behind, by what held them at the end")
    people.set_yticks(np.arange(len(results)), [wrapped(label) for label in labels], fontsize=11)
    people.invert_yaxis()
    key = [Patch(facecolor=colour, hatch=hatch, edgecolor="#333333", label=_name(s)) for s, (colour, hatch) in looks.items()]
    if any(_rest(one, looks) > 0 for one in (*out, *held)):
        key.append(Patch(facecolor=REST[0], hatch=REST[1], edgecolor="#333333", label="all other causes"))
    figure.legend(handles=key, loc="outside lower center", ncols=3, fontsize=10, handlelength=2.2, handleheight=1.2)
    under = COMPARED.format(there=" there at the start" if before else "")
    heading(figure, _answer(results, labels), f"{under} {before}{cells.resting(results)}")
    return figure


def _people(n: float) -> str:
    return count(round(n)) if n >= 1 else count(n)


def _people_out(result: Stored) -> float:
    """People who got out after the start, on average."""
    o = of_all(result)
    return float((o.to_move - o.out_before - o.left_behind).mean()) if o.to_move.size else 0.0


def _looks(*panels: Sequence[Hours]) -> Looks:
    """Colour and hatch of what is done and of the causes that are largest in any bar, in the order of the bars."""
    states = {state for panel in panels for one in panel for state in one}
    weight = {s: max(one.get(s, 0.0) / _longest(panel) for panel in panels for one in panel) for s in states}
    causes = [c for c in CAUSES if weight.get(c, 0.0) > 0]
    kept = set(sorted(causes, key=lambda c: (-weight[c], c))[: len(LOOKS)])
    done = {s: look for s, look in (DONE | GAVE_UP).items() if weight.get(s, 0.0) > 0}
    return done | dict(zip([c for c in causes if c in kept], LOOKS, strict=False))


def _longest(panel: Sequence[Hours]) -> float:
    return max((sum(one.values()) for one in panel), default=0.0) or 1.0


def _rest(one: Hours, looks: Looks) -> float:
    return sum(size for state, size in one.items() if state not in looks)


def _stacks(axis: Axes, panel: Sequence[Hours], looks: Looks, words: Callable[[float], str]) -> None:
    """A bar for each scenario; *words*: of a size."""
    longest = _longest(panel)
    for y, one in enumerate(panel):
        at = 0.0
        pieces = [(one.get(state, 0.0), look) for state, look in looks.items()] + [(_rest(one, looks), REST)]
        for size, (colour, hatch) in pieces:
            axis.barh(y, size, left=at, color=colour, hatch=hatch, edgecolor="#333333", linewidth=0.6, height=0.62)
            if size > 0.07 * longest:
                box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
                axis.text(at + size / 2, y, words(size), ha="center", va="center", fontsize=9.5, bbox=box)
            at += size
        axis.text(at, y, f" {words(at)}" if at else " nobody", va="center", fontsize=10.5, fontweight="bold")
    axis.set_xlim(0, longest * 1.14)
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: rounded(x, 4)))
    _plain(axis)


def _plain(axis: Axes) -> None:
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)


def _answer(results: Sequence[Stored], labels: Sequence[str]) -> str:
    """How many are left behind, and the difference where it can be told."""
    ends = extremes.left_behind(results)
    fewest, most = (_people(ends.means[k]) if ends.means[k] else "nobody" for k in (ends.best, ends.worst))
    if ends.means[ends.best] == ends.means[ends.worst]:
        return f"As many are left behind in every scenario: {most}"
    if ends.apart:
        last = "" if len(results) == 2 else ", the fewest"
        more = _people(ends.means[ends.worst] - ends.means[ends.best])
        return f"{labels[ends.worst]}: {most} left behind on average, {more} more than {labels[ends.best]}{last} ({fewest})"
    return (
        f"How many are left behind can't be told apart: {fewest} ({labels[ends.best]}) "
        f"{'and' if len(results) == 2 else 'to'} {most} ({labels[ends.worst]}) on average"
    )
