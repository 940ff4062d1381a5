"""Answers as a browser gets them: the numbers of ``run --json``, the same in words, what differs from a pinned one, the page."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from sim import __version__
from sim.analysis import brief, differences
from sim.analysis.as_json import as_json
from sim.analysis.choice import choice, counted
from sim.analysis.found import NoAnswer, Summary, found_of
from sim.analysis.outcomes import contents, wall
from sim.experiment import Result
from sim.experiment.inputs import inputs_table
from sim.experiment.run import packages, result_of
from sim.present.page.out import out
from sim.present.page.shown import Shown
from sim.serve.desk import Desk, Point
from sim.serve.family import Entry
from sim.serve.query import ServeQuery
from sim.serve.wishes import Catalogue, Wish
from sim.studies.kept_bound import known_bound
from sim.studies.report.content import NOTHING, content, shown
from sim.studies.report.replay import quick
from sim.studies.runs import headline_of, summary_of, trimmed

Json = dict[str, Any]
MOST_POINTS = 60
"""Settings that are kept in memory; others are read again from what is stored."""


@dataclass
class _Known:
    """A setting and what has been said of it."""

    point: Point
    making: threading.Lock = field(default_factory=threading.Lock)
    results: OrderedDict[int, Result] = field(default_factory=OrderedDict)
    """By number of replications, with their summaries; the last few."""
    pages: dict[int, Json] = field(default_factory=dict)
    against: tuple[Any, Json] | None = None
    """Which pinned answer it was compared with last, over how many replications, and what differs."""
    ahead: int = 0
    """Stages of what doesn't need a replication that are being made."""


class Answers:
    """What has been asked in this session, each setting once whoever asks."""

    def __init__(self, query: ServeQuery, catalogue: Catalogue, desk: Desk) -> None:
        self._query, self._catalogue, self._desk = query, catalogue, desk
        self._known: OrderedDict[Any, _Known] = OrderedDict()
        self._change = threading.Lock()
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="ahead")

    def _of(self, wish: Wish) -> _Known:
        """The setting; raises ScenarioError, TooLarge and OutputError."""
        with self._change:
            if wish.key in self._known:
                self._known.move_to_end(wish.key)
                return self._known[wish.key]
        point = Point(wish, self._catalogue.family.prepared(wish.entry, wish.settings), self._query)
        with self._change:
            known = self._known.setdefault(wish.key, _Known(point))
            while len(self._known) > MOST_POINTS:
                self._known.popitem(last=False)
        return known

    def _prepare(self, known: _Known) -> None:
        """What of an answer depends on the scenario alone is made while the workers simulate; the libraries remember it."""
        loaded = known.point.prepared.loaded
        with suppress(Exception):  # whoever needs it is told
            if not known.point.ready:
                contents(loaded.canonical)
                return
            if self._desk.wants(known.point):
                known_bound(loaded, known.point.store.folder)

    def ask(self, browser: str, wish: Wish, pin: Wish | None, have: int = 0, *, again: bool = False) -> Json:
        """How far a setting is, and its answer if there is a newer one than that of *have* replications.

        Raises:
            ScenarioError, TooLarge: a setting that isn't accepted.
            OutputError: if results can't be read.
        """
        known = self._of(wish)
        pinned = self._of(pin) if pin is not None else None
        self._desk.want(browser, [each.point for each in (known, pinned) if each is not None], again=again)
        point, n = known.point, known.point.ready
        if point.target is not None and known.ahead < (2 if have else 1):  # the bound once somebody has the first look
            known.ahead += 1
            self._ahead.submit(self._prepare, known)
        entry: Json = {
            "state": "failed" if self._desk.failure else point.state,
            "error": str(self._desk.failure or "") or point.error,
            "replications": {"done": point.done, "of": self._query.n, "shown": n},
            "settings": list(self._catalogue.family.overrides(wish.settings)),
            "command": self._catalogue.family.command(wish.entry, wish.settings, n or self._query.looks[0]),
            "impossible": list(point.prepared.impossible),
            "cautions": list(point.prepared.warnings),
        }
        if n > have:
            result = self._result(known, n)
            entry |= self._said(known, result)
            self._desk.answered(point, n)
        if pinned is not None:
            entry["pin"] = self._pin(known, pinned)
        return entry

    def _said(self, known: _Known, result: Result) -> Json:
        summary, label = self._summary(result), result.title or result.name
        said: Json = {"answer": {"results": [summary]}, "headline": headline_of(result, known.point.prepared.loaded)}
        found = found_of(result.summary)
        if isinstance(found, NoAnswer):
            return said | {"words": {"label": label}}
        return said | {
            "words": {
                "label": label,
                "told": _told(found),
                "sure": [*filter(None, [brief.rests([found]), brief.unknown(found)])],
            },
            "most": _levers(found),
        }

    def _summary(self, result: Result) -> Json:
        """What ``run --json`` prints of it."""
        return trimmed({**result.summary, "folder": str(result.folder)}, "mission")

    def _result(self, known: _Known, n: int) -> Result:
        """The first *n* replications with their summary, made once."""
        with known.making:
            if n not in known.results:
                known.results[n] = self._summed_up(known.point, n)
                while len(known.results) > len(self._query.looks):
                    known.results.popitem(last=False)
            return known.results[n]

    def _summed_up(self, point: Point, n: int) -> Result:
        """With the planning bound once all replications are there: it takes as long as eight of them."""
        loaded = point.prepared.loaded
        result = result_of(point.store, loaded, self._query.seed, n)
        if loaded.inputs is not None:
            result.drawn = inputs_table(loaded.inputs, self._query.seed, n)
        bound: Callable[[], Json] | None = None if n < self._query.n else lambda: known_bound(loaded, result.folder)
        by: Literal["cohort", "mission"] = "cohort" if loaded.inputs is None else "mission"  # what the sentence is made of
        result.summary = as_json(summary_of(point.prepared, result, bound, by=by))
        return result

    def _pin(self, known: _Known, pinned: _Known) -> Json:
        """The pinned answer, and what the setting changes, over the replications that both have by now."""
        n = pinned.point.ready
        entry: Json = {
            "state": pinned.point.state,
            "error": pinned.point.error,
            "replications": {"done": pinned.point.done, "of": self._query.n, "shown": n},
            "settings": list(self._catalogue.family.overrides(pinned.point.wish.settings)),
        }
        if n:
            entry |= self._said(pinned, self._result(pinned, n))
        both = min(n, known.point.ready)
        if both and pinned is not known:
            base, other = self._result(pinned, both), self._result(known, both)
            if min(base.n - len(base.failed), other.n - len(other.failed)) > 0:
                with known.making:
                    if known.against is None or known.against[0] != (pinned.point.wish.key, both):
                        known.against = (pinned.point.wish.key, both), self._differs(base, other)
                    entry |= known.against[1]
        return entry

    def _differs(self, base: Result, other: Result) -> Json:
        changed = differences(base, other)
        same = base.title == other.title
        text = counted(changed.total)
        return {
            "difference": as_json(changed),
            "choice": f"{text[:1].upper()}{text[1:]}." if same else choice(changed),
            "pairs": changed.pairs,
            "out": _out(base, other),
        }

    def most(self, entry: Entry) -> list[str]:
        """The levers that matter most in a scenario as it is, as its run says; nothing before there is an answer."""
        known = self._of(Wish(entry))
        if not known.point.ready:
            return []
        return _levers(found_of(self._result(known, known.point.ready).summary))

    def page(self, wish: Wish) -> Json:
        """The sections of the page for what is there of a setting.

        Raises as :meth:`ask` does.
        """
        known = self._of(wish)
        n = known.point.ready
        if not n:
            return {}
        with known.making:
            if n not in known.pages:
                known.pages = {n: self._content(known, n)}
            return known.pages[n]

    def _content(self, known: _Known, n: int) -> Json:
        """The last look has the replay of a run too."""
        point, last = known.point, n == self._query.n
        result = known.results.get(n) or self._summed_up(point, n)
        loaded = point.prepared.loaded
        replayed = quick([result], [loaded]) if last else None
        command = self._catalogue.family.command(point.wish.entry, point.wish.settings, n)
        made = {"evacsim": __version__, "packages": packages(), "command": command}
        some = shown([result], [loaded], [headline_of(result, loaded)], [made])
        return content(some, NOTHING, command=command, replayed=replayed)


def _out(base: Result, other: Result) -> Json | None:
    """People out over time of both, with their bands, as the page has them; None where nobody has to be moved."""
    some = [Shown(one, found_of(one.summary), "", label, {}, {}, (), "", {}) for one, label in ((base, "pinned"), (other, "now"))]
    made, clock = out(some), wall(other)
    if made is None:
        return None
    start = {"start": clock.start.isoformat(timespec="minutes"), "utc_offset_h": clock.utc_offset}
    same = wall(base).start == clock.start
    return {**made, "clock": start if same else None}


def _levers(found: Summary | NoAnswer) -> list[str]:
    """Those that matter most."""
    return [one.factor for one in found.inputs.levers] if isinstance(found, Summary) and found.inputs is not None else []


def _told(summary: Summary) -> str:
    """The answer in few words, for whoever hears it; from numbers alone."""
    total = summary.total
    if not total.to_move:
        return "Nobody has to be moved."
    odds, left = brief.odds(total), brief.left_behind(total)
    return f"Everybody is out in {odds.main}. Left behind: {left.main}."
