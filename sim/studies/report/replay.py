"""Which replications the page replays, chosen by rule, and what moved in them: simulated again, checked against what is stored.

Beside each stands what all replications came to, for one run is not the answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from sim.analysis.curves import people_out
from sim.analysis.found import Summary, found_of
from sim.analysis.naming import word
from sim.analysis.typical import SHARES, Typical, typical
from sim.analysis.words import mission_titles
from sim.experiment import OutputError, Result, WorkerPool
from sim.model.movements import Movements
from sim.present.page.world import land_around
from sim.scenario import Layers, Loaded, ScenarioError, estimate
from sim.scenario.coordinates import Coordinates
from sim.scenario.places import places_of
from sim.scenario.schema import Scenario
from sim.scenario.schema.threat import Threat
from sim.studies.report.query import QUICK_SCENARIOS
from sim.studies.report.replay_data import TICKS, compact
from sim.studies.report.resimulated import Differs, ahead, resimulated

Json = dict[str, Any]
KINDS = tuple(SHARES)
QUICK = ("median",)
"""What a page has that nobody asked for, of the first :data:`~sim.studies.report.query.QUICK_SCENARIOS`."""
MOST_BYTES = 300_000
"""Of all replays of a page together: about a fifth of what a page may take."""
FINE = 4
"""Ticks an hour at the least, where there is room for more than one run of a scenario."""
EARTH_KM = 6371.0
Seen = Mapping[int, Future[Movements | None]]
"""Replication -> a worker's look at it, done or not."""


def replays(
    results: Sequence[Result],
    loaded: Sequence[Loaded | None] = (),
    *,
    kinds: Sequence[str] = KINDS,
    most_bytes: int = MOST_BYTES,
    seen: Sequence[Seen] = (),
) -> Json | None:
    """What the page replays of *results*, which are its scenarios in their order; None if there is nothing to say of any.

    *loaded*: their scenarios, where they are known already; *kinds*: which replications, of :data:`KINDS`; *seen*: of each
    what a worker has seen.  What is simulated again and isn't what was stored is left out, and ``notes`` says so.  Times are
    rounded up to coarser ticks where the runs would take more than *most_bytes*, and what doesn't fit then is left out too.
    """
    notes: list[str] = []
    known = [*loaded, *[None] * len(results)][: len(results)]
    looks = [*seen, *[None] * len(results)][: len(results)]
    scenarios = [_scenario(k, *each, kinds, notes) for k, each in enumerate(zip(results, known, looks, strict=True))]
    shown = [one for one in scenarios if one is not None]
    if not shown:
        return {"rule": rule(kinds), "notes": notes, "scenarios": [], "world": None} if notes else None
    shown = _fitted(shown, results, most_bytes, notes)
    at = [place for one in shown for place in (one["airport"], *one["hub_at"]) if place is not None]
    mapped = any(one["airport"] is not None and any(one["hub_at"]) for one in shown)
    return {"rule": rule(kinds), "notes": notes, "scenarios": shown, "world": land_around(at) if mapped else None}


def looks(result: Result, loaded: Loaded, pool: WorkerPool) -> Seen:
    """Has workers that have nothing to do look at the runs that :func:`quick` shows of a result that they have just made."""
    seen = ((one.replication, ahead(result, loaded, one.replication, pool)) for one in typical(result, QUICK))
    return {number: look for number, look in seen if look is not None}


def quick(results: Sequence[Result], loaded: Sequence[Loaded], seen: Sequence[Seen] = ()) -> Json | None:
    """What the page that lies beside a result replays: less, for nobody waits for it.  *seen*: of each what workers have seen."""
    made = replays(results[:QUICK_SCENARIOS], loaded, kinds=QUICK, seen=seen)
    if made is not None and made["scenarios"]:
        rest = ", and those of the other scenarios" if len(results) > QUICK_SCENARIOS else ""
        made["notes"].append(f"A page made by evacsim report shows the runs at P10 and P90 too{rest}.")
    return made


def rule(kinds: Sequence[str]) -> str:
    """How the runs are chosen, and what none of them is."""
    *first, last = [f"to {'the ' if kind == 'median' else ''}{kind}" for kind in kinds]
    quantiles = f"{', '.join(first)} and {last}" if first else last
    return (
        "One run is not the answer. What is shown here is chosen by rule: of the stored replications, numbered from 0, the one "
        f"whose number of people left behind is nearest {quantiles} of all of them; the lowest number where several are."
    )


def _scenario(
    k: int, result: Result, loaded: Loaded | None, seen: Seen | None, kinds: Sequence[str], notes: list[str]
) -> Json | None:
    chosen = typical(result, tuple(kinds))
    if not chosen:
        return None
    try:
        loaded = loaded or Layers.of_text(result.scenario_text, "scenario.yaml").load()
    except ScenarioError:
        notes.append(f"{result.name}: no replay, since its scenario cannot be read by this version.")
        return None
    if estimate(loaded.scenario).excess:
        notes.append(f"{result.name}: no replay, since it is beyond the budget of a simulation.")
        return None
    runs = []
    for number in dict.fromkeys(one.replication for one in chosen):
        stands_for = [one for one in chosen if one.replication == number]
        try:
            runs.append((stands_for, resimulated(result, loaded, number, (seen or {}).get(number))))
        except (Differs, OutputError) as error:
            why = "simulated again it is not what was stored" if isinstance(error, Differs) else "its inputs cannot be read"
            notes.append(f"{result.name}: replication {number} ({_names(stands_for)}) is left out: {why}.")
    if not runs:
        return None
    m, threat = runs[0][1], loaded.scenario.threat or Threat()
    found = found_of(result.summary)
    return {
        "scenario": k,
        "missions": list(m.missions),
        "titles": mission_titles(found) if isinstance(found, Summary) else {},
        "gates": [word(site.name) for site in m.gates],
        "hubs": [word(site.name, every=True) for site in m.hubs],
        **_places(loaded.scenario, m),
        "levels": list(threat.levels),
        "fallen": threat.fallen,
        "checkpoints": _checkpoints(loaded.scenario),
        "phases": bool(loaded.scenario.security.phases),
        "replications": result.n - len(result.failed),
        "out": _bands(result),
        "runs": runs,
    }


def _names(stands_for: Sequence[Typical]) -> str:
    return ", ".join(one.kind for one in stands_for)


def _fitted(shown: Sequence[Json], results: Sequence[Result], most_bytes: int, notes: list[str]) -> list[Json]:
    """All runs as JSON with the finest ticks with which they fit; else the first of each scenario alone; else fewer scenarios."""
    if (fit := _fine(shown, [ticks for ticks in TICKS if ticks >= FINE], most_bytes)) is not None:
        return fit
    first = [{**one, "runs": one["runs"][:1]} for one in shown]
    if any(len(one["runs"]) > 1 for one in shown):
        notes.append("Only one run of each scenario is shown, for the others would make this page too large.")
    while first:
        if (fit := _fine(first, TICKS, most_bytes)) is not None:
            return fit
        largest = max(first, key=lambda one: len(one["runs"][0][1].groups))
        first.remove(largest)
        notes.append(f"{results[largest['scenario']].name}: no replay, which would make this page too large.")
    return []


def _fine(shown: Sequence[Json], per_hour: Sequence[int], most_bytes: int) -> list[Json] | None:
    """The scenarios with their runs as JSON, at the first of so many ticks *per_hour* with which they fit; None if with none."""
    for ticks in per_hour:
        made = [{**one, "runs": [_run(stands_for, m, ticks) for stands_for, m in one["runs"]]} for one in shown]
        if len(json.dumps([one["runs"] for one in made], separators=(",", ":"))) <= most_bytes:
            return made
    return None


def _run(stands_for: Sequence[Typical], m: Movements, per_hour: int) -> Json:
    one = stands_for[0]
    about = [[each.kind, each.alike, each.quantile] for each in stands_for]
    return {"replication": one.replication, "left_behind": one.left_behind, "stands_for": about, **compact(m, per_hour)}


def _bands(result: Result) -> Json:
    """People out by the hour over all replications: P5, median and P95 as differences from hour to hour."""
    bands = people_out(result)
    columns = {"low": bands.low90, "median": bands.median, "high": bands.high90}
    return {name: [round(b) - round(a) for a, b in zip((0, *x), x, strict=False)] for name, x in columns.items()}


def _checkpoints(s: Scenario) -> list[int]:
    """On the road while the host's outer layer stands, and once it has collapsed."""
    before, host = s.road.checkpoints.mean, s.security.host
    after = host.after.checkpoints if host is not None else None
    return [round(min(n, 20)) for n in (before, before if after is None else after.mean)]


# -- where things are ----------------------------------------------------------------------------------------------------


def _places(s: Scenario, m: Movements) -> Json:
    """Kilometres and bearing from the airport to each mission, where known; where airport and hubs are; in the run's order."""
    where = places_of(s)
    airport = where.airport
    km: list[float | None] = []
    bearing: list[int | None] = []
    for name in m.missions:
        at, distance = where.missions[name], s.missions[name].distance
        if airport is not None and at is not None:
            apart, course = apart_and_course(airport.lat, airport.lon, at.lat, at.lon)
            km.append(round(apart, 1))
            bearing.append(round(course))
        else:
            km.append(round(distance.mean, 1) if distance is not None and math.isfinite(distance.mean) else None)
            bearing.append(None)
    hubs = [where.hubs[site.name] for site in m.hubs]
    return {
        "km": km,
        "bearing": bearing,
        "hub_at": [_pair(at) for at in hubs],
        "airport": _pair(airport),
    }


def _pair(at: Coordinates | None) -> list[float] | None:
    return None if at is None else [round(at.lat, 2), round(at.lon, 2)]


def apart_and_course(lat: float, lon: float, to_lat: float, to_lon: float) -> tuple[float, float]:
    """Great-circle distance in km and initial course in degrees from north, from one place to another (degrees)."""
    a, b, turn = math.radians(lat), math.radians(to_lat), math.radians(to_lon - lon)
    x, y = math.cos(b) * math.sin(turn), math.cos(a) * math.sin(b) - math.sin(a) * math.cos(b) * math.cos(turn)
    z = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return EARTH_KM * math.atan2(math.hypot(x, y), z), math.degrees(math.atan2(x, y)) % 360
