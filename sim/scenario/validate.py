"""Tree → checked :class:`Scenario`, or every fault with its place.

Quantities, moments, conditions and references are read here, along the schema's shapes, because only the tree knows the
places; pydantic checks the structure.  Where something is wrong it is cut off and the rest is checked without it, so
that one fault does not hide another.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from sim.scenario.errors import FaultCode, Faults, Message, Path, Place, message_of, shown
from sim.scenario.merge import nearest, unknown_key
from sim.scenario.nodes import Node, find, key_place
from sim.scenario.parsing import Misfit
from sim.scenario.quantity import Quantity
from sim.scenario.schema import Scenario, Threat
from sim.scenario.shapes import ROOT, Shape
from sim.scenario.types import Condition, Dimension, Moment, Refers

_CUTS = 8
HINTS = 100
"""Faults that get the nearest name; nobody reads more, and looking for it takes time."""


class _Cut:
    """Stands for a value that was faulty and is left out."""


_CUT = _Cut()


class Known(NamedTuple):
    """What a node was found to say."""

    node: Node
    dimension: Dimension
    value: Any


Quantities = dict[int, Known]
"""By the identity of their nodes, which they keep alive."""


class Reader:
    """Reads a merged tree into plain data for the schema, noting faults on the way."""

    def __init__(self, root: Node, faults: Faults, quantities: Quantities | None = None) -> None:
        self.root = root
        self.faults = faults
        self.quantities = {} if quantities is None else quantities
        self.learns = not self.quantities
        self.faulty: set[Path] = set()
        self._names: dict[str, dict[str, None]] = {}

    def read(self) -> Any:
        """Plain data with quantities and moments already made; what is faulty is left out."""
        return self.value(self.root, ROOT, ())

    def fault(self, place: Place, path: Path, message: str | Message) -> _Cut:
        self.faults.add(place, path, message)
        self.faulty.add(path)
        return _CUT

    def value(self, node: Node, shape: Shape | None, path: Path) -> Any:
        if shape is None:
            return None
        match shape.form:
            case "section" if node.mapping is not None:
                return self.section(node, shape, path)
            case "table" if node.mapping is not None:
                return self.table(node, shape, path)
            case "list":
                return self.sequence(node, shape, path)
            case "quantity" | "moment" | "condition":
                return self.parsed(node, shape, path)
        if shape.refers and isinstance(node.value, str) and not self.known(shape.refers, node.value):
            return self.unknown(node.place, path, shape.refers, node.value)
        return node.plain()

    def section(self, node: Node, shape: Shape, path: Path) -> dict[str, Any]:
        assert node.mapping is not None
        result = {}
        for key, inner in node.mapping.items():
            if inner.value is None:
                continue
            value = self.value(inner, shape.below(key), (*path, key))
            if not isinstance(value, _Cut):
                result[key] = value
        return result

    def table(self, node: Node, shape: Shape, path: Path) -> dict[str, Any]:
        assert node.mapping is not None
        result = {}
        for key, inner in node.mapping.items():
            if shape.refers and not self.known(shape.refers, key):
                self.unknown(key_place(node, key), (*path, key), shape.refers, key)
            value = self.value(inner, shape.item, (*path, key))
            if not isinstance(value, _Cut):
                result[key] = value
        return result

    def sequence(self, node: Node, shape: Shape, path: Path) -> Any:
        if shape.single and not isinstance(node.value, tuple):
            value = self.value(node, shape.item, path)
            return value if isinstance(value, _Cut) else [value]
        if not isinstance(node.value, tuple):
            return node.plain()
        values = [self.value(item, shape.item, (*path, k)) for k, item in enumerate(node.value)]
        if any(isinstance(v, _Cut) for v in values):  # a shorter list would shift the positions of what pydantic finds
            self.faulty.add(path)
            return _CUT
        return values

    def parsed(self, node: Node, shape: Shape, path: Path) -> Any:
        try:
            if shape.form == "quantity":
                return self.quantity(node, shape)
            if shape.form == "moment":
                moment: Moment = Moment.parse(node.plain())
                if moment.after not in ("start", "ordered") and not self.known(_LEVEL, moment.after):
                    self.faulty.add(path)
                    return self.unknown(node.place, (*path, moment.after), _LEVEL, moment.after)
                if Moment.is_fixed(node.value):
                    return moment
                inner = node.mapping.get(moment.after, node) if node.mapping else node
                return replace(moment, delay=self.graded(moment.delay, inner))
            condition: Condition = Condition.parse(node.plain())
            refers = {"threat": _LEVEL, "gone": _MISSION}.get(condition.kind)
            if refers and not self.known(refers, condition.name):
                return self.unknown(node.place, path, refers, condition.name)
            return condition
        except Misfit as error:
            inner_path = (*path, *error.inner)
            place = _place(self.root, inner_path)
            self.faulty.add(path)
            return self.fault(place, inner_path, message_of(error))
        except ValueError as error:
            return self.fault(node.place, path, message_of(error))

    def quantity(self, node: Node, shape: Shape) -> Any:
        """A quantity depends on its node alone, so that one which was right is not read twice."""
        known = self.quantities.get(id(node))
        if known is not None and known.node is node and known.dimension is shape.dimension:
            return known.value
        assert shape.dimension is not None
        quantity = shape.dimension.parse(node.plain())
        value = quantity if isinstance(quantity, str) else self.graded(quantity, node)
        if self.learns:
            self.quantities[id(node)] = Known(node, shape.dimension, value)
        return value

    def graded(self, quantity: Quantity, node: Node) -> Quantity:
        """With source and grade of the section around it, unless it says so itself."""
        found = {key: text for key, text in node.about.items() if key not in (node.mapping or {})}
        return replace(quantity, **cast(dict[str, Any], found)) if found else quantity

    def names(self, target: str) -> dict[str, None]:
        """Names defined at a dotted path, in the order of the file."""
        if target not in self._names:
            self._names[target] = dict.fromkeys(self._defined(target))
        return self._names[target]

    def _defined(self, target: str) -> list[str]:
        node = find(self.root, tuple(target.split(".")))
        if node is not None and isinstance(node.value, tuple):
            return [item.value for item in node.value if isinstance(item.value, str)]
        if node is None and target == "threat.levels" and find(self.root, ("threat",)) is not None:
            return list(Threat().levels)
        return list(node.mapping or ()) if node is not None else []

    def known(self, refers: Refers, name: str) -> bool:
        return name in refers.also or name in self.names(refers.target)

    def unknown(self, place: Place, path: Path, refers: Refers, name: str) -> _Cut:
        names = [*refers.also, *islice(self.names(refers.target), 1000)]
        hint = nearest(name, names) if len(self.faults) < HINTS else ""
        if not hint:
            known = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
            hint = f"; known: {known}" if names else f"; there is none in {refers.target}"
        return self.fault(place, path, Message(f"no {refers.what} named {shown(name)}{hint}", code=FaultCode.UNKNOWN_NAME))


_LEVEL = Refers("threat.levels", "threat level")
_MISSION = Refers("missions", "mission")


def _place(root: Node, path: Path) -> Place:
    """Where *path* was written: its value, or the nearest thing above that exists."""
    node = root
    for part in path:
        below = find(node, (part,))
        if below is None:
            break
        node = below
    return node.place


def where(root: Node, path: Path, key: bool = False) -> Place:
    """The place of the value at *path*, or of its *key*."""
    parent = find(root, path[:-1]) if path else None
    if key and parent is not None and parent.mapping is not None and path[-1] in parent.mapping:
        return key_place(parent, str(path[-1]))
    return _place(root, path)


def validate(root: Node, faults: Faults, quantities: Quantities | None = None) -> Scenario | None:
    """The scenario, checked but for its rules; with *faults*, what is left of it without the faulty parts, or None.

    *quantities*: those of nodes that were read before, or an empty one that takes up those that are read now.
    """
    reader = Reader(root, faults, quantities)
    data = reader.read()
    for _ in range(_CUTS):
        try:
            return Scenario.model_validate(data)
        except ValidationError as error:
            cuts = [_note(reader, cast(dict[str, Any], problem)) for problem in error.errors(include_url=False)]
            for cut in set(cuts):
                if not cut:
                    return None
                reader.faulty.add(_cut(data, cut))
    return None


def _note(reader: Reader, problem: dict[str, Any]) -> Path:
    """Notes one of pydantic's errors as a fault; returns the path to cut off."""
    path = tuple(part for part in problem["loc"] if part != "[key]")
    kind, raw = problem["type"], problem["input"]
    if kind == "missing":
        if path not in reader.faulty:
            reader.faults.add(
                where(reader.root, path[:-1], key=True), path, Message("expected a value", "nothing", FaultCode.MISSING)
            )
        return path[:-1]
    by_key = kind == "extra_forbidden" or problem["loc"][-1:] == ("[key]",)
    place = where(reader.root, path, key=by_key)
    reader.faults.add(place, path, _message(kind, raw, problem, path, len(reader.faults) < HINTS))
    return path


def _message(kind: str, raw: Any, problem: dict[str, Any], path: Path, hint: bool) -> Message:
    """*expected ..., got ...* for one of pydantic's errors."""
    match kind:
        case "extra_forbidden":
            shape: Shape | None = ROOT
            for part in path[:-1]:
                shape = shape.below(part) if shape else None
            return unknown_key(path, shape.fields if shape and hint else ())
        case "value_error":
            return message_of(problem["ctx"]["error"])
        case "literal_error":
            return Message(f"expected {problem['ctx']['expected']}".replace("'", '"'), shown(raw).replace("'", '"'))
        case "string_type":
            return Message("expected text", shown(raw) + (" (quote it)" if isinstance(raw, int | float) else ""))
        case "model_type" | "model_attributes_type" | "dict_type" | "mapping_type":
            return Message("expected a mapping", shown(raw))
        case "tuple_type" | "list_type":
            return Message("expected a list", shown(raw))
    return Message(problem["msg"], shown(raw))


def _cut(data: Any, path: Path) -> Path:
    """Removes *path* from plain data, with the whole list that it is in, if it is there; returns what was removed."""
    for k, part in enumerate(path):
        below = data.get(part) if isinstance(data, dict) else None
        if k + 1 == len(path) or not isinstance(below, dict):
            if isinstance(data, dict):
                data.pop(part, None)
            return path[: k + 1]
        data = below
    return path
