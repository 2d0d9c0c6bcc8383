"""The process itself: how it starts, ends and is told what to do by `manage.py camsim`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import psutil
import pytest
from django.core.management import CommandError, call_command

from cctv.camsim.process import ROOT, SimProcess

from .conftest import CAMERAS
from .pulling import grab


def _camsim(sim: SimProcess, *words: str) -> str:
    out = StringIO()
    call_command("camsim", "--data", str(sim.folder), *words, stdout=out)
    return out.getvalue()


def test_the_command_lists_faults_and_clears(sim: SimProcess) -> None:
    listed = _camsim(sim, "list")
    assert "pasar" in listed and "slow-keyframes" in listed
    assert "refuse" in _camsim(sim, "fault", "Gambar", "403")
    assert sim.control.status()["cameras"]["gambar"]["fault_params"] == {"code": 403}
    _camsim(sim, "fault", "gambar", "slow", "delay=0.1", "--seconds", "60")
    assert "slow" in _camsim(sim, "status")
    assert "gambar" in _camsim(sim, "clear", "gambar")
    assert "jalan" in _camsim(sim, "clear", "--all")
    assert sim.control.status()["cameras"]["gambar"]["fault"] is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("fault", "tiada", "stall"), "pasar"),
        (("fault", "pasar", "meledak"), "freeze"),
        (("fault", "pasar", "slow", "delay"), "name=value"),
        (("clear",), "--all"),
    ],
)
def test_the_command_explains_mistakes(sim: SimProcess, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        _camsim(sim, *words)


def test_the_command_says_when_nothing_runs(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no camera simulator"):
        call_command("camsim", "--data", str(tmp_path), "list")


def test_it_stops_at_once_and_leaves_nothing(loops_folder: Path) -> None:
    with SimProcess(CAMERAS[:1], loops_folder) as other:
        assert grab(other.rtsp_url("pasar"))
        pid, control = other.pid, Path(other.ready["control"])
        start = time.monotonic()
        other.stop()
    assert time.monotonic() - start < 2
    assert not psutil.pid_exists(pid)
    assert not control.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="needs PR_SET_PDEATHSIG")
def test_it_dies_with_its_parent(loops_folder: Path) -> None:
    code = (
        "import time; from cctv.camsim.process import SimProcess;"
        "from tests.cctv.camsim.conftest import CAMERAS, LOOPS;"
        "s = SimProcess(CAMERAS[:1], LOOPS).start(); print(s.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_simulator_that_cannot_start_says_why(loops_folder: Path) -> None:
    with pytest.raises(RuntimeError, match="scene must be one of"):
        SimProcess([{"key": "a", "scene": "moon"}], loops_folder).start()


def test_a_broken_configuration_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text('{"cameras": [{"key": "a", "scene": "moon"}]}')
    done = subprocess.run(
        [sys.executable, "-m", "cctv.camsim", "--config", str(path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith("camsim: camera a: scene must be one of")
    assert "Traceback" not in done.stderr
