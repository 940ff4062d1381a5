"""No file of some size costs much more to check than another of that size, however its parts hang together."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sim import authoring
from sim.scenario import impossible, loads

SIZE = 50_000
MOST = 5
"""Times the processor time of a plain file of the same size; where each part was compared with all others it took 10 to 200."""


def missions(count: int, text: str = "order: {at: 1 h}, cohorts: {c: 1}") -> str:
    return "missions:\n" + "".join(f"  m{k}: {{{text}}}\n" for k in range(count))


def orders_from_the_last_one() -> str:
    waits = "".join(f"  m{k}: {{order: {{when: gone m{k + 1}}}, cohorts: {{c: 1}}}}\n" for k in range(1000))
    return f"threat: {{}}\nmissions:\n{waits}  m1000: {{order: {{at: 1 h}}, cohorts: {{c: 1}}}}\n"


def gates_shut_for_good() -> str:
    gates = "".join(f"    g{k}: {{lanes: 1}}\n" for k in range(400))
    closures = "".join(f"    c{k}: {{at: start, lasts: 100 d, closes: [g{k}]}}\n" for k in range(400))
    return f"airport:\n  gates:\n{gates}  closures:\n{closures}{missions(500)}"


def phases_after_a_long_timeline() -> str:
    timeline = "".join(f"    - {{at: {k + 1} h, level: threatened}}\n" for k in range(1000))
    phases = "".join(f"  - {{begins: {{fallen: {k} h}}, provider: {'ab'[k % 2]}}}\n" for k in range(200))
    head = f"threat:\n  start: stable\n  timeline:\n{timeline}security:\n  providers: {{a: {{}}, b: {{}}}}\n  phases:\n{phases}"
    return head + missions(1)


def fleets_of_one_mission_each() -> str:
    fleets = "".join(f"    f{k}: {{aircraft: c, outbound: 1 h, serves: [m{k}]}}\n" for k in range(500))
    return f"lift:\n  types: {{c: {{seats: 10, load: 1 h}}}}\n  fleets:\n{fleets}{missions(500)}"


def names_much_alike() -> str:
    known = "".join(f"  {'m' * 36}{k}: {{cohorts: {{c: 1}}}}\n" for k in range(500))
    asked = ", ".join(f"gone {'m' * 35}x{k}" for k in range(98))
    return f"missions:\n{known}  x: {{cohorts: {{c: 1}}, order: {{when: [{asked}]}}}}\n"


def faults_of_every_mission() -> str:
    return missions(1000, "order: {at: 1 hx}, cohorts: {c: abc}")


def seconds(path: Path, text: str) -> float:
    """Processor time of a check for each byte of *text*, the better of two."""
    path.write_text(text, "utf-8")
    took = []
    for _ in range(2):
        begin = time.process_time()
        authoring.check(str(path))
        took.append(time.process_time() - begin)
    return min(took) / len(text)


@pytest.mark.first(2)
@pytest.mark.parametrize(
    "shape",
    [
        orders_from_the_last_one, gates_shut_for_good, phases_after_a_long_timeline, fleets_of_one_mission_each, names_much_alike,
        faults_of_every_mission,
    ],
)  # fmt: skip
def test_what_hangs_together_costs_no_more_than_its_size(tmp_path: Path, shape: object) -> None:
    text = shape()  # type: ignore[operator]
    plain = missions(SIZE // 50)
    seconds(tmp_path / "warm.yaml", missions(1))
    assert seconds(tmp_path / "s.yaml", text) < MOST * seconds(tmp_path / "plain.yaml", plain)


def test_of_many_gates_that_are_of_no_use_some_are_named() -> None:
    (said,) = impossible(loads(gates_shut_for_good()).scenario)
    assert said.startswith("airport.gates: every gate that may be used is useless: g0 is closed from the start to the end, g1 ")
    assert said.endswith("g104 is closed from the start to the end, and 392 more; nobody gets out")
