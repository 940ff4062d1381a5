"""The way of groups in a finished run: when each was ready, left, arrived, was searched and was inside (or out)."""

from __future__ import annotations

from tests.model.helpers import Run


def moments(r: Run, moment: str, cohort: str = "") -> list[float]:
    """Hours at which the groups of a cohort (``mission/cohort``; all groups if none) came to *moment*, in order of time."""
    groups = r.groups(cohort) if cohort else r.world.run.groups
    return sorted(round(float(getattr(c, moment)), 9) for c in groups)


def sizes(r: Run, cohort: str = "") -> list[int]:
    """People of the groups, in order of readiness."""
    return [c.people for c in (r.groups(cohort) if cohort else r.world.run.groups)]


def stage(r: Run, name: str) -> list[int]:
    """People in a stage at each full hour."""
    return [int(n) for n in r.timeline[f"stage_{name}"]]


def hourly(r: Run, cause: str) -> list[float]:
    """Person-hours waited for a cause in the hours that end at 0, 1, 2, ..."""
    return [round(float(h), 4) for h in r.timeline[f"wait_{cause}"]]
