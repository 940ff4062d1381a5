"""What a block rests on, in twelve hex digits that are cheap to make.

A stamp digests the scenarios with their settings, the number of replications, and **what the model answers**: the ends and
times of the first replication of each of these scenarios as it is.  So it changes when a scenario changes or an answer moves, and
not when the source of the model is merely rewritten; there is nothing to make again then.  A change that leaves these
replications alone goes unseen, and so does one of the analysis: blocks that are quick are compared word for word instead.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from making.block import Block, scenario_file
from sim.model import compile_scenario, simulate
from sim.scenario import load
from sim.scenario.inputs import inputs_of

PROBES = 1
"""Replications of each scenario that are looked at."""


@cache
def scenario_text(name: str) -> str:
    """What a simulation of a shipped scenario depends on."""
    return load(scenario_file(name)).digest_text


@cache
def drawn(name: str) -> str:
    """What a simulation of a shipped scenario depends on beside it where its inputs are drawn."""
    loaded = load(scenario_file(name))
    inputs = inputs_of(loaded.scenario, sets=loaded.sets)
    return inputs.digest_text if inputs is not None else ""


@cache
def answers(name: str) -> str:
    """What the first replications of a shipped scenario give by mission: people by end, and minutes."""
    plan = compile_scenario(load(scenario_file(name)).scenario)
    digest = hashlib.sha256()
    for k in range(PROBES):
        rows = simulate(plan, 1, k).missions
        for end in ("evacuated", "staying", "stranded", "unfinished"):
            digest.update(np.asarray(rows[end], dtype=np.int64).tobytes())
        for time in ("ordered_h", "t50_h", "t90_h", "t100_h"):
            digest.update(np.round(np.asarray(rows[time], dtype=np.float64) * 60).tobytes())
    return digest.hexdigest()


def stamp(block: Block) -> str:
    """Twelve hex digits of what *block* rests on; none for one that simulates nothing: the tests make it again."""
    if not block.asks:
        return ""
    digest = hashlib.sha256(block.name.encode())
    for asked in block.asks:
        for part in (scenario_text(asked.scenario), answers(asked.scenario), *asked.settings, str(asked.n)):
            digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()[:12]


def of_file(path: Path) -> str:
    """Twelve hex digits of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
