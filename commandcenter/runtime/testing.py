"""``manage.py test``: set-up, then pytest. ``--long`` adds the whole stories; other arguments go through.

For CI: ``--again`` runs what failed once more in a process of its own, if it was little (decision 0113), and
``--processes=2`` shares out the tests that bear a neighbour and runs the others after them (decision 0122).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from commandcenter.runtime import browser, browser_files, house, shares

FEW = 5
"""More failures than this are no accident of one run."""
TESTS_FAILED = 1
NOTHING_FOUND = 5
AGAIN = "--again"
PROCESSES = re.compile(r"--processes=(\d+)")


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
    raise SystemExit(run(argv, house.ROOT, environment))


def run(argv: list[str], root: Path, environment: dict[str, str]) -> int:
    """Runs pytest in ``root``; the exit code. With ``--again`` a few failures get one more run, alone."""
    given = [word for word in argv if word != AGAIN and not PROCESSES.fullmatch(word)]
    counts = [int(match[1]) for word in argv if (match := PROCESSES.fullmatch(word))]
    code = _phases(shares.phases(max(counts, default=1)), given, root, environment)
    if code != TESTS_FAILED or AGAIN not in argv:
        return code
    failed = failures(root)
    if not 0 < len(failed) <= FEW:
        return code
    print("\nFAILED, once more in a process of their own:", *failed, sep="\n  ", flush=True)
    options = [word for word in given if word.startswith("-")]
    code = _pytest([*options, *failed], root, environment)
    outcome = "they failed again" if code else "they passed alone: a race of the tests or of the product"
    print(f"\n{outcome}:", *failed, sep="\n  ", flush=True)
    return code


def _phases(phases: list[list[str]], given: list[str], root: Path, environment: dict[str, str]) -> int:
    """One run of pytest after the other; failed tests stop none, all else that is wrong does.

    pytest's note of what failed keeps the names of the run before, whose tests are not among the next one's.
    """
    codes = []
    for words in phases:
        codes.append(_pytest([*words, *given], root, environment))
        if codes[-1] not in (0, TESTS_FAILED, NOTHING_FOUND):
            return codes[-1]
    if TESTS_FAILED in codes:
        return TESTS_FAILED
    return min(codes)  # nothing found is an error only where no run found any


def _pytest(argv: list[str], root: Path, environment: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *argv]
    return subprocess.run(command, cwd=root, env=environment, check=False).returncode


def failures(root: Path) -> list[str]:
    """The tests that failed in the last run in ``root``, as pytest noted them; empty where it did not."""
    try:
        found = json.loads((root / ".pytest_cache/v/cache/lastfailed").read_text())
    except (OSError, ValueError):
        return []
    return sorted(name for name in found if "::" in name)
