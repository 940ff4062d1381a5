"""The options of a decision: scenarios × settings of levers, all accepted before anything is simulated, and what they cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from sim.analysis.naming import values_phrase
from sim.analysis.study import Proposal
from sim.scenario import Loaded, ScenarioError
from sim.scenario.errors import Place, printable
from sim.scenario.inputs import DrawnFactor
from sim.scenario.number import scalar
from sim.scenario.settings import Setting
from sim.studies.axis import Axis, VaryError, axis_of
from sim.studies.decide.query import DecideQuery
from sim.studies.design.points import short_paths
from sim.studies.engine import StudyRunner
from sim.studies.lead_time import WARNING, LeverError, lead_time
from sim.studies.preparing import TooLarge
from sim.studies.query import QueryError

MOST_OPTIONS = 24
"""Each is simulated in every set, and compared with every other."""
CLAUSES = ("while", "when", "with", "if", "after", "until")
"""Words with which a part of a title begins that several have in common."""


@dataclass(frozen=True)
class Choice:
    """One option: a scenario, and the values of the levers in it."""

    scenario: int
    """Which of the study's scenarios."""
    label: str
    """As short as tells it from the others, in the words of the command."""
    title: str
    """As people read it: the words of its scenario, and what its levers are."""
    values: tuple[tuple[str, str], ...]
    """Path and value of each lever."""
    settings: tuple[Setting, ...]
    cost: float | None
    """What the user says that it costs."""
    loaded: Loaded

    @property
    def factors(self) -> tuple[DrawnFactor, ...]:
        """What is drawn of it."""
        return () if self.loaded.inputs is None else self.loaded.inputs.factors

    def proposal(self, n: int, pinned: Sequence[tuple[str, float]] = ()) -> Proposal:
        """The point, with those of the *pinned* inputs that it draws at their place."""
        own = {factor.name for factor in self.factors}
        return Proposal(self.settings, n, self.scenario, tuple(pin for pin in pinned if pin[0] in own))


def choices_of(runner: StudyRunner, query: DecideQuery) -> tuple[Choice, ...]:
    """Every combination of scenarios and values, the last lever fastest.

    Raises:
        QueryError: there are too many, one isn't accepted (a line for each fault), or a cost is of none of them.
    """
    axes = _axes(query)
    size = len(runner.loaded) * math.prod(len(axis.values) for axis in axes)
    if size > MOST_OPTIONS:
        raise QueryError(f"--vary: expected at most {MOST_OPTIONS} options, got {size:,}")
    grid = [
        (scenario, places)
        for scenario in range(len(runner.loaded))
        for places in product(*(range(len(axis.values)) for axis in axes))
    ]
    faults: dict[str, None] = {}
    accepted = [_accepted(runner, axes, *point, faults) for point in grid]
    if faults:
        raise VaryError("\n".join(faults))
    prices = _prices(runner, axes, query.costs)
    short = short_paths([axis.path for axis in axes])
    titles, names = short_titles([one.scenario.title for one in runner.loaded]), [one.name for one in runner.loaded]
    missions, found = runner.titles, []
    for (scenario, places), (settings, loaded) in zip(grid, filter(None, accepted), strict=True):
        values = tuple((axis.path, axis.values[k]) for axis, k in zip(axes, places, strict=True))
        levers = [f"{name} {value}" for name, (_, value) in zip(short, values, strict=True)]
        label = ", ".join([*([names[scenario]] if len(names) > 1 or not levers else []), *levers])
        said = [values_phrase(dict(values), missions)] if values else []
        title = ", ".join([*([titles[scenario]] if len(names) > 1 or not values else []), *said])
        keys = [f"{path}={value}" for path, value in values]
        costs = [prices[key] for key in (scenario, *keys) if key in prices]
        found.append(Choice(scenario, label, title, values, settings, sum(costs) if costs else None, loaded))
    return _told_apart(found)


def _axes(query: DecideQuery) -> list[Axis]:
    axes: list[Axis] = []
    for k, one in enumerate(query.vary, start=1):
        try:
            axes.append(axis_of(one, k))
        except VaryError as error:
            raise VaryError(f"--vary {k}: {error}") from None
        if axes[-1].path in [axis.path for axis in axes[:-1]]:
            raise VaryError(f"--vary {k}: {axes[-1].path}: is varied twice")
    return axes


def _accepted(
    runner: StudyRunner, axes: Sequence[Axis], scenario: int, places: Sequence[int], faults: dict[str, None]
) -> tuple[tuple[Setting, ...], Loaded] | None:
    """Settings and scenario of an option; what is wrong with it goes to *faults*, each once."""
    one = runner.loaded[scenario]
    try:
        settings = tuple(
            s for k, (axis, place) in enumerate(zip(axes, places, strict=True), 1) for s in _set(one, axis, place, k)
        )
        return settings, runner.source(Proposal(settings, 1, scenario))
    except ScenarioError as error:
        faults |= dict.fromkeys(": ".join(filter(None, (f.file, f.path, f.message))) for f in error.faults)
    except (TooLarge, QueryError) as error:
        faults[str(error)] = None
    return None


def _set(one: Loaded, axis: Axis, place: int, number: int) -> Iterator[Setting]:
    if axis.path != WARNING:
        yield from axis.settings(place)
        return
    origin = Place(f"--vary {number}")
    try:
        yield from (replace(setting, origin=origin) for setting in lead_time(one, scalar(axis.values[place], "time")))
    except LeverError as error:
        raise LeverError(f"{origin.file}: {error}") from None
    except ValueError as error:
        raise QueryError(f"{origin.file}: {WARNING}: {error}") from None


def _prices(runner: StudyRunner, axes: Sequence[Axis], costs: Sequence[str]) -> dict[str | int, float]:
    """What each scenario, by its number, and each ``PATH=VALUE`` costs."""
    settings = {f"{axis.path}={value}" for axis in axes for value in axis.values}
    scenarios = {name: k for k, one in enumerate(runner.base) for name in (one.given, one.loaded.name)}
    prices: dict[str | int, float] = {}
    for text in costs:
        what, colon, number = text.rpartition(":")
        path, equals, value = (part.strip() for part in what.partition("="))
        key = f"{path}={value}" if equals else scenarios.get(path, path)
        try:
            amount = float(number.replace(",", ""))
        except ValueError:
            amount = math.nan
        if not colon or not math.isfinite(amount):
            raise QueryError(f"--cost: expected 'PATH=VALUE: NUMBER' or 'SCENARIO: NUMBER', got \"{printable(text, 60)}\"")
        if key not in settings and not isinstance(key, int):
            raise QueryError(f'--cost: "{printable(what.strip(), 60)}" is no option: neither a scenario nor a value of --vary')
        if key in prices:
            raise QueryError(f'--cost: "{printable(what.strip(), 60)}" is there twice')
        prices[key] = amount
    return prices


def short_titles(titles: Sequence[str]) -> list[str]:
    """Titles without the clause at their end that all of them have in common."""
    if len(set(titles)) < 2:
        return list(titles)
    words = [title.split() for title in titles]
    for length in range(min(map(len, words)) - 1, 0, -1):
        ends = {tuple(w[-length:]) for w in words}
        if len(ends) == 1 and next(iter(ends))[0].lower() in CLAUSES:
            return [" ".join(w[:-length]).rstrip(",;:") for w in words]
    return list(titles)


def _told_apart(choices: list[Choice]) -> tuple[Choice, ...]:
    """Options with the same label or title get their number beside it."""
    labels, titles = ([getattr(c, name) for c in choices] for name in ("label", "title"))
    return tuple(
        replace(
            choice,
            label=choice.label if labels.count(choice.label) == 1 else f"{choice.label} ({k})",
            title=choice.title if titles.count(choice.title) == 1 else f"{choice.title} ({k})",
        )
        for k, choice in enumerate(choices, start=1)
    )
