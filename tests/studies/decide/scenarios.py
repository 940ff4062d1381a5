"""Small scenarios whose answers can be worked by hand."""

from __future__ import annotations

from pathlib import Path

_TEXT = """
title: {title} while nothing happens
clock: {{start: 2021-09-12 06:00, horizon: 10 h}}
missions:
  embassy: {{order: {{at: 0 h}}, cohorts: {{core: {{people: 50, group: 1}}}}}}
  closed: {{closed: 2021-05-28, cohorts: {{core: 3}}}}
airport: {{gates: {{main: {{lanes: 1, per_person: {search}}}}}}}
"""
OPEN = _TEXT.format(title="One lane of unknown speed", search="{value: 30 min/person, low: 15 min/person, high: 60 min/person}")
"""s is 4^(u - 1) hours, u even in 0 to 1: 40 · 4^-u of 50 people get through a lane in 10 h, 21.6 on average."""
FIXED = _TEXT.format(title="One lane of 27 minutes", search="27 min/person")
"""22 get through, 28 are left behind."""
SEARCH, LANES, PEOPLE = "airport.gates.*.per_person", "airport.gates.main.lanes", "missions.embassy.cohorts.core.people"


def files(folder: Path, **texts: str) -> list[str]:
    """Scenario files by their names."""
    paths = []
    for name, text in texts.items():
        paths.append(folder / f"{name}.yaml")
        paths[-1].write_text(text)
    return [str(path) for path in paths]
