"""Tree → checked :class:`Scenario`, or every fault with its place.

Pydantic checks; the tree only knows the places, the names that are defined, and what a file said about a section.  So each
quantity, moment, condition and reference is handed over as a :class:`Deferred`, which is read where the schema meets it.
Where something is wrong it is cut off and the rest is checked without it, so that one fault does not hide another.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from sim.scenario.errors import FaultCode, Faults, Message, Path, Place, message_of, shown
from sim.scenario.nearest import nearest, unknown_key
from sim.scenario.nodes import Node, find, key_place
from sim.scenario.parsing import Misfit
from sim.scenario.quantity import Quantity
from sim.scenario.schema import Scenario, Threat
from sim.scenario.shapes import ROOT, Shape
from sim.scenario.types import Condition, Deferred, Dimension, Moment, Refers

_CUTS = 8
HINTS = 100
"""Faults that get the nearest name; nobody reads more, and looking for it takes time."""
COMPARED = 40_000
"""Names that are compared for it, times the letters of the one that is looked for: 40 much alike take 0.1 ms."""


class Known(NamedTuple):
    """What a node was found to say."""

    node: Node
    dimension: Dimension
    value: Any


Quantities = dict[int, Known]
"""By the identity of their nodes, which they keep alive."""


class Reader:
    """Gives a merged tree to the schema as plain data, with what needs the tree to be read deferred."""

    def __init__(self, root: Node, faults: Faults, quantities: Quantities | None = None) -> None:
        self.root = root
        self.faults = faults
        self.quantities = {} if quantities is None else quantities
        self.learns = not self.quantities
        self.faulty: set[Path] = set()
        """What was cut off: that it is missing is no fault of its own."""
        self._names: dict[str, dict[str, None]] = {}
        self._deferred = 0
        self._unknown = self._compared = 0

    def data(self, node: Node, shape: Shape | None, path: Path = ()) -> Any:
        """What the schema is to check."""
        if shape is None:  # an unknown key, which the schema refuses whatever it holds
            return None
        match shape.form:
            case "section" if node.mapping is not None:
                entries = ((key, inner) for key, inner in node.mapping.items() if inner.value is not None)
                return {key: self.data(inner, shape.below(key), (*path, key)) for key, inner in entries}
            case "table" if node.mapping is not None:
                self.keys(node, shape.refers, path)
                return {key: self.data(inner, shape.item, (*path, key)) for key, inner in node.mapping.items()}
            case "list" if isinstance(node.value, tuple):
                return [self.data(item, shape.item, (*path, k)) for k, item in enumerate(node.value)]
            case "list" if shape.single:
                return [self.data(node, shape.item, path)]
        read = self.reading(node, shape)
        if read is None:
            return node.plain()
        self._deferred += 1
        return Deferred(read, self._deferred)

    def reading(self, node: Node, shape: Shape) -> Callable[[], Any] | None:
        """How a value is read that needs more than its plain data."""
        match shape.form:
            case "quantity":
                return partial(self.quantity, node, cast(Dimension, shape.dimension))
            case "moment":
                return partial(self.moment, node)
            case "condition":
                return partial(self.condition, node)
            case "leaf" if shape.refers and isinstance(node.value, str):
                return partial(self.name, shape.refers, node.value)
        return None

    def keys(self, node: Node, refers: Refers | None, path: Path) -> None:
        """Notes keys of a table that name nothing; their values are checked all the same."""
        for key in node.mapping or () if refers is not None else ():
            if wrong := self.unknown(cast(Refers, refers), key):
                self.faults.add(key_place(node, key), (*path, key), wrong)

    def quantity(self, node: Node, dimension: Dimension) -> Quantity | str:
        """A quantity depends on its node alone, so that one which was right is not read twice."""
        known = self.quantities.get(id(node))
        if known is not None and known.node is node and known.dimension is dimension:
            return cast(Quantity | str, known.value)
        quantity = dimension.parse(node.plain())
        value = quantity if isinstance(quantity, str) else _graded(quantity, node)
        if self.learns:
            self.quantities[id(node)] = Known(node, dimension, value)
        return value

    def moment(self, node: Node) -> Moment:
        moment: Moment = Moment.parse(node.plain())
        if moment.after not in ("start", "ordered") and (wrong := self.unknown(_LEVEL, moment.after)):
            raise Misfit(wrong, (moment.after,), node.place)
        if Moment.is_fixed(node.value):
            return moment
        return replace(moment, delay=_graded(moment.delay, node.mapping.get(moment.after, node) if node.mapping else node))

    def condition(self, node: Node) -> Condition:
        condition: Condition = Condition.parse(node.plain())
        if condition.kind in _CONDITIONS:
            self.name(_CONDITIONS[condition.kind], condition.name)
        return condition

    def name(self, refers: Refers, name: str) -> str:
        """*name*, if something is defined by it; raises ValueError."""
        if wrong := self.unknown(refers, name):
            raise ValueError(wrong)
        return name

    def names(self, target: str) -> dict[str, None]:
        """Names defined at a dotted path, in the order of the file."""
        if target not in self._names:
            node = find(self.root, tuple(target.split(".")))
            names = list(node.mapping or ()) if node is not None else []
            if node is not None and isinstance(node.value, tuple):
                names = [item.value for item in node.value if isinstance(item.value, str)]
            elif node is None and target == "threat.levels" and find(self.root, ("threat",)) is not None:
                names = list(Threat().levels)
            self._names[target] = dict.fromkeys(names)
        return self._names[target]

    def unknown(self, refers: Refers, name: str) -> Message | None:
        """What to say of a name that nothing has; None of one that is known."""
        if name in refers.also or name in self.names(refers.target):
            return None
        self._unknown += 1
        names = [*refers.also, *islice(self.names(refers.target), 1000)]
        hint = ""
        if max(self._unknown, len(self.faults)) < HINTS and self._compared < COMPARED:
            self._compared += len(names) * len(name)
            hint = nearest(name, names)
        if not hint:
            known = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
            hint = f"; known: {known}" if names else f"; there is none in {refers.target}"
        return Message(f"no {refers.what} named {shown(name)}{hint}", code=FaultCode.UNKNOWN_NAME)


_LEVEL = Refers("threat.levels", "threat level")
_CONDITIONS = {"threat": _LEVEL, "gone": Refers("missions", "mission")}
"""What a condition of this kind names."""


def _graded(quantity: Quantity, node: Node) -> Quantity:
    """With source and grade of the section around it, unless it says so itself."""
    about = {key: text for key, text in node.about.items() if key not in (node.mapping or {})}
    return replace(quantity, **cast(dict[str, Any], about)) if about else quantity


def where(root: Node, path: Path, key: bool = False) -> Place:
    """The place of the value at *path*, or of the nearest thing above that exists; with *key*, that of its key."""
    parent = find(root, path[:-1]) if path else None
    if key and parent is not None and parent.mapping is not None and path[-1] in parent.mapping:
        return key_place(parent, str(path[-1]))
    existing = (node for depth in range(len(path), -1, -1) if (node := find(root, path[:depth])) is not None)
    return next(existing).place


def validate(root: Node, faults: Faults, quantities: Quantities | None = None) -> Scenario | None:
    """The scenario, checked but for its rules; with *faults*, what is left of it without the faulty parts, or None.

    *quantities*: those of nodes that were read before, or an empty one that takes up those that are read now.
    """
    reader = Reader(root, faults, quantities)
    data = reader.data(root, ROOT)
    for _ in range(_CUTS):
        try:
            return Scenario.model_validate(data)
        except ValidationError as error:
            problems = cast(list[dict[str, Any]], error.errors(include_url=False))
            cuts = [_note(reader, problem) for problem in sorted(problems, key=_order)]
            for cut in set(cuts):
                if not cut:
                    return None
                reader.faulty.add(_cut(data, cut))
    return None


def _order(problem: dict[str, Any]) -> float:
    """What was deferred first and as it stands in the files, for the file of the first fault is told first."""
    return problem["input"].number if isinstance(problem["input"], Deferred) else math.inf


def _note(reader: Reader, problem: dict[str, Any]) -> Path:
    """Notes one of pydantic's errors as a fault; returns the path to cut off."""
    path = tuple(part for part in problem["loc"] if part != "[key]")
    kind, raw = problem["type"], problem["input"]
    if kind == "missing":
        if path not in reader.faulty:
            missing = Message("expected a value", "nothing", FaultCode.MISSING)
            reader.faults.add(where(reader.root, path[:-1], key=True), path, missing)
        return path[:-1]
    by_key = kind == "extra_forbidden" or problem["loc"][-1:] == ("[key]",)
    place, written = where(reader.root, path, key=by_key), path
    if isinstance(raw, Deferred):
        # the one value of a list that is written without its list has no position in it
        path = written = tuple(part for k, part in enumerate(path) if not isinstance(part, int) or _listed(reader.root, path[:k]))
        error = problem["ctx"]["error"]
        if isinstance(error, Misfit):
            written = (*path, *error.inner)
            place = error.place or where(reader.root, written)
    reader.faults.add(place, written, _message(kind, raw, problem, path, len(reader.faults) < HINTS))
    return path


def _listed(root: Node, path: Path) -> bool:
    node = find(root, path)
    return node is not None and isinstance(node.value, tuple)


_EXPECTED = {
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type", "mapping_type"), "expected a mapping"),
    **dict.fromkeys(("tuple_type", "list_type"), "expected a list"),
}
"""Pydantic's kind of error → what to write instead."""


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
    return Message(_EXPECTED.get(kind, problem["msg"]), shown(raw))


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
