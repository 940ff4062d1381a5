"""The files that pictures become: PNG, and SVG too where that is asked for; each whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("png", "svg")
"""Every kind of file that a picture may lie in."""


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

    def drop(self, name: str) -> None:
        """Removes a picture that an earlier answer had and this one has not."""
        for kind in KINDS:
            (self.folder / f"{name}.{kind}").unlink(missing_ok=True)
