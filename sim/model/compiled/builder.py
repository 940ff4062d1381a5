"""The walk that compiles a scenario: numbers under their dotted paths, moments resolved, streams of draws registered."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import is_dataclass
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

from sim.model.compiled.numbers import WHOLE, Constant, FirstDraw, Number, Numbers, When, whole
from sim.model.draws import UNIT, Streams
from sim.model.open_quantity import Values, slot_of, value_of
from sim.scenario.quantity import Quantity, constant
from sim.scenario.schema import Order, Scenario
from sim.scenario.types import Condition, Moment, Section

T = TypeVar("T")

ValueOf = Callable[[Quantity], Quantity]
"""What a quantity is: in a set of inputs, where it is open."""


class Guard(NamedTuple):
    """A choice that the compiled scenario rests on, and what came of it."""

    choose: Callable[[ValueOf], Any]
    chosen: Any

    def holds(self, values: Values) -> bool:
        """Whether a set of inputs with these *values* leads to the same."""
        return bool(self.choose(lambda quantity: value_of(quantity, values)) == self.chosen)


class Ordering(NamedTuple):
    """An order, resolved: given *delay* hours after a moment or after the first of some conditions holds."""

    at: When | None
    when: tuple[Condition, ...]
    delay: Number
    """Drawn once."""
    name: str
    """Its path in the scenario: cohorts with the same one are ordered together."""


class Builder:
    """What every part needs while it is compiled."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.streams = Streams()
        self.guards: list[Guard] = []
        """What a set of inputs must not change if the scenario is to stand for it as it is compiled."""
        self._conditions: dict[tuple[Condition, ...], tuple[Condition, ...]] = {}
        self._constants: dict[float, Constant] = {}

    # -- draws ---------------------------------------------------------------------------------------------------------

    def stream(self, purpose: str, name: str, quantity: Quantity | None, count: int = 1) -> int:
        """Id of the stream of draws for (purpose, name); *count* of them are made ahead."""
        return self.streams.register(purpose, name, quantity if quantity is not None else constant(0), count)

    def unit(self, purpose: str, name: str, count: int = 1) -> int:
        """Id of a stream of bare uniform draws."""
        return self.streams.register(purpose, name, UNIT, count)

    def fixed(self, path: str, quantity: Quantity, is_whole: bool = False) -> Number:
        """A number that is drawn once in a replication; *is_whole*: it counts things or people."""
        slot = slot_of(quantity)
        if slot is not None and quantity.is_constant:
            return FirstDraw(self.streams.register("open", str(slot), quantity, 1), is_whole)
        if quantity.is_constant:
            value = float(quantity.params[0])
            value = whole(value) if is_whole else value
            known = self._constants.get(value)  # most numbers of a scenario are equal to others
            if known is None:
                known = self._constants[value] = Constant(value)
            return known
        return FirstDraw(self.streams.register("fixed", path, quantity, 1), is_whole)

    def count(self, path: str, quantity: Quantity) -> Number:
        """A number of things or people, drawn once in a replication and made whole."""
        return self.fixed(path, quantity, True)

    def decide(self, choose: Callable[[ValueOf], T]) -> T:
        """What the structure of the compiled scenario depends on: asked again of every set of inputs.

        *choose* reads quantities through the function that it is given.
        """
        guard = Guard(choose, choose(lambda quantity: quantity))
        self.guards.append(guard)
        chosen: T = guard.chosen
        return chosen

    # -- moments -------------------------------------------------------------------------------------------------------

    def when(self, path: str, moment: Moment) -> When:
        """A moment, resolved."""
        if moment.date is not None:
            return When("start", Constant(moment.date.hours_after(self.scenario.clock.start)))
        return When(moment.after, self.fixed(path, moment.delay))

    def ordering(self, path: str, order: Order | None) -> Ordering | None:
        """An order, resolved; None where nothing can give it."""
        if order is None or (order.at is None and not order.when):
            return None
        at = self.when(f"{path}.at", order.at) if order.at is not None else None
        conditions = self._conditions.setdefault(order.when, order.when)  # one object for equal ones
        return Ordering(at, conditions, self.fixed(f"{path}.delay", order.delay), path)

    # -- the walk ------------------------------------------------------------------------------------------------------

    def part(self, kind: Callable[..., T], path: str, section: Any, **given: Any) -> T:
        """An object of a compiled *kind* from the section of the scenario at *path*, field by field of the same name.

        Quantities become numbers under their own path, moments are resolved, sections become the kind that the field's type
        names; all else stays as it is.  What is *given* is what differs.
        """
        for name, hint in _hints(kind).items():
            if name not in given:
                given[name] = self._compiled(hint, f"{path}.{name}", getattr(section, name))
        return kind(**given)

    def numbers(self, record: Callable[..., T], path: str, section: Any, **given: Any) -> Numbers[T]:
        """The same for a record of numbers alone."""
        return Numbers(self.part(record, path, section, **given))

    def _compiled(self, hint: Any, path: str, value: Any) -> Any:
        match value:
            case Quantity():
                return self.fixed(path, value, _is_whole(hint))
            case Moment():
                return self.when(path, value)
            case Section() if (kind := _kind_in(hint)) is not None:
                return self.part(kind, path, value)
            case dict():
                return {name: self._compiled(hint, f"{path}.{name}", each) for name, each in sorted(value.items())}
            case tuple() if not hasattr(value, "_fields"):  # conditions are one thing each
                return tuple(self._compiled(hint, f"{path}.{k}", each) for k, each in enumerate(value))
        return value


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


@cache
def _is_whole(hint: Any) -> bool:
    return WHOLE in getattr(hint, "__metadata__", ()) or any(map(_is_whole, get_args(hint)))


@cache
def _kind_in(hint: Any) -> Any:
    """The compiled kind that a type names, as itself, or as one that may be missing, or in a table or a list."""
    return next((kind for kind in (hint, *get_args(hint)) if is_dataclass(kind) or hasattr(kind, "_fields")), None)
