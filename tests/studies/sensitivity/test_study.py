"""A sensitivity study as a whole: what it costs, what it refuses, what it warns of, and the shape of its answer."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.factors import Factor, Member
from sim.analysis.measure import Value, parse
from sim.scenario.quantity import Quantity
from sim.studies.sensitivity.found import (
    MeasureEffects,
    MorrisRow,
    ScenarioEffects,
    SobolVariance,
    TornadoRow,
    sensitivity_json,
)
from sim.studies.sensitivity.points import Response, SensitivityCase
from sim.studies.sensitivity.study import Ask, MethodError, _sobol_warnings, _warnings, check, cost, study
from tests.analysis.synthetic import driven
from tests.studies.sensitivity.functions import Named, series

LEFT, P50, P90 = (parse(f"total.{name}", []) for name in ("left_behind", "p50", "p90"))
THREE = [SensitivityCase(0, "one", "One", tuple(map(Named, "abc"))), SensitivityCase(1, "two", "Two", tuple(map(Named, "cd")))]


def test_what_a_study_costs():
    assert cost(Ask(n=30), THREE) == [("the base", 2, 30), ("tornado", 2 * 3 + 2 * 2, 30)]
    assert cost(Ask("morris", n=30, trajectories=5, top=4), THREE) == [("the base", 2, 30), ("morris", 5 * 4 + 5 * 3, 30)]
    assert cost(Ask("morris", n=30, trajectories=5, top=2), THREE) == [
        ("the base", 2, 30), ("screening", 2 * 3 + 1 + 2 * 2 + 1, 10), ("morris", 5 * 3 + 5 * 3, 30),
    ]  # fmt: skip
    assert cost(Ask("sobol", n=4, base=8, top=1), THREE)[1:] == [("screening", 12, 4), ("sobol", 8 * 3 + 8 * 3, 4)]


def test_what_may_be_infinite_has_no_mean_and_bases_are_powers_of_two():
    check(Ask("tornado"), [P90, LEFT])
    check(Ask("morris"), [LEFT])
    with pytest.raises(MethodError, match=r"ask for total\.restricted_time"):
        check(Ask("morris"), [LEFT, P90])
    for base in (2, 64):
        check(Ask("sobol", base=base), [LEFT])
    for base in (0, 1, 3, 48):
        with pytest.raises(MethodError, match=f"power of 2, such as 64, got {base}"):
            check(Ask("sobol", base=base), [LEFT])
    check(Ask("tornado", base=3), [LEFT])


def result(*rows, variance=None):
    return ScenarioEffects("one", "One", False, {LEFT.text: MeasureEffects(LEFT.title, "people", None, variance, rows)})


def moved(name, error):
    return TornadoRow(name, None, None, None, False, False, error, None, None)


def screened(name, trajectories):
    return MorrisRow(name=name, trajectories=trajectories, mu_star=1.0, distinct=True)


def told(ask, measures=(LEFT,), results=(), factors=5):
    return _warnings(ask, measures, results, factors)


def test_few_replications_are_said():
    """A tornado's ends have 97.5 % each: 7 replications for a median, 42 for P90; Morris needs 6, Sobol' 2."""
    assert told(Ask(n=30)) == told(Ask(n=42), [P50, P90]) == told(Ask("morris", n=6)) == told(Ask("sobol", n=2)) == []
    assert told(Ask(n=41), [P50, P90]) == ["total.p90: 41 replications are too few for intervals (42 are needed)"]
    assert _warnings(Ask(n=20), (LEFT,), (), 5, sets=10) == []
    (rough,) = _warnings(Ask(n=18), (LEFT,), (), 5, sets=9)
    assert rough == "only 9 sets of inputs: intervals are tested from 10 on, and may hold less often than they say"
    assert told(Ask("morris", n=5)) == ["5 replications of each point: too few to tell an effect from noise (at least 6)"]
    assert told(Ask("sobol", n=1)) == ["one replication of each point: its noise is not known, and is part of the indices"]
    assert told(Ask("morris", trajectories=4)) == []
    assert told(Ask("morris", trajectories=3)) == ["fewer than 4 trajectories: intervals are very wide, or there are none"]


def test_many_factors_have_chance_finds():
    assert told(Ask(), factors=19) == told(Ask("sobol"), factors=99) == []
    assert told(Ask(), factors=20) == ["of 20 factors without any effect about 1 would stand out by chance"]
    assert told(Ask(), factors=50) == ["of 50 factors without any effect about 2 would stand out by chance"]


def test_what_was_lost_is_said():
    rows = moved("a", "x"), moved("b", None)
    assert told(Ask(), results=[result(*rows)]) == ["one, total.left_behind: no answer for a: a point failed"]
    rows = screened("a", 9), screened("b", 10), screened("c", 0)
    (short,) = told(Ask("morris"), results=[result(*rows)])
    assert short == "one, total.left_behind: 2 factors rest on fewer than 10 trajectories: points gave no value"
    assert told(Ask("morris"), results=[result(rows[1])]) == []


def test_what_takes_from_indices_is_said():
    def said(answered=True, noise=0.2, lost=0):
        return _sobol_warnings("here", SobolVariance(64, lost, 1.0, noise, answered))

    assert said() == said(noise=None) == []
    assert said(answered=False, noise=0.9) == ["here: no indices: it does not vary by more than the noise of the replications"]
    assert said(noise=0.25) == ["here: 25% of the raw variance is noise of few replications: more of them would help"]
    assert said(lost=1) == ["here: 1 rows of the base sample have a point without a value and are left out"]
    assert told(Ask("sobol"), results=[result(variance=SobolVariance(62, 2, 1.0, 0.1, True))])[0].startswith(
        "one, total.left_behind: 2"
    )


def made(n, value, noise=0.0):
    """A point at which the measure has the same value in every replication, or a part *noise* more or less in two of three."""
    values = value * (1 + noise * (np.arange(n) % 3 - 1))
    return Response(series={LEFT.text: series(values)}, values={LEFT.text: Value(value, None, None, n)})


def factor(name):
    member = Member(f"road.{name}", Quantity("constant", (2.0,)), "time", 1.0, 4.0, log=True)
    return Factor(member.path, (member,))


@pytest.mark.parametrize("method", ["tornado", "morris", "sobol"])
def test_the_answer_of_each_method(method):
    """Two factors, of which *drive* moves the measure by 3 a unit and *retry* not at all.

    A tornado tells it once ten differences of two dozen are not the same: equal ones may hide what hasn't been seen.
    """
    n, noise = (24, 0.01) if method == "tornado" else (6, 0.0)
    cases = [SensitivityCase(0, "one", "The one", (factor("drive"), factor("retry")))]

    def answer(_, proposal):
        settings = {s.path: s.text for s in proposal.settings}
        return made(proposal.n, 10 + 3 * float(settings.get("road.drive", 2)), noise)

    told, batches = driven(study(cases, [LEFT], Ask(method, n=n, trajectories=4, base=16, seed=9)), answer)
    told = sensitivity_json(told)
    assert [p.settings for p in batches[0].proposals] == [()]
    assert (told["method"], told["kind"], told["replications"], told["seed"], told["screening"]) == (
        method,
        "uncertainty",
        n,
        9,
        None,
    )
    assert (told.get("trajectories"), told.get("base_sample")) == (
        4 if method == "morris" else None,
        16 if method == "sobol" else None,
    )
    assert [f["name"] for f in told["factors"]] == ["road.drive", "road.retry"]
    (one,) = told["results"]
    found = one["measures"][LEFT.text]
    assert (one["scenario"], found["unit"], found["base"]["value"]) == ("one", "people", 10 + 3 * 2)
    assert [f["name"] for f in found["factors"]] == ["road.drive", "road.retry"]
    if method == "tornado":
        assert found["factors"][0]["swing"] == pytest.approx(3 * (4 - 1))
    assert "What matters most is driving time to the gates" in found["headline"]
    assert told["titles"][LEFT.text].startswith("People left behind: driving time to the gates matters most")
    assert told["contrast"] == []


def test_a_base_that_failed_has_no_level():
    asked = study([SensitivityCase(0, "one", "The one", (factor("drive"),))], [LEFT], Ask(n=30))
    told, _ = driven(asked, lambda _, p: Response("all replications failed"))
    found = told.results[0].measures[LEFT.text]
    assert found.base is None
    assert "no value with every input at its value" in found.headline
    assert told.warnings == ["one, total.left_behind: no answer for road.drive: a point failed"]


def test_a_study_of_many_begins_with_a_choice():
    cases = [SensitivityCase(0, "one", "The one", (factor("drive"), factor("retry")))]
    told, batches = driven(
        study(cases, [LEFT], Ask(n=12, top=1)), lambda _, p: made(p.n, 1.0 if "road.drive=4" in p.settings else 0.0)
    )
    assert [(len(b.proposals), b.proposals[0].n) for b in batches] == [(1, 12), (1 + 2 * 2, 10), (2, 12)]
    assert [f.name for f in told.factors] == ["road.drive"]
    assert told.screening.kept == 1
