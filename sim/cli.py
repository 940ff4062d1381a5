"""The command line: arguments in, exit status out.  What a command does is in :mod:`sim.api`, what it shows in present.

Heavy packages are imported inside commands only, so that help answers at once.

Exit status: 0 done; 1 a bug; 2 the command or a file is wrong; 3 stopped with work kept; 130 Ctrl-C, work kept.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import typer

from sim.commands import files, runs, sensitivity, sweep, validate
from sim.commands.app import app
from sim.commands.make import command_of
from sim.console import NobodyReads, say
from sim.studies import queries

_QUERIES = queries()
for _verb, _query in _QUERIES.items():
    app.command(_verb, short_help=_query.short)(command_of(_query))
app.registered_commands.sort(key=lambda info: list(_QUERIES).index(info.name) if info.name in _QUERIES else len(_QUERIES))
"""Help lists questions first, in their order, then what there is for scenario files and stored results."""
MODULES = (runs, sweep, sensitivity, validate, files)
"""Modules whose commands are made by hand."""


def main(argv: list[str] | None = None) -> NoReturn:
    """Runs a command and exits with its status; every error is a line or more on standard error, never a traceback."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no large matrices here; idle threads cost 5 % of a short command
    try:
        with _terminable():
            status = app(args=argv, prog_name="evacsim", standalone_mode=False) or 0
            sys.stdout.flush()
    except BaseException as error:
        status = _explain(error)
    if status == 130:
        say("stopped; finished replications are kept, the same command goes on from there")
    _leave(int(status))


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM, as ``kill`` and batch systems send it, stops a command as Ctrl-C does: workers end, work is kept."""

    def stop(number: int, frame: FrameType | None) -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell has its background commands ignore Ctrl-C
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _explain(error: BaseException) -> int:
    """Says what went wrong and gives the exit status for it."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 1
    if isinstance(error, KeyboardInterrupt):
        return 130
    if isinstance(error, typer.TyperException):
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        say(message if type(error).__name__ == "NoArgsIsHelpError" else f"evacsim: {message}")
        return 2
    if isinstance(error, NobodyReads):
        return 0
    from sim.api import Lost, StoreError, explained

    if (lines := explained(error)) is not None:
        for line in lines:
            say(line)
        return 3 if isinstance(error, StoreError | MemoryError | Lost) else 2
    if isinstance(error, OSError) and error.filename is None:
        say(f"evacsim: cannot write the answer: {error.strerror}")
        return 3
    if os.environ.get("EVACSIM_DEBUG"):
        raise error
    text = " ".join(str(error).split())[:300]
    say(f"evacsim: a bug: {type(error).__name__}: {text} (EVACSIM_DEBUG=1 shows the traceback)")
    return 1


def _leave(status: int) -> NoReturn:
    """Exits without a second complaint about a standard output that is closed or full."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(status)
