"""Client of the simulator's control door. Plain sockets: usable from tests, benches and commands."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any


class ControlError(RuntimeError):
    """The simulator refused, or no simulator answers; the message can be shown to a person."""


class Control:
    """Tells a running simulator what to do.

    Args:
        path: the control socket, as printed by the simulator when ready.
        timeout: seconds to wait for an answer; a picture fault encodes its loop first.
    """

    def __init__(self, path: str | Path, timeout: float = 60.0) -> None:
        self.path = str(path)
        self._timeout = timeout

    @classmethod
    def of_data(cls, folder: str | Path) -> Control:
        """The door of the simulator that runs on this data folder.

        Raises:
            ControlError: none runs there.
        """
        return cls(running(folder)["control"])

    def call(self, **request: Any) -> dict[str, Any]:
        """Send one request, return its result.

        Raises:
            ControlError: with the simulator's own message, or when it doesn't answer.
        """
        try:
            with socket.socket(socket.AF_UNIX) as door:
                door.settimeout(self._timeout)
                door.connect(self.path)
                door.sendall(json.dumps(request).encode() + b"\n")
                with door.makefile("rb") as lines:
                    reply = json.loads(lines.readline() or b"{}")
        except OSError as error:
            raise ControlError(f"the camera simulator doesn't answer at {self.path}: {error}") from error
        if not reply.pop("ok", False):
            raise ControlError(reply.get("error", "the camera simulator closed the connection"))
        return dict(reply)

    def fault(self, camera: str, kind: str, **params: Any) -> dict[str, Any]:
        """Put a fault in force (`faults.KINDS`, or a bare code); ``seconds`` ends it by itself."""
        return self.call(op="fault", camera=camera, kind=kind, params=params)

    def clear(self, camera: str | None = None) -> list[str]:
        """End the fault of one camera, or of all; returns their keys."""
        return list(self.call(op="clear", camera=camera)["cleared"])

    def status(self, window: float = 60.0) -> dict[str, Any]:
        """Counters of every camera, and opens second by second within ``window`` seconds."""
        return self.call(op="status", window=window)

    def cameras(self) -> list[str]:
        """Keys of all cameras."""
        return list(self.call(op="list")["cameras"])

    def kinds(self) -> dict[str, str]:
        """Fault kinds and what each does."""
        return dict(self.call(op="list")["kinds"])


def running(folder: str | Path) -> dict[str, Any]:
    """Ports, pid and control path of the simulator that runs on this data folder.

    Raises:
        ControlError: none runs there.
    """
    try:
        return dict(json.loads((Path(folder) / "running.json").read_text(encoding="utf-8")))
    except OSError as error:
        raise ControlError("no camera simulator runs here; start it with `manage.py up`") from error
