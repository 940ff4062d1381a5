"""What is damaged and how it is read: one class for each kind of input, whose ``try_one`` damages it once and says how it ended.

An input ends *accepted*, *refused* (a line for each fault), as *status 3* (something failed, the rest is kept), or wrongly: in a
*traceback*, a *hang*, or *nonsense* that was accepted in silence.
"""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

import contextlib
import io
import json
import math
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import openpyxl
import polars as pl

import sim
from sim import authoring
from sim.analysis.observations import load_observations
from sim.cli import main
from sim.experiment import OutputError, Result, StoreError
from sim.experiment.blocks import TABLES
from sim.experiment.store import Store
from sim.model import compile_scenario, simulate
from sim.model.limit import LimitError
from sim.scenario import ScenarioError, cautions, describe, estimate, impossible, load
from sim.scenario.inputs import drawn_factors
from sim.studies.design.given import spec_of
from sim.studies.design.space import space_of
from sim.studies.engine import session_of
from sim.studies.preparing import TooLarge
from sim.studies.query import QueryError
from sim.studies.sweep.query import SweepQuery
from tests.fuzz import mutators

SEEDS = [path.read_text("utf-8") for path in sorted((Path(__file__).parent / "seeds").glob("*.yaml"))]
REFUSALS = (ScenarioError, OutputError, StoreError, TooLarge, QueryError)
MOST_EVENTS = 20_000
"""Scenarios of at most so many events are simulated, too."""
LONGEST = 3_000
"""Characters of a line that a person still reads."""


class Nonsense(Exception):
    """What was accepted, or said, is wrong."""


def said(text: str) -> None:
    """Raises Nonsense unless *text* is a refusal that people can read."""
    lines = text.splitlines()
    if not lines or any(not line.strip() or len(line) > LONGEST for line in lines):
        raise Nonsense(f"a refusal that says nothing, or too much: {text[:200]!r}")
    if bad := [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]:
        raise Nonsense(f"a refusal with {bad[0]!r} in it: {text[:200]!r}")


class Kind:
    """One kind of input."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.name
        self.folder.mkdir()
        self.last: bytes = b""
        """The input that was tried last."""

    def try_one(self, random: Random) -> str:
        """Damages an input and reads it: how it ended.  Whatever else is raised is a bug."""
        try:
            return self.read(random)
        except REFUSALS as error:
            said(str(error))
            return "refused"

    def read(self, random: Random) -> str:
        raise NotImplementedError

    def file(self, name: str, data: bytes) -> Path:
        self.last = data
        path = self.folder / name
        path.write_bytes(data)
        return path


class Scenarios(Kind):
    name = "scenarios"

    def read(self, random: Random) -> str:
        seed = random.choice(SEEDS)
        damage = random.choice(
            (mutators.numbers, mutators.numbers, mutators.tree, mutators.tree, mutators.words, mutators.characters)
        )
        text = damage(seed, random)
        path = self.file(
            "scenario.yaml",
            text.encode("utf-8", "surrogatepass") if random.random() < 0.97 else mutators.raw(seed.encode(), random),
        )
        scenario = load(path).scenario
        size = estimate(scenario)
        for lines in (impossible(scenario), cautions(scenario)):
            for line in lines:
                said(line)
        rows = describe(scenario)
        if any(isinstance(v, float) and math.isnan(v) for row in rows for v in row):
            raise Nonsense("a parameter that is no number")
        drawn_factors(scenario)
        if not all(math.isfinite(x) and x >= 0 for x in (size.people, size.loads, size.sorties, size.events, size.memory_mb)):
            raise Nonsense(f"an estimate that is no number: {size}")
        if size.excess is None and size.events <= MOST_EVENTS and scenario.clock.horizon.mean <= 2000:
            try:
                sound(simulate(compile_scenario(scenario), 1, random.randrange(1000)))
            except LimitError:
                return "status 3"
        return "accepted"


def sound(records: Any) -> None:
    """Raises Nonsense unless the records of a replication count every person once and their times are in order."""
    for table in (records.missions, records.cohorts):
        fates = [np.asarray(table[name], float) for name in ("evacuated", "staying", "stranded", "unfinished")]
        staff = np.asarray(table["staff"], float)
        if any((fate < 0).any() for fate in fates) or not np.array_equal(sum(fates), staff):
            raise Nonsense("people who are counted twice, or not at all")
        times = [np.asarray(table[name], float) for name in ("t50_h", "t90_h", "t100_h")]
        if any(np.isnan(time).any() or (time < 0).any() for time in times):
            raise Nonsense("times that are none")
        if (times[0] > times[1]).any() or (times[1] > times[2]).any():
            raise Nonsense("all are out before half of them")
    for name, number in records.replication.items():
        if "utilisation" in name and isinstance(number, float) and number > 1 + 1e-6:
            raise Nonsense(f"{name} is {number}")


class Designs(Kind):
    name = "designs"
    SEEDS = (
        "scenario: s.yaml\nn: 4\nseed: 7\nmeasures: [total.p90, north.left_behind]\ndesign:\n  grid:\n    airport.gates.main.lanes: [1, 2, 3]\n"
        "    road.drive: [30 min, 1 h]\n",
        "title: Sampled\nscenario: s.yaml\nn: 4\ndesign:\n  latin: {points: 8, seed: 3}\n  airport.gates.main.lanes: 1:4\n"
        "  missions.north.order.at: 2 h:9 h\n",
        "scenario: s.yaml\nset: {clock.horizon: 5 d}\ndesign:\n  points:\n    - {airport.gates.main.lanes: 1}\n    - {road.drive: 20 min}\n",
    )  # fmt: skip

    def read(self, random: Random) -> str:
        (self.folder / "s.yaml").write_text(SEEDS[0], "utf-8")
        damage = random.choice((mutators.numbers, mutators.tree, mutators.words, mutators.characters))
        path = self.file("design.yaml", damage(random.choice(self.SEEDS), random).encode("utf-8", "surrogatepass"))
        spec = spec_of((str(path),))
        query = SweepQuery.of(str(path), jobs=1, plots=False, out=self.folder / "out").completed(spec.n, spec.seed)
        with session_of(query) as session:
            space = space_of(spec, session)
            for number in space.design.spread(3):
                with contextlib.suppress(ScenarioError, TooLarge):  # which are rows
                    space.runner.source(space.proposal(number))
        return "accepted"


class Rosters(Kind):
    name = "rosters"
    SEED = (
        "mission,cohort,people,site,vehicles,distance\nnorth,core,60,Wazir,vans,5.5\nnorth,local,300,,buses,5.5\n"
        "south,core,1200,Shar,,7\nTotal,,1560,,,\n"
    )
    suffix = "csv"

    def data(self, random: Random) -> bytes:
        damage = random.choice((mutators.numbers, mutators.cells, mutators.cells, mutators.characters))
        return mutators.encoded(damage(self.SEED, random), random)

    def read(self, random: Random) -> str:
        path = self.file(f"roster.{self.suffix}", self.data(random))
        notices: list[str] = []
        text = authoring.new(None, str(path), None, notify=notices.append)
        for notice in notices:
            said(notice)
        written = self.folder / "written.yaml"
        written.write_text(text, "utf-8")
        (report,) = authoring.check(str(written))
        if report.faults or report.excess:
            raise Nonsense(f"what new writes is refused: {report.faults[:1] or report.excess}")
        return "accepted"


def book(text: str) -> bytes:
    """The table as a workbook."""
    made = openpyxl.Workbook()
    for row in text.splitlines():
        made.active.append([float(cell) if cell.replace(".", "", 1).isdigit() else cell or None for cell in row.split(",")])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


class RosterBooks(Rosters):
    name = "workbooks"
    suffix = "xlsx"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.book = book(self.SEED)

    def data(self, random: Random) -> bytes:
        return mutators.workbook(self.book, random)


class ObservationFiles(Kind):
    name = "observations"
    SEED = (
        "window_id,start_utc,end_utc,measure,scope,place,value,low,high,use\n"
        "first,2021-09-13T00:00Z,2021-09-14T00:00Z,people,all,,320,300,340,calibration\n"
        "second,2021-09-14 00:00,2021-09-15 00:00,load,all,,50,,,blind\n"
        "night,,2021-09-12T23:30Z,stock,,inside,250,200,300,check\n"
    )  # fmt: skip

    def read(self, random: Random) -> str:
        damage = random.choice((mutators.numbers, mutators.cells, mutators.cells, mutators.characters))
        path = self.file("seen.csv", mutators.encoded(damage(self.SEED, random), random))
        found = load_observations(path)
        for notice in found.notices:
            said(notice)
        for row in found.rows:
            if not math.isfinite(row.value) or (row.start is not None and row.start >= row.end):
                raise Nonsense(f"an observation that is none: {row}")
        return "accepted"


class Options(Kind):
    name = "options"
    COMMANDS = (
        ("check", "s.yaml"), ("describe", "s.yaml"), ("bound", "s.yaml"), ("trace", "s.yaml"), ("run", "s.yaml"), ("schema",), ("plot", "x"),
        ("compare", "s.yaml", "s.yaml"), ("sweep", "s.yaml"), ("plan", "s.yaml"), ("decide", "s.yaml"), ("deadline", "s.yaml"),
        ("bottleneck", "s.yaml"), ("sensitivity", "s.yaml"), ("validate", "s.yaml", "seen.csv"), ("new",),
    )  # fmt: skip
    NAMES = (
        "-n", "--seed", "--per-set", "--until", "--most", "--mission", "--by", "--set", "--set", "--set", "--inputs", "--vary", "--measure",
        "--confidence", "--finish-by", "--from", "--to", "--dates", "--resolution", "--only", "--step", "--within", "--objective", "--cost",
        "--method", "--top", "--factors", "--replication", "--json", "--quiet", "--all", "--nosuch", "--help", "--csv",
    )  # fmt: skip
    FLAGS = ("--json", "--quiet", "--all", "--nosuch", "--help", "--csv")
    PATHS = (
        "airport.gates.main.lanes",
        "road.drive",
        "missions.north.order.at",
        "clock.horizon",
        "nosuch",
        "lift.fleets.relief.number",
        "",
    )

    def read(self, random: Random) -> str:
        (self.folder / "s.yaml").write_text(SEEDS[0], "utf-8")
        (self.folder / "seen.csv").write_text(ObservationFiles.SEED, "utf-8")
        words = list(random.choice(self.COMMANDS))
        simulates = words[0] not in ("check", "describe", "bound", "trace", "schema", "plot", "new")
        if words[0] == "plan":
            words += ["--finish-by", "3 d"]
        if words[0] in ("plan", "sweep", "decide"):
            words += ["--vary", "airport.gates.main.lanes=1,2"]
        for _ in range(random.choice((1, 1, 2, 3))):
            name = random.choice(self.NAMES)
            given = mutators.value(random)
            if name in ("--set", "--vary", "--step", "--cost"):
                given = f"{random.choice(self.PATHS)}={given}"
            if name in ("-n", "--most", "--dates", "--top") and given.strip().lstrip("-").isdigit() and len(given) > 2:
                given = "3"  # what is right and large takes long
            words += [name] if name in self.FLAGS else [name, given]
        if simulates:
            words += ["--jobs", "1", "--no-plots", "--out", "out"]
            if "-n" not in words:
                words += ["-n", "2"]
        self.last = "\0".join(words).encode("utf-8", "surrogatepass")
        return self.run(words)

    def run(self, words: list[str]) -> str:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main(words)
            except SystemExit as left:
                status = left.code
        shown = err.getvalue()
        if status not in (0, 2, 3) or "Traceback" in shown:
            raise RuntimeError(f"status {status}: {shown[:300]}")
        if status == 2:
            said("\n".join(line for line in shown.splitlines() if line.strip()))
        if status == 0 and "--json" in words and "--help" not in words and words[0] not in ("schema", "plot", "new"):
            json.loads(out.getvalue(), parse_constant=_no_constant)
        return {0: "accepted", 2: "refused", 3: "status 3"}[int(status)]


def _no_constant(text: str) -> float:
    raise Nonsense(f"{text} in JSON")


class StoredFolders(Kind):
    name = "stored folders"
    N = 40

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        seed = self.folder / "s.yaml"
        seed.write_text(SEEDS[0], "utf-8")
        self.whole = sim.run(seed, n=self.N, jobs=1, plots=False, out=self.folder / "out").result.folder
        self.right = self.numbers(self.whole)

    def numbers(self, folder: Path) -> tuple[Any, ...]:
        result = Result.open(folder)
        tables = [result.table(name) for name in TABLES]
        return (
            result.seed,
            result.n,
            result.title,
            result.scenario_text,
            result.summary,
            [t.to_dict(as_series=False) for t in tables],
        )

    def read(self, random: Random) -> str:
        folder = self.folder / "copy" / "id"
        shutil.rmtree(folder.parent, ignore_errors=True)
        shutil.copytree(self.whole, folder)
        files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != ".lock")
        stranger = random.random() < 0.4
        for _ in range(random.choice((1, 1, 2))):
            victim = random.choice(files)
            match random.randrange(6):
                case 0:
                    victim.unlink(missing_ok=True)
                case 1:
                    other = random.choice(files)
                    victim.write_bytes(other.read_bytes() if other.exists() else b"")
                case 2 if victim.suffix == ".json" and victim.exists():
                    victim.write_text(mutators.characters(victim.read_text("utf-8", "replace"), random), "utf-8", "surrogatepass")
                case 3 if victim.suffix == ".parquet" and victim.exists():
                    victim.write_bytes(_table(victim, random))
                case _:
                    victim.write_bytes(mutators.raw(victim.read_bytes() if victim.exists() else b"x", random))
            self.last = f"{victim.name} {stranger}".encode()
        if stranger:
            self.sign(folder, random)
        found = self.numbers(folder)
        if not stranger and found != self.right:
            raise Nonsense(f"another answer from damaged files: {self.last!r}")
        return "accepted"

    @staticmethod
    def sign(folder: Path, random: Random) -> None:
        """Gives a damaged folder right checksums, as a stranger can."""
        try:
            manifest = json.loads((folder / "manifest.json").read_bytes())
            for key in ("checksum", "checksums"):
                manifest.pop(key, None)
            if random.random() < 0.5:
                key = random.choice(list(manifest))
                manifest[key] = random.choice((None, -1, 10**12, 10**30, "x", [], {}, 41, True, "x" * 10**5))
            Store(folder).write_json("manifest.json", manifest)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass  # the manifest itself is damaged


def _table(path: Path, random: Random) -> bytes:
    """A table that can be read, with other rows, columns or types."""
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        return b""
    name = random.choice(frame.columns)
    match random.randrange(4):
        case 0:
            frame = frame.head(random.randrange(frame.height + 1))
        case 1:
            frame = frame.drop(name)
        case 2:
            frame = frame.with_columns(pl.lit(random.choice((None, 0, -1, "x", math.nan))).alias(name))
        case _:
            frame = pl.concat([frame, frame])
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


KINDS: dict[str, type[Kind]] = {
    kind.name: kind for kind in (Scenarios, Designs, Rosters, RosterBooks, ObservationFiles, Options, StoredFolders)
}
SHARES = {"scenarios": 10, "designs": 4, "rosters": 8, "workbooks": 2, "observations": 8, "options": 2, "stored folders": 2}
"""How often each is tried, in proportion: those that are read fast more often."""


def order(random: Random, only: str | None = None) -> Iterator[str]:
    """Names of kinds, for ever."""
    while True:
        yield only or random.choices(list(SHARES), list(SHARES.values()))[0]


__all__ = ["KINDS", "SHARES", "Kind", "Nonsense", "order", "sys"]
