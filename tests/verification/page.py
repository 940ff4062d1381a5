"""docs/explanation/verification.md, made from what the tests measured.

``python -m tests.verification.page`` runs them and writes it.

A row per case: what was expected and from where, what came out, how close it had to be, and the test that says so.  A session
that has run all of the folder fails where the page says something else than the tests found (``tests/conftest.py``).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "verification.md"
HEAD, TAIL = "<!-- cases -->\n", "<!-- end of cases -->\n"


class Row(NamedTuple):
    """One case as found."""

    place: int
    """Of its test in the collection."""
    number: int
    test: str
    case: str
    expected: str
    source: str
    result: str
    tolerance: str


PROPERTY = "verification"

SECTIONS = {
    "test_closed_forms.py": (
        "Closed forms and published cases",
        "All times are multiples of 1/64 h, which floating point adds without error: *exact* means `==`. The "
        "pamphlet is Air Force Pamphlet 10-1403, *Air Mobility Planning Factors*, formula 9.0: stands × payload × "
        "hours / ground time × 0.85 (queueing efficiency). A short ton is one person here; the 0.85 is applied to "
        "the simulated rate, there is none inside the model. Pacifica is O-Plan's rescue exercise (University of "
        "Edinburgh): 100, 50 and 20 people, shared trucks of 20 seats, 3 h a round trip, one city a trip.",
    ),
    "test_blocking.py": (
        "Finite rooms",
        "Room inside is taken when a search begins. Saturated rates: 30 replications of 1,500 people, four "
        "standard errors and the ends of the run.",
    ),
    "test_priority.py": (
        "Priority",
        "40 replications of some 2,000 people, the first 150 of each class dropped; four standard errors: false "
        "alarm 1 in 3,600 a comparison.",
    ),
    "test_queues.py": (
        "Queueing theory",
        "40 replications of 2,300 people, the first 300 dropped; mean gap and mean service time as control "
        "variates; four standard errors: false alarm 1 in 3,400 for each of nine comparisons. Detectable error (in"
        " 97.5 % of cases): 7 to 9 % of the mean wait for one lane, at most 15 % for several.",
    ),
    "test_independent_simulator.py": (
        "An independent simulator, person by person",
        "Ciw gets the same drawn arrivals and service times; 300 people each.",
    ),
    "test_two_stations.py": ("What more servers do", "Whole lines worked out person by person."),
    "test_reference.py": (
        "An independent model",
        "The reference system of `scenarios/reference.yaml` (120,000 people in 3,000 groups, 60 aircraft) against "
        "a model of it in natural SimPy that shares no line with this project; 300 replications each; means ± "
        "standard errors. Limit three standard errors of the difference: false alarm at most 1.1 % for the four "
        "together; an error of five standard errors is found in 97.7 % of cases. Side by side with times: "
        "`benchmarks/reference.py`.",
    ),
}  # fmt: skip


def tables(rows: list[Row]) -> str:
    """All sections as Markdown, rows in the order of their tests."""
    parts = []
    for file, (title, text) in SECTIONS.items():
        own = sorted(row for row in rows if row.test.startswith(file))
        lines = [
            f"## {title}",
            "",
            text,
            "",
            "| case | expected | source | result | tolerance | test |",
            "|---|---|---|---|---|---|",
        ]
        lines += ["| " + " | ".join((*row[3:], f"`{row.test}`")) + " |" for row in own]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def page(rows: list[Row]) -> str:
    """The page as it should be: its own words around the tables."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(HEAD)
    return before + HEAD + "\n" + tables(rows) + "\n" + TAIL + rest.partition(TAIL)[2]


class Collector:
    """Gathers the rows of a session from the reports of its tests, wherever they ran."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed
        if report.when == "call":
            self.rows += [Row(*value) for name, value in report.user_properties if name == PROPERTY]

    @property
    def whole(self) -> bool:
        """Whether tests of every section have run and none of the session has failed."""
        return not self.failed and {row.test.partition("::")[0] for row in self.rows} == set(SECTIONS)


def main() -> int:
    found = Collector()
    status = pytest.main(["-q", str(Path(__file__).parent), "-p", "no:cacheprovider"], plugins=[found])
    if found.whole:
        PAGE.write_text(page(found.rows), "utf-8")
        return 0
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
