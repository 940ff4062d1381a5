"""The top of the page where it depends on the orders which of two scenarios is better."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.present.page.answer import EARLY, ORDERS_DECIDE, answer

SHOWN: list[Any] = [
    SimpleNamespace(
        name=name, label=label, answered=False, headline="", summary={"total": {"out_before": {"people": gone}}, "missions": {}}
    )
    for name, label, gone in (("t", "Turkish forces", 0.0), ("n", "Nobody", 7667.9))
]


def difference(other: str, fewer: float) -> dict[str, Any]:
    """Of t and *other*: fewer are left behind with the other in that share of 100 states of the world, exactly known."""
    left = {"difference": 974 - 1948 * fewer, "low": 900 - 1948 * fewer, "high": 1000 - 1948 * fewer}
    shares = {"sets": 100, "as_many": {"estimate": 0.0, "low": 0.0, "high": 0.0}}
    for key, part in (("fewer", fewer), ("more", 1 - fewer)):
        shares[key] = {"estimate": part, "low": part - 0.1, "high": part + 0.05}
    total = {"sets": 100, "pairs": 200, "fewer_left_behind": shares, "left_behind": left}
    return {"final": True, "base": "t", "other": other, "base_title": "T", "other_title": "N", "total": total, "pairs": 200}


@pytest.fixture(autouse=True)
def without_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.present.page.answer.choice", lambda one, same=None: "")


def told(own: float, same: float | None) -> Any:
    ordered = None if same is None else [difference("n-ordered-as-t", same)]
    return answer(SHOWN, [difference("n", own)], ordered)


def test_where_the_orders_turn_the_answer_that_is_said_first() -> None:
    made = told(0.72, 0.0)
    first, own, same = made["do"]
    assert first == [
        EARLY + "w" + ORDERS_DECIDE[1:],
        "on average had left before the start: 0 with Turkish forces, 7,668 with nobody",
    ]
    assert own[0].startswith("Each mission ordered out when it would be: Nobody: fewer are left behind than with Turkish forces")
    assert own[1].endswith("; on average 429 fewer (403 to 503)")
    assert same[1].endswith("; on average 974 fewer (900 to 1,000)")
    assert same[0].startswith("All ordered out as with Turkish forces: Turkish forces: fewer are left behind")
    assert made["sure"][:2] == [
        "That fewer are left behind with nobody, each mission ordered out when it would be, is likely, as simulated.",
        "That fewer are left behind with Turkish forces, all ordered out as with Turkish forces, is "
        "virtually certain, as simulated.",
    ]


@pytest.mark.parametrize(("own", "same"), [(0.72, None), (0.72, 0.95), (0.52, 0.0), (0.72, 0.45)])
def test_where_they_do_not_or_it_cannot_be_told_they_decide_nothing(own: float, same: float | None) -> None:
    assert ORDERS_DECIDE not in [main for main, _ in told(own, same)["do"]]


def test_early_is_advised_only_where_more_had_left_with_the_better_one(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = {"people": 9000.0}
    monkeypatch.setitem(SHOWN[0].summary["total"], "out_before", gone)
    assert told(0.72, 0.0)["do"][0][0] == ORDERS_DECIDE
    for one in SHOWN:
        monkeypatch.setitem(one.summary["total"], "out_before", None)
    assert told(0.72, 0.0)["do"][0] == [ORDERS_DECIDE, ""]
