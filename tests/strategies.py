"""Hypothesis strategies: valid scenarios as plain data, and damage that must be refused.

``scenarios()`` draws from every section of the format, small enough to simulate: at most four missions of 200 people, at most
ten days.  ``damage(data)`` breaks one thing of such a scenario.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.parsing import META, is_quantity
from sim.scenario.shapes import ROOT, Shape

Data = dict[str, Any]
Path = tuple[str | int, ...]

LEVELS = ("stable", "threatened", "contested", "fallen")
MISSIONS = ("alpha", "bravo", "charlie", "delta")
GATES = ("abbey", "east")
SERVICES = ("tower", "fire", "fuel", "handling")

in_rounds = pytest.mark.parametrize("number", [1, *(pytest.param(k, marks=pytest.mark.slow) for k in range(2, 7))])
"""A test whose examples are drawn anew each time: once for every change, five times more in the thorough run."""


def often(test: Any, examples: int, *drawn: st.SearchStrategy[Any], **how: Any) -> Any:
    """The same property with so many examples, for the thorough run; called as the test is, with ``_often`` behind."""
    inner = test.hypothesis.inner_test
    again = FunctionType(inner.__code__, inner.__globals__, f"{inner.__name__}_often", None, inner.__closure__)
    return pytest.mark.slow(settings(deadline=None, derandomize=True, max_examples=examples, **how)(given(*drawn)(again)))


# -- quantities ------------------------------------------------------------------------------------------------------


def _number(low: float, high: float) -> st.SearchStrategy[float]:
    return st.integers(int(low * 100), int(high * 100)).map(lambda k: k / 100)


@st.composite
def quantities(draw: st.DrawFn, low: float, high: float, unit: str = "", whole: bool = False, spread: bool = True) -> Any:
    """A number between *low* and *high*: bare, with its unit, long, or as a distribution."""
    numbers = st.integers(int(low), int(high)) if whole else _number(low, high)
    value: Any = draw(numbers)
    form = draw(
        st.sampled_from(["bare", "unit", "long", "pair", "triple", "choice", "skewed"] if spread else ["bare", "unit", "long"])
    )
    written = f"{value} {unit}".strip()
    if form == "bare" or (form == "unit" and not unit):
        return value
    if form == "unit":
        return written
    if form == "long":
        grade = draw(st.sampled_from(["measured", "reported", "estimated", "assumed"]))
        return {
            "value": written if unit else value,
            "evidence": grade,
            "source": "a source",
            "kind": draw(st.sampled_from(["lever", "uncertainty"])),
        }
    ends = sorted({float(value), float(draw(numbers)), low + (high - low) / 2})
    if form == "choice":
        return {"choice": {"values": [draw(numbers), draw(numbers)], "weights": [1, 2]}}
    if len(ends) < 3 or whole:
        return value
    if form == "pair":
        return {"uniform": [ends[0], ends[2]]}
    if form == "triple":
        return {draw(st.sampled_from(["triangular", "pert"])): ends}
    return {"gamma": {"mean": ends[2], "cv": 0.5}} if unit in ("h", "min") else {"uniform": [ends[0], ends[2]]}


def hours(low: float, high: float, spread: bool = True) -> st.SearchStrategy[Any]:
    """A duration in hours."""
    return quantities(low, high, "h", spread=spread)


def whole(low: int, high: int) -> st.SearchStrategy[Any]:
    """A whole number."""
    return quantities(low, high, whole=True)


def people(low: int, high: int) -> st.SearchStrategy[Any]:
    """A head count, fixed or a choice of two."""
    return quantities(low, high, "people", whole=True)


def shares(high: float = 1.0) -> st.SearchStrategy[Any]:
    """A share."""
    return quantities(0, high, spread=False)


spans = st.sampled_from(["06:00-20:00", "22:00-04:30", "00:00-12:00", "always"])
moments = st.one_of(
    st.just("start"),
    st.integers(0, 200).map(lambda k: f"{k} h"),
    st.integers(1, 9).map(lambda k: f"2021-09-{12 + k} 09:30"),
    st.tuples(st.sampled_from([*LEVELS, "ordered"]), st.integers(0, 60)).map(lambda t: {t[0]: f"{t[1]} h"}),
)
triggers = st.one_of(
    st.sampled_from(LEVELS).map("threat >= {}".format),
    st.sampled_from(["provider absent", "provider leaving"]),
    st.sampled_from(["gone >= 50%", "gone >= 25%"]),
)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Data]:
    """A mapping of any of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


def tables(names: tuple[str, ...], entries: st.SearchStrategy[Any], least: int = 0, most: int = 3) -> st.SearchStrategy[Data]:
    """A table of entries by some of the names."""
    return st.dictionaries(st.sampled_from(names), entries, min_size=least, max_size=min(most, len(names)))


# -- sections --------------------------------------------------------------------------------------------------------

effects = some(
    road=quantities(0.5, 4),
    checkpoint=quantities(0.5, 3),
    turn_back=shares(0.6),
    turn_back_alone=shares(0.9),
    lets_through=st.sampled_from([0.2, "50%", 0.9, 1]),
    search=quantities(0.5, 2),
    consular=quantities(0.5, 2),
    crowd=quantities(0, 500, "people/h"),
    incidents=quantities(0, 2),
    flying=quantities(0.8, 1.5),
)


@st.composite
def threats(draw: st.DrawFn) -> Data:
    """A threat that moves by chance or by date."""
    data: Data = {"start": draw(st.sampled_from(LEVELS[:3])), "effects": draw(tables(LEVELS, effects))}
    if draw(st.booleans()):
        data["fallen"] = "fallen"
    if draw(st.booleans()):
        data["stay"] = draw(tables(LEVELS, hours(6, 100), 1))
        data["up"] = draw(tables(LEVELS, shares()))
    else:
        entry = st.fixed_dictionaries({"at": st.integers(0, 200).map(lambda k: f"{k} h"), "level": st.sampled_from(LEVELS)})
        data["timeline"] = draw(st.lists(entry, max_size=3))
    return data


withdrawals = some(
    begins=moments, when=st.lists(triggers, max_size=1), takes=hours(0, 48), lift=st.booleans(), priority=st.integers(0, 3)
)
forces = st.fixed_dictionaries(
    {"headcount": people(0, 600)},
    optional={
        "build_up": st.lists(st.fixed_dictionaries({"after": hours(1, 60), "headcount": people(0, 900)}), max_size=2),
        "perimeter": people(0, 400),
        "per_lane": people(0, 60),
        "incidents": quantities(0, 1),
        "crowd": quantities(0, 1),
        "hold": hours(0, 200),
        "withdrawal": withdrawals,
    },
)
operators = some(
    headcount=people(0, 200),
    services=st.lists(st.sampled_from(SERVICES), unique=True),
    night=st.booleans(),
    withdrawal=withdrawals,
)
providers = some(force=forces, operator=operators, arrival=hours(0, 60), officers=whole(0, 8))
hosts = some(
    headcount=people(0, 200),
    services=st.lists(st.sampled_from(SERVICES), unique=True),
    hours=spans,
    lanes=whole(0, 3),
    holds_off=quantities(0, 200, "people/h"),
    incidents=quantities(0, 1),
    collapse=st.fixed_dictionaries({"at": moments}, optional={"when": triggers, "delay": hours(0, 24)}),
    after=some(
        road=quantities(1, 4), checkpoints=whole(0, 4), delay=hours(0, 2), negotiation=hours(0, 12), turn_back=shares(0.6)
    ),
)


@st.composite
def securities(draw: st.DrawFn) -> Data:
    """Providers, their phases and the host nation."""
    data: Data = {"providers": draw(tables(("turkish", "coalition"), providers))}
    known = ["none", *data["providers"]]
    begins = sorted(draw(st.lists(st.integers(0, 150), max_size=2, unique=True)))
    data["phases"] = [
        {"begins": "start" if k == 0 else f"{at} h", "provider": draw(st.sampled_from(known))} for k, at in enumerate(begins)
    ]
    for before, phase in zip([None, *data["phases"]], data["phases"], strict=False):
        provider = data["providers"].get(phase["provider"], {})
        another = before is None or before["provider"] != phase["provider"]
        if another and provider.keys() & {"force", "operator"} and draw(st.booleans()):
            phase["handover"] = True
    if draw(st.booleans()):
        data["host"] = draw(hosts)
    if draw(st.booleans()):
        data["unsecured_hold"] = draw(hours(0, 100))
        data["reactions"] = {"share": draw(shares()), "decides": draw(hours(0, 90)), "goes": draw(hours(0, 40))}
        data["absence_known"] = draw(hours(0, 90))
    return data


entrants = st.lists(st.sampled_from(["public", "agreed", "escorted", "helicopter"]), min_size=1, unique=True)
gates = some(
    lanes=whole(0, 4),
    per_group=hours(0, 0.5),
    per_person=quantities(0, 3, "min/person"),
    hours=spans,
    hours_stop=entrants,
    admits=entrants,
    call_forward=st.integers(0, 4).map(lambda k: k == 0),
    rank=st.integers(0, 2),
    exposed=st.booleans(),
    reopening=hours(0, 3),
)
crowds = some(
    start=quantities(0, 3000, whole=True),
    inflow=quantities(0, 400, "people/h"),
    news=some(every=hours(2, 12, spread=False), window=hours(6, 48), flights=whole(5, 60)),
    dispersal=quantities(0, 0.3, "/h"),
    slows=quantities(500, 5000, whole=True),
    stops=entrants,
    close_above=quantities(3000, 9000, whole=True, spread=False),
    open_below=quantities(100, 2500, whole=True, spread=False),
    breach=some(
        rate=quantities(0, 0.05, "/h"),
        above=quantities(0, 2000, whole=True),
        strength=people(100, 900),
        clear=hours(1, 12),
        clear_strength=people(200, 900),
        disperses=shares(),
    ),
)
closures = st.fixed_dictionaries(
    optional={"stops": entrants},
    mapping={
        "at": moments,
        "lasts": hours(0, 30),
        "closes": st.lists(st.sampled_from(["runway", "gates", "road"]), min_size=1, unique=True),
    },
)
incidents = st.fixed_dictionaries(
    {"rate": tables(LEVELS, quantities(0, 1, "/d"), 1), "lasts": hours(0, 12)},
    optional={
        "at": st.lists(moments, max_size=2),
        "closes": st.lists(st.sampled_from(["runway", "gates", "road", "visual", "shuttles"]), unique=True),
        "crowd": quantities(0, 2),
        "stops": entrants,
        "disperses": shares(),
    },
)


def opens(window: Data) -> bool:
    """Whether a window may open: one that certainly ends before it begins is refused."""

    def at(moment: Any) -> tuple[str, float]:
        if isinstance(moment, dict):
            ((after, delay),) = moment.items()
            return after, float(delay.removesuffix(" h"))
        if moment.endswith(" h") or moment == "start":
            return "start", float(moment.removesuffix(" h").replace("start", "0"))
        return "start", (int(moment[8:10]) - 12) * 24 + 3.5  # 09:30; the clock starts on 12 September at 06:00

    (after, begins), (other, until) = at(window.get("begins", "start")), at(window.get("until", "start"))
    return "until" not in window or after != other or until > begins


windows = some(begins=moments, lasts=hours(0, 60), until=moments, hours=spans).filter(opens)
truces = some(
    begins=moments,
    lasts=hours(0, 60),
    hours=spans,
    road=quantities(0.3, 1.5),
    checkpoint=quantities(0, 1.5),
    turn_back=shares(0.5),
    turn_back_alone=shares(0.8),
)


@st.composite
def airports(draw: st.DrawFn) -> Data:
    """Gates, eligibility check, holding area, airfield, crowd and what shuts them."""
    return draw(
        some(
            gates=tables(GATES, gates),
            consular=some(
                officers=whole(0, 8),
                team=st.integers(1, 2),
                per_group=hours(0, 0.5),
                per_person=quantities(0, 5, "min/person"),
                build_up=st.lists(st.fixed_dictionaries({"at": moments, "officers": whole(0, 12)}), max_size=2),
            ),
            holding=people(40, 400),
            airfield=some(
                runway=some(day=hours(0.05, 0.3), night=hours(0.1, 0.5), visual=hours(0.1, 0.6)),
                stands=st.just({"small": {"number": 2}, "large": {"number": 1, "size": 2}}),
                windows=tables(("day", "later"), windows),
            ),
            closures=tables(("attack", "warning"), closures),
            incidents=tables(("fire", "fog"), incidents),
            crowd=crowds,
        )
    )


roads = some(
    drive=hours(0.1, 2),
    speed=quantities(5, 60, "km/h", spread=False),
    checkpoints=whole(0, 3),
    delay=hours(0, 1),
    negotiation=hours(0, 6),
    turn_back=shares(0.6),
    retry=hours(0.5, 6),
    tries=whole(1, 4),
    alone=some(turn_back=shares(0.9), retry=hours(0.5, 12), tries=whole(1, 3)),
    curfew=st.sampled_from(["22:00-04:00", "never"]),
    windows=tables(("truce", "feast"), truces),
    held=st.lists(st.sampled_from(["public", "agreed", "escorted"]), unique=True),
    convoy=some(vehicles=st.integers(1, 3), patience=hours(0, 2), headway=hours(0, 1)),
    escorts=tables(
        ("soldiers",),
        some(teams=whole(1, 2), road=quantities(0.5, 1), delay=quantities(0, 1), negotiation=hours(0, 1), turn_back=shares(0.2)),
    ),
)
vehicles = st.fixed_dictionaries(
    {"seats": st.integers(5, 40)}, optional={"number": whole(1, 5), "based": st.sampled_from(["mission", "airport"])}
)
shuttles = st.fixed_dictionaries(
    {"seats": st.integers(8, 30), "number": st.integers(1, 3), "flight": hours(0.1, 0.3)},
    optional={
        "turn": hours(0.05, 0.2),
        "spots": whole(1, 2),
        "night": st.booleans(),
        "enters": st.sampled_from(["holding", "gate", "out"]),
        "empty": hours(0.1, 0.5),
        "deck": hours(0, 0.5),
        "fills": st.booleans(),
        "until": moments,
    },
)
pick_up_places = some(spots=whole(0, 3), guards=st.fixed_dictionaries({"people": people(0, 60)}, optional={"leaves": moments}))
helicopters = st.fixed_dictionaries({"number": whole(0, 4)}, optional={"available": moments})


def _fleet_of(draw: st.DrawFn, data: Data) -> None:
    """Shuttles, some of which share helicopters and places, and may fly to a hub."""
    data["shuttles"] = draw(tables(("chinooks", "knights"), shuttles))
    data["helicopters"] = draw(tables(("pool",), helicopters))
    data["places"] = draw(tables(("roof", "yard"), pick_up_places))
    for shuttle in data["shuttles"].values():
        if data["helicopters"] and draw(st.booleans()):
            del shuttle["number"]
            shuttle["helicopters"] = "pool"
        if data["places"] and draw(st.booleans()):
            shuttle.pop("spots", None)
            shuttle["place"] = draw(st.sampled_from(sorted(data["places"])))
        if data["hubs"] and shuttle.get("enters") == "out" and draw(st.booleans()):
            shuttle["hub"] = draw(st.sampled_from(sorted(data["hubs"])))


types = st.fixed_dictionaries(
    {"seats": people(30, 200), "load": hours(0.5, 2)},
    optional={
        "surge": people(100, 300),
        "per_person": quantities(0, 30, "s/person"),
        "quick": hours(0.2, 1),
        "fuel": hours(0, 1),
        "unhandled": quantities(1, 2),
        "needs": st.lists(st.sampled_from(SERVICES), max_size=1),
    },
)
retrogrades = st.fixed_dictionaries(
    {"people": people(0, 300), "begins": moments},
    optional={
        "over": hours(0, 48),
        "group": st.integers(20, 100),
        "priority": st.integers(0, 2),
        "deadline": moments,
        "near": hours(0, 48),
    },
)
hubs = some(beds=people(50, 2000), onward=quantities(0, 200, "people/h"), opens=moments)


@st.composite
def fleets(draw: st.DrawFn, kinds: list[str], havens: list[str], missions: list[str]) -> Data:
    """A fleet of a known type."""
    data: Data = draw(
        some(
            number=st.integers(0, 3),
            loading=st.sampled_from(["own-first", "first-come"]),
            available=moments,
            until=moments,
            lag=hours(0, 72),
            sorties=whole(0, 20),
            wait_for=shares(),
            window=hours(1, 8),
            refuel=st.booleans(),
            endurance=hours(0.5, 6),
            night=st.booleans(),
        )
    )
    data |= {
        "aircraft": draw(st.sampled_from(kinds)),
        "patience": draw(hours(0.5, 6)),
        "outbound": draw(hours(1, 8)),
        "turn": draw(hours(1, 6)),
    }
    if havens and draw(st.booleans()):
        data["hubs"] = draw(st.lists(st.sampled_from(havens), min_size=1, unique=True))
    if draw(st.booleans()):
        data["serves"] = draw(st.lists(st.sampled_from(missions), min_size=1, unique=True))
        data["loading"] = draw(st.sampled_from(["own-first", "own-only", "first-come"]))
    return data


@st.composite
def lifts(draw: st.DrawFn, havens: list[str], missions: list[str], stands: bool) -> Data:
    """Types, fleets, scheduled flights and withdrawals."""
    kinds = draw(tables(("transport", "airliner"), types, 1))
    if stands:
        for kind in kinds.values():
            kind["stand"] = draw(st.sampled_from(["small", "large"]))
    fleet = fleets(sorted(kinds), havens, missions)
    data: Data = {"types": kinds, "fleets": draw(tables(("relief", "ours"), fleet)), "head_of_line": draw(st.booleans())}
    if draw(st.booleans()):
        data["commercial"] = {
            "airline": {
                "aircraft": sorted(kinds)[0],
                "times": draw(st.lists(st.sampled_from(["06:30", "12:00", "23:15"]), min_size=1, unique=True)),
                "share": draw(shares()),
                "stops_at": draw(st.sampled_from(LEVELS[1:])),
                "patience": draw(hours(0.5, 3)),
            }
        }
    if draw(st.booleans()):
        data["retrograde"] = {"troops": draw(retrogrades)}
    if draw(st.booleans()):
        data["surge_when"] = draw(triggers)
        data["surge_needs_force"] = draw(st.booleans())
    return data


@st.composite
def cohorts(draw: st.DrawFn, data: Data, most: int) -> Any:
    """A cohort, or its head count alone."""
    if draw(st.integers(0, 3)) == 0:
        return draw(st.integers(0, most))
    count = draw(st.integers(0, most))
    cohort: Data = draw(
        some(
            ready=hours(0, 48),
            gap=hours(0.5, 3),
            group=st.integers(1, 30).map(lambda k: max(k, most // 20)),
            starts=st.sampled_from(["mission", "gate", "holding"]),
            priority=st.integers(0, 2),
            search=quantities(0, 2),
            consular=quantities(0, 2),
        )
    )
    cohort["people"] = draw(st.sampled_from([count, f"{count} people", {"value": count, "kind": "constant"}]))
    cohort["residual"] = draw(st.integers(0, count))
    left = count - cohort["residual"]
    if draw(st.booleans()):
        cohort["rear_party"] = {"people": draw(st.integers(0, left)), "destruction": draw(hours(0, 10))}
    rides = [("vehicles", n) for n in data.get("vehicles", {})] + [("shuttle", n) for n in data.get("shuttles", {})]
    if rides and draw(st.booleans()):
        kind, name = draw(st.sampled_from(rides))
        cohort[kind] = name
        cohort.pop("group", None)
    if data.get("road", {}).get("escorts") and draw(st.booleans()):
        cohort["escort"] = "soldiers"
    if cohort.get("starts", "mission") == "mission" and not cohort.keys() & {"vehicles", "shuttle", "escort"}:
        if rides and draw(st.booleans()):
            some_rides = draw(st.lists(st.sampled_from(rides), min_size=1, max_size=2, unique=True))
            cohort["modes"] = [{kind: name} for kind, name in some_rides]
            if draw(st.booleans()):
                cohort["modes"].append({"alone": True, "drive": "2 h", "after": draw(hours(0, 10))})
            cohort.pop("group", None)
        else:
            cohort["alone"] = draw(st.booleans())
    return cohort


orders = st.one_of(
    st.fixed_dictionaries({"at": moments}, optional={"delay": hours(0, 24)}),
    st.fixed_dictionaries({"when": st.lists(triggers, min_size=1, max_size=2)}, optional={"delay": hours(0, 24), "at": moments}),
    st.fixed_dictionaries({"when": triggers}),
)


@st.composite
def missions(draw: st.DrawFn, data: Data, others: tuple[str, ...]) -> Data:
    """A mission; *others* are those it may follow."""
    number = draw(st.integers(0, 3))
    names = ("core", "local", "families")[:number]
    mission: Data = {"cohorts": {name: draw(cohorts(data, 200 // max(1, number))) for name in names}}
    if number == 3 and draw(st.booleans()):
        said = mission["cohorts"]["families"]
        people = {"people": {"of": "local", "times": "size"}, "residual": draw(st.sampled_from([0, "all"]))}
        mission["cohorts"]["families"] = {**(said if isinstance(said, dict) else {}), **people}
        mission["cohorts"]["families"].pop("rear_party", None)
        data["ratios"] = {"size": draw(quantities(0, 3))}
    if draw(st.integers(0, 4)):
        mission["order"] = draw(orders)
        if others and draw(st.booleans()):
            mission["order"] = {"when": f"gone {draw(st.sampled_from(others))}"}
    if draw(st.integers(0, 5)) == 0:
        mission["closed"] = "2021-05-28"
    if draw(st.integers(0, 3)) == 0:
        mission["residual"] = "all"
    if draw(st.booleans()):
        mission["drive"] = draw(hours(0, 2))
    if "speed" in data.get("road", {}) and draw(st.booleans()):
        mission["distance"] = draw(quantities(1, 20, "km", spread=False))
    if "reactions" in data.get("security", {}) and draw(st.integers(0, 3)):
        mission["reaction"] = {"tier": draw(st.sampled_from([1, 2, "never"])), "orders": draw(st.integers(0, 3)) > 0}
    names = tuple(data.get("airport", {}).get("gates", ()))
    if names and draw(st.booleans()):
        mission["gates"] = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    return mission


@st.composite
def scenarios(draw: st.DrawFn) -> Data:
    """A valid scenario as plain data, as a file would hold it."""
    data: Data = {"clock": {"start": "2021-09-12 06:00", "horizon": f"{draw(st.integers(1, 10))} d", "daylight": draw(spans)}}
    parts = {"threat": threats(), "security": securities(), "airport": airports(), "road": roads}
    for name, part in parts.items():
        if draw(st.booleans()):
            data[name] = draw(part)
    data["vehicles"] = draw(tables(("buses", "cars"), vehicles))
    data["hubs"] = draw(tables(("qatar", "dubai"), hubs))
    _fleet_of(draw, data)
    names = MISSIONS[: draw(st.integers(1, 4))]
    data["missions"] = {name: draw(missions(data, names[:k])) for k, name in enumerate(names)}
    if draw(st.booleans()):
        stands = bool(data.get("airport", {}).get("airfield", {}).get("stands"))
        data["lift"] = draw(lifts(sorted(data["hubs"]), list(names), stands))
    if "threat" not in data and any(level in str(data) for level in LEVELS):
        data["threat"] = {}
    return data


def _wake_up(draw: st.DrawFn, data: Data) -> None:
    """Change what would keep a drawn scenario asleep: nobody to move, no order, no aircraft before the end."""
    soon = st.one_of(st.just("start"), st.integers(0, 30).map("{} h".format), st.just({"threatened": "2 h"}))
    for mission in data["missions"].values():
        mission.pop("closed", None)
        if draw(st.integers(0, 4)):
            mission.pop("residual", None)
        if draw(st.integers(0, 4)):
            mission["order"] = {"at": draw(soon)}
        mission["cohorts"]["crowded"] = {"people": draw(st.integers(20, 150)), "group": draw(st.integers(5, 40))}
    for fleet in data.get("lift", {}).get("fleets", {}).values():
        fleet |= {"number": draw(st.integers(1, 3)), "available": draw(soon)}
        if draw(st.integers(0, 3)):
            for key in ("until", "lag"):
                fleet.pop(key, None)
    if "security" in data and draw(st.booleans()):
        data["security"].setdefault("host", {}).update(services=["tower", "fire", "fuel", "handling"], lanes=3)
    for hub in data["hubs"].values():
        if draw(st.integers(0, 3)):
            hub["opens"] = "start"
    if "threat" in data and not data["threat"].get("timeline"):
        data["threat"] |= {"start": "threatened", "fallen": draw(st.sampled_from(["contested", "fallen"]))}
        data["threat"]["stay"] = {level: draw(hours(6, 60)) for level in LEVELS[1:3]}


def _fill_airport(draw: st.DrawFn, airport: Data) -> None:
    """Queues at the gates, a holding area that fills up and a crowd that breaks through."""
    if draw(st.booleans()):
        airport["gates"] = {
            "abbey": {"lanes": draw(st.integers(1, 2)), "per_group": draw(hours(0.2, 1)), "reopening": draw(hours(0, 2))}
        }
    if draw(st.booleans()):
        airport["holding"] = draw(st.integers(40, 150))
    if draw(st.booleans()):
        breach = {"rate": draw(quantities(0.02, 0.2, "/h")), "clear": draw(hours(1, 12)), "disperses": draw(shares())}
        airport["crowd"] = {"start": draw(st.integers(500, 3000)), "close_above": 2500, "open_below": 600, "dispersal": "0.05 /h"}
        airport["crowd"] |= {"inflow": draw(quantities(0, 200, "people/h")), "slows": 2000, "breach": breach}


@st.composite
def lively(draw: st.DrawFn) -> Data:
    """A valid scenario in which people are ordered out soon and most parts of the world have something to do."""
    data: Data = {"clock": {"start": "2021-09-12 06:00", "horizon": f"{draw(st.integers(2, 10))} d", "daylight": draw(spans)}}
    parts = {"threat": threats(), "security": securities(), "airport": airports(), "road": roads}
    for name, part in parts.items():
        if draw(st.integers(0, 4)):
            data[name] = draw(part)
    if "airport" in data:
        _fill_airport(draw, data["airport"])
    data["vehicles"] = draw(tables(("buses", "cars"), vehicles))
    data["hubs"] = draw(tables(("qatar", "dubai"), hubs))
    _fleet_of(draw, data)
    names = MISSIONS[: draw(st.integers(1, 3))]
    data["missions"] = {name: draw(missions(data, names[:k])) for k, name in enumerate(names)}
    if draw(st.integers(0, 4)):
        stands = bool(data.get("airport", {}).get("airfield", {}).get("stands"))
        data["lift"] = draw(lifts(sorted(data["hubs"]), list(names), stands))
        own = fleets(sorted(data["lift"]["types"]), sorted(data["hubs"]), list(names))
        data["lift"]["fleets"] = data["lift"]["fleets"] or {"relief": draw(own)}
    if "threat" not in data:
        data["threat"] = {}
    _wake_up(draw, data)
    return data


# -- damage ----------------------------------------------------------------------------------------------------------


def places(data: Any, shape: Shape | None = ROOT, path: Path = ()) -> Iterator[tuple[Path, Shape, Any]]:
    """Every place of plain data with its shape."""
    if shape is None:
        return
    if shape.short and (not isinstance(data, dict) or is_quantity(data)):
        shape = shape.fields[shape.short]
    yield path, shape, data
    if shape.form in ("section", "table") and isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, shape.below(key), (*path, key))
    elif shape.form == "list" and isinstance(data, list):
        for k, value in enumerate(data):
            yield from places(value, shape.item, (*path, k))


def put(data: Data, path: Path, value: Any) -> Data:
    """A copy of *data* with *value* at *path*."""
    result = copy.deepcopy(data)
    at: Any = result
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return result


Damage = tuple[str, Path, Data]
"""What was done, where, and the damaged scenario."""


def _breaks(data: Data) -> list[Callable[[], Damage]]:
    """Everything that could be broken in *data*."""
    found: list[Callable[[], Damage]] = []

    def add(what: str, path: Path, value: Any) -> None:
        found.append(lambda: (what, path, put(data, path, value)))

    for path, shape, value in places(data):
        if shape.form == "section":
            add("unknown key", (*path, "lanse"), 6)
            if path and not shape.short:
                add("not a mapping", path, 5)
        if shape.form == "table" and path:
            add("bad name", (*path, "[/red]"), value[min(value)] if value else 1)
            add("not a table", path, "everything")
        if shape.form == "table" and shape.refers:
            add("reference", (*path, "nowhere"), value[min(value)] if value else 1)
        if shape.form == "quantity" and path[-1] not in META:
            for bad in (
                "3 parsecs",
                -1,
                float("nan"),
                "six",
                [1, 2, 3],
                True,
                "1e999",
                {"value": 1, "unit": "h"},
                {"gamma": {"mean": 1}},
            ):
                add("quantity", path, bad)
        if shape.form in ("moment", "condition"):
            add(shape.form, path, "tomorrow")
        if shape.form == "leaf" and shape.refers and shape.refers.target != "threat.levels":
            add("reference", path, "nowhere")
    for name in data["missions"]:
        add("order without a trigger", ("missions", name, "order"), {"delay": "1 h"})
        add("cycle", ("missions", name), {"order": {"when": f"gone {name}"}, "cohorts": {"core": 1}})
        add("residual", ("missions", name, "residual"), 1000)
    return found


def damage(data: Data) -> st.SearchStrategy[Damage]:
    """One thing of a valid scenario broken, so that loading must refuse it there."""
    return st.sampled_from(_breaks(data)).map(lambda break_it: break_it())
