"""The field reference of the documentation, written from the schema's docstrings.

``python docs/making/fields.py`` puts it between the two marks of ``docs/reference/scenario-format.md``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic_core import PydanticUndefined

from sim.scenario.number import BASE_UNITS, EXAMPLES
from sim.scenario.quantity import Quantity
from sim.scenario.schema import Scenario
from sim.scenario.shapes import ROOT, Shape, shapes_of
from sim.scenario.types import Moment, Section, Tier

BEGIN, END = "<!-- fields: made from the schema by python docs/making/fields.py -->", "<!-- end of fields -->"
PAGE = Path(__file__).parents[1] / "reference" / "scenario-format.md"
COMMON = ("source", "evidence", "note")
_FORMS = {
    "time": "time",
    "people": "people",
    "count": "whole number",
    "length": "distance",
    "speed": "speed",
    "flow": "people per time",
    "frequency": "per time",
    "per-person": "time per person",
    "factor": "number",
    "share": "share",
}


def field_reference() -> str:
    """Every section with its fields, as Markdown."""
    paths: dict[type[Section], list[str]] = {}
    for model, path in _sections(ROOT, ""):
        paths.setdefault(model, []).append(path)
    return "\n".join(_section(model, places) for model, places in paths.items())


def _sections(shape: Shape, path: str) -> Iterator[tuple[type[Section], str]]:
    if shape.form == "section" and shape.model:
        yield shape.model, path
        for name, inner in shape.fields.items():
            yield from _sections(inner, f"{path}.{name}" if path else name)
    elif shape.form in ("table", "list") and shape.item:
        yield from _sections(shape.item, f"{path}.{'LEVEL' if shape.refers else 'NAME' if shape.form == 'table' else 'N'}")


def _section(model: type[Section], paths: list[str]) -> str:
    also = f" (also {', '.join(f'`{p}`' for p in paths[1:])})" if len(paths) > 1 else ""
    lines = [f"### {f'`{paths[0]}`' if paths[0] else 'The top'}{also}", ""]
    if model.__doc__ and model.__doc__ != Section.__doc__ and model is not Scenario:
        lines += [_prose(model.__doc__), ""]
    lines += ["| key | takes | default | meaning |", "|---|---|---|---|"]
    hints = get_type_hints(model)
    for name, shape in shapes_of(model).items():
        if name not in COMMON:
            field = model.model_fields[name]
            default = "**required**" if field.is_required() else _default(field.get_default(call_default_factory=True), shape)
            takes = _takes(shape, hints[name])
            lines.append(f"| `{name}` | {takes} | {default} | {_prose(field.description or '')} |")
    return "\n".join([*lines, ""])


def _prose(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("``", "`").replace("|", "\\|")


def _takes(shape: Shape, hint: Any) -> str:
    match shape.form:
        case "quantity" if shape.dimension is not None:
            multiple = ["`{of: COHORT, times: RATIO}`"] if shape.dimension.multiple else []
            return " or ".join([*(f"`{word}`" for word in shape.dimension.also), _FORMS[shape.dimension.name], *multiple])
        case "moment" | "condition":
            return shape.form
        case "section":
            return "section"
        case "table" if shape.item is not None:
            return f"table by {'level' if shape.refers else 'name'} of: {_takes(shape.item, Any)}"
        case "list" if shape.item is not None:
            inner = get_args(hint)
            return f"{'one or a list of' if shape.single else 'list of'}: {_takes(shape.item, inner[0] if inner else Any)}"
    if shape.refers is not None:
        words = [*(f"`{word}`" for word in shape.refers.also), f"name of a {shape.refers.what}"]
        return " or ".join(words)
    return _leaf(hint)


def _leaf(hint: Any) -> str:
    if hint == Tier:
        return "whole number ≥ 1 or `never`"
    options = [a for a in get_args(hint) if a is not type(None)]
    if options and all(isinstance(o, str) for o in options):
        return ", ".join(f"`{o}`" for o in options)
    if len(options) == 1:
        return _leaf(options[0])
    names = {int: "whole number (may be negative)", bool: "`true` or `false`", str: "text"}
    words = {"Date": "date", "ClockTime": "time of day", "DailyHours": "daily span", "_Offset": "hours ahead of UTC"}
    words["Coordinates"] = "`[latitude, longitude]`"
    return names.get(hint) or words.get(getattr(hint, "__name__", ""), "text")


def _default(value: Any, shape: Shape) -> str:
    if isinstance(value, Quantity):
        if math.isinf(value.mean):
            return "no limit"
        unit = BASE_UNITS[shape.dimension.name] if shape.dimension and value.mean else ""
        return f"{value.mean:g} {unit}".strip()
    if isinstance(value, Moment):
        return "`start`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None or isinstance(value, Section) or value in ((), {}, PydanticUndefined):
        return "–"
    if isinstance(value, tuple):
        return ", ".join(f"`{v}`" for v in value)
    return f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    match type(value).__name__:
        case "Date":
            return f"{value.when:%Y-%m-%d %H:%M}"
        case "DailyHours":
            return "always" if value.always else f"{value.first:g}-{value.last:g}"
        case "_Offset":
            return f"{'+' if value >= 0 else '-'}{int(abs(value)):02d}:{round(abs(value) % 1 * 60):02d}"
    return str(value)


def quantity_table() -> str:
    """Kinds of numbers with an example of each, as Markdown."""
    lines = ["| takes | means | base unit |", "|---|---|---|"]
    lines += [f"| {_FORMS[d]} | {EXAMPLES[d]} | {BASE_UNITS[d] or '–'} |" for d in EXAMPLES]
    return "\n".join(lines)


def renewed(page: str) -> str:
    """The page with the reference of this version between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{quantity_table()}\n\n{field_reference()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
