"""The answer as JSON and as tables: names once given stay; null is what there is none of."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from sim.analysis.as_json import as_json as plain
from sim.analysis.statistics import Estimate
from sim.analysis.uncertain import about_factor
from sim.studies.decide.decided import Decided, OptionResult
from sim.studies.decide.study import End
from sim.studies.decide.words import headlines, warnings

Json = dict[str, Any]


def as_json(decided: Decided) -> Json:
    """The object that ``--json`` prints."""
    selection, goal = decided.selection, decided.goal
    sentences = headlines(decided)
    chosen = decided.chosen
    return {
        "headline": sentences[0],
        "headlines": sentences,
        "objective": goal.measure.text,
        "unit": goal.unit,
        "less_is_better": goal.sign > 0,
        "within": goal.within,
        "by": goal.by_text,
        "best": None if chosen is None else chosen.choice.label,
        "told": selection is not None and selection.named,
        "confidence": 0.95,
        "as_good": [] if selection is None else [decided.options[k].choice.label for k in selection.alike],
        "rivals": [] if selection is None else [decided.options[k].choice.label for k in selection.rivals],
        "sets_needed": None if selection is None else selection.needed,
        "options": [_option(decided, one) for one in decided.options],
        "regret_measured": None if decided.regrets is None else "between halves" if decided.regrets.split else "in hindsight",
        "knowing_all": None if decided.regrets is None else interval(decided.regrets.knowing),
        "knowing": _knowing(decided),
        "ends": [_end(decided, end) for end in decided.ends],
        "states": "sets of inputs" if decided.drawn else "replications",
        "sets": decided.sets,
        "per_set": decided.per_set,
        "replications": decided.n,
        "look": None if decided.result.look is None else plain(decided.result.look.found()),
        "seed": decided.seed,
        "failed": decided.failed,
        "final": decided.final,
        "warnings": warnings(decided),
    }


def interval(estimate: Estimate) -> Json:
    """An estimate with its ends."""
    return {"estimate": number(estimate.value), "low": number(estimate.low), "high": number(estimate.high)}


def number(x: float | None) -> float | None:
    """A finite number, rounded; null for others."""
    return None if x is None or not math.isfinite(x) else round(float(x), 6) + 0.0


def _option(decided: Decided, one: OptionResult) -> Json:
    return {
        "option": one.choice.label,
        "title": one.choice.title,
        "scenario": one.choice.loaded.name,
        "values": dict(one.choice.values),
        "cost": one.choice.cost,
        "expected": interval(one.expected),
        "worst_in_nine_of_ten": interval(one.worst),
        "p_all_out": interval(one.chance),
        "best_in": interval(one.best.share) | {"alone": one.best.alone, "shared": one.best.shared},
        "regret": interval(one.regret),
        "greatest_regret": interval(one.greatest),
        "worse_than_best": interval(one.beyond),
        "outcome": {"p05": number(one.outcome.low), "p50": number(one.outcome.median), "p95": number(one.outcome.high)},
        "failed": one.failed,
        "error": one.error,
    }


def _knowing(decided: Decided) -> Json | None:
    told = decided.information
    if told is None:
        return None
    worth = [{"factor": w.name, "about": about_factor(w.name), **interval(w.value)} for w in told.worth]
    return {"most": worth, "floor": number(told.floor), "factors": told.factors, "reason": told.reason}


def _end(decided: Decided, end: End) -> Json:
    turn = end.turn
    return {
        "end": end.name,
        "state": end.state,
        "expected": [number(x) for x in end.values],
        "other": None if end.other is None else decided.options[end.other].choice.label,
        "worse_than_other": None if end.beyond is None else interval(end.beyond),
        "turned_by": None if turn is None else {
            "factor": turn.factor, "about": about_factor(turn.factor), "position": number(turn.position),
            "worse_than_other": interval(turn.beyond),
        },
        "tried": list(end.walked),
        "error": end.error,
    }  # fmt: skip


def options_table(decided: Decided) -> pl.DataFrame:
    """A row per option."""
    rows = []
    for one in decided.options:
        row: Json = {"option": one.choice.label, "scenario": one.choice.loaded.name, **dict(one.choice.values)}
        parts = (
            ("expected", one.expected), ("worst", one.worst), ("p_all_out", one.chance), ("best_in", one.best.share),
            ("regret", one.regret), ("greatest_regret", one.greatest),
        )  # fmt: skip
        for name, estimate in parts:
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), map(number, estimate), strict=True))
        rows.append(row | {"cost": one.choice.cost, "failed": one.failed, "error": one.error})
    numbers = {name: pl.Float64 for name, value in rows[0].items() if isinstance(value, float) or value is None}
    return pl.DataFrame(rows, infer_schema_length=None, schema_overrides=numbers | {"error": pl.String})


def states_table(decided: Decided) -> pl.DataFrame:
    """A row per set of inputs and option: the mean of the objective over its replications."""
    schema = {"set": pl.Int64, "option": pl.String, "value": pl.Float64}
    side, sign = decided.result.side, decided.goal.sign
    if side is None:
        return pl.DataFrame(schema=schema)
    frames = [
        pl.DataFrame({"set": side.numbers, "option": one.choice.label, "value": sign * loss + 0.0}, schema=schema)
        for one, loss in zip(decided.options, side.states.loss, strict=True)
    ]
    return pl.concat(frames).sort("set", maintain_order=True)
