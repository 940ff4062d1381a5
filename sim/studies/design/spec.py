"""What a design says, whoever said it: the words of a command, the arguments of a call, or a design file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sim.scenario.errors import Place
from sim.scenario.settings import Setting
from sim.studies.axis import Axis
from sim.studies.query import Given

Kind = Literal["grid", "points", "latin", "sobol"]


@dataclass(frozen=True)
class Span:
    """What a sampled design draws for a path: between two values, one of a list, or the scenario's own range."""

    place: Place
    low: str = ""
    high: str = ""
    choices: tuple[str, ...] = ()
    log: bool = False

    @property
    def own(self) -> bool:
        """Whether the scenario says the range."""
        return not self.low and not self.choices


@dataclass(frozen=True)
class DesignSpec:
    """What is asked: scenarios, a design over paths, measures.  Nothing of it is checked against a scenario yet."""

    scenarios: tuple[Given, ...]
    kind: Kind = "grid"
    axes: tuple[Axis, ...] = ()
    """Of a grid."""
    rows: tuple[Mapping[str, str], ...] = ()
    """Of a list of points: the value of each path, as ``--set`` would have it."""
    spans: Mapping[str, Span] = field(default_factory=dict)
    """Of a sampled design."""
    points: int = 0
    """How many points a sampled design has."""
    design_seed: int | None = None
    measures: tuple[str, ...] = ()
    by: str = "total"
    settings: tuple[Setting, ...] = ()
    """Of every point, before the values of the design."""
    n: int | None = None
    seed: int | None = None
    title: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each path was written, for faults."""
    measured: tuple[Place, ...] = ()
    """Where each measure was written."""
    file: str = ""
    """The design file as the command line named it."""

    @property
    def paths(self) -> list[str]:
        """Everything that the design gives a value."""
        return list(dict.fromkeys([*(a.path for a in self.axes), *self.spans, *(path for row in self.rows for path in row)]))

    def values(self, path: str) -> tuple[str, ...]:
        """All values that a path takes; none of one that is drawn between two ends."""
        if path in self.spans:
            return self.spans[path].choices
        on_axis = [value for axis in self.axes if axis.path == path for value in axis.values]
        return tuple(dict.fromkeys([*on_axis, *(row[path] for row in self.rows if path in row)]))

    def place(self, path: str) -> Place:
        """Where a path was written, or else the whole."""
        return self.places.get(path, Place(self.file or "sweep"))

    def place_below(self, start: str) -> Place:
        """Where the first path that begins so was written, or else the whole."""
        return next((place for path, place in self.places.items() if path.startswith(start)), self.place(""))
