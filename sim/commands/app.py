"""The command ``evacsim``, to which the modules beside this one add what it can do."""

from __future__ import annotations

from typing import Annotated

import typer

from sim import __version__
from sim.console import give

app = typer.Typer(
    name="evacsim",
    help="How long it takes to get mission staff out of a capital under threat, who is left behind, and what held them up.",
    epilog="A scenario is a YAML file or a shipped one such as evacsim:turkish-collapse; `evacsim new` writes one to start from.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        give(f"evacsim {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Prints the version.")] = False,
) -> None:
    pass
