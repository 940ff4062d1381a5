"""What a terminal shows of runs."""

from __future__ import annotations

from rich.console import RenderableType

from sim.analysis.found import Summary
from sim.analysis.to_do import what_to_do
from sim.present import cells, mission_table, terminal
from sim.studies.run.answer import Runs
from sim.studies.runs import without_cohorts


def shown(answer: Runs, width: int) -> list[RenderableType]:
    """For each scenario the sentence, its table, and where it is kept."""
    parts: list[RenderableType] = []
    for study in answer.studies:
        parts += [study.headline, ""]
        found = study.found
        if isinstance(found, Summary):
            told = without_cohorts(found, answer.by)
            if answer.mission is not None:
                parts += about_mission(told, width)
            else:
                parts.append(terminal.run_table(told, width))
                parts += filter(None, [what_to_do(found)])
        parts.append(cells.kept_in(study.result.folder, study.outputs))
    return parts


def about_mission(summary: Summary, width: int) -> list[RenderableType]:
    """The mission's row and what its numbers mean; nothing where there is no row."""
    note = f"{mission_table.ROW} {mission_table.rests_on([summary])}"
    return [*mission_table.noted(mission_table.run_rows(summary, width), note), *terminal.until_lines(summary.until)]
