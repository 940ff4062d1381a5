"""The built site: ``sphinx-build -W docs site``.

Pages are the Markdown files beside this one.  Commands and API are read from the code when the site is built, so that neither
page can say something else than the program does.  Nothing is loaded over the network, neither to build nor to read.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from typer.main import get_command

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))

import sim  # noqa: E402
from sim.cli import app as evacsim  # noqa: E402

project = "evacsim"
author = copyright = "evacsim contributors"
version = release = sim.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["making"]
root_doc = "index"
myst_heading_anchors = 4
nb_execution_mode = "force"  # the notebook is run for every site, in a folder that is gone afterwards
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True
autodoc_typehints = "description"
autodoc_member_order = "bysource"
html_theme = "furo"
html_title = f"evacsim {release}"
html_copy_source = False
smartquotes = False  # -- stays -- in the names of options


def commands() -> str:
    """Every command as its ``--help`` says it, in Markdown."""
    group = get_command(evacsim)
    parts = []
    for name, command in group.commands.items():
        context = command.context_class(command, info_name=name)
        usage = " ".join(["evacsim", name, *command.collect_usage_pieces(context)])
        records = [param.get_help_record(context) for param in command.get_params(context)]
        rows = [f"| {_code(left)} | {_cell(right)} |" for left, right in filter(None, records)]
        parts.append("\n".join([f"## {name}", "", f"```text\n{usage}\n```", "", _cell(command.help or ""), "",
                                "| takes | meaning |", "|---|---|", *rows, ""]))  # fmt: skip
    return "\n".join(parts)


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"


def _cell(text: str) -> str:
    """Text of the help, in which nothing is markup."""
    return " ".join("".join(f"\\{c}" if c in "\\`*_{}[]<>#|$" else c for c in text).split())


def api() -> str:
    """Directives for everything that ``import evacsim`` gives: functions, then what they return, then what they raise."""
    kinds: dict[str, list[str]] = {"Functions": [], "What they return": [], "What they raise": []}
    for name in sorted(set(sim.__all__) - {"__version__"}):
        value = getattr(sim, name)
        if not inspect.isclass(value):
            kinds["Functions"].append(f".. autofunction:: evacsim.{name}")
        elif issubclass(value, BaseException):
            kinds["What they raise"].append(f".. autoexception:: evacsim.{name}")
        else:
            kinds["What they return"].append(
                f".. autoclass:: evacsim.{name}\n   :members:\n   :exclude-members: __init__, __new__"
            )
    parts = [f"## {title}\n\n```{{eval-rst}}\n" + "\n\n".join(each) + "\n```\n" for title, each in kinds.items() if each]
    return "\n".join(parts)


MADE = {"<!-- commands -->": commands, "<!-- api -->": api}
"""What stands in a page in place of text that is read from the code."""

ELSEWHERE = re.compile(r"<!-- shows (\S+) -->")
SHOWN = {m[1]: page for page in DOCS.rglob("*.md") if (m := ELSEWHERE.match(page.read_text("utf-8")))}
"""Pages of the project that lie outside of ``docs/``, and those that show them in the site."""
LINK = re.compile(r"\[([^]]*)\]\(([^)#:\s]+)(#[^)]*)?\)")


def put(app: Sphinx, name: str, source: list[str]) -> None:
    """A page as it is read: what is made has its place filled, what lies elsewhere is shown, links lead into the site."""
    here = there = (DOCS / name).parent
    text = source[0]
    if shows := ELSEWHERE.match(text):
        there = (ROOT / shows[1]).parent
        text = (ROOT / shows[1]).read_text("utf-8")
    for mark, make in MADE.items():
        if mark in text:
            text = text.replace(mark, make())
    source[0] = LINK.sub(lambda m: _led(m, there, here), text)


def _led(link: re.Match[str], there: Path, here: Path) -> str:
    """A link of a page in folder *there* as it is for one in folder *here*; only its words if the site lacks what it leads to."""
    words, path, anchor = link[1], link[2], link[3] or ""
    target = Path(os.path.normpath(there / path))
    if not target.is_relative_to(DOCS):
        shown = SHOWN.get(target.relative_to(ROOT).as_posix())
        if shown is None:
            return words
        target = shown
    return f"[{words}]({os.path.relpath(target, here)}{anchor})"


FOREIGN = re.compile(
    r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//[^>]*>|url\([\"']?(?:https?:)?//[^)]*\)"
)


def alone(app: Sphinx, error: Exception | None) -> None:
    """Raises ExtensionError where a built page or style would load anything over the network."""
    built = [path for suffix in ("html", "css") for path in Path(app.outdir).rglob(f"*.{suffix}")]
    found = [f"{path.name}: {m[0]}" for path in built for m in FOREIGN.finditer(path.read_text("utf-8"))]
    if found and error is None:
        raise ExtensionError("loaded over the network: " + "; ".join(found))


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_lexer("csv", TextLexer)  # pages may name what a table is, though nothing colours it
    app.add_lexer("ipythontb", TextLexer)  # what our errors say in a notebook is no traceback
    app.connect("source-read", put)
    app.connect("build-finished", alone)
