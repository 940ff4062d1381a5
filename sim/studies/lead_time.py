"""The lever ``warning``: settings by which the capital falls so much later, everything before that at its time.

Each gives settings such as ``--set`` makes, so that a point of a study is a scenario like any other.
"""

from __future__ import annotations

import yaml

from sim.scenario import Loaded
from sim.scenario.nodes import LOADER
from sim.scenario.settings import Setting
from sim.scenario.types import Moment
from sim.studies.order_dates import setting
from sim.studies.query import QueryError

WARNING = "warning"
"""The lever that is no entry of a scenario: the fall comes so much later."""


class LeverError(QueryError):
    """A lever that a scenario does not have; one line."""


def lead_time(loaded: Loaded, hours: float) -> tuple[Setting, ...]:
    """The fall *hours* later than it would be, everything before it at its time.

    A threat that moves by random stays gets a level between the last one before the fall and the fall: it lasts *hours* and
    is like the one before it.  In a dated threat the date of the fall moves.  Orders triggered before the fall stay where they
    are, and so come so much earlier relative to it; what the fall triggers moves with it.

    Raises:
        LeverError: if the capital never falls, has fallen at the start, or may be freed again.
    """
    threat = loaded.scenario.threat
    if threat is None or threat.fallen is None or threat.fallen not in threat.levels:
        raise LeverError(f"{WARNING}: the capital never falls in {loaded.name} (threat.fallen names no level)")
    if not hours:
        return ()
    if threat.timeline:
        return _later(loaded, threat.levels.index(threat.fallen), hours)
    if threat.levels.index(threat.start) >= threat.levels.index(threat.fallen):
        raise LeverError(f"{WARNING}: the capital has fallen at the start in {loaded.name}")
    if threat.fallen in threat.stay:
        raise LeverError(f"{WARNING}: the capital may be freed again in {loaded.name} (threat.stay.{threat.fallen})")
    k = threat.levels.index(threat.fallen)
    before, longer = threat.levels[k - 1], f"{threat.levels[k - 1][:33]}-longer"
    data = yaml.load(loaded.canonical, Loader=LOADER)  # the safe one; in C it takes a tenth of the half second
    settings = [
        setting("threat.levels", [*threat.levels[:k], longer, *threat.levels[k:]]),
        setting(f"threat.stay.{longer}", f"{hours:g} h"),
        setting(f"threat.up.{longer}", 1),
    ]
    if effects := data["threat"].get("effects", {}).get(before):
        settings.append(setting(f"threat.effects.{longer}", effects))
    for name, incident in (data.get("airport", {}).get("incidents") or {}).items():
        if before in (incident.get("rate") or {}):
            settings.append(setting(f"airport.incidents.{name}.rate.{longer}", incident["rate"][before]))
    return tuple(settings)


def _later(loaded: Loaded, fallen: int, hours: float) -> tuple[Setting, ...]:
    """A dated threat: entries that reach the fallen level moved by *hours*."""
    threat = loaded.scenario.threat
    assert threat is not None
    settings = []
    for k, entry in enumerate(threat.timeline):
        if threat.levels.index(entry.level) >= fallen:
            at = _hours(entry.at, loaded)
            if at is None:
                raise LeverError(f"{WARNING}: threat.timeline.{k}.at of {loaded.name} is random and cannot be moved")
            settings.append(setting(f"threat.timeline.{k}.at", f"{at + hours:g} h"))
    return tuple(settings)


def _hours(moment: Moment, loaded: Loaded) -> float | None:
    dated = moment.date.hours_after(loaded.scenario.clock.start) if moment.date is not None else None
    return moment.delay.value if dated is None and moment.delay.is_constant else dated
