"""The test database as it is after all migrations, kept on disk: a second test run starts in seconds.

Kept as a stopped cluster under ``.data/test/ready-<mark>``. The mark is a digest of what migrations and the
first grants are made of; another mark means a new one, and the old ones go. Decision 0115.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from commandcenter.runtime.servers import PASSWORD_FILE, Postgres

_MADE_OF = ("*/migrations/*.py", "*/rights.py", "*/roles.py", "*/apps.py", "*/offers.py", "*/partitions.py")


def mark(root: Path) -> str:
    """Sixteen hex digits over the sources that decide what a migrated database holds."""
    found = hashlib.sha256()
    sources = {path for pattern in _MADE_OF for path in _apps(root, pattern)}
    for path in sorted(sources | {root / "uv.lock"}):
        found.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _apps(root: Path, pattern: str) -> list[Path]:
    folders = (path.parent for path in root.glob("*/__init__.py") if path.parent.name != "tests")
    return [path for folder in folders for path in folder.parent.glob(f"{folder.name}/**/{pattern[2:]}")]


def bring(root: Path, home: Path, data: Path) -> bool:
    """Copies the kept cluster into ``data`` before its first start; False where none fits."""
    kept = home / f"ready-{mark(root)}"
    if not (kept / PASSWORD_FILE).exists():
        return False
    shutil.rmtree(data, ignore_errors=True)
    data.parent.mkdir(parents=True, exist_ok=True)
    return _copied(kept, data)


def keep(root: Path, home: Path, postgres: Postgres) -> None:
    """Stops the server for a moment and keeps its cluster; a run that can't goes on without."""
    kept = home / f"ready-{mark(root)}"
    making = home / f"making-{os.getpid()}"
    postgres.stop()
    try:
        making.mkdir(parents=True)
        done = _copied(postgres.cluster, making / postgres.cluster.name)
        if done and _copied(postgres.data / PASSWORD_FILE, making / PASSWORD_FILE) and not kept.exists():
            for old in home.glob("ready-*"):
                shutil.rmtree(old, ignore_errors=True)
            making.rename(kept)
    except OSError:
        pass
    finally:
        shutil.rmtree(making, ignore_errors=True)
        postgres.start()


def _copied(source: Path, target: Path) -> bool:
    """With owners and modes: the cluster may belong to another user than ours."""
    return subprocess.run(["cp", "-a", str(source), str(target)], check=False).returncode == 0
