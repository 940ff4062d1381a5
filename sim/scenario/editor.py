"""JSON Schema of scenario files, for editors: completion, and a mark under a misspelt key.

It is looser than the loader: an overlay leaves out what its base says, so nothing is required, and everything may be null.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from sim import __version__
from sim.scenario.number import EXAMPLES, UNITS
from sim.scenario.parsing import DISTRIBUTIONS
from sim.scenario.schema import Scenario

_NUMBER = r"[+]?([0-9]+(_[0-9]+)*(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?"


_ABOUT = {
    "value": "One number{unit}, the same in every replication unless a range is drawn.",
    "uniform": "As likely anywhere from low to high.",
    "triangular": "From low to high, most likely at mode.",
    "pert": "From low to high, most likely near mode; a smoother triangle (beta with lambda = 4).",
    "exponential": "Of a rate that never changes, with this mean.",
    "gamma": "Above 0, skewed to the right, of this mean and coefficient of variation.",
    "lognormal": "Above 0, with a longer tail than gamma; two of mean and cv, or median and p90.",
    "weibull": "Of a rate that falls (shape below 1) or rises (above 1) with time.",
    "normal": "Symmetrical, cut off at 0.",
    "choice": "One of a few values.",
    "low": "Low end of the range{unit} that the true number may have; not of chance.",
    "high": "High end of the range{unit} that the true number may have; not of chance.",
    "kind": "Whether it isn't known (uncertainty), is ours to choose (lever), or neither (constant).",
    "group": "A word that numbers share which are wrong together: they stand at one place of their ranges.",
    "source": "Where the number comes from.",
    "evidence": "How good the source is; without low and high it also gives the range: ± 10 %, ± 25 %, ± 50 %, ÷ 2 to × 2.",
    "note": "A remark for people.",
}
"""What each key of a quantity is for; ``{unit}`` stands for the unit that a bare number has."""
_PARAMETERS = {
    "low": "Smallest value{unit}.",
    "mode": "Most likely value{unit}.",
    "high": "Largest value{unit}.",
    "mean": "Average{unit}.",
    "cv": "Standard deviation as a multiple of the mean, without a unit.",
    "median": "Value{unit} that half of the draws exceed.",
    "p90": "Value{unit} that one draw in ten exceeds.",
    "shape": "Shape, without a unit; 1 is exponential.",
    "scale": "Value{unit} that 37 % of the draws exceed.",
    "sd": "Standard deviation{unit}, before what lies below 0 is cut off.",
    "values": "The values{unit}.",
    "weights": "How often each is drawn, in proportion, without a unit.",
}
"""The same of the parameters of distributions."""
_UNITS = {
    "time": "hours",
    "people": "people",
    "length": "kilometres",
    "speed": "kilometres an hour",
    "flow": "people an hour",
    "frequency": "times an hour",
    "per-person": "hours a person",
}
"""Base units in words."""
ID = f"urn:evacsim:scenario:{__version__}"
"""What the schema is called; no place to load it from."""


class _Generator(GenerateJsonSchema):
    """Without defaults: they are quantities in base units, not what a file would say."""

    def default_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])


def json_schema() -> dict[str, Any]:
    """The schema as a JSON object; the same for the same version."""
    made = Scenario.model_json_schema(mode="validation", schema_generator=_Generator)
    defs = {name: _loose(inner) for name, inner in made.pop("$defs").items()}
    top = _loose(made)
    top["properties"] = {
        "extends": {"type": "string", "description": "A base file, or a shipped evacsim: name."},
        **top["properties"],
    }
    quantities = {f"quantity-{dimension}": _quantity(dimension) for dimension in UNITS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "evacsim scenario",
        **{key: value for key, value in top.items() if key != "title"},
        "$defs": dict(sorted({**defs, **quantities}.items())),
    }


def _loose(schema: Any) -> Any:
    """References to quantities filled in; nothing required; every property may be null."""
    if isinstance(schema, list):
        return [_loose(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "x-quantity" in schema:
        return {"$ref": f"#/$defs/quantity-{schema['x-quantity']}", **{k: v for k, v in schema.items() if k == "description"}}
    result = {key: _loose(value) for key, value in schema.items() if key not in ("required", "title", "default")}
    if "properties" in schema:
        result["properties"] = {name: _nullable(_loose(inner)) for name, inner in schema["properties"].items()}
    if "patternProperties" in schema:
        result["additionalProperties"] = False
    for table in ("additionalProperties", "patternProperties"):
        if isinstance(schema.get(table), dict):
            inner = result[table]
            result[table] = _nullable(inner) if table == "additionalProperties" else {k: _nullable(v) for k, v in inner.items()}
    return result


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    forms = schema.get("anyOf")
    if isinstance(forms, list) and {"type": "null"} in forms:
        return schema
    about = {"description": schema["description"]} if "description" in schema else {}
    inner = {key: value for key, value in schema.items() if key != "description"}
    return {**about, "anyOf": [inner, {"type": "null"}]}


def _quantity(dimension: str) -> dict[str, Any]:
    units = sorted((u for u in UNITS[dimension] if u), key=lambda u: (-len(u), u))
    unit = "|".join(u.replace("/", r"\s*/\s*") for u in units)
    tail = rf"(\s*({unit}))?" if units else ""
    number: dict[str, Any] = {
        "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": rf"^\s*{_NUMBER}{tail}\s*$"}]
    }
    plain: dict[str, Any] = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}
    keys: dict[str, tuple[str, ...]] = {
        "uniform": ("low", "high"),
        "triangular": ("low", "mode", "high"),
        "pert": ("low", "mode", "high"),
        "exponential": ("mean",),
        "gamma": ("mean", "cv"),
        "lognormal": ("mean", "cv", "median", "p90"),
        "weibull": ("shape", "scale"),
        "normal": ("mean", "sd"),
    }
    unit_words = f", in {_UNITS[dimension]} where no unit is written" if dimension in _UNITS else ""

    def parameters(names: Iterable[str]) -> dict[str, Any]:
        return {name: {"description": _PARAMETERS[name].format(unit=unit_words)} for name in names}

    forms: dict[str, Any] = {"value": number}
    for family in DISTRIBUTIONS:
        if family == "choice":
            values = {"type": "array", "items": number, "minItems": 1}
            chosen = {"values": values, "weights": {"type": "array", "items": plain, "minItems": 1}}
            forms[family] = _closed({name: parameters([name])[name] | form for name, form in chosen.items()})
            continue
        mapping = _closed({name: about | plain for name, about in parameters(keys[family]).items()})
        listed = {"type": "array", "items": plain, "minItems": len(keys[family]), "maxItems": len(keys[family])}
        forms[family] = {"anyOf": [listed, mapping]} if keys[family][0] == "low" else mapping
    about = {
        "low": plain,
        "high": plain,
        "kind": {"enum": ["uncertainty", "lever", "constant"]},
        "group": {"type": "string"},
        "source": {"type": "string"},
        "evidence": {"enum": ["measured", "reported", "estimated", "assumed"]},
        "note": {"type": "string"},
    }
    every = {**forms, **{key: _nullable(value) for key, value in about.items()}}
    long = _closed({key: {"description": _ABOUT[key].format(unit=unit_words), **form} for key, form in every.items()})
    return {"description": EXAMPLES[dimension], "anyOf": [*number["anyOf"], long]}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}
