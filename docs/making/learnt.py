"""What August 2021 teaches: the calibration of the back-cast, what its sets forecast, and what they would move elsewhere.

The tables of the calibration are made from the summary that ``evacsim calibrate`` keeps (``--learnt``), since it takes the better
part of an hour; all others from the sets that it wrote, which are shipped.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from making import backcast, forecast
from making.block import DOCS, ROOT, Asked, Block, table
from making.desk import Desk
from making.forecast import PLACES, Place
from making.stamp import of_file
from sim.analysis.calibration import band, quantile
from sim.analysis.matrix import THREATS
from sim.analysis.measure import Reading
from sim.analysis.outcomes import of_missions, wall
from sim.analysis.statistics import Floats, order_statistic, proportion
from sim.analysis.windows import Timeline, at, simulated
from sim.analysis.words import count, share
from sim.api import Study
from sim.scenario import load
from sim.scenario.inputs import DrawnFactor, drawn_factors

PAGE = "learnt-2021.md"
SETS = "evacsim:sets/kabul-2021"
LEARNT = f"{SETS}-learnt"
"""The inputs of these sets that are told from their range: what base/kabul.yaml draws from."""
FILE, LEARNT_FILE = (ROOT / "scenarios" / "sets" / f"kabul-2021{which}.parquet" for which in ("", "-learnt"))
FORECAST = DOCS / "forecasts" / "kabul-2021-learnt.csv"
"""What was forecast for the days kept from fitting, a row a number."""
NUMBERS = ("median", "low_90", "high_90")
DISCREPANCY = 0.43
"""That of the calibration: its bands are of what would be observed."""
N, EACH = 200, 100
"""Replications of each forecast, and of each of the nine scenarios of September."""
NINE = tuple(f"{provider}-{threat}" for threat in THREATS for provider in ("turkish", "none", "coalition"))
RANGES = "ranges"
Json = dict[str, Any]


# -- the calibration ---------------------------------------------------------------------------------------------------


def _summary(desk: Desk) -> Json:
    assert desk.learnt is not None
    summary: Json = json.loads(desk.learnt.read_text("utf-8"))
    return summary


def windows(desk: Desk) -> str:
    """Each fitted number with its bands: before, after, and learnt from the other windows."""
    summary = _summary(desk)
    out = {(row["window_id"], row["measure"]): row for row in summary["leave_out"]["windows"]}
    rows = []
    for row in summary["windows"]:
        left = out[row["window_id"], row["measure"]]
        what = f"{row['measure']}, {row['scope']}"
        cells = (_ends(row["prior"]), _ends(row["posterior"]), _ends(left), "yes" if left["inside"] else "**no**")
        rows.append((f"`{row['window_id']}`", what, count(row["observed"]["value"]), *cells))
    head = ("window", "what", "observed", "ranges", "learnt", "learnt without this window", "holds it")
    return f"90 % bands of what would be observed.\n\n{table(head, rows, range(2, 6))}"


def _ends(row: Json) -> str:
    return "–".join(count(round(row[end])) for end in ("low_90", "high_90"))


def held(desk: Desk) -> str:
    """The sentence that the command prints, and the scores."""
    summary = _summary(desk)
    out, scores = summary["leave_out"], summary["leave_out"]["interval_score"]
    share_ = out["share"]
    rows = [
        ("sets, of which agree", f"{summary['sets']:,}, {summary['agree']:,}"),
        ("sets of equal weight that they are worth", f"{summary['effective']:.3g}"),
        ("the kernel's errors, times the stated ones", f"{summary['width']:.2f}"),
        ("sets that count, in the file", f"{summary['counting']:,}"),
        ("numbers left out that their bands hold", f"{out['inside']} of {out['numbers']}"),
        ("share of them, 95 % interval", f"{share(share_['low'])} to {share(share_['high'])}"),
        (f"interval score of the {scores['numbers']} that have a day before: learnt", f"{scores['learnt']:.2f}"),
        ('"as yesterday, times or over two"', f"{scores['yesterday']:.2f} (holds {out['yesterday_inside']})"),
        ("ranges alone", f"{scores['ranges']:.2f}"),
        ("inputs learnt about", f"{sum(row['learnt'] for row in summary['inputs'])} of {len(summary['inputs'])}"),
    ]
    return table(("of the calibration", ""), rows, (1,))


# -- inputs ------------------------------------------------------------------------------------------------------------

MOST = 12
"""Inputs in the table."""


@cache
def _factors(scenario: str) -> dict[str, DrawnFactor]:
    return {factor.name: factor for factor in drawn_factors(load(ROOT / "scenarios" / f"{scenario}.yaml").scenario)}


def inputs(desk: Desk) -> str:
    """The inputs that stand out most, and whether more than chance would show."""
    summary = _summary(desk)
    rows = []
    for row in summary["inputs"][:MOST]:
        pairs = (("least", "most"), ("low", "high"))
        ends = [" to ".join(row["text"][end] for end in pair) if row["text"][pair[0]] else "its members differ" for pair in pairs]
        where = [f"{row['position'][end]:.2f}" for end in ("low", "median", "high")]
        known = "**learnt**" if row["learnt"] else f"no (p = {row['p']:.2f})"
        rows.append((f"`{row['factor']}`", ends[0], ends[1], " / ".join(where), f"{row['distance']:.2f}", known))
    head = ("input", "range", "now, 90 %", "place in the range: 5 % / median / 95 %", "apart", "more than chance")
    floor = f"Chance alone shows up to {summary['floor']:.2f} for the one that stands out most (in 95 % of the cases)."
    return f"{floor}\n\n{table(head, rows, (4,))}"


def shared(desk: Desk) -> str:
    """How many inputs other scenarios share with the back-cast by name, and with the same range."""
    known = _factors("kabul-2021")
    rows = []
    for name in (*NINE, *(place.scenario for place in PLACES)):
        own = _factors(name)
        both = [key for key in own if key in known]
        same = [key for key in both if _ranges(own[key]) == _ranges(known[key])]
        rows.append((f"`{name}`", *(str(len(x)) for x in (own, both, same)), str(len(own) - len(both))))
    head = ("scenario", "inputs drawn", "shared by name", "of these with the same ranges", "not in the sets")
    return table(head, rows, range(1, 5))


def _ranges(factor: DrawnFactor) -> set[tuple[float, float]]:
    return {(round(member.low, 9), round(member.high, 9)) for member in factor.members}


# -- the days kept from fitting ----------------------------------------------------------------------------------------


class Said(NamedTuple):
    """One number of the forecast."""

    day: int
    measure: str
    scope: str
    median: float
    low: float
    high: float


def _said(values: Floats) -> tuple[float, float, float]:
    """Median of the replications, and the 90 % band of what would be observed."""
    logs, even = np.log1p(np.maximum(values, 0.0)), np.full(values.size, 1 / values.size)
    low, high = (max(math.expm1(end), 0.0) for end in band(logs, even, math.log1p(DISCREPANCY) ** 2))
    return math.expm1(quantile(logs, even, 0.0, 0.5)), low, high


def _days(study: Study) -> Iterator[Said]:
    timeline = Timeline(study.result)
    for day in range(backcast.FIRST_DAY_KEPT_BACK, backcast.LAST_DAY + 1):
        start, end = f"{day}T07:00", f"{day + 1}T07:00"
        for measure, operators, place in (("people", (), ""), ("people", backcast.AMERICAN, ""), ("flights", (), ""),
                                          ("stock", (), "inside")):  # fmt: skip
            values = simulated(timeline, backcast.seen(measure, start, end, operators, place))
            yield Said(day, measure, place or "+".join(operators) or "all", *_said(values))


def ahead(desk: Desk) -> str:
    """The forecast, into the page and, where it is final, into its file."""
    said = list(_days(desk.study(backcast.SCENARIO, N, inputs=SETS)))
    if desk.most is None:
        _store(said)
    return ahead_text(said, desk.n(N))


def _store(said: Iterable[Said]) -> None:
    FORECAST.parent.mkdir(exist_ok=True)
    with FORECAST.open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out, lineterminator="\n")
        write.writerow(("start_utc", "end_utc", "measure", "scope", *NUMBERS))
        for one in said:
            when = (f"2021-08-{day}T07:00:00Z" for day in (one.day, one.day + 1))
            write.writerow((*when, one.measure, one.scope, *(round(x, 1) for x in (one.median, one.low, one.high))))


def stored() -> list[Said]:
    """The forecast as it was written down."""
    with FORECAST.open(encoding="utf-8", newline="") as text:
        return [
            Said(int(row["start_utc"][8:10]), row["measure"], row["scope"], *(float(row[c]) for c in NUMBERS))
            for row in csv.DictReader(text)
        ]


def ahead_text(said: Sequence[Said], n: int) -> str:
    """A row a day."""
    by_day: dict[int, list[str]] = {}
    for one in said:
        cell = f"{count(round(one.median))} ({count(round(one.low))}–{count(round(one.high))})"
        by_day.setdefault(one.day, []).append(cell)
    rows = [(f"{day} to {day + 1}", *cells) for day, cells in by_day.items()]
    rests = f"{n} replications, seed 1, inputs from `{SETS}`; median and 90 % band of what would be observed."
    return f"{rests}\n\n{table(('August', 'people, all', 'American', 'flights', 'inside at the end'), rows, range(1, 5))}"


# -- the nine scenarios of September -----------------------------------------------------------------------------------


def moves(desk: Desk) -> str:
    """What the nine scenarios answer from ranges, with the input that was learnt, and with whole sets."""
    rows = []
    for name in NINE:
        three = [desk.study(name, EACH, inputs=inputs) for inputs in (RANGES, LEARNT, SETS)]
        rows.append((f"`{name}`", *(cell for cells in zip(*map(_outcome, three), strict=True) for cell in cells)))
    head = (
        "scenario", "left behind, mean: ranges", "as learnt", "whole sets",
        "5 / 50 / 95 % of outcomes: ranges", "as learnt", "whole sets", "P(all out): ranges", "as learnt", "whole sets",
    )  # fmt: skip
    rests = f"{desk.n(EACH)} replications each, seed 1, two of each set of inputs; means and shares with 95 % intervals."
    return f"{rests}\n\n{table(head, rows, range(1, 10))}"


def _outcome(study: Study) -> tuple[str, str, str]:
    total = study.summary["total"]
    left, chance = total["left_behind"], total["p_all_out"]
    values = Reading(study.result).outcomes("total").left_behind
    mean = f"{count(round(left['mean']))} ({_whole(left['low'])}–{_whole(left['high'])})"
    ends = " / ".join(count(round(order_statistic(values, p))) for p in (0.05, 0.5, 0.95))
    out = f"{share(chance['estimate'])} ({share(chance['low'])} to {share(chance['high'])})"
    return mean, ends, out


def _whole(x: float | None) -> str:
    return "?" if x is None else count(round(x))


# -- the places beside Kabul -------------------------------------------------------------------------------------------


def second(place: Place, desk: Desk) -> str:
    """The second forecast: people by day or hour and missions, with inputs drawn from ranges and from the sets."""
    studies = [desk.study(place.scenario, N, inputs=inputs) for inputs in (RANGES, SETS)]
    rests = f"{desk.n(N)} replications each, seed 1, two of each set of inputs; median and, in brackets, the band from 5 to 95 %."
    return f"{rests}\n\n{_flow(place, studies)}\n\n{_missions(place, studies, desk)}"


def _flow(place: Place, studies: Sequence[Study]) -> str:
    lines = [Timeline(study.result) for study in studies]
    start = wall(studies[0].result).start
    rows = []
    for begin in np.arange(0, math.ceil(lines[0].horizon_h), place.step_h).tolist():
        end = min(begin + place.step_h, lines[0].horizon_h)
        grids = [(line.out(()), line.flights(())) for line in lines]
        people, flights = ([at(pair[k], end) - at(pair[k], begin) for pair in grids] for k in (0, 1))
        if any(np.any(values) for values in people):
            far = [forecast.spread(at(pair[0], end)) for pair in grids]
            gains = [forecast.spread(x) for both in (people, flights) for x in both]
            rows.append((forecast.row_name(start, float(begin), place), *gains, *far))
    first = "day" if place.day else "hour from"
    head = (first, "people out: ranges", "sets", "flights with people: ranges", "sets", "out so far: ranges", "sets")
    return table(head, rows, range(1, 7))


def _missions(place: Place, studies: Sequence[Study], desk: Desk) -> str:
    readings = [Reading(study.result) for study in studies]
    missions = desk.loaded(place.scenario).scenario.missions
    rows = []
    for name in (*of_missions(studies[0].result), ""):
        both = [reading.outcomes(name or "total") for reading in readings]
        moved = forecast.spread(both[0].to_move)
        chances = [proportion(int(o.all_out.sum()), o.all_out.size) for o in both]
        outs, left = [share(chance.value) for chance in chances], [forecast.spread(o.left_behind) for o in both]
        rows.append(((missions[name].title or name) if name else "all", moved, *outs, *left))
    head = ("mission", "to be moved", "P(all out): ranges", "sets", "left behind: ranges", "sets")
    return table(head, rows, range(1, 6))


# -- blocks ------------------------------------------------------------------------------------------------------------


def _asked(scenario: str, n: int, *modes: str) -> tuple[Asked, ...]:
    files = {SETS: FILE, LEARNT: LEARNT_FILE}
    digests = {mode: of_file(file) for mode, file in files.items() if file.is_file()}
    return tuple(Asked(scenario, (f"inputs {mode}", digests.get(mode, "")), n) for mode in modes)


BLOCKS = (
    Block("learnt-held", PAGE, held, needs="learnt"),
    Block("learnt-windows", PAGE, windows, needs="learnt"),
    Block("learnt-inputs", PAGE, inputs, needs="learnt"),
    Block("learnt-shared", PAGE, shared, quick=True),
    Block("learnt-ahead", PAGE, ahead, _asked(backcast.SCENARIO, N, SETS)),
    Block("learnt-moves", PAGE, moves, tuple(asked for name in NINE for asked in _asked(name, EACH, RANGES, LEARNT, SETS))),
    *(
        Block(f"{place.scenario}-second", place.page, partial(second, place), _asked(place.scenario, N, RANGES, SETS))
        for place in PLACES
    ),
)
