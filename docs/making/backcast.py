"""The tables of docs/validation.md: the calibrated numbers, simulated against observed, and what the back-cast shows beside."""

from __future__ import annotations

import importlib.util
import json
import math
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from making.block import ROOT, Asked, Block, scenario_file, table
from making.desk import Desk
from sim.analysis.measure import Reading
from sim.analysis.observations import Observation, Observations, load_observations
from sim.analysis.outcomes import Stored
from sim.analysis.pooled import Pooled
from sim.analysis.statistics import Floats, mean_interval, order_statistic, proportion
from sim.analysis.waiting import course, hourly
from sim.analysis.windows import Timeline, band, simulated
from sim.analysis.words import cause_text, count, share
from sim.api import Study
from sim.scenario import describe
from sim.studies.design.file import read_design
from sim.studies.validate.compared import ComparedWindow, Validation, validate
from sim.studies.validate.verdict import as_json, off

PAGE = "validation.md"
SCENARIO = "kabul-2021"
N = 100
AMERICAN = ("us-military",)
HUB = "al-udeid"
FIRST_DAY_KEPT_BACK, LAST_DAY = 24, 30
"""August; days run from 07:00 UTC."""


@cache
def observations() -> Observations:
    """The published windows."""
    return load_observations(str(ROOT / "scenarios" / "observations" / "kabul-2021.csv"))


@cache
def calibrate() -> ModuleType:
    """``benchmarks/calibrate.py``, which says what is calibrated and how it is written."""
    spec = importlib.util.spec_from_file_location("calibrate", ROOT / "benchmarks" / "calibrate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["calibrate"] = module
    spec.loader.exec_module(module)
    return module


def _study(desk: Desk) -> Study:
    return desk.study(SCENARIO, N)


def _rests(desk: Desk) -> str:
    return f"{desk.n(N)} replications, seed 1, inputs as written; median and 90 % band."


# -- the calibrated numbers --------------------------------------------------------------------------------------------


def numbers(desk: Desk) -> str:
    """The calibrated numbers as the scenario has them, and the ranges that were searched."""
    said = {row.path: row for row in describe(desk.loaded(SCENARIO).scenario)}
    rows = []
    for p in calibrate().PARAMETERS:
        rows.append((p.name, f"{p.text(p.low)} to {p.text(p.high)}", said[p.paths[0]].value))
    return table(("number", "searched", "taken"), rows)


def search(desk: Desk) -> str:
    """How flat the loss is around its least, from the file that a calibration wrote."""
    assert desk.calibration is not None
    found: dict[str, Any] = json.loads(desk.calibration.read_text("utf-8"))
    again: list[dict[str, Any]] = found["again"]
    near = [point for point in again if point["loss"] <= calibrate().FITS * min(p["loss"] for p in again)]
    many, tried = len(found["points"]), len(again)
    parts = [
        f"Of {many:,} points the {tried} best were simulated again; {len(near)} of them have at most twice the least loss:",
        table(("number", "searched", "among these"), [_span(k, near) for k in range(len(calibrate().PARAMETERS))]),
        "The one that was taken first, the others by loss:",
        _best(near),
        f"The one that was taken is off by a factor of {_factor(again[0]):.2f} (root mean square of the logarithm), all by "
        f"{_factor(min(near, key=_factor)):.2f} to {_factor(max(near, key=_factor)):.2f}.",
    ]
    return "\n\n".join(parts)


def _factor(point: dict[str, Any]) -> float:
    return math.exp(math.sqrt(point["loss"]))


def _span(k: int, near: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    p = calibrate().PARAMETERS[k]
    values = [point["values"][k] for point in near]
    return p.name, f"{p.text(p.low)} to {p.text(p.high)}", f"{p.text(min(values))} to {p.text(max(values))}"


def _best(points: Sequence[dict[str, Any]]) -> str:
    parameters = calibrate().PARAMETERS
    rows = [(f"{p['loss']:.4f}", *(q.text(x) for q, x in zip(parameters, p["values"], strict=True))) for p in points]
    return table(("loss", *(p.name for p in parameters)), rows, range(1 + len(parameters)))


# -- simulated against observed ----------------------------------------------------------------------------------------


def compared(desk: Desk) -> Validation:
    """What ``evacsim validate`` compares."""
    return validate(_study(desk).result, observations())


def results(desk: Desk) -> str:
    """Every window, the fitted ones first."""
    found = compared(desk)
    parts = [_rests(desk)]
    for use in found.uses:
        rows = [_window(row) for row in found.used(use)]
        head = ("window (UTC)", "what", "observed (range)", "simulated (90 % band)", "ratio", "in the band")
        parts.append(f"*{USES[use]}*\n\n{table(head, rows, (4,))}")
    return "\n\n".join(parts)


USES = {"calibration": "Fitted", "check": "Known, not fitted", "blind": "Kept back"}


def _window(row: ComparedWindow) -> tuple[str, ...]:
    seen, inside = row.seen, {True: "yes", False: "no", None: "–"}[row.inside(0.9)]
    if inside == "no" and row.reached(0.9) != "none" and row.range[0] < row.range[1]:
        inside = "its range"
    low, high = row.range
    observed = count(seen.value) + (f" ({count(low)}–{count(high)})" if low < high else "")
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
    return f"`{seen.window}`", f"{seen.measure}, {seen.series[1]}", observed, spread(row.values), ratio, inside


def spread(values: Floats) -> str:
    """Median and 90 % band."""
    ends = band(values, 0.9)
    text = count(round(order_statistic(values, 0.5)))
    return text if ends is None else f"{text} ({count(round(ends.low))}–{count(round(ends.high))})"


def fit(desk: Desk) -> str:
    """Coverage, totals and the factor by which single windows are off, by use."""
    found = compared(desk)
    return f"{desk.n(N)} replications, seed 1, inputs as written.\n\n{_fit(found)}\n\n{_misfits(found)}"


def _fit(found: Validation) -> str:
    told = as_json(found)
    rows = []
    for use in found.uses:
        group = told["uses"][use]
        held, factor = group["coverage_90"], group["log_ratio"]["factor"]
        totals = [group["totals"].get(measure) for measure in ("people", "flights")]
        sums = [off(one["simulated"], one["observed"]) if one else "–" for one in totals]
        single = "–" if factor is None else f"{factor:.2f}"
        rows.append((USES[use].lower(), str(held["windows"]), str(held["inside"]), *sums, single))
    head = ("windows", "values", "within the 90 % band", "people in all", "flights in all", "single values off by a factor of")
    return table(head, rows, (1, 2, 5))


PLAN = "plans/kabul-2021-fits"
EACH = 20
"""Replications of each set of numbers."""


@cache
def fits() -> tuple[tuple[str, ...], ...]:
    """The sets of numbers that fit about as well as the one that was taken, as settings."""
    rows = read_design(str(scenario_file(PLAN))).rows
    return tuple(tuple(f"{path}={value}" for path, value in row.items()) for row in rows)


def together(desk: Desk) -> Pooled:
    """The replications of all these sets."""
    return Pooled([desk.study(SCENARIO, EACH, settings).result for settings in fits()], "", desk.out)


def spread_of_fits(desk: Desk) -> str:
    """Coverage when the bands also hold how little the calibration pins down, and the days ahead likewise."""
    pooled = together(desk)
    found = validate(pooled, observations(), len(fits()))
    rests = f"{len(fits())} sets of numbers, {desk.n(EACH)} replications of each, seed 1, inputs as written."
    return f"{rests}\n\n{_fit(found)}\n\nThe days kept from fitting, median and 90 % band:\n\n{_ahead(pooled)}"


def _misfits(found: Validation) -> str:
    worst = sorted((row for row in found.used("") if row.inside(0.9) is False), key=lambda row: -row.miss)[:5]
    named = [
        f"`{r.seen.window}` ({r.seen.measure}, {r.seen.series[1]}: {count(r.median)} for {count(r.seen.value)})" for r in worst
    ]
    return f"Worst of those outside the band: {', '.join(named)}." if named else "None lies outside its band."


# -- what it shows beside ----------------------------------------------------------------------------------------------


def moment(text: str) -> datetime:
    """``16T06:00`` of August 2021, UTC."""
    return datetime.fromisoformat(f"2021-08-{text}")


def seen(measure: str, start: str, end: str, operators: tuple[str, ...] = (), place: str = "") -> Observation:
    """A window of which nothing has to be observed."""
    return Observation(0, "", moment(start), moment(end), measure, operators, place, math.nan, None, None, "check")


def shown(desk: Desk) -> str:
    """What is looked for in the back-cast beyond the windows that were observed."""
    study = _study(desk)
    timeline = Timeline(study.result)
    rows = [(what, spread(simulated(timeline, window))) for what, window in SHOWN]
    breaches = study.replications["breaches"].to_numpy() > 0
    many = proportion(int(np.count_nonzero(breaches)), breaches.size)
    rows.append(("replications in which the crowd breaks onto the runway", share(many.value)))
    for column, what in (("empty_flights", "aircraft that leave empty, mean"), ("diverted", "aircraft that divert, mean")):
        rows.append((what, count(round(mean_interval(study.replications[column].to_numpy().astype(np.float64)).value))))
    beds = desk.loaded(SCENARIO).scenario.hubs[HUB].beds.value
    rows.append(("beds at Al Udeid (an input)", count(beds)))
    parts = [_rests(desk), table(("what", "simulated"), rows, (1,)), "The bottleneck of most hours, by day from 07:00 UTC:"]
    return "\n\n".join([*parts, "\n".join(f"- {line}" for line in _by_day(study))])


SHOWN = (
    ("people out in the 24 h to the 16th, 06:00 UTC", seen("people", "15T06:00", "16T06:00")),
    ("people out on the 16th, 06:00 to 19:00 UTC (next to none in 2021)", seen("people", "16T06:00", "16T19:00")),
    ("people at Al Udeid on the 20th, 19:00 UTC", seen("stock", "20T18:00", "20T19:00", place=f"hub:{HUB}")),
    ("people inside the gates on the 21st, 00:00 UTC", seen("stock", "20T23:00", "21T00:00", place="inside")),
    ("people inside the gates on the 24th, 07:00 UTC", seen("stock", "24T06:00", "24T07:00", place="inside")),
    ("longest time without an American take-off, 20th to 21st, 07:00 UTC, h", seen("pause", "20T00:00", "21T07:00", AMERICAN)),
    ("people on an American flight, 23rd to 24th", seen("load", "23T07:00", "24T07:00", AMERICAN)),
)  # fmt: skip
"""What → window."""


def _by_day(study: Study) -> list[str]:
    """Spans of days with the cause that is most often the bottleneck of their hours."""
    start, told = Timeline(study.result).start, []
    for span in course(hourly(study.result), 24):
        days = [(start + timedelta(hours=hours)).day for hours in (span.from_h, span.to_h)]
        if span.cause is not None:
            told.append(
                f"{days[0]} to {days[1]} August: {cause_text(span.cause)} (in {share(span.share or 0.0)} of the replications)"
            )
    return told


def ahead(desk: Desk) -> str:
    """People, flights and stock of the days kept from fitting."""
    return f"{_rests(desk)}\n\n{_ahead(_study(desk).result)}"


def _ahead(result: Stored) -> str:
    timeline = Timeline(result)
    rows = []
    for day in range(FIRST_DAY_KEPT_BACK, LAST_DAY + 1):
        start, end = f"{day}T07:00", f"{day + 1}T07:00"
        if timeline.hour(moment(end)) > timeline.horizon_h + 24:
            continue
        windows = (
            seen("people", start, end), seen("people", start, end, AMERICAN), seen("flights", start, end),
            seen("stock", start, end, place="inside"),
        )  # fmt: skip
        rows.append((f"{day} to {day + 1}", *(spread(simulated(timeline, window)) for window in windows)))
    return table(("August", "people, all", "American", "flights", "inside at the end"), rows, range(1, 5))


MISSIONS = ("united-states", "united-kingdom", "germany", "france", "european-union-delegation", "japan", "south-korea", "india")


def missions(desk: Desk) -> str:
    """When half, nine in ten and all of some missions are out, in the median replication."""
    result = _study(desk).result
    start, reading = Timeline(result).start, Reading(result)
    rows = []
    for name in MISSIONS:
        o = reading.outcomes(name)
        times = (order_statistic(hours, 0.5) for hours in (o.t50_h, o.t90_h, o.t100_h))
        rows.append((name, count(order_statistic(o.to_move, 0.5)), *(_day(start, hours) for hours in times)))
    head = ("mission", "people", "half out", "90 % out", "all out")
    return f"{desk.n(N)} replications, seed 1, inputs as written; medians.\n\n{table(head, rows, (1,))}"


def _day(start: datetime, hours: float) -> str:
    if not math.isfinite(hours):
        return "never"
    when = start + timedelta(hours=hours)
    return f"{when.day} Aug, {when:%H}:00 UTC"


_ASKED = (Asked(SCENARIO, (observations().digest,), N),)
BLOCKS = (
    Block("backcast-numbers", PAGE, numbers, quick=True),
    Block("backcast-search", PAGE, search, needs="calibration"),
    Block("backcast-results", PAGE, results, _ASKED),
    Block("backcast-fit", PAGE, fit, _ASKED),
    Block("backcast-spread", PAGE, spread_of_fits, tuple(Asked(SCENARIO, settings, EACH) for settings in fits())),
    Block("backcast-shown", PAGE, shown, _ASKED),
    Block("backcast-ahead", PAGE, ahead, _ASKED),
    Block("backcast-missions", PAGE, missions, _ASKED),
)
