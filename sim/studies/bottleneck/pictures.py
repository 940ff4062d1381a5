"""What the picture of marginal values shows, wherever it is drawn: its panels and rows, its title and its caption."""

from __future__ import annotations

from collections.abc import Sequence

from sim.present.cells import UNSURE
from sim.studies.bottleneck.found import CapacityEffect, FoundBottleneck, ScenarioValues
from sim.studies.bottleneck.table import RULE
from sim.studies.bottleneck.words import labels

ROWS = 20
"""Capacities in a picture at most; the tables have all."""
UNTOLD = 5
"""Of which so many that can't be told from nothing, and only where no other can be told."""
PANELS = 3
BEYOND = 2.5
"""All is cut at so many times the farthest of what can be told."""


def changing(result: ScenarioValues) -> bool:
    """Whether any capacity changes anything in it."""
    return any(row.effects and not row.unchanged for row in result.capacities)


def panels_of(found: FoundBottleneck) -> list[str]:
    """People and hours, or whatever was asked for; a measure that differs in no replication at all has nothing to show."""
    rows = [row for result in found.results for row in result.capacities]
    alive = [m for m in found.measures if any(m in row.effects and row.effects[m].differ for row in rows)]
    return ([m for m in alive if found.units[m]] or alive or list(found.measures))[:PANELS]


def rows_of(found: FoundBottleneck) -> list[tuple[str, str, bool]]:
    """Path, label with step, and whether it can be told in some scenario: the best ranks first, what makes it worse last.

    Only what can be told; the first few of the others where nothing can.
    """
    place: dict[str, tuple[int, int]] = {}
    label: dict[str, str] = {}
    told: set[str] = set()
    for result in found.results:
        for row in result.capacities:
            if row.unchanged:
                continue
            tier = {"better": 0, "mixed": 0, "none": 1}.get(row.verdict, 2)
            place[row.path] = min(place.get(row.path, (9, 0)), (tier, row.rank))
            label[row.path] = row.title
            told |= {row.path} if row.distinct else set()
    order = sorted(place, key=lambda p: (*place[p], p))
    sure = [p for p in order if p in told]
    bad = [p for p in sure if place[p][0] == 2]
    kept = [p for p in sure if place[p][0] < 2][: max(ROWS - len(bad), ROWS // 2)] + bad or order[:UNTOLD]
    return [(path, label[path], path in told) for path in kept[:ROWS]]


def panel_title(found: FoundBottleneck, address: str) -> str:
    """What a measure is called."""
    return found.titles[address].removesuffix(" (people)")


def axis_words(found: FoundBottleneck, address: str) -> str:
    """What the bars are, and which way is better."""
    better = "less is better: ◂" if found.worse_high[address] else "more is better: ▸"
    return f"change with one step more ({better})"


def ends_of(effects: Sequence[CapacityEffect]) -> tuple[float, float]:
    """From where to where a panel goes: all of it, cut at :data:`BEYOND` times the farthest of what can be told."""
    every = [x for e in effects for x in (e.difference, e.low, e.high) if x is not None]
    told = [abs(x) for e in effects if e.distinct for x in (e.low, e.high) if x is not None]
    most = BEYOND * max(told, default=float("inf"))
    return max(min([0.0, *every]), -most), min(max([0.0, *every]), most)


def picture_title(found: FoundBottleneck) -> str:
    """What helps most of what can be told to help, as seen: scenario by scenario where that differs."""
    results = found.results
    best = [_best(result) for result in results]
    if len(set(best)) > 1:
        named = [f"{name}: {text or 'nothing that can be told'}" for name, text in zip(labels(results), best, strict=True)]
        differs = "What helps most, as seen, differs between scenarios"
        return f"What helps most, as seen. {'; '.join(named)}" if len(named) <= 3 else differs
    whose = results[0].title if len(results) == 1 else "In every scenario"
    if not best[0]:
        return f"{whose}: one more of any capacity changes nothing that can be told"
    return f"{whose}: {best[0]} {'help' if ' and ' in best[0] else 'helps most, as seen'}"


def _best(result: ScenarioValues) -> str:
    """What helps, those that hold among all tries before others; of several none is said to help more than the next."""
    better = [row for row in result.capacities if row.verdict == "better"]
    phrases = [row.phrase for row in ([row for row in better if row.holds] or better)]
    more = f" and {len(phrases) - 2} more" if len(phrases) > 2 else ""
    return f"{', '.join(phrases[:2])}{more}" if more else " and ".join(phrases)


def note(found: FoundBottleneck, drawn: Sequence[tuple[str, str, bool]], panels: Sequence[str]) -> str:
    """What is in the picture and nothing else."""
    paths = {path for path, _, _ in drawn}
    rows = [row for result in found.results for row in result.capacities]
    known = {row.path for row in rows if row.verdict != "failed"}
    changed = {row.path for row in rows if row.path in known and not row.unchanged}
    same = len(known - changed)
    untold = len(changed - {row.path for row in rows if row.distinct} - paths)
    beyond = len(changed - paths) - untold
    some = f" {beyond} more can be told: see the table." if beyond else ""
    some += f" {untold} more can't be told from nothing." if untold else ""
    some += f" {same} more change{'s' if same == 1 else ''} nothing in any replication." if same else ""
    shown = [row.effects[m] for row in rows if row.path in paths for m in panels if m in row.effects]
    worse = len(found.results) == 1 and any(e.worse and e.distinct for e in shown)
    lines = "; lines: 95 % intervals" if any(e.low is not None and e.high is not None for e in shown) else ""
    grey = f" Grey: {RULE}." if any(not e.distinct for e in shown) else ""
    grey += f" {UNSURE}: can't be told from nothing." if any(not told for _, _, told in drawn) else ""
    red = " Hatched red: worse." if worse else ""
    final = "" if found.final else " NOT FINAL: some points or replications failed."
    return (
        f"Mean paired difference from the scenario as it is, each capacity alone{lines}."
        f"{grey}{red}{some} {found.replications:,} replications a point.{final}"
    )
