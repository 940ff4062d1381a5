"""Tables of the bottleneck: who waited for what, and what one more of each capacity is worth, the most telling first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.waiting import CourseSpan, Waited, Waiting
from sim.analysis.words import cause_text, count, duration, named, people, share
from sim.model.names import CAUSES
from sim.present.cells import NOTHING, UNSURE, signed
from sim.present.fitting import broken
from sim.studies.applying import applying
from sim.studies.bottleneck.answer import Bottleneck
from sim.studies.bottleneck.found import CapacityEffect, CapacityValue, FoundBottleneck, ScenarioValues
from sim.studies.bottleneck.words import labels
from sim.studies.tables import WIDE, add_numbers, notes, plain_table, sentences, title

RULE = "its 95 % interval includes zero, or fewer than ten pairs differ"
"""When a difference can't be told from nothing."""
ROWS = 30
"""Capacities in a table at most; the data have all."""


def shown(answer: Bottleneck, width: int) -> list[RenderableType]:
    """The sentences, then the tables."""
    return [*sentences(answer), bottleneck_tables(answer.found, width)]


def bottleneck_tables(found: FoundBottleneck, width: int = 80) -> RenderableType:
    """For each scenario the hours waited and the marginal values; several scenarios side by side at the end."""
    parts: list[RenderableType] = []
    for result in found.results:
        parts.append(_heading(result, found))
        if result.waiting is not None:
            parts += [waiting_table(result.waiting, width), Text(_course(result.waiting), style="dim"), Text("")]
        if result.capacities:
            parts += [_values(result, found, width), Text("")]
        parts += [Text(line) for line in result.explanations] + [Text("")] * bool(result.explanations)
    if len(found.results) > 1:
        parts += [*_side_by_side(found, width), Text("")]
    return Group(*parts, *_notes(found))


def _heading(result: ScenarioValues, found: FoundBottleneck) -> Text:
    about = f"\n{result.scenario} · {found.replications:,} replications of each point · seed {found.seed}"
    return title(result.title, about, "" if found.final else " · NOT FINAL")


# -- hours waited -----------------------------------------------------------------------------------------------------


def waiting_table(waited: Waiting, width: int = 80) -> Table:
    """Missions × causes in person-hours; causes that do not fit are added up under *other*, so that rows add up."""
    wide = width >= WIDE
    total, missions = waited.total, waited.missions
    names = [m for m in missions if missions[m].to_move or missions[m].all_h.mean]
    names.sort(key=lambda m: (-(missions[m].all_h.mean or 0.0), m))
    there = [c for c in CAUSES if (total.causes[c].mean or 0.0) > 0]
    kept = _fitting([total, *(missions[m] for m in names)], there, width)
    shown, rest = [c for c in CAUSES if c in kept], len(kept) < len(there)
    heads = ("All", *(cause[:1].upper() + cause[1:] for cause in shown), *(("Other",) if rest else ()))
    table = plain_table("Person-hours\nwaited for", *heads, most=24 if wide else 16)
    titles = waited.titles
    for name in names:
        row = _waited(broken(titles[name], 24 if wide else 16), missions[name], shown, rest, wide)
        table.add_row(*map(Text, row))
    table.add_section()
    table.add_row(*map(Text, _waited("all together", total, shown, rest, wide)), style="bold")
    if not wide:
        table.add_row(*map(Text, _shares(total, shown, rest)), style="dim")
    return table


def _fitting(entries: Sequence[Waited], there: Sequence[str], width: int) -> list[str]:
    """The causes with most of the hours that a table of this width has room for."""
    wide, total = width >= WIDE, entries[0]
    room = width - (24 if wide else 16) - len(hours(total.all_h.mean)) - 2 - (20 if wide else 10)
    kept: list[str] = []
    for cause in sorted(there, key=lambda c: (-(total.causes[c].mean or 0.0), CAUSES.index(c))):
        room -= 1 + max(len(cause), *(len(_waited_for(one, cause, wide)) for one in entries))
        if room < 0:
            break
        kept.append(cause)
    return kept


def hours(x: float | None) -> str:
    """Person-hours: ``842``, ``12,345``, ``12.3 M``."""
    if x is not None and x >= 9_999_500:
        return f"{x / 1e6:,.1f} M"
    return NOTHING if x is None else count(round(x) if x >= 10 else round(x, 1))


def _rest(one: Waited, shown: Sequence[str]) -> tuple[float, float]:
    """Hours and share of the causes that are not *shown*."""
    rest = [e for c, e in one.causes.items() if c not in shown]
    return sum(e.mean or 0.0 for e in rest), sum(e.share or 0.0 for e in rest)


def _waited_for(one: Waited, cause: str, wide: bool) -> str:
    return _with_share(one.causes[cause].mean, one.causes[cause].share, wide)


def _with_share(x: float | None, part: float | None, wide: bool) -> str:
    return hours(x) + (f" ({share(part)})" if wide and part and x else "")


def _waited(name: str, one: Waited, shown: Sequence[str], rest: bool, wide: bool) -> list[str]:
    made = [name, hours(one.all_h.mean), *(_waited_for(one, c, wide) for c in shown)]
    return made + ([_with_share(*_rest(one, shown), wide)] if rest else [])


def _shares(total: Waited, shown: Sequence[str], rest: bool) -> list[str]:
    parts = [total.causes[c].share for c in shown] + ([_rest(total, shown)[1]] if rest else [])
    return ["share", "", *(NOTHING if p is None else share(p) for p in parts)]


def _course(waiting: Waiting) -> str:
    """How the bottleneck moves, in a line: by the day where there are more than three of them, else by the hour."""
    days = [s for s in waiting.course_by_day if s.cause is not None]
    spans = days if days and days[-1].to_h > 72 else [s for s in waiting.course if s.cause is not None]
    parts = [f"{_span(s)} {cause_text(s.cause or '')} ({share(s.share or 0.0)})" for s in spans[:8]]
    if not parts:
        return "No bottleneck after the order."
    more = f"; … {len(spans) - 8} more" if len(spans) > 8 else ""
    many = "share of the replications in which it is"
    return f"Most likely bottleneck after the order ({many}): {'; '.join(parts)}{more}."


def _span(span: CourseSpan) -> str:
    first, last = span.from_h, span.to_h
    if first % 24 or last - first < 24:
        return f"{duration(first)} to {duration(last)}"
    days = first // 24 + 1, -(-last // 24)
    return f"day {days[0]}" if days[0] == days[1] else f"days {days[0]}–{days[1]}"


# -- marginal values --------------------------------------------------------------------------------------------------

HEADS = {
    "left_behind": "Left\nbehind", "p_all_out": "P(all\nout)",
    "half_within_horizon": "Half\nout", "hours_within_horizon": "All\nout",
    "restricted_half": "Half from\norder", "restricted_time": "All from\norder",
}  # fmt: skip


def head(address: str) -> str:
    """The heading of a measure's column."""
    scope, _, kind = address.rpartition(".")
    return HEADS.get(kind, kind.replace("_", "\n", 1)) if scope == "total" else f"{scope[:12]}\n{kind[:12]}"


def cell(x: float | None, unit: str) -> str:
    """A change in the unit of its measure."""
    if x is None:
        return NOTHING
    if unit == "h":
        return signed(duration(abs(x)), x) if abs(x) * 60 >= 0.5 else "0 min"
    if unit == "people":
        return signed(count(abs(x)), x) if abs(x) >= 0.05 else "0"
    return signed(f"{abs(100 * x):.1f}", round(x, 3))


def change(effect: CapacityEffect | None, unit: str) -> str:
    """A difference: ``≈`` before what can't be told from none, ``*`` after what holds for all together."""
    if effect is None:
        return "failed"
    return f"{'' if effect.distinct else f'{UNSURE} '}{cell(effect.difference, unit)}{'*' if effect.holds else ''}"


def limits(effect: CapacityEffect | None, unit: str) -> str:
    """Its interval."""
    if effect is None or effect.low is None or effect.high is None:
        return ""
    return f"{cell(effect.low, unit)} to {cell(effect.high, unit)}"


def _values(result: ScenarioValues, found: FoundBottleneck, width: int) -> Group:
    rows = chosen(result.capacities)
    if not rows:  # no empty table
        lines = [_nothing(result.capacities), *_below(result, rows, found), _before(result, found)]
        return Group(*notes(lines))
    table = plain_table("Change with", most=42 if width >= WIDE else 38)
    order = found.by_unit
    explained = order[: max(width - 42 - 10 * len(order), 0) // 19] if width >= WIDE else []
    for address in found.measures:
        add_numbers(table, head(address))
        if address in explained:
            add_numbers(table, "95 %\ninterval", style="dim")
    for row in rows:
        style = "dim" if row.verdict == "none" else "bold" if row.verdict in ("worse", "mixed") else ""
        made = [broken(row.title, 42 if width >= WIDE else 30)]
        for address in found.measures:
            effect, unit = row.effects.get(address), found.units[address]
            made += [change(effect, unit), *([limits(effect, unit)] if address in explained else [])]
        table.add_row(*map(Text, made), style=style)
    return Group(table, *notes([*_below(result, rows, found), _before(result, found)]))


def _nothing(capacities: Sequence[CapacityValue]) -> str:
    """Why no row is shown."""
    many = len(capacities) > 1
    if all(row.unchanged for row in capacities):
        return f"{'None of the capacities changes' if many else 'The capacity does not change'} anything in any replication."
    return f"{f'None of {len(capacities)} capacities' if many else 'The capacity not'} can be told from nothing."


def _below(result: ScenarioValues, rows: Sequence[CapacityValue], found: FoundBottleneck) -> list[str]:
    """What is not in the table, and for whom the best is."""
    helping = [row for row in rows[:3] if row.verdict == "better" and row.missions.better]
    lines = [f"{row.title} leaves fewer behind of {_gainers(row, result.titles)}." for row in helping]
    same = [row.title for row in result.capacities if row.unchanged]
    hidden = [row for row in result.capacities if row.verdict == "none" and not row.unchanged]
    beyond = len(result.capacities) - len(rows) - len(same) - len(hidden)
    return lines + applying(
        (same, f"Not a replication differs with {', '.join(same)}."),
        (hidden, _untold(hidden, found)),
        (beyond > 0, f"… and {beyond} more; the table values has all."),
    )


def _untold(rows: Sequence[CapacityValue], found: FoundBottleneck) -> str:
    """The rows that are nothing, summed up: how many, how far their intervals reach at most, and which they are."""
    address = found.measures[0]
    unit, effects = found.units[address], [row.effects.get(address) for row in rows]
    ends = [(e.low, e.high) for e in effects if e is not None and e.low is not None and e.high is not None]
    reach = ""
    if ends:
        low, high = min(low for low, _ in ends), max(high for _, high in ends)
        of = found.titles[address].split(" (")[0]
        reach = f" (no interval of {of} reaches beyond {cell(low, unit)} to {cell(high, unit)})"
    which = named([row.title for row in rows], 6, "row")
    return f"{len(rows)} more that can't be told from nothing{reach}: {which}; the table values has all."


def chosen(rows: Sequence[CapacityValue]) -> list[CapacityValue]:
    """What has a row: all that can be told from nothing; the best and the worst where they are more than :data:`ROWS`."""
    ranked = sorted((row for row in rows if row.verdict != "none"), key=lambda r: int(r.rank))
    return ranked if len(ranked) <= ROWS else [*ranked[: ROWS - ROWS // 3], *ranked[-(ROWS // 3) :]]


def _gainers(row: CapacityValue, titles: Mapping[str, str]) -> str:
    return ", ".join(f"{titles.get(b.mission, b.mission)} {count(-b.left_behind)}" for b in row.missions.better)


def _before(result: ScenarioValues, found: FoundBottleneck) -> str:
    """The values without anything added."""
    texts = []
    for address in found.measures:
        value = result.base[address].value if address in result.base else None
        unit = found.units[address]
        text = NOTHING if value is None else share(value) if not unit else cell(value, unit).lstrip("+")
        texts.append(f"{found.titles[address].split(' (')[0]} {text}")
    never = result.never_ordered
    if never is not None and never.people:
        who = named([result.titles.get(name, name) for name in never.missions])
        texts.append(f"not among all that are out, since nobody orders them out, {people(never.people)} ({who})")
    return f"As it is: {'; '.join(texts)}."


def _side_by_side(found: FoundBottleneck, width: int) -> list[RenderableType]:
    """The capacities that can be told in some scenario, a column for each scenario and the first two measures."""
    shown = found.measures[:1] if width < WIDE else [m for m in found.measures if found.units[m]][:2] or found.measures[:1]
    names = [head(address).replace("\n", " ") for address in shown]
    heads = [f"{name}\n{broken(scenario, 20)}" for name in names for scenario in labels(found.results)]
    table = plain_table("Side by side", *heads, most=42 if width >= WIDE else 34)
    by_path = [{row.path: row for row in result.capacities} for result in found.results]
    best: dict[str, int] = {}
    for result in found.results:
        for row in result.capacities:
            if row.distinct:
                best[row.path] = min(best.get(row.path, row.rank), row.rank)
    for path in sorted(best, key=lambda p: (best[p], p))[:ROWS]:
        row = next(rows[path] for rows in by_path if path in rows)
        values = [
            change(rows[path].effects.get(address), found.units[address]) if path in rows else NOTHING
            for address in shown
            for rows in by_path
        ]
        table.add_row(broken(row.title, 42 if width >= WIDE else 34), *map(Text, values))
    return [table] if best else [*notes(["Nothing can be told from none in any of the scenarios."])]


def _heads(found: FoundBottleneck) -> str:
    """What the headings of the measures that are there mean."""
    kinds = [address.rpartition(".")[2] for address in found.measures]
    text = " P(all out) in points." if "p_all_out" in kinds else ""
    for clock, names in CLOCKS.items():
        times = [name for kind, name in names.items() if kind in kinds]
        if times:
            text += f" {', '.join(times).capitalize()}: mean time from the {clock}, cut at the horizon."
    return text


CLOCKS = {
    "start of the clock": {"half_within_horizon": "half out", "hours_within_horizon": "all out"},
    "first order": {"restricted_half": "half from order", "restricted_time": "all from order"},
}
"""Where the hours of a measure begin → the measures, as the head of a column names them."""


def _notes(found: FoundBottleneck) -> list[Text]:
    lines = [
        "Person-hours waited: means over the replications, charged to the root cause; causes and missions add up to all.",
    ]
    rows = [row for result in found.results for row in chosen(result.capacities)]
    if rows:
        effects = [e for row in rows for e in row.effects.values()]
        unsure = f" {UNSURE} {RULE}." if any(not e.distinct for e in effects) else ""
        star = " * holds at 95 % for all capacities together." if any(e.holds for e in effects) else ""
        lines.append(
            "Change: mean paired difference, with the step minus as it is, each capacity alone, under the same draws; negative "
            f"people or hours are a gain.{unsure}{star}{_heads(found)}"
        )
    return notes(lines, found.warnings)
