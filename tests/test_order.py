"""In which order a whole run goes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BROWSER = "tests/browser/test_desk_split.py"
LOOP = "tests/wall/test_strange_requests.py"


def test_the_browser_comes_after_whatever_runs_a_loop_of_its_own():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--long", BROWSER, LOOP]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout
    files = [line.split("::")[0] for line in told.splitlines() if "::" in line]
    assert {BROWSER, LOOP} == set(files)
    assert LOOP not in files[files.index(BROWSER) :]
