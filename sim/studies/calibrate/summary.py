"""A calibration in words and in JSON: the sentence, the warnings, the windows and the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.calibration import AGREES, ENOUGH, Learnt, fitted
from sim.analysis.factors import said
from sim.analysis.left_out import OVER, Coverage, LeftOut
from sim.analysis.naming import Titles, label, phrase, titles_of
from sim.analysis.observations import Observation, Observations, stamp
from sim.analysis.uncertain import about_factor
from sim.analysis.words import share
from sim.present.cells import between
from sim.scenario import Loaded
from sim.scenario.inputs import DrawnFactor
from sim.scenario.number import BASE_UNITS
from sim.studies.applying import applying
from sim.studies.calibrate.learning import Calibrated, Compared, Place, Told, place
from sim.studies.calibrate.query import CalibrateQuery
from sim.studies.query import portable

Json = dict[str, Any]
NAMED = 3
"""Inputs that the sentence names."""
FEW_SETS = 100


def as_json(found: Calibrated, observations: Observations, loaded: Loaded, query: CalibrateQuery, failed: int) -> Json:
    """What ``--json`` prints and the folder keeps."""
    summary: Json = {
        "scenario": loaded.name,
        "title": loaded.scenario.title,
        "folder": "",
        "final": not failed,
        "seed": query.seed,
        "replications": query.n,
        "failed": failed,
        "per_set": query.per_set,
        "sets": found.ensemble.sets.count,
        "observations": {"file": observations.name, "digest": observations.digest, "fitted": len(found.rows)},
        "discrepancy": query.discrepancy,
        "cut_off": AGREES,
        "agree": int(found.agree.sum()),
        "width": found.weighted.width,
        "effective": found.weighted.effective,
        "counting": int((found.weighted.weights > 0).sum()),
        "floor": found.learnt.floor,
        "windows": [_window(one) for one in found.windows],
        "inputs": _inputs(found, titles_of([loaded.scenario])),
        "leave_out": None if found.outs is None else _left_out(found, found.outs, found.coverage),
    }
    summary["warnings"] = warnings(summary, observations, found)
    return summary | {"headline": headline(summary, query)}


def _window(one: Compared) -> Json:
    seen = one.seen
    return {
        "window_id": seen.window,
        "start_utc": None if seen.start is None else stamp(seen.start),
        "end_utc": stamp(seen.end),
        "measure": seen.measure,
        "scope": seen.scope,
        "place": seen.place or None,
        "observed": {"value": seen.value, "low": seen.low, "high": seen.high},
        "prior": _told(one.prior, seen),
        "posterior": _told(one.posterior, seen),
        "nearest": one.nearest,
    }


def _told(one: Told, seen: Observation) -> Json:
    return {"median": one.median, "low_90": one.band.low, "high_90": one.band.high, "inside": one.band.holds(seen.value)}


def _inputs(found: Calibrated, titles: Titles) -> list[Json]:
    """All inputs, what was learnt most about first."""
    known = found.learnt.known.tolist()
    rows = [
        _input(factor, place(found.positions[:, k], found.weighted.weights), found.learnt, k, known[k], titles)
        for k, factor in enumerate(found.factors)
    ]
    return sorted(rows, key=lambda row: (-row["distance"], row["factor"]))


def _input(factor: DrawnFactor, at: Place, learnt: Learnt, k: int, known: bool, titles: Titles) -> Json:
    values, unit = factor.values([0.0, *at, 1.0])
    dimension = factor.dimension if unit is None else "factor"
    texts = [None if x is None else said(x, dimension, *filter(None, values)) if unit is None else f"×{x:.3g}" for x in values]
    names = ("least", "low", "median", "high", "most")
    return {
        "factor": factor.name,
        "about": about_factor(factor.name),
        "label": label(factor.name, titles),
        "phrase": phrase(factor.name, titles),
        "learnt": known,
        "distance": float(learnt.distance[k]),
        "p": float(learnt.p[k]),
        "position": at._asdict(),
        "value": dict(zip(names, values, strict=True)),
        "text": dict(zip(names, texts, strict=True)),
        "unit": BASE_UNITS[factor.dimension] if unit is None else unit,
    }


def _left_out(found: Calibrated, outs: Sequence[LeftOut], coverage: Coverage | None) -> Json:
    if coverage is None:
        return {"numbers": 0, "inside": 0, "windows": []}
    rows = []
    for k, (row, out) in enumerate(zip(found.rows, outs, strict=True)):
        ends = [found.observed.back(end, k) for end in out.band]
        inside = out.band.holds(float(found.observed.value[k]))
        rows.append(
            {"window_id": row.window, "measure": row.measure, "scope": row.scope, "place": row.place or None, "value": row.value,
             "low_90": ends[0], "high_90": ends[1], "inside": inside, "effective": out.effective, "width": out.width}
        )  # fmt: skip
    scores = {"numbers": coverage.rivalled, "learnt": coverage.score, "ranges": coverage.prior, "yesterday": coverage.yesterday}
    interval = {"estimate": coverage.share.value, "low": coverage.share.low, "high": coverage.share.high}
    held = {
        "numbers": coverage.numbers,
        "inside": coverage.inside,
        "share": interval,
        "yesterday_inside": coverage.yesterday_inside,
    }
    return held | {"interval_score": scores, "windows": rows}


def warnings(summary: Json, observations: Observations, found: Calibrated) -> list[str]:
    """What takes from the weight of the answer, a line each."""
    n, sets, worth = summary["replications"], summary["sets"], summary["effective"]
    few = f"the sets that count are worth {worth:.3g} of equal weight, fewer than {ENOUGH}: all of this is rough"
    outside = [row.window for row in fitted(observations.rows) if row not in found.rows]
    return applying(
        (
            summary["failed"],
            f"{summary['failed']:,} of {n:,} replications failed, so nothing here is final and no sets are written",
        ),
        (
            summary["width"] > 1,
            f"too few sets agree within the stated errors: they were taken {summary['width']:.2f} times as large, so that sets "
            f"worth {worth:.3g} count; more replications, or wider ranges, would find better ones",
        ),
        (round(worth, 1) < ENOUGH, few),
        (sets < FEW_SETS, f"{sets:,} sets are few; -n {FEW_SETS * summary['per_set']:,} draws {FEW_SETS}"),
        (outside, f"not used, for it lies outside the scenario's clock: {', '.join(dict.fromkeys(outside))}"),
    )


def headline(summary: Json, query: CalibrateQuery) -> str:
    """The answer in a few sentences."""
    title = summary["title"] or summary["scenario"]
    numbers = summary["observations"]["fitted"]
    seen = f"the {numbers:,} observed numbers" if numbers > 1 else "the observed number"
    agree, sets = summary["agree"], summary["sets"]
    if not agree:
        return f"{title}: none of {sets:,} sets of inputs agrees with {seen}, so that nothing is written. {_far(summary)}"
    worth = f"weighted, the sets are worth {summary['effective']:.3g}"
    text = f"{title}: {agree:,} of {sets:,} sets of inputs agree with {seen}; {worth}."
    text += f" {learnt_text(summary)}"
    if (out := summary["leave_out"]) and out["numbers"]:
        text += f" {held_text(out)}"
    if not summary["final"]:
        return f"{text} Not final: {summary['failed']:,} replications failed."
    return f"{text} {_written(summary, query)}"


def _written(summary: Json, query: CalibrateQuery) -> str:
    """What the file of the sets holds."""
    file, known = portable(str(query.sets)), sum(row["learnt"] for row in summary["inputs"])
    if not query.only_learnt:
        return f"Sets for --inputs: {file}."
    if not known:
        return "No sets are written, which --only-learnt asks to hold what was learnt."
    return f"Sets for --inputs: {file}, which holds {known:,} of {len(summary['inputs']):,} inputs."


def _far(summary: Json) -> str:
    """Which numbers no set comes near, or that no set comes near all of them."""
    far = [row for row in summary["windows"] if row["nearest"] > AGREES]
    if not far:
        return "Each number is met by some set, but not all but one of them by any."
    worst = sorted(far, key=lambda row: -row["nearest"])[:NAMED]
    return "No set comes near " + ", ".join(f"{row['window_id']} ({row['measure']})" for row in worst) + "."


def learnt_text(summary: Json) -> str:
    """``Learnt about 2 of 87 inputs: road delay (higher), ...; about the others nothing that chance would not show.``"""
    rows = summary["inputs"]
    known = [row for row in rows if row["learnt"]]
    if not known:
        return f"Nothing is learnt about any of the {len(rows):,} inputs that chance would not show."
    named = "; ".join(f"{row['phrase']}: {direction(row)}" for row in known[:NAMED])
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    rest = len(rows) - len(known)
    others = f"; about the other {rest:,} nothing that chance would not show" if rest else ""
    return f"Learnt about {len(known)} of {len(rows):,} inputs: {named}{more}{others}."


def direction(row: Json) -> str:
    """Where in its range an input was found to be."""
    middle = row["position"]["median"]
    return "lower" if middle < 0.4 else "higher" if middle > 0.6 else "nearer the middle"


def held_text(out: Json) -> str:
    """How the bands did on what was left out."""
    interval, scores = out["share"], out["interval_score"]
    text = f"Left out in turn, {out['inside']} of {out['numbers']} numbers lie in their 90 % bands"
    text += f" (95 % interval of the share {share(interval['low'])} to {share(interval['high'])})"
    if scores["learnt"] is None:
        return f"{text}."
    rival = f"as yesterday, by {OVER:g} or over {OVER:g}"
    return f'{text}; interval score {scores["learnt"]:.2f}, against {scores["yesterday"]:.2f} of "{rival}" (less is better).'


def span(row: Json, low: str = "low", high: str = "high") -> str:
    """Where an input lies by weight, or its whole range; empty where its numbers have no one value."""
    ends = row["text"][low], row["text"][high]
    return between(*ends) if all(ends) else ""
