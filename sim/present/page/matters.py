"""What matters among the inputs that nobody knows, on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.analysis.brief import unknown
from sim.analysis.found_inputs import Fails, Unknown
from sim.analysis.naming import label
from sim.analysis.scenario_discovery import Limit, limit_text
from sim.analysis.to_do import what_to_do
from sim.analysis.words import count, mission_titles, share
from sim.present.page.shown import Json, Shown, answered

ROWS = 10
ARROWS = {"up": "more of it, more", "down": "more of it, fewer", "either": "either way"}
WHAT = {"left_behind": "people left behind", "hours_within_horizon": "hours until all are out"}


def matters(shown: Sequence[Shown]) -> Json | None:
    """None where no input is drawn in any scenario."""
    parts = [_of(one, one.summary.inputs) for one in answered(shown) if one.summary.inputs is not None]
    return {"parts": parts} if parts else None


def _of(one: Shown, inputs: Unknown) -> Json:
    titles = mission_titles(one.summary)
    bars = [
        {
            "factor": row.factor,
            "about": label(row.factor, titles),
            "share": row.index,
            "low": row.low,
            "high": row.high,
            "direction": ARROWS[row.direction],
            "first": row.factor in inputs.first,
        }
        for row in inputs.most[:ROWS]
    ]
    words = "; ".join(f"{label(row.factor, titles)} {share(row.index)}" for row in inputs.most[:ROWS])
    return {
        "label": one.label,
        "sentences": [text for text in (unknown(one.summary), what_to_do(one.summary)) if text],
        "under": f"Share of the variance of the {WHAT[inputs.measure]} over {inputs.sets:,} sets of {inputs.factors:,} inputs "
        "that an input explains alone, with its 95 % interval; below the noise floor it may be chance.",
        "floor": inputs.floor,
        "bars": bars,
        "box": _box(inputs.fails, titles),
        "words": f"{one.label}: what matters. {words or 'No input stands out from the noise'}.",
    }


def _box(fails: Fails | None, titles: Mapping[str, str]) -> Json | None:
    """Where it fails, in rows: the limits of the box and what is measured in it."""
    if fails is None or (box := fails.box) is None:
        return None
    above = fails.left_behind_above
    bad = f"leave more than {count(round(above))} behind" if above else "leave somebody behind"
    return {
        "limits": [[label(m.factor, titles), m.factor, limit_text(Limit(m.factor, m.low, m.high))] for m in box.limits],
        "text": f"Inside, {share(box.density)} of the sets {bad}, of all sets {share(box.base_rate)}; "
        f"{share(box.coverage)} of those that do lie inside.",
    }
