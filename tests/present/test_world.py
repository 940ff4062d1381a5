"""The land around some places: what is cut out holds them, and is the same land."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import pytest

from sim.present.page.assets import folder
from sim.present.page.world import land_around

KABUL, DOHA, RAMSTEIN, GUAM, ANCHORAGE, SAIGON = (
    [34.6, 69.2], [25.3, 51.6], [49.4, 7.6], [13.6, 144.9], [61.2, -149.9], [10.8, 106.7],
)  # fmt: skip


def rings(made: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Rings as (longitude, latitude) in degrees."""
    return [
        [(x / 10, y / 10) for x, y in zip(accumulate(ring[::2]), accumulate(ring[1::2]), strict=True)] for ring in made["rings"]
    ]


def is_land(made: dict[str, Any], lat: float, lon: float) -> bool:
    """Whether a place lies in an odd number of rings."""
    crossings = 0
    for ring in rings(made):
        for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]):
            if (y0 > lat) != (y1 > lat) and lon < x0 + (lat - y0) / (y1 - y0) * (x1 - x0):
                crossings += 1
    return crossings % 2 == 1


def test_land_is_land_and_sea_is_sea() -> None:
    """Kabul, Riyadh and Berlin on land; the Caspian Sea (a hole in the land), the Arabian Sea and the Gulf not."""
    made = land_around([KABUL, DOHA, RAMSTEIN])
    places = {
        (34.6, 69.2): True,
        (24.7, 46.7): True,
        (52.5, 13.4): True,
        (41.5, 50.8): False,
        (15.0, 62.0): False,
        (26.5, 52.0): False,
    }
    assert {place: is_land(made, *place) for place in places} == places


@pytest.mark.parametrize("places", [[KABUL], [KABUL, DOHA], [KABUL, DOHA, RAMSTEIN], [SAIGON, GUAM], [SAIGON, ANCHORAGE]])
def test_the_box_holds_the_places_and_all_that_is_cut_out(places: list[list[float]]) -> None:
    made = land_around(places)
    west, south, east, north = made["box"]
    assert east - west >= 24
    assert north - south >= 24 or (south, north) == (-85, 85)
    for lat, lon in places:
        assert south < lat < north
        assert any(west < lon + turn < east for turn in (-360, 0, 360))
    assert rings(made)
    for ring in rings(made):
        assert len(ring) >= 3
        assert all(west - 0.1 <= x <= east + 0.1 and south - 0.1 <= y <= north + 0.1 for x, y in ring)


def test_across_the_date_line_it_is_the_shorter_way() -> None:
    """From Saigon to Alaska over the Pacific, 103 degrees, and not 257 the other way round."""
    west, _, east, _ = land_around([SAIGON, ANCHORAGE])["box"]
    assert 103 < east - west < 257
    assert west < 106.7 < 210.1 < east


def test_the_licence_lies_beside_it() -> None:
    assert (folder() / "licences" / "world-atlas-LICENSE.txt").is_file()
    assert "Natural Earth" in (folder() / "world.json").read_text()
