"""What a terminal shows of a page that was written."""

from __future__ import annotations

from rich.console import RenderableType

from sim.studies.report.answer import Report


def shown(answer: Report, width: int) -> list[RenderableType]:
    """Where it is, and what is on it."""
    return [f"{answer.path} ({answer.size / 1e6:.1f} MB): {', '.join(answer.sections)}"]
