"""Pictures as the tests have them drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.present.pictures import Pictures


def made(folder: Path, draw: Callable[..., None], *args: Any, svg: bool = False) -> list[Path]:
    """The files that ``draw(*args, pictures)`` leaves in *folder*."""
    pictures = Pictures(folder, svg)
    draw(*args, pictures)
    return pictures.made
