"""Numbers, units and distributions of a scenario file, in base units: from what YAML gave to a :class:`Quantity`.

Each parser raises ``ValueError`` with one sentence, *expected ..., got ...*; the loader adds the place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from statistics import NormalDist
from typing import Any, get_args
from unicodedata import category

from sim.scenario.errors import Message, Path, Place, message_of, shown
from sim.scenario.number import EXAMPLES, MOST, WHOLE, scalar
from sim.scenario.quantity import Grade, Kind, Quantity, constant

META = ("low", "high", "kind", "group", "source", "evidence", "note")


_JOINERS = "\u200c\u200d\u00ad"


def one_line(text: str) -> str:
    """*text*, if it is one line that shows what it holds; raises ValueError."""
    if any(category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") and c not in _JOINERS for c in text):
        raise ValueError("expected one line of text without control characters")
    if len(text) > 1000:
        raise ValueError(Message("expected at most 1,000 characters", f"{len(text):,}"))
    return text


class Misfit(ValueError):
    """What is wrong with a part of a quantity, and which part."""

    def __init__(self, message: str | Message, inner: Path, place: Place | None = None) -> None:
        super().__init__(message)
        self.inner = inner
        self.place = place
        """Where it was written, if that is not where the part is."""


@contextmanager
def within(part: str | int) -> Iterator[None]:
    """Says of every fault below that it is in *part*."""
    try:
        yield
    except Misfit as error:
        raise Misfit(message_of(error), (part, *error.inner)) from None
    except ValueError as error:
        raise Misfit(message_of(error), (part,)) from None


def _keys(spec: Any, family: str, *choices: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(spec, Mapping):
        for keys in choices:
            if set(spec) == set(keys):
                return keys
    forms = " or ".join("{" + ", ".join(f"{k}:" for k in keys) + "}" for keys in choices)
    raise ValueError(Message(f"expected {family}: {forms}", shown(spec)))


def _cv_quantile(median: float, p90: float) -> tuple[float, float]:
    if not 0 < median < p90:
        raise ValueError(Message("expected 0 < median < p90", f"{median:g} and {p90:g}"))
    return math.log(median), math.log(p90 / median) / NormalDist().inv_cdf(0.9)


def _listed(spec: Any, family: str, dim: str, keys: tuple[str, ...]) -> list[float]:
    """The parameters *keys* of a list or mapping, in their order."""
    if isinstance(spec, Mapping):
        return [_part(spec, k, dim) for k in _keys(spec, family, keys)]
    if not isinstance(spec, list | tuple) or len(spec) != len(keys):
        raise ValueError(Message(f"expected {family}: [{', '.join(keys)}]", _count(spec)))
    return [_part(spec, k, dim) for k in range(len(keys))]


def _count(spec: Any) -> str:
    return f"a list of {len(spec)}" if isinstance(spec, list | tuple) else shown(spec)


def _part(spec: Any, part: str | int, dim: str) -> float:
    with within(part):
        return _fine(spec[part], dim)


def _fine(raw: Any, dim: str) -> float:
    """A parameter of a distribution: counts may be fractions there (a mean of 12.5 people)."""
    if dim in WHOLE and isinstance(raw, int | float) and not isinstance(raw, bool):
        return scalar(raw, "factor")
    return scalar(raw, dim)


def _positive(value: float, what: str) -> float:
    if not value > 0:
        raise ValueError(Message(f"expected {what} > 0", f"{value:g}"))
    return value


def _spread(spec: Any, family: str, dim: str, second: str) -> tuple[float, float]:
    """``{mean:, cv:}`` or ``{mean:, sd:}``, both positive (a ``normal`` may have a mean of 0)."""
    _keys(spec, family, ("mean", second))
    mean, width = _part(spec, "mean", dim), _part(spec, second, "factor" if second == "cv" else dim)
    return mean if family == "normal" else _positive(mean, "mean"), _positive(width, second)


def _lognormal(spec: Any, dim: str) -> tuple[float, float]:
    """Mu and sigma of the logarithm."""
    if _keys(spec, "lognormal", ("mean", "cv"), ("median", "p90"))[0] == "median":
        return _cv_quantile(_part(spec, "median", dim), _part(spec, "p90", dim))
    mean, cv = _spread(spec, "lognormal", dim, "cv")
    s2 = math.log(1 + cv * cv)
    return math.log(mean) - s2 / 2, math.sqrt(s2)


def _choice(spec: Any, dim: str) -> tuple[float, ...]:
    """Values, then weights that sum to 1."""
    _keys(spec, "choice", ("values", "weights"), ("values",))
    values = spec["values"]
    if not isinstance(values, list | tuple) or not values:
        raise ValueError(Message("expected choice: a list of values", shown(values)))
    weights = spec.get("weights", [1] * len(values))
    if not isinstance(weights, list | tuple) or len(weights) != len(values):
        raise ValueError("expected choice: as many weights as values")
    numbers, shares = _each(values, "values", dim), _each(weights, "weights", "factor")
    total = _positive(sum(shares), "the sum of the weights")
    return (*numbers, *(share / total for share in shares))


def _each(raw: Sequence[Any], part: str, dim: str) -> list[float]:
    """The numbers of a list, which is *part* of a distribution."""
    numbers = []
    for k, value in enumerate(raw):
        with within(part), within(k):
            numbers.append(scalar(value, dim))
    return numbers


def _distribution(family: str, spec: Any, dim: str) -> tuple[float, ...]:
    """Natural parameters of *family*, in base units."""
    match family:
        case "uniform":
            low, high = _listed(spec, family, dim, ("low", "high"))
            if not low < high:
                raise ValueError(Message("expected uniform: low < high", f"{low:g} and {high:g}"))
            return low, high
        case "triangular" | "pert":
            low, mode, high = _listed(spec, family, dim, ("low", "mode", "high"))
            if not (low <= mode <= high and low < high):
                raise ValueError(
                    Message(f"expected {family}: low ≤ mode ≤ high and low < high", f"{low:g}, {mode:g} and {high:g}")
                )
            return low, mode, high
        case "exponential":
            _keys(spec, family, ("mean",))
            return (_positive(_part(spec, "mean", dim), "mean"),)
        case "gamma":
            mean, cv = _spread(spec, family, dim, "cv")
            return 1 / cv**2, mean * cv**2
        case "lognormal":
            return _lognormal(spec, dim)
        case "weibull":
            _keys(spec, family, ("shape", "scale"))
            return _positive(_part(spec, "shape", "factor"), "shape"), _positive(_part(spec, "scale", dim), "scale")
        case "normal":
            return _spread(spec, family, dim, "sd")
        case "choice":
            return _choice(spec, dim)
    raise ValueError(f"unknown distribution {shown(family)}")


DISTRIBUTIONS = ("uniform", "triangular", "pert", "exponential", "gamma", "lognormal", "weibull", "normal", "choice")


def is_quantity(raw: Any) -> bool:
    """Whether *raw* is a mapping that stands for a quantity: a distribution or the long form."""
    return isinstance(raw, Mapping) and any(k == "value" or k in DISTRIBUTIONS for k in raw)


MULTIPLE = ("of", "times")


def is_multiple(raw: Any) -> bool:
    """Whether *raw* is a mapping that stands for a head count so many times that of another cohort."""
    return isinstance(raw, Mapping) and any(k in MULTIPLE for k in raw)


def parse_multiple(raw: Mapping[str, Any]) -> Quantity:
    """``{of: COHORT, times: RATIO}``, not yet resolved: see :mod:`sim.scenario.multiples`."""
    if strange := [k for k in raw if k not in (*MULTIPLE, "source", "evidence", "note")]:
        raise ValueError(f"expected {{of: COHORT, times: RATIO}}: unknown key {shown(strange[0])}; a range is that of the ratio")
    for key in MULTIPLE:
        with within(key) if key in raw else nullcontext():
            if not isinstance(raw.get(key), str):
                raise ValueError(Message("expected {of: COHORT, times: RATIO}", f"{shown(raw.get(key))} for {key}"))
    base = replace(constant(0), of=(raw["of"], raw["times"]), text=f"{raw['times']} × {raw['of']}")
    return replace(base, **_about(raw, base, "people"))


def parse_quantity(raw: Any, dimension: str) -> Quantity:
    """A quantity of *dimension* from a number, text with a unit, a distribution or the long form."""
    if isinstance(raw, Quantity):
        return raw
    if not isinstance(raw, Mapping):
        return replace(constant(scalar(raw, dimension)), text=" ".join(str(raw).split()))
    families = [k for k in raw if k in DISTRIBUTIONS or k == "value"]
    strange = [k for k in raw if k not in DISTRIBUTIONS and k != "value" and k not in META]
    if strange or len(families) != 1:
        what = f"unknown key {shown(strange[0])}" if strange else f"got {len(families) or 'none'} of them"
        forms = f"a mapping with value or a distribution ({', '.join(DISTRIBUTIONS)})"
        raise ValueError(f"expected {EXAMPLES[dimension]} or {forms}: {what}")
    family = families[0]
    with within(family):
        if family == "value":
            if is_quantity(raw["value"]):
                raise ValueError(Message("expected a number", "a mapping; write the distribution instead of value"))
            base = parse_quantity(raw["value"], dimension)
        else:
            if dimension == "share" and family not in ("uniform", "triangular", "pert", "choice"):
                raise ValueError("expected a share: uniform, triangular, pert or choice")
            base = Quantity(family, _distribution(family, raw[family], dimension), text=f"{family} {_plain(raw[family])}")
            if not _has_mean(base):
                raise ValueError(Message(f"expected a distribution with a mean of at most {MOST:g}", base.text or family))
    return replace(base, **_about(raw, base, dimension))


def _has_mean(quantity: Quantity) -> bool:
    """Whether its mean lies within what any number may be: a tail can be so heavy that it is beyond all numbers."""
    try:
        return abs(quantity.mean) <= MOST
    except OverflowError:
        return False


def _about(raw: Mapping[str, Any], base: Quantity, dimension: str) -> dict[str, Any]:
    """Range, kind and evidence of the long form."""
    bounds: dict[str, Any] = {}
    for key in ("low", "high"):
        if raw.get(key) is not None:
            with within(key):
                bounds[key] = bound = _fine(raw[key], dimension)
                if base.mean < bound if key == "low" else base.mean > bound:
                    side = "and value" if base.is_constant else f"{'above' if key == 'low' else 'below'} the mean of"
                    comma = "" if base.is_constant else ","
                    expected = f"expected low ≤ {'value' if base.is_constant else 'mean'} ≤ high"
                    raise ValueError(Message(expected, f"{key} {shown(raw[key])}{comma} {side} {base.text}"))
    if len(bounds) == 2 and bounds["low"] > bounds["high"]:
        raise ValueError("expected low ≤ high")
    for key, known in (("kind", get_args(Kind)), ("evidence", get_args(Grade))):
        if raw.get(key) not in (None, *known):
            with within(key):
                raise ValueError(Message(f"expected {', '.join(known[:-1])} or {known[-1]}", shown(raw[key])))
    if raw.get("group") is not None:
        with within("group"):
            if not isinstance(raw["group"], str) or not re.fullmatch(r"[a-z0-9-]{1,40}", raw["group"]):
                raise ValueError(Message("expected a name of a-z, 0-9 and '-' (1 to 40 characters)", shown(raw["group"])))
    for key in ("source", "note"):
        if raw.get(key) is not None:
            with within(key):
                if not isinstance(raw[key], str):
                    raise ValueError(Message("expected text", shown(raw[key])))
                one_line(raw[key])
    return {**bounds, **{key: raw.get(key) for key in ("kind", "group", "evidence", "source")}}


_PARAMETERS = ("mean", "median", "p90", "cv", "sd", "shape", "scale", "low", "mode", "high", "values", "weights")


def _plain(spec: Any) -> str:
    """Parameters of a distribution for people, in an order that is not the file's."""
    if isinstance(spec, Mapping):
        return ", ".join(f"{k} {_plain(spec[k])}" for k in _PARAMETERS if k in spec)
    if isinstance(spec, list | tuple):
        return "[" + ", ".join(_plain(v) for v in spec) + "]"
    return str(spec)
