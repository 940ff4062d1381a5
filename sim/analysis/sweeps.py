"""What a sweep says: its measures at every point, the paired differences between its ends, and a sentence.

All points share seed and draws, so the two ends of an axis are compared replication by replication; an infinite time is
never subtracted.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.designs import OWN, Axis, Design, short_paths
from sim.analysis.matrix import THREATS, arrange, split
from sim.analysis.measure import TOTAL, Measure, Reading
from sim.analysis.statistics import (
    Estimate,
    Floats,
    least_sample,
    mean_difference,
    order_statistic,
    paired_proportions,
    rarely_differs,
)
from sim.analysis.study import Outcome
from sim.analysis.words import count, duration, share

DEFAULT = ("total.out_p50", "total.out_p90", "total.p_all_out", "total.left_behind")
"""Measures of a sweep that names none."""


def by_mission(measures: Sequence[str], missions: Iterable[str]) -> list[str]:
    """Every measure of everybody asked of each mission too."""
    kinds = [address.removeprefix(f"{TOTAL}.") for address in measures if address.startswith(f"{TOTAL}.")]
    return list(dict.fromkeys([*measures, *(f"{mission}.{kind}" for mission in missions for kind in kinds)]))


def known_parts(names: Sequence[str]) -> list[tuple[str, str] | None]:
    """Provider and threat of each scenario, where the names say them: threats as shipped, or names that form a matrix."""
    whole = arrange(names) is not None
    return [found if (found := split(name)) and (whole or found[1] in THREATS) else None for name in names]


def sources_digest() -> str:
    """SHA-256 in hex over the sources that turn replications into measures: what was read with others isn't used again."""
    digest = hashlib.sha256()
    for name in ("measure", "outcomes", "statistics", "summary", "sweeps"):
        digest.update(FilePath(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()[:16]


Cells = list[list[Any]]
"""Of one point: value, low, high, n, never, error, never_ordered for each measure; ``None`` where there is none."""


def read(outcome: Outcome, measures: Sequence[Measure]) -> Cells:
    """The measures of a point; a point that failed has the reason everywhere."""
    if outcome.result is None:
        return [[None, None, None, None, None, outcome.error, None] for _ in measures]
    some = f"{outcome.failed:,} of {outcome.proposal.n:,} replications failed" if outcome.failed else None
    reading = Reading(outcome.result)
    cells: Cells = []
    for measure in measures:
        try:
            found = reading.value(measure)
        except KeyError:
            cells.append([None, None, None, None, None, f"no mission {measure.scope} in this scenario", None])
            continue
        value = None if math.isnan(found.value) else found.value
        never_ordered = _mean(reading.outcomes(measure.scope).never_ordered)
        cells.append([value, found.low, found.high, found.n, found.never, some, never_ordered])
    return cells


def _mean(people: Floats) -> float | None:
    return float(people.mean()) if people.size and not np.isnan(people).any() else None


@dataclass(frozen=True)
class Sheet:
    """One measure at every point: arrays of shape (points,); nan where there is none, inf never."""

    measure: Measure
    value: Floats
    low: Floats
    high: Floats
    never: tuple[str | None, ...]
    never_ordered: Floats
    """People of its scope whom nobody ordered out, on average: none of them is among the all that are out."""


@dataclass(frozen=True)
class View:
    """A sweep as tables and pictures see it."""

    design: Design
    scenarios: tuple[str, ...]
    """Names, in the order of the command line."""
    scenario: NDArray[np.int64]
    """Which of them, of every point."""
    sheets: tuple[Sheet, ...]
    errors: Mapping[int, str]
    """Points that failed, and why."""
    n: int
    seed: int
    horizon_h: float
    """Of all points; inf where they differ."""

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Those that vary something inside a scenario and take more than one value."""
        return tuple(axis for axis in self.design.axes if not axis.chooses)

    def places(self, axis: Axis) -> NDArray[np.int64]:
        """Position of its value at every point; -1 where the scenario's own holds."""
        k = self.design.axes.index(axis)
        return np.array([row[k] for row in self.design], dtype=np.int64)

    def label(self, number: int) -> str:
        """A point in words: ``turkish-collapse, abbey.lanes 4``."""
        row = dict(zip(self.design.axes, self.design[number], strict=True))
        named = zip(short_paths([axis.path for axis in self.axes]), self.axes, strict=True)
        parts = [f"{short} {axis.values[row[axis]]}" for short, axis in named if row[axis] != OWN]
        first = [self.scenarios[self.scenario[number]]] if len(set(self.scenarios)) > 1 or not parts else []
        return ", ".join([*first, *parts])


def view_of(
    design: Design, scenarios: Sequence[str], scenario: Sequence[int], measures: Sequence[Measure],
    cells: Iterable[tuple[int, Cells]], n: int, seed: int, horizon_h: float,
) -> View:  # fmt: skip
    """Gathers what is known of every point."""
    size = len(design)
    numbers = np.full((4, len(measures), size), np.nan)
    never: list[list[str | None]] = [[None] * size for _ in measures]
    errors: dict[int, str] = {}
    for point, rows in cells:
        for k, (value, low, high, _, why, error, unasked) in enumerate(rows):
            numbers[:, k, point] = [np.nan if x is None else x for x in (value, low, high, unasked)]
            never[k][point] = why
            if error and value is None:
                errors.setdefault(point, error)
    sheets = tuple(
        Sheet(m, numbers[0, k], numbers[1, k], numbers[2, k], tuple(never[k]), numbers[3, k]) for k, m in enumerate(measures)
    )
    return View(design, tuple(scenarios), np.asarray(scenario, dtype=np.int64), sheets, errors, n, seed, horizon_h)


def quantile_difference(
    base: Floats, other: Floats, p: float, seed: int = 0, resamples: int = 1000, level: float = 0.95
) -> Estimate:
    """Difference of the *p* quantiles, *other* - *base*, with a percentile interval of the paired bootstrap.

    Shapes (n,), the same replications in the same order; as :func:`sim.analysis.statistics.median_difference`, for any *p*.
    """
    first, second = (order_statistic(x[~np.isnan(x)], p) for x in (base, other))
    value = second - first if math.isfinite(first) and math.isfinite(second) else math.nan
    n = base.size
    if math.isnan(first) or math.isnan(second) or n < least_sample(p, level):
        return Estimate(value, None, None)
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, n])))
    pick = rng.integers(0, n, size=(resamples, n))
    b, o = (_quantiles(x[pick], p) for x in (base, other))
    with np.errstate(invalid="ignore"):
        d = o - b
    tail = (1 - level) / 2
    low = order_statistic(np.where(np.isnan(d), -np.inf, d), tail)
    return Estimate(value, low, order_statistic(np.where(np.isnan(d), np.inf, d), 1 - tail))


def _quantiles(x: Floats, p: float) -> Floats:
    """Row quantiles x_(ceil(m p)) over the m values of each row that are not nan; shape (r, n) -> (r,)."""
    m = np.count_nonzero(~np.isnan(x), axis=1)
    rank = np.clip(np.ceil(m * p - 1e-9).astype(np.int64), 1, np.maximum(m, 1)) - 1
    picked: Floats = np.take_along_axis(np.sort(x, axis=1), rank[:, None], axis=1)[:, 0]
    return picked


Samples = Mapping[str, tuple[NDArray[np.int64], Floats]]
"""By address of a measure: replications and their values."""


def samples(outcome: Outcome, measures: Sequence[Measure]) -> Samples:
    """What the replications of a point say, to be paired with those of another."""
    if outcome.result is None:
        return {}
    reading, found = Reading(outcome.result), {}
    for measure in measures:
        try:
            found[measure.text] = reading.samples(measure)
        except KeyError:
            continue
    return found


def difference(measure: Measure, base: Samples, other: Samples) -> tuple[Estimate, bool]:
    """Paired difference of a measure, *other* - *base*, and whether it can be told from none."""
    (first, b), (second, o) = base[measure.text], other[measure.text]
    _, i, j = np.intersect1d(first, second, return_indices=True)
    b, o = b[i], o[j]
    if measure.kind.quantile is not None:
        found = quantile_difference(b, o, measure.kind.quantile)
        return found, found.excludes_zero
    both = ~np.isnan(b) & ~np.isnan(o)
    b, o = b[both], o[both]
    if measure.kind.name == "p_all_out":
        found = paired_proportions(b, o)
        return found, found.excludes_zero
    reach = float(max(b.max(initial=0.0), o.max(initial=0.0)))
    found = mean_difference(o - b, (-reach, reach))
    return found, found.excludes_zero and not rarely_differs(o - b)


def ends(design: Design, scenario: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers of the points at both ends of the only numeric axis, for each scenario; none if there are more axes or fewer."""
    inside = [(k, a) for k, a in enumerate(design.axes) if not a.chooses]
    if design.kind != "grid" or len(inside) != 1 or inside[0][1].numbers is None or len(inside[0][1].values) < 2:
        return []
    k, numbers = inside[0][0], inside[0][1].numbers
    found = []
    for which in dict.fromkeys(scenario):
        mine = [p for p in range(len(design)) if scenario[p] == which and math.isfinite(numbers[design[p][k]])]
        if len(mine) > 1:
            found.append((min(mine, key=lambda p: numbers[design[p][k]]), max(mine, key=lambda p: numbers[design[p][k]])))
    return found


def said(x: float, measure: Measure, never: str | None = None, horizon_h: float = math.inf) -> str:
    """A value of a measure in words."""
    if math.isnan(x):
        return "–"
    if math.isinf(x):
        late = f"> {horizon_h / 24:.3g} d" if math.isfinite(horizon_h) else "unfinished"
        return late if never == "unfinished" else "never"
    return duration(x) if measure.kind.unit == "h" else count(x) if measure.kind.unit == "people" else share(x)


def leading(sheets: Sequence[Sheet], moved: Collection[str] = ()) -> list[Sheet]:
    """The one or two measures that a sentence is about: a time that is finite somewhere, and who is left.

    Of the times the last one, of those that moved if any did; of the others likewise, numbers of people first.
    """
    total = [s for s in sheets if s.measure.scope == TOTAL] or list(sheets)
    times = [s for s in total if s.measure.kind.unit == "h" and np.isfinite(s.value).any()]
    others = [s for s in total if s.measure.kind.unit != "h" and np.isfinite(s.value).any()]
    people = [s for s in others if s.measure.kind.unit == "people"] or others
    found = []
    for some in (times, people):
        found += ([s for s in some if s.measure.text in moved] or some)[-1:]
    return found or [s for s in total if not np.isnan(s.value).all()][:1]


def never_ordered(view: View) -> Floats:
    """People whom nobody ordered out, of everybody or else of the missions that are asked for: shape (points,), nan unknown."""
    sheets = [s for s in view.sheets if s.measure.scope == TOTAL] or list({s.measure.scope: s for s in view.sheets}.values())
    whole = sheets[:1] if sheets and sheets[0].measure.scope == TOTAL else sheets
    return np.sum([s.never_ordered for s in whole], axis=0) if whole else np.full(len(view.design), np.nan)


def beside_all(view: View) -> str:
    """Who isn't among the all that are out, in a sentence with a space before it; nothing where everybody is ordered out."""
    people = np.nan_to_num(never_ordered(view))
    some = int(np.count_nonzero(people))
    if not some:
        return ""
    where = "at every point" if some == people.size else f"at {some:,} of {people.size:,} points"
    many = count(float(people.max()))
    upto = many if people.min() == people.max() else f"up to {many}"
    return f" Not among all that are out: {upto} people who are never ordered out, {where}."


def headline(view: View, pairs: Sequence[tuple[int, int]] = (), kept: Mapping[int, Samples] | None = None) -> str:
    """The answer in a sentence: what the axis does from end to end, or between which values the measures lie."""
    if all(np.isnan(sheet.value).all() for sheet in view.sheets):
        return f"No answer at any of the {len(view.design):,} points."
    shown = [(a, b) for a, b in pairs if a not in view.errors and b not in view.errors][:4]
    if not shown:
        return " ".join(f"{lies(view, sheet)}." for sheet in leading(view.sheets)) + beside_all(view)
    (axis,) = view.axes
    places = view.places(axis)
    low, high = (axis.values[places[p]] for p in shown[0])
    changes = {(p, sheet.measure.text): _compared(sheet, *p, kept or {}) for p in shown for sheet in view.sheets}
    chosen = leading(view.sheets, {text for (_, text), (_, distinct) in changes.items() if distinct})
    told = []
    for pair in shown:
        whose = f"{view.scenarios[view.scenario[pair[0]]]}: " if len(set(view.scenarios)) > 1 else ""
        told.append(whose + ", ".join(_change(view, sheet, pair, *changes[pair, sheet.measure.text]) for sheet in chosen))
    more = f"; and {len(pairs) - len(shown)} more scenarios" if len(pairs) > len(shown) else ""
    return f"With {axis.path} from {low} to {high}, {'; '.join(told)}{more}.{beside_all(view)}"


def _compared(sheet: Sheet, a: int, b: int, kept: Mapping[int, Samples]) -> tuple[Estimate, bool]:
    """Paired difference between two points, and whether it can be told from none."""
    if sheet.measure.text in kept.get(a, {}) and sheet.measure.text in kept.get(b, {}):
        return difference(sheet.measure, kept[a], kept[b])
    return Estimate(math.nan, None, None), False


def _change(view: View, sheet: Sheet, pair: tuple[int, int], found: Estimate, distinct: bool) -> str:
    a, b = pair
    measure, what = sheet.measure, name(sheet.measure)
    first, last = (said(float(sheet.value[p]), measure, sheet.never[p], view.horizon_h) for p in pair)
    if np.isnan(sheet.value[[a, b]]).any():
        return f"{what} goes from {first} to {last}"
    if first == last and not distinct:
        return f"{what} stays at {first}" + ("" if math.isinf(sheet.value[a]) else " (no difference shown)")
    if not distinct:
        return f"{what} goes from {first} to {last} (can't be told from no difference)"
    between = ""
    if found.low is not None and found.high is not None:
        between = f" (difference {_signed(found.low, measure)} to {_signed(found.high, measure)})"
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
            between = said(float(sheet.value[p]), sheet.measure, sheet.never[p], view.horizon_h)
            return f", by way of {between} at {axis.values[places[p]]}"
    return ""


def name(measure: Measure) -> str:
    """A measure as the subject of a sentence."""
    short = {
        "p_all_out": "P(all out)",
        "p50": "the median time from the order",
        "p90": "the P90 of the time from the order",
        "out_p50": "the median time until all are out",
        "out_p90": "the P90 of the time until all are out",
        "left_behind": "the number left behind",
    }
    whose = "" if measure.scope == TOTAL else f" of {measure.scope}"
    return short.get(measure.kind.name, f"the {measure.kind.title}") + whose


def _signed(x: float, measure: Measure) -> str:
    if math.isinf(x):
        return "−∞" if x < 0 else "+∞"
    size, unit = abs(x), measure.kind.unit
    text = duration(size) if unit == "h" else count(size) if unit == "people" else f"{100 * size:.0f} points"
    return f"−{text}" if x < 0 else f"+{text}"


def lies(view: View, sheet: Sheet) -> str:
    """Between which values a measure lies, and where, in a sentence without its full stop."""
    if np.isnan(sheet.value).all():
        return f"{name(sheet.measure)[:1].upper()}{name(sheet.measure)[1:]}: no answer at any point"
    values = sheet.value
    least, most = int(np.nanargmin(values)), int(np.nanargmax(values))
    what = name(sheet.measure)
    low, high = (said(float(values[p]), sheet.measure, sheet.never[p], view.horizon_h) for p in (least, most))
    subject = what[:1].upper() + what[1:]
    if low == high:
        return f"{subject} is {low} at every point"
    return f"{subject} lies between {low} ({view.label(least)}) and {high} ({view.label(most)})"
