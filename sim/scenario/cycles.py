"""Missions that wait for each other to have gone, so that none of them is ever ordered out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def waiting_rings(waits: Mapping[str, Sequence[Sequence[str]]]) -> list[list[str]]:
    """Missions that can only start once another of them has gone; each ring once, in order of names.

    *waits*: by mission, for each cohort that can't start by itself the missions of which one must have gone.  Whoever waits for
    nobody is started, and each one started is told to those who wait for it: time grows with the conditions.
    """
    waiting: dict[str, list[tuple[str, int]]] = {}
    for name, groups in waits.items():
        for k, group in enumerate(groups):
            for other in group:
                waiting.setdefault(other, []).append((name, k))
    open_groups = {name: set(range(len(groups))) for name, groups in waits.items()}
    ready = [name for name, groups in open_groups.items() if not groups]
    started = set(ready)
    while ready:
        for name, k in waiting.get(ready.pop(), ()):
            open_groups[name].discard(k)
            if not open_groups[name] and name not in started:
                started.add(name)
                ready.append(name)
    follows = {name: min(waits[name][min(open_groups[name])]) for name in waits if name not in started}
    return _rings(follows)


def _rings(follows: Mapping[str, str]) -> list[list[str]]:
    """The rings of a table of who follows whom, each from its first name on, in the order of the names that lead there."""
    seen: set[str] = set()
    rings = []
    for name in sorted(follows):
        place: dict[str, int] = {}
        while name in follows and name not in seen and name not in place:
            place[name] = len(place)
            name = follows[name]
        seen |= place.keys()
        if name in place:
            ring = list(place)[place[name] :]
            first = ring.index(min(ring))
            rings.append(ring[first:] + ring[:first])
    return rings
