"""A schedule in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.words import count, people
from sim.present.sheets import when

Json = Mapping[str, Any]


def moment(summary: Json, hours: float | None, *, zoned: bool = False) -> str:
    """``17 Sep 09:03``, with the zone where it is asked for; ``never``."""
    at = when(summary["start"], hours)
    if at is None:
        return "never"
    return f"{at.day} {at:%b} {at:%H:%M}" + (f" ({summary['zone']})" if zoned else "")


def headline(summary: Json) -> str:
    """What the replication that is shown does, and which it is."""
    moved = [row for row in summary["missions"].values() if row["to_move"]]
    begin = f"{summary['title']}: {_which(summary)}"
    if not moved:
        return f"{begin} nobody is to be moved."
    to_move, out = sum(row["to_move"] for row in moved), sum(row["out"] for row in moved)
    what = f"{out:,} of {people(to_move)} to be moved get out"
    if not summary["departed"]:
        return f"{begin} nobody leaves; {count(summary['left_behind'])} are left behind."
    first = moment(summary, summary["first_leaves_h"], zoned=True)
    text = f"{begin} {_number(summary['departed'], 'departure')} from {first} to {moment(summary, summary['last_leaves_h'])}"
    if summary["sorties"]:
        text += f", {_number(summary['sorties'], 'sortie')} by {moment(summary, summary['last_off_h'])}"
    text += f"; {what}"
    last = [row for row in moved if row["last_out_h"] is not None]
    if last:
        final = max(last, key=lambda row: row["last_out_h"])
        text += f", the last {people(final['last_people'])} ({final['title']}) on {moment(summary, final['last_out_h'])}"
    left = summary["left_behind"]
    return f"{text}. {count(left) if left else 'Nobody'} {'is' if left <= 1 else 'are'} left behind."


def _which(summary: Json) -> str:
    k, n = summary["replication"], summary["replications"]
    left = people(summary["left_behind"]) if summary["left_behind"] else "nobody"
    if summary["asked_for"]:
        return f"in replication {k}, which leaves {left} behind,"
    return f"in replication {k}, which leaves {left} behind, the nearest to the median of {n:,},"


def _number(many: int, what: str) -> str:
    return f"{many:,} {what}{'s' if many != 1 else ''}"


EXAMPLE = "One replication is an example of what may happen, not a forecast of any departure: the ranges are over all of them."
