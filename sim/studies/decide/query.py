"""What ``decide`` is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sim.studies.query import Given, Simulating, each_point, option, scenario_files
from sim.studies.vary import Vary, varied


@dataclass(frozen=True, kw_only=True)
class DecideQuery(Simulating):
    """Names the option to take: scenarios and settings of levers against all that isn't known, each option in the same sets.

    Adds sets of inputs until one is the best, or as good as the best, with 95 % confidence; -n fixes the number instead.
    """

    verb = "decide"
    gives = "Decision"
    short = "Which option to take, how sure that is, and what would change it."
    rank = 15

    scenarios: tuple[Given, ...] = scenario_files()
    vary: tuple[Vary, ...] = varied(
        partial(option, ()), "A lever: a,b,c or lo:hi:step; repeated, every combination is an option.  What it sets isn't drawn."
    )
    objective: str = option(
        "left_behind",
        "--objective",
        metavar="MEASURE",
        help="What is to be small, or large: a measure, such as left_behind, p_all_out or MISSION.left_behind.",
    )
    mission: str = option("total", "--mission", metavar="NAME", help="Whose people, or total for all together.")
    by: str | None = option(
        None, "--by", metavar="T", help="Also the chance that all are out by a local date, or so long after the start."
    )
    within: str | float | None = option(
        None,
        "--within",
        metavar="AMOUNT",
        help="Options that differ by no more are as good as each other.",
        default_text="50 people, 6 h or 5 %",
    )
    costs: tuple[str, ...] = option(
        (), "--cost", metavar="'PATH=VALUE: NUMBER'", help="What a setting, or a SCENARIO, costs, to be shown; may be repeated."
    )
    most: int = option(
        3200, "--most", metavar="N", least=1, most=1_000_000, help="Replications of each option at the most, without -n."
    )
    n: int = each_point(None, default_text="as many as it takes")
    """None: sets are added until the choice can be told."""
