"""How numbers are said."""

import pytest

from sim.analysis.words import count, duration, people, scenario_labels, share, short_titles, unit_for
from sim.scenario.causes import zone


@pytest.mark.parametrize(
    ("hours", "unit", "said"),
    [
        (0, None, "0 h"), (0.5, None, "30 min"), (1.5, None, "1.5 h"), (34.2, None, "34 h"), (71.9, None, "72 h"),
        (72, None, "3 d"), (115, None, "4.8 d"),
        (34.2, "d", "1.4 d"), (300, "h", "300 h"), (0.5, "d", "0.02 d"),
        (0, "d", "0 d"), (0.5, "h", "0.5 h"), (0.01, "h", "0.01 h"), (-6, "d", "-0.2 d"),
        (-34.2, None, "-34 h"), (-0.25, None, "-15 min"), (-115, None, "-4.8 d"),
        (0.99, None, "59 min"), (0.995, None, "1 h"), (1, None, "1 h"), (9.96, None, "10 h"), (10.4, None, "10 h"),
        (1.19, "d", "0.05 d"), (1.3, "d", "0.1 d"), (9.9, "h", "9.9 h"), (10, "h", "10 h"), (1_204, "h", "1,204 h"),
        (96, None, "4 d"), (97, None, "4 d"), (98.5, None, "4.1 d"), (24_000, None, "1000 d"),
    ],
)  # fmt: skip
def test_duration(hours, unit, said):
    assert duration(hours, unit) == said


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0, "0 %"),
        (0.001, "< 1 %"),
        (0.0049, "< 1 %"),
        (0.005, "< 1 %"),
        (0.006, "1 %"),
        (0.5, "50 %"),
        (0.994, "99 %"),
        (0.995, "> 99 %"),
        (0.999, "> 99 %"),
        (1, "100 %"),
    ],
)
def test_share_never_rounds_to_certainty(p, said):
    assert share(p) == said


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (0, "0"),
        (0.01, "< 0.1"),
        (0.049, "< 0.1"),
        (0.05, "0.1"),
        (0.25, "0.2"),
        (3, "3"),
        (9.94, "9.9"),
        (10.4, "10"),
        (1234.4, "1,234"),
        (-0.01, "> -0.1"),
        (-0.3, "-0.3"),
        (-12.3, "-12"),
    ],
)
def test_count_never_rounds_to_nobody(x, said):
    assert count(x) == said


def test_people():
    assert people(1) == "1 person"
    assert people(1204) == "1,204 people"


@pytest.mark.parametrize(
    ("titles", "shown"),
    [
        (["Nobody at the airport while it falls", "Turkish forces at the airport while it falls"], ["Nobody", "Turkish forces"]),
        (["The base", "The other"], ["base", "other"]),
        (["Same", "Same"], ["n0", "n1"]),
        (["Alone at home"], ["Alone at home"]),
        (["A", ""], ["n0", "n1"]),
        (["A b", "A"], ["A b", "A"]),
    ],
)
def test_scenarios_are_told_apart_by_what_their_titles_differ_in(titles, shown):
    assert scenario_labels([(f"n{k}", title) for k, title in enumerate(titles)]) == shown


def test_titles_are_shortened_only_as_far_as_they_stay_apart():
    titles = {"un": "United Nations (agencies)", "n": "Embassy (north)", "s": "Embassy (south)", "x": "Twin", "y": "Twin"}
    assert short_titles(titles) == {
        "un": "United Nations", "n": "Embassy (north)", "s": "Embassy (south)", "x": "Twin (x)", "y": "Twin (y)"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "unit"), [([3, 71], "h"), ([3, 72], "d"), ([-100, None], "d"), ([], "h"), ([float("inf"), 1], "h")]
)
def test_like_numbers_have_the_unit_of_the_longest(hours, unit):
    assert unit_for(hours) == unit


@pytest.mark.parametrize(("offset", "said"), [(4.5, "UTC+04:30"), (0, "UTC"), (-3.5, "UTC-03:30"), (7, "UTC+07:00")])
def test_a_zone(offset, said):
    assert zone(offset) == said
