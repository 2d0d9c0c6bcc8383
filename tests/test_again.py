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


def city(tmp_path: Path, text: str) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
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
