"""The house's settings and one address more: a view that does nothing, on the servers that are measured."""

from __future__ import annotations

from commandcenter.settings import *  # noqa: F403
from commandcenter.settings import INGEST_URL_MODULES, URL_MODULES

URL_MODULES = [*URL_MODULES, "tests.bench.nothing_urls"]
INGEST_URL_MODULES = [*INGEST_URL_MODULES, "tests.bench.nothing_urls"]
