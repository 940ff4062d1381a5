"""Picture of a decision, to be read in ten seconds: how each option may end, which to take, and how sure that is."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.words import duration, share
from sim.present.pictures import Pictures
from sim.present.style import BLUE, heading, unbroken, wrap
from sim.studies.decide.decided import Decided, OptionResult
from sim.studies.decide.goal import Goal
from sim.studies.decide.words import states

GREY = "#9a9a9a"
ROWS = 12
"""Options drawn at the most, the best ones."""
LETTERS = 30


def draw(decided: Decided, into: Pictures) -> None:
    """``decision``; nothing where nothing can be chosen."""
    if decided.chosen is not None:
        into.draw("decision", lambda: decision_figure(decided))
    else:
        into.drop("decision")


def decision_figure(decided: Decided) -> Figure:
    """A row per option, the best on top: nine of ten outcomes as a bar, the mean with its interval, and how often it is best."""
    sign = decided.goal.sign
    rows = sorted(decided.options, key=lambda one: sign * one.expected.value)[:ROWS]
    lines = [wrap(one.choice.title, LETTERS) for one in rows]
    figure = Figure(figsize=(11.0, 1.5 + 0.3 * sum(max(len(text), 2) + 0.6 for text in lines)), layout="constrained")
    axes = figure.subplots()
    for k, one in enumerate(rows):
        _row(axes, -k, one, BLUE if one is decided.chosen else GREY, decided)
    axes.set_yticks([-k for k in range(len(rows))], ["\n".join(text) for text in lines], fontsize=12)
    axes.set_ylim(-len(rows) + 0.45, 0.55)
    for k, one in enumerate(rows):
        if one is decided.chosen:
            axes.get_yticklabels()[k].set_fontweight("bold")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    _scale(axes, decided.goal)
    heading(figure, unbroken(decision_title(decided)), unbroken(_under(decided, len(rows))))
    return figure


def _row(axes: Axes, y: float, one: OptionResult, colour: str, decided: Decided) -> None:
    text = decided.goal.text
    if one.outcome.low is not None and one.outcome.high is not None:
        axes.plot([one.outcome.low, one.outcome.high], [y, y], color=colour, alpha=0.35, linewidth=20, solid_capstyle="butt")
    if one.expected.low is not None and one.expected.high is not None:
        axes.plot([one.expected.low, one.expected.high], [y, y], color="black", linewidth=2.6, solid_capstyle="butt", zorder=3)
    axes.plot([one.expected.value], [y], "o", color=colour, markeredgecolor="black", markersize=11, zorder=4)
    axes.annotate(
        text(one.expected.value), (one.expected.value, y), xytext=(0, 13), textcoords="offset points", ha="center", va="bottom",
        fontsize=12, fontweight="bold" if one is decided.chosen else "normal",
    )  # fmt: skip
    good = "best or as good" if one.best.shared else "best"
    axes.annotate(
        f"{good} in\n{one.best.alone + one.best.shared:,} of {decided.sets:,}", (1, y), xycoords=("axes fraction", "data"),
        xytext=(10, 0), textcoords="offset points", ha="left", va="center", fontsize=12, annotation_clip=False,
        fontweight="bold" if one is decided.chosen else "normal",
    )  # fmt: skip


def _scale(axes: Axes, goal: Goal) -> None:
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=goal.unit == "people"))
    write = {"people": lambda x: f"{x:,.0f}", "h": duration, "": share}[goal.unit]
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: write(x)))
    name = goal.measure.kind.title
    axes.set_xlabel(f"{goal.measure.whose}: {name}" if goal.measure.whose else name, fontsize=12)


def decision_title(decided: Decided) -> str:
    """The choice and how sure it is, in a line or two."""
    one, selection, goal = decided.chosen, decided.selection, decided.goal
    assert one is not None
    assert selection is not None
    value = (
        f"{goal.text(one.expected.value)} {goal.measure.kind.title}" if goal.unit == "people" else goal.text(one.expected.value)
    )
    if len(decided.options) == 1:
        return f"{one.choice.title}: {value} on average"
    if not selection.named:
        needed = (
            f", about {selection.needed:,} {'sets' if decided.drawn else 'replications'} would tell" if selection.needed else ""
        )
        return f"Not yet decided: {one.choice.title} is best so far, {value} on average{needed}"
    if len(selection.alike) == len(decided.options) - 1:
        return f"Any of the {len(decided.options)} will do: they differ by less than {goal.amount(goal.within)}"
    best, good = one.best.alone + one.best.shared, " or as good" if one.best.shared else ""
    return f"Take {one.choice.title}: {value} on average, best{good} in {best:,} of {states(decided)}; 95 % sure"


def _under(decided: Decided, rows: int) -> str:
    goal, left = decided.goal, len(decided.options) - rows
    under = "Bar: nine of ten outcomes. Dot: average; black line: its 95 % interval. As good: within "
    under += f"{goal.amount(goal.within)} of the best."
    if decided.selection is not None and decided.selection.named and len(decided.options) > 1:
        under += f" 95 % sure: that no other is better by more than {goal.amount(goal.within)} on average."
    turned = [end for end in decided.ends if end.state == "turns"]
    if turned:
        under += f" With every input at its {turned[0].name} end another would be better."
    return under + (f" {left} more option{'s' if left > 1 else ''} in the table." if left > 0 else "")
