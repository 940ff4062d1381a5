"""From what is asked of a sweep to its points: which scenario, with which settings, and what is read of each."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from sim.analysis.designs import OWN, Axis, Design, Factor, crossed, listed, sampled
from sim.analysis.matrix import split
from sim.analysis.measure import Measure, MeasureError, parse
from sim.analysis.study import Proposal
from sim.analysis.sweeps import DEFAULT, by_mission
from sim.scenario import Loaded, Quantity, Scenario, ScenarioError
from sim.scenario.errors import Fault, Faults, Place, dotted, printable
from sim.scenario.files import PREFIX, shipped_names
from sim.scenario.merge import nearest
from sim.scenario.number import BASE_UNITS, dimensions, number_and_unit, scalar
from sim.scenario.shapes import quantities
from sim.studies.lab import Lab
from sim.studies.plan_file import Span, Sweeping
from sim.studies.preparing import TooLarge
from sim.studies.query import Given

CHOOSERS = ("scenario", "provider", "threat")
_NAME = re.compile(r"[a-z0-9-]{1,40}")
PROBED = 40
"""Points that are tried before a design is given up as wrong everywhere."""
_SET = re.compile(r"--set (\d+)")

Chosen = tuple[str | None, str | None, str | None]
"""Scenario, provider and threat that a point names; None where it is left as given."""


@dataclass(frozen=True)
class Space:
    """The points of a sweep and what is read of them."""

    design: Design
    measures: tuple[Measure, ...]
    lab: Lab
    of_choice: Mapping[Chosen, int]
    """Which of the lab's scenarios a choice means."""
    n: int

    def chosen(self, number: int) -> int:
        """Which of the lab's scenarios a point is about."""
        return self.of_choice[_choice(self.design, self.design[number])]

    def proposal(self, number: int) -> Proposal:
        """The point as the lab takes it."""
        row = self.design[number]
        settings = (f"{a.path}={a.values[p]}" for a, p in zip(self.design.axes, row, strict=True) if p != OWN and not a.chooses)
        return Proposal(tuple(settings), self.n, self.of_choice[_choice(self.design, row)])


def _choice(design: Design, row: Sequence[int]) -> Chosen:
    named = {a.path: a.values[p] for a, p in zip(design.axes, row, strict=True) if a.chooses and p != OWN}
    return named.get("scenario"), named.get("provider"), named.get("threat")


def space_of(asked: Sweeping, n: int, overrides: int, lab_of: Callable[[Sequence[Given]], Lab]) -> Space:
    """Works out the points of a sweep and checks all that can be checked before anything is simulated.

    *overrides*: how many settings the command gave before those of the sweep.  Raises :class:`ScenarioError`.
    """
    several = len(asked.scenarios) > 1
    names = tuple(given.name if isinstance(given, Loaded) else os.fspath(given) for given in asked.scenarios)
    if len(set(names)) < len(names):
        raise _error(Place("sweep"), (), "a scenario is there twice")
    if several and "scenario" in _paths(asked):
        raise _error(_place(asked, "scenario"), ("scenario",), "expected one scenario, or none, beside an axis of scenarios")
    choices = _choices(asked, names if several else ())
    byname = dict(zip(names, asked.scenarios, strict=True))
    given = [_given(choice, byname, asked) for choice in choices]
    lab = lab_of(given)
    design = _design(asked, lab.base[0].loaded.scenario)
    if several:
        design = crossed(Axis("scenario", names, chooses=True), design)
    missions = list(dict.fromkeys(m for one in lab.base for m in one.loaded.scenario.missions))
    space = Space(design, _measures(asked, missions), lab, {choice: k for k, choice in enumerate(choices)}, n)
    _probe(space, asked, overrides)
    return space


def _error(place: Place, path: tuple[str | int, ...], message: str) -> ScenarioError:
    return ScenarioError([Fault.at(place, path, message)])


def _place(asked: Sweeping, path: str) -> Place:
    return asked.places.get(path, Place(asked.given or "sweep"))


def _paths(asked: Sweeping) -> list[str]:
    return list(dict.fromkeys([*asked.values, *asked.spans, *(path for row in asked.rows for path in row)]))


def _chooses(path: str, values: Iterable[str]) -> bool:
    """Whether an axis chooses the scenario; ``threat`` may also be a mapping, to be set like any other."""
    return path in CHOOSERS and (path != "threat" or all(_NAME.fullmatch(v) for v in values))


def _values(asked: Sweeping, path: str) -> tuple[str, ...]:
    """All values that a path takes in what is asked."""
    if path in asked.values:
        return asked.values[path]
    if path in asked.spans:
        return asked.spans[path].choices
    return tuple(dict.fromkeys(row[path] for row in asked.rows if path in row))


def _choices(asked: Sweeping, scenarios: Sequence[str]) -> list[Chosen]:
    """All combinations of scenario, provider and threat that points name."""
    options: list[list[str | None]] = []
    for path in CHOOSERS:
        values: list[str | None] = list(_values(asked, path))
        if path == "scenario" and scenarios:
            values = list(scenarios)
        if not values or not _chooses(path, (v for v in values if v is not None)):
            values = [None]
        elif asked.rows and any(path not in row for row in asked.rows):
            values = [None, *values]
        options.append(values)
    found = [(s, p, t) for s, p, t in itertools.product(*options)]
    if not asked.rows or scenarios:
        return found
    named = {
        (row.get("scenario"), row.get("provider"), row.get("threat") if len(options[2]) > 1 or options[2][0] else None)
        for row in asked.rows
    }
    return [choice for choice in found if choice in named]


def _given(choice: Chosen, byname: Mapping[str, Given], asked: Sweeping) -> Given:
    """The scenario that a choice means."""
    scenario, provider, threat = choice
    if scenario is None and not byname:
        raise _error(
            _place(asked, "scenario"), ("scenario",), "expected a scenario for every point, or scenarios: above the design"
        )
    base = next(iter(byname.values())) if scenario is None else byname.get(scenario, scenario)
    if provider is None and threat is None:
        return base
    path = "provider" if provider is not None else "threat"
    if isinstance(base, Loaded):
        raise _error(_place(asked, path), (path,), "can only be swept where scenarios are files named PROVIDER-THREAT")
    folder, name = os.path.split(os.fspath(base))
    shipped = PREFIX if name.startswith(PREFIX) else ""
    stem, ending = os.path.splitext(name.removeprefix(PREFIX))
    parts = split(stem)
    if parts is None:
        raise _error(
            _place(asked, path), (path,), f"can only be swept where files are named PROVIDER-THREAT, not {printable(name)}"
        )
    wanted = f"{shipped}{provider or parts[0]}-{threat or parts[1]}{ending}"
    there = os.path.join(folder, wanted)
    if shipped and wanted.removesuffix(".yaml") not in shipped_names():
        raise _error(_place(asked, path), (path,), f"no shipped scenario {printable(wanted)}{nearest(wanted, shipped_names())}")
    if not shipped and not FilePath(there).is_file():
        raise _error(_place(asked, path), (path,), f"no file {printable(there, 200)} for {printable(provider or threat or '')}")
    return there


def _dimensions(scenario: Scenario) -> dict[str, tuple[str, Quantity]]:
    """Dimension and quantity of every path that is one."""
    return {dotted(path): (dimension.name, quantity) for path, dimension, quantity, _ in quantities(scenario)}


def _design(asked: Sweeping, scenario: Scenario) -> Design:
    known = _dimensions(scenario)

    def axis_of(path: str, values: Sequence[str]) -> Axis:
        if _chooses(path, values):
            return Axis(path, tuple(values), chooses=True)
        return Axis.of(path, values, known[path][0] if path in known else None)

    if asked.kind == "grid":
        return Design("grid", tuple(axis_of(path, values) for path, values in asked.values.items()))
    if asked.kind == "points":
        return listed(asked.rows, axis_of)
    faults = Faults()
    factors = [_factor(path, span, known, faults) for path, span in asked.spans.items()]
    faults.stop()
    return sampled(asked.kind, [f for f in factors if f is not None], asked.points, asked.design_seed or asked.seed or 0)


def _factor(path: str, span: Span, known: Mapping[str, tuple[str, Quantity]], faults: Faults) -> Factor | None:
    dimension, quantity = known.get(path, (None, None))
    if span.choices:
        return Factor(path, choices=span.choices, dimension=dimension, chooses=_chooses(path, span.choices))
    whole = dimension in ("people", "count")
    if not span.own:
        try:
            low, high, unit = _between(span, dimension)
            if not low < high or (span.log and low <= 0):
                raise ValueError(f"expected {'0 < ' if span.log else ''}low < high, got {span.low} and {span.high}")
        except ValueError as error:
            faults.add(span.place, (path,), str(error))
            return None
        return Factor(path, low, high, unit, whole, span.log, dimension=dimension)
    message = _no_range(path, quantity, known)
    if message or quantity is None or quantity.spread is None or dimension is None:
        faults.add(span.place, (path,), message)
        return None
    low, high = quantity.spread
    high = min(high, 1.0) if dimension == "share" else high
    return Factor(
        path,
        float(round(low)) if whole else low,
        float(round(high)) if whole else high,
        BASE_UNITS[dimension],
        whole,
        dimension=dimension,
    )


def _no_range(path: str, quantity: Quantity | None, known: Iterable[str]) -> str:
    """Why a path has no range of its own; empty if it has one."""
    if quantity is None:
        return f"no quantity of that name, so that it has no range of its own{nearest(path, known)}"
    if not quantity.is_constant:
        return "is a distribution, and a number would replace it: say between which (lo:hi), or vary one of its parameters"
    if quantity.spread is None or quantity.spread[0] == quantity.spread[1]:
        return "has neither low and high nor a grade of evidence: say between which (lo:hi)"
    return ""


def _between(span: Span, dimension: str | None) -> tuple[float, float, str]:
    """Low and high in one unit, and the unit: the one that both have, else the base unit."""
    low_end, high_end = number_and_unit(span.low), number_and_unit(span.high)
    if not low_end or not high_end:
        raise ValueError(f"expected two numbers, lo:hi, got {printable(span.low)} and {printable(span.high)}")
    units = {end.unit for end in (low_end, high_end) if end.unit}
    kinds = [dimension] if dimension else dimensions(units)
    if not kinds:
        raise ValueError(f"expected units of one kind, got {printable(span.low)} and {printable(span.high)}")
    if len(units) == 1:
        for end in (low_end, high_end):
            scalar(f"{end.number} {next(iter(units))}", kinds[0])  # a unit of the wrong kind is said
        return float(low_end.number), float(high_end.number), next(iter(units))
    kind = kinds[0] if units or dimension else "factor"
    fine = "factor" if kind in ("people", "count") and not units else kind
    low, high = scalar(span.low, fine), scalar(span.high, fine)
    return low, high, BASE_UNITS[kind] if units else ""


def _measures(asked: Sweeping, missions: Sequence[str]) -> tuple[Measure, ...]:
    faults = Faults()
    texts = list(asked.measures) or list(DEFAULT)
    found: list[Measure] = []
    for k, text in enumerate(by_mission(texts, missions) if asked.by == "mission" else texts):
        try:
            measure = parse(text, missions)
        except MeasureError as error:
            place = asked.measured[k] if k < len(asked.measured) else Place("--measure")
            faults.add(place, (), str(error))
            continue
        if measure not in found:
            found.append(measure)
    faults.stop()
    return tuple(found)


def _probe(space: Space, asked: Sweeping, overrides: int) -> None:
    """Raises what is wrong if no point can be loaded: then a path is wrong, which is bad input and no failure of points."""
    first: ScenarioError | TooLarge | None = None
    for number in space.design.spread(PROBED):
        try:
            space.lab.source(space.proposal(number))
            return
        except ScenarioError as error:
            first = first or ScenarioError(_where_said(space, asked, overrides, number, error))
        except TooLarge as error:
            first = first or error
    if first is not None:
        raise first


def every_point(space: Space, asked: Sweeping, overrides: int) -> list[Loaded]:
    """The scenario of every point, for a study that can use none without the others; raises ScenarioError with all faults."""
    found, faults = [], []
    for number in range(len(space.design)):
        try:
            found.append(space.lab.source(space.proposal(number)))
        except ScenarioError as error:
            faults += _where_said(space, asked, overrides, number, error)
    if faults:
        raise ScenarioError(dict.fromkeys(faults))
    return found


def place_of(asked: Sweeping, start: str) -> Place:
    """Where the first path that begins so was written; the plan if none does."""
    return next((place for path, place in asked.places.items() if path.startswith(start)), _place(asked, ""))


def _where_said(space: Space, asked: Sweeping, overrides: int, number: int, error: ScenarioError) -> list[Fault]:
    row = space.design[number]
    paths = [a.path for a, p in zip(space.design.axes, row, strict=True) if p != OWN and not a.chooses]
    return [_placed(fault, paths, asked, overrides) for fault in error.faults]


def _placed(fault: Fault, paths: Sequence[str], asked: Sweeping, overrides: int) -> Fault:
    """A fault of a setting where the sweep says it, not the setting."""
    match = _SET.fullmatch(fault.file)
    k = int(match[1]) - 1 - overrides if match else -1
    if not 0 <= k < len(paths):
        return fault
    place = _place(asked, paths[k])
    return Fault(place.file, place.line, place.column, fault.path, fault.message)
