"""The simulator's control door: JSON lines over a unix socket only its owner may open."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .faults import KINDS, FaultError

if TYPE_CHECKING:
    from .server import Simulator

#: A unix socket's path may have 107 bytes on Linux and 103 on macOS.
MAX_PATH = 100


def socket_path(wanted: str, folder: Path) -> Path:
    """Where the socket lies: as asked, else in the data folder, else in a short temporary one."""
    path = Path(wanted) if wanted else folder.resolve() / "control.sock"
    if len(str(path).encode()) <= MAX_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix="camsim-")) / "control.sock"


class Door:
    """Takes one JSON object a line, answers one a line: ``{"ok": true, ...}`` or an error."""

    def __init__(self, simulator: Simulator, path: Path) -> None:
        self._simulator = simulator
        self._path = path
        self._server: asyncio.AbstractServer | None = None

    async def open(self) -> None:
        """Listen; a left-over socket of a killed run is replaced."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self._path))
        self._path.chmod(0o600)

    def close(self) -> None:
        """Stop listening and remove the socket."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while line := await reader.readline():
                writer.write(json.dumps(await self._reply(line)).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _reply(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            result = await self._do(request)
        except KeyError as error:
            return {"ok": False, "error": f"no camera or field {error}"}
        except (FaultError, ValueError, RuntimeError) as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True, **result}

    async def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        simulator = self._simulator
        operation = request["op"]
        if operation == "fault":
            return await simulator.fault(request["camera"], request["kind"], request.get("params", {}))
        if operation == "clear":
            names = [request["camera"]] if request.get("camera") else list(simulator.fleet.cameras)
            for name in names:
                simulator.clear(name)
            return {"cleared": names}
        if operation == "status":
            return simulator.fleet.status(float(request.get("window", 60)))
        if operation == "list":
            kinds = {kind.name: kind.help for kind in KINDS.values()}
            return {"cameras": list(simulator.fleet.cameras), "kinds": kinds}
        raise FaultError(f"unknown operation {operation!r}")
