"""What a terminal shows of runs."""

from __future__ import annotations

from rich.console import RenderableType

from sim.present import cells, terminal
from sim.studies.run.answer import Runs
from sim.studies.runs import trimmed


def shown(answer: Runs, width: int) -> list[RenderableType]:
    """For each scenario the sentence, its table, and where it is kept."""
    parts: list[RenderableType] = []
    for study in answer.studies:
        parts += [study.headline, ""]
        if study.answered:
            parts.append(terminal.run_table(trimmed(study.summary, answer.by), width))
        parts.append(cells.kept_in(study.result.folder, study.plots))
    return parts
