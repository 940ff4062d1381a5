"""A small scenario with levers and providers, and a session that answers for it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sim.serve.http import Server
from sim.serve.live import serving
from sim.serve.query import ServeQuery

Json = dict[str, Any]
LIVELY = """\
title: A small airport <b>&
clock: {start: 2021-09-12 06:00, horizon: 3 d}
threat: {timeline: [{at: 40 h, level: fallen}], levels: [calm, fallen], start: calm, fallen: fallen}
security:
  providers:
    troops: {force: {headcount: 100}, operator: {}}
    guards: {force: {headcount: 40}, operator: {}}
  phases: [{begins: start, provider: troops}, {begins: {fallen: 12 h}, provider: none}]
airport:
  gates:
    main:
      lanes: {value: 2, low: 1, high: 6, kind: lever, evidence: assumed}
      per_person: {triangular: [15 min/person, 25 min/person, 45 min/person]}
road: {drive: {value: 45 min, low: 20 min, high: 2 h, evidence: assumed}}
lift:
  types: {transport: {seats: 20, load: 45 min}}
  fleets:
    one:
      number: {value: 2, low: 1, high: 4, kind: lever, evidence: estimated}
      aircraft: transport
      outbound: 2 h
      turn: 1 h
      inbound: 2 h
    two:
      number: {value: 1, low: 0.5, high: 2, kind: lever, evidence: estimated}
      aircraft: transport
      outbound: 3 h
      turn: 1 h
      inbound: 3 h
missions:
  north: {order: {at: 6 h}, cohorts: {core: 30, families: {people: 60, ready: {lognormal: {median: 12 h, p90: 48 h}}}}}
  south: {order: {at: {uniform: [4 h, 30 h]}}, cohorts: {core: {people: 20, ready: {uniform: [2 h, 10 h]}}}}
"""
LANES, FLEETS = "airport.gates.main.lanes", "lift.fleets.*.number"


def written(folder: Path, text: str = LIVELY) -> Path:
    """The scenario as a file."""
    path = folder / "lively.yaml"
    path.write_text(text, "utf-8")
    return path


class Browser:
    """Asks as the page does."""

    def __init__(self, server: Server, name: str = "tab") -> None:
        self.server, self.name = server, name

    def post(self, route: str, **body: Any) -> tuple[int, Json]:
        """Status and answer of a request for work."""
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{self.server.port}"}
        connection.request("POST", f"/{self.server.token}/{route}", json.dumps(body), headers)
        response = connection.getresponse()
        said = response.status, json.loads(response.read())
        connection.close()
        return said

    def ask(self, setting: Json, **more: Any) -> Json:
        """How far a setting is."""
        status, said = self.post("ask", browser=self.name, setting=setting, **{"have": 0, **more})
        assert status == 200, said
        return said

    def until(self, setting: Json, n: int, within: float = 60.0, **more: Any) -> Json:
        """The answer, once at least *n* replications are shown."""
        ends = time.monotonic() + within
        while time.monotonic() < ends:
            said = self.ask(setting, have=10**9, **more)
            if said["replications"]["shown"] >= n or said["state"] == "failed":
                return self.ask(setting, **more)
            time.sleep(0.02)
        raise AssertionError(f"no answer of {n} replications within {within} s: {said}")


@contextmanager
def session(scenario: Path | str, out: Path, **query: Any) -> Iterator[Browser]:
    """A session in this process."""
    with serving(ServeQuery.of(str(scenario), out=out, **{"n": 30, "jobs": 1, **query})) as (server, _):
        yield Browser(server)
