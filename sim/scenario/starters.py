"""A commented scenario to start from, with made-up staff or that of a roster in CSV."""

from __future__ import annotations

import csv
import io
import os
import re
from pathlib import Path as FilePath

from sim.scenario.errors import Faults, Message, Place, shown
from sim.scenario.files import Source, read

COLUMNS = ("mission", "cohort", "people")
MOST_ROWS = 10_000
MOST_PEOPLE = 1_000_000_000

_MISSIONS = """\
missions:
  embassy:                            # a name of a-z, 0-9 and '-'
    title: Our embassy
    cohorts:
      core: 60                        # a bare number is a head count
      local:
        people: 300
        ready: {triangular: [6 h, 12 h, 48 h]}   # from the order to readiness, drawn for each group
        vehicles: buses               # one of the pools above
        priority: 1                   # lower goes first
    order: {when: threat >= contested, delay: 6 h}
  school:
    cohorts: {staff: 40}
    order: {at: 2 d, when: gone embassy}         # whichever comes first
"""

_STARTER = """\
# A scenario: who has to get out, by which way, while what goes on.  Every key is explained in docs/scenario-format.md;
# leave out what you don't need: without gates nobody is searched, without lift a person is out on leaving the last stage.
# Any number may be a distribution ({{lognormal: {{median: 4 d, p90: 10 d}}}}) or carry its evidence
# ({{value: 6, low: 4, high: 8, kind: lever, source: the plan, evidence: estimated}}).
title: A first scenario
clock: {{start: 2021-09-12 06:00, horizon: 30 d, utc_offset: +04:30, daylight: 05:35-18:05}}

threat:                               # levels: stable, threatened, contested, fallen
  start: threatened
  fallen: fallen                      # at this level the capital has fallen
  stay: {{threatened: {{gamma: {{mean: 6 d, cv: 0.6}}}}, contested: {{lognormal: {{median: 4 d, p90: 10 d}}}}}}
  effects:
    contested: {{road: 2}}              # driving takes twice as long

airport:
  gates:
    main: {{lanes: 4, per_person: 90 s/person, hours: 06:00-20:00}}
  consular: {{officers: 6, per_person: 3 min/person}}
  holding: 500 people
  airfield:
    runway: {{day: 5 min, night: 10 min}}
    stands: {{large: {{number: 3}}}}

road: {{drive: 40 min}}
vehicles:
  buses: {{seats: 40, number: 4}}

lift:
  types: {{c-130: {{seats: 90, stand: large, load: 1 h}}}}
  fleets:
    ours: {{aircraft: c-130, number: 2, available: {{contested: 1 d}}, outbound: 4 h, turn: 2 h, inbound: 4 h,
           patience: 3 h, dispatch: waiting}}

{missions}"""


def starter() -> str:
    """A commented scenario that loads and runs."""
    return _STARTER.format(missions=_MISSIONS)


def starter_from_csv(path: str | os.PathLike[str]) -> str:
    """The same with the staff of a roster: columns ``mission,cohort,people``; raises ScenarioError for all bad lines."""
    label = os.fspath(path)
    file = Source(FilePath(path), label, FilePath(os.path.realpath(path)).parent)
    faults = Faults()
    roster = _roster(read(file, Place(label)), label, faults)
    faults.stop()
    lines = ["missions:"]
    for mission, cohorts in roster.items():
        lines += [f"  {mission}:", "    cohorts:"]
        lines += [f"      {cohort}: {people}" for cohort, people in cohorts.items()]
        lines.append("    order: {when: threat >= contested, delay: 6 h}")
    return _STARTER.format(missions="\n".join(lines) + "\n").replace("A first scenario", "Staff of a roster")


def _roster(text: str, file: str, faults: Faults) -> dict[str, dict[str, int]]:
    """Mission → cohort → people, in the order of the file."""
    roster: dict[str, dict[str, int]] = {}
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = 0
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if sorted(header) != sorted(COLUMNS):
            faults.add(Place(file), (), Message(f"expected the columns {', '.join(COLUMNS)}", shown(",".join(header))))
            return roster
        for row in reader:
            place = Place(file, reader.line_num)
            if not any(cell.strip() for cell in row):
                continue
            rows += 1
            if rows > MOST_ROWS:
                faults.add(place, (), f"expected at most {MOST_ROWS:,} rows")
                break
            if len(row) != len(header):
                faults.add(place, (), Message(f"expected {len(header)} values", str(len(row))))
                continue
            _add(roster, dict(zip(header, (cell.strip() for cell in row), strict=True)), place, faults)
    except csv.Error as error:
        faults.add(Place(file, max(1, reader.line_num)), (), f"not CSV: {error}")
    if not rows and not len(faults):
        faults.add(Place(file), (), "expected at least one row of staff")
    return roster


def _add(roster: dict[str, dict[str, int]], row: dict[str, str], place: Place, faults: Faults) -> None:
    good = True
    for key in ("mission", "cohort"):
        if not re.fullmatch(r"[a-z0-9-]{1,40}", row[key]):
            slug = re.sub(r"[^a-z0-9]+", "-", row[key].lower()).strip("-")[:40].strip("-")
            got = shown(row[key]) + (f'; write "{slug}"' if slug else "")
            faults.add(place, (key,), Message("expected a name of a-z, 0-9 and '-' (1 to 40 characters)", got))
            good = False
    people = row["people"]
    if not re.fullmatch(r"[0-9]{1,10}", people) or int(people) > MOST_PEOPLE:
        faults.add(place, ("people",), Message(f"expected a whole number of people ≥ 0, at most {MOST_PEOPLE:,}", shown(people)))
        good = False
    if good:
        cohorts = roster.setdefault(row["mission"], {})
        if row["cohort"] in cohorts:
            faults.add(place, ("cohort",), f"repeated cohort {row['cohort']} of {row['mission']}")
        cohorts.setdefault(row["cohort"], int(people))
