"""House rules that can be checked: floors, sizes, environment, documents."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from commandcenter import env, settings

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
FOREIGN = re.compile(
    r"""(?:src|href|url|import|from)\s*[=(]?\s*["']?(?:https?:)?//(?!localhost|127\.0\.0\.1)"""
)


def tracked(*patterns: str) -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT, capture_output=True
    )
    return [path for name in done.stdout.decode().split("\n") if name and (path := ROOT / name).is_file()]


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("pattern", ["*.py", "*.js", "*.css", "*.html"])
def test_no_file_is_longer_than_a_person_reads(pattern):
    long = {str(p.relative_to(ROOT)): lines_of(p) for p in tracked(pattern) if lines_of(p) > LONGEST_FILE}
    assert long == {}


def test_no_function_is_longer_than_a_screen():
    long = {}
    for path in tracked("*.py"):
        if "migrations" in path.parts or "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                # From the first line inside: a long list of keyword-only arguments is no long function.
                length = (node.end_lineno or 0) - node.body[0].lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = length
    assert long == {}


def test_no_module_is_named_for_nothing():
    shelves = [p for p in tracked("*.py") if p.stem in {"utils", "helpers", "common", "misc"}]
    assert shelves == []


def test_the_example_environment_names_exactly_what_is_read():
    text = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^(CC_[A-Z_]+)=", text, re.MULTILINE))
    assert settings.BASE_DIR == ROOT
    assert named == set(env.DECLARED)


def test_no_page_names_a_foreign_host():
    found = {}
    for path in tracked("templates/*.html", "static/*.js", "static/*.css"):
        hits = [line for line in path.read_text(encoding="utf-8").splitlines() if FOREIGN.search(line)]
        if hits:
            found[str(path.relative_to(ROOT))] = hits
    assert found == {}


def test_the_lock_files_name_only_the_public_hosts():
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text()))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_nothing_third_party_is_committed():
    folders = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert not folders & {"node_modules", ".venv", ".uv", ".data"}


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "LICENSE", "docs/glossary.md"])
def test_the_papers_are_there(name):
    assert (ROOT / name).stat().st_size > 400
