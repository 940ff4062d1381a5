"""Every shipped scenario loads, says where its numbers come from, and together they use every feature of the model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from pydantic import BaseModel

from sim.analysis.factors import candidates
from sim.experiment.identity import run_id
from sim.model import compile_scenario, simulate
from sim.model.compiled.airport import search_time
from sim.model.draws import inverse
from sim.model.reactions import going
from sim.scenario import Loaded, Quantity, Scenario, ScenarioError, load, loads, shipped_names
from sim.scenario.schema import AircraftType, Cohort, Fleet, Force, Mission, Order, Provider
from sim.scenario.types import Condition, Moment

FOLDER = Path(__file__).parents[2] / "scenarios"
PROVIDERS = ("turkish", "none", "coalition")
THREATS = ("holding", "advancing", "collapse")
OVERLAYS = tuple(f"{p}-{t}" for p in PROVIDERS for t in THREATS)
BASES = ("base/kabul", *(f"base/kabul-{t}" for t in THREATS))
PLACES = ("khartoum-2023", "saigon-1975")
SHIPPED = ("minimal", "reference", *OVERLAYS, *BASES, *PLACES)

PLANNING_TOTALS = {
    "united-states": 4000, "united-kingdom": 450, "germany": 150, "france": 150, "turkey": 130,
    "european-union-delegation": 300, "united-nations-unama-and-agencies": 1200, "canada": 180, "italy": 110, "spain": 70,
    "netherlands": 80, "norway": 80, "denmark": 120, "sweden": 90, "finland": 60, "czech-republic": 30, "switzerland": 45,
    "romania": 15, "japan": 120, "south-korea": 90, "india": 192, "pakistan": 120, "china": 90, "russia": 100, "iran": 70,
    "kazakhstan": 20, "uzbekistan": 20, "turkmenistan": 15, "tajikistan": 15, "united-arab-emirates": 50, "qatar": 35,
    "saudi-arabia": 55, "indonesia": 26, "egypt": 20,
}  # fmt: skip
"""Staff without families, column planning_total of the evidence; NATO's airport staff are the operator, not a mission."""

STAYED = {"turkey", "pakistan", "china", "russia", "iran", "kazakhstan", "uzbekistan", "turkmenistan", "tajikistan", "qatar"}


@cache
def loaded(name: str) -> Loaded:
    """The shipped scenario *name* with what the loader says of it."""
    return load(FOLDER / f"{name}.yaml")


def scenario(name: str) -> Scenario:
    return loaded(name).scenario


def quantities(value: object, path: str = "") -> Iterator[tuple[str, Quantity]]:
    """Every quantity below *value* with its dotted path."""
    if isinstance(value, Quantity):
        yield path, value
    elif isinstance(value, Moment):
        yield path, value.delay
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from quantities(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from quantities(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple) and not isinstance(value, Condition):
        for i, inner in enumerate(value):
            yield from quantities(inner, f"{path}.{i}")


def cohorts_of(mission: Mission) -> dict[str, Cohort]:
    """Cohorts by name; the loader has made a section of every head count."""
    return {name: c for name, c in mission.cohorts.items() if isinstance(c, Cohort)}


def test_every_file_is_listed_here() -> None:
    found = {str(p.relative_to(FOLDER).with_suffix("")) for p in FOLDER.rglob("*.yaml")}
    assert set(SHIPPED) <= found


@pytest.mark.first(8)
@pytest.mark.parametrize("name", SHIPPED)
def test_it_loads_without_fault(name: str) -> None:
    assert scenario(name).missions
    assert loaded(name).name == Path(name).name


@pytest.mark.parametrize("name", [*OVERLAYS, *BASES])
def test_every_number_has_a_source_and_a_grade(name: str) -> None:
    written = [(path, q) for path, q in quantities(scenario(name)) if q.text is not None]
    assert len(written) > 900
    assert [path for path, q in written if q.evidence is None or not q.source] == []


@pytest.mark.parametrize("name", [*OVERLAYS, *BASES])
def test_a_stated_range_holds_its_value(name: str) -> None:
    for path, q in quantities(scenario(name)):
        if q.is_constant and q.low is not None and q.high is not None:
            assert q.low <= q.value <= q.high, path


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_overlay_is_short(name: str) -> None:
    lines = (FOLDER / f"{name}.yaml").read_text().splitlines()
    assert len(lines) <= 25
    assert f"extends: base/kabul-{name.split('-')[1]}.yaml" in lines


def test_an_overlay_only_names_the_phases() -> None:
    for name in OVERLAYS:
        lines = (FOLDER / f"{name}.yaml").read_text().splitlines()
        keys = {line.split(":")[0] for line in lines if line and line[0] not in "# "}
        assert keys == {"extends", "title", "security"}, name
        assert [line.strip() for line in lines if line.startswith("  ") and line[2] != " "] == ["phases:"], name


@pytest.mark.first(3)
@pytest.mark.parametrize("threat", THREATS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_file_on_the_base_and_settings_on_an_overlay_are_the_same(provider: str, threat: str, tmp_path: Path) -> None:
    """What ``scenarios/README.md`` promises, for any provider: whatever goes with it stands in it."""
    phases = "[{begins: start, provider: PROVIDER}]".replace("PROVIDER", provider)
    mine = tmp_path / "mine.yaml"
    mine.write_text(f"extends: evacsim:base/kabul-{threat}\ntitle: Mine\nsecurity: {{phases: {phases}}}\n")
    here = load(mine).digest_text
    for other in PROVIDERS if threat == THREATS[0] else {PROVIDERS[0], provider}:
        assert load(FOLDER / f"{other}-{threat}.yaml", [f"security.phases={phases}"]).digest_text == here, other
    if provider != "coalition":
        assert loaded(f"{provider}-{threat}").digest_text == here


def test_the_example_of_the_readme_is_what_it_says(tmp_path: Path) -> None:
    readme = (FOLDER / "README.md").read_text()
    (example,) = re.findall(r"    # mine\.yaml\n((?:    .*\n)+)", readme)
    (setting,) = re.findall(r"evacsim run scenarios/turkish-collapse\.yaml --set (\S+?)`", readme)
    (tmp_path / "mine.yaml").write_text(dedent(example))
    mine, here = load(tmp_path / "mine.yaml"), load(FOLDER / "turkish-collapse.yaml", [setting])
    assert mine.digest_text == here.digest_text
    assert run_id(mine.digest_text, 1) == run_id(here.digest_text, 1)
    assert mine.digest_text != loaded("turkish-collapse").digest_text


def test_the_minimal_scenario_is_about_fifteen_lines() -> None:
    assert len((FOLDER / "minimal.yaml").read_text().splitlines()) <= 18


def test_all_open_missions_are_there_with_their_staff() -> None:
    missions = scenario("base/kabul").missions
    assert set(missions) == set(PLANNING_TOTALS) | {"australia"}
    for name, total in PLANNING_TOTALS.items():
        people = {c: cohort.people.value for c, cohort in cohorts_of(missions[name]).items()}
        assert sum(n for c, n in people.items() if c != "families") == total, name
        assert people.get("families", 0) == int(4.1 * people.get("local", 0) + 0.5), name
    assert missions["australia"].closed is not None
    assert not missions["australia"].cohorts


def test_what_every_city_shares_serves_another_city() -> None:
    """Nothing of Kabul's is in it: places, people and fleets of its own are all that a small town adds."""
    s = loads("""
        extends: evacsim:base/shared
        airport: {gates: {main: {lanes: 1}}, consular: {officers: 2}}
        lift: {fleets: {f: {aircraft: c-130}}}
        missions: {m: {order: {at: 0 h}, cohorts: {c: {people: 30, starts: gate}}}}
    """).scenario
    assert (set(s.airport.gates), set(s.missions), s.security.providers, s.hubs, s.vehicles) == ({"main"}, {"m"}, {}, {}, {})
    assert search_time(s.airport, s.airport.gates["main"])[1].value * 3600 == pytest.approx(50)
    assert simulate(compile_scenario(s), 1, 0).replication["evacuated"] == 30
    with pytest.raises(ScenarioError, match=r"missions"):
        load("evacsim:base/shared")
    assert "evacsim:base/shared" in shipped_names()


def test_missions_that_stayed_in_2021_stay() -> None:
    missions = scenario("base/kabul").missions
    assert {name for name, m in missions.items() if m.residual == "all"} == STAYED
    un = missions["united-nations-unama-and-agencies"]
    stay = [c.people if c.residual == "all" else c.residual for c in cohorts_of(un).values()]
    assert sum(c.people.value for c in cohorts_of(un).values()) == 100 + sum(q.value for q in stay if isinstance(q, Quantity))


def test_the_backlog_for_surge_seats_is_that_of_the_back_cast() -> None:
    one, other = scenario("base/kabul").lift, scenario("kabul-2021").lift
    assert one is not None
    assert other is not None
    assert one.surge_above.value == other.surge_above.value
    assert (one.surge_when, other.surge_when) == ((), ())


def test_families_are_one_input_for_all_missions() -> None:
    """Whoever has local staff has families, all by one ratio; nothing of its range breaks a rule."""
    base = scenario("base/kabul")
    for name, mission in base.missions.items():
        cohorts = cohorts_of(mission)
        assert ("families" in cohorts) == ("local" in cohorts), name
        if "families" in cohorts:
            assert cohorts["families"].people.of == ("local", "families-per-local"), name
    for kind in ("uncertainty", "lever"):
        named = [
            f.name for f in candidates(base, kind).factors if ("families" in f.name and "people" in f.name) or "ratios" in f.name
        ]
        assert named == (["ratios.families-per-local"] if kind == "uncertainty" else [])
    for ratio in (0, 2, 5.1, 9):
        load(FOLDER / "turkish-collapse.yaml", [f"ratios.families-per-local={ratio}"])


def test_technicians_are_counted_once() -> None:
    base = scenario("base/kabul")
    operator = base.security.providers["turkish"].operator
    assert operator is not None
    assert operator.headcount.value == 850
    assert not any("nato" in name for name in base.missions)


def test_gate_lanes_do_what_was_derived() -> None:
    airport = scenario("base/kabul").airport
    rates = [g.lanes.value / search_time(airport, g)[1].value for g in airport.gates.values()]
    assert 700 <= sum(rates) <= 1000  # 900 (700-950) people an hour, all gates at the peak
    assert all(50 <= r <= 300 for r in rates)  # 150 (50-300) people an hour a gate


def test_stands_are_the_working_maximum_on_ground() -> None:
    airfield = scenario("base/kabul").airport.airfield
    assert airfield is not None
    assert sum(c.number.value for c in airfield.stands.values()) == 6


def _cohorts(s: Scenario) -> list[Cohort]:
    return [c for m in s.missions.values() for c in cohorts_of(m).values()]


def _orders(s: Scenario) -> list[Order]:
    return [o for o in [*(m.order for m in s.missions.values()), *(c.order for c in _cohorts(s))] if o is not None]


def _conditions(s: Scenario) -> set[str]:
    return {c.kind for o in _orders(s) for c in o.when}


def _providers(s: Scenario) -> list[Provider]:
    used = {p.provider for p in s.security.phases}
    return [p for n, p in s.security.providers.items() if n in used]


def _forces(s: Scenario) -> list[Force]:
    return [p.force for p in _providers(s) if p.force is not None]


def _fleets(s: Scenario) -> list[Fleet]:
    return list(s.lift.fleets.values()) if s.lift is not None else []


def _types(s: Scenario) -> list[AircraftType]:
    return list(s.lift.types.values()) if s.lift is not None else []


def _finite(q: Quantity | None) -> bool:
    return q is not None and not (q.is_constant and q.value in (0.0, float("inf")))


FEATURES: dict[str, Callable[[Scenario], object]] = {
    "readiness": lambda s: any(_finite(c.ready) for c in _cohorts(s)),
    "groups ready one after another": lambda s: any(c.gap is not None for c in _cohorts(s)),
    "rear party": lambda s: any(c.rear_party is not None for c in _cohorts(s)),
    "residual presence": lambda s: any(isinstance(c.residual, Quantity) and c.residual.value > 0 for c in _cohorts(s)),
    "a cohort that stays": lambda s: any(c.residual == "all" for c in _cohorts(s)),
    "a multiple of another cohort": lambda s: any(c.people.of is not None for c in _cohorts(s)),
    "a mission that stays": lambda s: any(m.residual == "all" for m in s.missions.values()),
    "closed mission": lambda s: any(m.closed is not None for m in s.missions.values()),
    "order by date": lambda s: any(o.at is not None and o.at.date is not None for o in _orders(s)),
    "order by threat level": lambda s: "threat" in _conditions(s),
    "reaction to an airport that nobody secures": lambda s: (
        s.security.reactions is not None
        and any(m.reaction is not None and m.reaction.tier != "never" for m in s.missions.values())
        and any(p.provider == "none" for p in s.security.phases)
    ),
    "order when the provider leaves": lambda s: "leaving" in _conditions(s) and _forces(s),
    "order when another mission has gone": lambda s: "gone" in _conditions(s),
    "order when a share has gone": lambda s: "share" in _conditions(s),
    "decision delay": lambda s: any(_finite(o.delay) for o in _orders(s)),
    "vehicles that return": lambda s: any(_finite(v.number) for v in s.vehicles.values()),
    "vehicles based at the airport": lambda s: any(v.based == "airport" for v in s.vehicles.values()),
    "convoys": lambda s: s.road.convoy.vehicles.value > 1 and _finite(s.road.convoy.patience),
    "headway": lambda s: _finite(s.road.convoy.headway),
    "negotiation": lambda s: _finite(s.road.negotiation),
    "checkpoints": lambda s: s.road.checkpoints.value > 0 and _finite(s.road.delay),
    "turn-back and retry": lambda s: _finite(s.road.turn_back) and _finite(s.road.retry),
    "curfew": lambda s: s.road.curfew is not None,
    "escort": lambda s: s.road.escorts and any(c.escort is not None for c in _cohorts(s)),
    "closure": lambda s: s.airport.closures,
    "people at the airport already": lambda s: any(c.starts != "mission" for c in _cohorts(s)),
    "helicopter shuttle": lambda s: s.shuttles and any(c.shuttle is not None for c in _cohorts(s)),
    "gates with lanes and search": lambda s: any(_finite(g.lanes) and _finite(g.per_person) for g in s.airport.gates.values()),
    "consular officers": lambda s: s.airport.consular is not None and _finite(s.airport.consular.officers),
    "opening hours": lambda s: any(not g.hours.always for g in s.airport.gates.values()),
    "reopening": lambda s: any(_finite(g.reopening) for g in s.airport.gates.values()),
    "gate out of the crowd's reach": lambda s: any(not g.exposed for g in s.airport.gates.values()),
    "crowd that slows gates": lambda s: s.airport.crowd is not None and _finite(s.airport.crowd.slows),
    "crowd that closes gates": lambda s: s.airport.crowd is not None and _finite(s.airport.crowd.close_above),
    "crowd that breaches the runway": lambda s: s.airport.crowd is not None and s.airport.crowd.breach is not None,
    "news of flights": lambda s: s.airport.crowd is not None and s.airport.crowd.news is not None,
    "outer screening": lambda s: s.security.host is not None and _finite(s.security.host.holds_off),
    "finite holding area": lambda s: _finite(s.airport.holding),
    "runway by day, night and visual only": lambda s: (
        s.airport.airfield is not None
        and s.airport.airfield.runway.night is not None
        and s.airport.airfield.runway.visual is not None
    ),
    "stands by size class": lambda s: (
        s.airport.airfield is not None and len({c.size for c in s.airport.airfield.stands.values()}) > 1
    ),
    "ground time by task": lambda s: any(_finite(t.fuel) and _finite(t.per_person) and t.quick is not None for t in _types(s)),
    "services needed": lambda s: {n for t in _types(s) for n in t.needs} >= {"tower", "fire", "handling"},
    "fuel taken": lambda s: any(f.refuel for f in _fleets(s)),
    "operator": lambda s: any(p.operator is not None for p in s.security.providers.values()),
    "host services by day": lambda s: (
        s.security.host is not None and s.security.host.services and not s.security.host.hours.always
    ),
    "holding and diversion": lambda s: any(_finite(f.endurance) for f in _fleets(s)),
    "ground window": lambda s: any(_finite(f.window) for f in _fleets(s)),
    "fleets with hub and cycle": lambda s: any(f.hubs and _finite(f.outbound) and _finite(f.turn) for f in _fleets(s)),
    "availability by date": lambda s: any(_finite(f.available.delay) for f in _fleets(s)),
    "availability by lag": lambda s: any(f.lag is not None for f in _fleets(s)),
    "own mission first": lambda s: any(f.loading == "own-first" and f.serves for f in _fleets(s)),
    "own mission only": lambda s: any(f.loading == "own-only" for f in _fleets(s)),
    "first come": lambda s: any(f.loading == "first-come" for f in _fleets(s)),
    "pooled by priority": lambda s: len({c.priority for c in _cohorts(s)}) > 2,
    "load waited for": lambda s: any(_finite(f.wait_for) and _finite(f.patience) for f in _fleets(s)),
    "head of line": lambda s: s.lift is not None and s.lift.head_of_line,
    "surge seats": lambda s: s.lift is not None and _finite(s.lift.surge_above),
    "commercial flights that stop": lambda s: s.lift is not None and any(c.stops_at for c in s.lift.commercial.values()),
    "retrograde": lambda s: s.lift is not None and any(r.deadline is not None for r in s.lift.retrograde.values()),
    "hubs with beds": lambda s: any(_finite(h.beds) and _finite(h.onward) for h in s.hubs.values()),
    "hub that opens later": lambda s: any(_finite(h.opens.delay) for h in s.hubs.values()),
    "dated threat": lambda s: s.threat is not None and s.threat.timeline,
    "random threat": lambda s: s.threat is not None and any(_finite(q) for q in s.threat.stay.values()),
    "threat that eases": lambda s: s.threat is not None and any(q.value < 1 for q in s.threat.up.values()),
    "effects of the threat": lambda s: s.threat is not None and s.threat.effects,
    "perimeter before lanes": lambda s: any(
        _finite(f.perimeter) and _finite(f.per_lane or s.security.per_lane) for f in _forces(s)
    ),
    "officers whom a force protects": lambda s: any(_finite(p.officers) for p in _providers(s)),
    "surge seats where troops are": lambda s: s.lift is not None and s.lift.surge_needs_force,
    "build-up": lambda s: any(f.build_up for f in _forces(s)),
    "hold time": lambda s: any(_finite(f.hold) for f in _forces(s)),
    "withdrawal that takes time and lift": lambda s: any(
        f.withdrawal is not None and _finite(f.withdrawal.takes) and f.withdrawal.lift for f in _forces(s)
    ),
    "arrival after a lag": lambda s: any(_finite(p.arrival) for p in _providers(s)),
    "phases": lambda s: len(s.security.phases) > 1,
    "outer layer that collapses": lambda s: s.security.host is not None and s.security.host.collapse is not None,
    "passage afterwards": lambda s: s.security.host is not None and _finite(s.security.host.after.negotiation),
    "scheduled incident": lambda s: any(i.at for i in s.airport.incidents.values()),
    "random incident": lambda s: any(i.rate for i in s.airport.incidents.values()),
    "weather": lambda s: any("visual" in i.closes and "shuttles" in i.closes for i in s.airport.incidents.values()),
    "warning": lambda s: any(_finite(i.crowd) and _finite(i.disperses) for i in s.airport.incidents.values()),
    "windows on the road": lambda s: s.road.windows,
    "windows of the airfield": lambda s: s.airport.airfield is not None and s.airport.airfield.windows,
    "helicopters that places share": lambda s: s.helicopters and len({h.place for h in s.shuttles.values()} - {None}) > 1,
    "helicopters that fly people out": lambda s: any(h.enters == "out" for h in s.shuttles.values()),
    "guards of a place": lambda s: any(p.guards is not None for p in s.places.values()),
    "several modes": lambda s: any(len(c.modes) > 1 for c in _cohorts(s)),
    "loss of the airport": lambda s: bool(s.security.phases) and _finite(s.security.unsecured_hold),
}
"""Item by item what the model can do → whether a scenario uses it."""


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_is_used(feature: str) -> None:
    uses = [name for name in ("minimal", "reference", *OVERLAYS, *PLACES) if FEATURES[feature](scenario(name))]
    assert uses


def test_the_force_of_the_back_cast_builds_up_on_the_dates_that_its_comments_say() -> None:
    """``{after: 60.5 h, ...}  # 17 Aug, 00:00``: hours from the start of the clock, at which the force is there."""
    start = scenario("kabul-2021").clock.start.when
    text = (FOLDER / "kabul-2021.yaml").read_text("utf-8")
    steps = re.findall(r"\{after: ([\d.]+) h, headcount: .*?# (\d+) Aug, (\d\d):(\d\d)", text)
    assert len(steps) == len(scenario("kabul-2021").security.providers["airlift-2021"].force.build_up) == 6  # type: ignore[union-attr]
    for after, day, hour, minute in steps:
        said = start.replace(month=8, day=int(day), hour=int(hour), minute=int(minute))
        assert start + timedelta(hours=float(after)) == said, (after, day, hour)


TIERS = {
    1: {
        "united-states", "united-kingdom", "norway", "denmark", "switzerland", "czech-republic", "germany", "sweden",
        "netherlands", "italy",
    },
    2: {"france", "european-union-delegation", "canada", "spain", "finland", "romania", "japan", "south-korea"},
    3: {"india", "united-arab-emirates", "saudi-arabia", "egypt"},
    "never": STAYED | {"united-nations-unama-and-agencies", "indonesia"},
}  # fmt: skip
"""Who leaves an airport that nobody secures, by the evidence (reactions_to_airport_security.csv)."""


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_mission_says_what_it_does_when_nobody_secures_the_airport(name: str) -> None:
    """34 missions with people in June 2021: ten, eight and four by tier, and twelve that never go by that alone."""
    missions = scenario(name).missions
    found: dict[int | str, set[str]] = {}
    for mission, m in missions.items():
        if m.reaction is not None:
            found.setdefault(m.reaction.tier, set()).add(mission)
    assert found == TIERS
    assert [len(found[t]) for t in (1, 2, 3, "never")] == [10, 8, 4, 12]
    assert set(missions) - set().union(*found.values()) == {"australia"}


@pytest.mark.parametrize(("share", "number"), [(0.30, 10), (0.53, 18), (0.65, 22)])
def test_the_share_in_its_range_is_the_missions_of_the_evidence(share: float, number: int) -> None:
    """10, 18 and 22 of 34: whole tiers, so that the middle is who the evidence names."""
    reactions = scenario("none-collapse").security.reactions
    assert reactions is not None
    assert share in (reactions.share.low, reactions.share.value, reactions.share.high)
    made = compile_scenario(load(FOLDER / "none-collapse.yaml", [f"security.reactions.share={share}"]).scenario)
    gone = going(made.reactions, made.streams.draw(1, 0))
    names = {made.missions[p.mission].name for p in gone}
    assert len(names) == number
    assert names == set().union(*(TIERS[t] for t in (1, 2, 3) if sum(len(TIERS[k]) for k in range(1, t + 1)) <= number))


@pytest.mark.parametrize(("key", "low", "middle", "high"), [("decides", 3, 17, 60), ("goes", 0, 2.5, 10)])
def test_times_of_reactions_have_the_middle_and_the_ends_of_the_evidence(
    key: str, low: float, middle: float, high: float
) -> None:
    """Days: medians of 14 to 21 and of 2.5."""
    quantity = getattr(scenario("none-collapse").security.reactions, key)
    found = inverse(quantity, np.array([1e-9, 0.5, 1 - 1e-9])) / 24
    assert found == pytest.approx([low, middle, high], abs=0.5)


def test_nobody_reacts_in_the_back_cast() -> None:
    """A force was there, so its share is none."""
    made = compile_scenario(scenario("kabul-2021"))
    assert going(made.reactions, made.streams.draw(1, 0)) == []
