"""Drawing needs no window: whatever the settings of this machine ask of matplotlib, the same pictures are drawn."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.present.pictures import NoPictures, Pictures
from sim.present.style import LINES, wrap

ROOT = Path(sim.__file__).parent
DRAW = """
import os, sys
from pathlib import Path
from sim.present.pictures import Pictures
def figure():
    from matplotlib.figure import Figure
    made = Figure((2, 2))
    made.subplots().plot([1, 2])
    return made
pictures = Pictures(Path(sys.argv[1]), svg=True)
pictures.by("sim.present.style", lambda style: pictures.draw("line", figure))
print(os.environ.get("MPLBACKEND"))
"""


def drawn(folder: Path, **environment: str) -> tuple[dict[str, bytes], str]:
    folder.mkdir()
    known = {k: v for k, v in os.environ.items() if k not in ("MPLBACKEND", "MATPLOTLIBRC")}
    known |= {"PYTHONPATH": str(ROOT.parent), **environment}
    done = subprocess.run([sys.executable, "-c", DRAW, str(folder)], env=known, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return {p.name: p.read_bytes() for p in folder.iterdir()}, done.stdout.strip()


@pytest.mark.costly
def test_whatever_backend_is_wished_for(tmp_path: Path) -> None:
    """Those of a notebook and of windows that are not installed, none at all, and settings that cannot be read."""
    (tmp_path / "matplotlibrc").write_bytes(b"font.size: 30\n\xff\xfe\n")
    plain, _ = drawn(tmp_path / "plain")
    assert set(plain) == {"line.png", "line.svg"}
    for k, name in enumerate(("module://matplotlib_inline.backend_inline",)):
        assert drawn(tmp_path / str(k), MPLBACKEND=name) == (plain, name)
    assert drawn(tmp_path / "rc", MATPLOTLIBRC=str(tmp_path / "matplotlibrc"), MPLBACKEND="Qt4Agg") == (plain, "Qt4Agg")


def test_without_matplotlib_all_else_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    pictures = Pictures(tmp_path)
    with pytest.warns(NoPictures, match="no pictures: import of matplotlib"):
        pictures.by("sim.present.style", lambda style: pytest.fail("there is nothing to draw with"))
    assert pictures.made == []


DRAWERS = ("present/style.py", "present/plot*.py", "studies/figures.py", "studies/*/plot.py", "studies/sweep/[hls]*.py")


@pytest.mark.costly
def test_modules_that_draw_are_loaded_in_one_way() -> None:
    """By name, through ``Pictures.by``: an import elsewhere would load matplotlib as the machine's settings want it."""
    draw = re.compile(r"matplotlib|sim\.present\.(style|plot)|sim\.studies\.(figures|\w+\.(plot|lines|heat|scales))")
    wrong = []
    for path in ROOT.rglob("*.py"):
        if any(path.match(pattern) for pattern in DRAWERS):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and draw.match(node.module or "") and node.col_offset != 4:
                wrong.append(f"{path.relative_to(ROOT)} imports {node.module}")
    assert wrong == ["present/pictures.py imports sim.present.style"], "which it needs when it writes what was drawn"


def test_a_word_without_end_is_cut() -> None:
    assert [len(line) for line in wrap("x" * 10**6, 80)] == [80] * LINES
    assert max(map(len, wrap(f"{'x' * 10**5} {'y' * 10**5} {'z' * 10**5}", 80))) <= 80
    assert wrap("one two three", 8) == ["one two", "three"]
