"""A Chromium for the browser tests: the system's, else one installed where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]


def find() -> str:
    """Path of a Chromium, or an empty text."""
    own = os.environ.get("CC_CHROMIUM", "")
    if own and Path(own).exists():
        return own
    return next((path for path in map(shutil.which, NAMES) if path), "")


def ensure() -> str:
    """``find()``, after trying to install Debian's package as root."""
    path = find()
    if path or os.getuid() != 0 or not shutil.which("apt-get"):
        return path
    print("Setting up: installing Chromium for the browser tests …", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *command], check=False, env=environment, **quiet)  # type: ignore[call-overload]
    return find()
