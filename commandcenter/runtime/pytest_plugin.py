"""Gives a test run its own PostgreSQL and Valkey before Django's settings are read.

Loaded with ``-p`` from pyproject.toml: pytest-django reads the settings before any conftest.
Under xdist every worker has servers and a data directory of its own, and the controller has none (decision
0122): tests empty their database, flush their Valkey and stop both.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from commandcenter.runtime import ready_database
from commandcenter.runtime.management.commands.compile_messages import compile_catalogues
from commandcenter.runtime.servers import FAST_AND_LOOSE, Postgres, Valkey

ROOT = Path(__file__).resolve().parents[2]
_servers: list[Any] = []
_brought: list[bool] = []


def _clean(folder: Path) -> None:
    """Removes what test runs of dead processes left behind."""
    for old in folder.glob("run-*"):
        pid = old.name.removeprefix("run-")
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and time.time() - old.stat().st_mtime > 60:
            shutil.rmtree(old, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: Any, parser: Any, args: list[str]) -> None:
    """Runs before pytest-django's hook of the same name."""
    os.environ["CC_TESTING"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commandcenter.settings")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    os.environ["CC_REDIS_PREFIX"] = f"cc-{worker}" if worker else "cc"
    if not worker:  # before Django reads any: plain pytest on a fresh clone speaks Indonesian too
        compile_catalogues(ROOT)
    controls = not worker and getattr(early_config.known_args_namespace, "numprocesses", None)
    if controls or os.environ.get("CC_DATABASE_URL"):
        return
    home = ROOT / ".data" / "test"
    home.mkdir(parents=True, exist_ok=True)
    _clean(home)
    data = home / f"run-{os.getpid()}"
    _brought.append(ready_database.bring(ROOT, home, data))
    postgres = Postgres(data, settings=FAST_AND_LOOSE)
    valkey = Valkey(data, persist=False)
    postgres.start()
    valkey.start()
    _servers.extend([postgres, valkey, data])
    os.environ["CC_DATABASE_URL"] = postgres.url
    os.environ["CC_REDIS_URL"] = valkey.url
    os.environ["CC_DATA_DIR"] = str(data)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """Whatever ``--dist`` says: the order of the collection matters to our database."""
    from commandcenter.runtime.shares import InOrder

    return InOrder(config, log)


@pytest.fixture(scope="session")
def ready_database_brought() -> bool:
    """Whether the test database was there, migrated, when this run began."""
    return _brought == [True]


def own_servers() -> bool:
    """Whether this process started servers, instead of using some that it was given."""
    return bool(_servers)


def keep_database() -> None:
    """Keeps the database that was just migrated for the next runs; it must have no open connections."""
    if _servers and _brought == [False]:
        ready_database.keep(ROOT, ROOT / ".data" / "test", _servers[0])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: Any) -> None:
    """A worker tidies up before it says that it is done: afterwards xdist gives it a few seconds to live."""
    if hasattr(session.config, "workerinput"):
        _stop()


def pytest_unconfigure(config: Any) -> None:
    """Every other run tidies up at its very end."""
    _stop()


def _stop() -> None:
    """Stops the servers and removes their data."""
    if not _servers:
        return
    postgres, valkey, data = _servers
    valkey.stop()
    postgres.stop()
    shutil.rmtree(data, ignore_errors=True)
    if postgres.run.parent != data:
        shutil.rmtree(postgres.run, ignore_errors=True)
    _servers.clear()
