"""Whether the shipped scenarios give the same bytes as recorded; writes the record again.

    python benchmarks/digests.py             # compares; exit status 1 if anything moved
    python benchmarks/digests.py --record    # records digests and values again and prints what moved

What is compared, and how, is said in ``tests.digests.digests.py``; ``tests/digests/test_digests.py`` does the first
with all other tests.  Whoever moves an answer on purpose records it again and names what moved in the CHANGELOG.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.experiment.identity import arithmetic  # noqa: E402
from tests.digests import digests  # noqa: E402


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0 if nothing moved or everything was recorded."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write digests and values again")
    parser.add_argument("--most", type=int, default=400, help="most columns that are named (default: 400)")
    options = parser.parse_args(argv)
    made = {name: digests.tables(name) for name in digests.shipped()}
    here = arithmetic()
    known = digests.recorded_digests().get(here)
    if options.record:
        moved = digests.record(here, made)
    elif known is None:
        print(f"arithmetic {here} is not recorded: values are compared to {digests.CLOSE:g}, not bytes")
        moved = [move for name, each in made.items() for move in digests.compare(name, each, exact=False)]
    else:
        moved = [
            move for name in made if not digests.same(known.get(name), made[name]) for move in digests.named(name, made[name])
        ]
    print(*digests.lines(moved, options.most), sep="\n")
    print(f"{len(made)} scenarios, {len(moved)} columns moved" + (f", recorded under {here}" if options.record else ""))
    return 0 if options.record or not moved else 1


if __name__ == "__main__":
    sys.exit(main())
