"""A schedule in sentences."""

from __future__ import annotations

from sim.analysis.words import count, people
from sim.present.sheets import when
from sim.studies.schedule.found import Scheduled


def moment(found: Scheduled, hours: float | None, *, zoned: bool = False) -> str:
    """``17 Sep 09:03``, with the zone where it is asked for; ``never``."""
    at = when(found.start, hours)
    if at is None:
        return "never"
    return f"{at.day} {at:%b} {at:%H:%M}" + (f" ({found.zone})" if zoned else "")


def headline(found: Scheduled) -> str:
    """What the replication that is shown does, and which it is."""
    moved = [row for row in found.missions.values() if row.to_move]
    begin = f"{found.title}: {_which(found)}"
    if not moved:
        return f"{begin} nobody is to be moved."
    to_move, out = sum(row.to_move for row in moved), sum(row.out for row in moved)
    what = f"{out:,} of {people(to_move)} to be moved get out"
    if not found.departed:
        return f"{begin} nobody leaves; {count(found.left_behind)} are left behind."
    first = moment(found, found.first_leaves_h, zoned=True)
    text = f"{begin} {_number(found.departed, 'departure')} from {first} to {moment(found, found.last_leaves_h)}"
    if found.sorties:
        text += f", {_number(found.sorties, 'sortie')} by {moment(found, found.last_off_h)}"
    text += f"; {what}"
    last = [row for row in moved if row.last_out_h is not None]
    if last:
        final = max(last, key=lambda row: row.last_out_h or 0.0)
        text += f", the last {people(final.last_people)} ({final.title}) on {moment(found, final.last_out_h)}"
    left = found.left_behind
    return f"{text}. {count(left) if left else 'Nobody'} {'is' if left <= 1 else 'are'} left behind."


def _which(found: Scheduled) -> str:
    k, n = found.replication, found.replications
    left = people(found.left_behind) if found.left_behind else "nobody"
    if found.asked_for:
        return f"in replication {k}, which leaves {left} behind,"
    return f"in replication {k}, which leaves {left} behind, the nearest to the median of {n:,},"


def _number(many: int, what: str) -> str:
    return f"{many:,} {what}{'s' if many != 1 else ''}"


EXAMPLE = "One replication is an example of what may happen, not a forecast of any departure: the ranges are over all of them."
