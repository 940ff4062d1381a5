"""The top of the page where it depends on the orders which of two scenarios is better."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from sim.analysis import brief
from sim.analysis.found import Entry, Summary
from sim.analysis.paired import Differences, OrdersAlone, OwnOrders
from sim.present.page.advice import ALIKE, ALONE, EARLY, EITHER_WAY, LATE, ORDERS_DECIDE, UNTOLD, what_to_do
from sim.present.page.answer import answer
from tests.analysis.filled import filled

SHOWN: list[Any] = [
    SimpleNamespace(
        name=name,
        label=label,
        answered=True,
        final=False,
        headline="",
        summary=filled(Summary, total={"out_before": {"people": gone}}, missions={}, warnings=[]),
    )
    for name, label, gone in (("t", "Turkish forces", 0.0), ("n", "Nobody", 7667.9))
]


def difference(other: str, fewer: float, alike: bool = False) -> Differences:
    """Of t and *other*: fewer are left behind with the other in that share of 100 states of the world, exactly known.

    *alike*: as many in each of them instead.
    """
    left = {
        "base": 1971.0,
        "other": 1971.0 + 974 - 1948 * fewer,
        "difference": 974 - 1948 * fewer,
        "low": 900 - 1948 * fewer,
        "high": 1000 - 1948 * fewer,
    }
    shares: dict[str, Any] = {"sets": 100, "as_many": {"estimate": 0.0, "low": 0.0, "high": 0.0}}
    for key, part in (("fewer", fewer), ("more", 1 - fewer)):
        shares[key] = {"estimate": part, "low": part - 0.1, "high": part + 0.05}
    if alike:
        left |= dict.fromkeys(("difference", "low", "high"), 0.0)
        none, all_of_it = {"estimate": 0.0, "low": 0.0, "high": 0.04}, {"estimate": 1.0, "low": 0.96, "high": 1.0}
        shares = {"sets": 100, "as_many": all_of_it, "fewer": none, "more": none}
    total = {"sets": 100, "pairs": 200, "fewer_left_behind": shares, "left_behind": left}
    names = {"base": "t", "other": other, "base_title": "T", "other_title": "N"}
    return filled(Differences, **names, final=True, total=total, missions={}, pairs=200)


@pytest.fixture(autouse=True)
def without_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.present.page.answer.choice", lambda one, same=None: "")


def alone(orders: float) -> OrdersAlone:
    """In which share of the states the other's own orders leave fewer behind than the base's."""
    return OrdersAlone.of(difference("n", orders).total)


def gone(people: float | None) -> Summary:
    """With so many out before the start."""
    return filled(Summary, total={"out_before": {"people": people}}, missions={}, warnings=[])


def told(own: float, same: float | None, orders: float | None = None) -> Any:
    """*orders*: in which share of the states the other's own orders leave fewer behind than the base's; None: not known."""
    ordered = None if same is None else [difference("n-ordered-as-t", same)]
    if ordered and orders is not None:
        ordered = [replace(ordered[0], own_orders=OwnOrders(total=alone(orders), missions={}))]
    return answer(SHOWN, [difference("n", own)], ordered)


def test_where_the_orders_turn_the_answer_that_is_said_first() -> None:
    """What to do alone is large; why is the rest, with the means of all that was tried."""
    made = told(0.72, 0.0, 0.93)
    first, *why = made["do"]
    assert first == [
        EARLY + "w" + ORDERS_DECIDE[1:],
        "fewer in 93 of 100 states of the world, 95 % interval 83 to 98; the other way in 7; on average 838 fewer (812 to 912). "
        "Both with nobody: ordered out as missions are then (7,668 gone by the start), or as they are with Turkish forces (0 "
        "gone by the start)",
    ]
    assert why == [
        ["", "Left behind on average: 1,971 with Turkish forces; 1,542 with nobody; 2,945 with nobody, all ordered out as with "
         "Turkish forces."],
        ["", "Each mission ordered out when it would be, fewer are left behind with nobody than with Turkish forces, in 72 of "
         "100 states of the world (95 % interval 62 to 77; the other way in 28; on average 429 fewer (403 to 503))."],
        ["", "All ordered out as with Turkish forces, fewer are left behind with Turkish forces than with nobody, in 100 of "
         "100 states of the world (95 % interval 90 to 105; on average 974 fewer (900 to 1,000))."],
    ]  # fmt: skip
    assert made["sure"][:4] == [
        "That ordering out early leaves fewer behind is likely, as simulated.",
        "That fewer are left behind with nobody, each mission ordered out when it would be, is more likely than not, as "
        "simulated.",
        "That fewer are left behind with Turkish forces, all ordered out as with Turkish forces, is very likely, as simulated.",
        brief.SCALE,
    ]


def test_where_nobody_better_can_be_told_early_may_be() -> None:
    first, _, own, _ = told(0.52, 0.0, 0.93)["do"]
    assert first[0] == EARLY + ALONE
    assert own[1].startswith(
        "Each mission ordered out when it would be, which of the two leaves fewer behind can't be told (fewer "
    )


@pytest.mark.parametrize(("own", "same"), [(0.72, None), (0.72, 0.95), (0.52, 0.0), (0.72, 0.45)])
def test_where_they_do_not_or_it_cannot_be_told_they_decide_nothing(own: float, same: float | None) -> None:
    for orders in (None, 0.93):
        mains = [main for main, _ in told(own, same, orders)["do"] if main]
        assert not any(ORDERS_DECIDE[1:] in main for main in mains)
        assert (mains[0] == EARLY + ALONE) == (orders is not None and same is not None)


def test_where_it_is_not_known_what_the_orders_alone_do() -> None:
    made = told(0.72, 0.0)
    assert made["do"][0] == [ORDERS_DECIDE, "on average had left before the start: 0 with Turkish forces, 7,668 with nobody"]
    assert not any("ordering" in text for text in made["sure"])


def test_early_is_advised_only_where_that_alone_is_told() -> None:
    """Where the airport is better either way, that comes first."""
    made = told(0.72, 0.0, 0.55)
    main, beside = made["do"][0]
    assert main == UNTOLD
    assert beside.startswith(
        "Fewer with the early orders in 55 of 100 states of the world, with the late in 45. Both with nobody: "
    )
    assert not any("ordering" in text for text in made["sure"])
    first, second, *_ = told(0.72, 0.95, 0.55)["do"]
    assert first == ["Nobody: fewer are left behind, " + EITHER_WAY, ""]
    assert second[1].startswith(UNTOLD + " Fewer with")


def test_where_all_is_alike_nothing_is_left_untold() -> None:
    """As of a mission of which nobody is left behind whatever happens."""
    ordered = difference("n-ordered-as-t", 0.0, alike=True)
    ordered = replace(ordered, own_orders=OwnOrders(total=OrdersAlone.of(difference("n", 0.0, alike=True).total), missions={}))
    first, _, own, same = what_to_do([difference("n", 0.0, alike=True)], {"n": ordered}, SHOWN)
    assert first[0] == ALIKE
    assert own[1] == (
        "Each mission ordered out when it would be: Nobody or Turkish forces: as many are left behind in each of 100 states of "
        "the world."
    )
    assert same[1].startswith("All ordered out as with Turkish forces: Nobody or Turkish forces: as many are left behind")


def test_late_where_that_alone_leaves_fewer_behind() -> None:
    made = told(0.72, 0.0, 0.07)
    assert made["do"][0][0] == LATE + "w" + ORDERS_DECIDE[1:]
    assert made["sure"][0] == "That ordering out late leaves fewer behind is likely, as simulated."


def test_early_is_that_by_which_more_had_left_before_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SHOWN[0], "summary", gone(9000.0))
    assert told(0.72, 0.0, 0.93)["do"][0][0] == LATE + "w" + ORDERS_DECIDE[1:]
    assert told(0.72, 0.0, 0.07)["do"][0][0] == EARLY + "w" + ORDERS_DECIDE[1:]
    for one in SHOWN:
        monkeypatch.setattr(one, "summary", gone(None))
    for orders in (None, 0.93):
        assert told(0.72, 0.0, orders)["do"][0] == [ORDERS_DECIDE, ""]


def test_a_mission_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """From its own numbers: of everybody nobody better can be told, of this one it can."""
    one, ordered = difference("n", 0.5), difference("n-ordered-as-t", 0.5)
    one, ordered = (replace(each, missions={"m": difference("n", part).total}) for each, part in ((one, 0.72), (ordered, 0.0)))
    ordered = replace(ordered, own_orders=OwnOrders(total=alone(0.5), missions={"m": alone(0.93)}))
    for each, people in zip(SHOWN, (0.0, 411.0), strict=True):
        mission = filled(Entry, out_before={"people": people})
        monkeypatch.setattr(each, "summary", replace(each.summary, missions={"m": mission}))
    same = {"n": ordered}
    assert "can't be told" in what_to_do([one], same, SHOWN)[0][0]
    first, _, own, _ = what_to_do([one], same, SHOWN, "m")
    assert first[0] == EARLY + "w" + ORDERS_DECIDE[1:]
    assert "(411 gone by the start)" in first[1]
    assert "in 72 of 100" in own[1]
    assert what_to_do([one], same, SHOWN, "none of them") == []
