"""Two sliders over time that are no number of a scenario: when all are ordered out, and how much later the capital falls.

Each says settings as ``--set`` takes them, those that ``deadline`` and the lever ``warning`` make of the same question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sim.analysis.mission_words import date_text
from sim.analysis.words import duration
from sim.scenario import Loaded
from sim.scenario.settings import Setting
from sim.serve.levers import Step
from sim.studies.lead_time import LeverError, lead_time
from sim.studies.order_dates import TOTAL, moving, ordered_at

Json = dict[str, Any]
ORDER, WARNING = "order", "warning"
"""What they are called where they are asked for; no parameter has such a name."""
STEPS_H = (1, 2, 3, 6, 12)
"""Hours between two dates, the first with which there are few enough."""
MOST_DATES, LONGEST_H = 40, 480.0
"""Dates, and hours from the start to beyond the last."""
LATER_H = (6, 12, 24, 36, 48, 72, 96, 120, 168, 240, 336)
"""By how much later the capital falls."""
GROUP = "Time"


@dataclass(frozen=True)
class TimeLever:
    """A slider over hours; nothing is set as long as it isn't moved."""

    name: str
    about: str
    hours: tuple[float, ...]
    """Where it can stand."""
    text: Callable[[float], str]
    """What that comes to, for people."""
    made: Callable[[float], Sequence[Setting]]
    """The settings that say it."""
    drawn = False

    def settings(self, at: float) -> tuple[str, ...]:
        """The ``--set`` of each parameter that put it at this place of its range, 0 to 1."""
        return _texts(self, self.hours[round(at * (len(self.hours) - 1))])

    def steps(self) -> list[Step]:
        """Where it can stand, the earliest first."""
        last = max(len(self.hours) - 1, 1)
        return [Step(round(k / last, 6), self.text(hours)) for k, hours in enumerate(self.hours)]

    def as_json(self) -> Json:
        """What the page shows of it, as of any lever."""
        return {
            "name": self.name,
            "about": self.about,
            "whose": "",
            "group": GROUP,
            "paths": [],
            "written": "",
            "drawn": False,
            "start": 0,
            "steps": [[step.at, step.text] for step in self.steps()],
        }


@cache
def _texts(lever: TimeLever, hours: float) -> tuple[str, ...]:
    return tuple(str(setting) for setting in lever.made(hours))


def time_levers(loaded: Loaded) -> dict[str, TimeLever]:
    """Those that a scenario has, by name: an order where somebody is to be moved, a later fall where there is one to come."""
    scenario, levers = loaded.scenario, []
    start, horizon = scenario.clock.start.when, scenario.clock.horizon.mean
    span = min(horizon, LONGEST_H)
    step = next((hours for hours in STEPS_H if span / hours <= MOST_DATES), span / MOST_DATES)
    dates = tuple(step * k for k in range(int(span / step)))
    if moving(scenario) and len(dates) > 1:
        levers.append(
            TimeLever(
                ORDER,
                "All missions ordered out on one date",
                dates,
                lambda hours: date_text(start + timedelta(hours=hours)),
                lambda hours: ordered_at(scenario, TOTAL, hours),
            )
        )
    try:
        lead_time(loaded, LATER_H[0])
    except LeverError:
        pass
    else:
        later = tuple(map(float, LATER_H))
        levers.append(
            TimeLever(WARNING, "The capital falls later", later, lambda h: f"{duration(h)} later", lambda h: lead_time(loaded, h))
        )
    return {lever.name: lever for lever in levers}
