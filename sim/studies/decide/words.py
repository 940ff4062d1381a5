"""The decision in sentences: what to take and how sure that is, what would turn it, what it would be worth to know."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.factors import said
from sim.analysis.naming import named, phrase, titles_of
from sim.analysis.statistics import Estimate
from sim.analysis.words import not_among_all
from sim.studies.applying import applying
from sim.studies.decide.decided import Decided, OptionResult
from sim.studies.decide.goal import Goal
from sim.studies.decide.study import End, Turn

NAMED = 3
"""Options or inputs named in a sentence at the most."""
LITTLE = 0.1
"""An input that is worth less than this part of the indifference isn't named in the sentence."""


def headlines(decided: Decided) -> list[str]:
    """The choice first; then what would turn it and what it would be worth to know, where something can be said of them."""
    if decided.chosen is None:
        return [no_answer(decided)]
    lines = [choice(decided), *robust(decided), *knowing(decided)]
    return lines if decided.final else [f"Not final, {replications(decided.failed)} failed. {lines[0]}", *lines[1:]]


def replications(many: int) -> str:
    """``1 replication``, ``200 replications``."""
    return f"{many:,} replication{'s' if many != 1 else ''}"


def no_answer(decided: Decided) -> str:
    """Why nothing can be chosen."""
    wrong = [f"{one.choice.title}: {one.error}" for one in decided.options if one.error]
    return f"No answer: {'; '.join(wrong[:NAMED]) or 'no replication was completed by all options'}."


def choice(decided: Decided) -> str:
    """Which option, what it comes to, and how sure that is."""
    one, selection, goal = decided.chosen, decided.selection, decided.goal
    assert one is not None
    assert selection is not None
    if len(decided.options) == 1:
        return f"{one.choice.title}: {expectation(goal, one)}. It is the only option: there is nothing to choose."
    if len(selection.alike) == len(decided.options) - 1:
        return f"{certainty(decided)} {one.choice.title} has {expectation(goal, one)}."
    if selection.named:
        return f"Take {one.choice.title}: {expectation(goal, one)}, {standing(decided, one)}. {certainty(decided)}"
    return f"{untold(decided)} {one.choice.title} has {expectation(goal, one)}, {standing(decided, one)}."


def untold(decided: Decided) -> str:
    """Why the choice can't be told, and how much it would take."""
    selection, goal = decided.selection, decided.goal
    assert selection is not None
    rivals = listed([decided.options[k].choice.title for k in selection.rivals])
    needed = selection.needed
    sets = "sets of inputs" if decided.drawn else "replications"
    beside = f" ({needed * decided.per_set:,} replications)" if needed and decided.drawn and decided.per_set > 1 else ""
    how = f"it takes about {needed:,} {sets}{beside}" if needed else f"no number of {sets} under a million would do"
    if decided.one_kind:
        least = (
            f"No difference was seen in {states(decided)}, and yet it can't be told that none is above {goal.amount(goal.within)}"
        )
        return f"{least}; {how} to tell."
    return f"The choice can't be told yet: {rivals} may be better by more than {goal.amount(goal.within)}; {how} to tell."


def expectation(goal: Goal, one: OptionResult) -> str:
    """``412 people left behind on average (350 to 480)``."""
    value = goal.text(one.expected.value)
    words = f"{value} {goal.measure.kind.title}" if goal.unit == "people" else f"{goal.measure.kind.title} {value}"
    whose = f" of {goal.measure.whose}" if goal.measure.whose else ""
    return f"{words}{whose} on average{ends(goal, one.expected)}"


def ends(goal: Goal, estimate: Estimate) -> str:
    """The interval in parentheses, where there is one."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f" ({goal.text(estimate.low)} to {goal.text(estimate.high)})"


def standing(decided: Decided, one: OptionResult) -> str:
    """In how many states it is best, and what it costs to choose it now."""
    best, goal = one.best, decided.goal
    some = f"best in {best.alone:,} of {states(decided)}"
    tied = f" and as good as the best in {best.shared:,} more" if best.shared else ""
    if best.shared and not best.alone:
        some, tied = f"as good as the best in {best.shared:,} of {states(decided)}", ""
    regret = max(one.regret.value, 0.0)
    small = "less than 1 person" if goal.unit == "people" and 0 < regret < 1 else goal.amount(regret)
    return f"{some}{tied}, with an expected regret of {small}"


def states(decided: Decided) -> str:
    """``100 sets of inputs``."""
    return f"{decided.sets:,} {'set' if decided.drawn else 'replication'}{'s' if decided.sets != 1 else ''}" + (
        " of inputs" if decided.drawn else ""
    )


def certainty(decided: Decided) -> str:
    """The guarantee."""
    selection, goal = decided.selection, decided.goal
    assert selection is not None
    alike, many = [decided.options[k].choice.title for k in selection.alike], len(decided.options)
    if len(alike) == len(decided.options) - 1:
        return (
            f"Any of the {many} will do: with 95 % confidence none differs from the best by more than {goal.amount(goal.within)}."
        )
    beside = f" {listed(alike)} differ{'s' if len(alike) == 1 else ''} by no more than that." if alike else ""
    return f"With 95 % confidence it is the best of the {many}, or within {goal.amount(goal.within)} of the best.{beside}"


def robust(decided: Decided) -> list[str]:
    """What becomes of the choice with every input at an end."""
    if len(decided.options) < 2:
        return []
    if not decided.drawn:
        return ["No input is drawn: each replication is a state of the world, and regret is that of hindsight, chance included."]
    goal, one = decided.goal, decided.chosen
    assert one is not None
    by_state: dict[str, list[End]] = {}
    for end in decided.ends:
        by_state.setdefault(end.state, []).append(end)
    lines = []
    if stays := by_state.get("stays"):
        where = " and ".join(f"with every input at its {end.name} end" for end in stays)
        lines.append(f"{one.choice.title} stays best, or within {goal.amount(goal.within)} of the best, {where}.")
    lines += [_turned(decided, end) for end in by_state.get("turns", ())]
    lines += [
        f"With every input at its {end.name} end it can't be told whether {'that' if lines else one.choice.title} stays best."
        for end in by_state.get("open", ())
    ]
    lines += [f"The {end.name} end can't be simulated: {end.error}." for end in by_state.get("failed", ())]
    return [" ".join(lines)] if lines else []


def _turned(decided: Decided, end: End) -> str:
    goal = decided.goal
    assert end.other is not None
    assert end.beyond is not None
    other = decided.options[end.other].choice.title
    gap = f"{goal.amount(end.beyond.value)}{ends(goal, end.beyond)}"
    start = f"With every input at its {end.name} end {other} is better by {gap}: "
    if end.turn is not None:
        alone = f"{goal.amount(end.turn.beyond.value)}{ends(goal, end.turn.beyond)}"
        what = named(end.turn.factor, _missions(decided)).with_path(end.turn.factor)
        return f"{start}at {place(decided, end.turn)} {what} alone turns the choice, by {alone}."
    if not end.walked:
        return f"{start}these are too few sets to say by which input."
    names = listed([phrase(name, _missions(decided)) for name in end.walked])
    return f"{start}none of the inputs that move the difference most turns it alone ({names})."


def _missions(decided: Decided) -> dict[str, str]:
    """Mission -> what it is called in text."""
    return titles_of(one.choice.loaded.scenario for one in decided.options)


def place(decided: Decided, turn: Turn) -> str:
    """Where an input stands: ``its low end, 6 h,``."""
    end = "its high end" if turn.position > 0.5 else "its low end"
    factor = next((f for one in decided.options for f in one.choice.factors if f.name == turn.factor), None)
    if factor is None or not factor.alike:
        return end
    return f"{end}, {said(factor.members[0].moved(turn.position).mean, factor.dimension)},"


def knowing(decided: Decided) -> list[str]:
    """What it would be worth to know more before choosing."""
    told, regret, goal = decided.information, decided.regrets, decided.goal
    if told is None or regret is None or not decided.drawn or len(decided.options) < 2:
        return []
    everything = f"to know all inputs beforehand would be worth {goal.amount(regret.knowing.value)}{ends(goal, regret.knowing)}"
    if told.reason:
        return [f"What it would be worth to know an input can't be said: {told.reason}."] if not decided.one_kind else []
    worth = [w for w in told.worth if w.value.value >= LITTLE * goal.within][:NAMED]
    if not worth:
        return [f"No single input is seen to be worth knowing before choosing; {everything}."]
    each = [f"{phrase(w.name, _missions(decided))}: {goal.amount(w.value.value)}{ends(goal, w.value)}" for w in worth]
    return [f"Worth most to know before choosing: {'; '.join(each)}; {everything}."]


def listed(names: Sequence[str]) -> str:
    """``A, B and 2 more``."""
    few, rest = list(names[:NAMED]), len(names) - NAMED
    if rest > 0:
        return f"{', '.join(few)} and {rest} more"
    *first, last = few or [""]
    return f"{', '.join(first)} and {last}" if first else last


def warnings(decided: Decided) -> list[str]:
    """What is to be said beside."""
    goal, unasked = decided.goal, max((one.unasked for one in decided.result.seen), default=0.0)
    failed = [f"{one.choice.title}: {replications(one.failed)} failed" for one in decided.options if one.failed]
    failed += applying((decided.result.failed, f"{replications(decided.result.failed)} failed where inputs are at their ends"))
    errors = [f"{one.choice.title}: {one.error}" for one in decided.options if one.error]
    later = f"{goal.measure.text} counts from the order, which makes an option that orders later look better than it is"
    return [*errors, *failed, *applying((unasked, not_among_all(unasked)), (goal.measure.kind.from_order, later))]
