"""Numbers that are written down: what a test says nothing of is None, nothing, or as it is by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def filled(kind: type[T], **given: Any) -> T:
    """One of *kind*, a dataclass of what was found, of plain data."""
    kinds = get_type_hints(kind)
    values = {name: _made(kinds[name], value) for name, value in given.items()}
    for field in fields(kind):  # type: ignore[arg-type]
        if field.name not in values and field.default is MISSING and field.default_factory is MISSING:
            values[field.name] = filled(kinds[field.name]) if is_dataclass(kinds[field.name]) else None
    return kind(**values)


def _made(kind: Any, value: Any) -> Any:
    some = [one for one in get_args(kind) if one is not NoneType]
    if isinstance(value, list):
        return tuple(_made(some[0], one) for one in value)
    if not isinstance(value, Mapping):
        return value
    if is_dataclass(kind):
        return filled(kind, **value)  # type: ignore[arg-type]
    if get_origin(kind) is not None and issubclass(get_origin(kind), Mapping) if isinstance(get_origin(kind), type) else False:
        return {key: _made(some[-1], one) for key, one in value.items()}
    return next((_made(one, value) for one in some if is_dataclass(one) or get_args(one)), value)
