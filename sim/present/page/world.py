"""The land around some places, cut out of a small map of the earth that lies beside the page's scripts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from sim.present.page.assets import asset

Json = dict[str, Any]
Point = tuple[float, float]
MARGIN, SHARE, LEAST = 6.0, 0.35, 24.0
"""Around the places: degrees, and a share of how far they lie apart; degrees across the map at the least."""


def land_around(places: Sequence[Sequence[float]]) -> Json:
    """What to draw behind *places* ([latitude, longitude] in degrees, at least one).

    ``box``: west, south, east, north in degrees, west to east without a jump at the date line (longitudes may go beyond 180);
    ``rings``: longitude and latitude in tenths of a degree, the first point and then differences; what lies in an even number of
    rings is water.
    """
    west, east = _span([lon for _, lon in places])
    box = _grown(west, min(lat for lat, _ in places), east, max(lat for lat, _ in places))
    rings = []
    for ring in _rings():
        for shift in (-360.0, 0.0, 360.0):
            cut = _cut([(lon + shift, lat) for lon, lat in ring], box)
            if len(cut) >= 3:
                rings.append(_differences(cut))
    return {"box": [round(x, 1) for x in box], "rings": [ring for ring in rings if ring], "source": _world()["source"]}


def _span(longitudes: Sequence[float]) -> tuple[float, float]:
    """West and east end of the shortest stretch that holds all of them; east may lie beyond 180."""
    known = sorted({lon % 360 for lon in longitudes})
    gaps = [(b - a, b) for a, b in zip(known, [*known[1:], known[0] + 360], strict=True)]
    widest, west = max(gaps)
    west = (west + 180) % 360 - 180
    return west, west + 360 - widest


def _grown(west: float, south: float, east: float, north: float) -> tuple[float, float, float, float]:
    grown = 1 + 2 * SHARE
    across = min(360.0, max(grown * (east - west) + 2 * MARGIN, LEAST))
    up = max(grown * (north - south) + 2 * MARGIN, LEAST)
    x, y = (west + east) / 2, (south + north) / 2
    return x - across / 2, max(-85.0, y - up / 2), x + across / 2, min(85.0, y + up / 2)


@cache
def _world() -> Json:
    made: Json = json.loads(asset("world.json") or '{"source": "", "rings": []}')
    return made


@cache
def _rings() -> tuple[tuple[Point, ...], ...]:
    return tuple(tuple(_points(flat)) for flat in _world()["rings"])


def _points(flat: Sequence[int]) -> Iterator[Point]:
    x = y = 0
    for dx, dy in zip(flat[::2], flat[1::2], strict=True):
        x, y = x + dx, y + dy
        yield x / 10, y / 10


def _differences(ring: Sequence[Point]) -> list[int]:
    tenths = [(round(lon * 10), round(lat * 10)) for lon, lat in ring]
    kept = [p for k, p in enumerate(tenths) if not k or p != tenths[k - 1]]
    if len(kept) < 3:
        return []
    return [n for a, b in zip([(0, 0), *kept], kept, strict=False) for n in (b[0] - a[0], b[1] - a[1])]


def _cut(ring: Sequence[Point], box: tuple[float, float, float, float]) -> list[Point]:
    """The part of a ring in a box, edge by edge (Sutherland and Hodgman, Communications of the ACM 17, 1974)."""
    west, south, east, north = box
    if max(x for x, _ in ring) < west or min(x for x, _ in ring) > east:
        return []
    part = list(ring)
    for inside, edge, axis in (
        (lambda p: p[0] >= west, west, 0),
        (lambda p: p[0] <= east, east, 0),
        (lambda p: p[1] >= south, south, 1),
        (lambda p: p[1] <= north, north, 1),
    ):
        part = _half(part, inside, edge, axis)
    return part


def _half(ring: Sequence[Point], inside: Callable[[Point], bool], edge: float, axis: int) -> list[Point]:
    kept: list[Point] = []
    for k, point in enumerate(ring):
        before = ring[k - 1]
        if inside(point) != inside(before):
            share = (edge - before[axis]) / (point[axis] - before[axis])
            across = before[1 - axis] + share * (point[1 - axis] - before[1 - axis])
            kept.append((edge, across) if axis == 0 else (across, edge))
        if inside(point):
            kept.append(point)
    return kept
