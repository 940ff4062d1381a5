"""The command line: arguments in, exit status out.  What a command does is in :mod:`sim.api`, what it shows in present.

Heavy packages are imported inside commands only, so that help answers at once.

Exit status: 0 done; 1 a bug; 2 the command or a file is wrong; 3 stopped with work kept; 130 Ctrl-C, work kept.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any, NoReturn

import typer

from sim.commands import files, stored
from sim.commands.app import app
from sim.commands.from_query import command_of, serving_command
from sim.console import NobodyReads, Unwritable, say
from sim.serve.query import ServeQuery
from sim.streams import careful
from sim.studies import queries

_QUERIES = queries()
for _verb, _query in _QUERIES.items():
    app.command(_verb, short_help=_query.short)(command_of(_query))
app.command("serve", short_help=ServeQuery.short)(serving_command(ServeQuery))
app.registered_commands.sort(key=lambda info: list(_QUERIES).index(info.name) if info.name in _QUERIES else len(_QUERIES))
"""Help lists questions first, in their order, then what there is for scenario files and stored results."""
MOST_SAID = 300
"""Characters of what the library says of an option, which may quote what was typed in full."""
MODULES = (stored, files)
"""Modules whose commands are made by hand."""


def main(argv: list[str] | None = None) -> NoReturn:
    """Runs a command and exits with its status; every error is a line or more on standard error, never a traceback."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no large matrices here; idle threads cost 5 % of a short command
    with careful() as (out, _), warnings.catch_warnings():
        warnings.filterwarnings("always", "no pictures:|the file system ", UserWarning)  # even where all are errors
        warnings.showwarning = partial(_warn, warnings.showwarning, set())
        status = _status(argv)
        out.flush()
        if out.failure is not None and status == 0 and not isinstance(out.failure, BrokenPipeError):
            say(f"evacsim: cannot write to standard output: {out.failure.strerror}")
    sys.exit(status)


def _status(argv: list[str] | None) -> int:
    """The exit status of a command, once all has been said."""
    try:
        with _terminable():
            status = app(args=argv, prog_name="evacsim", standalone_mode=False) or 0
    except BaseException as error:
        status = _explain(error)
    if status == 130:
        say("stopped; finished replications are kept, the same command goes on from there")
    return int(status)


def _warn(
    other: Callable[..., None], known: set[str], message: Warning | str, category: type[Warning], *place: Any, **more: Any
) -> None:
    """A notice of ours is a line, once; other libraries' warnings are theirs."""
    if category.__module__.startswith("sim."):
        if str(message) not in known:
            say(f"evacsim: {message}")
        known.add(str(message))
    else:
        other(message, category, *place, **more)


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM, as ``kill`` and batch systems send it, stops a command as Ctrl-C does: workers end, work is kept.

    So does the end of the terminal, if the answer would go there; a command whose answer goes elsewhere does without it.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell has its background commands ignore Ctrl-C
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    to_terminal = sys.stdout.isatty()  # once it is gone it can't be asked
    handlers: dict[int, Any] = {signal.SIGTERM: stop}
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:  # which nohup has set
        handlers[hang_up] = stop if to_terminal else lambda number, frame: None
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _explain(error: BaseException) -> int:
    """Says what went wrong and gives the exit status for it."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 1
    if isinstance(error, KeyboardInterrupt):
        return 130
    if isinstance(error, typer.TyperException):
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        if type(error).__name__ != "NoArgsIsHelpError":  # which says the help, in many lines
            message = f"evacsim: {message if len(message) <= MOST_SAID else message[:MOST_SAID] + '…'}"
        say(message)
        return 2
    if isinstance(error, NobodyReads):
        return 0
    if isinstance(error, Unwritable):
        say(f"evacsim: cannot write the answer: {error}")
        return 3
    from sim.api import Lost, StoreError, explained

    if (lines := explained(error)) is not None:
        for line in lines:
            say(line)
        return 3 if isinstance(error, StoreError | MemoryError | Lost) else 2
    if os.environ.get("EVACSIM_DEBUG"):
        raise error
    if (refused := _of_system(error)) is not None:
        say(f"evacsim: {refused}")
        return 2
    text = " ".join(str(error).split())[:300]
    say(f"evacsim: a bug: {type(error).__name__}: {text} (EVACSIM_DEBUG=1 shows the traceback)")
    return 1


def _of_system(error: BaseException) -> str | None:
    """What the system refused, to whom, in a line; None if it is nothing of that kind."""
    if isinstance(error, OSError) and error.errno is not None:
        what = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        return f"the system refuses: {what}{error.strerror}"
    if isinstance(error, ImportError) and os.strerror(errno.EMFILE) in str(error):  # from the loader, which keeps no number
        return f"the system refuses: {error}"
    return None
