"""The files that pictures become: PNG, and SVG too where that is asked for; each whole or not at all."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("png", "svg")
"""Every kind of file that a picture may lie in."""


class NoPictures(UserWarning):
    """Pictures could not be drawn here; everything else was done."""


def drawing(name: str) -> Any:
    """A module that draws, with matplotlib loaded whatever this machine's settings ask of it: no window is opened here.

    Raises:
        ImportError, OSError: if matplotlib cannot be loaded at all.
    """
    with _no_backend():
        try:
            import_module("matplotlib")
        except (ValueError, OSError):  # a settings file that can't be read
            for half in [module for module in sys.modules if module.partition(".")[0] == "matplotlib"]:
                del sys.modules[half]
            before = os.environ.get("MATPLOTLIBRC")
            os.environ["MATPLOTLIBRC"] = os.devnull
            try:
                import_module("matplotlib")
            finally:
                _restore("MATPLOTLIBRC", before)
    return import_module(name)


@contextmanager
def _no_backend() -> Iterator[None]:
    """Without MPLBACKEND, which may name what isn't installed; matplotlib is told of it afterwards, for a notebook's sake."""
    wanted, loaded = os.environ.pop("MPLBACKEND", None), "matplotlib" in sys.modules
    try:
        yield
    finally:
        _restore("MPLBACKEND", wanted)
    if wanted and not loaded:
        with suppress(ValueError):
            import_module("matplotlib").rcParams["backend"] = wanted


def _restore(name: str, value: str | None) -> None:
    os.environ.pop(name, None)
    if value is not None:
        os.environ[name] = value


class Pictures:
    """A folder that is drawn into.  *announce* hears the name of each picture before it is drawn."""

    def __init__(self, folder: Path, svg: bool = False, announce: Callable[[str], None] = lambda name: None) -> None:
        self.folder, self.announce = folder, announce
        self.kinds = KINDS if svg else KINDS[:1]
        self.made: list[Path] = []
        """What was drawn, in that order."""

    def draw(self, name: str, figure: Callable[[], Figure]) -> None:
        """Draws what *figure* makes, in our style, as ``name.png`` (and ``name.svg``)."""
        from sim.present.style import save, styled

        self.announce(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        with styled():
            self.made += save(figure(), [self.folder / f"{name}.{kind}" for kind in self.kinds])
        if len(self.kinds) < len(KINDS):  # one of an earlier drawing may show something else
            (self.folder / f"{name}.svg").unlink(missing_ok=True)

    def by(self, module: str, draw: Callable[[Any], None]) -> None:
        """Calls *draw* with the *module* that can draw; where it can't be loaded there are no pictures, and a warning."""
        try:
            drawer = drawing(module)
        except (ImportError, OSError, ValueError) as error:
            warnings.warn(f"no pictures: {' '.join(str(error).split())[:200]}", NoPictures, stacklevel=2)
            return
        draw(drawer)

    def drop(self, name: str) -> None:
        """Removes a picture that an earlier answer had and this one has not."""
        for kind in KINDS:
            (self.folder / f"{name}.{kind}").unlink(missing_ok=True)
