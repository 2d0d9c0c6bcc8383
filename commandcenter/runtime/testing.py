"""``manage.py test``: set-up, then pytest. ``--long`` adds the whole stories; other arguments go through."""

from __future__ import annotations

import os
import subprocess
import sys

from commandcenter.runtime import browser, browser_files, house


def main(argv: list[str]) -> None:
    """Ends with pytest's own exit code."""
    note = browser_files.install()
    if note:
        print(note, flush=True)
    chromium = browser.ensure()
    if chromium:
        os.environ["CC_CHROMIUM"] = chromium
    else:
        print("NO CHROMIUM: the browser tests will be SKIPPED. Install one, or set CC_CHROMIUM.", flush=True)
    os.environ["CC_TESTING"] = "1"
    environment = {**os.environ, "CC_NO_BOOTSTRAP": "1"}
    subprocess.run(
        [sys.executable, "manage.py", "compile_messages"], cwd=house.ROOT, env=environment, check=True
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *argv], cwd=house.ROOT, env=environment, check=False
    )
    raise SystemExit(done.returncode)
