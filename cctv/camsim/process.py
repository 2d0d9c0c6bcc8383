"""The simulator as a child process, for tests, benches and the supervisor."""

from __future__ import annotations

import ctypes
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from .control import Control

ROOT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies; elsewhere do nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class SimProcess:
    """A running simulator.

    Args:
        config: a configuration as in `config.parse`, or just its cameras; ports default to free ones.
        data_dir: where loops are cached; share it between runs to prepare once. Everything else
            of a run lies in a private temporary folder.
        timeout: seconds to wait for readiness, drawing included.

    Use as a context manager. `control` is the door, `rtsp_url` and `http_url` give addresses.
    """

    control: Control

    def __init__(
        self,
        config: Mapping[str, Any] | Iterable[Mapping[str, Any]],
        data_dir: str | Path,
        timeout: float = 120.0,
    ) -> None:
        plain: dict[str, Any] = dict(config) if isinstance(config, Mapping) else {"cameras": list(config)}
        self.config: dict[str, Any] = {"rtsp_port": 0, "http_port": 0} | plain
        self.cameras: dict[str, dict[str, Any]] = {c["key"]: dict(c) for c in self.config["cameras"]}
        self.ready: dict[str, Any] = {}
        self._timeout = timeout
        self._scratch = tempfile.TemporaryDirectory(prefix="camsim-")
        self.folder = Path(self._scratch.name)
        self.config |= {"data": str(self.folder), "loops_dir": str(Path(data_dir).resolve())}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> SimProcess:
        """Start and wait until it serves.

        Raises:
            RuntimeError: it ended or wasn't ready in time; the message carries what it printed.
        """
        path = self.folder / "config.json"
        path.write_text(json.dumps(self.config), encoding="utf-8")
        command = [sys.executable, "-m", "cctv.camsim", "--config", str(path), "--die-with-parent"]
        self._errors = (self.folder / "stderr.txt").open("w+b")
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self._errors, env=_quiet_environment()
        )
        self.ready = self._wait_ready()
        self.control = Control(self.ready["control"])
        return self

    def _wait_ready(self) -> dict[str, Any]:
        assert self._process is not None and self._process.stdout is not None
        deadline = time.monotonic() + self._timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while (left := deadline - time.monotonic()) > 0 and selector.select(left):
                line = self._process.stdout.readline()
                if not line:
                    break
                if line.startswith(b'{"ready"'):
                    return dict(json.loads(line))
        self.stop()
        printed = (self.folder / "stderr.txt").read_text(encoding="utf-8", errors="replace")
        self._scratch.cleanup()
        raise RuntimeError(f"the camera simulator did not start: {printed[-2000:].strip()}")

    @property
    def pid(self) -> int:
        """Process id of the simulator."""
        assert self._process is not None
        return self._process.pid

    def signal(self, number: int) -> None:
        """Send a signal, for example SIGSTOP: every camera falls silent at once."""
        os.kill(self.pid, number)

    def stop(self) -> None:
        """End the process: politely, then for good after two seconds."""
        process = self._process
        if process is None:
            return
        self._process = None
        process.terminate()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        self._errors.close()

    def __enter__(self) -> SimProcess:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._scratch.cleanup()

    # -- addresses ------------------------------------------------------------------

    def _netloc(self, key: str, port: int, credentials: bool) -> str:
        camera = self.cameras[key]
        where = f"{self.ready['host']}:{port}"
        if not credentials or camera.get("auth", "none") == "none":
            return where
        user, password = quote(camera.get("user", ""), safe=""), quote(camera.get("password", ""), safe="")
        return f"{user}:{password}@{where}"

    def rtsp_url(self, key: str, credentials: bool = True) -> str:
        """``rtsp://`` address of a camera, with quoted credentials where it wants some."""
        return f"rtsp://{self._netloc(key, self.ready['rtsp_port'], credentials)}/{key}"

    def http_url(self, key: str, path: str = "still.jpg", credentials: bool = False) -> str:
        """``http://`` address of a camera's still, ``mjpeg`` or ``hls/index.m3u8``."""
        return f"http://{self._netloc(key, self.ready['http_port'], credentials)}/{key}/{path}"


def _quiet_environment() -> dict[str, str]:
    """The environment without what would make the child load Django or a test plugin."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "PYTEST_"))}
