"""Questions of more than one run, a package each; adding one touches nothing else.

A package holds ``query`` (what is asked: options, help, defaults), ``answer``, ``table`` and ``plot``, over one ``engine``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.studies.query import Query


@cache
def queries() -> dict[str, type[Query]]:
    """The query of every study here by its verb, in the order in which commands are listed."""
    from sim.studies.query import Query

    for file in sorted(Path(__file__).parent.glob("*/query.py")):
        import_module(f"{__name__}.{file.parent.name}.query")
    known: dict[str, type[Query]] = {}
    waiting = Query.__subclasses__()
    while waiting:
        query = waiting.pop()
        waiting += query.__subclasses__()
        if "verb" in vars(query) and query.__module__.startswith(f"{__name__}."):
            known[query.verb] = query
    return dict(sorted(known.items(), key=lambda item: (item[1].rank, item[0])))
