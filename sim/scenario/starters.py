"""A commented scenario to start from, with made-up staff or that of a roster; alone, or over a base."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.scenario.roster import Post, Roster, Staff, read_roster

SCHEMA_FILE = "evacsim.schema.json"
"""Where editors look for the schema, beside the scenario: ``evacsim schema > evacsim.schema.json``."""
MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}"
_POOL = "  buses: {seats: 40, number: 4}\n"

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
{modeline}
# A scenario: who has to get out, by which way, while what goes on.  Every key is explained in docs/reference/scenario-format.md;
# leave out what you don't need: without gates nobody is searched, without lift a person is out on leaving the last stage.
# Any number may be a distribution ({{lognormal: {{median: 4 d, p90: 10 d}}}}) or carry its evidence
# ({{value: 6, low: 4, high: 8, kind: lever, source: the plan, evidence: estimated}}).
title: {title}
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

road: {road}
{vehicles}
lift:
  types: {{c-130: {{seats: 90, stand: large, load: 1 h}}}}
  fleets:
    ours: {{aircraft: c-130, number: 2, available: {{contested: 1 d}}, outbound: 4 h, turn: 2 h, inbound: 4 h,
           patience: 3 h, dispatch: waiting}}

{missions}"""


@dataclass(frozen=True)
class Started:
    """A scenario to start from."""

    text: str
    notices: tuple[str, ...] = ()
    """What its reader should know: how the roster was read, what was made up."""


def starter() -> str:
    """A commented scenario that loads and runs."""
    return _filled("A first scenario", "{drive: 40 min}", f"vehicles:\n{_POOL}", _MISSIONS)


def starter_from_csv(path: str | os.PathLike[str]) -> str:
    """The same with the staff of a roster; raises ScenarioError for all bad lines."""
    return started(read_roster(path)).text


def started(roster: Roster) -> Started:
    """The same with the staff of a roster, and what is made up of it."""
    distances = [post.distance_km for post in roster.posts]
    parts = ["drive: 40 min"] if None in distances else []
    parts += ["speed: 25 km/h"] if any(distance is not None for distance in distances) else []
    pools = list(dict.fromkeys(staff.vehicles for post in roster.posts for staff in post.staff if staff.vehicles))
    vehicles = "".join(f"  {word(pool)}: {{seats: 40, number: 4}}     # made up: write your own\n" for pool in pools)
    missions = "missions:\n" + "".join(f"{line}\n" for post in roster.posts for line in _post(post))
    text = _filled("Staff of a roster", f"{{{', '.join(parts)}}}", f"vehicles:\n{vehicles}" if pools else "", missions)
    made_up = [f"seats and numbers of vehicles are made up: {', '.join(pools[:8])}"] if pools else []
    return Started(text, (*roster.notices, *made_up))


def _filled(title: str, road: str, vehicles: str, missions: str) -> str:
    return _STARTER.format(modeline=MODELINE, title=title, road=road, vehicles=vehicles, missions=missions)


def _post(post: Post) -> Iterator[str]:
    yield f"  {word(post.name)}:"
    yield from about(post)
    yield "    cohorts:"
    yield from (f"      {word(staff.cohort)}: {people_of(staff)}" for staff in post.staff)
    yield "    order: {when: threat >= contested, delay: 6 h}"


def about(post: Post) -> Iterator[str]:
    """Title and distance of a mission, as far as the roster says them."""
    if post.title:
        yield f"    title: {json.dumps(post.title, ensure_ascii=False)}"
    if post.distance_km is not None:
        yield f"    distance: {post.distance_km:.15g} km"


def people_of(staff: Staff, also: Sequence[str] = ()) -> str:
    """A cohort as a scenario says it."""
    parts = [f"vehicles: {word(staff.vehicles)}"] if staff.vehicles else []
    return f"{{{', '.join([f'people: {staff.people}', *parts, *also])}}}" if parts or also else str(staff.people)


def word(name: str) -> str:
    """A name as YAML says it, in quotes where other readers might take it for something else."""
    plain = re.fullmatch(r"[a-z][a-z0-9-]*", name) and name not in ("null", "true", "false", "yes", "no", "on", "off", "y", "n")
    return name if plain else json.dumps(name)
