"""The strips of the bottleneck by the hour on the page; kept beside the answer, for no summary has them."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.outcomes import Stored
from sim.present.labels import labels
from sim.present.page.bottleneck import strips
from sim.studies.charts import Json, figure


def strips_chart(results: Sequence[Stored]) -> dict[str, Json]:
    """``bottleneck``, of the scenarios as they are; nothing where nobody waits."""
    kept = [one for one in results if one.n > len(one.failed)]
    made = strips(kept, labels(kept)) if kept else None
    if made is None:
        return {}
    panel = {**made, "kind": "strips", "title": "", "words": " ".join(strip["words"] for strip in made["strips"])}
    return {"bottleneck": figure(made["title"], made["under"], [panel])}
