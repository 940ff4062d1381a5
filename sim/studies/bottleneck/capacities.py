"""The capacities of a scenario and what "one more" of each is, as overrides.

A capacity is a number of things that serve, carry or hold people, or the security headcount that opens lanes.  Which ones a
scenario has is read off the scenario: every finite number at a place that :data:`RULES` names.  Without a limit there is
nothing to add.

"One more" is **added** to what is there: to a constant; to every value of a ``uniform``, ``triangular``, ``pert``, ``normal`` or
``choice``, whose shape stays; of the other families, which begin at zero, the mean rises by it (all values are multiplied by
one number).  A force that builds up gets it in every step.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import NamedTuple

from sim.analysis.factors import said
from sim.analysis.naming import Named, named, titles_of
from sim.analysis.parameter_names import JOINED, ONE
from sim.analysis.words import duration
from sim.scenario.errors import Faults, Path, Place, dotted, printable
from sim.scenario.number import scalar
from sim.scenario.quantity import Quantity
from sim.scenario.ranges import WHOLE, written
from sim.scenario.schema import Scenario
from sim.scenario.settings import Setting
from sim.scenario.shapes import quantities
from sim.studies.axis import Step

WARNING = "warning"
"""The capacity that is no entry of a scenario: time between the orders and the fall."""
DAY = 24.0
MOST = 2_000
"""Most capacities of one scenario that are tried."""

STEP = Place("--step")
"""Where settings that nobody typed were written."""


class Rule(NamedTuple):
    """Where a capacity is found."""

    kind: str
    pattern: str
    step: float


RULES = (
    Rule("lane", r"airport\.gates\.([^.]+)\.lanes", 1),
    Rule("lane", r"security\.host\.lanes", 1),
    Rule("officer", r"airport\.consular\.officers", 1),
    Rule("officer", r"security\.providers\.([^.]+)\.officers", 1),
    Rule("stand", r"airport\.airfield\.stands\.([^.]+)\.number", 1),
    Rule("vehicle", r"vehicles\.([^.]+)\.number", 1),
    Rule("escort", r"road\.escorts\.([^.]+)\.teams", 1),
    Rule("helicopter", r"shuttles\.([^.]+)\.number", 1),
    Rule("helicopter", r"helicopters\.([^.]+)\.number", 1),
    Rule("landing spot", r"places\.([^.]+)\.spots", 1),
    Rule("landing spot", r"shuttles\.([^.]+)\.spots", 1),
    Rule("aircraft", r"lift\.fleets\.([^.]+)\.number", 1),
    Rule("bed", r"hubs\.([^.]+)\.beds", 100),
    Rule("onward travel", r"hubs\.([^.]+)\.onward", 10),
    Rule("room", r"airport\.holding", 100),
    Rule("troops", r"security\.providers\.([^.]+)\.force\.headcount", 100),
    Rule("troops", r"security\.host\.headcount", 100),
)
"""In the order in which a person meets them; the first that fits a path is the one.

Steps are the smallest that can be ordered, one, but 100 beds or places, 10 people an hour onward and 100 troops (a company):
one bed is nothing.  Officers who work in teams come as a team.
"""
KINDS = tuple(dict.fromkeys([*(rule.kind for rule in RULES), WARNING]))


@dataclass(frozen=True)
class Capacity:
    """A capacity of one scenario with one step of it."""

    path: str
    """Of the entry that is shown, or :data:`WARNING`."""
    kind: str
    """One of :data:`KINDS`, or ``other``."""
    step: float
    """Base units; negative for less."""
    dimension: str
    now: str
    """What the scenario has, as text; empty for :data:`WARNING`."""
    label: str
    """``search lane at Abbey gate``."""
    phrase: str
    """``one more search lane at Abbey gate``, the subject of a sentence."""
    settings: tuple[Setting, ...]
    """The overrides that add the step."""

    @property
    def step_text(self) -> str:
        """``+1``, ``+100 people``, ``−1 h``."""
        return ("−" if self.step < 0 else "+") + _amount(abs(self.step), self.dimension)


def capacities(scenario: Scenario, steps: Sequence[Step] = (), faults: Faults | None = None) -> list[Capacity]:
    """Every finite capacity with the step asked for, or else its own, and whatever else *steps* name; in travel order."""
    noted = faults if faults is not None else Faults()
    phases = {phase.provider for phase in scenario.security.phases}
    ranked: list[tuple[int, Capacity]] = []
    for path, dimension, quantity, _ in quantities(scenario):
        absent = path[:2] == ("security", "providers") and path[2] not in phases
        if absent or not math.isfinite(quantity.mean):
            continue
        name = dotted(path)
        rank, rule = next(((k, r) for k, r in enumerate(RULES) if re.fullmatch(r.pattern, name)), (len(RULES), None))
        asked = [step for step in steps if step.path != WARNING and step.chooses.fullmatch(name)]
        if rule is None and not asked:
            continue
        try:
            amount = step_of(asked[-1], dimension.name) if asked else _own(rule, scenario)
            ranked.append((rank, _capacity(scenario, path, quantity, dimension.name, amount, rule)))
        except ValueError as error:
            noted.add(asked[-1].place if asked else Place("scenario"), path, str(error))
    return [capacity for _, capacity in sorted(ranked, key=lambda pair: pair[0])]


def warning_of(settings: tuple[Setting, ...], hours: float = DAY) -> Capacity:
    """Days of warning as a capacity; *settings* are the overrides that give them."""
    words = "a day of warning" if hours == DAY else f"{duration(hours)} of warning"
    return Capacity(WARNING, WARNING, hours, "time", "", named(WARNING).phrase, words, settings)


def warning_step(steps: Sequence[Step], faults: Faults) -> float:
    """Hours of warning that are tried: a day, or what was asked for."""
    for step in steps:
        if step.path == WARNING:
            try:
                if (hours := step_of(step, "time")) <= 0:
                    raise ValueError("expected a time to be added, such as +2 d")
                return hours
            except ValueError as error:
                faults.add(step.place, (WARNING,), str(error))
    return DAY


def only(every: Iterable[Capacity], globs: Sequence[str]) -> list[Capacity]:
    """Those whose path or kind fits one of *globs*; all without any."""
    return [c for c in every if not globs or any(fnmatchcase(c.path, g) or fnmatchcase(c.kind, g) for g in globs)]


def nearest(path: str, scenarios: Iterable[Scenario]) -> str:
    """``; nearest: PATH`` if a finite number of the scenarios has a like path."""
    there = {dotted(p) for s in scenarios for p, _, q, _ in quantities(s) if math.isfinite(q.mean)} | {WARNING}
    near = difflib.get_close_matches(path, sorted(there), 1, 0.6)
    return f"; nearest: {near[0]}" if near else ""


def added(quantity: Quantity, step: float) -> Quantity:
    """*quantity* with *step* more (or less); raises ValueError where less than nothing would be left."""
    p, half = quantity.params, len(quantity.params) // 2
    match quantity.family:
        case "constant" | "uniform" | "triangular" | "pert":
            params = tuple(x + step for x in p)
        case "normal":
            params = (p[0] + step, p[1])
        case "choice":
            params = (*(x + step for x in p[:half]), *p[half:])
        case _:
            factor = (quantity.mean + step) / quantity.mean
            if factor <= 0:
                raise ValueError(_too_little(quantity.mean, step))
            return quantity.scaled(factor)
    values = params[:half] if quantity.family == "choice" else params[:1]
    if min(values) < 0:
        raise ValueError(_too_little(min(values) - step, step))
    return replace(quantity, params=params)


def _too_little(there: float, step: float) -> str:
    return f"expected a step of at most {there:g} less, got {-step:g} less"


def step_of(step: Step, dimension: str) -> float:
    """How much more *step* is of a quantity of this dimension, or less than zero; raises ValueError."""
    amount = scalar(step.amount, dimension)
    if not 0 < amount < math.inf:
        raise ValueError(f"expected an amount > 0 after the sign, got {printable(step.amount)}")
    if dimension in WHOLE and amount != int(amount):
        raise ValueError(f"expected a whole number, got {printable(step.amount)}")
    return -amount if step.sign == "-" else amount


def _own(rule: Rule | None, scenario: Scenario) -> float:
    """The step of a rule; officers come as a team."""
    assert rule is not None
    if rule.kind == "officer" and scenario.airport.consular is not None:
        return max(rule.step, float(math.ceil(scenario.airport.consular.team.mean)))
    return rule.step


def _capacity(scenario: Scenario, path: Path, quantity: Quantity, dimension: str, amount: float, rule: Rule | None) -> Capacity:
    name = dotted(path)
    members = {name: quantity, **dict(_later(scenario, name))}
    settings = tuple(Setting(where, written(added(q, amount)), STEP, replaces=True) for where, q in members.items())
    label, phrase = _words(named(name, titles_of([scenario])), amount, dimension)
    kind = rule.kind if rule is not None else "other"
    now = quantity.text if quantity.text is not None else f"{quantity.mean:g}"
    return Capacity(name, kind, amount, dimension, now, label, phrase, settings)


def _later(scenario: Scenario, name: str) -> Iterator[tuple[str, Quantity]]:
    """The later numbers of a force, or of officers, that build up."""
    consular = scenario.airport.consular
    if name == "airport.consular.officers" and consular is not None:
        for k, later in enumerate(consular.build_up):
            yield f"airport.consular.build_up.{k}.officers", later.officers
    match = re.fullmatch(r"security\.providers\.([^.]+)\.force\.headcount", name)
    force = scenario.security.providers[match[1]].force if match else None
    for k, step in enumerate(force.build_up if force is not None else ()):
        yield f"{name.removesuffix('headcount')}build_up.{k}.headcount", step.headcount


def _words(called: Named, amount: float, dimension: str) -> tuple[str, str]:
    """Label and phrase."""
    size, less = abs(amount), amount < 0
    change = f"{_amount(size, dimension)} {'less' if less else 'more'}"
    if called.what not in ONE:
        return called.phrase, f"{change} {called.phrase}" if called.what in JOINED else f"{change} of {called.phrase}"
    noun = called.counted(size)
    return noun, f"{'one' if size == 1 else f'{size:,.0f}'} {'fewer' if less else 'more'} {noun}"


def _amount(size: float, dimension: str) -> str:
    return f"{size:,.0f}" if dimension in WHOLE else said(size, dimension)
