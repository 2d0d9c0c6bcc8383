"""The simulator as a child process, for tests, benches and the demo."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from complaints.channelsim.config import parse, secrets_of, settings_of
from complaints.channelsim.control import Control

ROOT = Path(__file__).resolve().parents[2]


class SimProcess:
    """A running world, as a context manager. ``config``: names and values of `config.Config`.

    ``settings`` and ``secrets`` are what our channels need to talk to it, by channel; ``allow_hosts`` what
    `http.Http` must be allowed.
    """

    control: Control

    def __init__(self, *, timeout: float = 30.0, **config: Any) -> None:
        self._given = config
        self._timeout = timeout
        self._scratch = tempfile.TemporaryDirectory(prefix="channelsim-")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> SimProcess:
        """Starts it and waits until it serves.

        Raises:
            RuntimeError: it ended or was not ready in time; the message carries what it printed.
        """
        folder = Path(self._scratch.name)
        path = folder / "config.json"
        path.write_text(json.dumps(self._given), encoding="utf-8")
        command = [sys.executable, "-m", "complaints.channelsim", "--config", str(path), "--die-with-parent"]
        quiet = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "PYTEST_"))}
        self._errors = (folder / "stderr.txt").open("w+b")
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self._errors, env=quiet
        )
        ready = self._wait_ready()
        ports = {name: ready[name] for name in ("smtp_port", "imap_port") if name in ready}
        self.config = parse(self._given | {"port": ready["port"]} | ports)
        self.address = f"http://{ready['host']}:{ready['port']}"
        self.allow_hosts = frozenset(f"{ready['host']}:{port}" for port in (ready["port"], *ports.values()))
        self.settings = settings_of(self.config, self.address)
        self.secrets = secrets_of(self.config)
        self.control = Control(self.address)
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
        printed = (Path(self._scratch.name) / "stderr.txt").read_text(encoding="utf-8", errors="replace")
        self._scratch.cleanup()
        raise RuntimeError(f"the channel simulator did not start: {printed[-2000:].strip()}")

    @property
    def pid(self) -> int:
        """Process id of the simulator."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """Ends it: politely, then for good after two seconds."""
        process, self._process = self._process, None
        if process is None:
            return
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
