"""Who is ordered out by what, in words."""

from __future__ import annotations

import pytest

from sim.scenario import loads
from sim.scenario.causes import order_rows

TEXT = """\
clock: {start: 2021-09-12 06:00}
threat: {timeline: [{at: 5 h, level: contested}]}
security:
  phases: [{begins: start, provider: none}]
  reactions: {share: 50%, decides: 3 d}
missions:
  alpha:
    title: Alpha embassy
    order: {when: [threat >= contested, gone beta, gone >= 30%, provider leaving, provider absent], delay: 6 h}
    reaction: {tier: 2}
    cohorts: {core: 30, families: {people: 20, order: {at: 2 h}}, stay: {people: 5, residual: all}}
  beta: {title: Beta, order: {at: {contested: 3 h}}, cohorts: {core: 10}}
  delta: {order: {at: 2021-09-13 06:00}, cohorts: {core: 10}}
  gamma: {cohorts: {core: 1}}
  quiet: {residual: all, cohorts: {core: 7}}
  shut: {closed: start, cohorts: {core: 7}}
"""
WHENEVER = (
    "the threat reaches contested, or Beta has gone, or 30 % of the missions have gone, or a foreign force begins to leave, or "
    "no foreign force is at the airport"
)


@pytest.fixture(scope="module")
def rows():
    return order_rows(loads(TEXT, "t.yaml").scenario)


def test_every_mission_has_its_triggers(rows):
    assert [(row.mission, row.cohorts, row.trigger, row.delay) for row in rows] == [
        ("alpha", ("core",), WHENEVER, "6 h"),
        ("alpha", ("families",), "2 h after the start", ""),
        (
            "alpha",
            ("core", "families"),
            "no foreign force is at the airport, as one of the missions that leave then (tier 2)",
            "3 d",
        ),
        ("beta", ("core",), "3 h after contested is reached", ""),
        ("delta", ("core",), "2021-09-13 06:00 UTC+04:30", ""),
        ("gamma", ("core",), "never: it has no order", ""),
        ("quiet", (), "never: it stays", ""),
        ("shut", (), "never: it closes", ""),
    ]


def test_a_row_says_where_the_file_has_it(rows):
    assert [row.path for row in rows[:3]] == [
        "missions.alpha.order",
        "missions.alpha.cohorts.families.order",
        "missions.alpha.reaction",
    ]
    assert rows[0].title == "Alpha embassy"
    assert rows[0].as_json()["cohorts"] == ["core"]
