"""The figures of docs/figures.md: each is a command that anybody can type; what it prints and its picture go to the page."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from functools import partial
from typing import NamedTuple

from making.block import DOCS, ROOT, Asked, Block
from making.desk import Desk
from making.stamp import drawn

PAGE = "figures.md"
PICTURES = DOCS / "img"


class Figure(NamedTuple):
    """A question, the command that answers it, and which of its pictures shows the answer."""

    name: str
    question: str
    command: str
    picture: str
    """A glob below the folder of results; the newest file that matches."""
    scenarios: tuple[str, ...]
    lines: int = 60
    """How many lines of what it prints go to the page."""


FACTORS = " ".join(
    f"--factors '{path}'"
    for path in (
        "threat.stay.*", "ratios.families-per-local", "airport.search.per_person", "airport.crowd.slows",
        "airport.crowd.dispersal", "security.host.after.turn_back", "security.providers.turkish.force.hold",
    )
)  # fmt: skip
"""Those of which docs/assumptions.md says that the answers lean on them most; without --factors all are screened first."""

FIGURES = (
    Figure(
        "providers",
        "Who gets out, and how fast, if the capital collapses: with nobody, Turkish forces or a late coalition at the airport?",
        "compare evacsim:none-collapse evacsim:turkish-collapse evacsim:coalition-collapse -n 200 --same-orders",
        "compare/*/compare-out.png",
        ("none-collapse", "turkish-collapse", "coalition-collapse"),
    ),
    Figure(
        "decision",
        "Which of the three to hope for, or to work for, if the capital collapses; how sure is that, and what would turn it?",
        "decide evacsim:turkish-collapse evacsim:none-collapse evacsim:coalition-collapse -n 200",
        "decide/*/decision.png",
        ("turkish-collapse", "none-collapse", "coalition-collapse"),
    ),
    Figure(
        "lanes-and-warning",
        "How do the people left behind depend on gate lanes and on the time between the first fighting and the fall?",
        "sweep evacsim:plans/lanes-and-warning -n 50",
        "sweep/*/*left_behind*.png",
        ("turkish-collapse", "none-collapse"),
    ),
    Figure(
        "what-matters",
        "What matters most for the people left behind, and how does that change without Turkish forces?",
        f"sensitivity evacsim:turkish-collapse evacsim:none-collapse --method morris {FACTORS} "
        "--factors security.unsecured_hold --factors security.absence_known --factors security.reactions.share "
        "--trajectories 6 -n 20 --measure total.left_behind",
        "sensitivity/*/morris*.png",
        ("turkish-collapse", "none-collapse"),
    ),
    Figure(
        "one-at-a-time",
        "The same one at a time, each from its low to its high end, with Turkish forces.",
        f"sensitivity evacsim:turkish-collapse --method tornado {FACTORS} -n 50 --measure total.left_behind",
        "sensitivity/*/tornado*.png",
        ("turkish-collapse",),
    ),
    Figure(
        "deadline",
        "How late can a mission still decide, with Turkish forces and without?",
        "deadline evacsim:none-collapse evacsim:turkish-collapse --mission germany --mission total -n 60 --confidence 50%",
        "deadline/*/curves.png",
        ("none-collapse", "turkish-collapse"),
    ),
    Figure(
        "enough",
        "How many more days of warning does it take to have all of Germany's people out 21 days after the first order?",
        "plan evacsim:turkish-collapse --mission germany --finish-by '21 d' --confidence 80% "
        "--vary 'warning=0 d:9 d:3 d' --vary airport.gates.abbey.lanes=3,8 -n 60",
        "plan/*/trade-off.png",
        ("turkish-collapse",),
    ),
    Figure(
        "schedule",
        "Who moves when with what, with Turkish forces at the airport?",
        "schedule evacsim:turkish-collapse -n 60",
        "schedule/*/schedule.png",
        ("turkish-collapse",),
    ),
    Figure(
        "one-more",
        "What is one more lane, officer, aircraft, bed or day of warning worth with Turkish forces at the airport?",
        "bottleneck evacsim:turkish-collapse -n 30",
        "bottleneck/*/marginal.png",
        ("turkish-collapse",),
    ),
    Figure(
        "august-2021",
        "Does the model reproduce the airlift of August 2021?",
        "validate evacsim:kabul-2021 evacsim:observations/kabul-2021.csv -n 60 --inputs values",
        "kabul-2021/*/validation-*.png",
        ("kabul-2021",),
    ),
)  # fmt: skip


def words(figure: Figure, desk: Desk) -> list[str]:
    """The command as it is run: where results are kept and on how many processes change nothing of the answer."""
    typed = shlex.split(figure.command)
    if desk.most is not None:
        at = typed.index("-n") + 1
        typed[at] = str(desk.n(int(typed[at])))
    return [*typed, "--jobs", str(desk.jobs), "--out", str(desk.out)]


def make(figure: Figure, desk: Desk) -> str:
    """Runs the command, keeps its picture, and gives its part of the page."""
    environment = {"COLUMNS": "110", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "sim", *words(figure, desk)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{figure.name}: the command ended with status {done.returncode}")
    pictures = sorted(desk.out.glob(figure.picture), key=lambda p: p.stat().st_mtime)
    if not pictures:
        raise SystemExit(f"{figure.name}: no picture {figure.picture} in {desk.out}")
    PICTURES.mkdir(exist_ok=True)
    shutil.copyfile(pictures[-1], PICTURES / f"{figure.name}.png")
    text = printed(done.stdout, figure.lines)
    return f"{head(figure)}\n\n```text\n{text}\n```"


def head(figure: Figure) -> str:
    """Question, command and picture."""
    return f"{figure.question}\n\n```sh\nevacsim {figure.command}\n```\n\n![{figure.question}](img/{figure.name}.png)"


def printed(text: str, lines: int) -> str:
    """What a command said, cut to so many lines, without the paragraph that says where it is kept."""
    said: list[str] = []
    kept = False
    for line in map(str.rstrip, text.splitlines()):
        kept = line.startswith("kept in ") or (kept and bool(line))
        if not kept:
            said.append(line)
    said = "\n".join(said).strip("\n").splitlines()
    cut = [*said[:lines], f"… {len(said) - lines} more lines"] if len(said) > lines else said
    return "\n".join(cut)


def _asked(figure: Figure) -> tuple[Asked, ...]:
    (n,) = re.findall(r"-n (\d+)", figure.command)
    written = "--inputs values" in figure.command
    return tuple(Asked(name, (figure.command, *([] if written else [drawn(name)])), int(n)) for name in figure.scenarios)


BLOCKS = tuple(Block(f.name, PAGE, partial(make, f), _asked(f)) for f in FIGURES)
