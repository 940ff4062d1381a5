"""What ``sensitivity`` is asked."""

from __future__ import annotations

from dataclasses import dataclass

from sim.studies.query import Given, QueryError, Simulating, addresses, each_point, option, scenario_files

METHODS = ("tornado", "morris", "sobol")
MEASURES = ("total.left_behind", "total.hours_within_horizon")


@dataclass(frozen=True, kw_only=True)
class SensitivityQuery(Simulating):
    """Says which uncertain inputs matter most for a measure, by how much, and which cannot be told from none.

    Ranges are those of the scenario: low and high, or what its grades of evidence allow (`evacsim describe` lists them).

    Without --factors every factor is tried first and the most telling are chosen: up to ten replications at two points for each
    and at one more, about 2,600 in a full scenario of 130. --top 0 studies all, without a choice.
    """

    verb = "sensitivity"
    gives = "Sensitivity"
    short = "Says which inputs matter."
    rank = 32

    scenarios: tuple[Given, ...] = scenario_files()
    method: str = option(
        "tornado",
        "--method",
        metavar="tornado|morris|sobol",
        choices=METHODS,
        help="One at a time, screening, or shares of the variance.",
    )
    measures: tuple[str, ...] = addresses(
        MEASURES, "total.p_all_out or MISSION.left_behind", default_text="total.left_behind and total.hours_within_horizon"
    )
    factors: tuple[str, ...] = option(
        (),
        "--factors",
        metavar="PATH|FILE",
        help="A parameter; * for one part of its path (all that match move together); PREFIX.** for all below; or a file of "
        "factors. May be repeated.",
        default_text="all that have a range, the most telling chosen",
    )
    levers: bool = option(False, "--levers", help="Studies what is ours to choose, not what is uncertain.")
    top: int | None = option(
        None,
        "--top",
        metavar="N",
        least=0,
        most=1000,
        help="Most factors; 0 for all.",
        default_text="20, of sobol 8",
    )
    trajectories: int | None = option(
        None,
        "--trajectories",
        metavar="R",
        least=2,
        most=1000,
        help="Of morris: a point for each factor and one more, R times.",
        default_text="10",
    )
    base_sample: int | None = option(
        None,
        "--base-sample",
        metavar="N",
        least=2,
        most=65536,
        help="Of sobol, a power of 2: N points for each factor and 2 N more.",
        default_text="64",
    )
    n: int = each_point(50)

    def __post_init__(self) -> None:
        for name, given, owner in (("--trajectories", self.trajectories, "morris"), ("--base-sample", self.base_sample, "sobol")):
            if given is not None and self.method != owner:
                raise QueryError(f"{name}: is of --method {owner} alone, got --method {self.method}")
