"""The command that bounds from below what any run can reach."""

from __future__ import annotations

from sim.commands.app import app
from sim.commands.options import AsJson, Large, Scenarios, Sets
from sim.console import give_json, plain, show, width


@app.command(short_help="Says how quick an evacuation can be at best, and what sets that.")
def bound(scenarios: Scenarios, sets: Sets = None, allow_large: Large = False, json: AsJson = False) -> int:
    """Lower bounds at the medians of all inputs, without simulation; what binds when; and why a plan can't work."""
    from sim.studies.bound import bounded
    from sim.studies.options import Options

    found = bounded(scenarios, Options(overrides=tuple(sets or ()), allow_large=allow_large))
    if json:
        give_json({"bounds": [{"scenario": one.loaded.name, **answer.as_json()} for one, answer in found]})
        return 0
    from sim.present.bound_table import bound_tables, in_a_sentence

    columns = width()
    for one, answer in found:
        show(plain(in_a_sentence(one.loaded.name, answer)), "", width=columns)
        show(bound_tables(one.loaded.scenario.title, answer, columns), "", width=columns)
    return 0
