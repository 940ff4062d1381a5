"""Inputs learnt from observations: checked, simulated like any run, weighed, and written for ``--inputs``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from sim.analysis.calibration import Ensemble, fitted, targets
from sim.analysis.observations import Observation, Observations
from sim.analysis.sets import Sets
from sim.analysis.statistics import Floats
from sim.analysis.study import Batch, Outcome, Proposal
from sim.analysis.windows import Timeline, simulated
from sim.experiment import StoreError
from sim.experiment.inputs import inputs_table
from sim.scenario import Loaded, ScenarioError
from sim.scenario.errors import Fault, Place, printable
from sim.scenario.inputs import BLOCK
from sim.studies.calibrate.found import FoundCalibration, calibration_json
from sim.studies.calibrate.learning import Calibrated, calibrated
from sim.studies.calibrate.query import CalibrateQuery
from sim.studies.calibrate.summary import summarised
from sim.studies.engine import Answer, Session, StudyRunner
from sim.studies.query import QueryError
from sim.studies.table_file import writable, write_file
from sim.studies.validate.answer import checked

Json = dict[str, Any]
DIGITS = 4
"""Of a position in the file: a ten-thousandth of a range is finer than anything that can be learnt about it."""


@dataclass(frozen=True)
class Calibration(Answer):
    """How much each set counts, what that teaches about which input, and the windows before and after."""

    found: FoundCalibration = field(kw_only=True, repr=False)
    """The answer as typed values."""
    file: Path | None = None
    """Written for ``--inputs``; None where no set agrees, replications failed, or nothing was learnt that it could hold."""


class Seen(NamedTuple):
    """What the completed replications gave."""

    numbers: Floats
    """Shape (n,): which they are."""
    values: Floats
    """Shape (n, t): what each gave for each observed number; nan for a load where nothing flew."""
    failed: int


def answer(query: CalibrateQuery, session: Session) -> Calibration:
    """Weighs sets drawn from the ranges of a scenario by how well they agree with the rows marked ``calibration``.

    Raises:
        QueryError: the scenario states no ranges, or the file to write is no table.
        OutputError: the file is there already, or its folder isn't.
        ScenarioError: all faults of the files, or that no row can be learnt from.
        TooLarge: if the scenario is beyond the budget and that is not allowed.
        StoreError: if results cannot be kept.
    """
    writable(query.sets, query.overwrite)
    prepared, observations = checked(query)
    loaded = prepared.loaded
    if loaded.inputs is None:
        raise QueryError(f"{prepared.given}: none of its inputs has a range, so that there is nothing to learn about")
    if loaded.inputs.sets is not None:  # as a scenario from Python may be
        raise QueryError(f"{prepared.given}: its inputs are drawn from sets already; a calibration starts from the ranges")
    rows = _inside(loaded, observations, query.observations)
    session.hear(prepared)
    for notice in observations.notices:
        session.tell(f"{observations.name}: {notice}")
    runner = StudyRunner(session, (query.scenario,), (prepared,), query.overrides)
    seen = _simulated(runner, rows)
    found = _learnt(loaded, query, rows, seen)
    return _kept(found, summarised(found, observations, loaded, query, seen.failed), runner, observations)


def _inside(loaded: Loaded, observations: Observations, label: str) -> tuple[Observation, ...]:
    """The rows to learn from, within the scenario's clock; raises ScenarioError where there is none."""
    clock = loaded.scenario.clock
    start = clock.start.when.replace(tzinfo=None) - timedelta(hours=float(clock.utc_offset))
    end = start + timedelta(hours=clock.horizon.mean)
    marked = fitted(observations.rows)
    rows = tuple(row for row in marked if start <= (row.start or row.end) and row.end <= end)
    if not rows:
        some = "no row of use calibration" if not marked else "no row of use calibration that lies in the scenario's clock"
        raise ScenarioError([Fault.at(Place(printable(label, 200)), (), f"expected rows to learn from: there is {some}")])
    return rows


def _simulated(runner: StudyRunner, rows: Sequence[Observation]) -> Seen:
    query = runner.query
    runner.session.progress.begin(f"{query.verb}: {-(-query.n // query.per_set):,} sets of inputs", 0, query.n)
    (seen,) = runner.gather(Batch([Proposal((), query.n)], partial(_read, rows)))
    assert isinstance(seen, Seen)
    return seen


def _read(rows: Sequence[Observation], outcome: Outcome) -> Seen:
    if outcome.result is None:
        raise StoreError(outcome.error or "no replication gave a result")
    timeline = Timeline(outcome.result)
    numbers = outcome.result.table("replications")["replication"].sort().to_numpy().astype(np.float64)
    return Seen(numbers, np.column_stack([simulated(timeline, row) for row in rows]), outcome.failed)


def _learnt(loaded: Loaded, query: CalibrateQuery, rows: tuple[Observation, ...], seen: Seen) -> Calibrated:
    assert loaded.inputs is not None
    observed = targets(rows, query.discrepancy)
    sets = Sets.of(seen.numbers, query.per_set)
    table = inputs_table(loaded.inputs, query.seed, query.n).filter(pl.col("set").is_in(sets.numbers.tolist()))
    places = table["position"].to_numpy().reshape(sets.count, -1)  # by set, then by name, as the factors are
    ensemble, blocks = Ensemble(observed.scaled(seen.values), sets), sets.numbers // BLOCK
    return calibrated(rows, observed, ensemble, loaded.inputs.factors, places, blocks, query.leave_out)


def sets_table(found: Calibrated) -> pl.DataFrame:
    """Every input in each set that counts, in the columns that ``--inputs`` reads."""
    some = np.flatnonzero(found.weighted.weights)
    names = [factor.name for factor in found.factors]
    return pl.DataFrame(
        {
            "set": np.repeat(found.ensemble.sets.numbers[some], len(names)),
            "factor": names * some.size,
            "position": found.positions[some].ravel().round(DIGITS),
            "weight": np.repeat(found.weighted.weights[some], len(names)),
        }
    )


def _kept(learnt: Calibrated, found: FoundCalibration, runner: StudyRunner, observations: Observations) -> Calibration:
    query = runner.query
    assert isinstance(query, CalibrateQuery)
    table, summary = sets_table(learnt), calibration_json(found)
    known = [row.factor for row in found.known]
    tables = {"windows": _frame(summary["windows"]), "learnt": _frame(summary["inputs"])}
    written = found.final and found.agree > 0
    if written:
        tables["sets"] = table
    folder = runner.folder(observations=observations.digest)
    gives = partial(Calibration, found=found)
    answer = runner.keep(folder, gives, summary, tables, found, learnt, observations=observations.digest)
    if query.only_learnt:
        written = written and bool(known)
        table = table.filter(pl.col("factor").is_in(known))
    if written:
        write_file(table, query.sets, query.overwrite, for_people=False)
    return replace(answer, file=query.sets if written else None)


def _frame(rows: Sequence[Json]) -> pl.DataFrame:
    """Rows of the summary as a table, nested numbers as columns of their own."""
    plain = [dict(_flat(row)) for row in rows]
    return pl.DataFrame(plain, infer_schema_length=None)


def _flat(row: Json) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        if isinstance(value, dict):
            yield from ((f"{key}_{name}", inner) for name, inner in value.items())
        else:
            yield key, value
