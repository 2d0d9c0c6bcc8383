"""What every test may lean on. Servers come from ``commandcenter.runtime.pytest_plugin``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from commandcenter import keys
from commandcenter.runtime import browser as chromium
from commandcenter.runtime.pytest_plugin import keep_database, own_servers
from tests.seeded import few


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the stories marked `long`")
    parser.addoption("--many", action="store_true", help="ask the described interfaces many more questions")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Plain ``pytest`` on a fresh clone speaks Indonesian too."""
    if hasattr(session.config, "workerinput"):
        return
    from django.conf import settings

    from commandcenter.runtime.management.commands.compile_messages import compile_catalogues

    compile_catalogues(settings.BASE_DIR)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        # Real browsers and servers on a busy machine: a second try, told in the summary (decision 0113).
        if "browser" in item.keywords or "long" in item.keywords:
            item.add_marker(pytest.mark.flaky(reruns=1))
    # The browser's loop stays in this thread to the end: whatever runs a loop of its own comes before it.
    items.sort(key=lambda item: "chrome" in getattr(item, "fixturenames", ()))
    if config.getoption("--long"):
        return
    skip = pytest.mark.skip(reason="a long story: run with --long")
    for item in items:
        if "long" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(request: pytest.FixtureRequest) -> None:
    """A worker on servers of its own has no neighbour to share a database's name with."""
    if not own_servers():
        request.getfixturevalue("django_db_modify_db_settings_xdist_suffix")


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest, ready_database_brought: bool) -> bool:
    """A database brought ready is only looked over: its migrations have run."""
    return ready_database_brought or bool(request.config.getvalue("reuse_db"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> None:
    """Migrated once: kept for the runs after this one."""
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            connections.close_all()
            keep_database()


@pytest.fixture(autouse=True)
def few_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """In every test that seeds."""
    few(monkeypatch)


@pytest.fixture(autouse=True)
def no_hurdle(settings: Any) -> None:
    """Tests send more reports from one browser than a citizen does; those of the hurdle lower it again."""
    settings.PROOF_AFTER = 1000


@pytest.fixture(autouse=True)
def any_disk(settings: Any) -> None:
    """Tests run on full disks too; those of the free space ask for some."""
    settings.MEDIA_FREE_MB = settings.MEDIA_FREE_PERCENT = 0


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
