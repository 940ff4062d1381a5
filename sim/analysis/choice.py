"""The choice in a sentence: in how many sets of inputs one scenario leaves fewer behind than another, and by how many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.words import count

Json = Mapping[str, Any]


def choice(difference: Json, same_orders: Json | None = None) -> str:
    """What a comparison says in total, with the missions' own reactions, and at the same orders where that was asked for.

    A scenario "leaves fewer behind" only where that is so in most sets, beyond the interval; otherwise counts alone are given.
    """
    about = f"{difference['other_title']}, against {difference['base_title']}: "
    own = counted(difference["total"])
    if same_orders is None:
        return about + own + "."
    return f"{about}with the missions' own reactions {own}. At the same orders {counted(same_orders['total'])}."


def counted(total: Json) -> str:
    """In how many sets fewer are left behind, in total or of one mission, and how many fewer on average."""
    counts = total["fewer_left_behind"]
    sets, what = counts["sets"], "replications" if total["sets"] == total["pairs"] else "sets of inputs"
    if not sets:
        return "no replication was completed by both"
    fewer, more, alike = (round((counts[key]["estimate"] or 0.0) * sets) for key in ("fewer", "more", "as_many"))
    if alike == sets:
        return f"as many are left behind in each of {sets:,} {what}"
    for word, many, other, less in (("fewer", fewer, "more", more), ("more", more, "fewer", fewer)):
        one = counts[word]
        if (one["low"] or 0.0) > 0.5:
            between = f"95 % interval {_of(one['low'], sets)} to {_of(one['high'], sets)}"
            beside = f", {other} in {less:,}" if less else ""
            return f"{word} people are left behind in {many:,} of {sets:,} {what}, as simulated ({between}){beside}{_by(total)}"
    split = f"fewer people are left behind in {fewer:,} of {sets:,} {what}, more in {more:,}, as many in {alike:,}"
    return f"{split}: which leaves fewer behind can't be told{_by(total)}"


def _of(share: float | None, sets: int) -> str:
    return f"{round((share or 0.0) * sets):,}"


def _by(total: Json) -> str:
    """How many fewer or more on average, with the interval of that average."""
    left = total["left_behind"]
    if left["difference"] is None or left["low"] is None or left["high"] is None:
        return ""
    mean, low, high = left["difference"], left["low"], left["high"]
    if low < 0 < high:
        return f"; on average {_signed(mean)} ({_signed(low)} to {_signed(high)})"
    least, most = sorted((abs(low), abs(high)))
    between = f"({count(round(least))} to {count(round(most))})"
    return f"; on average {count(round(abs(mean)))} {'fewer' if mean < 0 else 'more'} {between}"


def _signed(x: float) -> str:
    size = count(round(abs(x)))
    return f"{size} fewer" if x < 0 and size != "0" else f"{size} more" if size != "0" else "none"
