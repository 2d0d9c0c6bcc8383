"""Starts the push service, and the keys of the browser that it opens for."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives import serialization
from django.conf import settings

from fieldstaff.webpush import crypto

BROWSER, AUTH = crypto.new_key(), bytes(range(16))
KEYS = {"p256dh": crypto.b64(crypto.point_of(BROWSER.public_key())), "auth": crypto.b64(AUTH)}


@contextmanager
def service_on(port: int = 0) -> Iterator[str]:
    """The service's host and port while it runs, in a process of its own; any free port for 0."""
    pem = BROWSER.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    command = [sys.executable, "-m", "tests.fieldstaff.push.service", pem, crypto.b64(AUTH), str(port)]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"127.0.0.1:{process.stdout.readline().strip()}"
        process.terminate()


def received(service: str, path: str = "201") -> list[dict[str, Any]]:
    """What came to that path, opened, its sender's signature checked."""
    with urllib.request.urlopen(f"http://{service}/seen", timeout=5) as answer:
        return [one for one in json.load(answer) if one["path"] == f"/push/{path}"]
