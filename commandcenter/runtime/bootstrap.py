"""From a bare clone to a Python with everything installed. Standard library only."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UV_VERSION = "0.13.9"
VENV = ROOT / ".venv"
STAMP = VENV / ".commandcenter-lock"
DEV_COMMANDS = {"test", "bench"}


class SetupError(SystemExit):
    """Ends the program with one clear sentence."""


def enter(argv: list[str]) -> None:
    """Returns inside a complete environment, or re-executes ``argv`` in ``.venv`` after setting it up."""
    if os.environ.get("CC_NO_BOOTSTRAP") == "1" or _foreign_environment():
        return
    dev = len(argv) > 1 and argv[1] in DEV_COMMANDS
    if not _current(dev):
        install(dev)
    if Path(sys.prefix).resolve() != VENV.resolve():
        python = str(VENV / "bin" / "python")
        os.execve(python, [python, *argv], os.environ)  # noqa: S606 (this very program, no shell wanted)


def _foreign_environment() -> bool:
    """True in somebody's own environment that already has Django (a container image, a packager's venv)."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        return False
    if sys.prefix == sys.base_prefix and not os.environ.get("CC_IN_IMAGE"):
        return False
    from importlib.util import find_spec

    return find_spec("django") is not None


def _wanted(dev: bool) -> str:
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes()).hexdigest()
    return digest + (" dev" if dev else "")


def _current(dev: bool) -> bool:
    try:
        return STAMP.read_text() in {_wanted(dev), _wanted(True)}
    except OSError:
        return False


def install(dev: bool) -> None:
    """Installs uv into ``.uv`` and the locked packages into ``.venv``; safe beside a second run."""
    if sys.version_info < (3, 11):  # noqa: UP036 (the bare machine may have less)
        raise SetupError("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ".")
    with (ROOT / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _current(dev):
            return
        uv = ensure_uv()
        print("Setting up: installing the locked Python packages into .venv …", flush=True)
        command = [uv, "sync", "--frozen", "--inexact", "--quiet", "--python", _base_python()]
        if not dev:
            command.append("--no-dev")
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise SetupError("The Python packages could not be installed: is the package index reachable?")
        STAMP.write_text(_wanted(dev))


def _base_python() -> str:
    return getattr(sys, "_base_executable", None) or sys.executable


def ensure_uv() -> str:
    """The path of uv, installed beside the clone when the machine has none (PEP 668 allows --target)."""
    uv = ROOT / ".uv" / "bin" / "uv"
    if uv.exists():
        return str(uv)
    python = _base_python()
    if subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        raise SetupError("pip is missing: install it first (Debian and Ubuntu: apt-get install python3-pip).")
    print("Setting up: installing uv into .uv …", flush=True)
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--target", str(ROOT / ".uv"), f"uv=={UV_VERSION}"]
    if subprocess.run(command, check=False).returncode or not uv.exists():
        raise SetupError("uv could not be installed: is the Python package index reachable from here?")
    return str(uv)
