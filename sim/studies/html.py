"""What a terminal shows of an answer as HTML, for a notebook: sentences and tables, everything escaped, nothing that runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import escape
from importlib import import_module
from typing import Any

from rich.console import RenderableType

from sim.experiment import Result
from sim.present.page.parts import parts

Json = Mapping[str, Any]
WIDTH = 200
"""Columns of the terminal that it would be shown on: intervals stand beside their numbers there."""
RIGHT, LEFT, SMALL = "text-align:right;padding:.1em .5em", "text-align:left;padding:.1em .5em", "opacity:.75;font-size:90%"
WHOLE = f"{SMALL};white-space:nowrap"
"""Of intervals."""


def answer_html(answer: Any) -> str:
    """What the study that *answer* is of shows of it."""
    table = import_module(type(answer).__module__.rpartition(".")[0] + ".table")
    return shown_html(table.shown(answer, WIDTH))


def study_html(study: Any) -> str:
    """What ``run`` shows of a scenario's study."""
    runs = import_module("sim.studies.run.answer").Runs
    return answer_html(runs((study,), mission=study.mission))


class OpenedResult(Result):
    """A stored result that a notebook shows."""

    def _repr_html_(self) -> str:
        """Its table; of one that gave nothing, why."""
        from sim.analysis.found import Summary, found_of
        from sim.present import terminal

        found = found_of(self.summary)
        if isinstance(found, Summary):
            return shown_html([terminal.run_table(replace(found, cohorts=None), WIDTH)])
        return shown_html([f"{self.title}: no answer, all {self.n:,} replications failed."])


def shown_html(shown: Iterable[RenderableType]) -> str:
    """Sentences as paragraphs; tables whose headings say what they head, with what stands right above as the caption."""
    made: list[str] = []
    above = ""
    for part in parts(shown):
        if "rows" in part:
            made.append(_table(part, above))
            above = ""
            continue
        made += _paragraph(above)
        above = ""
        if part["small"]:
            made += _paragraph(part["text"], SMALL)
        else:
            above = part["text"]
    return f"<div>{''.join([*made, *_paragraph(above)])}</div>"


def _paragraph(text: str, style: str = "") -> list[str]:
    if not text.strip():
        return []
    how = f' style="{style}"' if style else ""
    return [f"<p{how}>{_lines(text)}</p>"]


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.strip().splitlines())


def _table(table: Json, caption: str) -> str:
    heads = "".join(
        f'<th scope="col" style="{RIGHT if numbers else LEFT}">{escape(title)}</th>' for title, numbers in table["head"]
    )
    above = f'<caption style="{LEFT};caption-side:top">{_lines(caption)}</caption>' if caption.strip() else ""
    rows = "".join(_row(bold, cells, table["head"]) for bold, cells in table["rows"])
    return f"<table>{above}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(bold: bool, cells: Any, heads: Any) -> str:
    """The first cell heads its row."""
    first, *rest = cells
    weight = "bold" if bold else "normal"
    made = [f'<th scope="row" style="{LEFT};font-weight:{weight}">{_cell(first)}</th>']
    for cell, (_, numbers) in zip(rest, heads[1:], strict=False):
        made.append(f'<td style="{RIGHT if numbers else LEFT};font-weight:{weight}">{_cell(cell)}</td>')
    return f"<tr>{''.join(made)}</tr>"


def _cell(cell: Any) -> str:
    """The text, and the interval below it."""
    text, *interval = cell
    below = f'<br><span style="{WHOLE}">{escape(interval[0])}</span>' if interval else ""
    return f"{escape(text)}{below}"
