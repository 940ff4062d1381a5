"""The least of one or two levers with which everybody is out in time: every combination simulated, the answer kept."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import polars as pl

from sim import __version__
from sim.analysis.planning import Combination, Goal, Lever, plan_study, plan_table, summarise_plan
from sim.analysis.study import Proposal
from sim.present.pictures import Pictures
from sim.scenario import Loaded, ScenarioError
from sim.scenario.errors import Fault, printable
from sim.scenario.merge import nearest
from sim.scenario.parsing import UNITS, scalar
from sim.scenario.types import Date
from sim.studies.axis import Axis, VaryError, parse_vary
from sim.studies.kept import asked_command, folder_of, keep
from sim.studies.lab import Lab
from sim.studies.options import Options, crew_of
from sim.studies.orders import TOTAL, WARNING, LeverError, check_mission, horizon, moving, warning
from sim.studies.preparing import Prepared, TooLarge, prepare
from sim.studies.query import Given
from sim.studies.query import QueryError as AskError

Json = dict[str, Any]
MOST_LEVERS = 2
MOST_POINTS = 2_000
MOST_FAULTS = 20
"""Lines of faults; the rest are counted."""
_SET = re.compile(r"--set ([0-9]+)")
_AMOUNT = re.compile(r"\s*([-+]?(?:[0-9][0-9_]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*([^0-9\s].*?)?\s*")


@dataclass(frozen=True)
class Asked:
    """The question."""

    finish_by: str
    """A time after the first order, or a date."""
    vary: tuple[str, ...]
    """``PATH=VALUES`` of one or two levers; the path ``warning`` is the fall so much later."""
    confidence: float = 0.9
    mission: str = TOTAL


@dataclass(frozen=True)
class Planned:
    """The answer, and where it is kept."""

    summary: Json
    folder: Path
    plots: tuple[Path, ...] = ()

    @property
    def points(self) -> pl.DataFrame:
        """A row per combination."""
        return plan_table(self.summary)

    @property
    def headline(self) -> str:
        return str(self.summary["headline"])


def plan(
    scenario: Given,
    finish_by: str,
    vary: Mapping[str, Iterable[Any]] | Iterable[str],
    confidence: float = 0.9,
    *,
    mission: str = TOTAL,
    n: int = 200,
    seed: int = 1,
    overrides: Iterable[str] = (),
    jobs: int | None = None,
    out: str | os.PathLike[str] = "results",
    csv: bool = False,
    plots: bool = True,
    svg: bool = False,
) -> Planned:
    """The least of *vary* with which everybody of *mission* (default: all together) is out by *finish_by*.

    Raises:
        ScenarioError: all faults of the file.
        VaryError: a value that the scenario does not take; nothing is simulated.
        AskError, LeverError: what is asked for makes no sense for this scenario.
        OutputError, StoreError: if results cannot be kept.
    """
    options = Options(n=n, seed=seed, jobs=jobs, overrides=tuple(overrides), out=Path(out), csv=csv, plots=plots, svg=svg)
    texts = [f"{p}={','.join(map(str, v))}" for p, v in vary.items()] if isinstance(vary, Mapping) else list(vary)
    (ready,) = prepare([scenario], options.overrides, options.allow_large)
    return plan_one(ready, Asked(finish_by, tuple(texts), confidence, mission), options)


def plan_one(prepared: Prepared, asked: Asked, options: Options, say: Callable[[str], None] = lambda line: None) -> Planned:
    """The same of a scenario that has passed its checks; *say* is told what it will cost."""
    begun = time.monotonic()
    one = prepared.loaded
    goal = goal_of(one, asked)
    levers = levers_of(asked.vary)
    combinations = _combinations(one, levers, goal)
    with crew_of(options) as crew:
        lab = Lab.of([one], replace(options, overrides=()), crew)
        _accepted(lab, combinations, levers, options)
        count = len(combinations)
        say(f"plan: {count} combination{'s' if count != 1 else ''} × {options.n:,} replications = {count * options.n:,}")
        results = lab.conduct(plan_study(combinations, options.n, goal), "plan")
    start = one.scenario.clock.start.when.isoformat(" ", "minutes")
    summary = summarise_plan(one.scenario.title, one.name, levers, combinations, results, goal, start, options.seed)
    question = {"goal": [goal.scope, goal.limit_h, goal.by_clock, goal.confidence], "levers": [list(v[:2]) for v in levers]}
    folder = folder_of("plan", [one], question, options)
    summary["folder"] = f"{folder.parent.name}/{folder.name}"

    def draw(into: Pictures) -> None:
        from sim.present.plot_plan import draw_plan

        draw_plan(summary, into)

    manifest = _manifest(prepared, asked, options, summary, time.monotonic() - begun)
    plots = keep(folder, summary, {"points": plan_table(summary)}, manifest, options, draw)
    return Planned(summary | {"folder": str(folder)}, folder, plots)


def goal_of(one: Loaded, asked: Asked) -> Goal:
    """What is to be reached; raises :class:`AskError`."""
    if not 0 < asked.confidence < 1:
        raise AskError(f"--confidence: expected a share between 0 and 1, such as 90%, got {asked.confidence:g}")
    able = moving(one.scenario)
    if asked.mission != TOTAL:
        check_mission(asked.mission, one.scenario.missions, able)
    if not able:
        raise AskError(f"{one.name}: nobody has to be moved")
    try:
        within = scalar(asked.finish_by, "time")
    except ValueError:
        within = None
    if within is not None and within <= 0:
        raise AskError(f'--finish-by: expected a time above 0, got "{printable(asked.finish_by, 40)}"')
    if within is not None:
        return Goal(asked.mission, within, False, asked.confidence)
    try:
        hours = Date.parse(asked.finish_by).hours_after(one.scenario.clock.start)
    except ValueError:
        text = asked.finish_by[:40]
        raise AskError(f'--finish-by: expected a time after the first order such as 10 d, or a date, got "{text}"') from None
    if hours <= 0:
        raise AskError(f"--finish-by: {asked.finish_by} is not after the start of {one.name}")
    return Goal(asked.mission, hours, True, asked.confidence)


def levers_of(texts: Sequence[str]) -> list[Lever]:
    """One or two levers, values from the least to the most.

    Values that already rise or fall throughout stay in the order given, the first the least; other numbers are sorted.
    """
    if not 1 <= len(texts) <= MOST_LEVERS:
        raise AskError(f"--vary: expected one or two levers, got {len(texts)}")
    levers = []
    for k, text in enumerate(texts, start=1):
        try:
            levers.append(_lever(parse_vary(text)))
        except VaryError as error:
            raise VaryError(f"--vary {k}: {error}") from None
    if len({lever.path for lever in levers}) < len(levers):
        raise VaryError(f"--vary {len(levers)}: {levers[0].path}: is varied twice")
    size = 1
    for lever in levers:
        size *= len(lever.values)
    if size > MOST_POINTS:
        raise AskError(f"--vary: expected at most {MOST_POINTS:,} combinations, got {size:,}")
    return levers


def _lever(axis: Axis) -> Lever:
    path, values = axis.path, list(axis.values)
    read = [_AMOUNT.fullmatch(v) for v in values]
    units = [m[2] or "" for m in read if m]
    tables = [t for t in UNITS.values() if set(units) <= set(t)]
    if not all(read) or (len(set(units)) > 1 and not tables):
        return Lever(path, tuple(values), None, "")
    factor = tables[0] if len(set(units)) > 1 else dict.fromkeys(units, 1.0)
    one = factor[units[0]]
    amounts = [float(m[1]) * factor[m[2] or ""] / one for m in read if m]
    if not (all(a < b for a, b in pairwise(amounts)) or all(a > b for a, b in pairwise(amounts))):
        ordered = sorted(zip(amounts, values, strict=True))
        amounts, values = [a for a, _ in ordered], [v for _, v in ordered]
    return Lever(path, tuple(values), tuple(amounts), units[0])


def _combinations(one: Loaded, levers: Sequence[Lever], goal: Goal) -> list[Combination]:
    longer = horizon(one.scenario, goal.limit_h) if goal.by_clock else ()
    made = []
    for ranks in product(*(range(len(lever.values)) for lever in levers)):
        settings: list[str] = []
        for lever, rank in zip(levers, ranks, strict=True):
            settings += _settings(one, lever, rank, f"--vary {levers.index(lever) + 1}")
        made.append(Combination(ranks, (*settings, *longer)))
    return made


def _settings(one: Loaded, lever: Lever, rank: int, option: str) -> tuple[str, ...]:
    """What makes a value of a lever; raises AskError and LeverError, which name the *option*."""
    value = lever.values[rank]
    if lever.path != WARNING:
        return (f"{lever.path}={value}",)
    try:
        return warning(one, scalar(value, "time"))
    except LeverError as error:
        raise LeverError(f"{option}: {error}") from None
    except ValueError as error:
        raise AskError(f"{option}: {WARNING}: {error}") from None


def _accepted(lab: Lab, combinations: Sequence[Combination], levers: Sequence[Lever], options: Options) -> None:
    """Loads every combination before anything is simulated; raises :class:`VaryError` with a line for each fault."""
    lines: dict[str, None] = {}  # the fault of a value is the same in each combination that has it
    one = lab.base[0].loaded
    for combination in combinations:
        try:
            lab.source(Proposal(combination.settings, options.n))
        except ScenarioError as error:
            owners = [
                k for k, v in enumerate(levers) for _ in _settings(one, v, combination.ranks[k], f"--vary {k + 1}")
            ]  # by setting
            lines |= dict.fromkeys(_fault(fault, levers, owners, combination) for fault in error.faults)
        except TooLarge as error:
            lines[f"{_whole(levers, combination)}: {error}"] = None
    if lines:
        rest = [f"--vary: and {len(lines) - MOST_FAULTS:,} more faults"] if len(lines) > MOST_FAULTS else []
        raise VaryError("\n".join([*list(lines)[:MOST_FAULTS], *rest]))


def _fault(fault: Fault, levers: Sequence[Lever], owners: Sequence[int], combination: Combination) -> str:
    """One fault in one line: the option whose value is wrong, or the whole combination where the fault shows elsewhere."""
    what = f"{fault.path}: {fault.message}" if fault.path else fault.message
    number = int(found[1]) - 1 if (found := _SET.fullmatch(fault.file)) else len(owners)
    if number >= len(owners):
        return f"{_whole(levers, combination)}: {what}"
    lever = levers[owners[number]]
    if fault.path == lever.path and "unknown key" in fault.message and "nearest" not in fault.message:
        what += nearest(lever.path, (WARNING,))
    return f"--vary {owners[number] + 1}: {what}"


def _whole(levers: Sequence[Lever], combination: Combination) -> str:
    values = (f"{v.path} = {printable(v.values[rank])}" for v, rank in zip(levers, combination.ranks, strict=True))
    return f"--vary {' and '.join(str(k + 1) for k in range(len(levers)))} ({', '.join(values)})"


def _manifest(prepared: Prepared, asked: Asked, options: Options, summary: Json, seconds: float) -> Json:
    words = ["--finish-by", asked.finish_by, "--confidence", f"{asked.confidence:g}"]
    for text in asked.vary:
        words += ["--vary", text]
    words += ["--mission", asked.mission] if asked.mission != TOTAL else []
    return {
        "evacsim": __version__,
        "study": "plan",
        "scenarios": [prepared.loaded.name],
        "seed": options.seed,
        "replications": summary["replications"],
        "wall_seconds": round(seconds, 3),
        "command": asked_command("plan", [prepared.given], words, options),
    }


__all__ = ["AskError", "Asked", "LeverError", "Planned", "VaryError", "goal_of", "levers_of", "plan", "plan_one"]
