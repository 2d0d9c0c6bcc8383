"""The README's first command: it starts, says so, stops in two seconds, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.browser.conftest import ROOT, RunningHouse, get_json, house_environment, wait_for

pytestmark = [pytest.mark.long]
# The lock holds nothing, the socket asks for a password, the log is this test's own.
HARMLESS = {"up.lock", ".s.PGSQL.5432", "up.log"}


@pytest.fixture
def empty_house(tmp_path):
    """``up --no-demo`` by hand: the command line belongs to each story."""
    running = RunningHouse(tmp_path / "data")
    yield running
    if running.process and running.process.poll() is None:
        running.process.kill()


def start_empty(running: RunningHouse) -> None:
    running.data.mkdir(exist_ok=True)
    command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(running.port)]
    running.log.unlink(missing_ok=True)
    with running.log.open("wb") as log:
        running.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=house_environment(running.data),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    wait_for(lambda: "Ctrl-C stops all" in running.said() or running.ended(), 180, "the house to start")
    assert not running.ended(), running.said()


def readable_by_others(data: Path) -> list[str]:
    """Files that another login of this machine could open, its way there included."""
    found = []
    for folder, _folders, files in os.walk(data):
        inside = Path(folder).relative_to(data)
        if all((data / part).stat().st_mode & 0o001 for part in (inside, *inside.parents)):
            found += [name for name in files if (Path(folder) / name).stat().st_mode & 0o004]
    return [name for name in found if name not in HARMLESS]


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]


def test_an_empty_house_lives_is_stopped_killed_and_comes_back(empty_house):
    start_empty(empty_house)
    assert get_json(empty_house.address + "/readyz") == {"ok": True, "database": "ok", "redis": "ok"}
    assert "administrator" in empty_house.said()
    pids = [process.pid for process in empty_house.children()]
    assert len(pids) > 5
    assert readable_by_others(empty_house.data) == []
    second = subprocess.run(
        [sys.executable, "manage.py", "up", "--no-demo", "--port", str(empty_house.port + 1)],
        cwd=ROOT, env=house_environment(empty_house.data), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert second.returncode != 0
    assert "already runs at" in second.stderr + second.stdout
    assert empty_house.stop() <= 2.0
    wait_for(lambda: not alive(pids), 3, "the last pool child to be gone")
    assert (empty_house.data / "dump.rdb").exists() and readable_by_others(empty_house.data) == []

    start_empty(empty_house)
    pids = [process.pid for process in empty_house.children()]
    assert empty_house.process
    os.kill(empty_house.process.pid, signal.SIGKILL)
    empty_house.process.wait(10)
    wait_for(lambda: not alive(pids), 10, "no orphan to be left")

    start_empty(empty_house)
    assert get_json(empty_house.address + "/readyz")["ok"] is True
    assert empty_house.stop() <= 2.0


def test_a_busy_port_is_a_clear_sentence(tmp_path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "manage.py", "up", "--no-demo", "--port", str(port)],
            cwd=ROOT, env=house_environment(tmp_path), capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode != 0
    assert f"Port {port} on 127.0.0.1 is busy" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_machine_without_pip_is_told_in_one_sentence(tmp_path):
    """A clone whose Python has no pip: the bootstrap says what is missing and how to get it."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    python = tmp_path / "python3"
    python.write_text(
        f'#!/bin/sh\n[ "$1" = "-m" ] && [ "$2" = "pip" ] && exit 1\nexec {sys._base_executable} "$@"\n'
    )
    python.chmod(0o755)
    script = (
        f"import sys; sys._base_executable = {str(python)!r}; sys.path.insert(0, {str(clone)!r});"
        "from commandcenter.runtime import bootstrap; bootstrap.enter(['manage.py', 'up'])"
    )
    environment = {**house_environment(tmp_path), "CC_NO_BOOTSTRAP": ""}
    begun = time.monotonic()
    done = subprocess.run(
        [sys._base_executable, "-c", script],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert (
        done.stderr.strip()
        == "pip is missing: install it first (Debian and Ubuntu: apt-get install python3-pip)."
    )
    assert time.monotonic() - begun < 30
    assert not (Path(clone) / ".venv").exists()
