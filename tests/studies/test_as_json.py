"""What was found as plain data, and back."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import pytest

from sim.analysis.as_json import as_json, of_json
from sim.analysis.statistics import Estimate
from sim.analysis.words import share
from sim.studies.as_json import Interval


@dataclass(frozen=True, slots=True)
class Part:
    values: dict[str, str]
    at: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    title: str
    chance: Interval
    parts: tuple[Part, ...]
    error: str | None = None

    @property
    def first(self) -> Part:
        return self.parts[0]


def test_fields_are_names_in_their_order_and_nothing_else_is() -> None:
    one = Whole("T", Interval.of(Estimate(2 / 3, math.nan, None)), (Part({"road.drive": "2 h"}, (1.0, None)),))
    plain = as_json(one)
    assert json.dumps(plain) == (
        '{"title": "T", "chance": {"estimate": 0.666667, "low": null, "high": null}, '
        '"parts": [{"values": {"road.drive": "2 h"}, "at": [1.0, null]}], "error": null}'
    )
    assert of_json(Whole, json.loads(json.dumps(plain)) | {"folder": "x/1"}) == one
    with pytest.raises(ValueError, match="parts"):
        of_json(Whole, plain | {"parts": None})


def test_an_interval_is_written_with_what_there_is() -> None:
    assert Interval(0.5, 0.25, None).written(share) == ("50 %", "25 %", "–")
