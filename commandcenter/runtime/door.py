"""Sends a command line to the house's own commands or to Django.

``up`` and ``test`` run before Django loads. Every other command finds the running house's servers,
or gets its own for as long as it lasts, unless CC_DATABASE_URL and CC_REDIS_URL name others.
"""

from __future__ import annotations

import os
from pathlib import Path

from commandcenter.runtime import house
from commandcenter.runtime.servers import Postgres, Valkey

# Commands that never ask the database, so none has to be started for them.
WITHOUT_SERVERS = {
    "help",
    "version",
    "--help",
    "--version",
    "compile_messages",
    "collectstatic",
    "makemessages",
}


def run(argv: list[str]) -> None:
    """Entry point of ``manage.py`` inside a complete environment."""
    command = argv[1] if len(argv) > 1 else "help"
    if command == "up":
        from commandcenter.runtime import up

        return up.main(argv[2:])
    if command == "test":
        from commandcenter.runtime import testing

        return testing.main(argv[2:])
    return _django(command, argv)


def _django(command: str, argv: list[str]) -> None:
    if not _given("CC_SECRET_KEY"):
        os.environ.update(house.secret_environment())
        os.environ.setdefault("CC_DEBUG", "1")
    servers: list[Postgres | Valkey] = []
    if command == "bench":
        servers = _own(house.data_dir() / "bench")
    elif not _given("CC_DATABASE_URL") and command not in WITHOUT_SERVERS:
        servers = _attach()
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(argv)
    finally:
        for server in reversed(servers):
            server.stop()


def _given(name: str) -> bool:
    """Whether the environment names it, directly or as a file."""
    return bool(os.environ.get(name) or os.environ.get(name + "_FILE"))


def _attach() -> list[Postgres | Valkey]:
    """The running house's environment, or servers of our own (returned, to be stopped)."""
    if house.running():
        os.environ.update(house.running_state().get("environment", {}))
        return []
    return _own(house.data_dir())


def _own(data: Path) -> list[Postgres | Valkey]:
    """Servers on ``data`` for as long as this command lasts; a benchmark never touches the city's."""
    postgres, valkey = Postgres(data), Valkey(data)
    postgres.start()
    valkey.start()
    urls = {"CC_DATABASE_URL": postgres.url, "CC_REDIS_URL": valkey.url, "CC_DATA_DIR": str(data)}
    os.environ.update(urls)
    return [postgres, valkey]
