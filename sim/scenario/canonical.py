"""The merged scenario as text: sorted, independent of the order and style of the files it came from."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from sim.scenario.coordinates import Placed
from sim.scenario.merge import GRADED
from sim.scenario.nodes import Node, Scalar, resolve
from sim.scenario.parsing import is_multiple, is_quantity
from sim.scenario.shapes import ROOT, Shape
from sim.scenario.types import Moment, Section

_PLAIN = re.compile(r"[A-Za-z0-9+][A-Za-z0-9 ./%+_-]*(?<! )")
_PLACES = ("at", "icao")
_REMARKS = ("title", "source", "evidence", "note")


def plain_data(root: Node) -> dict[str, Any]:
    """The tree as plain data that means the same on its own.

    A value from one file in a section whose source is stated by another does not have that source; in one file
    that has to be said.
    """
    return _data(root, ROOT, [])  # type: ignore[no-any-return]


def _data(node: Node, shape: Shape | None, above: list[Node]) -> Any:
    if shape is None:
        return node.plain()
    if shape.form in ("section", "table") and node.mapping is not None:
        inner = [*above, node] if shape.form == "section" else above
        return {k: _data(v, shape.below(k), inner) for k, v in node.mapping.items() if v.value is not None}
    if shape.form == "list" and isinstance(node.value, tuple):
        return [_data(v, shape.item, above) for v in node.value]
    if shape.form == "list" and shape.single:
        return [_data(node, shape.item, above)]
    if shape.form == "quantity":
        return _attributed(node, above)
    if shape.form == "moment" and node.mapping is not None and not is_quantity(node.mapping):
        return {k: _attributed(v, above) for k, v in node.mapping.items()}
    if shape.form == "moment" and not Moment.is_fixed(node.value):
        return _attributed(node, above)
    return node.plain()


def _attributed(node: Node, above: list[Node]) -> Any:
    """The quantity, saying its source and grade where they aren't those of the nearest section that states one."""
    plain = node.plain()
    if plain == "all":
        return plain
    differ: dict[str, str | None] = {}
    for key in GRADED:
        stated = [s.mapping[key].value for s in above if s.mapping and key in s.mapping]
        own = node.about.get(key)
        if key not in (node.mapping or {}) and own != (stated[-1] if stated else None):
            differ[key] = own
    return {**(plain if isinstance(plain, dict) else {"value": plain}), **differ} if differ else plain


def without_remarks(data: Any, shape: Shape | None = ROOT) -> Any:
    """Plain data without what no simulation depends on: the scenario's name, titles, sources, grades, notes and places."""
    if shape is None:
        return data
    if shape.form == "section" and shape.model and isinstance(data, dict):
        skip = (*_REMARKS, *(("name",) if shape is ROOT else ()), *(_PLACES if issubclass(shape.model, Placed) else ()))
        bare = {k: without_remarks(v, shape.below(k)) for k, v in data.items() if k not in skip}
        return {k: v for k, v in bare.items() if v != {} or not _says_nothing_empty(shape.model, k)}
    if shape.form == "table" and isinstance(data, dict):
        return {k: without_remarks(v, shape.item) for k, v in data.items()}
    if shape.form == "list" and isinstance(data, list):
        return [without_remarks(v, shape.item) for v in data]
    if shape.form in ("quantity", "moment") and isinstance(data, dict):
        if not is_quantity(data) and not is_multiple(data):
            return {k: without_remarks(v, Shape("quantity")) for k, v in data.items()}
        bare = {k: v for k, v in data.items() if k not in _REMARKS}
        return bare["value"] if set(bare) == {"value"} else bare
    return data


def _says_nothing_empty(model: type[Section], key: str) -> bool:
    """Whether the section *key* stands for the same when it is empty as when it is not there."""
    return key in model.model_fields and isinstance(model.model_fields[key].default, Section)


def emit(data: Any) -> str:
    """Plain data as YAML with sorted keys, one value a line; the loader reads it back as it was."""
    return "\n".join(_lines(data, "") or ["{}"]) + "\n"


def _lines(data: Any, indent: str) -> list[str]:
    lines: list[str] = []
    if isinstance(data, dict):
        return [line for key in sorted(data) for line in _entry(f"{indent}{_scalar(key, key=True)}:", data[key], indent + "  ")]
    for item in data:
        if isinstance(item, dict) and item:
            inner = _lines(item, indent + "  ")
            lines += [f"{indent}- {inner[0].strip()}", *inner[1:]]
        else:
            lines += _entry(f"{indent}-", item, indent + "  ")
    return lines


def _entry(head: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, dict | list | tuple):
        if not value:
            return [head + (" {}" if isinstance(value, dict) else " []")]
        if not isinstance(value, dict) and not any(isinstance(v, dict | list | tuple) for v in value):
            return [f"{head} [{', '.join(_scalar(v) for v in value)}]"]
        return [head, *_lines(value, indent)]
    return [f"{head} {_scalar(value)}"]


def _scalar(value: Scalar, key: bool = False) -> str:
    return _text(value, key) if isinstance(value, str) else json.dumps(value)


@lru_cache(maxsize=16_384)  # the points of a study say the same words, each of them twice
def _text(value: str, key: bool) -> str:
    safe = _PLAIN.fullmatch(value) is not None and (key or resolve_text(value))
    return value if safe else "".join(map(_escaped, json.dumps(value, ensure_ascii=False)))


def _escaped(char: str) -> str:
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def resolve_text(value: str) -> bool:
    """Whether *value* written without quotes is read as this text."""
    try:
        return resolve(value) == value and isinstance(resolve(value), str)
    except ValueError:
        return False
