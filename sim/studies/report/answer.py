"""One page of stored results, checked and read again; only the few runs that it replays are simulated once more."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.analysis import differences, matrix
from sim.analysis.found import Summary, found_of
from sim.experiment import OutputError, Result, StoreError
from sim.experiment.files import saving, write
from sim.scenario import Layers, Loaded, ScenarioError
from sim.studies.query import portable
from sim.studies.report.content import NOTHING, Compared, content, page_of, shown
from sim.studies.report.keep import kept_of, marked
from sim.studies.report.opened import Given, opened
from sim.studies.report.query import ReportQuery
from sim.studies.report.replay import replays
from sim.studies.runs import headline_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Report:
    """The page that was written."""

    path: Path
    sections: tuple[str, ...]
    """Titles of its sections, in order."""
    size: int
    """Bytes."""
    folder: None = None
    """It lies wherever it was asked for."""

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {"report": str(self.path), "sections": list(self.sections), "bytes": self.size}

    def unfinished(self) -> list[str]:
        """Nothing is simulated, so that nothing is unfinished."""
        return []


def answer(query: ReportQuery) -> Report:
    """Reads the results and writes the page.

    Raises:
        OutputError: if a folder isn't that of a finished command, or what it holds isn't what one writes; or if the page
            can't be written there.
        StoreError: if the disk is full.
    """
    if query.output.exists() and not query.overwrite and kept_of(query.output) is None:
        raise OutputError(f"{query.output} is there already, and no page of ours: --overwrite writes over it")
    given = opened([Path(folder) for folder in query.results])
    command = shlex.join(["evacsim", "report", *map(portable, query.results), "-o", portable(str(query.output))])
    try:
        data, text = _made(given, command)
    except (OutputError, StoreError, MemoryError):
        raise
    except Exception as error:  # whoever wrote these files, it was no command of ours
        if os.environ.get("EVACSIM_DEBUG"):
            raise
        why = " ".join(str(error).split())[:200]
        names = ", ".join(query.results)
        raise OutputError(f"{names}: not what a command of this version writes: {type(error).__name__}: {why}") from error
    with saving(query.output):
        write(query.output, text)
    return Report(query.output, tuple(section["title"] for section in data["sections"]), len(text))


def _made(given: Given, command: str) -> tuple[Json, bytes]:
    """The data of the page, and the page."""
    loaded = [loaded_again(result) for result in given.results]
    some = shown(given.results, loaded, [headline_of(*each) for each in zip(given.results, loaded, strict=True)])
    replayed = replays(given.results, loaded)
    differ = compared(given.results) if given.compared is None else Compared.of(given.compared)
    data = content(some, differ, given.studies, command, replayed)
    return data, marked(page_of(data, some))


def compared(results: Sequence[Result]) -> Compared:
    """The paired differences of several results from the first, and their matrix; nothing of one, or of different seeds."""
    if len(results) < 2 or len({result.seed for result in results}) > 1 or any(r.n == len(r.failed) for r in results):
        return NOTHING
    base, *others = results
    summaries = [found for result in results if isinstance(found := found_of(result.summary), Summary)]
    return Compared([differences(base, other) for other in others], None, matrix(summaries))


def loaded_again(result: Result) -> Loaded:
    """The scenario of a stored result; raises OutputError where this version can't read it."""
    try:
        return Layers.of_text(result.scenario_text, f"{result.folder}/scenario.yaml").load()
    except ScenarioError as error:
        raise OutputError(f"{result.folder}: its scenario cannot be read by this version: {error.faults[0]}") from None
