"""The page about the format says what is true of this version."""

from __future__ import annotations

import re

import pytest
from making.fields import BEGIN, END, PAGE, renewed

from sim.scenario import impossible, loads
from sim.scenario.number import UNITS
from sim.scenario.parsing import DISTRIBUTIONS
from sim.scenario.schema import Scenario
from sim.scenario.shapes import ROOT, Shape


def test_the_reference_is_that_of_the_schema() -> None:
    page = PAGE.read_text("utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert page == renewed(page), "run: python docs/making/fields.py"


def examples() -> list[str]:
    """The YAML blocks of the page."""
    return re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(len(examples())))
def test_every_example_loads(number: int) -> None:
    text = examples()[number]
    scenario = loads(text if "\nmissions:" in text else text + "\nmissions: {embassy: {}}\n", "example.yaml").scenario
    assert impossible(scenario) == []


def test_every_unit_and_distribution_is_named() -> None:
    page = PAGE.read_text("utf-8").partition(BEGIN)[0]
    missing = [unit for units in UNITS.values() for unit in units if unit and f"`{unit}`" not in page]
    missing += [family for family in DISTRIBUTIONS if f"`{{{family}: " not in page]
    assert missing == []


def test_every_field_is_explained() -> None:
    def undocumented(shape: Shape, path: str) -> list[str]:
        found = []
        if shape.form == "section" and shape.model is not None:
            for name, inner in shape.fields.items():
                if not shape.model.model_fields[name].description:
                    found.append(f"{path}.{name}")
                found += undocumented(inner, f"{path}.{name}")
        return found + (undocumented(shape.item, path) if shape.item is not None else [])

    assert undocumented(ROOT, Scenario.__name__) == []
