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
from sim.analysis.statistics import Floats, order_statistic
from sim.analysis.summary import Json, number


def clocks(b: Outcomes, o: Outcomes) -> Json:
    """The identity of *base* and *other* over the same replications, as means over the pairs in which it exists.

    ``pairs`` and ``share``: in how many pairs, and in what share of all, both are ordered and out; without any the hours are
    ``None``.  ``ordered_apart``: the share of all pairs with another time of the order, or an order on one side only.
    """
    n = int(b.replication.size)
    both = b.timed & o.timed & np.isfinite(b.t100_h) & np.isfinite(o.t100_h)
    pairs = int(both.sum())
    found: Json = {
        "pairs": pairs,
        "share": number(pairs / n) if n else None,
        "ordered_apart": number(float((b.ordered_h != o.ordered_h).mean())) if n else None,
        "ordered_later_h": None,
        "from_order_longer_h": None,
        "out_later_h": None,
    }
    if not pairs:
        return found
    ordered = number(_mean(o.ordered_h[both] - b.ordered_h[both])) or 0.0
    out = number(_mean(o.t100_h[both] - b.t100_h[both])) or 0.0
    # the third as the difference of the two as they are written, so that what is written adds up
    return found | {"ordered_later_h": ordered, "from_order_longer_h": number(out - ordered), "out_later_h": out}


def ordered_at(b: Outcomes, o: Outcomes) -> Json:
    """Median moment of the first order on both sides, over the replications with one, and the share of those."""
    sides = {"base": b, "other": o}
    given = {side: np.isfinite(x.ordered_h) for side, x in sides.items()}
    return {
        "ordered_h": {side: number(order_statistic(x.ordered_h[given[side]], 0.5)) for side, x in sides.items()},
        "p_ordered": {side: number(float(g.mean())) if g.size else None for side, g in given.items()},
    }


def _mean(hours: Floats) -> float:
    return float(hours.mean())
