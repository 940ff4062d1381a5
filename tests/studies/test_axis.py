"""``--vary PATH=VALUES``: lists, ranges with units, and what is refused."""

from __future__ import annotations

import pytest

from sim.studies.axis import Axis, VaryError, parse_vary


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=4,8, 16", ["4", "8", "16"]),
        ("a.b=2:8:3", ["2", "5", "8"]),
        ("a.b=2:9:3", ["2", "5", "8"]),
        ("a.b=0.1:0.5:0.1", ["0.1", "0.2", "0.3", "0.4", "0.5"]),
        ("a.b=24:72:24 h", ["24 h", "48 h", "72 h"]),
        ("a.b=24 h:72:24", ["24 h", "48 h", "72 h"]),
        ("a.b=12 h:2 d:12 h", ["12 h", "24 h", "36 h", "48 h"]),
        ("a.b=1 h:2 h:20 min", ["60 min", "80 min", "100 min", "120 min"]),
        ("a.b=10%:30%:10%", ["10%", "20%", "30%"]),
        ("a.b=16:4:-6", ["16", "10", "4"]),
        ("a.b=1,4:8:2", ["1", "4", "6", "8"]),
        ("a.b={gamma: {mean: 12 d, cv: 0.6}},6 d", ["{gamma: {mean: 12 d, cv: 0.6}}", "6 d"]),
        ("a.b=06:00-18:00,always", ["06:00-18:00", "always"]),
        ("a.b=2021-08-12 06:00,2021-08-13 06:00", ["2021-08-12 06:00", "2021-08-13 06:00"]),
        ("a.b=06:00,18:30", ["06:00", "18:30"]),
        ("a.b='x, y',z", ["'x, y'", "z"]),
        ("a.b=it's,[a, 'b, c']", ["it's", "[a, 'b, c']"]),
        (" a . b =1", ["1"]),
        ("a.b=x=1,y=2", ["x=1", "y=2"]),
    ],
)
def test_values(text: str, values: list[str]) -> None:
    assert parse_vary(text) == Axis("a.b", tuple(values))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a.b", "expected PATH=VALUES"),
        ("=1", "expected PATH=VALUES"),
        ("a..b=1", "expected PATH=VALUES"),
        ("a=", "expected PATH=VALUES"),
        ("a=1,,2", "between commas"),
        ("a=1,1", "twice"),
        ("a=1:2:1,2", "twice"),
        ("a=0:1:0", "step other than 0"),
        ("a=4:2:1", "leads from LO to HI"),
        ("a=1:3", "LO:HI needs a step: LO:HI:STEP, got 1:3"),
        ("a=12 h:3 d", "LO:HI needs a step"),
        ("a=1:1e9:1", "at most 100,000"),
        ("a=1 h:3 km:1 h", "one unit"),
        ("a={1,2", 'expected "}"'),
        ("a={b: [1, 2", 'expected "]"'),  # the innermost that is open
        ("a=[{b: 1, c: 2", 'expected "}"'),
        ("a=1],2", "closes nothing"),
        ("a='1,2", "before the end"),
    ],
)
def test_refused(text: str, why: str) -> None:
    with pytest.raises(VaryError, match=why.replace("[", r"\[")):
        parse_vary(text)
