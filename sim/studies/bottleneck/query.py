"""What ``bottleneck`` is asked."""

from __future__ import annotations

from dataclasses import dataclass

from sim.studies.query import Given, Simulating, addresses, each_point, option, scenario_files

MEASURES = ("total.left_behind", "total.p_all_out", "total.half_within_horizon", "total.hours_within_horizon")
"""Where somebody is always left behind the time until all are out says nothing, and the time until half are out does."""


@dataclass(frozen=True, kw_only=True)
class BottleneckQuery(Simulating):
    """Says who waited for what, and what one more lane, stand, officer, bus, aircraft or bed, or a day of warning, is worth.

    Each is tried alone under the same random numbers; what has no limit is left out.
    """

    verb = "bottleneck"
    gives = "Bottleneck"
    short = "Who waited for what, and what one more of each capacity is worth."
    rank = 60

    scenarios: tuple[Given, ...] = scenario_files()
    steps: tuple[str, ...] = option(
        (),
        "--step",
        metavar="PATH=+N",
        help="Another step, as in hubs.*.beds=+500 or warning=+2 d, or of any other number; * for one part of a path; "
        "may be repeated.",
        default_text="one; 100 beds, places or troops; 10 people/h onward; a day of warning",
    )
    only: tuple[str, ...] = option(
        (), "--only", metavar="GLOB", help="Tries these alone: a path with * or a kind such as lane; may be repeated."
    )
    measures: tuple[str, ...] = addresses(
        MEASURES,
        "total.left_behind or MISSION.hours_within_horizon",
        default_text="total.left_behind, .p_all_out, .half_within_horizon and .hours_within_horizon",
    )
    n: int = each_point(100)
