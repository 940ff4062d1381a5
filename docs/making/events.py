"""The tables of the page about the event log, written from the fields and kinds of events.

``python docs/making/events.py`` puts them between the two marks of ``docs/reference/events.md``.
"""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import get_args, get_type_hints

from sim.model.event import EVENTS, Event

BEGIN, END = "<!-- events: made from sim/model/event.py by python docs/making/events.py -->", "<!-- end of events -->"
PAGE = Path(__file__).parents[1] / "reference" / "events.md"
PLAIN = {
    "mission": "Whose people.",
    "cohort": "Whose people.",
    "gate": "Which gate.",
    "hub": "The safe haven.",
}
"""Fields whose name says all."""
TYPES = {int: "whole number", float: "number", str: "text"}


def field_docs() -> dict[str, str]:
    """What stands under each field of an event."""
    (body,) = (node for node in ast.parse(inspect.getsource(Event)).body if isinstance(node, ast.ClassDef))
    found = dict(PLAIN)
    for field, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(after, ast.Expr):
            found[field.target.id] = inspect.cleandoc(ast.literal_eval(after.value))
    return {
        name: re.sub(r"\s+", " ", found[name].replace(":data:`EVENTS`", "those below").replace("``", "`"))
        for name in Event._fields
    }


def field_table() -> str:
    """The fields, as Markdown."""
    hints = get_type_hints(Event)
    rows = [
        f"| `{name}` | {TYPES[(get_args(hints[name]) or (hints[name],))[0]]} | {text} |" for name, text in field_docs().items()
    ]
    return "\n".join(["| field | holds | meaning |", "|---|---|---|", *rows])


def event_table() -> str:
    """The kinds of events, as Markdown."""
    return "\n".join(["| event | meaning |", "|---|---|", *(f"| `{name}` | {text or '–'} |" for name, text in EVENTS.items())])


def renewed(page: str) -> str:
    """The page with the tables of this version between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n## Fields\n\n{field_table()}\n\n## Events\n\n{event_table()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
