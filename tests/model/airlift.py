"""Small scenarios with aircraft: everybody inside at hour 0, one fleet, no other limit; and what flew."""

from __future__ import annotations

from typing import Any

from sim.model.world import World

Data = dict[str, Any]
START = "2021-08-16 06:00"
MANY = 10_000
"""A group size that keeps a cohort in one group."""


def staff(people: int, *, group: int = MANY, starts: str = "holding", **more: Any) -> Data:
    """A cohort in one group that is inside as soon as it is ordered and ready."""
    return {"people": people, "group": group, "starts": starts, **more}


def mission(at: str = "start", /, **cohorts: Any) -> Data:
    """A mission ordered out at *at*."""
    return {"order": {"at": at}, "cohorts": cohorts}


def jets(people: int = 10, *, kind: Data | None = None, fleet: Data | None = None, **sections: Any) -> Data:
    """*people* of one mission inside at hour 0, and one fleet of aircraft of 10 seats for which nothing takes time."""
    return {
        "clock": {"start": START, "horizon": "5 d"},
        "lift": {
            "types": {"jet": {"seats": 10, **(kind or {})}},
            "fleets": {"air": {"aircraft": "jet", **(fleet or {})}},
        },
        "missions": {"embassy": mission(staff=staff(people))},
        **sections,
    }


def provider(phases: list[tuple[Any, str]], host: Data | None = None, /, **providers: Any) -> Data:
    """The ``security`` section: providers and the phases (moment, provider)."""
    section: Data = {"providers": providers, "phases": [{"begins": at, "provider": name} for at, name in phases]}
    if host is not None:
        section["host"] = host
    return section


def flights(world: World, fleet: str = "") -> list[Any]:
    """(hour at which the take-off roll ended, people of missions), of one fleet or of all, in order of departure."""
    return [(round(f.off, 9), f.people) for f in world.lift.flights if f.name.startswith(fleet)]


def hours(world: World, fleet: str = "") -> list[Any]:
    """Hours at which the take-off rolls ended, empty flights too."""
    return [h for h, _ in flights(world, fleet)]


def boarded(world: World) -> list[dict[str, int]]:
    """Who was on each flight: people by ``mission/cohort``, troops as ``troops``."""
    loads = []
    for f in world.lift.flights:
        load: dict[str, int] = {"troops": f.troops} if f.troops else {}
        for group, k in f.portions:
            name = f"{group.cohort.mission.plan.name}/{group.cohort.plan.name}"
            load[name] = load.get(name, 0) + k
        loads.append(load)
    return loads
