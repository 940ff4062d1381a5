"""The table of a plan: a row per combination of the levers, the least that is enough marked."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.words import duration, share
from sim.present import cells
from sim.present.fitting import broken
from sim.scenario.causes import zone
from sim.studies.applying import applying
from sim.studies.plan.answer import Planned
from sim.studies.plan.found import Plan, PlanPoint
from sim.studies.plan.words import goal_words
from sim.studies.tables import WIDE, add_numbers, lean_table, notes, sentences, title

SAID = {"met": "met", "not": "not met", "open": "open", "failed": "failed"}
MOST = 60
"""Rows on the terminal; all of them are in the files."""


def shown(answer: Planned, width: int) -> list[RenderableType]:
    """The sentence, then the table."""
    return [*sentences(answer), plan_table(answer.found, width)]


def plan_table(plan: Plan, width: int = 80) -> RenderableType:
    """Combinations, least first; what decides each; below it what the words mean."""
    wide = width >= WIDE
    table = lean_table()
    room = max((width - (62 if wide else 48)) // max(len(plan.levers), 1), 10)
    for lever in plan.levers:
        table.add_column(broken(lever.label, room), justify="right", no_wrap=True)
    late = f"Time in\n{share(plan.confidence)}"
    add_numbers(table, "In time", "95 %\ninterval", "", late, *(("95 %\ninterval",) if wide else ()), "To\ndecide")
    for point in plan.points[:MOST]:
        least = point.values in plan.least
        table.add_row(*(Text(cell) for cell in _cells(point, wide, least)), style="bold" if least else "")
    of_sets = f" of {plan.sets:,} sets of inputs" if plan.sets < plan.replications else ""
    rests = f"{plan.replications:,} replications{of_sets} each · seed {plan.seed}"
    about = f"\n{plan.scenario} · {rests} · {goal_words(plan)}"
    about += "" if plan.utc_offset_h is None or not plan.finish_by else f" · local time: {zone(plan.utc_offset_h)}"
    heading = title(plan.title, about, "" if plan.final else "\nNOT FINAL: a point or replication failed")
    return Group(heading, table, *_notes(plan))


def _cells(point: PlanPoint, wide: bool, least: bool) -> list[str]:
    chance, *ends = point.chance.written(share)
    made = list(point.values.values())
    if point.verdict == "failed":
        return [*made, cells.NOTHING, "", "failed", "", *([""] if wide else []), ""]
    made += [chance, cells.between(*ends)]
    made.append("least" if least else SAID[point.verdict])
    made.append(_time(point.time_h, point.never))
    if wide:
        texts = [_time(h, w) for h, w in zip(point.time_interval_h or (), point.interval_never or (), strict=True)]
        made.append(cells.between(*texts) if texts else cells.NOTHING)
    needed = point.replications_needed
    return [*made, "" if point.verdict != "open" else f"{needed:,}" if needed else "∞"]


def _time(hours: float | None, why: str | None) -> str:
    late = {"stranded": "never", "unfinished": "> horizon"}.get(why or "", cells.NOTHING)
    return late if hours is None else duration(hours)


def _notes(plan: Plan) -> list[Text]:
    whence = "start" if plan.counted_from == "start" else "first order"
    often = share(plan.confidence)
    met = (
        f"In time: share of the replications. met: its 95 % interval reaches {often}; not met: stays below; open: with about "
        f"so many replications it is decided in 8 of 10 cases, if the share stays. "
        f"Time in {often}: {whence} to all out, that often. Intervals: 95 % each."
    )
    paths = ", ".join(lever.path for lever in plan.levers)
    warned = any(lever.path == "warning" for lever in plan.levers)
    lines = applying(
        (True, met),
        (len(plan.points) > MOST, f"{len(plan.points) - MOST:,} more combinations in the files."),
        (True, f"As --vary takes them: {paths}."),
        (
            warned,
            "Warning before the fall: the capital falls so much later than it would, everything before the fall at its time.",
        ),
    )
    return notes(lines, plan.warnings)
