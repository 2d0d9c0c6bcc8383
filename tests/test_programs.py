"""How the house's own processes are started: who waits at the door comes first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from commandcenter.runtime import programs
from commandcenter.runtime.process import launched


@pytest.mark.parametrize("nice", [0, 7])
def test_a_launched_program_steps_back_as_it_is_told(nice):
    ask = [sys.executable, "-c", "import os; print(os.nice(0))"]
    before = int(subprocess.run(ask, capture_output=True, check=True).stdout)
    answer = subprocess.run(launched(ask, nice=nice), capture_output=True, check=True, start_new_session=True)
    assert int(answer.stdout) == min(19, before + nice)


def test_work_for_later_stands_behind_the_web_server_and_cameras_do_not(tmp_path: Path):
    steps = {program.name: program.nice for program in programs.workers(tmp_path)}
    assert programs.web("127.0.0.1", 1).nice == steps["grab"] == steps["hold"] == 0
    assert 0 < steps["default"] < steps["files"]
