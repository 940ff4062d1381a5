"""Every figure and every table of computed numbers in the docs, made again by one command:

    python docs/make.py [--only NAME ...] [--page PAGE] [--list] [--stale] [--out FOLDER] [--calibration FILE.json]
                        [--learnt FILE.json]

What is made stands between marks in the pages (``docs/making/block.py``); the words around are written by hand, and each
table says beside it on how many replications it rests.  Seed 1 throughout.  Results are kept in FOLDER (``results/`` unless told
otherwise), so that a second run makes the pages from what is stored; the command that was stopped goes on.  Whole, from nothing,
it is some 13,000 replications, about a quarter of an hour on two free cores, of which the figures take two thirds.  ``--stale``
makes only what is out of date, and what takes no time.

The tables of the calibration are made from FILE.json alone, which ``python benchmarks/calibrate.py --out FILE.json`` writes
in some ten minutes; without ``--calibration`` they stay as they are.  So do those of what August 2021 teaches without ``--learnt
summary.json``, which the command of docs/learnt-2021.md keeps.

Not made here, but measured by what their pages name: cases of verification and coverage of intervals (tests), timings
(``benchmarks/``), scores of the mutation tests.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from making.block import UNMADE, Block, found, put  # noqa: E402
from making.blocks import BLOCKS  # noqa: E402
from making.desk import Desk, jobs_here  # noqa: E402
from making.stamp import stamp  # noqa: E402


def chosen(given: argparse.Namespace) -> list[Block]:
    """The blocks that the command line asks for."""
    blocks = [b for b in BLOCKS if given.only is None or b.name in given.only]
    blocks = [b for b in blocks if given.page is None or b.page == given.page]
    return [b for b in blocks if b.quick or out_of_date(b)] if given.stale else blocks


def out_of_date(block: Block) -> bool:
    """Whether a block that is simulated rests on something else than its text does."""
    return found(block.page).get(block.name, ("",))[0] != stamp(block)


def make(blocks: Iterable[Block], desk: Desk) -> None:
    """Makes blocks and writes each into its page as soon as it is done."""
    for block in blocks:
        if block.needs and getattr(desk, block.needs) is None:
            print(f"{block.name}: left as it is, needs --{block.needs}", flush=True)
            continue
        begun, spent = time.perf_counter(), processor()
        text = block.make(desk)
        put(block, text, stamp(block) if desk.most is None or not block.asks else UNMADE)
        took = f"{time.perf_counter() - begun:.0f} s, {processor() - spent:.0f} s of processor time"
        print(f"{block.name}: {took}, docs/{block.page}", flush=True)


def processor() -> float:
    """Processor time of this process and of those that it has waited for, in seconds."""
    return sum(os.times()[:4])


def main(words: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[b.name for b in BLOCKS], help="These blocks alone.")
    parser.add_argument("--page", choices=sorted({b.page for b in BLOCKS}), help="The blocks of this page alone.")
    parser.add_argument("--list", action="store_true", help="Names and pages, and which are out of date; makes nothing.")
    parser.add_argument("--stale", action="store_true", help="Only those that are out of date, and the quick ones.")
    parser.add_argument("--out", type=Path, default=ROOT / "results", help="Where results are kept.")
    parser.add_argument("--jobs", type=int, default=jobs_here(), help="Processes; as many as there are cores.")
    parser.add_argument("--most", type=int, metavar="N", help="To try: at most N replications each; not to be kept.")
    parser.add_argument("--calibration", type=Path, metavar="FILE.json", help="What benchmarks/calibrate.py --out wrote.")
    parser.add_argument("--learnt", type=Path, metavar="FILE.json", help="The summary.json of evacsim calibrate.")
    given = parser.parse_args(words)
    if given.list:
        for block in chosen(given):
            state = "  out of date" if out_of_date(block) else ""
            print(f"{block.name:24s} docs/{block.page}{state}")
        return 0
    make(chosen(given), Desk(given.out.resolve(), given.jobs, given.most, given.calibration, given.learnt))
    return 0


if __name__ == "__main__":
    sys.exit(main())
