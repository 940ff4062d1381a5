"""The form of each place of a scenario file, read off the schema: what the loader, ``describe`` and the docs walk along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from sim.scenario.errors import Path
from sim.scenario.quantity import Quantity
from sim.scenario.schema import CohortForm, Scenario
from sim.scenario.types import Condition, Dimension, Moment, OneOrMore, Refers, Section

Form = Literal["section", "table", "list", "quantity", "moment", "condition", "leaf"]


@dataclass(frozen=True)
class Shape:
    """What a place may hold."""

    form: Form
    model: type[Section] | None = None
    """Of a section."""
    item: Shape | None = None
    """Of the entries of a table or list."""
    refers: Refers | None = None
    """Of a leaf that is a name, or of the keys of a table."""
    dimension: Dimension | None = None
    """Of a quantity."""
    single: bool = False
    """Of a list: whether one value may stand without the list."""
    short: str | None = None
    """Of a section: the field that a bare quantity stands for."""

    @property
    def fields(self) -> Mapping[str, Shape]:
        """Shapes of the fields of a section."""
        return shapes_of(self.model) if self.model else {}

    def below(self, key: str | int) -> Shape | None:
        """The shape of one entry, or None where a section has no such field."""
        return self.fields.get(str(key)) if self.form == "section" else self.item


@cache
def shapes_of(model: type[Section]) -> Mapping[str, Shape]:
    """Shapes of the fields of a section, in the order of the schema."""
    hints = get_type_hints(model, include_extras=True)
    return {name: _shape(hints[name]) for name in model.model_fields}


def _shape(tp: Any) -> Shape:
    origin, args = get_origin(tp), get_args(tp)
    if origin is Annotated:
        return _annotated(args[0], args[1:])
    if origin in (Union, UnionType):
        inner = [a for a in args if a is not NoneType]
        return _shape(inner[0]) if len(inner) == 1 else Shape("leaf")
    if origin is dict:
        keys = _shape(args[0])
        return Shape("table", item=_shape(args[1]), refers=keys.refers)
    if origin is tuple:
        return Shape("list", item=_shape(args[0]))
    if isinstance(tp, type) and issubclass(tp, Section):
        return Shape("section", model=tp)
    if tp is Moment:
        return Shape("moment")
    if tp is Condition:
        return Shape("condition")
    return Shape("leaf")


def _annotated(base: Any, notes: tuple[Any, ...]) -> Shape:
    for note in notes:
        match note:
            case Dimension():
                return Shape("quantity", dimension=note)
            case Refers():
                return Shape("leaf", refers=note)
            case OneOrMore():
                return Shape("list", item=_shape(base).item, single=True)
            case CohortForm():
                return Shape("section", model=base, short="people")
    return _shape(base)


ROOT = Shape("section", model=Scenario)


def quantities(
    value: Any, shape: Shape = ROOT, path: Path = (), stated: bool = False
) -> Iterator[tuple[Path, Dimension, Quantity, bool]]:
    """Every quantity of a checked scenario: path, dimension, quantity, and whether the file said it; only such if *stated*."""
    yield from _quantities(value, shape, path, True, stated)


def _quantities(
    value: Any, shape: Shape, path: Path, written: bool, stated: bool
) -> Iterator[tuple[Path, Dimension, Quantity, bool]]:
    if value is None:
        return
    if shape.form == "section":
        said = value.model_fields_set
        for name, inner in shape.fields.items():
            if name in said or not stated:
                yield from _quantities(getattr(value, name), inner, (*path, name), written and name in said, stated)
    elif shape.form == "table" and shape.item:
        for key in value:
            yield from _quantities(value[key], shape.item, (*path, key), written, stated)
    elif shape.form == "list" and shape.item:
        for k, entry in enumerate(value):
            here = (*path, k) if len(value) > 1 or not shape.single else path
            yield from _quantities(entry, shape.item, here, written, stated)
    elif shape.form == "quantity" and shape.dimension and isinstance(value, Quantity):
        yield path, shape.dimension, value, written
    elif shape.form == "moment" and value.date is None and not (value.after == "start" and value.delay == Moment().delay):
        yield (path if value.after == "start" else (*path, value.after)), Dimension("time"), value.delay, written
