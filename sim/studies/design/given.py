"""A design from the words of a command or the arguments of a call."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sim.scenario import Loaded
from sim.scenario.errors import Faults, Place
from sim.scenario.files import source
from sim.studies.axis import Axis, Vary, VaryError, axis_of
from sim.studies.design.file import is_design, looks_like_design, read_design
from sim.studies.design.spec import DesignSpec
from sim.studies.preparing import loaded
from sim.studies.query import Given


def spec_of(
    scenarios: Sequence[Given], vary: Iterable[Vary] = (), measures: tuple[str, ...] = (), by: str = "total"
) -> DesignSpec:
    """Scenarios with what varies, or a design file alone, whose measures those that are named replace.

    Raises:
        ScenarioError: all faults of what is asked, or of the file.
    """
    faults = Faults()
    axes = _axes(vary, faults)
    if by not in ("total", "mission"):
        faults.add(Place("--by"), (), f"expected total or mission, got {by}")
    faults.stop()
    measured = tuple(Place(f"--measure {k}") for k in range(1, len(measures) + 1))
    files = [os.fspath(given) for given in scenarios if not isinstance(given, Loaded) and is_design(os.fspath(given))]
    if files and (len(scenarios) > 1 or axes):
        faults.add(Place(files[0]), (), "expected a design alone, without other scenarios or --vary: it says both itself")
    elif not files and not axes:
        expected = "expected --vary PATH=VALUES beside a scenario, or a design, a file with design: in it"
        faults.add(_unvaried(scenarios), (), expected)
    faults.stop()
    if not files:
        places = {axis.path: axis.origin for axis in axes}
        return DesignSpec(tuple(scenarios), axes=axes, measures=measures, measured=measured, by=by, places=places)
    spec = read_design(files[0])
    if measures:
        spec = replace(spec, measures=measures, measured=measured)
    return spec if by == "total" else replace(spec, by=by)


def _unvaried(scenarios: Sequence[Given]) -> Place:
    """Where it is said that nothing varies; a file alone that is neither design nor scenario raises what is wrong with it."""
    if len(scenarios) != 1:
        return Place("sweep")
    (given,) = scenarios
    if isinstance(given, Loaded):
        return Place(given.name)
    name = os.fspath(given)
    if looks_like_design(name):
        read_design(name)
    loaded(given, ())
    return Place(source(name).label)


def _axes(vary: Iterable[Vary], faults: Faults) -> tuple[Axis, ...]:
    """What varies, in the order given."""
    axes: dict[str, Axis] = {}
    for k, one in enumerate(vary, start=1):
        try:
            axis = axis_of(one, k)
        except VaryError as error:
            faults.add(Place(f"--vary {k}"), (), str(error))
            continue
        if axis.path in axes:
            faults.add(axis.origin, (axis.path,), "is varied twice")
        axes[axis.path] = axis
    return tuple(axes.values())
