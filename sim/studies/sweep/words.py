"""A sweep in a sentence: what an axis does from end to end, or between which values the measures lie."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from sim.analysis.measure import TOTAL, Measure
from sim.analysis.statistics import Estimate
from sim.analysis.words import count, duration, share
from sim.scenario.number import rounded
from sim.studies.sweep.best import BestPoint, best
from sim.studies.sweep.difference import difference
from sim.studies.sweep.points import Readings, Sheet, View, never_ordered


def value_text(x: float, measure: Measure, never: str | None = None, horizon_h: float = math.inf) -> str:
    """A value of a measure in words."""
    if math.isnan(x):
        return "–"
    if math.isinf(x):
        late = f"> {rounded(horizon_h / 24)} d" if math.isfinite(horizon_h) else "unfinished"
        return late if never == "unfinished" else "never"
    return duration(x) if measure.kind.unit == "h" else count(x) if measure.kind.unit == "people" else share(x)


def leading(sheets: Sequence[Sheet], moved: Collection[str] = ()) -> list[Sheet]:
    """The one or two measures that a sentence is about: a time that is finite somewhere, and who is left.

    Of the times the last one, of those that moved if any did; of the others likewise, numbers of people first.
    """
    total = [s for s in sheets if s.measure.scope == TOTAL] or list(sheets)
    known = [s for s in total if np.isfinite(s.value).any()]
    times, others = ([s for s in known if (s.measure.kind.unit == "h") is is_time] for is_time in (True, False))
    people = [s for s in others if s.measure.kind.unit == "people"] or others
    first = [s for some in (times, people) for s in ([s for s in some if s.measure.text in moved] or some)[-1:]]
    return first or [s for s in total if not np.isnan(s.value).all()][:1]


def beside_all(view: View) -> str:
    """Who isn't among the all that are out, in a sentence with a space before it; nothing where everybody is ordered out."""
    people = np.nan_to_num(never_ordered(view))
    if not (some := int(np.count_nonzero(people))):
        return ""
    where = "at every point" if some == people.size else f"at {some:,} of {people.size:,} points"
    many = count(float(people.max()))
    upto = many if people.min() == people.max() else f"up to {many}"
    return f" Not among all that are out: {upto} people who are never ordered out, {where}."


def headline(view: View, pairs: Sequence[tuple[int, int]] = (), kept: Mapping[int, Readings] | None = None) -> str:
    """The answer in a sentence: what the axis does from end to end, or between which values the measures lie."""
    if all(np.isnan(sheet.value).all() for sheet in view.sheets):
        return f"No answer at any of the {len(view.design):,} points."
    if not any(a not in view.errors and b not in view.errors for a, b in pairs):
        return " ".join(f"{_ranked(view, sheet, kept or {})}." for sheet in leading(view.sheets)) + beside_all(view)
    return f"{_moves(view, pairs, kept or {})}.{beside_all(view)}"


def line_title(view: View, pairs: Sequence[tuple[int, int]], kept: Mapping[int, Readings]) -> str:
    """What a picture of lines says: what the axis does to one measure; nothing where there are no two ends."""
    return f"{_moves(view, pairs, kept, most=1)}." if any(not {a, b} & set(view.errors) for a, b in pairs) else ""


def _moves(view: View, pairs: Sequence[tuple[int, int]], kept: Mapping[int, Readings], most: int = 2) -> str:
    """What the only axis does from end to end in each scenario, to *most* measures at the most."""
    shown = [(a, b) for a, b in pairs if a not in view.errors and b not in view.errors][:4]
    (axis,) = view.axes
    places = view.places(axis)
    low, high = (axis.values[places[p]] for p in shown[0])
    changes = {(p, sheet.measure.text): _compared(sheet, *p, kept) for p in shown for sheet in view.sheets}
    chosen = leading(view.sheets, {text for (_, text), (_, distinct) in changes.items() if distinct})[-most:]
    whose = [f"{view.labels[view.scenario[a]]}: " if len(set(view.scenarios)) > 1 else "" for a, _ in shown]
    each = [", ".join(_between(view, sheet, p, *changes[p, sheet.measure.text]) for sheet in chosen) for p in shown]
    moves = [f"{name}{change}" for name, change in zip(whose, each, strict=True)]
    more = f"; and {len(pairs) - len(shown)} more scenarios" if len(pairs) > len(shown) else ""
    start = f"With {view.name(axis).phrase} from {low} to {high}"
    if most == 1 and len(chosen) == 1 and len(shown) > 1 and not any(changes[p, chosen[0].measure.text][1] for p in shown):
        return f"{start} no difference can be told in {name(chosen[0].measure)}"
    return f"{start}, {'; '.join(moves)}{more}"


def _compared(sheet: Sheet, a: int, b: int, kept: Mapping[int, Readings]) -> tuple[Estimate, bool]:
    """Paired difference between two points, and whether it can be told from none."""
    if sheet.measure.text in kept.get(a, {}) and sheet.measure.text in kept.get(b, {}):
        return difference(sheet.measure, kept[a], kept[b])
    return Estimate(math.nan, None, None), False


def _between(view: View, sheet: Sheet, pair: tuple[int, int], change: Estimate, distinct: bool) -> str:
    """What a measure does between two points; where the scenario hasn't its mission that is said."""
    if any(p in sheet.absent for p in pair):
        return f"no {sheet.measure.whose} there"
    return _change(view, sheet, pair, change, distinct)


def _change(view: View, sheet: Sheet, pair: tuple[int, int], change: Estimate, distinct: bool) -> str:
    (a, b), measure, what = pair, sheet.measure, name(sheet.measure)
    first, last = (value_text(float(sheet.value[p]), measure, sheet.never[p], view.horizon_h) for p in pair)
    if np.isnan(sheet.value[[a, b]]).any():
        return f"{what} goes from {first} to {last}"
    if first == last and not distinct:
        return f"{what} stays at {first}" + ("" if math.isinf(sheet.value[a]) else " (no difference shown)")
    if not distinct:
        return f"{what} goes from {first} to {last} (can't be told from no difference)"
    between = ""
    if change.low is not None and change.high is not None:
        between = f" (difference {_signed(change.low, measure)} to {_signed(change.high, measure)})"
    verb = "rises" if sheet.value[b] > sheet.value[a] else "falls"
    return f"{what} {verb} from {first} to {last}{between}{_inner(view, sheet, a, b)}"


def _inner(view: View, sheet: Sheet, a: int, b: int) -> str:
    """Where a value between the ends lies outside both: a curve that turns is said."""
    mine = np.flatnonzero(view.scenario == view.scenario[a])
    values = sheet.value[mine]
    if np.isnan(values).all():
        return ""
    (axis,) = view.axes
    places = view.places(axis)
    least, most = mine[np.nanargmin(values)], mine[np.nanargmax(values)]
    below = sheet.high[least] < min(sheet.low[a], sheet.low[b])
    above = sheet.low[most] > max(sheet.high[a], sheet.high[b])
    for p, apart in ((least, below), (most, above)):
        if apart:
            between = value_text(float(sheet.value[p]), sheet.measure, sheet.never[p], view.horizon_h)
            return f", by way of {between} at {axis.values[places[p]]}"
    return ""


SHORT = {
    "p_all_out": "P(all out)",
    "p50": "the median time from the order",
    "p90": "the P90 of the time from the order",
    "out_p50": "the median time until all are out",
    "out_p90": "the P90 of the time until all are out",
    "left_behind": "the number left behind",
}


def name(measure: Measure) -> str:
    """A measure as the subject of a sentence."""
    whose = f" of {measure.whose}" if measure.whose else ""
    return SHORT.get(measure.kind.name, f"the {measure.kind.title}") + whose


def _signed(x: float, measure: Measure) -> str:
    if math.isinf(x):
        return "−∞" if x < 0 else "+∞"
    size, unit = abs(x), measure.kind.unit
    text = duration(size) if unit == "h" else count(size) if unit == "people" else f"{100 * size:.0f} points"
    return f"−{text}" if x < 0 else f"+{text}"


def lies(view: View, sheet: Sheet) -> str:
    """Between which values a measure lies, and where, in a sentence without its full stop."""
    what, values = name(sheet.measure), sheet.value
    subject = what[:1].upper() + what[1:]
    if np.isnan(values).all():
        return f"{subject}: no answer at any point"
    least, most = int(np.nanargmin(values)), int(np.nanargmax(values))
    low, high = (value_text(float(values[p]), sheet.measure, sheet.never[p], view.horizon_h) for p in (least, most))
    if low == high:
        return f"{subject} is {low} at every point"
    return f"{subject} lies between {low} ({view.label(least)}) and {high} ({view.label(most)}), as seen"


def _ranked(view: View, sheet: Sheet, kept: Mapping[int, Readings]) -> str:
    """The best point of a measure, as far as tests tell it from the others, and how far the others go, without a full stop."""
    first = best(sheet, kept)
    if first is None or len(set(sheet.value[~np.isnan(sheet.value)])) == 1:
        return lies(view, sheet)
    what, kind = name(sheet.measure), sheet.measure.kind
    one = f"{what[:1].upper()}{what[1:]} is {'lowest' if kind.worse_high else 'highest'}"
    value = value_text(float(sheet.value[first.point]), sheet.measure, None, view.horizon_h)
    last = int(np.nanargmax(sheet.value) if kind.worse_high else np.nanargmin(sheet.value))
    end = value_text(float(sheet.value[last]), sheet.measure, sheet.never[last], view.horizon_h)
    rest = f"; as seen it goes {'up' if kind.worse_high else 'down'} to {end} ({view.label(last)})"
    if not first.untold:
        return f"{one} with {view.label(first.point)}, {value}, told apart from {_others(first.compared)}{rest}"
    names = " and ".join(f"({view.label(p)})" for p in first.untold[:2])
    more = f" and {len(first.untold) - 2} more" if len(first.untold) > 2 else ""
    whole = f"any of {first.compared} other points" if len(first.untold) == first.compared > 1 else f"{names}{more}"
    return f"{one}, as seen, with {view.label(first.point)}, {value}, which can't be told apart from {whole}{rest}"


def best_title(view: View, sheet: Sheet, first: BestPoint) -> str:
    """The best point of a heat map, and how many cells can't be told from it."""
    what, lowest = name(sheet.measure), sheet.measure.kind.worse_high
    value = value_text(float(sheet.value[first.point]), sheet.measure, None, view.horizon_h)
    beginning, extreme = f"{what[:1].upper()}{what[1:]} is", "lowest" if lowest else "highest"
    if not first.untold:
        return f"{beginning} {extreme} with {view.label(first.point)}: {value}, told apart from every other cell."
    if len(first.untold) == first.compared:
        return f"{beginning} {value} with {view.label(first.point)}, the {extreme} as seen; the cells can't be told apart."
    cells = f"{len(first.untold)} other cell{'' if len(first.untold) == 1 else 's'}"
    where = view.label(first.point)
    return f"{beginning} {extreme}, as seen, with {where}: {value}; {cells} of {first.compared} can't be told from it."


def _others(count: int) -> str:
    return f"each of {count} other points" if count > 1 else "the other point"
