"""What a terminal shows of a comparison."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from sim.analysis.choice import choice
from sim.analysis.to_do import what_to_do
from sim.present import cells, mission_table, same_orders, terminal
from sim.studies.compare.answer import Comparison, summaries_of
from sim.studies.runs import without_cohorts

CLOCKS = "Each of these counts from its own first order; what is compared below is the calendar."


def shown(answer: Comparison, width: int) -> list[RenderableType]:
    """The sentence of each scenario, the differences from the first, the matrix, and where each is kept."""
    if answer.mission is not None:
        return about_mission(answer, width)
    found, same = answer.found, answer.found.by_other()
    parts: list[RenderableType] = []
    for difference in found.differences:
        parts += [choice(difference, same.get(difference.other)), ""]
    for study in answer.studies:
        parts += [study.headline, ""]
    if any(difference.total.clocks.ordered_apart for difference in found.differences):
        parts += [CLOCKS, ""]
    for difference in found.differences:
        parts += [terminal.compare_table(difference, width), ""]
    parts += same_orders.shown(found.differences, found.same_orders, width)
    if answer.until:
        parts += [*terminal.until_lines(answer.until), ""]
    if found.matrix is not None:
        parts += [terminal.matrix_table(found.matrix, width), ""]
    parts += [f"{summary.title}. {line}" for summary in summaries_of(answer.studies) if (line := what_to_do(summary))]
    return parts + [cells.kept_in(s.result.folder, s.outputs) for s in (*answer.studies, *answer.ordered_as_base)]


def about_mission(answer: Comparison, width: int) -> list[RenderableType]:
    """What differs for the mission, the sentence of each scenario, its row in each, and the differences with intervals."""
    from sim.analysis.mission_words import mission_difference

    parts: list[RenderableType] = []
    found, same = answer.found, answer.found.by_other()
    for difference in found.differences:
        parts += [mission_difference(difference, same.get(difference.other)), ""]
    for study in answer.studies:
        parts += [study.headline, ""]
    summaries = [without_cohorts(summary, answer.by) for summary in summaries_of(answer.studies)]
    if summaries:
        note = f"{mission_table.ROW} {mission_table.rests_on(summaries)}"
        parts += mission_table.noted(mission_table.scenario_rows(summaries, width), note)
    parts += mission_table.noted(mission_table.difference_rows(found.differences, width), mission_table.CHANGE)
    parts += _same_orders(answer, width)
    if answer.until:
        parts += [*terminal.until_lines(answer.until), ""]
    return parts + [cells.kept_in(s.result.folder, s.outputs) for s in (*answer.studies, *answer.ordered_as_base)]


def _same_orders(answer: Comparison, width: int) -> list[RenderableType]:
    """The differences once more, with everybody ordered out as in the base; where the mission is not, how to ask for that."""
    if answer.found.same_orders is None:
        entries = (entry for difference in answer.found.differences for entry in difference.missions.values())
        return [Text(same_orders.HINT, style="dim"), ""] if any(entry.clocks.ordered_apart for entry in entries) else []
    rows = mission_table.difference_rows(answer.found.same_orders, width)
    return mission_table.noted(rows, "With everybody ordered out exactly when the base orders them.")
