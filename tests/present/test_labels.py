"""What scenarios are called in a picture: the parts of their titles that tell them apart."""

from __future__ import annotations

import pytest

from sim.present.labels import labels, mission_titles, shared, wrapped
from tests.analysis.synthetic import Fake

COLLAPSE = "while the government collapses within days"
TURKISH, NONE = f"Turkish forces at the airport {COLLAPSE}", f"Nobody at the airport {COLLAPSE}"


@pytest.mark.parametrize(
    ("titles", "parts"),
    [
        ((TURKISH,), (TURKISH,)),
        (("word " * 40,), ("word " * 15 + "…",)),
        ((TURKISH, NONE), ("Turkish forces at the airport", "Nobody at the airport")),
        (("Kabul with 2 lanes", "Kabul with 4 lanes"), ("2 lanes", "4 lanes")),
        (("Kabul", "Khartoum"), ("Kabul", "Khartoum")),
        (("Kabul", "Kabul with lanes"), ("Kabul", "Kabul with lanes")),
    ],
)
def test_only_what_differs(titles: tuple[str, ...], parts: tuple[str, ...]) -> None:
    assert tuple(labels([Fake(f"s{k}", title) for k, title in enumerate(titles)])) == parts


def test_one_title_twice() -> None:
    assert labels([Fake("a-now", "Same"), Fake("a-now", "Same"), Fake("b-now", "Other")]) == ["a-now", "a-now (2)", "Other"]
    assert labels([Fake("a-now", "Same"), Fake("b-now", "Same")]) == ["a-now", "b-now"]
    assert labels([Fake("a-now", "")]) == ["a-now"]


def test_what_they_share() -> None:
    assert shared([Fake("a", TURKISH), Fake("b", NONE)]) == "While the government collapses within days"
    assert shared([Fake("a", TURKISH)]) == ""
    assert shared([Fake("a", "Kabul"), Fake("b", "Khartoum")]) == ""


def test_lines() -> None:
    assert wrapped("Turkish forces at the airport", 16) == "Turkish forces\nat the airport"
    assert len(wrapped("word " * 90).splitlines()) == 3
    assert wrapped("") == ""


def test_titles_of_missions() -> None:
    text = "missions: {germany: {title: Germany}, france: {staff: 3}, odd: 4}"
    assert mission_titles(Fake(scenario_text=text)) == {"germany": "Germany"}
    assert mission_titles(Fake(scenario_text="missions: [1]")) == {}
