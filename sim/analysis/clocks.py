"""Two clocks: the calendar says when people are out, the time from the order how long that takes once it was decided.

A later order often makes the time from the order shorter though everybody is out later.  So the calendar is what is compared
between scenarios, and the time from the order stands beside it, tied to it by an identity that holds in every pair in which both
sides are ordered and out::

    ordered so much later + from the order so much longer = out so much later

Every difference is *other* minus *base*, in hours.
"""

from __future__ import annotations

import numpy as np

from sim.analysis.outcomes import Outcomes
from sim.analysis.paired import Clocks, Sides
from sim.analysis.statistics import order_statistic
from sim.analysis.summary import mean, number


def clocks(b: Outcomes, o: Outcomes) -> Clocks:
    """The identity of *base* and *other* over the same replications, as means over the pairs in which it exists.

    ``pairs`` and ``share``: in how many pairs, and in what share of all, both are ordered and out; without any the hours are
    ``None``.  ``ordered_apart``: the share of all pairs with another time of the order, or an order on one side only.
    """
    n = int(b.replication.size)
    both = b.timed & o.timed & np.isfinite(b.t100_h) & np.isfinite(o.t100_h)
    pairs = int(both.sum())
    ordered, out = mean(o.ordered_h[both] - b.ordered_h[both]), mean(o.t100_h[both] - b.t100_h[both])
    return Clocks(
        pairs=pairs,
        share=number(pairs / n) if n else None,
        ordered_apart=mean(b.ordered_h != o.ordered_h),
        ordered_later_h=ordered,
        # as the difference of the two as they are written, so that what is written adds up
        from_order_longer_h=None if ordered is None or out is None else number(out - ordered),
        out_later_h=out,
    )


def ordered_at(b: Outcomes, o: Outcomes) -> tuple[Sides, Sides]:
    """Median moment of the first order on both sides, over the replications with one, and the share of those."""
    some = [hours[np.isfinite(hours)] for hours in (b.ordered_h, o.ordered_h)]
    at, given = ([number(order_statistic(hours, 0.5)) for hours in some], [mean(np.isfinite(x.ordered_h)) for x in (b, o)])
    return Sides(base=at[0], other=at[1]), Sides(base=given[0], other=given[1])
