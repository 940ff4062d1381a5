"""Working on scenario files without simulating: check, describe, start a new one."""

from __future__ import annotations

import gc
import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.console import columns
from sim.scenario import ScenarioError, load
from sim.scenario.number import rounded

if TYPE_CHECKING:
    from sim.scenario.roster import Roster
    from sim.scenario.starters import Started

Json = dict[str, Any]


@dataclass(frozen=True)
class Report:
    """What checking one file found."""

    file: str
    faults: tuple[str, ...] = ()
    missions: int = 0
    staff: float = 0
    loads: float = 0
    events: float = 0
    memory_mb: float = 0
    factors: int = 0
    """Inputs that are drawn, each as one, anew for every set."""
    drawn: int = 0
    """Numbers of the file that they move."""
    sets: str | None = None
    """The file of a calibration from which some are drawn, if ``inputs:`` names one, and how many sets it has."""
    learnt: int = 0
    """Inputs that it holds; the others are drawn from their ranges."""
    excess: str | None = None
    """Why it is beyond the budget, if it is."""
    impossible: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """What its author can hardly have meant."""

    def lines(self) -> list[str]:
        """What a person reads of a file without faults."""
        size = f"about {self.loads:,.0f} loads, {self.events:,.0f} events and {self.memory_mb:,.0f} MB a replication"
        many = f"{self.missions} mission{'s' if self.missions != 1 else ''}"
        lines = [f"{self.file}: no faults; {many}, about {self.staff:,.0f} people; {size}"]
        if self.factors:
            lines[0] += f"; {self.factors:,} inputs ({self.drawn:,} numbers) are drawn anew for each set"
            lines[0] += f", {self.learnt:,} of them from {self.sets}" if self.sets else ""
        lines += [f"{self.file}: cannot get everybody out: {reason}" for reason in self.impossible]
        lines += [f"{self.file}: warning: {text}" for text in self.warnings]
        return lines + ([f"{self.file}: {self.excess}"] if self.excess else [])

    def as_json(self) -> Json:
        """The same for a machine."""
        everything = {key: list(value) if isinstance(value, tuple) else value for key, value in vars(self).items()}
        return {key: everything[key] for key in ("file", "faults")} if self.faults else everything


def check(*files: str, overrides: Sequence[str] = ()) -> list[Report]:
    """A report for each file, whatever is wrong with the others; *overrides* are ``PATH=VALUE``, applied to all of them."""
    return [_check(file, overrides) for file in files]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without a look for circles of garbage: a file's tree has none, and it would take a third of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_uncollected()
def _check(file: str, overrides: Sequence[str]) -> Report:
    from sim.scenario import cautions, estimate, impossible
    from sim.scenario.inputs import drawn_factors, missing_from

    try:
        loaded = load(file, overrides)
    except ScenarioError as error:
        return Report(file, tuple(map(str, error.faults)))
    scenario, sets = loaded.scenario, loaded.sets
    size, factors = estimate(scenario), drawn_factors(scenario)
    return Report(
        file,
        missions=len(scenario.missions),
        staff=size.people,
        loads=size.loads,
        events=size.events,
        memory_mb=size.memory_mb,
        factors=len(factors),
        drawn=sum(len(factor.members) for factor in factors),
        sets=None if sets is None else f"{len(sets.weights):,} sets of {sets.label}",
        learnt=0 if sets is None else len(factors) - len(missing_from(sets, factors)),
        excess=size.excess,
        impossible=tuple(impossible(scenario)),
        warnings=tuple(cautions(scenario)),
    )


def new(
    file: str | os.PathLike[str] | None = None,
    from_csv: str | os.PathLike[str] | None = None,
    extends: str | None = None,
    notify: Callable[[str], None] | None = None,
) -> str:
    """A commented scenario to start from, written to *file* if that is named.

    Args:
        file: Where to write it.
        from_csv: A roster with its staff: CSV or a workbook (XLSX, ``book.xlsx:Sheet``), or ``-`` for standard input.
        extends: A base, shipped or inside the folder of *file*: then only the roster's missions are written, over that.
        notify: Called with each sentence about how the roster was read and what was made up.

    Raises:
        ScenarioError: all faults of the roster or the base.
        OutputError: if the file was there already, or cannot be written.
    """
    from sim.experiment import OutputError
    from sim.experiment.files import refuse_reserved
    from sim.scenario import Started, read_roster, started, starter
    from sim.scenario.errors import printable

    if file is not None:
        refuse_reserved(file)
    if file is not None and os.path.lexists(file):
        raise OutputError(f"{os.fspath(file)} is there already; nothing was written")
    roster = None if from_csv is None else read_roster(from_csv)
    if extends is not None:
        result = _over(roster, extends, file or "scenario.yaml")
    elif roster is not None:
        result = started(roster)
        _warnings(result.text, "scenario.yaml", roster.label)
    else:
        result = Started(starter())
    if notify is not None:
        for notice in result.notices:
            notify(notice if roster is None else f"{printable(roster.label, 300)}: {notice}")
    if file is not None:
        _write(file, result.text)
    return result.text


def _over(roster: Roster | None, base: str, target: str | os.PathLike[str]) -> Started:
    """The roster over *base*: of several orders for missions that have none the first of which ``check`` has least to say."""
    from sim.scenario import Fault, cautions, impossible
    from sim.scenario.errors import Place
    from sim.scenario.files import STDIN
    from sim.scenario.overlays import EXAMPLE, overlays

    if base == STDIN:
        raise ScenarioError([Fault.at(Place("--extends"), (), "expected a file or a shipped name, got standard input")])
    roster = roster or EXAMPLE
    best: Started | None = None
    fewest = math.inf
    known: set[str] = set()
    for started in overlays(roster, base, target):
        if best is None:
            scenario = load(base).scenario
            known = {*impossible(scenario), *map(_subject, cautions(scenario))}
        lines = _warnings(started.text, os.fspath(target), roster.label)
        fresh = [line for line in lines if not known & {line, _subject(line)}]
        if len(fresh) < fewest:
            best, fewest = replace(started, notices=(*started.notices, *fresh)), len(fresh)
        if not fresh:
            break
    assert best is not None
    return best


def _subject(warning: str) -> str:
    """What a warning is about: that of a base may be worded otherwise with more missions, since it counts them."""
    return warning.partition(": ")[0]


def _warnings(text: str, file: str, label: str) -> list[str]:
    """What ``check`` warns of in a scenario made of the roster *label*; raises ScenarioError for what it would refuse."""
    from sim.scenario import Fault, cautions, estimate, impossible, loads
    from sim.scenario.errors import Place

    try:
        scenario = loads(text, file).scenario
    except ScenarioError as error:
        raise ScenarioError(Fault.at(Place(label), (), f"{fault.path}: {fault.message}") for fault in error.faults) from None
    if excess := estimate(scenario).excess:
        cut = excess.removesuffix(" (--allow-large lifts it)").partition(" (--allow-large")[0]
        raise ScenarioError([Fault.at(Place(label), (), f"expected fewer people: {cut}")])
    return [*impossible(scenario), *cautions(scenario)]


def _write(file: str | os.PathLike[str], text: str) -> None:
    from sim.experiment import OutputError

    try:
        with open(file, "x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise OutputError(f"{os.fspath(file)} is there already; nothing was written") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise OutputError(f"cannot write {os.fspath(file)}: {reason}") from None


def describe(file: str, overrides: Sequence[str] = (), everything: bool = False) -> list[Json]:
    """A mapping for every quantity that the scenario says, or also for those that it leaves at their default."""
    from sim.scenario import describe as described

    loaded = load(file, overrides)
    learnt = loaded.sets.factors if loaded.sets is not None else ()
    source = f"sets of {loaded.sets.label}" if loaded.sets is not None else None
    rows = (r._replace(law=source if r.factor in learnt else r.law)._asdict() for r in described(loaded.scenario, everything))
    return [{k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()} for row in rows]


def describe_orders(file: str, overrides: Sequence[str] = ()) -> list[Json]:
    """A mapping for every order of a scenario: who is ordered out by what, in words."""
    from sim.scenario.causes import order_rows

    return [row.as_json() for row in order_rows(load(file, overrides).scenario)]


def describe_places(file: str, overrides: Sequence[str] = ()) -> list[Json]:
    """A mapping for everything of a scenario that states its place: path, degrees, and the ICAO code if they come from one."""
    from sim.scenario.places import place_rows

    return [row._asdict() for row in place_rows(load(file, overrides).scenario)]


def place_lines(rows: Sequence[Json]) -> list[str]:
    """The same as aligned text: path, latitude and longitude in degrees, the code; nothing where there are none."""
    body = [(r["path"], f"{r['lat']:.4f}", f"{r['lon']:.4f}", r["icao"] or "-") for r in rows]
    return ["", *columns([("place", "latitude", "longitude", "airport"), *body], (72, 12, 12))] if rows else []


def order_lines(rows: Sequence[Json]) -> list[str]:
    """The same as aligned text: mission, cohorts, what triggers the order, time to decide, where the file says it."""
    head = ("ordered out", "cohorts", "when", "decided after", "by")
    body = [(r["title"], ", ".join(r["cohorts"]) or "-", r["trigger"], r["delay"] or "-", r["path"]) for r in rows]
    return columns([head, *body], (40, 48, 110, 40))


def parameter_lines(rows: Sequence[Json]) -> list[str]:
    """The same as aligned text: path, value, range in base units, kind, grade, source."""
    head = ("parameter", "value", "range", "kind", "drawn", "evidence", "source")
    body = [(r["path"], r["value"], _range(r), r["kind"], _drawn(r), r["grade"] or "-", r["source"] or "-") for r in rows]
    return columns([head, *body], (72, 36, 28, 12, 40, 10))


def _drawn(row: Json) -> str:
    """Its law, and whose place it shares where that isn't its own."""
    law, factor = row.get("law"), row.get("factor")
    return "-" if law is None else law if factor == row["path"] else f"{law}, as {factor}"


def _range(row: Json) -> str:
    if row["low"] is None or row["high"] is None:
        return "-"
    return f"{rounded(row['low'], 4)} to {rounded(row['high'], 4)} {row['unit']}".rstrip()


def schema() -> Json:
    """The JSON Schema of scenario files, for editors."""
    from sim.scenario import json_schema

    return json_schema()
