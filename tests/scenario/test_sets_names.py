"""The file of a calibration may have any name that its system allows."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from sim.scenario.sets_file import read_sets


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/s\xe9.csv")
    Path(path).write_text("set,factor,position\n0,road.drive,0.5\n", "utf-8")
    assert read_sets(path).positions == ((0.5,),)
