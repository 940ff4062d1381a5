"""Working on scenario files without simulating: check, describe, start a new one."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.console import columns
from sim.experiment import OutputError
from sim.scenario import ScenarioError, load

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
    excess: str | None = None
    """Why it is beyond the budget, if it is."""
    impossible: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """What its author can hardly have meant."""

    def lines(self) -> list[str]:
        """What a person reads of a file without faults."""
        size = f"about {self.loads:,.0f} loads, {self.events:,.0f} events and {self.memory_mb:,.0f} MB a replication"
        lines = [f"{self.file}: no faults; {self.missions} missions, about {self.staff:,.0f} people; {size}"]
        if self.factors:
            lines[0] += f"; {self.factors:,} inputs ({self.drawn:,} numbers) are drawn anew for each set"
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


def _check(file: str, overrides: Sequence[str]) -> Report:
    from sim.scenario import cautions, estimate, impossible
    from sim.scenario.inputs import drawn_factors

    try:
        scenario = load(file, overrides).scenario
    except ScenarioError as error:
        return Report(file, tuple(map(str, error.faults)))
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
        excess=size.excess,
        impossible=tuple(impossible(scenario)),
        warnings=tuple(cautions(scenario)),
    )


def new(file: str | os.PathLike[str] | None = None, from_csv: str | os.PathLike[str] | None = None) -> str:
    """A commented scenario to start from, with the staff of a CSV roster if one is given; written to *file* if that is named.

    Raises:
        ScenarioError: all faults of the roster.
        OutputError: if the file was there already, or cannot be written.
    """
    from sim.scenario import starter, starter_from_csv

    text = starter() if from_csv is None else starter_from_csv(Path(from_csv))
    if file is None:
        return text
    try:
        with open(file, "x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise OutputError(f"{os.fspath(file)} is there already; nothing was written") from None
    except OSError as error:
        raise OutputError(f"cannot write {os.fspath(file)}: {error.strerror}") from None
    return text


def describe(file: str, overrides: Sequence[str] = (), everything: bool = False) -> list[Json]:
    """A mapping for every quantity that the scenario says, or also for those that it leaves at their default."""
    from sim.scenario import describe as described

    rows = (row._asdict() for row in described(load(file, overrides).scenario, everything))
    return [{k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()} for row in rows]


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
    return f"{row['low']:.4g} to {row['high']:.4g} {row['unit']}".rstrip()


def schema() -> Json:
    """The JSON Schema of scenario files, for editors."""
    from sim.scenario import json_schema

    return json_schema()
