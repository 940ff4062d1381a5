"""docs/inputs.md: how many inputs have which grade, and every assumed number with value, range and source, from ``describe``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from making.block import Block, table
from making.desk import Desk
from sim.analysis.factors import said
from sim.analysis.matrix import THREATS
from sim.scenario import describe
from sim.scenario.listing import Row
from sim.scenario.number import BASE_UNITS

PAGE = "inputs.md"
BASE = "turkish-collapse"
PROVIDERS = ("turkish", "none", "coalition")
GRADES = ("measured", "reported", "estimated", "assumed")
KINDS = ("uncertainty", "lever", "constant")
TABLES = r"missions|lift\.types|lift\.fleets|lift\.commercial|airport\.gates|vehicles|hubs"
NAMED = re.compile(rf"^({TABLES})\.([^.]+)(\..+)$")
"""Entries of a table; those that say the same become one row."""
DIMENSIONS = {unit: dimension for dimension, unit in BASE_UNITS.items() if unit} | {"": "factor"}
SECTIONS = (
    ("The clock and the threat", r"clock\b|threat\b"),
    ("Providers and their forces", r"security\.(providers|per_lane)\b"),
    ("The host nation's outer layer", r"security\b"),
    ("Gates, officers and holding area", r"airport\.(gates|search|consular|holding)\b"),
    ("Runway and stands", r"airport\.airfield\b"),
    ("Incidents and closures", r"airport\.(incidents|closures)\b"),
    ("The crowd", r"airport\.crowd\b"),
    ("Road, vehicles and helicopters", r"road\b|vehicles\b|shuttles\b"),
    ("Aircraft types, fleets and flights", r"lift\b"),
    ("Hubs", r"hubs\b"),
    ("Missions", r"missions\b|ratios\b"),
)  # fmt: skip


def rows(desk: Desk, scenario: str = BASE) -> list[Row]:
    """Every quantity that a scenario says; a head count that is a multiple of another is no input of its own."""
    return [row for row in describe(desk.loaded(scenario).scenario) if " × " not in row.value]


def grades(desk: Desk) -> str:
    """How many inputs of the base scenario have which grade, by kind."""
    found = Counter((row.grade, row.kind) for row in rows(desk))
    lines = []
    for grade in GRADES:
        many = [found[grade, kind] for kind in KINDS]
        lines.append((f"`{grade}`", *map(str, many), str(sum(many)), f"{100 * sum(many) / sum(found.values()):.0f} %"))
    sums = [sum(found[grade, kind] for grade in GRADES) for kind in KINDS]
    lines.append(("all", *map(str, sums), str(sum(found.values())), ""))
    if ungraded := sum(many for (grade, _), many in found.items() if grade is None):
        lines.insert(-1, ("without", "", "", "", str(ungraded), ""))
    return table(("grade", *KINDS, "all", "share"), lines, range(1, 6))


def by_scenario(desk: Desk) -> str:
    """The same for each of the shipped scenarios in a line."""
    lines = []
    for name in (f"{provider}-{threat}" for threat in THREATS for provider in PROVIDERS):
        found = Counter(row.grade for row in rows(desk, name))
        lines.append((f"`{name}`", *(str(found[grade]) for grade in GRADES), str(sum(found.values()))))
    for name in ("kabul-2021", "khartoum-2023", "saigon-1975"):
        found = Counter(row.grade for row in rows(desk, name))
        lines.append((f"`{name}`", *(str(found[grade]) for grade in GRADES), str(sum(found.values()))))
    return table(("scenario", *(f"`{grade}`" for grade in GRADES), "all"), lines, range(1, 6))


def assumed(desk: Desk) -> str:
    """Every assumed number, by section; equal entries of a table in one row."""
    left = [row for row in rows(desk) if row.grade == "assumed"]
    parts = []
    for title, pattern in SECTIONS:
        own = [row for row in left if re.match(pattern, row.path)]
        left = [row for row in left if row not in own]
        if own:
            parts.append(f"### {title}\n\n{_section(own)}")
    if left:
        raise SystemExit(f"inputs: no section for {left[0].path}")
    return "\n\n".join(parts)


def _section(own: Sequence[Row]) -> str:
    heads = [row for row in own if re.match(r"missions\..*\.people$", row.path)]
    lines = [_line(path, same) for path, same in _folded(row for row in own if row not in heads)]
    lines += [_heads(path, same) for path, same in _by_pattern(heads)]
    return table(("input", "value", "range", "kind", "source"), lines)


def _pattern(path: str) -> str:
    """The path with ``*`` for the name of an entry of a table."""
    return NAMED.sub(r"\1.*\3", path)


def _folded(own: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """Rows that say the same at like places, in the order of the first of them."""
    kept: dict[tuple[object, ...], list[Row]] = {}
    for row in own:
        whose = "" if row.path.startswith("missions.") else row.source  # each mission has a source of its own
        kept.setdefault((_pattern(row.path), row.value, row.low, row.high, row.kind, whose), []).append(row)
    return [(str(key[0]) if len(same) > 1 else same[0].path, same) for key, same in kept.items()]


def _by_pattern(own: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Rows at like places, whatever they say."""
    ordered = sorted(own, key=lambda row: _pattern(row.path))
    return [(path, list(same)) for path, same in groupby(ordered, key=lambda row: _pattern(row.path))]


def _line(path: str, same: Sequence[Row]) -> tuple[str, ...]:
    """One row of the table; how many entries it stands for where they are several."""
    many = f" ({len(same)} of them)" if len(same) > 1 else ""
    return f"`{path}`{many}", same[0].value, _range(same[0]), same[0].kind, _source(same)


def _heads(path: str, same: Sequence[Row]) -> tuple[str, ...]:
    """Head counts of all missions in one row."""
    means = [row.mean for row in same]
    value = f"{min(means):,.0f} to {max(means):,.0f}, together {sum(means):,.0f}" if len(same) > 1 else f"{means[0]:,.0f}"
    low, high = (sum(x if x is not None else row.mean for x, row in zip(ends, same, strict=True)) for ends in _ends(same))
    return f"`{path}` ({len(same)} of them)", value, f"{low:,.0f} to {high:,.0f} together", same[0].kind, _source(same)


def _ends(same: Sequence[Row]) -> tuple[list[float | None], list[float | None]]:
    return [row.low for row in same], [row.high for row in same]


def _range(row: Row) -> str:
    if row.low is None or row.high is None:
        return "–"
    low, high = (said(x, DIMENSIONS[row.unit]) for x in (row.low, row.high))
    if low == high:
        return "–"
    number, _, unit = high.partition(" ")
    return (
        f"{low.removesuffix(unit).strip()} to {number} {unit}".strip()
        if unit and low.endswith(f" {unit}")
        else f"{low} to {high}"
    )


def _source(same: Sequence[Row]) -> str:
    sources = list(dict.fromkeys(row.source for row in same))
    return _cell(sources[0]) if len(sources) == 1 else "judgement, or inherited from the section of each mission"


def _cell(text: str | None) -> str:
    return (text or "–").replace("|", "\\|")


BLOCKS = (
    Block("inputs-grades", PAGE, grades, quick=True),
    Block("inputs-by-scenario", PAGE, by_scenario, quick=True),
    Block("inputs-assumed", PAGE, assumed, quick=True),
)
