"""Charts of deadlines on the page: the chance that all are out against the date of the order, and the latest orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.as_json import of_json
from sim.analysis.words import duration, more_missions, share
from sim.studies.charts import Axis, Json, Point, between, dots, figure, lines, mark
from sim.studies.deadline.found import CurvePoint, FoundDeadlines, ScopeDeadline
from sim.studies.deadline.summary import PANELS, called, curves_note, date_of, in_words, interval_ends, picture_title


def charts(summary: Mapping[str, Any]) -> dict[str, Json]:
    """``curves`` and ``deadlines``, a line and a mark for each scenario."""
    found = of_json(FoundDeadlines, summary)
    labels = [one.label for one in found.scenarios]
    names = labels if len(labels) > 1 else []
    made = {"curves": _curves(found, names), "deadlines": _deadlines(found, names)}
    return {name: one for name, one in made.items() if one}


def _curves(found: FoundDeadlines, names: list[str]) -> Json:
    """A panel for each scope, as many as the picture has; nothing where none gave a curve."""
    scopes = list(dict.fromkeys(e.scope for e in found.deadlines if e.status != "failed"))
    shown = scopes[:PANELS]
    more = f" {more_missions(len(scopes) - len(shown))} in the table." if len(scopes) > len(shown) else ""
    panels = [_panel(found, scope, names) for scope in shown]
    return figure(picture_title(found), curves_note(found) + more, panels, names) if panels else {}


def _panel(found: FoundDeadlines, scope: str, names: list[str]) -> Json:
    level, last = found.confidence, max(found.last_h or 0.0, 1.0)
    series, marks = [], []
    for look, scenario in enumerate(one.scenario for one in found.scenarios):
        entry = next((e for e in found.deadlines if e.scope == scope and e.scenario == scenario), None)
        if entry is None or entry.status == "failed":
            continue
        name = names[look] if names else ""
        series.append((look, name, [_point(one) for one in entry.curve]))
        if entry.order_h is not None:
            says = f"{name + ': ' if name else ''}{in_words(entry)}"
            marks.append(mark(entry.order_h, level, look, duration(entry.order_h), interval_ends(entry, last), says))
    x, wanted = Axis("order given, after the start", unit="h", most=last), [(level, f"{share(level)} wanted")]
    return lines(called(found, scope), x, Axis("chance that all are out", unit="", most=1.0), series, levels=wanted, marks=marks)


def _point(one: CurvePoint) -> Point:
    at = f", ordered {date_of(one.order_at)}" if one.order_at else ""
    text = "no answer" if one.estimate is None else between(share(one.estimate), one.low, one.high, share) + at
    return Point(one.order_h, one.estimate, one.low, one.high, text)


def _deadlines(found: FoundDeadlines, names: list[str]) -> Json:
    """The latest order of each mission, a mark for each scenario; nothing where no point has an answer."""
    if all(entry.status == "failed" for entry in found.deadlines):
        return {}
    scenarios = [one.scenario for one in found.scenarios]
    by_scope: dict[str, Json] = {}
    for entry in found.deadlines:
        label = called(found, entry.scope)
        row = by_scope.setdefault(entry.scope, {"label": label, "bold": False, "marks": [None] * len(scenarios)})
        row["marks"][scenarios.index(entry.scenario)] = _latest(entry, found.last_h or 0.0)
    note = f"The last date tried on which the order still gets all out in {share(found.confidence)} of the cases, after "
    note += "the start; line: its 95 % interval; open: no date."
    panel = dots(found.headline, "h", names, list(by_scope.values()), last=found.last_h)
    return figure(picture_title(found), note, [panel], names, "dot")


def _latest(entry: ScopeDeadline, last: float) -> list[Any]:
    """Where there is no date the mark is open, at the edge."""
    words = {"any": "any time tried", "failed": "no answer"}
    if entry.order_h is None:
        text, at = words.get(entry.status, "never early enough"), last if entry.status == "any" else 0.0
        return [None, None, None, None, None, text, at]
    low, high = interval_ends(entry, last) or (None, None)
    return [entry.order_h, low, high, None, None, duration(entry.order_h)]
