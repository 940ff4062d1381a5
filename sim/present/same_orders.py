"""What the same orders make of a comparison: the differences under them, and what the other orders add."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from sim.analysis.choice import counted
from sim.analysis.paired import Differences
from sim.analysis.words import sides
from sim.present import cells
from sim.present.terminal import compare_table

HINT = (
    "Orders differ between these scenarios: --same-orders compares once more with everybody ordered out as in the base, to show "
    "what the airport does apart from that."
)


def shown(differences: Sequence[Differences], same: Sequence[Differences] | None, width: int = 80) -> Iterator[RenderableType]:
    """The tables under the same orders, each with its split; where they weren't asked for a line that names the flag."""
    if same is None:
        if any(one.orders_apart for one in differences):
            yield Text(HINT, style="dim")
            yield ""
        return
    for ordered in same:
        yield compare_table(ordered, width)
        as_it_is = next((one for one in differences if ordered.other == f"{one.other}-ordered-as-{one.base}"), None)
        if as_it_is is not None:
            yield Text(split(as_it_is, ordered))
        yield ""


def split(difference: Differences, ordered: Differences) -> str:
    """What the airport does, and what the orders do, of the difference in people left behind: they add up."""
    whole, part = (one.total.left_behind.difference for one in (difference, ordered))
    if whole is None or part is None or difference.pairs != ordered.pairs:
        return "How much of the difference is that of the orders can't be said: the pairs are not the same."
    whole, part = (float(round(x)) if abs(x) >= 10 else round(x, 1) for x in (whole, part))  # so that what is written adds up
    all_of_it, same, own = (cells.head_count_change(x) for x in (whole, part, round(whole - part, 1)))
    base, other = sides(difference)
    alone = None if ordered.own_orders is None else ordered.own_orders.total
    beside = f" With {other}, its orders alone, against those of {base}: {counted(alone)}." if alone is not None else ""
    parts = f"{all_of_it} people = {same} under the same orders and {own} by its own orders."
    return f"Left behind, {other} against {base}: {parts}{beside}"
