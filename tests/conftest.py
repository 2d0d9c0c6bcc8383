"""What every test may lean on. Servers come from ``commandcenter.runtime.pytest_plugin``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from commandcenter import keys
from commandcenter.runtime import browser as chromium


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the stories marked `long`")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Plain ``pytest`` on a fresh clone speaks Indonesian too."""
    if hasattr(session.config, "workerinput"):
        return
    from django.conf import settings

    from commandcenter.runtime.management.commands.compile_messages import compile_catalogues

    compile_catalogues(settings.BASE_DIR)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    skip = pytest.mark.skip(reason="a long story: run with --long")
    for item in items:
        if "long" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def few_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo city of a test has a handful of reports: the story is the same, the minutes are saved."""
    monkeypatch.setattr("complaints.demo.COUNT", 6)


@pytest.fixture
def redis_client() -> Iterator[object]:
    """This process's Redis client on an empty key space."""
    client = keys.client()
    client.flushdb()
    yield client
    client.flushdb()


@pytest.fixture(scope="session")
def chrome() -> Iterator[Any]:
    """The one browser of a test run: Playwright's sync API starts once in a thread and no second time."""
    from playwright.sync_api import sync_playwright

    path = chromium.find()
    if not path:
        pytest.skip("NO CHROMIUM: the browser stories were not run")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield running
        running.close()
