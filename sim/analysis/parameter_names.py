"""The words for every number of a scenario: by the part of the file that it stands in, what it is and how its owner is called.

``*`` in a pattern is an entry of a table or list.  Behind the key of a moment may stand what it counts from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["name", "plain", "mission", "place", "force"]


class Part(NamedTuple):
    """What the entries of a table are called."""

    every: str
    """All of them."""
    noun: str = ""
    """Behind the name, or before it where the kind is ``plain``."""
    kind: Kind = "name"
    """How a slug becomes a name: with a capital first; without; the title of a mission; all capitals; a provider."""


@dataclass(frozen=True)
class Section:
    """A part of a scenario file."""

    pattern: str
    """Of paths; empty: the file itself."""
    names: Mapping[str, str]
    """Key below the pattern -> what it is; ``{}`` is the entry that a ``*`` in the key stands for."""
    parts: tuple[Part, ...] = ()
    """Of the ``*`` in the pattern."""
    joined: str = ""
    """What stands between the two in a sentence, such as ``at``; empty: the owner is in parentheses."""
    owner: str = ""
    """Whose all of it is, where the pattern has no ``*``."""

    def fits(self, path: Sequence[str]) -> tuple[str, list[str]] | None:
        """What the parameter at *path* is, and the entries of the pattern's tables; None if it isn't here."""
        mine = self.pattern.split(".") if self.pattern else []
        if len(path) < len(mine) or any(a not in ("*", b) for a, b in zip(mine, path, strict=False)):
            return None
        owners = [b for a, b in zip(mine, path, strict=False) if a == "*"]
        for key, what in self.names.items():
            text = _fitted(key.split(".") if key else [], path[len(mine) :], what)
            if text is not None:
                return text, owners
        return None

    def whose(self, owners: Sequence[str], called: Callable[[Part, str], str]) -> str:
        """The names of the entries, as *called*."""
        return self.owner or ", ".join(called(part, owner) for part, owner in zip(self.parts, owners, strict=True))


def _fitted(key: Sequence[str], rest: Sequence[str], what: str) -> str | None:
    """*what* with the entry of its ``*``; None where the rest of a path isn't at that key."""
    if any(a not in ("*", b) for a, b in zip(key, rest, strict=False)) or len(rest) < len(key) or len(rest) > len(key) + 1:
        return None
    after = ""
    if len(rest) > len(key):  # what a moment counts from
        if not what.startswith(("when", "date", "deadline", "start", "end")):
            return None
        after = _after(rest[-1])
    entry = next((b for a, b in zip(key, rest, strict=False) if a == "*"), "")
    if entry == "*":
        return what.partition(" {}")[0].removesuffix(" at level").removesuffix(" of step") + after
    return what.format(int(entry) + 1 if entry.isdigit() else entry.replace("-", " ")) + after


def _after(part: str) -> str:
    """What a moment counts from, or which of several it is."""
    if part == "*":
        return ""
    return f" {int(part) + 1}" if part.isdigit() else f", after “{part.replace('-', ' ')}”"


ONE = {
    "search lanes": "search lane",
    "consular officers": "consular officer",
    "aircraft stands": "aircraft stand",
    "vehicles": "vehicle",
    "escort teams": "escort team",
    "helicopters": "helicopter",
    "landing spots": "landing spot",
    "aircraft": "aircraft",
    "beds": "bed",
    "places in the holding area": "place in the holding area",
    "troops": "soldier",
    "technicians": "technician",
    "people": "person",
    "checkpoints on the road": "checkpoint on the road",
    "vehicles in a convoy": "vehicle in a convoy",
}
"""What is counted, many and one."""
JOINED = {*ONE, "onward travel"}
"""What has its owner in the sentence rather than in parentheses."""
LEVERS = {
    "warning": "warning before the fall",
    "scenario": "scenario",
    "provider": "who secures the airport",
    "threat": "threat",
}
"""What can be varied and is no number of a file."""
ACRONYMS = {
    "us": "US", "usa": "US", "uk": "UK", "un": "UN", "eu": "EU", "uae": "UAE", "nato": "NATO", "pia": "PIA", "suv": "SUV",
    "suvs": "SUVs", "ngo": "NGO", "ngos": "NGOs", "vip": "VIP",
}  # fmt: skip

_WITHDRAWAL = {
    "withdrawal.begins": "start of its withdrawal",
    "withdrawal.takes": "how long its withdrawal takes",
    "withdrawal.deadline": "deadline of its withdrawal",
    "withdrawal.near": "last stretch before the deadline of its withdrawal",
}
_WINDOW = {"begins": "start", "lasts": "how long it lasts", "until": "end at the latest"}
_MISSION = Part("all missions", kind="mission")
_LEVEL = Part("all threat levels", "threat level", "plain")
_FORCE = Part("all forces", "force", "force")

SECTIONS: tuple[Section, ...] = (
    Section(
        "missions.*.cohorts.*",
        {
            "people": "people",
            "residual": "people who stay",
            "order.at": "date of the order",
            "order.delay": "time from the trigger to the order",
            "ready": "time to get ready",
            "gap": "time between groups getting ready",
            "group": "size of a group",
            "modes.*.drive": "time on the way by mode {}",
            "modes.*.after": "wait before mode {}",
            "modes.drive": "time on the way",
            "modes.after": "wait before setting out",
            "search": "factor on the search time",
            "consular": "factor on the eligibility check",
            "rear_party.people": "people in the rear party",
            "rear_party.destruction": "time to destroy material",
        },
        (_MISSION, Part("all cohorts", kind="plain")),
    ),
    Section(
        "missions.*",
        {
            "order.at": "date of the order",
            "order.delay": "time from the trigger to the order",
            "residual": "people who stay",
            "closed": "date of its closing",
            "distance": "road distance to the gates",
            "drive": "driving time to the gates",
        },
        (_MISSION,),
    ),
    Section(
        "airport.gates.*",
        {
            "lanes": "search lanes",
            "per_group": "search time of a group",
            "per_person": "search time of a person",
            "reopening": "time to reopen after a closure",
        },
        (Part("all gates", "gate"),),
        "at",
    ),
    Section("airport.search", {"per_group": "search time of a group", "per_person": "search time of a person"}),
    Section(
        "airport.consular",
        {
            "officers": "consular officers",
            "build_up.*.at": "date of step {} of the consular officers",
            "build_up.*.officers": "consular officers from step {} on",
            "team": "officers in a consular team",
            "per_group": "time of a consular team for a group",
            "per_person": "time of a consular officer for a person",
        },
    ),
    Section("airport.airfield.stands.*", {"number": "aircraft stands"}, (Part("all classes", "class", "plain"),), "of"),
    Section(
        "airport.airfield.runway",
        {
            "day": "runway time of a movement by day",
            "night": "runway time of a movement at night",
            "visual": "runway time of a movement without a tower",
        },
    ),
    Section("airport.airfield.windows.*", _WINDOW, (Part("all air windows", "air window", "plain"),)),
    Section("airport.closures.*", {"at": "start", "lasts": "how long it lasts"}, (Part("all closures", "closure", "plain"),)),
    Section(
        "airport.incidents.*",
        {
            "at": "date",
            "rate.*": "rate at level {}",
            "lasts": "how long it lasts",
            "crowd": "factor on the inflow of the crowd",
            "disperses": "share of the crowd that leaves",
        },
        (Part("all incidents", "incident", "plain"),),
    ),
    Section(
        "airport.crowd",
        {
            "start": "people outside the gates at the start",
            "inflow": "inflow of the crowd",
            "news.every": "time between news of flights",
            "news.window": "time span of departures that make news",
            "news.flights": "departures that double the inflow of the crowd",
            "dispersal": "share of the crowd that leaves per hour",
            "slows": "crowd that halves the speed of an exposed gate",
            "close_above": "crowd above which exposed gates close",
            "open_below": "crowd below which exposed gates open again",
            "breach.rate": "rate of breaches for each 1,000 people of the crowd",
            "breach.above": "crowd below which nobody breaches",
            "breach.strength": "perimeter headcount that halves the rate of breaches",
            "breach.clear": "time to clear the runway after a breach",
            "breach.clear_strength": "headcount that halves the time to clear the runway",
            "breach.disperses": "share of the crowd gone after a breach",
        },
    ),
    Section("airport", {"holding": "places in the holding area"}),
    Section(
        "road.escorts.*",
        {
            "teams": "escort teams",
            "road": "factor on driving times under escort",
            "delay": "factor on checkpoint delays under escort",
            "negotiation": "time to negotiate permission under escort",
            "turn_back": "chance to be turned back under escort",
        },
        (Part("all escorts", "escort", "plain"),),
    ),
    Section(
        "road.windows.*",
        {
            **_WINDOW,
            "road": "factor on driving times",
            "checkpoint": "factor on checkpoint delays",
            "turn_back": "chance that a trip is turned back",
            "turn_back_alone": "chance that people who come alone are turned back",
        },
        (Part("all road windows", "road window", "plain"),),
    ),
    Section(
        "road",
        {
            "drive": "driving time to the gates",
            "speed": "driving speed",
            "checkpoints": "checkpoints on the road",
            "delay": "delay at a checkpoint",
            "negotiation": "time to negotiate permission",
            "turn_back": "chance that a convoy is turned back",
            "retry": "wait before a convoy tries again",
            "tries": "most tries of a convoy",
            "alone.turn_back": "chance that people who come alone are turned back",
            "alone.retry": "wait before people who come alone try again",
            "alone.tries": "most tries of people who come alone",
            "convoy.vehicles": "vehicles in a convoy",
            "convoy.patience": "time that a convoy waits for its vehicles",
            "convoy.headway": "least time between two convoys of a mission",
        },
    ),
    Section("threat.stay.*", {"": "how long it lasts"}, (_LEVEL,)),
    Section("threat.up.*", {"": "chance that the next level is worse"}, (_LEVEL,)),
    Section(
        "threat.effects.*",
        {
            "road": "factor on driving times",
            "checkpoint": "factor on checkpoint delays",
            "turn_back": "chance that a trip is turned back",
            "turn_back_alone": "chance that people who come alone are turned back",
            "lets_through": "share of those who walk in who are let through",
            "search": "factor on the search time",
            "consular": "factor on the eligibility check",
            "crowd": "inflow of the crowd",
            "incidents": "factor on the rate of incidents",
            "flying": "factor on the ground time of aircraft",
        },
        (_LEVEL,),
    ),
    Section("threat.timeline.*", {"at": "date"}, (Part("all moves of the threat", "move of the threat", "plain"),)),
    Section("clock", {"horizon": "length of the simulation"}),
    Section(
        "security.providers.*.force",
        {
            "headcount": "troops",
            "build_up.*.after": "time of step {} of the build-up",
            "build_up.*.headcount": "troops from step {} of the build-up on",
            "flown_in.troops": "troops on an aircraft",
            "flown_in.cargo": "cargo flights for each flight of troops",
            "flown_in.over": "time over which its aircraft come",
            "flown_in.unload": "time to unload an aircraft",
            "flown_in.endurance": "how long its aircraft can hold",
            "flown_in.returns": "time until its diverted aircraft are back",
            "perimeter": "headcount of the perimeter",
            "per_lane": "headcount of a search lane",
            "incidents": "factor on the rate of incidents",
            "crowd": "factor on the inflow of the crowd",
            "hold": "how long it holds the airport after the fall",
            **_WITHDRAWAL,
        },
        (_FORCE,),
        "of the",
    ),
    Section(
        "security.providers.*.operator",
        {"headcount": "technicians", **_WITHDRAWAL},
        (Part("all operators", "airfield operator", "force"),),
        "of the",
    ),
    Section(
        "security.providers.*",
        {"arrival": "time until it arrives", "officers": "consular officers"},
        (_FORCE,),
        "with the",
    ),
    Section(
        "security.phases.*",
        {"begins": "start", "provider": "who secures the airport"},
        (Part("all phases", "phase", "plain"),),
    ),
    Section(
        "security.host",
        {
            "headcount": "troops",
            "lanes": "search lanes",
            "holds_off": "people an hour kept from the crowd",
            "incidents": "factor on the rate of incidents",
            "collapse.at": "date of its collapse",
            "collapse.delay": "time to its collapse",
            "after.road": "factor on driving times after its collapse",
            "after.checkpoints": "checkpoints after its collapse",
            "after.delay": "delay at a checkpoint after its collapse",
            "after.negotiation": "time to negotiate permission after its collapse",
            "after.turn_back": "chance to be turned back after its collapse",
        },
        joined="of the",
        owner="host nation",
    ),
    Section(
        "security",
        {
            "per_lane": "headcount of a search lane",
            "unsecured_hold": "how long an airport without a foreign force holds after the fall",
            "absence_known": "how long before the start it is known that no foreign force is there",
            "reactions.share": "share of missions that leave for want of a force",
            "reactions.decides": "time until a mission decides to leave for want of a force",
            "reactions.goes": "time from deciding to leave for want of a force until all are out",
        },
    ),
    Section("vehicles.*", {"seats": "seats of a vehicle", "number": "vehicles"}, (Part("all vehicles"),)),
    Section("helicopters.*", {"number": "helicopters", "available": "date of their first flight"}, (Part("all helicopters"),)),
    Section(
        "places.*",
        {"spots": "landing spots", "guards.people": "guards flown in", "guards.leaves": "date when its guards leave"},
        (Part("all places", kind="place"),),
        "at",
    ),
    Section(
        "shuttles.*",
        {
            "seats": "seats of a helicopter",
            "number": "helicopters",
            "flight": "flight time one way",
            "empty": "flight time to the place",
            "turn": "time to load on the landing spot",
            "deck": "time on deck",
            "spots": "landing spots",
            "until": "end of the shuttle",
        },
        (Part("all shuttles"),),
    ),
    Section(
        "lift.types.*",
        {
            "seats": "seats",
            "surge": "seats in a surge",
            "load": "loading time",
            "per_person": "boarding time of a person",
            "quick": "ground time without passengers",
            "fuel": "refuelling time",
            "unhandled": "factor on the ground time without handling",
        },
        (Part("all aircraft types"),),
    ),
    Section(
        "lift.fleets.*",
        {
            "number": "aircraft",
            "available": "date of the first arrival",
            "until": "end of the sorties",
            "lag": "time until it is called",
            "outbound": "flight time to the hub",
            "turn": "ground time at the hub",
            "inbound": "flight time back from the hub",
            "sorties": "most sorties of an aircraft",
            "wait_for": "share of the seats that it waits for",
            "patience": "how long it waits for a load",
            "window": "ground window",
            "endurance": "how long it can hold",
        },
        (Part("all fleets", "fleet"),),
        "of the",
    ),
    Section(
        "lift.commercial.*",
        {
            "share": "share of the seats on sale to missions",
            "outbound": "flight time to the hub",
            "wait_for": "share of the seats that it waits for",
            "patience": "how long it waits for a load",
            "endurance": "how long it can hold",
        },
        (Part("all airlines"),),
    ),
    Section(
        "lift.retrograde.*",
        {
            "people": "troops to be flown out",
            "begins": "date when the first are ready",
            "over": "time over which they become ready",
            "group": "size of a group",
            "deadline": "deadline of their leaving",
            "near": "last stretch, in which they board before everybody",
        },
        (Part("all troops that leave"),),
    ),
    Section("lift", {"surge_above": "backlog above which surge seats are used"}),
    Section(
        "hubs.*",
        {"beds": "beds", "onward": "onward travel", "opens": "date of opening"},
        (Part("all hubs", kind="place"),),
        "at",
    ),
    Section("ratios.*", {"": "ratio"}, (Part("all ratios"),)),
)
"""The narrower before the wider."""
