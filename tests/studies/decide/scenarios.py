"""Small scenarios whose answers can be worked by hand."""

from __future__ import annotations

QUEUE = """
title: Forty people at one gate while nothing happens
clock: {start: 2021-09-12 06:00, horizon: 20 h}
missions:
  embassy: {order: {at: 0 h}, cohorts: {core: {people: 400, group: 1}}}
airport:
  gates: {main: {lanes: 1, per_person: {value: 30 min/person, low: 15 min/person, high: 60 min/person, evidence: assumed}}}
"""
"""c lanes of time s search 20 c / s people within the horizon: with two, 40 to 160 of 400."""
PEOPLE = "missions.embassy.cohorts.core.people"
LANES = "airport.gates.main.lanes"
SEARCH = "airport.gates.*.per_person"
