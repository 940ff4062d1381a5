"""Who waited for what: missions, causes and hours all add up to the same; spans of the bottleneck."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from sim.analysis.outcomes import of_all
from sim.analysis.waiting import Hourly, course, hourly, hourly_rows, waiting, waiting_rows
from sim.api import run
from sim.model.names import CAUSES
from tests.analysis.synthetic import result, row


@pytest.fixture(scope="module", params=["evacsim:minimal", "evacsim:reference"])
def stored(request, tmp_path_factory):
    return run(request.param, n=6, jobs=1, out=tmp_path_factory.mktemp("results"), plots=False).result


@pytest.mark.first(1)
def test_missions_causes_and_hours_add_up(stored):
    found = waiting(stored)
    everything = found.total.all_h.mean
    assert everything > 0
    for cause in CAUSES:
        whole = found.total.causes[cause].mean
        assert sum(m.causes[cause].mean for m in found.missions.values()) == pytest.approx(whole, abs=1e-3)
        assert hourly(stored).waited[CAUSES.index(cause)].sum() == pytest.approx(whole, rel=1e-6, abs=1e-3)
    assert sum(m.all_h.mean for m in found.missions.values()) == pytest.approx(everything, abs=1e-3)
    assert sum(e.mean for e in found.total.causes.values()) == pytest.approx(everything, abs=1e-3)
    assert sum(m.share or 0.0 for m in found.missions.values()) == pytest.approx(1.0, abs=1e-5)
    each = sum(v.mean() for v in of_all(stored).waited.values())
    assert everything == pytest.approx(each)


def test_shares_of_a_row_are_shares_of_its_hours(stored):
    for one in (waiting(stored).total, *waiting(stored).missions.values()):
        if one.all_h.mean:
            assert sum(e.share for e in one.causes.values()) == pytest.approx(1.0, abs=1e-4)


def test_means_by_hand():
    made = result({"a": [row(10, seats=4.0), row(10, seats=8.0)], "b": [row(5, search=2.0), row(5, search=0.0)]})
    found = waiting(made)
    assert found.missions["a"].causes["seats"].mean == 6.0
    search = found.total.causes["search"]
    assert (search.mean, search.share) == (1.0, pytest.approx(1 / 7))
    most, tail = 15 * 720, 0.025  # 15 people for 30 d; weights of two sets and one unseen are uniform on a triangle
    assert search.high == pytest.approx(most - (tail * most * (most - 2)) ** 0.5, rel=0.01)  # (M - t)² / M / (M - 2) = tail
    assert search.low == pytest.approx(2 * (1 - (1 - tail) ** 0.5), abs=0.01 * 2 / 3)  # 1 - (1 - t / 2)² = tail
    assert found.missions["a"].share == pytest.approx(6 / 7)
    assert ("turkish-collapse", "a", "seats") in {r[:3] for r in waiting_rows("turkish-collapse", found)}


def test_what_was_found_can_not_be_changed():
    found, span = waiting(result({"a": [row(10, seats=4.0)] * 2})), course(by_hour("seats"))[0]
    for part in (found, found.total, found.total.all_h, found.total.causes["seats"], span):
        with pytest.raises(FrozenInstanceError):
            setattr(part, fields(part)[0].name, None)


def test_nobody_waits():
    found = waiting(result({"a": [row(10), row(10)]}))
    assert found.total.all_h.mean == 0
    assert found.total.share is None
    assert found.course == ()


def by_hour(*names: str | None) -> Hourly:
    shares = np.zeros((len(CAUSES), len(names)))
    for k, name in enumerate(names):
        if name is not None:
            shares[CAUSES.index(name), k] = 0.5
    return Hourly(np.arange(1, len(names) + 1, dtype=float), shares * 10, shares)


def test_the_course_is_spans_of_hours():
    spans = course(by_hour("order", "seats", "seats", None, "hub"))
    assert [(s.from_h, s.to_h, s.cause, s.share) for s in spans] == [
        (0, 1, None, None),
        (1, 3, "seats", 0.5),
        (3, 4, None, None),
        (4, 5, "hub", 0.5),
    ]


def test_hours_can_be_taken_together():
    spans = course(by_hour("seats", "hub", "seats", "seats", "hub"), width=2)
    assert [(s.from_h, s.to_h, s.cause) for s in spans] == [(0, 4, "seats"), (4, 5, "hub")]


def test_a_row_for_every_hour_and_cause():
    table = hourly_rows("x", by_hour("seats", None))
    assert table.shape == (2 * len(CAUSES), 5)
    assert table.filter(table["cause"] == "seats")["person_hours"].to_list() == [5.0, 0.0]
