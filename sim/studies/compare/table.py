"""What a terminal shows of a comparison."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType

from sim.analysis.choice import choice
from sim.present import cells, same_orders, terminal
from sim.studies.compare.answer import Comparison

CLOCKS = "Each of these counts from its own first order; what is compared below is the calendar."


def shown(answer: Comparison, width: int) -> list[RenderableType]:
    """The sentence of each scenario, the differences from the first, the matrix, and where each is kept."""
    same: dict[str, Any] = {one["other"].partition("-ordered-as-")[0]: one for one in answer.same_orders or ()}
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
    return parts + [cells.kept_in(s.result.folder, s.plots) for s in (*answer.studies, *answer.ordered_as_base)]
