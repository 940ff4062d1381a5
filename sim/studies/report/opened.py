"""The folders that a report is made of: finished runs, a comparison of them, and answers of studies; each as it was written."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.experiment import OutputError, Result
from sim.experiment.store import Store
from sim.studies.compare.query import CompareQuery
from sim.studies.report.studies import study_of

Json = dict[str, Any]
MEMBER = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*/[0-9a-f]{12}")
"""How a comparison names the folder of a result: below the same results."""
AGAIN = "the command that made it makes it again"


@dataclass
class Given:
    """What the folders hold."""

    results: list[Result] = field(default_factory=list)
    """Each once, those of a comparison first."""
    compared: Json | None = None
    """What ``summary.json`` of a comparison holds."""
    studies: list[Json] = field(default_factory=list)


def opened(folders: Sequence[Path]) -> Given:
    """Opens them.

    Raises:
        OutputError: if one is none of a finished command, or isn't as it was written.
    """
    given, runs = Given(), []
    for folder in folders:
        if _is_comparison(folder):
            if given.compared is not None:
                raise OutputError(f"{folder}: a second comparison, of which a page has one")
            given.results, given.compared = _comparison(folder)
        elif (study := study_of(folder)) is not None:
            given.studies.append(study)
        else:
            runs.append(Result.open(folder))
    known = {result.folder.resolve() for result in given.results}
    for result in runs:
        if result.folder.resolve() not in known:
            known.add(result.folder.resolve())
            given.results.append(result)
    return given


def _is_comparison(folder: Path) -> bool:
    with suppress(OSError, ValueError):
        return bool(Store(folder).manifest().get("study") == CompareQuery.verb)
    return False


def _comparison(folder: Path) -> tuple[list[Result], Json]:
    """The results of a comparison, the first of them the base, and what differs; as long as it is of these results."""
    data = Store(folder).intact("summary.json")
    if data is None:
        raise OutputError(f"{folder}: summary.json is not as it was written; {AGAIN}")
    try:
        summary: Json = json.loads(data)
        entries, _ = summary["results"], summary["differences"]
        names = [str(entry["folder"]) for entry in entries]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise OutputError(f"{folder}: not the folder of a comparison") from None
    if not all(map(MEMBER.fullmatch, names)):
        raise OutputError(f"{folder}: names results that are not beside it; {AGAIN}")
    results = [Result.open(folder.parent.parent / name) for name in names]
    if [result.summary for result in results] != entries:
        raise OutputError(f"{folder}: its results have changed since; {AGAIN}")
    return results, summary
