"""Several web processes behind one port: both serve, and one that is killed comes back to the same door."""

from __future__ import annotations

import asyncio
import http.client
import socket
from pathlib import Path
from typing import Any

import psutil
import pytest

from commandcenter.runtime import programs
from commandcenter.runtime.supervisor import Supervisor
from tests.complaints.test_kills import environment

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
VISITORS = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _served(port: int) -> set[int]:
    """Which processes hold the kept connections of many visitors."""
    links = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(VISITORS)]
    for link in links:
        link.request("GET", "/healthz", headers={"Host": "localhost"})
    assert {link.getresponse().status for link in links} == {200}
    found = {
        process.pid
        for process in psutil.process_iter()
        for held in _connections(process)
        if held.laddr and held.laddr.port == port and held.status == psutil.CONN_ESTABLISHED
    }
    for link in links:
        link.close()
    return found


async def _until(port: int, many: int) -> set[int]:
    """Who serves, once so many do; what was seen last after a minute."""
    found: set[int] = set()
    for _ in range(200):
        found = await asyncio.to_thread(_served, port)
        if len(found) == many:
            break
        await asyncio.sleep(0.3)
    return found


def _connections(process: psutil.Process) -> list[Any]:
    try:
        return process.net_connections("tcp") if "daphne" in " ".join(process.cmdline()) else []
    except psutil.Error:
        return []


def test_two_processes_share_a_port_and_a_killed_one_returns(tmp_path: Path):
    port = _free_port()

    async def story() -> None:
        keeper = Supervisor(environment())
        try:
            for program in programs.webs("127.0.0.1", port, 2):
                assert await keeper.start(program), program.name
            pids = {child.pid for child in keeper.children.values()}
            assert await _until(port, 2) == pids
            keeper.children["web2"].kill()
            await asyncio.sleep(0.2)
            assert await asyncio.to_thread(_served, port) == {keeper.children["web"].pid}
            assert await _until(port, 2) == {child.pid for child in keeper.children.values()}
        finally:
            await keeper.stop()

    asyncio.run(story())
    with pytest.raises(OSError):
        programs.webs("127.0.0.1", port, 2)
    programs.DOORS.pop().close()
