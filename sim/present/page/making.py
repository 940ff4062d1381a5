"""How the answer was made, in the order of STRESS-DES, and the scenarios themselves to copy."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.outcomes import wall
from sim.analysis.words import duration
from sim.present.page.shown import Json, Shown

OBJECTIVE = (
    "How long it takes to get each mission's staff out of a capital under threat, who is left behind, and what holds them up. To "
    "compare courses of action, not to forecast a day."
)
LOGIC = (
    "Discrete events: order, getting ready, road (vehicle, permission, checkpoints), crowd, gate, eligibility check, holding "
    "area, seat, runway; aircraft between hubs and stands. Threat, provider, closures and incidents change meanwhile."
)
DATA = (
    "Each number of the scenario with its range, its source and the grade of its evidence stands under Inputs; what nobody knows "
    "is drawn from its range, the same in all scenarios compared."
)


def making(shown: Sequence[Shown], version: str, command: str) -> Json:
    """Facts by heading, and the scenarios: lines that several share are there once."""
    lines: dict[str, int] = {}
    files = []
    for one in shown:
        text = one.result.scenario_text.splitlines()
        files.append({"name": f"{one.name}.yaml", "lines": [lines.setdefault(line, len(lines)) for line in text]})
    facts = [
        ["Objective", [OBJECTIVE]],
        ["Logic", [LOGIC]],
        ["Data", [DATA]],
        *_experiments(shown),
        *_implementation(shown, version),
    ]
    return {"facts": [*facts, *([["This page", [command]]] if command else [])], "lines": list(lines), "files": files}


def _experiments(shown: Sequence[Shown]) -> list[list[object]]:
    runs, clocks = [], []
    for one in shown:
        inputs = one.summary.inputs if one.answered else None
        sets = f"; {inputs.sets:,} sets of inputs, {inputs.per_set} replications each" if inputs else "; inputs as written"
        failed = f", {len(one.result.failed):,} of them failed" if one.result.failed else ""
        runs.append(f"{one.label}: {one.result.n:,} replications{failed}, seed {one.result.seed}{sets}")
        clock = wall(one.result)
        start = f"{clock.start.day} {clock.start:%b %Y %H:%M}"
        clocks.append(f"{one.label}: from {start} local time, {duration(clock.horizon_h)} at most; no warm-up, it starts empty")
    return [["Experiments", runs], ["Clock", clocks]]


def _implementation(shown: Sequence[Shown], version: str) -> list[list[object]]:
    commands, packages = [], []
    for one in shown:
        made = one.manifest
        if made.get("command"):
            commands.append(f"{made['command']}  # {one.found.folder}")
        names = ", ".join(f"{name} {number}" for name, number in sorted((made.get("packages") or {}).items()))
        packages.append(f"evacsim {made.get('evacsim', version)}{f' with {names}' if names else ''}")
    parts: list[list[object]] = [["Software", list(dict.fromkeys(packages))]]
    return [*parts, ["Commands", commands]] if commands else parts
