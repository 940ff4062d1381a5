"""Which replications stand for many."""

from __future__ import annotations

import math

from sim.analysis.typical import typical
from tests.analysis.synthetic import Fake, result, row


def left(*people: float, failed: tuple[int, ...] = ()) -> Fake:
    """A result whose replications leave so many behind; the failed ones gave nothing."""
    rows = [row(staff=100, t100=math.inf if n else 5.0, stranded=int(n)) for n in people]
    return result({"m": rows}, failed=[(k, "simulate", "no") for k in failed])


def test_the_nearest_to_a_quantile_and_of_several_the_lowest() -> None:
    """P10 of 1 ... 20 is the second, P90 the eighteenth; in reverse order, so that the number is not the rank."""
    people = [float(21 - k) for k in range(1, 21)]
    chosen = {one.kind: (one.replication, one.left_behind, one.quantile, one.alike) for one in typical(left(*people))}
    assert chosen == {"median": (10, 10, 10, 1), "P10": (18, 2, 2, 1), "P90": (2, 18, 18, 1)}
    (one,) = typical(left(5, 0, 5, 9, 5), ("median",))
    assert (one.replication, one.alike) == (0, 3)


def test_where_everybody_is_out_one_run_stands_for_all() -> None:
    assert {(one.replication, one.left_behind, one.alike) for one in typical(left(0, 0, 0))} == {(0, 0, 3)}


def test_a_failed_replication_is_not_chosen() -> None:
    assert [one.replication for one in typical(left(3, 3, 3, failed=(0, 1)))] == [2, 2, 2]


def test_where_all_have_failed_there_is_none() -> None:
    assert typical(left(1, 2, failed=(0, 1))) == []


def test_the_numbers_are_whole() -> None:
    (one,) = typical(left(4, 8), ("median",))
    assert isinstance(one.left_behind, int)
    assert math.isfinite(one.quantile)
