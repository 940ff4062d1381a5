"""By the hour: take-offs and people flown of each operator, and people at each hub, from the flights of a finished run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.hub import Hub
from sim.model.world import World

F64 = NDArray[np.float64]


def traffic(w: World, at: F64) -> dict[str, Any]:
    """Columns for the hour marks *at* (hours; the last one is the end of the run).

    ``flights_<operator>``: take-offs with at least one person of a mission on board in the hour that ends at the mark, or
    landings of helicopters that brought people out; ``flown_<operator>``: those people; ``hub_<name>``: people at the hub at
    the mark, troops too.
    """
    columns: dict[str, Any] = {}
    operators = sorted({f.plan.operator for f in w.lift.fleets} | {h.operator for h in w.shuttles.by_name.values() if h.out})
    if operators:
        row = {name: i for i, name in enumerate(operators)}
        flights = [(f.operator, f.off, f.people) for f in w.lift.flights if f.people] + w.shuttles.trips
        hour = np.minimum(np.ceil(np.array([off for _, off, _ in flights])), len(at) - 1).astype(np.int64)
        cell = np.array([row[operator] for operator, _, _ in flights], np.int64) * len(at) + hour
        people = np.array([n for _, _, n in flights], np.float64)
        size = len(operators) * len(at)
        number = np.bincount(cell, minlength=size).astype(np.int32).reshape(-1, len(at))
        flown = np.bincount(cell, people, minlength=size).astype(np.int32).reshape(-1, len(at))
        for i, name in enumerate(operators):
            columns[f"flights_{name}"] = number[i]
            columns[f"flown_{name}"] = flown[i]
    for name, hub in w.hubs.by_name.items() if w.lift.present or w.shuttles.to_hubs else ():
        columns[f"hub_{name}"] = _at_hub(w, hub, at)
    return columns


def _at_hub(w: World, hub: Hub, at: F64) -> NDArray[np.float32]:
    """People at a hub: those who have arrived less those who have gone on, who leave at a constant rate while anybody is there.

    With A(t) arrived by t and the rate r that is X(t) + max(0, max over s <= t of -X(s)) with X(t) = A(t) - r t, a line
    reflected at zero; -X is largest just before an arrival, or now.
    """
    landed = [(f.off + f.outbound, f.people + f.troops) for f in w.lift.flights if f.hub == hub.name]
    landed += [(t, n) for name, t, n in w.shuttles.landed if name == hub.name]
    if not landed or math.isinf(hub.onward):
        return np.zeros(len(at), np.float32)
    landed.sort()
    times = np.array([t for t, _ in landed])
    arrived = np.cumsum([0, *(n for _, n in landed)]).astype(np.float64)
    idle = np.maximum.accumulate(np.concatenate(([0.0], hub.onward * times - arrived[:-1])))
    k = np.searchsorted(times, at, side="right")
    x = arrived[k] - hub.onward * at
    return (x + np.maximum(idle[k], -x)).astype(np.float32)
