"""From what a design says to its points: which scenario, with which settings, and what is read of each."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from sim.analysis.matrix import split
from sim.analysis.measure import TOTAL, Measure, MeasureError, parse
from sim.analysis.study import Proposal
from sim.scenario import Loaded, Quantity, Scenario, ScenarioError
from sim.scenario.errors import Fault, Faults, Place, dotted, printable
from sim.scenario.files import PREFIX, shipped_names
from sim.scenario.nearest import nearest
from sim.scenario.number import BASE_UNITS, dimensions, number_and_unit, scalar
from sim.scenario.settings import Setting
from sim.scenario.shapes import quantities
from sim.studies.axis import Axis
from sim.studies.design.own import OwnRange, own_range
from sim.studies.design.points import OWN, Design, DesignFactor, crossed, listed, sampled, spread
from sim.studies.design.spec import DesignSpec, Span
from sim.studies.engine import Session, StudyRunner
from sim.studies.preparing import TooLarge
from sim.studies.query import Given, name_of

CHOOSERS = ("scenario", "provider", "threat")
_NAME = re.compile(r"[a-z0-9-]{1,40}")
PROBED = 40
"""Points that are tried before a design is given up as wrong everywhere."""
CHECKED = 200
"""Values that are tried alone, of all axes together."""
MOST_FAULTS = 20
DEFAULT = ("total.out_p50", "total.out_p90", "total.p_all_out", "total.left_behind")
"""Measures of a design that names none."""

Chosen = tuple[str | None, str | None, str | None]
"""Scenario, provider and threat that a point names; None where it is left as given."""


@dataclass(frozen=True)
class Space:
    """The points of a design and what is read of them."""

    design: Design
    measures: tuple[Measure, ...]
    runner: StudyRunner
    of_choice: Mapping[Chosen, int]
    """Which of the runner's scenarios a choice means."""
    n: int

    def chosen(self, number: int) -> int:
        """Which of the runner's scenarios a point is about."""
        return self.of_choice[_choice(self.design, self.design[number])]

    def proposal(self, number: int) -> Proposal:
        """The point as the runner takes it."""
        return Proposal(self.settings(self.design[number]), self.n, self.chosen(number))

    def settings(self, row: Sequence[int]) -> tuple[Setting, ...]:
        """What a row of positions sets."""
        chosen = zip(self.design.axes, row, strict=True)
        return tuple(one for axis, place in chosen if place != OWN and not axis.chooses for one in axis.settings(place))


def _choice(design: Design, row: Sequence[int]) -> Chosen:
    named = {a.path: a.values[p] for a, p in zip(design.axes, row, strict=True) if a.chooses and p != OWN}
    return named.get("scenario"), named.get("provider"), named.get("threat")


def space_of(spec: DesignSpec, session: Session) -> Space:
    """Works out the points of a design and checks all that can be checked before anything is simulated.

    Raises:
        ScenarioError: if a scenario, a path or a measure is wrong.
        TooLarge: if a scenario, or the whole design, is beyond the budget and that is not allowed.
    """
    several = len(spec.scenarios) > 1
    names = tuple(name_of(given) for given in spec.scenarios)
    if len(set(names)) < len(names):
        raise error_at(Place("sweep"), (), "a scenario is there twice")
    if several and "scenario" in spec.paths:
        raise error_at(spec.place("scenario"), ("scenario",), "expected one scenario, or none, beside an axis of scenarios")
    choices = _choices(spec, names if several else ())
    byname = dict(zip(names, spec.scenarios, strict=True))
    runner = session.check([_given(choice, byname, spec) for choice in choices], spec.settings)
    design = _design(spec, runner.loaded[0].scenario)
    design = replace(design, axes=tuple(replace(axis, origin=spec.place(axis.path)) for axis in design.axes))
    if several:
        design = crossed(Axis("scenario", names, chooses=True), design)
    missions = list(dict.fromkeys(m for one in runner.loaded for m in one.scenario.missions))
    of_choice = {choice: k for k, choice in enumerate(choices)}
    space = Space(design, _measures(spec, missions, runner.titles), runner, of_choice, session.query.n)
    runner.afford(len(design), len(design) * space.n)
    _probe(space)
    _check_values(space)
    return space


def error_at(place: Place, path: tuple[str | int, ...], message: str) -> ScenarioError:
    """One fault, as what is raised."""
    return ScenarioError([Fault.at(place, path, message)])


def _chooses(path: str, values: Iterable[str]) -> bool:
    """Whether an axis chooses the scenario; ``threat`` may also be a mapping, to be set like any other."""
    return path in CHOOSERS and (path != "threat" or all(_NAME.fullmatch(v) for v in values))


def _choices(spec: DesignSpec, scenarios: Sequence[str]) -> list[Chosen]:
    """All combinations of scenario, provider and threat that points name."""
    options: list[list[str | None]] = []
    for path in CHOOSERS:
        values: list[str | None] = list(spec.values(path))
        if path == "scenario" and scenarios:
            values = list(scenarios)
        if not values or not _chooses(path, (v for v in values if v is not None)):
            values = [None]
        elif spec.rows and any(path not in row for row in spec.rows):
            values = [None, *values]
        options.append(values)
    every = [(s, p, t) for s, p, t in itertools.product(*options)]
    if not spec.rows or scenarios:
        return every
    named = {
        (row.get("scenario"), row.get("provider"), row.get("threat") if len(options[2]) > 1 or options[2][0] else None)
        for row in spec.rows
    }
    return [choice for choice in every if choice in named]


def _given(choice: Chosen, byname: Mapping[str, Given], spec: DesignSpec) -> Given:
    """The scenario that a choice means."""
    scenario, provider, threat = choice
    if scenario is None and not byname:
        raise error_at(
            spec.place("scenario"), ("scenario",), "expected a scenario for every point, or scenarios: above the design"
        )
    base = next(iter(byname.values())) if scenario is None else byname.get(scenario, scenario)
    if provider is None and threat is None:
        return base
    path = "provider" if provider is not None else "threat"
    if isinstance(base, Loaded):
        raise error_at(spec.place(path), (path,), "can only be swept where scenarios are files named PROVIDER-THREAT")
    folder, name = os.path.split(os.fspath(base))
    shipped = PREFIX if name.startswith(PREFIX) else ""
    stem, ending = os.path.splitext(name.removeprefix(PREFIX))
    parts = split(stem)
    if parts is None:
        raise error_at(
            spec.place(path), (path,), f"can only be swept where files are named PROVIDER-THREAT, not {printable(name)}"
        )
    wanted = f"{shipped}{provider or parts[0]}-{threat or parts[1]}{ending}"
    there = os.path.join(folder, wanted)
    if shipped and wanted.removesuffix(".yaml") not in shipped_names():
        raise error_at(spec.place(path), (path,), f"no shipped scenario {printable(wanted)}{nearest(wanted, shipped_names())}")
    if not shipped and not FilePath(there).is_file():
        raise error_at(spec.place(path), (path,), f"no file {printable(there, 200)} for {printable(provider or threat or '')}")
    return there


def _design(spec: DesignSpec, scenario: Scenario) -> Design:
    """The design that *spec* says, whose numbers have the dimensions that their paths have in *scenario*."""
    known = {dotted(path): (dimension.name, quantity) for path, dimension, quantity, _ in quantities(scenario)}

    def axis_of(path: str, values: Sequence[str]) -> Axis:
        if _chooses(path, values):
            return Axis(path, tuple(values), chooses=True)
        return Axis.of(path, values, known[path][0] if path in known else None)

    if spec.kind == "grid":
        return Design("grid", tuple(axis_of(axis.path, axis.values) for axis in spec.axes))
    if spec.kind == "points":
        return listed(spec.rows, axis_of)
    faults = Faults()
    factors = [_factor(path, span, known, scenario, faults) for path, span in spec.spans.items()]
    faults.stop()
    return sampled(spec.kind, [f for f in factors if f is not None], spec.points, spec.design_seed or spec.seed or 0)


def _factor(
    path: str, span: Span, known: Mapping[str, tuple[str, Quantity]], scenario: Scenario, faults: Faults
) -> DesignFactor | OwnRange | None:
    dimension = known[path][0] if path in known else None
    if span.choices:
        return DesignFactor(path, choices=span.choices, dimension=dimension, chooses=_chooses(path, span.choices))
    try:
        if span.own:
            return own_range(path, scenario)
        low, high, unit = _between(span, dimension)
        if not low < high or (span.log and low <= 0):
            raise ValueError(f"expected {'0 < ' if span.log else ''}low < high, got {span.low} and {span.high}")
    except ValueError as error:
        faults.add(span.place, (path,), str(error))
        return None
    return DesignFactor(path, low, high, unit, dimension in ("people", "count"), span.log, dimension=dimension)


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


def by_mission(measures: Sequence[str], missions: Iterable[str]) -> list[str]:
    """Every measure of everybody asked of each mission too."""
    kinds = [address.removeprefix(f"{TOTAL}.") for address in measures if address.startswith(f"{TOTAL}.")]
    return list(dict.fromkeys([*measures, *(f"{mission}.{kind}" for mission in missions for kind in kinds)]))


def _measures(spec: DesignSpec, missions: Sequence[str], titles: Mapping[str, str]) -> tuple[Measure, ...]:
    faults = Faults()
    texts = list(spec.measures) or list(DEFAULT)
    measures: dict[Measure, None] = {}  # each once, in their order
    for k, text in enumerate(by_mission(texts, missions) if spec.by == "mission" else texts):
        try:
            measures[parse(text, missions, titles)] = None
        except MeasureError as error:
            faults.add(spec.measured[k] if k < len(spec.measured) else Place("--measure"), (), str(error))
    faults.stop()
    return tuple(measures)


def _probe(space: Space) -> None:
    """Raises what is wrong if no point can be loaded: then a path is wrong, which is bad input and no failure of points."""
    faults: list[ScenarioError | TooLarge] = []
    for number in space.design.spread(PROBED):
        try:
            space.runner.source(space.proposal(number))
            return
        except (ScenarioError, TooLarge) as error:
            faults.append(error)
    if faults:
        raise faults[0]


def _check_values(space: Space) -> None:
    """Raises the faults of values that no point can have: simulating the others would help nobody to those.

    A value is wrong where the same is wrong in every scenario with it alone, and in the first and the last point that have it.
    """
    faults: dict[str, Fault] = {}
    axes = [(k, axis) for k, axis in enumerate(space.design.axes) if not axis.chooses]
    for k, axis in axes:
        for place in spread(len(axis.values), max(2, CHECKED // len(axes))):
            wrong = _refused(space, axis.settings(place), 0)
            rows = space.design.rows_with(k, place) if wrong else []
            for number in range(1, len(space.runner.base)):
                wrong = _both(wrong, _refused(space, axis.settings(place), number)) if wrong else wrong
            for row in rows:
                wrong = _both(wrong, _refused(space, space.settings(row), space.of_choice[_choice(space.design, row)]))
            if not rows:
                continue
            faults |= {str(fault): fault for fault in wrong.values()}
    if faults:
        raise ScenarioError(list(faults.values())[:MOST_FAULTS])


def _refused(space: Space, settings: Sequence[Setting], scenario: int) -> dict[str, Fault]:
    """What is wrong with a scenario with these settings, by what is said of it wherever that was written."""
    try:
        space.runner.source(Proposal(tuple(settings), space.n, scenario))
    except ScenarioError as error:
        return {f"{fault.path}: {fault.message}": fault for fault in error.faults}
    except TooLarge:  # of one point alone: its row says so
        pass
    return {}


def _both(these: Mapping[str, Fault], those: Mapping[str, Fault]) -> dict[str, Fault]:
    return {what: fault for what, fault in these.items() if what in those}


def every_point(space: Space) -> list[Loaded]:
    """The scenario of every point, for a study that can use none without the others; raises ScenarioError with all faults."""
    points, faults = [], []
    for number in range(len(space.design)):
        try:
            points.append(space.runner.source(space.proposal(number)))
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(dict.fromkeys(faults))
    return points
