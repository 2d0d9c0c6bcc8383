"""What failed in a CI run is run once more in a process of its own, and a real fault stays one."""

import os
from pathlib import Path

import pytest

from commandcenter.runtime import testing

ONCE = """
from pathlib import Path

def test_once():
    mark = Path(__file__).with_name("seen")
    seen = mark.exists()
    mark.touch()
    assert seen

def test_well():
    with Path(__file__).with_name("ran").open("a") as log:
        log.write("x")
"""


TWO_PHASES = """
import os
from pathlib import Path
import pytest

def note(word):
    with Path(__file__).with_name("ran").open("a") as log:
        log.write(f"{word} {os.environ.get('PYTEST_XDIST_WORKER', 'alone')}\\n")

def test_quick():
    note("quick")
    assert Path(__file__).with_name("mended").exists()

@pytest.mark.long
def test_slow():
    note("slow")
    mended = Path(__file__).with_name("mended")
    seen = mended.exists()
    mended.touch()
    assert seen

@pytest.mark.alone
def test_clock():
    note("clock")
"""


def city(tmp_path: Path, text: str) -> Path:
    marks = "".join(f"\n  {name}" for name in ("long", "browser", "alone"))
    (tmp_path / "pytest.ini").write_text(f"[pytest]\naddopts = -p xdist\nmarkers ={marks}\n")
    (tmp_path / "test_it.py").write_text(text)
    return tmp_path


def run(root: Path, *words: str) -> int:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CC_"))}
    plain["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    return testing.run(list(words), root, plain)


def test_a_race_passes_alone_and_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = city(tmp_path, ONCE)
    assert run(root, "--again", "-q") == 0
    told = capfd.readouterr().out
    assert "they passed alone" in told and told.rstrip().endswith("test_it.py::test_once")
    assert (root / "ran").read_text() == "x"  # only what failed ran again


def test_without_the_word_it_stays_failed(tmp_path: Path) -> None:
    assert run(city(tmp_path, ONCE), "-q") == 1


def test_a_fault_fails_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(city(tmp_path, "def test_no():\n    assert False\n"), "--again", "-q") == 1
    assert "they failed again" in capfd.readouterr().out


def test_many_failures_are_no_accident(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    many = "".join(f"def test_{n}():\n    assert False\n" for n in range(testing.FEW + 1))
    assert run(city(tmp_path, many), "--again", "-q") == 1
    assert "once more" not in capfd.readouterr().out


def test_a_broken_collection_is_not_tried_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(city(tmp_path, "import nothing_of_this_name\n"), "--again", "-q") == 2
    assert "once more" not in capfd.readouterr().out


def ran(root: Path) -> list[str]:
    """``<test> <where>``, the worker's number left out."""
    return [line.rstrip("0123456789") for line in (root / "ran").read_text().splitlines()]


def test_neighbours_first_and_then_those_that_bear_none(tmp_path: Path) -> None:
    root = city(tmp_path, TWO_PHASES)
    (root / "mended").touch()
    assert run(root, "--processes=2", "-q") == 0
    assert ran(root) == ["quick gw", "slow alone", "clock alone"]


def test_what_failed_in_either_phase_runs_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = city(tmp_path, TWO_PHASES)
    assert run(root, "--again", "--processes=2", "-q") == 0
    assert ran(root)[3:] == ["quick alone", "slow alone"]
    assert "they passed alone" in capfd.readouterr().out


def test_a_fault_of_the_first_phase_outlives_a_good_second(tmp_path: Path) -> None:
    text = "import pytest\ndef test_no():\n    assert False\n@pytest.mark.long\ndef test_yes():\n    pass\n"
    assert run(city(tmp_path, text), "--again", "--processes=2", "-q") == 1


def test_a_phase_without_tests_is_no_fault_but_two_are(tmp_path: Path) -> None:
    assert run(city(tmp_path, "def test_yes():\n    pass\n"), "--processes=2", "-q") == 0
    assert run(city(tmp_path, "\n"), "--processes=2", "-q") == 5
