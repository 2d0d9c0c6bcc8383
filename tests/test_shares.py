"""Two processes share out a run without mixing tests that roll back with tests that empty the database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from commandcenter.runtime.shares import InOrder

ROOT = Path(__file__).resolve().parents[1]
COLLECTED = ["a.py::one", "a.py::two[a::b]", "b.py::one", "a.py::empties", "b.py::empties"]


def test_a_file_is_one_stretch_for_every_time_it_comes() -> None:
    options = SimpleNamespace(tx=["popen", "popen"], loadscopereorder=True)
    shared = InOrder(SimpleNamespace(option=options, getvalue=lambda name: getattr(options, name)))
    first = [shared._split_scope(name) for name in COLLECTED]
    assert first == ["a.py::one", "a.py::one", "b.py::one", "a.py::empties", "b.py::empties"]
    assert [shared._split_scope(name) for name in reversed(COLLECTED)] == first[::-1]
    assert not options.loadscopereorder, "the largest first would mix them"


PROBE = """
import os
import time
from pathlib import Path

from django.conf import settings

from commandcenter import keys


def test_mine():
    keys.client().set("whose", __file__)
    here = Path(__file__)
    told = [os.environ["CC_DATABASE_URL"], settings.REDIS_URL, str(settings.DATA_DIR)]
    here.with_suffix(".told").write_text("\\n".join(told))
    end = time.monotonic() + 300
    while len(list(here.parent.glob("*.told"))) < 2 and time.monotonic() < end:
        time.sleep(0.02)  # both at work now
    assert keys.client().get("whose") == __file__.encode()
"""


@pytest.mark.long
def test_every_process_has_servers_and_a_folder_of_its_own(tmp_path: Path) -> None:
    for name in ("test_one.py", "test_two.py"):
        (tmp_path / name).write_text(PROBE)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CC_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-c", "pyproject.toml", "--rootdir", "."]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-p", "no:schemathesis", str(tmp_path)],
        cwd=ROOT, env=plain, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    one, two = (path.read_text().splitlines() for path in sorted(tmp_path.glob("*.told")))
    assert len(one) == 3 and not set(one) & set(two)
    assert not any(Path(told[2]).exists() for told in (one, two)), "gone with their process"
