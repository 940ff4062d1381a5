"""Marginal values from results made by hand: paired differences, what can be told, ranks, sentences."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.analysis.measure import MeasureError, parse
from sim.analysis.sets import Sets, mean
from sim.analysis.statistics import Estimate
from sim.analysis.study import Outcome
from sim.studies.bottleneck.capacities import Capacity
from sim.studies.bottleneck.found import CapacityEffect, CapacityValue, PointFailure
from sim.studies.bottleneck.marginal import Case, about_capacity, by_mission, check, effect, needed, rank, study
from sim.studies.bottleneck.words import WHY, contrasts, explanations, headline, warnings, worth
from tests.analysis.synthetic import NEVER, result, row
from tests.studies.sensitivity.functions import series

N = 40
LEFT, SHARE, TIME = (parse(f"total.{name}", []) for name in ("left_behind", "p_all_out", "hours_within_horizon"))
MEASURES = [LEFT, SHARE, TIME]


def capacity(name: str, kind: str = "lane") -> Capacity:
    return Capacity(name, kind, 1, "count", "2", f"{kind} {name}", f"one more {kind} {name}", (f"{name}=3",))


def campaign(left, hours=50.0):
    """A big mission of 100 with *left* (by replication) behind or out after *hours*, and a small one always out after 5 h."""
    rows = [
        row(100, 0.0, NEVER if k else hours + i % 3, stranded=k, seats=100.0, search=20.0 + i % 5) for i, k in enumerate(left)
    ]
    return result({"big": rows, "small": [row(10, 0.0, 5.0, seats=3.0) for _ in rows]}, name="made-up", title="Made up")


def effect_of(difference: float | None, low: float | None = None, high: float | None = None, **more: Any) -> CapacityEffect:
    """Of forty pairs, nine of which differ; nothing can be told unless *more* says so."""
    rest = {"distinct": False, "holds": False, "worse": False, "rarely_differs": False, "needed": None} | more
    return CapacityEffect(difference, low, high, N, 9, None, **rest)


def value_of(name: str, effects: dict[str, CapacityEffect], kind: str = "lane", **more: Any) -> CapacityValue:
    about = {"label": name, "phrase": f"one more {name}", "now": None, "step": 1.0, "step_text": "+1", "settings": ()}
    return CapacityValue(path=name, kind=kind, effects=effects, **(about | more))


BASE = [i % 20 for i in range(N)]
"""Two of forty replications get all out."""


def answer(changed: dict[str, Any], base=BASE):
    """The study driven by hand: *changed* gives the result of each capacity."""
    caps = tuple(capacity(name) for name in changed)
    asking = study([Case(0, "made-up", "Made up", caps)], MEASURES, N)
    batch = next(asking)
    assert [p.settings for p in batch.proposals] == [()]
    try:
        batch = asking.send([batch.read(Outcome(batch.proposals[0], campaign(base)))])
        assert [p.settings for p in batch.proposals] == [c.settings for c in caps]
        asking.send(
            [
                batch.read(Outcome(p, other) if not isinstance(other, str) else Outcome(p, error=other))
                for p, other in zip(batch.proposals, changed.values(), strict=True)
            ]
        )
    except StopIteration as stop:
        return stop.value
    raise AssertionError("the study asks for more")


@pytest.fixture(scope="module")
def found():
    better = campaign([max(k - 5 - i % 2, 0) for i, k in enumerate(BASE)])
    worse = campaign([k + 3 + i % 2 for i, k in enumerate(BASE)])
    noise = campaign([max(k + (-1) ** i * (1 + i % 4), 0) for i, k in enumerate(BASE)])
    return answer({"noise": noise, "worse": worse, "better": better, "same": campaign(BASE)})


def test_the_difference_is_that_of_the_pairs(found):
    rows = {r.path: r for r in found.results[0].capacities}
    expected = np.array([max(k - 5 - i % 2, 0) - k for i, k in enumerate(BASE)], dtype=float)
    told = rows["better"].effects["total.left_behind"]
    wanted = mean(expected, Sets.of(np.arange(N)), (-110, 110))  # 110 people to move on either side
    assert [told.difference, told.low, told.high] == pytest.approx(wanted)
    assert told.pairs == N
    assert (told.distinct, told.holds, told.worse) == (True, True, False)
    gained = np.mean([max(k - 5 - i % 2, 0) == 0 for i, k in enumerate(BASE)]) - np.mean(np.array(BASE) == 0)
    assert rows["better"].effects["total.p_all_out"].difference == pytest.approx(gained)


def test_infinite_times_are_cut_at_the_horizon(found):
    told = {r.path: r for r in found.results[0].capacities}["better"].effects[TIME.text]
    before = np.array([720.0 if k else 50.0 + i % 3 for i, k in enumerate(BASE)])
    after = np.array([720.0 if max(k - 5 - i % 2, 0) else 50.0 + i % 3 for i, k in enumerate(BASE)])
    assert told.difference == pytest.approx((after - before).mean())


def test_the_rank_is_by_worth_and_the_worse_come_last(found):
    rows = found.results[0].capacities
    assert [r.path for r in rows] == ["better", "noise", "same", "worse"] or [r.path for r in rows] == [
        "better", "same", "noise", "worse",
    ]  # fmt: skip
    assert [r.rank for r in rows] == [1, 2, 3, 4]
    verdicts = {r.path: (r.verdict, r.unchanged) for r in rows}
    assert verdicts == {
        "better": ("better", False),
        "noise": ("none", False),
        "same": ("none", True),
        "worse": ("worse", False),
    }


def test_people_come_before_hours():
    def made(name, people, hours):
        effects = {m.text: effect_of(x, distinct=True, worse=x > 0, holds=True) for m, x in ((LEFT, people), (TIME, hours))}
        return value_of(name, effects)

    rows = rank([made("a", -1, -50), made("b", -9, -1), made("c", -1, -60), made("d", -2, 5)], MEASURES)
    assert [r.path for r in rows] == ["b", "c", "a", "d"]
    assert [r.verdict for r in rows] == ["better", "better", "better", "mixed"]


def test_of_a_capacity_that_is_not_simulated_yet_nothing_is_claimed():
    row = about_capacity(capacity("new"))
    assert (row.path, row.kind, row.title, row.now, row.settings) == ("new", "lane", "+1 lane new", "2", ("new=3",))
    assert (row.verdict, row.rank, row.failed, row.error) == ("failed", 0, 0, None)
    assert (row.effects, row.distinct, row.holds, row.unchanged) == ({}, False, False, False)


def test_who_gains_and_who_is_later(found):
    rows = {r.path: r for r in found.results[0].capacities}
    assert [w.mission for w in rows["worse"].missions.worse] == ["big"]
    assert rows["worse"].missions.worse[0].left_behind == pytest.approx(3.5)
    assert [w.mission for w in rows["better"].missions.better] == ["big"]
    assert rows["same"].missions.better == rows["same"].missions.worse == ()


def test_a_mission_counts_at_a_level_for_all_of_them():
    rng = np.random.default_rng(1)
    base = {f"m{k}": series(np.zeros(N)) for k in range(50)}
    other = {f"m{k}": series(rng.normal(size=N)) for k in range(50)}
    told = by_mission(base, other)
    assert told.level == pytest.approx(0.999)
    assert told.better_count + told.worse_count == 0, "with 50 missions without an effect; false alarm 5 % for all, seed fixed"


def test_the_sentence_names_what_helps_and_what_does_not(found):
    said = headline(found.results[0], MEASURES)
    assert said.startswith("Made up: as simulated, people wait most for lack of seats, ")
    assert "One more lane better leaves 4.6 (3.4 to 5.2) fewer people behind" in said
    assert "One more lane worse makes it worse." in said


def test_what_makes_it_worse_is_explained(found):
    first, why = explanations(found.results[0], MEASURES)
    assert first.startswith("One more lane worse leaves 3.5 ")
    assert "Later: big (3.5 more left behind)." in first
    assert why == WHY


def test_nothing_told_is_said():
    found = answer({"same": campaign(BASE)})
    said = headline(found.results[0], MEASURES)
    assert "One more of any capacity that it has changes nothing that can be told" in said
    assert explanations(found.results[0], MEASURES) == []
    assert worth(found.results[0].capacities[0], MEASURES) == "changes nothing that can be told"


def test_a_capacity_whose_point_failed_is_named_and_last():
    found = answer({"broken": "all 40 replications failed (model): boom", "same": campaign(BASE)})
    assert [r.path for r in found.results[0].capacities] == ["same", "broken"]
    assert found.failures == [PointFailure("made-up", "lane broken", "all 40 replications failed (model): boom")]


def test_a_scenario_that_failed_has_no_answer():
    asking = study([Case(0, "made-up", "Made up", (capacity("x"),))], MEASURES, N)
    batch = next(asking)
    with pytest.raises(StopIteration) as stop:
        asking.send([batch.read(Outcome(batch.proposals[0], error="all 40 replications failed (model): boom", failed=N))])
    (told,) = stop.value.value.results
    assert not told.final
    assert headline(told, MEASURES) == "Made up: no answer, no replication of the scenario as it is was completed."
    assert len(stop.value.value.failures) == 1


def test_a_few_pairs_that_differ_tell_nothing():
    samples = series(np.zeros(N))
    other = series(np.where(np.arange(N) < 5, -3.0, 0.0))
    told = effect(samples, other, LEFT, 1)
    assert told.rarely_differs
    assert not told.distinct
    assert told.needed is None


def test_one_of_many_tries_must_be_surer():
    """Of 200 capacities one at 4.5 standard errors is told by itself, and does not hold among them."""
    values = np.random.default_rng(5).normal(size=N)
    shifted = values - values.mean() - 4.5 * values.std(ddof=1) / math.sqrt(N)
    samples = series(np.zeros(N))
    alone, among = (effect(samples, series(shifted), LEFT, tries) for tries in (1, 200))
    assert (alone.distinct, alone.holds) == (True, True)
    assert (among.distinct, among.holds) == (True, False)


def test_replications_that_would_tell():
    assert needed(Estimate(2.0, -4.0, 8.0), 100) == 900, "an interval three times as wide as it may be: nine times as many"
    assert needed(Estimate(-2.0, -8.0, 4.0), 100) == 900
    assert needed(Estimate(0.0, -1.0, 1.0), 100) is None
    assert needed(Estimate(1.0, None, None), 100) is None


def test_warnings_say_how_many_would_be_needed(found):
    said = warnings(replace(found.results[0], capacities=[r for r in found.results[0].capacities if r.path == "noise"]))
    assert any("one more lane noise would be told from nothing by some" in line for line in said)


def test_a_measure_that_may_be_infinite_is_refused():
    with pytest.raises(MeasureError, match=r"total\.p90: may be infinite.*total\.restricted_time"):
        check([parse("total.p90", [])])


def test_scenarios_are_set_side_by_side(found):
    none = answer({"better": campaign(BASE)}).results[0].capacities
    other = replace(found.results[0], scenario="none", capacities=none)
    (line,) = contrasts([found.results[0], other], MEASURES)
    assert line.startswith("One more lane better leaves 4.6 (3.4 to 5.2) fewer people behind")
    assert line.endswith("in “made-up”; it changes nothing that can be told in “none”.")
    assert contrasts([found.results[0]], MEASURES) == []
    assert len(contrasts([found.results[0], replace(found.results[0], scenario="same")], MEASURES)) == 1, "each capacity once"


def test_each_kind_of_measure_has_its_words():
    def said(name, difference):
        measure = parse(name, ["alpha"])
        low, high = sorted((difference * 0.5, difference * 2))
        return worth(value_of("x", {measure.text: effect_of(difference, low, high, distinct=True)}), [measure])

    assert said("total.left_behind", -20.0) == "leaves 20 (10 to 40) fewer people behind"
    assert said("alpha.left_behind", 20.0) == "leaves 20 (10 to 40) more people of alpha behind"
    assert said("total.stranded", -20.0) == "leaves 20 (10 to 40) fewer people stranded"
    assert said("total.unfinished", -20.0) == "leaves 20 (10 to 40) fewer people unfinished"
    assert said("total.half_within_horizon", -6.0).startswith("gets half out 6")
    assert said("alpha.hours_within_horizon", 6.0).startswith("gets all of alpha out 6")
    assert said("alpha.hours_within_horizon", 6.0).endswith(" later on average")
    assert said("alpha.restricted_time", 6.0).endswith(" later after the order on average")
    assert said("total.restricted_half", -6.0).startswith("gets half out 6")
    assert said("total.p_all_out", 0.2) == "raises the chance that all are out by 20 (10 to 40) points"


def made(path, verdict=None, **effects):
    """A row with (difference, distinct) of each measure by its kind's name."""
    found = {}
    for measure in MEASURES:
        if measure.kind.name in effects:
            size, told = effects[measure.kind.name]
            worse = (size > 0) == measure.kind.worse_high
            found[measure.text] = effect_of(size, distinct=told, worse=told and worse, holds=told)
    return value_of(path, found)


def test_the_rank_of_what_can_be_told_and_what_cannot():
    """Better, mixed, not told, worse, failed; within each by people, hours and chance, then by what is seen, then by path."""
    rows = rank(
        [
            made("failed"),
            made("worse", left_behind=(2.0, True)),
            made("none-b", left_behind=(-1.0, False)),
            made("none-a", left_behind=(-1.0, False)),
            made("none-much", left_behind=(-9.0, False)),
            made("mixed", left_behind=(2.0, True), hours_within_horizon=(-3.0, True)),
            made("chance", left_behind=(-5.0, False), p_all_out=(0.2, True)),
            made("people", left_behind=(-1.0, True)),
        ],
        MEASURES,
    )
    assert [r.path for r in rows] == ["people", "chance", "mixed", "none-much", "none-a", "none-b", "worse", "failed"]
    assert [r.rank for r in rows] == list(range(1, 9))
    assert [r.verdict for r in rows] == ["better", "better", "mixed", "none", "none", "none", "worse", "failed"]
    assert [r.distinct for r in rows] == [True, True, True, False, False, False, True, False]
    assert [r.holds for r in rows] == [True, True, True, False, False, False, True, False]
    assert not any(r.unchanged for r in rows)


def test_no_more_than_three_missions_are_named_each_way():
    """Ten missions, five better and five worse by what their name says, in every replication alike but for a tenth."""
    n, base = np.arange(40), {}
    other = {}
    for k in range(1, 6):
        for sign, name in ((-1, f"better-{k}"), (1, f"worse-{k}")):
            base[name] = series(np.full(40, 10.0))
            other[name] = series(10.0 + sign * k + 0.1 * (n % 2))
    base["only-here"] = other["only-there"] = series(np.zeros(40))
    told = by_mission(base, other)
    assert [w.mission for w in told.better] == ["better-5", "better-4", "better-3"]
    assert [w.mission for w in told.worse] == ["worse-5", "worse-4", "worse-3"]
    assert (told.better_count, told.worse_count) == (5, 5)
    assert told.level == round(1 - 0.05 / 10, 6)
    assert told.worse[0].left_behind == pytest.approx(5.05)
    assert by_mission({}, {}).level == 0.95


def test_the_effect_on_a_chance_and_on_who_is_left():
    n = np.arange(N)
    share = effect(series(np.zeros(N), 1.0), series((n < 5).astype(float), 1.0), SHARE, 1)
    assert share.differ == 5
    assert share.difference == 5 / N
    assert not share.distinct  # five gained against one lost that wasn't seen: 0.5 ** 5 > 2.5 %
    assert share.low < 0
    six = effect(series(np.zeros(N), 1.0), series((n < 6).astype(float), 1.0), SHARE, 1)
    assert six.distinct  # 0.5 ** 6 < 2.5 %
    assert six.low > 0
    sure = effect(series(np.zeros(N), 1.0), series((n < 30).astype(float), 1.0), SHARE, 1)
    assert (sure.distinct, sure.worse) == (True, False)
    lost = effect(series(np.ones(N), 1.0), series((n < 10).astype(float), 1.0), SHARE, 1)
    assert (lost.distinct, lost.worse) == (True, True)
    noisy = effect(series(np.zeros(N)), series(np.where(n % 2, 3.0, -2.0)), LEFT, 1)
    assert (noisy.distinct, noisy.worse, noisy.difference) == (False, False, 0.5)
    assert noisy.needed == needed(Estimate(0.5, noisy.low, noisy.high), N)
    half = effect(series(np.zeros(N)), series(np.ones(N // 2)), LEFT, 1)
    assert half.pairs == N // 2
