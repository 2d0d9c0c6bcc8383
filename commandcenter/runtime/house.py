"""Where this clone keeps its running state, its secrets and its lock."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class AlreadyUp(RuntimeError):
    """Another ``up`` holds this clone; ``args[0]`` is its address."""


def data_dir() -> Path:
    """``.data`` of the clone, or CC_DATA_DIR."""
    path = Path(os.environ.get("CC_DATA_DIR") or ROOT / ".data")
    path.mkdir(parents=True, exist_ok=True)
    with suppress(PermissionError):  # somebody else's folder, given by CC_DATA_DIR: theirs to guard
        # Nobody lists it; PostgreSQL, another user where we are root, still reaches its own folder below.
        path.chmod(0o711)
    return path


def make_private() -> None:
    """Closes what others could read on this machine; PostgreSQL's folders stay its own."""
    data = data_dir()
    with suppress(PermissionError, FileNotFoundError):
        for name in ("media", "camsim", "mail", "camsim.json", "dump.rdb", "stream", "postgres.log"):
            if (path := data / name).exists():
                path.chmod(0o700 if path.is_dir() else 0o600)


def purged_note() -> Path:
    """Present once the demo was purged: a city in use must not get demo logins back by a plain ``up``."""
    return data_dir() / "demo-purged"


def secrets_file() -> Path:
    """Where this clone's own keys are kept."""
    return data_dir() / "secrets.json"


def secret_environment() -> dict[str, str]:
    """Keys of this clone, made once and readable by the owner alone; the environment wins."""
    path = secrets_file()
    try:
        stored: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError):
        stored = {name: secrets.token_urlsafe(48) for name in ("CC_SECRET_KEY", "CC_FIELD_KEY")}
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(stored, file)
    return {name: os.environ.get(name) or value for name, value in stored.items()}


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Holds the clone's lock; a second holder gets AlreadyUp with the first one's address."""
    with (data_dir() / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyUp(str(running_state().get("address", "an address not written yet"))) from None
        yield


def running() -> bool:
    """Whether an ``up`` of this clone is alive now."""
    try:
        with only_one():
            return False
    except AlreadyUp:
        return True


def running_state() -> dict[str, Any]:
    """What the last ``up`` wrote about itself: address, pid and the environment of its processes."""
    try:
        state: dict[str, Any] = json.loads((data_dir() / "up.json").read_text())
    except (OSError, ValueError):
        return {}
    return state


def write_state(state: dict[str, Any]) -> None:
    """Replaces the running state in one step."""
    path = data_dir() / "up.json"
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(state, file)
    fresh.replace(path)


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
