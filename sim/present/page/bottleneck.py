"""The bottleneck by the day, or by the hour where the time is short, on the page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.hourly_bottleneck import leading
from sim.analysis.outcomes import Stored, wall
from sim.analysis.statistics import Floats
from sim.analysis.words import CAUSE_TEXT, share
from sim.model.names import CAUSES
from sim.present import bottleneck_words as words
from sim.present.page.shown import Json, Shown, answered


def bottleneck(shown: Sequence[Shown]) -> Json | None:
    """None where nobody waits."""
    some = answered(shown)
    return strips([one.result for one in some], [one.label for one in some]) if some else None


def strips(results: Sequence[Stored], names: Sequence[str]) -> Json | None:
    """A strip for each result, and the message of all of them; None where nobody waits."""
    cuts, width, last = words.cuts_of(results)
    if not any(cut.any() for cut in cuts):
        return None
    first = [leading(result) for result in results]
    rows, few = words.rows_of(cuts, {cause for one in first if one is not None for cause in (one.cause, one.second) if cause})
    return {
        "title": words.answer(results, first, names),
        "under": words.under(few, width),
        "causes": [CAUSE_TEXT[CAUSES[i]] for i in rows],
        "width": width,
        "last": round(last, 1),
        "steps": list(words.STEPS),
        "strips": [
            {
                "label": name,
                "start": wall(result).start.isoformat(timespec="minutes"),
                "shares": _per_mille(cut[rows]),
                "words": _words(name, cut),
            }
            for result, name, cut in zip(results, names, cuts, strict=True)
        ],
    }


def _per_mille(cut: Floats) -> list[list[int]]:
    """Shape (causes, times), thousandths."""
    return [[int(x) for x in row] for row in np.rint(1000 * cut)]


def _words(name: str, cut: Floats) -> str:
    """Which causes reach what share, the largest first, for whoever can't see the strip."""
    most = cut.max(axis=1, initial=0.0)
    order = [i for i in np.argsort(-most, kind="stable") if most[i] >= words.VISIBLE][:4]
    each = ", ".join(f"{CAUSE_TEXT[CAUSES[i]]} in up to {share(float(most[i]))}" for i in order)
    return f"{name}: share of the replications in which a cause is the bottleneck. {each or 'None reaches 5 %'}."
