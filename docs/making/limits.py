"""The sizes in docs/explanation/limitations.md: each limitation that a run can show, paired with the scenario as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import NamedTuple

from making.block import Asked, Block, scenario_file, table
from making.desk import Desk
from making.paired import effect, in_words
from sim.analysis.words import count
from sim.scenario import Scenario, load

PAGE = "explanation/limitations.md"
SCENARIO = "turkish-collapse"
N = 100
"""Replications of each point; all have the same draws."""
Settings = tuple[str, ...]


class Try(NamedTuple):
    """A change that stands for what the model leaves out, in words."""

    words: str
    settings: Callable[[Scenario], Settings]
    scenario: str = SCENARIO


def said(*settings: str) -> Callable[[Scenario], Settings]:
    """Settings that don't depend on what the scenario says."""
    return lambda scenario: settings


def smaller_vehicles(scenario: Scenario) -> Settings:
    """Buses of half the seats, twice as many, twice as many in a convoy; times for a group halved, those for a person kept."""
    found = ["airport.consular.per_group=2 min"]
    for name, pool in scenario.vehicles.items():
        if pool.seats.value >= 20:
            found += [
                f"vehicles.{name}.seats={round(pool.seats.value / 2)}",
                f"vehicles.{name}.number={round(2 * pool.number.value)}",
            ]
    found.append("airport.search.per_group=1 min")
    return (*found, f"road.convoy.vehicles={round(2 * scenario.road.convoy.vehicles.value)}")


def longer_cycles(scenario: Scenario) -> Settings:
    """Every fleet's flights a quarter longer, which takes away a fifth of the sorties."""
    assert scenario.lift is not None
    found = []
    for name, fleet in scenario.lift.fleets.items():
        for leg, quantity in (("outbound", fleet.outbound), ("inbound", fleet.inbound)):
            if quantity.is_constant and 0 < quantity.value < float("inf"):
                found.append(f"lift.fleets.{name}.{leg}={1.25 * quantity.value:.6g} h")
    return tuple(found)


def each(template: str, names: Iterable[str]) -> Callable[[Scenario], Settings]:
    """One setting for each name."""
    return said(*(template.format(name) for name in names))


UNEVEN = said("airport.search.per_person={exponential: {mean: 50 s/person}}")
"""As uneven as one person's search may be, taken once for a whole group."""
HOLD = "security.providers.turkish.force.hold={{lognormal: {{median: {0:g} d, p90: {1:g} d}}}}"
EASIER = (
    "security.host.after.turn_back=0.055",
    "threat.effects.fallen.turn_back=0.055",
    "threat.effects.fallen.turn_back_alone=0.355",
    "security.host.after.negotiation={lognormal: {median: 5 h, p90: 18 h}}",
)
SLOWER = ("airport.airfield.runway.day=9 min", "airport.airfield.runway.night=12 min", "airport.airfield.runway.visual=18 min")
LIMITS: dict[str, tuple[Try, ...]] = {
    "limit-inputs": (
        Try("half as many family members", said("ratios.families-per-local=2.05")),
        Try("twice as many", said("ratios.families-per-local=8.2")),
        Try("a crowd that melts away half as fast", said("airport.crowd.dispersal=0.045 /h")),
        Try("twice as fast", said("airport.crowd.dispersal=0.18 /h")),
    ),
    "limit-hold": (
        Try("half the time for which Turkish troops are tolerated after the fall", said(HOLD.format(3.5, 8))),
        Try("twice the time", said(HOLD.format(14, 32))),
    ),
    "limit-more": (
        Try("a third lane at the military gate, which takes 40 troops from others", said("airport.gates.military.lanes=3")),
    ),
    "limit-groups": (Try("loads of half the size, for buses and minibuses", smaller_vehicles),),
    "limit-crowd": (
        Try("the military gate in its reach too", said("airport.gates.military.exposed=true")),
        Try("only Abbey and East Gate in its reach", each("airport.gates.{}.exposed=false", ("south", "north"))),
    ),
    "limit-draws": (Try("search times as uneven as one person's can be, for whole groups", UNEVEN),),
    "limit-convoys": (
        Try(
            "every vehicle by itself, turned back or not by itself, a quarter of the headway between them",
            said("road.convoy.vehicles=1", "road.convoy.headway=3.75 min"),
        ),
    ),
    "limit-sharing": (Try("convoys that never wait for more of their cohort", said("road.convoy.patience=0 h")),),
    "limit-passage": (
        Try(
            "half the chance to be turned back, agreements in half the time, from the first hour after the fall",
            said(*EASIER),
        ),
    ),
    "limit-services": (Try("a crew so thin that every landing and take-off takes half as long again", said(*SLOWER)),),
    "limit-weather": (
        Try("weather that shuts the runway as well", said("airport.incidents.weather.closes=[visual, shuttles, runway]")),
    ),
    "limit-daylight": (Try("daylight of 12 October, a month later (05:55 to 17:25)", said("clock.daylight=05:55-17:25")),),
    "limit-aircraft": (Try("a fifth of all sorties lost (flights a quarter longer)", longer_cycles),),
}
"""Block → what is tried for it."""


@cache
def scenario(name: str) -> Scenario:
    """A shipped scenario as it is."""
    return load(scenario_file(name)).scenario


def asked(one: Try) -> Asked:
    """The point of a try."""
    return Asked(one.scenario, one.settings(scenario(one.scenario)), N)


TRIES = sum(len(tries) for tries in LIMITS.values())
"""All of the page, for which its intervals hold together."""


def make(name: str, desk: Desk) -> str:
    """What each try of a limitation changes, in a sentence."""
    told: list[str] = []
    for one in LIMITS[name]:
        point = asked(one)
        base, other = desk.study(one.scenario, N), desk.study(point.scenario, N, point.settings)
        told.append(f"{one.words}: {in_words(effect(base.result, other.result, TRIES), of=not told)}")
    return "; ".join(told) + "."


def sampling(desk: Desk) -> str:
    """What the replications leave open, against what the inputs do."""
    left = desk.study(SCENARIO, N).summary["total"]["left_behind"]
    mean, low, high = (count(round(left[end])) for end in ("mean", "low", "high"))
    return f"{desk.n(N)} replications of `{SCENARIO}` leave {mean} people behind in the mean (95 % interval {low} to {high})."


RANKED = 60
"""Replications of each point of the ranking."""
PROVIDERS = ("none", "turkish", "coalition")
HELD, UNSECURED, EARLY = "security.providers.turkish.force.hold", "security.unsecured_hold", "lift.surge_when"
REACTING = ("none", "coalition")
"""Providers with whom nobody is there at the start, so that missions react."""
NOBODY_REACTS = "security.reactions.share=0"
RANKING: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    ((), PROVIDERS),
    ((f"{HELD}=14 d",), ("turkish",)),
    (("security.absence_known=0 d",), REACTING),
    ((NOBODY_REACTS,), REACTING),
    ((NOBODY_REACTS, f"{HELD}=14 d"), PROVIDERS),
    ((NOBODY_REACTS, f"{HELD}=3.5 d"), PROVIDERS),
    ((NOBODY_REACTS, f"{UNSECURED}=5 d"), PROVIDERS),
    ((NOBODY_REACTS, f"{UNSECURED}=6 h"), PROVIDERS),
    ((NOBODY_REACTS, f"{EARLY}=threat >= contested"), PROVIDERS),
)
"""What is set, and the providers whose answers it can move."""


def _ranked(settings: tuple[str, ...], provider: str) -> Asked:
    """With nobody to react to, or no Turkish troops, a setting that can't act is left out, and what is stored serves."""
    own = dict(RANKING)[settings]
    acts = [
        s for s in settings if (s != NOBODY_REACTS or provider in REACTING) and (not s.startswith(HELD) or provider == "turkish")
    ]
    return Asked(f"{provider}-collapse", tuple(acts) if provider in own else (), RANKED)


def ranking(desk: Desk) -> str:
    """People left behind with each provider, under what decides between them."""
    rows, tries = [], 2 * len(RANKING)
    for settings, _ in RANKING:
        asked = [_ranked(settings, provider) for provider in PROVIDERS]
        studies = [desk.study(a.scenario, a.n, a.settings) for a in asked]
        left = [s.summary["total"]["left_behind"]["mean"] for s in studies]
        least = min(range(len(left)), key=left.__getitem__)
        told = all(effect(studies[least].result, s.result, tries).told for s in studies if s is not studies[least])
        cells = [f"**{count(round(x))}**" if told and k == least else count(round(x)) for k, x in enumerate(left)]
        rows.append((" ".join(f"`--set '{s}'`" for s in settings) if settings else "as it is", *cells))
    head = ("the government collapses, and", *(f"`{provider}`" for provider in PROVIDERS))
    said = (
        f"Mean left behind, {desk.n(RANKED)} replications each, the same draws. Bold: fewer than with either of the others, by "
        "paired differences that hold with 95 % for the whole table; where nothing is bold, nobody can say which leaves fewest."
    )
    return f"\n{said}\n\n{table(head, rows, (1, 2, 3))}\n"


BLOCKS = (
    Block("limit-ranking", PAGE, ranking, tuple(dict.fromkeys(_ranked(s, p) for s, _ in RANKING for p in PROVIDERS))),
    Block("limit-sampling", PAGE, sampling, (Asked(SCENARIO, n=N),)),
    *(Block(name, PAGE, partial(make, name), tuple(asked(one) for one in tries)) for name, tries in LIMITS.items()),
)
