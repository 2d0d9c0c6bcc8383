"""The doors for proxies and monitoring."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_alive_and_ready(client):
    assert client.get("/healthz").json() == {"ok": True}
    assert client.get("/readyz").json() == {"ok": True, "database": "ok", "redis": "ok"}


@pytest.mark.django_db
def test_pending_migrations_are_not_ready(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'incidents'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "migrations pending"


@pytest.mark.django_db
def test_redis_away_is_not_ready(client, settings):
    from commandcenter import keys

    keys.client.cache_clear()
    settings.REDIS_URL = "unix:///nowhere.sock"
    try:
        answer = client.get("/readyz")
    finally:
        keys.client.cache_clear()
    assert answer.status_code == 503
    assert answer.json()["redis"] == "unreachable"


@pytest.mark.django_db
def test_metrics_need_their_token(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "token-of-the-monitoring"
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404
    answer = client.get("/metrics", headers={"authorization": "Bearer token-of-the-monitoring"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "cc_cameras{" in text
    assert "cc_wall_sockets" in text
    assert 'cc_metrics_source_ok{source="cctv"} 1.0' in text
