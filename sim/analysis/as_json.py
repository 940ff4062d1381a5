"""What was found as plain data and back, for ``--json`` and ``summary.json``: names are those of fields, once given they stay."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

Json = dict[str, Any]
T = TypeVar("T")
LEFT_OUT = "left out"
MAYBE = {LEFT_OUT: True}
"""Metadata of a field that JSON hasn't where it is None; every other None is ``null``."""


def as_json(found: Any) -> Json:
    """A frozen dataclass, and those in it, as dictionaries and lists in the order of their fields; infinite is ``null``."""
    plain: Json = _plain(found)
    return plain


def _plain(found: Any) -> Any:
    if found is None or isinstance(found, str | int):
        return to_jsonable_python(found)
    if isinstance(found, float):
        return found if math.isfinite(found) else None
    if is_dataclass(found):
        known = ((one, getattr(found, one.name)) for one in fields(found))
        return {one.name: _plain(value) for one, value in known if value is not None or LEFT_OUT not in one.metadata}
    if isinstance(found, Mapping):
        return {key: _plain(value) for key, value in found.items()}
    return [_plain(one) for one in found] if isinstance(found, list | tuple) else to_jsonable_python(found)


def of_json(kind: type[T], plain: Mapping[str, Any]) -> T:
    """The dataclass *kind* that :func:`as_json` made plain, as it is stored; what it has no field for is left out.

    Raises:
        ValueError: if it isn't one of *kind*.
    """
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    found: T = _ADAPTERS[kind].validate_python(plain)
    return found


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}
