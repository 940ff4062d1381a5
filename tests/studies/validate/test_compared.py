"""Simulated against observed: what a band holds, what is summed, and how the answer is said."""

import json
import math

import pytest

from sim.analysis.observations import Observations
from sim.studies.validate.compared import coverage, mean_factor, total, validate
from sim.studies.validate.verdict import as_json, headline, off, sections, warnings
from tests.analysis.airlift import airlift
from tests.analysis.test_windows import seen


def runs(n: int) -> list[dict]:
    """Replication k flies k people in its first hour and 2 k in its second, on one aircraft each."""
    return [
        {"flights_a": [0, 1, 1], "flown_a": [0, k, 2 * k], "flights_b": [0, 0, 0], "flown_b": [0, 0, 0]} for k in range(1, n + 1)
    ]


def against(*rows, n=19, **kwargs):
    return validate(airlift(runs(n), **kwargs), Observations("obs.csv", "0123456789ab", rows))


@pytest.mark.parametrize(
    ("value", "in50", "in90", "ratio"),
    [(10, True, True, 1.0), (5, True, True, 2.0), (15, True, True, 10 / 15), (4, False, True, 2.5), (16, False, True, 0.625),
     (19, False, True, 10 / 19), (0.5, False, False, 20), (20, False, False, 0.5), (0, False, False, None)],
)  # fmt: skip
def test_what_the_bands_hold(value, in50, in90, ratio):
    (row,) = against(seen("people", 0, 1, value=value)).rows
    assert (row.inside(0.5), row.inside(0.9), row.ratio) == (in50, in90, ratio)
    assert row.median == 10
    assert (row.band(0.5), row.band(0.9)) == ((5, 15), (1, 19))


@pytest.mark.parametrize(
    ("value", "low", "high", "reached"),
    [
        (10, None, None, "all"),
        (10, 1, 19, "all"),
        (10, 0, 19, "part"),
        (25, 19, 30, "part"),
        (25, 20, 30, "none"),
        (25, None, 30, "none"),
    ],
)
def test_how_much_of_the_range_the_band_holds(value, low, high, reached):
    assert against(seen("people", 0, 1, value=value, low=low, high=high)).rows[0].reached(0.9) == reached


def test_too_few_replications_give_no_band_and_say_so():
    found = against(seen("people", 0, 1, value=5), n=18)
    (row,) = found.rows
    assert row.inside(0.9) is row.band(0.9) is row.reached(0.9) is None
    assert row.inside(0.5) is True
    assert warnings(found) == ["a 90 % band needs 19 replications, there are 18: none is given"]
    assert "18 replications are too few for 90 % bands, which need 19" in headline(found)
    assert as_json(found)["all"]["coverage_90"] == {"windows": 0, "inside": 0, "estimate": None, "low": None, "high": None}


@pytest.mark.parametrize(("n", "rough"), [(19, True), (98, True), (99, False), (200, False)])
def test_rough_ends(n, rough):
    said = warnings(against(seen("people", 0, 1, value=5), n=n))
    assert bool(said) == rough
    assert not rough or "99 give 5" in said[0]


def test_coverage_with_its_interval():
    found = against(*(seen("people", 0, 1, value=v, window=f"W{v}") for v in (0.5, 3, 10, 12, 19, 20, 25)))
    told = coverage(found.rows, 0.9)
    assert (told.windows, told.inside) == (7, 4)
    assert (told.low, told.high) == pytest.approx((0.1841, 0.9010), abs=1e-4)  # Clopper and Pearson of 4 in 7
    assert coverage(found.rows, 0.5).inside == 2


def test_totals_by_hand():
    found = against(seen("people", 0, 1, value=12, window="A"), seen("people", 1, 2, value=24, window="B"))
    one = total(found.rows, "people")
    assert one is not None
    assert (one.windows, one.observed, one.simulated) == (2, 36, 10 + 20)
    assert one.band90 == (3, 57)
    assert total(found.rows, "flights") is None


def test_what_overlaps_an_earlier_row_is_not_summed_twice():
    found = against(
        seen("people", 0, 1, window="A"),
        seen("people", 0.5, 1.5, window="B"),
        seen("people", 1, 2, window="C"),
        seen("people", 1, 2, ("a",), window="D"),
        seen("flights", 1, 2, ("a",), window="D"),
        seen("flights", 1, 2, ("b",), window="E"),
        seen("people", 0, 2, window="F", use="blind"),
        seen("load", 0, 2, window="G"),
    )
    assert [row.overlaps for row in found.rows] == ["", "A", "", "C", "", "", "", ""]
    assert [row.counted for row in found.rows] == [True, False, True, False, True, True, True, False]


def test_a_window_outside_the_clock_is_not_compared():
    found = against(
        seen("people", -0.5, 1, window="early"),
        seen("people", 17 * 24 - 1, 17 * 24 + 1, window="late"),
        seen("people", 0, 17 * 24, value=30, window="all"),
        seen("stock", None, -1, place="inside", window="before"),
    )
    assert [row.compared for row in found.rows] == [False, False, True, False]
    assert [row.overlaps for row in found.rows] == ["", "", "", ""]
    assert [told["why_not"] for told in as_json(found)["windows"]] == ["outside", "outside", None, "outside"]
    assert "outside the scenario's clock, not compared: early, late, before" in warnings(found)
    nothing = against(seen("people", -2, -1))
    assert headline(nothing) == "An airlift: none of the 1 observed windows can be compared."


def test_a_load_where_nothing_flew():
    some = [{"flights_a": [0, k % 2], "flown_a": [0, 10 * (k % 2)]} for k in range(40)]
    found = validate(airlift(some), Observations("obs.csv", "d", (seen("load", 0, 1, value=10), seen("load", 1, 2, window="V"))))
    assert (found.rows[0].undefined, found.rows[0].values.size, found.rows[0].inside(0.9)) == (20, 20, True)
    assert (found.rows[1].undefined, found.rows[1].compared) == (40, False)
    assert any("nothing flew in some replications" in line and "W, V" in line for line in warnings(found))
    json.dumps(as_json(found), allow_nan=False)


def test_by_how_much_the_medians_are_off():
    found = against(
        seen("people", 0, 1, value=20), seen("people", 0, 1, value=5, window="V"), seen("people", 0, 1, value=0, window="Z")
    )
    factor, many = mean_factor(found.rows)
    assert (factor, many) == (pytest.approx(2), 2)
    assert found.rows[2].miss == math.inf
    assert "Worst: Z (people, all), 10 simulated against 0 observed." in headline(found)
    assert math.isnan(mean_factor([])[0])


def test_the_headline():
    found = against(
        seen("people", 0, 1, value=11, window="A", use="calibration"),
        seen("people", 1, 2, value=60, window="B", use="blind"),
        seen("flights", 1, 2, value=1, window="B", use="blind"),
    )
    assert headline(found) == (
        "An airlift: the simulated 90 % bands hold 2 of 3 observed values (calibration 1 of 1, blind 1 of 2). "
        "People out: 9 % low over the calibration windows, 67 % low over the blind windows. "
        "Flights: as observed over the blind windows. Worst: B (people, all), 20 simulated against 60 observed."
    )
    assert [section.title for section in sections(found)] == ["People out, all", "Flights out, all"]


def test_failures_make_it_not_final():
    found = against(seen("people", 0, 1, value=10), failed=[(19, "simulate", "boom")])
    assert "Not final: 1 of 20 replications failed." in headline(found)
    told = as_json(found)
    assert (told["final"], told["failed"], told["replications"]) == (False, 1, 20)
    assert "1 of 20 replications failed, so nothing here is final" in warnings(found)


@pytest.mark.parametrize(
    ("simulated", "observed", "said"),
    [(95, 100, "5 % low"), (112, 100, "12 % high"), (100.3, 100, "as observed"), (240, 100, "2.4 times what was observed"),
     (0, 0, "none, as observed"), (7, 0, "7, none observed"), (0, 50, "100 % low")],
)  # fmt: skip
def test_errors_in_words(simulated, observed, said):
    assert off(simulated, observed) == said


def test_no_more_than_eight_windows_are_named():
    def told(n):
        (line,) = [w for w in warnings(against(*(seen("people", -2, -1, window=f"W{k}") for k in range(n)))) if "outside" in w]
        return line.partition("not compared: ")[2]

    assert told(8) == "W0, W1, W2, W3, W4, W5, W6, W7"
    assert told(9) == "W0, W1, W2, W3, W4, W5, W6, W7 and 1 more"


def test_sections_run_by_measure_and_then_by_time():
    found = against(
        seen("flights", 1, 2), seen("people", 1, 2, window="late"), seen("people", 0, 1, window="soon"),
        seen("people", 0, 2, window="long"), seen("people", 0, 1, ("a",), window="own"), seen("people", -5, 1, window="gone"),
    )  # fmt: skip
    told = [(section.title, [row.seen.window for row in section.rows]) for section in sections(found)]
    assert told == [
        ("People out, all", ["soon", "late", "long"]), ("People out, A", ["own"]), ("Flights out, all", ["W"]),
    ]  # fmt: skip


def test_what_fits_worst():
    """Outside its band before inside; then the larger factor; then the larger number."""
    inside, outside = seen("people", 0, 1, value=4, window="inside"), seen("people", 1, 2, value=45, window="outside")
    assert "Worst: outside (people, all), 20 simulated against 45 observed." in headline(against(inside, outside))
    near = seen("people", 0, 1, value=9, window="near")
    assert "Worst: inside " in headline(against(near, inside))
    twice = seen("people", 1, 2, value=8, window="twice")  # 20 against 8 is 10 against 4
    assert "Worst: twice " in headline(against(inside, twice))


def test_json_keeps_to_its_shape():
    told = as_json(
        against(seen("people", 0, 1, value=4, low=3, high=25), seen("stock", None, 1, place="inside", value=0, window="S"))
    )
    row = told["windows"][0]
    assert row["observed"] == {"value": 4, "low": 3, "high": 25}
    assert row["simulated"] == {
        "median": 10, "low_50": 5, "high_50": 15, "low_90": 1, "high_90": 19, "replications": 19, "without": 0,
    }  # fmt: skip
    assert (row["share_at_most"], row["range_90"], row["in_total"]) == (4 / 19, "part", True)
    assert (row["inside_50"], row["inside_90"]) == (False, True)  # 4 lies in 1 … 19 and not in 5 … 15
    assert told["uses"]["check"]["totals"]["people"]["ratio"] == 2.5
    assert told["clock"] == {"start_utc": "2021-08-14T07:00:00Z", "end_utc": "2021-08-31T07:00:00Z"}
    assert told["windows"][1]["start_utc"] is None
    json.dumps(told, allow_nan=False)
