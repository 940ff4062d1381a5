"""Tables of the planning bound: what sets the pace when, and the bound of each mission."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.bounds.planning import Bound, MissionBound
from sim.analysis.words import TOGETHER, count, duration, limit_text, named, people, short_titles
from sim.present import cells
from sim.present.columns import WIDE
from sim.studies.bound.answer import Bounds

PAGE = (
    "A bound, not a forecast: the quickest evacuation through the same capacities at the values as written, every input at its "
    "median and none drawn. A lucky replication, whose draws are better than the medians, may beat it."
)


def shown(answer: Bounds, width: int) -> list[RenderableType]:
    """For each scenario the sentence, then its tables."""
    parts: list[RenderableType] = []
    for one, bound in answer.bounds:
        missions = one.loaded.scenario.missions.items()
        titles = short_titles({name: mission.title or name for name, mission in missions})
        sentence, tables = (
            in_a_sentence(one.loaded.name, bound, titles),
            bound_tables(one.loaded.scenario.title, bound, width, titles),
        )
        parts += [sentence, "", tables, ""]
    return parts


def in_a_sentence(name: str, bound: Bound, titles: Mapping[str, str] | None = None) -> str:
    """The answer, and why if it is that it can't be done; *titles*: of missions, by name."""
    never = _never(bound, titles or {})
    if not bound.people:
        return f"{name}: at the medians nobody is ordered out, so there is nothing to bound.{never}" + _why(bound)
    if math.isinf(bound.hours):
        return f"{name}: at the medians not everybody can get out.{never}" + _why(bound)
    return (
        f"{name}: at the medians nobody can get all {people(bound.people)} out in less than {duration(bound.hours)} "
        f"from the first order; what sets it: {limit_text(bound.cause)}{_place(bound.name)}.{never}"
    )


def _never(bound: Bound, titles: Mapping[str, str]) -> str:
    """Who isn't among the all of the bound; nothing where everybody is ordered out."""
    many = sum(bound.never_ordered.values())
    who = named([titles.get(name, name) for name in bound.never_ordered])
    return f" Not among them, since nobody orders them out: {people(many)} ({who})." if many else ""


def _why(bound: Bound) -> str:
    return "".join(f"\n  {reason}" for reason in bound.reasons)


def _place(name: str) -> str:
    return f" ({name})" if name and name not in ("missions", "lift", "hubs", "road", "airport") else ""


def bound_tables(title: str, bound: Bound, width: int = 80, titles: Mapping[str, str] | None = None) -> RenderableType:
    """The stages over time, then the missions with somebody to move, called by *titles*."""
    parts: list[RenderableType] = [Text(title, style="bold")]
    if bound.over_time:
        parts += [Text("In the quickest plan"), _over_time(bound, width)]
    moving = {name: m for name, m in bound.missions.items() if m.people}
    if moving:
        parts += [Text(), Text("Each mission as if everything were there for it alone"), _missions(bound, width, titles or {})]
    return Group(*parts, Text(PAGE, style="dim"))


def _table(*heads: tuple[str, bool]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for head, right in heads:
        least = max(8, len(head)) if right else None
        table.add_column(Text(head), justify="right" if right else "left", no_wrap=True, overflow="ellipsis", min_width=least)
    return table


def _over_time(bound: Bound, width: int) -> Table:
    wide = width >= WIDE
    bar = 24 if wide else 12
    heads = [("From hour", True), ("to", True), ("Held up by", False), *([("At", False)] if wide else []), ("Out by then", True)]
    table = _table(*heads, ("", False))
    for p in bound.over_time:
        held = "nothing" if p.cause == "none" else limit_text(p.cause)
        filled = round(bar * min(1.0, p.out / bound.people)) if bound.people else 0
        row = [f"{p.start_h:,.0f}", f"{p.end_h:,.0f}", held, *([p.name] if wide else []), count(math.floor(p.out + 1e-6))]
        table.add_row(*(Text(x) for x in row), Text("█" * filled + "·" * (bar - filled)))
    return table


def _missions(bound: Bound, width: int, titles: Mapping[str, str]) -> Table:
    wide = width >= WIDE
    heads = [("Mission", False), ("People", True), ("Order at", True), ("At least", True), ("Set by", False)]
    table = _table(*heads, *([("At", False)] if wide else []))
    table.columns[0].max_width = width - 56 if not wide else 44
    moving = {name: m for name, m in bound.missions.items() if m.people}
    days = cells.unit_for([x for m in moving.values() for x in (m.ordered_h, m.hours) if math.isfinite(x)])
    for name in sorted(moving, key=lambda n: (-moving[n].people, n)):
        table.add_row(*_row(titles.get(name, name), moving[name], days, wide))
    table.add_section()
    table.add_row(*_row(TOGETHER, bound, days, wide), style="bold")
    return table


def _row(name: str, bound: Bound | MissionBound, unit: str, wide: bool) -> list[Text]:
    ordered = duration(bound.ordered_h, unit) if math.isfinite(bound.ordered_h) else cells.NOTHING
    least = duration(bound.hours, unit) if math.isfinite(bound.hours) else "never"
    held = "" if bound.cause == "none" else limit_text(bound.cause)
    return list(map(Text, (name, count(bound.people), ordered, least, held, *([bound.name] if wide else []))))
