"""The top of the page: what to do, how sure that is, and what would happen to whom; below it the whole sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.analysis import brief
from sim.analysis.choice import choice
from sim.analysis.to_do import what_to_do
from sim.present.page.shown import Json, Shown

NOTHING_TO_DO = (
    "No lever of this scenario stands out, or none is drawn: decide says which of several options to take, "
    "plan what is the least that is enough, deadline how late an order still comes in time."
)


def answer(shown: Sequence[Shown], differences: Sequence[Mapping[str, Any]] = (), decided: Sequence[str] = ()) -> Json:
    """*differences*: of a comparison; *decided*: the answers of studies that say what to do, the first before all else."""
    return {
        "do": [*decided, *_choices(differences), *_levers(shown)] or [NOTHING_TO_DO],
        "sure": [_sure(one, len(shown) > 1) for one in shown],
        "whom": [_whom(one) for one in shown],
        "sentences": [*(choice(one) for one in differences), *(one.headline for one in shown)],
        "warnings": list(dict.fromkeys(w for one in shown for w in one.summary.get("warnings", ()))),
        "final": all(one.summary["final"] for one in shown),
    }


def _choices(differences: Sequence[Mapping[str, Any]]) -> list[str]:
    return [brief.against(one) for one in differences]


def _levers(shown: Sequence[Shown]) -> list[str]:
    several = len(shown) > 1
    texts = [(one.label, what_to_do(one.summary).removeprefix("What to do: ")) for one in shown if one.answered]
    return [f"{label}: {text}" if several else f"{text[:1].upper()}{text[1:]}" for label, text in texts if text]


def _sure(one: Shown, several: bool) -> str:
    text = brief.sure(one.summary) if one.answered and one.summary["final"] else "No answer: replications failed."
    return f"{one.label}: {text}" if several else text


def _whom(one: Shown) -> Json:
    """The tile of a scenario."""
    if not one.answered or not one.summary["final"]:
        return {"label": one.label, "odds": "", "left": "", "of": "", "hit": "No answer: replications failed."}
    total = one.summary["total"]
    return {
        "label": one.label,
        "odds": brief.odds(total),
        "left": brief.left_behind(total),
        "of": brief.moved(total),
        "hit": brief.hit(one.summary),
    }
