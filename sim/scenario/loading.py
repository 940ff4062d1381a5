"""From a file to a frozen, checked :class:`Scenario`, or all faults at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from sim.scenario.canonical import emit, plain_data, without_remarks
from sim.scenario.errors import Fault, Faults, ScenarioError, printable
from sim.scenario.files import Source, sets_beside, source
from sim.scenario.inputs import CalibratedSets, Inputs, UncertainScenario
from sim.scenario.merge import attributed, merged, override, read_chain
from sim.scenario.multiples import resolved
from sim.scenario.nodes import Node, compose
from sim.scenario.rules import check_rules
from sim.scenario.schema import Scenario
from sim.scenario.sets_file import sets_in
from sim.scenario.settings import Setting
from sim.scenario.shapes import ROOT
from sim.scenario.validate import Quantities, validate

if TYPE_CHECKING:
    from sim.scenario.listing import Row


@dataclass(frozen=True)
class Loaded:
    """A scenario with the text it stands for."""

    scenario: Scenario
    name: str
    """Name for results."""
    canonical: str
    """The whole merged scenario as YAML with sorted keys; loading it gives this scenario again."""
    digest_text: str
    """The same without name, titles, sources, grades, notes and places: what a simulation depends on."""
    files: tuple[str, ...] = ()
    """The files read, the base first, as faults call them."""
    overrides: tuple[str, ...] = ()
    """The ``PATH=VALUE`` given, in order."""
    inputs: Inputs | None = None
    """How its inputs are drawn; None where they are as written."""
    sets: CalibratedSets | None = None
    """The sets that ``inputs:`` names, from which they are drawn unless something else is asked for."""

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every quantity that the file says, as ``describe`` lists them; found once, since sentences and page ask for them."""
        from sim.scenario.listing import describe

        return tuple(describe(self.scenario))

    @property
    def simulated(self) -> Scenario | UncertainScenario:
        """What the model is given."""
        return self.scenario if self.inputs is None else UncertainScenario(self.scenario, self.inputs)

    def drawing(self, inputs: Inputs | None) -> Loaded:
        """The same with *inputs* drawn; they are a part of what a simulation depends on."""
        if inputs is None or self.inputs is not None:
            return self
        return replace(self, inputs=inputs, digest_text=f"{self.digest_text}{inputs.digest_text}\n")


class Layers:
    """The files of a scenario, read and merged once, to be completed by one set of overrides after another.

    A study of many points thus reads the same text for all of them, whatever happens to the files meanwhile; what no override
    touches is taken from the first one.
    """

    def __init__(self, file: Source, text: str | None = None) -> None:
        """Reads *file*, or takes *text* for what it says; raises :class:`ScenarioError` where there is nothing to merge."""
        self._faults = Faults()
        chain = read_chain(file, text, self._faults)
        root, named = Node({}, chain[0][1].place), None
        for _, layer in chain:
            root = merged(root, attributed(layer, ROOT, {}), ROOT, (), self._faults) or root
            named = layer.mapping.get("name") if layer.mapping else None
        entries = dict(root.mapping or {})
        entries["name"] = named if named is not None else Node(file.stem, root.place)
        self._root = Node(entries, root.place, root.keys)
        self.quantities: Quantities = {}
        """What has been read of these files already."""
        self.sets = _sets(chain, self._faults)
        self._files = tuple(source.label for source, _ in chain)

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> Layers:
        """Those of a file or of a shipped name."""
        return cls(source(path))

    @classmethod
    def of_text(cls, text: str, file: str = "scenario.yaml") -> Layers:
        """Those of *text*; *file* is what faults call it."""
        return cls(Source(FilePath(file), file, FilePath(os.path.realpath(file)).parent), text)

    def load(self, overrides: Sequence[str | Setting] = ()) -> Loaded:
        """The scenario with *overrides*, ``PATH=VALUE`` or :class:`Setting` each, in order; raises :class:`ScenarioError`.

        A fault in one is told where it was written: at ``--set N`` if it is a text, else at its origin.  ``Fault.setting`` is its
        number.
        """
        faults = deepcopy(self._faults)
        root = override(self._root, overrides, faults)
        scenario = validate(root, faults, self.quantities)
        if scenario is not None:
            scenario = resolved(scenario, root, faults)
            check_rules(scenario, root, faults)
        faults.stop()
        if scenario is None:
            raise ScenarioError([Fault.at(root.place, (), "expected a scenario that can be checked")])
        data = plain_data(root)
        data.pop("inputs", None)  # a file that the text alone hasn't beside it; what is drawn has a digest of its own
        return Loaded(
            scenario=scenario,
            name=scenario.name,
            canonical=emit(data),
            digest_text=emit(without_remarks(data)),
            files=self._files,
            overrides=tuple(map(str, overrides)),
            sets=self.sets,
        )

    def over(self, text: str) -> Loaded:
        """The scenario that a file of this *text* would be that extends these files; its own ``extends`` isn't read.

        Raises :class:`ScenarioError`.
        """
        faults = deepcopy(self._faults)
        layer = compose(text, "overlay", faults) or Node({}, self._root.place)
        entries = {key: value for key, value in (layer.mapping or {}).items() if key != "extends"}
        over = attributed(Node(entries, layer.place, layer.keys), ROOT, {})
        whole = copy(self)
        whole._root, whole._faults = merged(self._root, over, ROOT, (), faults) or self._root, faults
        return whole.load()


def _sets(chain: Sequence[tuple[Source, Node]], faults: Faults) -> CalibratedSets | None:
    """The sets that ``inputs:`` names in the last file that has it; None where that is null, or none does."""
    named = [(file, layer.mapping["inputs"]) for file, layer in chain if layer.mapping and "inputs" in layer.mapping]
    file, node = named[-1] if named else (None, None)
    if file is None or node is None or not isinstance(node.value, str):  # the schema refuses what is no text
        return None
    try:
        where = sets_beside(node.value, file, node.place)
        return sets_in(where.path, where.label)
    except ScenarioError as error:
        faults.add(node.place, ("inputs",), error.faults[0].message)
    except FileNotFoundError:
        faults.add(node.place, ("inputs",), f"no such file: {printable(where.label, 200)}")
    except ValueError as error:
        faults.add(node.place, ("inputs",), f"{printable(where.label, 200)}: {error}")
    return None


def load(path: str | os.PathLike[str], overrides: Sequence[str | Setting] = ()) -> Loaded:
    """The scenario of a file or a shipped name such as ``evacsim:base/kabul``; raises :class:`ScenarioError`."""
    return Layers.of(path).load(overrides)


def loads(text: str, file: str = "scenario.yaml", overrides: Sequence[str | Setting] = ()) -> Loaded:
    """The scenario that *text* says; *file* is what faults call it."""
    return Layers.of_text(text, file).load(overrides)


def from_data(data: Mapping[str, Any], name: str = "scenario") -> Loaded:
    """The scenario of plain data, as a file would hold it."""
    return loads(emit(dict(data)), f"{name}.yaml")
