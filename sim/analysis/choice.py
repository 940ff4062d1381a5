"""The choice in a sentence: in how many sets of inputs one scenario leaves fewer behind than another, and by how many."""

from __future__ import annotations

from typing import Literal, NamedTuple

from sim.analysis.found import Interval, between
from sim.analysis.paired import Differences, FewerLeftBehind, OrdersAlone, PairedEntry
from sim.analysis.words import count, share

Side = Literal["fewer", "more"]
OPPOSITE: dict[Side, Side] = {"fewer": "more", "more": "fewer"}


class Leaves(NamedTuple):
    """What is told of the sets: that fewer, or more, are left behind with the other scenario."""

    side: Side
    between: tuple[float, float]
    """The interval of the share of sets in which that is so; of those that differ, if only of these it is told."""
    of_all: bool
    """Whether it is so in most of all sets, not only in most of those in which they differ."""


def leaves(counts: FewerLeftBehind) -> Leaves | None:
    """Whether fewer or more are left behind in most sets, or in most of those that differ, beyond the interval; None: not told.

    Older comparisons don't say what is so of those that differ.
    """
    sides: tuple[tuple[Side, Interval], ...] = (("fewer", counts.fewer), ("more", counts.more))
    for side, of in sides:
        low, high = of.low or 0.0, of.high or 1.0
        if low > 0.5:
            return Leaves(side, (low, high), True)
    among = None if counts.fewer_of_differing is None else between(counts.fewer_of_differing)
    if among is None:
        return None
    low, high = among
    return (
        Leaves("fewer", (low, high), False) if low > 0.5 else Leaves("more", (1 - high, 1 - low), False) if high < 0.5 else None
    )


def choice(difference: Differences, same_orders: Differences | None = None) -> str:
    """What a comparison says in total, with the missions' own reactions, and at the same orders where that was asked for.

    A scenario "leaves fewer behind" only where that is so in most sets, or in most of those in which the two differ, beyond the
    interval; otherwise counts alone are given.
    """
    about = f"{difference.other_title}, against {difference.base_title}: "
    own = counted(difference.total)
    if same_orders is None:
        return about + own + "."
    return f"{about}with the missions' own reactions {own}. At the same orders {counted(same_orders.total)}."


def counted(total: PairedEntry | OrdersAlone) -> str:
    """In how many sets fewer are left behind, in total or of one mission, and how many fewer on average."""
    counts = total.fewer_left_behind
    what = "replications" if total.sets == total.pairs else "sets of inputs"
    if counts is None or not counts.sets:
        return "no replication was completed by both"
    sets, (fewer, more, alike) = counts.sets, counts.counts()
    if alike == sets:
        return f"as many are left behind in each of {sets:,} {what}"
    found = leaves(counts)
    if found is None:
        split = f"fewer people are left behind in {fewer:,} of {sets:,} {what}, more in {more:,}, as many in {alike:,}"
        return f"{split}: which leaves fewer behind can't be told{_by(total)}"
    in_sets, (low, high) = {"fewer": fewer, "more": more}, found.between
    many, other = f"{found.side} people are left behind in {in_sets[found.side]:,} of {sets:,} {what}", OPPOSITE[found.side]
    if found.of_all:
        beside = f", {other} in {in_sets[other]:,}" if in_sets[other] else ""
        return f"{many}, as simulated (95 % interval {_of(low, sets)} to {_of(high, sets)}){beside}{_by(total)}"
    differing = f"{found.side} where they differ, in {share(low)} to {share(high)} of these"
    return f"{many}, {other} in {in_sets[other]:,}, as many in {alike:,}, as simulated: {differing}{_by(total)}"


def _of(share: float | None, sets: int) -> str:
    return f"{round((share or 0.0) * sets):,}"


def _by(total: PairedEntry | OrdersAlone) -> str:
    """How many fewer or more on average, with the interval of that average."""
    left = total.left_behind
    if left.difference is None or (ends := between(left)) is None:
        return ""
    mean, (low, high) = left.difference, ends
    if low < 0 < high:
        return f"; on average {_signed(mean)} ({_signed(low)} to {_signed(high)})"
    least, most = sorted((abs(low), abs(high)))
    return f"; on average {_whole(abs(mean))} {'fewer' if mean < 0 else 'more'} ({_whole(least)} to {_whole(most)})"


def _whole(x: float) -> str:
    """People, whole unless that would be nobody."""
    return count(round(x) or x)


def _signed(x: float) -> str:
    size = _whole(abs(x))
    return f"{size} fewer" if x < 0 and size != "0" else f"{size} more" if size != "0" else "none"
