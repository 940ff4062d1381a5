"""What ``serve`` is asked."""

from __future__ import annotations

from dataclasses import dataclass

from sim.studies.query import Given, Simulating, option

LOOKS = (20, 50, 100)
"""Replications after which an answer is shown on the way to all of them."""


@dataclass(frozen=True, kw_only=True)
class ServeQuery(Simulating):
    """Serves the page live to a browser on this machine: levers as sliders, provider and threat as buttons.

    Answers come from what is stored at once, and from new replications in seconds; the results are kept like those of run.
    Only the loopback interface answers, and only to whoever has the address that is printed.  Ctrl-C ends it.
    """

    verb = "serve"
    short = "Serves the page live, with levers as sliders."
    rank = 210
    absent = ("csv", "plots", "svg")

    scenarios: tuple[Given, ...] = option(
        (), metavar="SCENARIO", help="Scenario files, or shipped names; the shipped family of Kabul without."
    )
    port: int = option(
        0, "--port", metavar="N", least=0, most=65535, help="The port to listen on.", default_text="a free one", asks=False
    )
    browser: bool = option(False, "--open", help="Opens the page in a browser.", asks=False)

    @property
    def looks(self) -> tuple[int, ...]:
        """Numbers of replications at which there is an answer, the last that of all."""
        return (*(n for n in LOOKS if n < self.n), self.n)
