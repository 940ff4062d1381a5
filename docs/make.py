"""Every figure and table of docs/figures.md, made again: ``python docs/make.py [--only NAME ...] [--out FOLDER]``.

Each figure is a command that anybody can type; what it prints goes to the page, its picture to ``docs/img/``.  Results are kept
in FOLDER (``results/`` unless told otherwise), so that a second run makes the page from what is stored.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "figures.md"
PICTURES = ROOT / "docs" / "img"


class Figure(NamedTuple):
    """A question, the command that answers it, and which of its pictures shows the answer."""

    name: str
    question: str
    command: str
    picture: str
    """A glob below the folder of results; the newest file that matches."""
    lines: int = 60
    """How many lines of what it prints go to the page."""


FACTORS = " ".join(
    f"--factors '{path}'"
    for path in (
        "threat.stay.*", "missions.*.cohorts.families.people", "airport.gates.*.per_person", "airport.crowd.slows",
        "airport.crowd.dispersal", "security.host.after.turn_back", "security.providers.turkish.force.hold",
    )
)  # fmt: skip
"""Those of which docs/assumptions.md says that the answers lean on them most; without --factors all are screened first."""

FIGURES = (
    Figure(
        "providers",
        "Who gets out, and how fast, if the capital collapses: with nobody, Turkish forces or a late coalition at the airport?",
        "compare evacsim:none-collapse evacsim:turkish-collapse evacsim:coalition-collapse -n 200",
        "compare/*/compare-out.png",
    ),
    Figure(
        "lanes-and-warning",
        "How do the people left behind depend on gate lanes and on the time between the first fighting and the fall?",
        "sweep evacsim:plans/lanes-and-warning -n 50",
        "sweep/*/*left_behind*.png",
    ),
    Figure(
        "what-matters",
        "What matters most for the people left behind, and how does that change without Turkish forces?",
        f"sensitivity evacsim:turkish-collapse evacsim:none-collapse --method morris {FACTORS} "
        "--factors security.providers.none.hold --trajectories 6 -n 20 --measure total.left_behind",
        "sensitivity/*/morris*.png",
    ),
    Figure(
        "one-at-a-time",
        "The same one at a time, each from its low to its high end, with Turkish forces.",
        f"sensitivity evacsim:turkish-collapse --method tornado {FACTORS} -n 50 --measure total.left_behind",
        "sensitivity/*/tornado*.png",
    ),
    Figure(
        "deadline",
        "How late can a mission still decide, with Turkish forces and without?",
        "deadline evacsim:none-collapse evacsim:turkish-collapse --mission germany --mission total -n 60 --confidence 50%",
        "deadline/*/curves.png",
    ),
    Figure(
        "enough",
        "How many more days of warning does it take to have all of Germany's people out 21 days after the first order?",
        "plan evacsim:turkish-collapse --mission germany --finish-by '21 d' --confidence 80% "
        "--vary 'warning=0 d:9 d:3 d' --vary airport.gates.abbey.lanes=3,8 -n 60",
        "plan/*/trade-off.png",
    ),
    Figure(
        "one-more",
        "What is one more lane, officer, aircraft, bed or day of warning worth with Turkish forces at the airport?",
        "bottleneck evacsim:turkish-collapse -n 30",
        "bottleneck/*/marginal.png",
    ),
    Figure(
        "august-2021",
        "Does the model reproduce the airlift of August 2021?",
        "validate evacsim:kabul-2021 evacsim:observations/kabul-2021.csv -n 60",
        "kabul-2021/*/validation-*.png",
    ),
)  # fmt: skip


def made(figure: Figure, out: Path) -> str:
    """Runs the command, keeps its picture, and gives its section of the page."""
    command = ["-m", "sim", *shlex.split(figure.command), "--out", str(out)]
    environment = {"COLUMNS": "110", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{figure.name}: the command ended with status {done.returncode}")
    pictures = sorted(out.glob(figure.picture), key=lambda p: p.stat().st_mtime)
    if not pictures:
        raise SystemExit(f"{figure.name}: no picture {figure.picture} in {out}")
    PICTURES.mkdir(exist_ok=True)
    shutil.copyfile(pictures[-1], PICTURES / f"{figure.name}.png")
    said = [line.rstrip() for line in done.stdout.splitlines() if not line.startswith("kept in ")]
    cut = [*said[: figure.lines], f"… {len(said) - figure.lines} more lines"] if len(said) > figure.lines else said
    text = "\n".join(cut).strip("\n")
    return (
        f"## {figure.name}\n\n{figure.question}\n\n```sh\nevacsim {figure.command}\n```\n\n"
        f"![{figure.question}](img/{figure.name}.png)\n\n```text\n{text}\n```\n"
    )


def sections() -> dict[str, str]:
    """What the page holds now, by figure."""
    if not PAGE.exists():
        return {}
    parts = PAGE.read_text("utf-8").split("\n## ")[1:]
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=[f.name for f in FIGURES], help="These figures alone.")
    parser.add_argument("--out", type=Path, default=ROOT / "results", help="Where results are kept.")
    given = parser.parse_args()
    out = given.out.resolve()
    known = sections()
    for figure in FIGURES:
        if given.only is None or figure.name in given.only:
            known[figure.name] = made(figure, out)
            head = "# Figures\n\nMade by `python docs/make.py`; each is a command that can be typed as it stands. Seed 1.\n"
            body = "\n".join(known[f.name] for f in FIGURES if f.name in known)
            PAGE.write_text(f"{head}\n{body}", "utf-8")
            print(f"{figure.name}: done", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
