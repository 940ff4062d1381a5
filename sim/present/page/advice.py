"""What a comparison says to do, for everybody or for one mission, and how likely that is.

Three things of two scenarios: which leaves fewer behind as it is, which does with all ordered out at the same moments, and what
its own orders alone make of the other.  Each is said as told only beyond its interval over the states of the world.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sim.analysis import brief
from sim.analysis.found import Summary, between
from sim.analysis.paired import Differences, OrdersAlone, OwnOrders, PairedEntry
from sim.analysis.words import count
from sim.present.page.shown import Shown, sides_of

OWN_ORDERS = "each mission ordered out when it would be"
SAME_ORDERS = "all ordered out as with {base}"
EARLY = "Order out early: "
LATE = "Order out late: "
ALONE = "that alone leaves fewer behind."
EITHER_WAY = "whether ordered out early or late."
ALIKE = "Early or late: as many are left behind."
UNTOLD = "When to order out: whether early or late leaves fewer behind can't be told."
ORDERS_DECIDE = "When people are ordered out decides between the two."
FEW = 2
"""Differences of which each has its own line."""


class _Pair(NamedTuple):
    """Two scenarios, for everybody or one mission."""

    names: tuple[str, str]
    """What base and other are called."""
    as_is: brief.Told
    total: PairedEntry
    ordered: brief.Told | None
    """At the same orders, where that was asked for."""
    same: PairedEntry | None
    orders: brief.Told | None
    """Whose orders leave fewer behind, the airport being the other's; None if that isn't known, or neither's are the earlier."""
    own_orders: OrdersAlone | None
    gone: Mapping[str, float]
    """People who had left before the start, on average, by what each is called."""

    @property
    def early(self) -> bool:
        """Whether the better orders are those by which more had left before the start."""
        return self.orders is not None and self.orders.best == max(self.names, key=self.gone.__getitem__)

    @property
    def turned(self) -> bool:
        """Whether the orders turn the answer about."""
        return bool(self.as_is.best and self.ordered and self.ordered.best and self.as_is.best != self.ordered.best)

    @property
    def same_moments(self) -> str:
        """``all ordered out as with …``."""
        return SAME_ORDERS.format(base=brief.within(self.names[0]))


def what_to_do(
    differences: Sequence[Differences], same: Mapping[str, Differences], shown: Sequence[Shown], mission: str | None = None
) -> list[list[str]]:
    """Lines, each large and small: what can be told first, to order early before all else where that alone is told.

    *same*: the differences at the same orders by the name of the other scenario; *mission*: for one alone.
    """
    told = [(not pair.as_is.apart, _lines(pair)) for pair in _pairs(differences, same, shown, mission)]
    return [line for _, lines in sorted(told, key=lambda item: item[0]) for line in lines]


def how_sure(
    differences: Sequence[Differences], same: Mapping[str, Differences], shown: Sequence[Shown], mission: str | None = None
) -> list[str]:
    """How likely it is that the better one is better, of each difference that can be told; of several only where they are few."""
    told = []
    for pair in _pairs(differences if len(differences) <= FEW else (), same, shown, mission):
        if pair.orders is not None and pair.orders.best:
            when = "early" if pair.early else "late"
            told.append(f"That ordering out {when} leaves fewer behind{_where(pair.orders)} is {pair.orders.sure}, as simulated.")
        for found, when in ((pair.as_is, OWN_ORDERS), (pair.ordered, pair.same_moments)):
            if found is not None and found.best:
                beside = f", {when}" if pair.ordered is not None else ""
                what = f"fewer are left behind with {brief.within(found.best)}"
                told.append(f"That {what}{beside}{_where(found)}, is {found.sure}, as simulated.")
    return [*told, brief.SCALE] if told else []


def _where(told: brief.Told) -> str:
    return ", where they differ" if told.differ else ""


def _pairs(
    differences: Sequence[Differences], same: Mapping[str, Differences], shown: Sequence[Shown], mission: str | None
) -> Iterator[_Pair]:
    for one in differences:
        total = _entry(one, mission)
        if not one.final or total is None or not total.pairs:
            continue
        names, ordered = sides_of(one, shown), same.get(one.other)
        at_same = _entry(ordered, mission) if ordered is not None and ordered.final else None
        own_orders = None if ordered is None or ordered.own_orders is None else _alone(ordered.own_orders, mission)
        gone = _gone(one, names, shown, mission)
        yield _Pair(
            names,
            brief.better(total, names),
            total,
            None if at_same is None else brief.better(at_same, names),
            at_same,
            None if own_orders is None or gone[names[0]] == gone[names[1]] else brief.better(own_orders, names),
            own_orders,
            gone,
        )


def _entry(difference: Differences, mission: str | None) -> PairedEntry | None:
    """Its numbers of everybody, or of a mission; None where there are none."""
    return difference.total if mission is None else difference.missions.get(mission)


def _alone(own: OwnOrders, mission: str | None) -> OrdersAlone | None:
    return own.total if mission is None else own.missions.get(mission)


def _gone(difference: Differences, names: tuple[str, str], shown: Sequence[Shown], mission: str | None) -> dict[str, float]:
    of = {one.name: _out_before(one.summary, mission) for one in shown if one.answered}
    return {name: of.get(scenario, 0.0) for name, scenario in zip(names, (difference.base, difference.other), strict=True)}


def _out_before(summary: Summary, mission: str | None) -> float:
    entry = summary.total if mission is None else summary.missions.get(mission)
    return 0.0 if entry is None else entry.out_before.people or 0.0


def _lines(pair: _Pair) -> list[list[str]]:
    own, then = pair.as_is, pair.ordered
    if then is None:
        return [[own.main, own.beside]]
    if pair.orders is not None:
        own_line, same_line = _why(own, pair, OWN_ORDERS, pair.total), _why(then, pair, pair.same_moments, pair.same)
        first, *rest = [_orders(pair, pair.orders), ["", _means(pair)], ["", own_line], ["", same_line]]
        if not pair.orders.best and own.best and own.best == then.best:
            return [[f"{own.best}: fewer are left behind, {EITHER_WAY}", ""], ["", " ".join(first)], *rest]
        return [first, *rest]
    at_same = f"{_capital(pair.same_moments)}: {then.main}"
    if not pair.turned:
        return [[own.main, "; ".join(filter(None, (own.beside, OWN_ORDERS)))], [at_same, then.beside]]
    return [
        _orders_decide(pair),
        [f"{_capital(OWN_ORDERS)}: {own.main}", _with_people(own.beside, pair.total)],
        [at_same, _with_people(then.beside, pair.same)],
    ]


def _orders(pair: _Pair, told: brief.Told) -> list[str]:
    """To order out early, or late, where that alone is told to leave fewer behind; or that it can't be told."""
    base, other = map(brief.within, pair.names)
    left = [count(round(pair.gone[name])) for name in pair.names]
    its, own = (f"({people} gone by the start)" for people in left)
    at = f"Both with {other}: ordered out as missions are then {own}, or as they are with {base} {its}"
    counts = None if pair.own_orders is None else pair.own_orders.fewer_left_behind
    if counts is not None and not told.best:
        late, early, _ = counts.counts()
        if pair.gone[pair.names[1]] > pair.gone[pair.names[0]]:
            late, early = early, late
        if not early and not late:
            return [ALIKE, f"{at}."]
        split = f"Fewer with the early orders in {early:,} of {counts.sets:,} states of the world, with the late in {late:,}"
        return [UNTOLD, f"{split}. {at}."]
    beside = _with_people(f"fewer {told.often}, {told.beside}", pair.own_orders)
    why = f"{ORDERS_DECIDE[:1].lower()}{ORDERS_DECIDE[1:]}" if pair.turned else ALONE
    return [f"{EARLY if pair.early else LATE}{why}", f"{beside}. {at}"]


def _means(pair: _Pair) -> str:
    """How many are left behind on average as each is, and the other with the orders of the base."""
    base, other = map(brief.within, pair.names)
    as_is = pair.total.left_behind
    each = (
        (as_is.base, f"with {base}"),
        (as_is.other, f"with {other}"),
        (None if pair.same is None else pair.same.left_behind.other, f"with {other}, {pair.same_moments}"),
    )
    return f"Left behind on average: {'; '.join(f'{brief.people(mean or 0.0)} {what}' for mean, what in each)}."


def _why(told: brief.Told, pair: _Pair, when: str, total: PairedEntry | None) -> str:
    """Which of the two leaves fewer behind, as a whole sentence."""
    if not told.best and not told.beside:  # as many in each, or nothing to compare
        return f"{_capital(when)}: {told.main}."
    if not told.best:
        return f"{_capital(when)}, which of the two leaves fewer behind can't be told ({told.beside})."
    worse = next(name for name in pair.names if name != told.best)
    beside = _with_people(told.beside, total)
    what = f"fewer are left behind with {brief.within(told.best)} than with {brief.within(worse)}"
    return f"{_capital(when)}, {what}, {told.often} ({beside})."


def _orders_decide(pair: _Pair) -> list[str]:
    each = ", ".join(f"{count(round(people))} with {brief.within(label)}" for label, people in pair.gone.items())
    return [ORDERS_DECIDE, f"on average had left before the start: {each}" if any(pair.gone.values()) else ""]


def _with_people(beside: str, total: PairedEntry | OrdersAlone | None) -> str:
    """With how many fewer that is on average, where that can be told."""
    left = None if total is None else total.left_behind
    if left is None or left.difference is None or (known := between(left)) is None or known[0] <= 0 <= known[1]:
        return beside
    ends = " to ".join(count(round(x)) for x in sorted(map(abs, known)))
    return f"{beside}; on average {count(round(abs(left.difference)))} fewer ({ends})"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
