"""The words and numbers of the picture of the bottleneck: its title, what is shown, which causes have a row, up to when."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.curves import active_hour, binned, bottlenecks
from sim.analysis.hourly_bottleneck import Leading
from sim.analysis.outcomes import Stored
from sim.analysis.statistics import Floats
from sim.analysis.words import CAUSE_TEXT, share
from sim.model.names import CAUSES

STEPS = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5)
NAMES = ("< 5 %", "5 %", "10 %", "20 %", "35 %", "50 %")
VISIBLE = 0.05
"""A cause is the bottleneck at some time where its share reaches this."""
ROW = 0.1
"""It has a row of its own where its share reaches this, or the title names it; the others are named in a line."""
NAMED = 4
"""Scenarios whose bottleneck the title says."""


def cuts_of(results: Sequence[Stored]) -> tuple[list[Floats], int, float]:
    """Shares (causes, times) of each, the hours of a time, and the last hour shown."""
    hourly = [bottlenecks(r) for r in results]
    ends = [h[np.flatnonzero(s.sum(axis=0) > 0.005)[-1]] if (s.sum(axis=0) > 0.005).any() else 24.0 for h, s in hourly]
    calm = max(active_hour(r) for r in results)
    last = float(max(min(max(ends), calm * 1.15) if calm else max(ends), 24.0))
    width = 24 if last > 120 else 6 if last > 48 else 1
    cuts = [binned(s[:, : int(last)], width) for _, s in hourly]
    busy = max(
        (int(np.flatnonzero(at)[-1]) + 1 for cut in cuts if (at := cut.max(axis=0, initial=0.0) >= VISIBLE).any()), default=0
    )
    last = min(last, float(width * (busy + 1))) if busy else last
    return [cut[:, : int(np.ceil(last / width))] for cut in cuts], width, last


def rows_of(cuts: Sequence[Floats], named: set[str]) -> tuple[list[int], list[int]]:
    """Causes with a row, and others that are the bottleneck at some time."""
    most = [max(float(cut[i].max(initial=0.0)) for cut in cuts) for i in range(len(CAUSES))]
    some = [i for i, top in enumerate(most) if top >= VISIBLE]
    rows = [i for i, top in enumerate(most) if top >= ROW or (CAUSES[i] in named and top > 0)] or some or [0]
    return rows, [i for i in some if i not in rows]


def under(few: Sequence[int], width: int) -> str:
    by = {24: "Means of a day. ", 6: "Means of six hours. "}.get(width, "")
    rest = f" Under {share(ROW)} at all times: {', '.join(CAUSE_TEXT[CAUSES[i]] for i in few)}." if few else ""
    return f"{by}Bottleneck: the cause with most of the person-hours waited in an hour. From compound (top) to hub.{rest}"


def answer(results: Sequence[Stored], first: Sequence[Leading | None], names: Sequence[str]) -> str:
    """What holds people up most often, where that is told from the next; of many scenarios only what all of them share."""
    if len(results) == 1:
        return f"{results[0].title}: {_alone(first[0])}"
    causes = {one.cause if one is not None and one.apart else "" for one in first}
    if len(causes) == 1 and (cause := causes.pop()):
        return f"In every scenario the bottleneck is most often {CAUSE_TEXT[cause]}"
    if not any(one is not None and one.apart for one in first):
        return "In no scenario can it be told which bottleneck comes most often"
    if len(results) > NAMED:
        return "Which bottleneck comes most often differs between scenarios or can't be told"
    each = (f"{name}: {_short(one)}" for name, one in zip(names, first, strict=True))
    return f"The bottleneck most often. {'; '.join(each)}"


def _short(one: Leading | None) -> str:
    if one is None:
        return "none"
    return f"{CAUSE_TEXT[one.cause]} ({share(one.share)})" if one.apart else "can't be told"


def _alone(one: Leading | None) -> str:
    if one is None:
        return "no bottleneck after the order"
    if not one.second:
        return f"the bottleneck is {CAUSE_TEXT[one.cause]}"
    if one.apart:
        return f"the bottleneck is most often {CAUSE_TEXT[one.cause]}, in {share(one.share)} of the hours in which people wait"
    return (
        f"which bottleneck comes most often can't be told ({CAUSE_TEXT[one.cause]} in {share(one.share)} of the hours in which "
        f"people wait, {CAUSE_TEXT[one.second]} in {share(one.second_share)})"
    )
