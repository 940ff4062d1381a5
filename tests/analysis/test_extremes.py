"""The best and the worst of several results: a claim only where the two can be told apart over all pairs."""

from __future__ import annotations

from math import inf

from sim.analysis.extremes import left_behind, missions_out, missions_to_move, people_out
from tests.analysis.synthetic import Fake, result, row


def lost(per: list[int], name: str = "x") -> Fake:
    """Of ten people so many are stranded, by replication."""
    rows = [row(t100=inf, stranded=k) if k else row() for k in per]
    return result({"a": rows, "b": [row()] * len(per)}, name=name)  # type: ignore[no-untyped-call]


def test_means_and_who_is_best() -> None:
    some = [lost([2, 4] * 10), lost([0] * 20), lost([9] * 20)]
    by_people = people_out(some)
    assert by_people.means == [17, 20, 11]
    assert (by_people.best, by_people.worst, by_people.apart) == (1, 2, True)
    assert left_behind(some).means == [3, 0, 9]
    assert (left_behind(some).best, left_behind(some).worst) == (1, 2)
    by_missions = missions_out(some)
    assert by_missions.means == [1, 2, 1]
    assert by_missions.apart
    assert missions_to_move(some[0]) == 2


def test_what_chance_could_have_done_is_not_told() -> None:
    noise = [lost([k % 5 for k in range(20)]), lost([(k + 2) % 5 for k in range(19)] + [4])]
    assert people_out(noise).means[0] != people_out(noise).means[1]
    assert not people_out(noise).apart
    assert not missions_out(noise).apart


def test_no_claim_without_the_same_draws_or_a_difference() -> None:
    other = lost([9] * 20)
    assert people_out([lost([0] * 20), other]).apart
    other.seed = 2
    assert not people_out([lost([0] * 20), other]).apart
    assert not people_out([other, other]).apart
    assert not people_out([other]).apart


def test_no_claim_where_no_replication_is_common() -> None:
    """Each has completed what the other has not: nothing is paired, however far apart they are."""
    none, many = lost([0] * 20), lost([9] * 20)
    many.tables = {name: t.with_columns(replication=t["replication"] + 20) for name, t in many.tables.items()}
    found = people_out([none, many])
    assert (found.means, found.best, found.worst) == ([20, 11], 0, 1)
    assert not found.apart
