"""What a picture of a sensitivity study shows, wherever it is drawn: its factors in order, its axis and its caption."""

from __future__ import annotations

from sim.analysis.words import share
from sim.present.cells import UNSURE
from sim.studies.sensitivity.found import FoundSensitivity, MorrisRow, TornadoEnd, TornadoRow
from sim.studies.sensitivity.table import cell, unit_words

ROWS = 20
"""Factors in a picture at most; the tables have all."""
CAPTIONS = {
    "tornado": "Only one {} is moved at a time: blue to its low end, hatched orange to its high end (values printed).",
    "morris": "Bar: mean size of the change when one {} goes from low to high and the others are anywhere in their ranges.",
    "sobol": "Dark: share of the variance due to this {} alone; light: with all its interactions.",
}
"""What the bars are, by method."""
INTERVALS = {
    "tornado": "Lines: 95 % intervals, both ends of an input together.",
    "morris": "Line: 95 % interval; {}↑ ↓ up or down, ↕ either way.",
    "sobol": "Lines: 95 % intervals.",
}


def name_of(found: FoundSensitivity, address: str) -> str:
    """What the picture of a measure is called."""
    return f"{found.method}-{address.replace('.', '-')}"


def order(found: FoundSensitivity, address: str) -> list[str]:
    """Names by their largest main number in any scenario, at most :data:`ROWS`."""
    size: dict[str, float] = {}
    for result in found.results:
        for row in result.measures[address].factors:
            turns = isinstance(row, TornadoRow) and row.turns
            worth = float("inf") if turns else row.size if row.size is not None else -1.0
            size[row.name] = max(size.get(row.name, -1.0), worth)
    return sorted(size, key=lambda name: (-size[name], name))[:ROWS]


def caption(found: FoundSensitivity) -> str:
    """What the bars are."""
    return CAPTIONS[found.method].format("lever" if found.kind == "lever" else "input")


def axis_words(method: str, unit: str) -> str:
    """What the bars are measured in."""
    if method == "sobol":
        return "share of the variance"
    words = f"change ({unit_words(unit)})" if unit != "h" else "change (hours)"
    return words if method == "tornado" else words.replace("change", "mean size of the change from low to high")


def turning(at: TornadoEnd, unit: str) -> str:
    """What an end of a factor does where the change is between a time and never."""
    return "never →" if at.value is None else f"{cell(at.value, unit)}, else never"


def note(found: FoundSensitivity, address: str, drawn: int) -> str:
    """What lines and grey mean, and what the picture rests on."""
    rows = [row for result in found.results for row in result.measures[address].factors]
    floor = (
        "orange mark: noise floor; " if any(isinstance(row, MorrisRow) and row.noise_floor is not None for row in rows) else ""
    )
    many, noise = len(found.factors), ""
    some = f" The {drawn} largest of {many}." if many > drawn else ""
    if found.method == "sobol":
        whole = [result.measures[address].variance for result in found.results]
        shares = [one.noise_share if one is not None else None for one in whole]
        parts = ", ".join("–" if s is None else share(s) for s in shares)
        noise = f" Noise of the replications, taken out: {parts} of the raw variance."
    final = "" if found.final else " NOT FINAL: some points or replications failed."
    grey = f"Grey and {UNSURE}: can't be told from no effect."
    lines = f"{INTERVALS[found.method].format(floor)} {grey}{some}{noise}"
    return f"{lines} {found.replications} replications a point.{final}"
