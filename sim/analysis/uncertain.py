"""What is not known in an answer: how far single outcomes lie apart, how much of that is inputs, and which of them matter.

``unknown`` gives the object ``inputs`` that a summary of drawn inputs has; ``spread`` what stands beside each of its measures.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sim.analysis.found import FromInputs, Outcome, Spread
from sim.analysis.found_inputs import Box, BoxLimit, Factor, Fails, Unknown
from sim.analysis.matters import Importance, importance
from sim.analysis.naming import about
from sim.analysis.outcomes import Outcomes, Stored, of_all, wall
from sim.analysis.scenario_discovery import Box as FoundBox
from sim.analysis.scenario_discovery import Discovery, discover
from sim.analysis.sets import Sets, is_positive
from sim.analysis.spread import input_share, outcome_range
from sim.analysis.statistics import LEVEL, Floats
from sim.model.names import CAUSES
from sim.scenario.inputs import BLOCK

WORST = 0.75
"""Where somebody is left behind in nearly all sets, or in none, the sets above this quantile are those that fail."""
SOME = 0.1
"""A share of sets that is enough on either side to ask what tells them apart."""


def spread(values: Floats, sets: Sets) -> Spread:
    """``outcome``: where nine of ten fresh replications lie; ``from_inputs``: the share of the variance between sets.

    Values (n,), finite or inf, nan left out; nothing of what can't be said.  Infinite is null, as everywhere, and a time that
    may be infinite has no variance.
    """
    low, median, high = outcome_range(values)
    some = values[~np.isnan(values)]
    share = input_share(values, sets) if some.size and np.isfinite(some).all() else None
    part = None if share is None else FromInputs(share=_rounded(share.value), low=_plain(share.low), high=_plain(share.high))
    return Spread(outcome=Outcome(p05=_plain(low), p50=_plain(median), p95=_plain(high)), from_inputs=part)


def _plain(x: float | None) -> float | None:
    return _rounded(x) if x is not None and np.isfinite(x) else None


def _rounded(x: float) -> float:
    return round(float(x), 6) + 0.0


@dataclass(frozen=True)
class Examined:
    """The sets of a run, what of their inputs matters and where they fail."""

    numbers: NDArray[np.int64]
    """Shape (sets,)."""
    names: list[str]
    """Of the factors."""
    positions: Floats
    """Shape (sets, factors)."""
    of: str
    """What the answers are: ``left_behind``, or ``hours_within_horizon`` where that is the same in all sets."""
    answers: Floats
    """Shape (sets,)."""
    failed: NDArray[np.bool_]
    """Shape (sets,): those that leave more behind than *limit*."""
    limit: float
    importance: Importance
    discovery: Discovery


def examine(result: Stored) -> Examined | None:
    """Looks through the sets of a run; None where no input was drawn, or nothing was completed."""
    drawn = getattr(result, "inputs", None)  # what several results are put together of has none
    if drawn is None or not drawn.height or len(result.failed) == result.n:
        return None
    o = of_all(result)
    positions, names = matrix(drawn, o.unit.numbers)
    left = o.unit.means(o.left_behind)
    hours = o.unit.means(np.minimum(o.t100_h, wall(result).horizon_h))
    of, answers = ("left_behind", left) if np.ptp(left) > 0 or not np.ptp(hours) > 0 else ("hours_within_horizon", hours)
    failed, limit = failing(left)
    importance_ = importance(positions, answers, names, blocks=o.unit.numbers // BLOCK, seed=result.seed)
    discovery = discover(positions, failed, names, seed=result.seed)
    return Examined(o.unit.numbers, names, positions, of, answers, failed, limit, importance_, discovery)


def unknown(result: Stored, mode: str, per_set: int, levers: Collection[str] = ()) -> Unknown | None:
    """What a summary says of its inputs; None where none was drawn.  *levers*: the factors that are ours to choose."""
    seen = examine(result)
    if seen is None:
        return None
    matters = seen.importance
    most = tuple(
        Factor(
            factor=s.name,
            about=about_factor(s.name),
            index=_rounded(s.index),
            low=_rounded(s.low),
            high=_rounded(s.high),
            direction=s.direction,
        )
        for s in matters.shares
    )
    return Unknown(
        mode=mode,
        sets=int(seen.numbers.size),
        per_set=per_set,
        factors=len(seen.names),
        of=f"total.{seen.of}",
        most=most,
        levers=tuple(one for one in most if one.factor in levers),
        first=tuple(matters.first),
        rivals=tuple(matters.rivals),
        floor=_plain(matters.floor),
        reason=matters.reason,
        fails=_fails(seen),
    )


def matrix(drawn: pl.DataFrame, numbers: Any) -> tuple[Floats, list[str]]:
    """Positions of all factors (sets, factors) in the sets of these *numbers*, and the names of the factors."""
    wide = drawn.filter(pl.col("set").is_in(list(map(int, numbers)))).pivot("factor", index="set", values="position").sort("set")
    names = [name for name in wide.columns if name != "set"]
    return wide.select(names).to_numpy().astype(np.float64), names


def about_factor(name: str) -> str:
    """What a factor is, in words; its name where that is a group of the scenario's author."""
    path = name.partition(" + ")[0]
    return about(path) if "." in path else name


def failing(left: Floats) -> tuple[Any, float]:
    """Which sets (n,) fail, and what is left behind at most in the others: nobody, unless hardly any or nearly all sets do."""
    limit = 0.0
    if not SOME <= np.mean(left > 0) <= 1 - SOME:
        limit = float(np.quantile(left, WORST, method="lower")) if left.size else 0.0
    return left > limit, limit


def _fails(seen: Examined) -> Fails:
    box = seen.discovery.box
    return Fails(
        left_behind_above=_plain(seen.limit),
        sets=int(seen.numbers.size),
        failing=int(seen.failed.sum()),
        box=None if box is None else _box(box),
        reason=seen.discovery.reason if box is None else "",
    )


def _box(box: FoundBox) -> Box:
    limits = (BoxLimit(factor=m.name, about=about_factor(m.name), low=_rounded(m.low), high=_rounded(m.high)) for m in box.limits)
    return Box(
        limits=tuple(limits),
        coverage=_rounded(box.coverage),
        density=_rounded(box.density),
        base_rate=_rounded(box.base_rate),
        inside=box.inside,
        measured=box.measured,
        p_value=_rounded(box.p_value),
    )


def rivals(o: Outcomes, cause: str) -> list[str]:
    """The causes of waiting that can't be told from *cause*, which has most hours: tested in pairs over sets, 5 % for all."""
    others = [c for c in CAUSES if c not in (cause, "order") and c in o.waited and o.waited[c].any()]
    level = 1 - (1 - LEVEL) / max(len(others), 1)
    return [other for other in others if not _more(o.waited[cause] - o.waited[other], o.unit, level)]


def _more(change: Floats, sets: Sets, level: float) -> bool:
    reach = float(np.abs(change).max(initial=0.0))
    return is_positive(change, sets, (-reach, reach), level)
