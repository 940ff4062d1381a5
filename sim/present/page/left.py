"""Who is left behind and why, on the page: by what held them at the end, and by what had cost them most hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.analysis.headline import why_left
from sim.analysis.words import count, held_text, share, state_text
from sim.present.page.shown import Json, Shown, answered

SHOWN = 8
"""States with a bar of their own; the others are added up."""
KINDS = {
    "held_when_closed": ("What held them at the end", held_text),
    "cost_most": ("What had cost them the most hours", state_text),
}


def left(shown: Sequence[Shown]) -> Json | None:
    """None where nobody is left behind in any scenario."""
    some = [one for one in answered(shown) if one.summary.total.left_behind.mean]
    if not some:
        return None
    return {
        "sentences": [f"{one.label}:{why_left(one.summary.total)}" for one in some if why_left(one.summary.total)],
        "charts": [chart for key in KINDS if (chart := _chart(key, some)) is not None],
    }


def _chart(key: str, some: Sequence[Shown]) -> Json | None:
    """Bars by state: people on average, of each scenario."""
    title, text = KINDS[key]
    behind = [one.summary.total.left_behind for one in some]
    of = [each.held_when_closed if key == "held_when_closed" else each.cost_most for each in behind]
    most = {state: max(each.get(state, 0.0) for each in of) for each in of for state in each}
    states = sorted(most, key=lambda state: (-most[state], state))
    if not states:
        return None
    named = states[:SHOWN]
    rest = states[SHOWN:]
    names = [text(state) for state in named] + (["all others"] if rest else [])
    rows = [[each.get(s, 0.0) for s in named] + ([sum(each.get(s, 0.0) for s in rest)] if rest else []) for each in of]
    return {
        "title": title,
        "states": names,
        "bars": [
            {"label": one.label, "people": [round(x, 2) for x in row], "words": _words(one, names, row, each)}
            for one, row, each in zip(some, rows, of, strict=True)
        ],
    }


def _words(one: Shown, names: Sequence[str], row: Sequence[float], of: Mapping[str, float]) -> str:
    whole = sum(of.values())
    each = [f"{name} {count(round(x) if x >= 1 else x)} ({share(x / whole)})" for name, x in zip(names, row, strict=True) if x]
    return f"{one.label}: of those left behind, on average: {', '.join(each)}."
