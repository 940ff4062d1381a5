"""The table of a decision: a row per option, the one to take in bold."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.statistics import Estimate
from sim.analysis.words import share
from sim.present import cells
from sim.present.fitting import broken
from sim.studies.applying import applying
from sim.studies.decide.answer import Decision
from sim.studies.decide.decided import Decided, OptionResult
from sim.studies.decide.words import states, warnings
from sim.studies.tables import WIDE, add_numbers, lean_table, notes, sentences, title


def shown(answer: Decision, width: int) -> list[RenderableType]:
    """The sentences, then the table."""
    return [*sentences(answer), decision_table(answer.decided, width)]


def decision_table(decided: Decided, width: int = 80) -> RenderableType:
    """Options in their order; intervals stand beside the numbers where there is room."""
    wide, goal = width >= WIDE, decided.goal
    priced = any(one.choice.cost is not None for one in decided.options)
    table = lean_table()
    room = width - (112 if wide else 52) - (8 if priced else 0)
    table.add_column("Option", no_wrap=True)
    out = "All out\nby then" if goal.by_text is not None else "P(all\nout)"
    for head in ("On\naverage", "9 of 10\nsets" if decided.drawn else "9 of 10", out, "Best\nin", "Regret"):
        add_numbers(table, head)
        if wide:
            table.add_column("", style="dim", no_wrap=True)
    add_numbers(table, "Greatest\nregret", *(["Cost"] if priced else []))
    for one in decided.options:
        body = _cells(decided, one, wide)
        body += [_money(one.choice.cost)] if priced else []
        table.add_row(broken(one.choice.title, max(room, 16)), *map(Text, body), style="bold" if one is decided.chosen else "")
    about = f"\n{decided.n:,} replications of each option · {states(decided)} · seed {decided.seed}"
    warning = "" if decided.final else "\nNOT FINAL: a replication or an option failed"
    name = f"{goal.measure.title[:1].upper()}{goal.measure.title[1:]}"
    return Group(title(name, about, warning), table, *notes(_notes(decided), warnings(decided)))


def _cells(decided: Decided, one: OptionResult, wide: bool) -> list[str]:
    if one.error is not None or decided.chosen is None:
        return ["failed" if one.error else cells.NOTHING, *[""] * (10 if wide else 5)]
    text = decided.goal.text
    columns: list[tuple[Estimate, Callable[[float], str]]] = [
        (one.expected, text),
        (one.worst, text),
        (one.chance, share),
        (one.best.share, share),
        (one.regret, lambda x: text(max(x, 0.0))),
    ]
    made = []
    for estimate, write in columns:
        made.append(write(estimate.value))
        if wide:
            made.append(between(estimate, write))
    return [*made, text(max(one.greatest.value, 0.0))]


def between(estimate: Estimate, write: Callable[[float], str]) -> str:
    """The interval; nothing where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    return cells.between(write(estimate.low), write(estimate.high))


def _money(cost: float | None) -> str:
    return cells.NOTHING if cost is None else f"{cost:,.10g}"


def _notes(decided: Decided) -> list[str]:
    goal, regrets = decided.goal, decided.regrets
    sets = "sets of inputs" if decided.drawn else "replications"
    split = regrets is not None and regrets.split
    paths = dict.fromkeys(path for one in decided.options for path, _ in one.choice.values)
    return applying(
        (True, f"9 of 10: the mean of a state is no worse in nine of ten {sets}. Best in: share of them in which it is best, or "
         f"no more than {goal.amount(goal.within)} from the best, shared where several are."),
        (split, "Regret: what it loses against the best of each set, told from one half of its replications and measured on the "
         "other; greatest: in the tenth of the sets where that is most."),
        (regrets is not None and not split, "Regret: what it loses against the best of each replication, in hindsight, chance "
         "included; greatest: in the tenth where that is most."),
        (goal.by_text, f"All out by then: {goal.by_text}."),
        (any(one.choice.cost is not None for one in decided.options), "Cost: as given; it is shown and not weighed."),
        (paths, f"As --vary takes them: {', '.join(paths)}."),
        (True, "The same states of the world for all options. Intervals are 95 % each."),
    )  # fmt: skip
