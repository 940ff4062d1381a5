"""What ``schedule`` is asked."""

from __future__ import annotations

from dataclasses import dataclass

from sim.studies.query import Given, Simulating, option, required


@dataclass(frozen=True, kw_only=True)
class ScheduleQuery(Simulating):
    """Says who moves when with what: departures by mission, slots at gates, sorties by fleet, and each mission's last group.

    In one replication, that whose people left behind are the nearest to the median, and as ranges over all of them.
    """

    verb = "schedule"
    gives = "Schedule"
    short = "Who moves when with what: departures, gates, sorties."
    rank = 55
    positional = ("n", "seed")

    scenario: Given = required(metavar="SCENARIO", help="A scenario file, a shipped name, or - for standard input.")
    replication: int | None = option(
        None,
        "--replication",
        metavar="K",
        least=0,
        most=1_000_000_000,
        help="The replication that is shown, from 0.",
        default_text="the nearest to the median of people left behind",
        write=lambda k: k if k is None else str(k),
    )
    mission: str | None = option(
        None,
        "--mission",
        metavar="NAME",
        help="All departures, slots and sorties of one mission.",
        default_text="all missions, in sums",
        asks=False,  # the files have all of them
    )

    def most_replications(self) -> int | None:
        return self.n
