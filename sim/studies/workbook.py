"""The workbook of an answer, ``--xlsx``: its sheets, gathered from what the answer has, and the file that keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.analysis.found import NoAnswer, Run, Summary
from sim.analysis.paired import Differences
from sim.experiment.files import storing, write
from sim.experiment.identity import packaged
from sim.experiment.run import PACKAGES
from sim.present.sheets import (
    NOTES,
    differences_sheet,
    inputs_sheet,
    made_sheet,
    missions_sheet,
    summary_sheet,
    table_sheet,
)
from sim.present.workbook import ROWS, Head, Sheet, workbook
from sim.scenario import Loaded, describe

if TYPE_CHECKING:
    import polars as pl

Json = Mapping[str, Any]


def path_in(folder: Path) -> Path:
    """Where the workbook of a result or an answer lies: named after its folder, for no two open ones may have one name."""
    return folder / f"{folder.parent.name}-{folder.name}.xlsx"


def keep(folder: Path, sheets: Sequence[Sheet], title: str, path: Path | None = None) -> Path:
    """Writes the workbook of the answer in *folder*, whole or not at all; raises StoreError where that can't be done.

    *path*: where it lies if it isn't the folder's own.
    """
    path = path or path_in(folder)
    with storing(folder):
        write(path, workbook(sheets, title))
    return path


def run_sheets(found: Summary | NoAnswer, headline: str, loaded: Loaded, command: str) -> list[Sheet]:
    """Of one scenario as it is."""
    return [
        summary_sheet([headline], [found]),
        missions_sheet([found]),
        inputs_sheet({loaded.name: describe(loaded.scenario)}),
        made_sheet(_made([found], [loaded], command, found.folder), NOTES),
    ]


def compared_sheets(
    results: Sequence[Summary | NoAnswer],
    differences: Sequence[Differences],
    same_orders: Sequence[Differences] | None,
    sentences: Iterable[str],
    loaded: Sequence[Loaded],
    command: str,
    folder: Path,
) -> list[Sheet]:
    """Of several scenarios, with what differs."""
    return [
        summary_sheet(sentences, results),
        missions_sheet(results),
        differences_sheet(differences, same_orders),
        inputs_sheet({one.name: describe(one.scenario) for one in loaded}),
        made_sheet(_made(results, loaded, command, f"{folder.parent.name}/{folder.name}"), NOTES),
    ]


def study_sheets(
    summary: Json, sentences: Iterable[str], tables: Mapping[str, pl.DataFrame], loaded: Sequence[Loaded], manifest: Json
) -> list[Sheet]:
    """Of any other question: its sentences and warnings, its tables as they are."""
    said = [["answer", line] for line in sentences] + [["warning", line] for line in summary.get("warnings", ())]
    large = [f"{name}: the first {ROWS:,} rows; the files have all" for name, table in tables.items() if table.height > ROWS]
    facts = {"evacsim": manifest["evacsim"], "study": manifest["study"], "command": manifest["command"]}
    facts |= {"scenarios": ", ".join(manifest["scenarios"]), "seed": manifest["seed"], "replications": manifest["replications"]}
    return [
        Sheet("summary", [Head("What"), Head("In words", "long")], said),
        *(table_sheet(name, table) for name, table in tables.items()),
        inputs_sheet({one.name: describe(one.scenario) for one in loaded}),
        made_sheet(facts | _kept(summary["folder"], loaded), [*NOTES[:2], *large]),
    ]


def _made(results: Sequence[Run], loaded: Sequence[Loaded], command: str, folder: str) -> dict[str, Any]:
    counts = list(dict.fromkeys(one.replications for one in results))
    failed = {one.scenario: one.failed for one in results if one.failed}
    return {
        "evacsim": __version__,
        "command": command,
        "scenarios": ", ".join(one.scenario for one in results),
        "seed": results[0].seed,
        "replications": counts[0] if len(counts) == 1 else ", ".join(map(str, counts)),
        "failed replications": ", ".join(f"{many} of {name}" for name, many in failed.items()) or 0,
    } | _kept(folder, loaded)


def _kept(folder: str, loaded: Sequence[Loaded]) -> dict[str, Any]:
    """What else an answer rests on, and the folder that has the rest of it."""
    drawn = {one.name: one.inputs for one in loaded}
    modes = [f"{name}: {_drawn(inputs)}" for name, inputs in drawn.items()]
    packages = ", ".join(f"{name} {packaged(name)}" for name in PACKAGES)
    return {"inputs": "; ".join(modes), "packages": packages, "kept in": folder}


def _drawn(inputs: Any) -> str:
    if inputs is None:
        return "held as they are written"
    sets = f", {inputs.per_set} replications a set"
    return f"{len(inputs.factors):,} drawn ({inputs.mode}){sets}"
