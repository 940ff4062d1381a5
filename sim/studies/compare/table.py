"""What a terminal shows of a comparison."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from sim.analysis.choice import choice
from sim.analysis.to_do import what_to_do
from sim.present import cells, mission_table, same_orders, terminal
from sim.studies.compare.answer import Comparison
from sim.studies.runs import trimmed

CLOCKS = "Each of these counts from its own first order; what is compared below is the calendar."


def shown(answer: Comparison, width: int) -> list[RenderableType]:
    """The sentence of each scenario, the differences from the first, the matrix, and where each is kept."""
    if answer.mission is not None:
        return about_mission(answer, width)
    same = _by_other(answer)
    parts: list[RenderableType] = []
    for difference in answer.differences:
        parts += [choice(difference, same.get(difference["other"])), ""]
    for study in answer.studies:
        parts += [study.headline, ""]
    if any(difference["total"]["clocks"]["ordered_apart"] for difference in answer.differences):
        parts += [CLOCKS, ""]
    for difference in answer.differences:
        parts += [terminal.compare_table(difference, width), ""]
    parts += same_orders.shown(answer.differences, answer.same_orders, width)
    if answer.until:
        parts += [*terminal.until_lines(answer.until), ""]
    if answer.matrix is not None:
        parts += [terminal.matrix_table(answer.matrix, width), ""]
    for study in answer.studies:
        parts += [f"{study.result.title}. {line}" for line in filter(None, [what_to_do(study.summary)])]
    return parts + [cells.kept_in(s.result.folder, s.outputs) for s in (*answer.studies, *answer.ordered_as_base)]


def _by_other(answer: Comparison) -> dict[str, Any]:
    """The differences at the same orders, by the scenario that is ordered as the base is."""
    return {one["other"].partition("-ordered-as-")[0]: one for one in answer.same_orders or ()}


def about_mission(answer: Comparison, width: int) -> list[RenderableType]:
    """What differs for the mission, the sentence of each scenario, its row in each, and the differences with intervals."""
    from sim.analysis.mission_words import mission_difference

    parts: list[RenderableType] = []
    same = _by_other(answer)
    for difference in answer.differences:
        parts += [mission_difference(difference, same.get(difference["other"])), ""]
    for study in answer.studies:
        parts += [study.headline, ""]
    summaries = [trimmed(study.summary, answer.by) for study in answer.studies if study.answered]
    if summaries:
        note = f"{mission_table.ROW} {mission_table.rests_on(summaries)}"
        parts += mission_table.noted(mission_table.scenario_rows(summaries, width), note)
    parts += mission_table.noted(mission_table.difference_rows(answer.differences, width), mission_table.CHANGE)
    parts += _same_orders(answer, width)
    if answer.until:
        parts += [*terminal.until_lines(answer.until), ""]
    return parts + [cells.kept_in(s.result.folder, s.outputs) for s in (*answer.studies, *answer.ordered_as_base)]


def _same_orders(answer: Comparison, width: int) -> list[RenderableType]:
    """The differences once more, with everybody ordered out as in the base; where the mission is not, how to ask for that."""
    if answer.same_orders is None:
        entries = (entry for difference in answer.differences for entry in difference["missions"].values())
        return [Text(same_orders.HINT, style="dim"), ""] if any(e["clocks"]["ordered_apart"] for e in entries) else []
    rows = mission_table.difference_rows(answer.same_orders, width)
    return mission_table.noted(rows, "With everybody ordered out exactly when the base orders them.")
