"""The bottleneck by the day: the title names a cause only where it is told from the next; what is never much is named once."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.figure import Figure

from sim.analysis.hourly_bottleneck import leading
from sim.present.labels import labels
from sim.present.plot_bottleneck import bottleneck_figure
from sim.present.style import styled
from tests.analysis.synthetic import Fake, campaign, result, row
from tests.present.crowding import assert_readable


def course(per: list[list[str]], name: str = "x", title: str = "Title") -> Fake:
    """The bottleneck of each hour, by replication."""
    hours = [
        {"replication": k, "hour": h, "stage_out": 0, "bottleneck": cause}
        for k, causes in enumerate(per)
        for h, cause in enumerate(["none", *causes])
    ]
    return result({"a": [row()] * len(per)}, name=name, title=title, timeline=hours)  # type: ignore[no-untyped-call, no-any-return]


SEATS = [["order"] * 5 + ["seats"] * (8 + k % 2) + ["crowd"] * 2 for k in range(20)]
CROWD = [["crowd"] * 9 + ["seats"] * (1 + k % 2) for k in range(20)]
EITHER = [["seats"] * 6 + ["crowd"] * 4 if k % 2 else ["crowd"] * 6 + ["seats"] * 3 for k in range(20)]


def drawn(*results: Any) -> Figure:
    with styled():
        return bottleneck_figure(results, labels(results))


def title(*results: Fake) -> str:
    return " ".join(drawn(*results).texts[0].get_text().split())


def test_which_leads_and_whether_that_is_told() -> None:
    """In 8 of 10 and 9 of 11 hours after the order by turns."""
    one = leading(course(SEATS))
    assert one is not None
    assert (one.cause, one.second, one.apart) == ("seats", "crowd", True)
    assert one.share == pytest.approx((8 / 10 + 9 / 11) / 2)
    other = leading(course(EITHER))
    assert other is not None
    assert not other.apart
    assert leading(course([["order", "none"]] * 20)) is None


def test_a_title_names_what_is_told() -> None:
    seats, crowd, either = course(SEATS, "s", "Seats way"), course(CROWD, "c", "Crowd way"), course(EITHER, "e", "Either way")
    assert title(seats).startswith("Seats way: the bottleneck is most often lack of seats, in 81 % of the hours")
    assert "can't be told (the crowd at the gates in 5" in title(either)
    assert title(seats, seats) == "In every scenario the bottleneck is most often lack of seats"
    assert title(seats, either) == "The bottleneck most often. Seats way: lack of seats (81 %); Either way: can't be told"
    assert title(either, either) == "In no scenario can it be told which bottleneck comes most often"
    assert "differs" in title(seats, crowd, either, seats, crowd)
    assert all("moves" not in title(*some) for some in ((seats,), (seats, crowd)))


def test_what_is_never_much_has_no_row_but_a_name() -> None:
    rare = [["seats"] * 20 + ["crowd"] * 10] * 19 + [["seats"] * 20 + ["crowd"] * 5 + ["hub"] * 5]
    figure = drawn(course(rare))
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ["the crowd at the gates", "lack of seats"]
    assert "Under 10 % at all times: full hubs" in " ".join(figure.texts[1].get_text().split())


@pytest.mark.first(2)
@pytest.mark.parametrize("many", [1, 2, 4, 9])
@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_it_can_be_read(many: int, long: bool) -> None:
    names = [f"{p}-{t}" for t in ("collapse", "holding", "advancing") for p in ("turkish", "none", "coalition")]
    more = "A coalition of many countries that is flown in late with all of its equipment " if long else ""
    some = [campaign(n, f"{more}{n.replace('-', ' ')} of it", n=6, missions=3, seed=3 + k) for k, n in enumerate(names)]
    assert_readable(drawn(*some[:many]))
