"""Numbers with units and distributions, against hand calculations."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from sim.scenario.number import rounded
from sim.scenario.parsing import parse_quantity
from sim.scenario.quantity import Quantity, constant
from sim.scenario.types import ClockTime, Condition, DailyHours, Date, Moment, Utc


@pytest.mark.parametrize(
    ("raw", "dimension", "expected"),
    [
        ("45 min", "time", 45 / 60), ("90s", "time", 90 / 3600), ("2 d", "time", 48), ("1 wk", "time", 168), (3, "time", 3), ("15 min", "time", 0.25),
        ("300 people/h", "flow", 300), ("240 people/d", "flow", 10), ("5 people/min", "flow", 300), ("12 /d", "frequency", 0.5), ("1 / wk", "frequency", 1 / 168),
        ("20 s/person", "per-person", 20 / 3600), ("5 km", "length", 5), ("500 m", "length", 0.5), ("40%", "share", 0.4), ("40 %", "share", 0.4),
        (0.4, "share", 0.4), ("1_200 people", "people", 1200), ("1e3", "count", 1000), ("25 km/h", "speed", 25), ("1.5", "factor", 1.5),
    ],
)  # fmt: skip
def test_units(raw: object, dimension: str, expected: float) -> None:
    assert parse_quantity(raw, dimension).value == pytest.approx(expected, rel=1e-15)


def test_minutes_and_seconds_are_exact_where_they_can_be() -> None:
    assert parse_quantity("15 min", "time").value == 0.25
    assert parse_quantity("6 h", "time").value == 6.0
    assert parse_quantity("1800 s", "time").value == 0.5


@pytest.mark.parametrize(
    "raw", ["1__0", "1_", "_1", "1 2", "٣ h", "1h h", "h", "", " ", "--1", "1,5", "0x10", "1 H", "∞", "inf h", "1e400 h"]
)
def test_texts_that_are_no_times(raw: str) -> None:
    with pytest.raises(ValueError, match=r"^expected "):
        parse_quantity(raw, "time")


@pytest.mark.parametrize(
    ("raw", "family", "mean"),
    [
        ({"uniform": ["2 h", "6 h"]}, "uniform", 4),
        ({"uniform": {"high": "6 h", "low": "2 h"}}, "uniform", 4),
        ({"triangular": ["2 h", "6 h", "1 d"]}, "triangular", (2 + 6 + 24) / 3),
        ({"pert": {"low": 2, "mode": 6, "high": 24}}, "pert", (2 + 4 * 6 + 24) / 6),
        ({"exponential": {"mean": "90 min"}}, "exponential", 1.5),
        ({"gamma": {"mean": "12 d", "cv": 0.6}}, "gamma", 288),
        ({"lognormal": {"mean": "12 h", "cv": 0.5}}, "lognormal", 12),
        (
            {"lognormal": {"median": "4 d", "p90": "10 d"}},
            "lognormal",
            96 * math.exp((math.log(2.5) / 1.2815515655446004) ** 2 / 2),
        ),
        ({"weibull": {"shape": 2, "scale": "1 d"}}, "weibull", 24 * math.gamma(1.5)),
        ({"normal": {"mean": "6 h", "sd": "1 h"}}, "normal", 6),
        ({"choice": {"values": ["1 h", "5 h"], "weights": [3, 1]}}, "choice", 2),
        ({"choice": {"values": ["1 h", "5 h"]}}, "choice", 3),
        ({"value": "2 h"}, "constant", 2),
    ],
)
def test_distributions(raw: object, family: str, mean: float) -> None:
    quantity = parse_quantity(raw, "time")
    assert quantity.family == family
    assert quantity.mean == pytest.approx(mean, rel=1e-12)


def test_moments_of_a_gamma_and_a_lognormal() -> None:
    shape, scale = parse_quantity({"gamma": {"mean": 10, "cv": 0.5}}, "time").params
    assert math.sqrt(shape) * scale / (shape * scale) == pytest.approx(0.5)
    mu, sigma = parse_quantity({"lognormal": {"median": 4, "p90": 10}}, "time").params
    assert math.exp(mu) == pytest.approx(4)
    assert math.exp(mu + 1.2815515655446004 * sigma) == pytest.approx(10)
    mu, sigma = parse_quantity({"lognormal": {"mean": 12, "cv": 0.5}}, "time").params
    assert math.sqrt(math.exp(sigma**2) - 1) == pytest.approx(0.5)


def test_means_of_head_counts_may_be_fractions_but_not_their_values() -> None:
    assert parse_quantity({"exponential": {"mean": 12.5}}, "people").mean == 12.5
    with pytest.raises(ValueError, match="whole number of people"):
        parse_quantity(12.5, "people")
    with pytest.raises(ValueError, match="whole number"):
        parse_quantity({"choice": {"values": [1.5]}}, "count")


def test_the_range_of_a_value_comes_from_its_grade() -> None:
    def spread(**about: object) -> tuple[float, float] | None:
        return parse_quantity({"value": 100, **about}, "factor").spread

    assert spread() is None
    assert spread(evidence="measured") == pytest.approx((90, 110))
    assert spread(evidence="reported") == pytest.approx((75, 125))
    assert spread(evidence="estimated") == pytest.approx((50, 150))
    assert spread(evidence="assumed") == pytest.approx((50, 200))
    assert spread(low=80, high=90 + 20, evidence="assumed") == (80, 110)
    assert spread(low=80, evidence="measured") == pytest.approx((80, 110))


def test_scaling_scales_the_mean() -> None:
    for raw in (
        {"gamma": {"mean": 3, "cv": 1}},
        {"lognormal": {"mean": 3, "cv": 1}},
        {"choice": {"values": [1, 5]}},
        {"uniform": [1, 5]},
        3,
    ):
        quantity = parse_quantity(raw, "time")
        assert quantity.scaled(2.5).mean == pytest.approx(2.5 * quantity.mean)


def test_only_constants_have_a_value() -> None:
    assert constant(3).value == 3
    with pytest.raises(ValueError, match="distribution"):
        _ = Quantity("uniform", (1.0, 2.0)).value
    with pytest.raises(ValueError, match="unknown family"):
        _ = Quantity("cauchy", (1.0, 2.0)).mean


def test_moments() -> None:
    start = Date.parse("2021-09-12 06:00")
    assert Moment.parse("start") == Moment()
    date = Moment.parse("2021-09-10").date
    assert date is not None
    assert date.hours_after(start) == -54
    assert Moment.parse("36 h").delay.value == 36
    later = Moment.parse({"fallen": {"uniform": ["4 d", "7 d"]}})
    assert (later.after, later.delay.params) == ("fallen", (96, 168))
    assert Moment.parse({"uniform": ["24 h", "40 h"]}).after == "start"


def test_conditions() -> None:
    assert Condition.parse("threat >= contested") == ("threat", "contested", 0)
    assert Condition.parse("gone united-states") == ("gone", "united-states", 0)
    assert Condition.parse("gone >= 50 %") == ("share", "", 0.5)
    assert Condition.parse("provider  leaving") == ("leaving", "", 0)
    for bad in ("threat >= ", "threat > x", "gone", "gone >= 150%", "gone A", "provider", 5, None, ["a"]):
        with pytest.raises(ValueError, match=r"^expected "):
            Condition.parse(bad)


def test_times_of_day() -> None:
    assert ClockTime.parse("06:30").hour == 6.5
    span = DailyHours.parse("22:00-04:30")
    assert (span.contains(23), span.contains(4), span.contains(4.5), span.contains(12)) == (True, True, False, False)
    assert DailyHours.parse("always").always
    assert not DailyHours.parse("never").contains(0)
    assert Utc.parse("+04:30") == 4.5
    assert Utc.parse("-03:30") == -3.5
    for bad in ("48:00", "6", "06:60", "06:30:30", 6):
        with pytest.raises(ValueError, match="time of day"):
            ClockTime.parse(bad)


@pytest.mark.parametrize(
    ("raw", "when"),
    [
        ("2021-08-15", "2021-08-15 00:00"),
        ("2021-08-15 06:00:00", "2021-08-15 06:00"),
        ("2021-08-15T24:00", "2021-08-16 00:00"),
        ("2021-08-31 25:30:00", "2021-09-01 01:30"),
    ],
)
def test_dates_are_read_as_timetables_write_them(raw: str, when: str) -> None:
    assert f"{Date.parse(raw).when:%Y-%m-%d %H:%M}" == when


@pytest.mark.parametrize(
    "raw", ["2021-08-15 06:00:30", "2021-08-15 48:00", "2021-02-29", "9999-12-31 25:00", "2021-08-15 6", "15.8.2021"]
)
def test_dates_that_are_none(raw: str) -> None:
    with pytest.raises(ValueError, match=r"expected a date such as"):
        Date.parse(raw)


def test_times_of_day_after_midnight_and_offsets_of_one_digit() -> None:
    assert [ClockTime.parse(raw).hour for raw in ("25:30:00", "25:30", "24:00", "06:30:00")] == [1.5, 1.5, 24.0, 6.5]
    assert DailyHours.parse("22:00-26:00") == DailyHours.parse("22:00-02:00")
    with pytest.raises(ValueError, match="less than a day"):
        DailyHours.parse("02:00-26:00")
    assert [Utc.parse(raw) for raw in ("+4:30", "+04:30", "-3:00", "−03:00")] == [4.5, 4.5, -3.0, -3.0]
    for raw in ("+14:30", "4:30", "+4:60", "+4.5", "+430"):
        with pytest.raises(ValueError, match="hours ahead of UTC"):
            Utc.parse(raw)


@pytest.mark.parametrize(
    ("number", "digits", "shown"),
    [(0, 3, "0"), (0.01234, 3, "0.0123"), (3.333, 3, "3.33"), (999.4, 3, "999"), (999.6, 3, "1,000"), (1200, 3, "1,200"), (12345.4, 4, "12,345"),
     (-32800, 4, "-32,800"), (1.5e6, 3, "1,500,000"), (math.inf, 3, "inf")],
)  # fmt: skip
def test_digits_that_are_shown(number: float, digits: int, shown: str) -> None:
    assert rounded(number, digits) == shown


def test_no_number_is_shown_as_a_power_of_ten() -> None:
    """Whoever shows few digits of a number asks :func:`rounded`, unless it is small, or goes into a scenario."""
    small, written = {"cautions.py", "causes.py", "wording.py"}, {"own.py", "points.py"}
    root = Path(__file__).parents[2] / "sim"
    found = {p.name for p in root.rglob("*.py") if re.search(r":[,+ ]?[.]\dg}", p.read_text("utf-8"))}
    assert found == small | written
