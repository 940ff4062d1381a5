"""Adding replications: decided at looks only, by what the replications 0 … n-1 hold, until all is precise enough or allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.analysis.looks import Look
from sim.analysis.precision import Settled, parse_target
from sim.analysis.statistics import order_statistic_interval
from sim.analysis.stopping import settle, settle_pairs
from sim.analysis.study import Batch, Outcome, Proposal, Study
from tests.analysis.synthetic import Fake, result, row

HOURS = np.random.default_rng(5).exponential(20, 12_800)
Make = Callable[[int], Fake]


def scenario(name: str = "one", later: float = 0.0, failed: bool = False) -> Make:
    """Replications 0 … n-1 of a scenario, the same whatever n is."""

    def make(n: int) -> Fake:
        rows = [row(t100=float(h) + later + 1) for h in HOURS[:n]]
        return result({"embassy": rows}, name=name, failed=[(3, "simulate", "x")] if failed else [])

    return make


def drive(study: Study[Any], *scenarios: Make) -> tuple[Any, list[tuple[int, int]], list[str]]:
    """The answer of a study, the points that it asked for as (scenario, n), and its notes."""
    asked: list[tuple[int, int]] = []
    notes: list[str] = []
    batch: Batch = next(study)
    while True:
        notes.append(batch.note)
        asked += [(p.scenario, p.n) for p in batch.proposals]
        read = []
        for proposal in batch.proposals:
            fake = scenarios[proposal.scenario](proposal.n)
            whole = len(fake.failed) < fake.n
            read.append(batch.read(Outcome(proposal, fake if whole else None, failed=len(fake.failed))))
        try:
            batch = study.send(read)
        except StopIteration as stop:
            return stop.value, asked, notes


def targets(*texts: str) -> list[Any]:
    return [parse_target(text, ["embassy"]) for text in texts]


def test_until_every_target_is_met() -> None:
    (end,), asked, notes = drive(settle([targets("total.p90: 4 h", "embassy.p50: 4 h")], ["one"], 200, 12_800), scenario())
    assert asked == [(0, 200 * 2**k) for k in range(len(asked))]
    assert len(asked) > 2
    assert end.look == Look(len(asked))
    assert end.done
    assert all(one.met for one in end.reached)
    assert notes[0] == "one, look 1"
    assert notes[1].startswith("one, look 2 (total.p90 ± 4 h wanted, so far ± ")


def test_a_decision_needs_nothing_but_the_replications_at_the_look() -> None:
    """From any least number on the looks are the same, and so is what is seen at them."""
    (early,), _, _ = drive(settle([targets("total.p90: 4 h")], ["one"], 1, 12_800), scenario())
    (late,), asked, _ = drive(settle([targets("total.p90: 4 h")], ["one"], early.look.n - 1, 12_800), scenario())
    assert asked == [(0, early.look.n)]
    assert late == early


def test_sets_are_looked_at_whole_and_are_what_counts() -> None:
    """Two replications of a set that are alike: as precise as half as many replications of sets of their own, at their level."""

    def make(n: int) -> Fake:
        made = result({"embassy": [row(t100=float(h) + 1) for h in np.repeat(HOURS[: n // 2], 2)]})
        table = made.tables["replications"]
        made.tables["replications"] = table.with_columns(input_set=table["replication"] // 2)
        return made

    (end,), asked, _ = drive(settle([targets("total.p90: 1 min")], ["one"], 150, 450, per_set=2), make)
    assert asked == [(0, 200), (0, 400)]
    assert end.look.sets == 200
    alone = order_statistic_interval(HOURS[:200] + 1, 0.9, Look(2).level)
    assert end.reached[0].value[1:] == alone


def test_the_limit_is_an_answer() -> None:
    (end,), asked, _ = drive(settle([targets("total.p90: 1 min")], ["one"], 200, 1599), scenario())
    assert asked == [(0, 200), (0, 400), (0, 800)]
    assert not end.done
    assert not end.reached[0].met
    assert "NOT met" in end.reached[0].verdict(end.look.n)


def test_scenarios_end_each_for_itself() -> None:
    wanted = [targets("total.p90: 40 h"), targets("total.p90: 4 h")]
    (first, second), asked, notes = drive(settle(wanted, ["one", "two"], 200, 12_800), scenario(), scenario("two"))
    assert first.look.n < second.look.n
    assert asked.count((0, 200)) == 1
    assert (0, second.look.n) not in asked
    assert notes[0] == "2 scenarios, look 1"
    assert notes[-1].startswith("two, look")


def test_a_failed_replication_ends_it_without_a_decision() -> None:
    (end,), asked, _ = drive(settle([targets("total.p90: 40 h")], ["one"], 200, 12_800), scenario(failed=True))
    assert asked == [(0, 200)]
    assert end.failed
    assert end.reached[0].verdict(200) == "--until total.p90 ± 40 h: NOT met, no interval yet with 200 replications"


def test_pairs_grow_together_until_every_difference_is_known() -> None:
    makers = scenario(), scenario("two", later=5), scenario("three", later=9)
    names = ["one", "two", "three"]
    end, asked, notes = drive(settle_pairs(targets("total.hours_within_horizon: 1 h"), names, 200, 12_800), *makers)
    assert isinstance(end, Settled)
    assert asked == [(0, 200), (1, 200), (2, 200)]  # a shift under common draws is known at once
    assert [round(one.value.value, 6) for one in end.reached] == [5, 9]
    end, asked, notes = drive(settle_pairs(targets("total.p50: 4 h"), names, 200, 12_800), *makers)
    assert asked[-1] == (2, end.look.n)
    assert end.look.n > 200
    assert "total.p50 ± 4 h wanted, so far ± " in notes[1]


def test_a_failed_replication_ends_pairs_too() -> None:
    makers = scenario(), scenario("two", failed=True)
    end, asked, _ = drive(settle_pairs(targets("total.p50: 1 h"), ["one", "two"], 200, 12_800), *makers)
    assert asked == [(0, 200), (1, 200)]
    assert end.failed


def test_proposals_set_nothing() -> None:
    """So that replications are those of a plain run, in its folder."""
    batch = next(settle([targets("total.p50: 1 h")], ["one"], 200, 400))
    assert batch.proposals == [Proposal((), 200, 0)]
