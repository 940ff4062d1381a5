"""Charts of every study from made-up summaries, for a page that nothing was simulated for."""

from __future__ import annotations

from functools import cache
from typing import Any

from sim.analysis.as_json import as_json
from sim.present.page.html import page
from sim.studies.bottleneck.charts import charts as bottleneck_charts
from sim.studies.charts import drawable
from sim.studies.deadline.charts import charts as deadline_charts
from sim.studies.deadline.found import deadlines_json
from sim.studies.plan.charts import charts as plan_charts
from sim.studies.report.content import content
from sim.studies.sensitivity.charts import charts as sensitivity_charts
from sim.studies.sensitivity.found import sensitivity_json
from sim.studies.sweep.kept_charts import charts_of
from sim.studies.sweep.pictures import pictures
from tests.studies.bottleneck import test_plot_marginal as marginal
from tests.studies.deadline import test_shown as deadline
from tests.studies.sensitivity import test_shown as sensitivity
from tests.studies.sweep import test_shown as sweep

Json = dict[str, Any]
SECTION = {"bottleneck": "bottleneck", "sensitivity": "matters"}


@cache
def summaries() -> dict[str, Json]:
    """By study, and method; two scenarios where a study may have them."""
    curves = [
        deadline.curve(0, "total", [0.95, 0.85, 0.5]), deadline.curve(0, "a", [0.5, 0.4, 0.1]),
        deadline.curve(1, "total", [0.98, 0.95, 0.85]), deadline.curve(1, "a", [0.95, 0.6, 0.1]),
    ]  # fmt: skip
    lanes, buses = (
        deadline.Lever(path, ("1", "2", "4"), (1.0, 2.0, 4.0), "") for path in ("airport.gates.a.lanes", "road.buses")
    )
    plan = deadline.plan_said([0.1, 0.2, 0.3, 0.3, 0.6, 1.0, 0.6, 1.0, 1.0], [lanes, buses])
    methods = {}
    for method in ("tornado", "morris", "sobol"):
        methods[f"sensitivity {method}"] = sensitivity_json(sensitivity.answer(method, 2, n=12))
    for result in methods["sensitivity sobol"]["results"]:  # of so few points there is no index
        for k, row in enumerate(result["measures"]["total.left_behind"]["factors"]):
            total, first = 0.7 - 0.3 * k, 0.5 - 0.25 * k
            ends = {"total_interval": [total - 0.1, total + 0.15], "first_interval": [first - 0.1, first + 0.1]}
            row |= {"total": total, "first": first, "distinct": k < 2, **ends}
    said = {"deadline": deadlines_json(deadline.summary(*curves)), "plan": as_json(plan), "bottleneck": marginal.summary()}
    return {**said, **methods}


@cache
def figures() -> dict[str, dict[str, Json]]:
    """By study, what the page draws."""
    made = {"deadline": deadline_charts, "plan": plan_charts, "bottleneck": bottleneck_charts}
    every = {name: made.get(name, sensitivity_charts)(summary) for name, summary in summaries().items()}
    views = {"lines": sweep.view(sweep.grid(sweep.A)), "names": sweep.view(sweep.grid(sweep.NAMES))}
    views["cloud"] = sweep.view(sweep.sampled("latin", sweep.FACTORS[:2], 12, 1))
    seen, kept = sweep.paired(50.0)
    every |= {f"sweep {name}": charts_of(view, pictures(view, "It lies.")) for name, view in views.items()}
    return {**every, "sweep heat": charts_of(seen, pictures(seen, "", kept))}


def page_of_all() -> str:
    """A page with all of them."""
    studies = []
    for name, made in figures().items():
        verb = name.partition(" ")[0]
        about = {"verb": verb, "title": name, "headlines": [f"The answer of {name}."], "parts": [], "pictures": [], "command": ""}
        section = SECTION.get(verb, "decisions")
        studies.append({**about, "section": section, "charts": list(drawable(made).values()), "do": []})
    return page(content([], studies=studies), "All studies")
