"""The hook of the build: with EVACSIM_COMPILED=1 the model's hot modules are compiled by mypyc; else it does nothing.

The sources go into the wheel as well, and a result's id is made of them: compiled and plain builds share their results.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PLAIN = {
    "__init__",
    "draws",
    "eventlog",
    "given",
    "hours",
    "inputs",
    "limit",
    "names",
    "open_quantity",
    "orders",
    "ranks",
    "records",
    "replication",
    "stages",
    "traffic",
}
"""Modules of ``sim/model`` that gain nothing: work over arrays, constants, or what is done once."""

CONFIG = """\
[mypy]
explicit_package_bases = True
ignore_missing_imports = True
follow_imports = silent
[mypy-numpy.*,scipy.*,pydantic.*,polars.*]
follow_imports = skip
"""
"""For mypyc: SimPy's types must be known, since the clock is a class made from one of SimPy's; others only take time to read."""


class Readme(MetadataHookInterface):
    """The README as a package index shows it, where no file of the project lies beside it."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Gives the metadata the README without links into the project."""
        text = (Path(self.root) / "README.md").read_text("utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": without_local_links(text)}


def without_local_links(text: str) -> str:
    """Markdown in which links to files beside it are their words alone; those to places on the network stay."""
    return re.sub(r"\[([^\]]+)\]\((?![a-z]+:)[^)]*\)", r"\1", text)


class CompiledModel(BuildHookInterface[Any]):
    """Builds the extension modules and puts them beside their sources."""

    def dependencies(self) -> list[str]:
        """What building takes beside hatchling: nothing for the plain build."""
        return ["mypy[mypyc]==2.4.1", "setuptools==84.2.1", "simpy==4.1.2"] if self._wanted() else []

    def _wanted(self) -> bool:
        return os.environ.get("EVACSIM_COMPILED") == "1" and self.target_name == "wheel"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless this is a plain or an editable build."""
        if not self._wanted() or version == "editable":
            return
        self.folder = Path(tempfile.mkdtemp(prefix="evacsim-build-"))
        for built in _compile(Path(self.root), self.folder):
            build_data["force_include"][str(built)] = built.relative_to(self.folder / "made").as_posix()
        build_data |= {"pure_python": False, "infer_tag": True}

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing behind."""
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


def _compile(root: Path, folder: Path) -> list[Path]:
    """The extension modules, made in *folder*/made as they are to lie in the wheel."""
    from mypyc.build import mypycify
    from setuptools import Distribution

    (folder / "mypy.ini").write_text(CONFIG)
    sources = [f"sim/model/{p.name}" for p in sorted((root / "sim/model").glob("*.py")) if p.stem not in PLAIN]
    here = Path.cwd()
    os.chdir(root)  # what mypyc names modules by
    try:
        extensions = mypycify(
            [f"--config-file={folder / 'mypy.ini'}", f"--cache-dir={folder / 'cache'}", *sources],
            group_name="evacsim_model",
            opt_level="1",  # 2 takes twice as long to compile and gains little
            debug_level="0",
            target_dir=str(folder / "c"),
        )
        build = Distribution({"name": "evacsim", "ext_modules": extensions}).get_command_obj("build_ext")
        build.build_lib, build.build_temp = str(folder / "made"), str(folder / "temp")
        build.ensure_finalized()
        build.run()
    finally:
        os.chdir(here)
    return sorted((folder / "made").rglob("*.*"))
