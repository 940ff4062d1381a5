"""A validation in words and in JSON: the sentence, the warnings, the rows, and how they are grouped for tables and pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.as_json import as_json as plain
from sim.analysis.naming import word
from sim.analysis.observations import FLOWS, stamp
from sim.analysis.windows import band_rank, least_replications
from sim.analysis.words import count
from sim.studies.applying import applying
from sim.studies.validate.compared import ComparedWindow, Total, Validation, coverage, mean_factor, total

Json = dict[str, Any]
ROUGH = 5
"""With fewer replications than this beyond either end of a 90 % band the end is rough."""
FEW_POINTS = 10
"""Bands over fewer points of a design are rough."""
MEASURE_TEXT = {
    "people": "People out",
    "flights": "Flights out",
    "load": "People per flight",
    "stock": "People at a place",
    "pause": "Longest pause, hours",
}


class SeriesSection(NamedTuple):
    """Compared rows that share a measure and a scope or place."""

    measure: str
    where: str
    rows: list[ComparedWindow]

    @property
    def title(self) -> str:
        """``People out, US Military``."""
        return f"{MEASURE_TEXT[self.measure]}, {self.where if self.where == 'all' else word(self.where, every=True)}"


def sections(validation: Validation) -> list[SeriesSection]:
    """The compared rows by measure and scope, in the order of the measures and then of the file; each by time."""
    rows, order = sorted(validation.used(""), key=lambda row: (row.seen.end, row.seen.hours)), list(MEASURE_TEXT)
    keys = sorted(dict.fromkeys(row.seen.series for row in validation.used("")), key=lambda key: order.index(key[0]))
    return [SeriesSection(*key, [row for row in rows if row.seen.series == key]) for key in keys]


def as_json(validation: Validation) -> Json:
    """What ``--json`` prints and the result folder keeps."""
    return {
        "scenario": validation.scenario,
        "title": validation.title,
        "folder": "",
        "points": validation.points,
        "replications": validation.replications + validation.failed,
        "failed": validation.failed,
        "final": not validation.failed,
        "seed": validation.seed,
        "observations": {
            "file": validation.observations.name,
            "digest": validation.observations.digest,
            "rows": len(validation.rows),
            "compared": len(validation.used("")),
        },
        "clock": {
            "start_utc": stamp(validation.start),
            "end_utc": stamp(validation.start + timedelta(hours=validation.horizon_h)),
        },
        "headline": headline(validation),
        "uses": {use: _group(validation.used(use)) | {"totals": _totals(validation.used(use))} for use in validation.uses},
        "all": _group(validation.used("")),
        "windows": [_row(row) for row in validation.rows],
        "warnings": warnings(validation),
    }


def _group(rows: Sequence[ComparedWindow]) -> Json:
    factor, many = mean_factor(rows)
    held = {f"coverage_{name}": plain(coverage(rows, level)) for name, level in (("50", 0.5), ("90", 0.9))}
    off = {"windows": many, "mean_absolute": math.log(factor) if many else None, "factor": factor if many else None}
    return {"windows": len(rows), **held, "log_ratio": off}


def _totals(rows: Sequence[ComparedWindow]) -> Json:
    """Measure -> total over the windows of one use that do not overlap."""
    sums = {measure: total(rows, measure) for measure in FLOWS}
    return {measure: _total(one) for measure, one in sums.items() if one is not None}


def _total(one: Total) -> Json:
    (low, high), plain = one.band90 or (None, None), one._asdict()
    del plain["band90"]
    return plain | {"ratio": one.simulated / one.observed if one.observed else None, "low_90": low, "high_90": high}


def _row(row: ComparedWindow) -> Json:
    seen = row.seen
    entry: Json = {
        "window_id": seen.window,
        "start_utc": None if seen.start is None else stamp(seen.start),
        "end_utc": stamp(seen.end),
        "measure": seen.measure,
        "scope": seen.scope,
        "place": seen.place or None,
        "use": seen.use,
        "observed": {"value": seen.value, "low": seen.low, "high": seen.high},
        "compared": row.compared,
        "why_not": None if row.compared else "no replication has it" if row.inside_clock else "outside",
        "in_total": row.counted,
        "overlaps": row.overlaps or None,
    }
    if not row.compared:
        return entry | dict.fromkeys(("simulated", "ratio", "share_at_most", "inside_50", "inside_90", "range_90"))
    ends: Json = {"median": row.median}
    for level, name in ((0.5, "50"), (0.9, "90")):
        validation = row.band(level)
        ends |= {
            f"low_{name}": None if validation is None else validation.low,
            f"high_{name}": None if validation is None else validation.high,
        }
    return entry | {
        "simulated": ends | {"replications": int(row.values.size), "without": row.undefined},
        "ratio": row.ratio,
        "share_at_most": float(np.mean(row.values <= seen.value)),
        "inside_50": row.inside(0.5),
        "inside_90": row.inside(0.9),
        "range_90": row.reached(0.9),
    }


def warnings(validation: Validation) -> list[str]:
    """What takes from the weight of the answer, a line each."""
    reasons = []
    n, least = validation.replications, least_replications(0.9)
    if validation.failed:
        reasons.append(f"{validation.failed:,} of {n + validation.failed:,} replications failed, so nothing here is final")
    if n < least:
        reasons.append(f"a 90 % band needs {least} replications, there are {n:,}: none is given")
    elif band_rank(n, 0.9) < ROUGH:
        enough = next(k for k in range(n, 1000) if band_rank(k, 0.9) >= ROUGH)
        beyond = f"{band_rank(n, 0.9)} of {n:,} replications each"
        reasons.append(f"the ends of the 90 % bands rest on {beyond} and are rough; {enough} give {ROUGH}")
    if 1 < validation.points < FEW_POINTS:
        few = f"{validation.points} points that share their draws are few: below {FEW_POINTS} the bands are rough"
        reasons.append(f"{few}, however many replications")
    outside = [row.seen.window for row in validation.rows if not row.inside_clock]
    idle = [row.seen.window for row in validation.rows if row.inside_clock and row.undefined]
    return reasons + applying(
        (outside, f"outside the scenario's clock, not compared: {_names(outside)}"),
        (idle, f"nothing flew in some replications, which therefore have no load: {_names(idle)}"),
    )


def _names(windows: Sequence[str]) -> str:
    each = list(dict.fromkeys(windows))
    return ", ".join(each[:8]) + (f" and {len(each) - 8} more" if len(each) > 8 else "")


def headline(validation: Validation) -> str:
    """The answer in a sentence or two: how many observed values the bands hold, the total, and what fits worst."""
    title, rows = validation.title or validation.scenario, validation.used("")
    if not validation.rows or not rows:
        return f"{title}: none of the {len(validation.rows):,} observed windows can be compared."
    sentence = f"{title}: {_held(validation, rows)}."
    errors = [_error(validation, measure, name) for measure, name in zip(FLOWS, ("People out", "Flights"), strict=True)]
    sentence += "".join(f" {text}." for text in errors if text)
    tried = validation.replications + validation.failed
    failed = f" Not final: {validation.failed:,} of {tried:,} replications failed." if validation.failed else ""
    return f"{sentence} {_worst(rows)}{failed}"


def _held(validation: Validation, rows: Sequence[ComparedWindow]) -> str:
    whole = coverage(rows, 0.9)
    if not whole.windows:
        return f"{validation.replications:,} replications are too few for 90 % bands, which need {least_replications(0.9)}"
    parts = [(use, coverage(validation.used(use), 0.9)) for use in validation.uses]
    by_use = ", ".join(f"{use} {one.inside} of {one.windows}" for use, one in parts if one.windows)
    some = f" ({by_use})" if len(parts) > 1 else f" ({parts[0][0]})"
    return f"the simulated 90 % bands hold {whole.inside} of {whole.windows} observed values{some}"


def _error(validation: Validation, measure: str, name: str) -> str:
    sums = [(use, total(validation.used(use), measure)) for use in validation.uses]
    ratios = [f"{off(one.simulated, one.observed)} over the {use} windows" for use, one in sums if one is not None]
    return f"{name}: {', '.join(ratios)}" if ratios else ""


def off(simulated: float, observed: float) -> str:
    """``5 % low``, ``12 % high``, ``2.4 times what was observed``."""
    if observed == 0:
        return "none, as observed" if simulated == 0 else f"{count(simulated)}, none observed"
    ratio = simulated / observed
    if abs(ratio - 1) < 0.005:
        return "as observed"
    if ratio >= 2:
        return f"{ratio:.1f} times what was observed"
    return f"{abs(100 * (ratio - 1)):.0f} % {'low' if ratio < 1 else 'high'}"


def _worst(rows: Sequence[ComparedWindow]) -> str:
    worst = max(rows, key=lambda row: (row.inside(0.9) is False, row.miss, abs(row.median - row.seen.value)))
    seen = worst.seen
    what = f"{seen.measure}, {seen.series[1]}"
    return f"Worst: {seen.window} ({what}), {count(worst.median)} simulated against {count(seen.value)} observed."
