"""Noncombatant evacuation of a capital's missions, simulated: what ``import sim`` gives, by the name that nobody else's file has.

>>> import evacsim
>>> study = evacsim.run("evacsim:minimal", n=50)       # doctest: +SKIP
>>> study.summary["total"]["p90_h"], study.missions  # doctest: +SKIP

The code lies in the package ``sim`` beside this one.  A file of that name in the folder that one works in hides it from ``import
sim``, not from here: then ``sim`` is this project's in the whole process, and a warning names the file.
"""

from __future__ import annotations

import sys
import warnings
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import (
        Comparison,
        QueryError,
        ScenarioError,
        Study,
        check,
        compare,
        describe,
        load,
        new,
        open_result,
        plot,
        run,
        schema,
        trace,
    )

HOME = Path(__file__).resolve().parent.parent / "sim" / "__init__.py"
"""The package that has the code."""


class ShadowedWarning(UserWarning):
    """A file has the name of this project's package, and is not what ``import sim`` gives here."""


def _code() -> ModuleType:
    """The package ``sim`` that lies beside this one, whatever other file has its name.

    Raises:
        ImportError: if another module of that name is loaded already.
    """
    loaded = sys.modules.get("sim")
    if loaded is not None:
        if _is_ours(getattr(loaded, "__file__", None)):
            return loaded
        place = getattr(loaded, "__file__", None) or "a module without a file"
        raise ImportError(
            f"{place} is loaded as `sim`, the name of evacsim's own package: rename that file, or import evacsim before it"
        )
    other = PathFinder.find_spec("sim")
    origin = other.origin if other is not None else None
    if origin is not None and not _is_ours(origin) and sys.argv[:1] != ["-m"]:  # of `python -m evacsim`, who imports nothing
        text = f"{origin} has the name of evacsim's own package: `import sim` gives that package here; rename the file"
        warnings.warn(text, ShadowedWarning, stacklevel=3)
    return _loaded()


def _is_ours(file: str | None) -> bool:
    try:
        return file is not None and Path(file).samefile(HOME)
    except OSError:
        return False


def _loaded() -> ModuleType:
    """Loads the package from its place; its own imports find it among the loaded modules."""
    spec = spec_from_file_location("sim", HOME, submodule_search_locations=[str(HOME.parent)])
    if not isinstance(spec, ModuleSpec) or spec.loader is None:
        raise ImportError(f"no package sim beside {Path(__file__).parent}: install evacsim again")
    module = module_from_spec(spec)
    sys.modules["sim"] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules["sim"]
        raise
    return module


_sim = _code()

__version__: str = _sim.__version__
__all__ = [
    "Comparison", "QueryError", "ScenarioError", "Study", "__version__", "check", "compare", "describe", "load", "new",
    "open_result", "plot", "run", "schema", "trace",
]  # fmt: skip
__all__ += sorted(set(_sim.__all__) - set(__all__))  # every study


def __getattr__(name: str) -> Any:
    """The same object as ``sim`` has of that name."""
    if not name.startswith("_"):
        try:
            return getattr(_sim, name)
        except AttributeError:
            pass
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
