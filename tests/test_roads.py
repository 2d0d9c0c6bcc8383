"""The two roads and the jobs: what they promise to a caller."""

from __future__ import annotations

import pytest
from celery import Celery
from django.conf import settings as house
from django.db import connection, transaction

from commandcenter import jobs, keys, live
from commandcenter.redaction import redact


@pytest.mark.django_db
def test_database_and_redis_are_real(redis_client):
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        assert "PostgreSQL" in cursor.fetchone()[0]
    redis_client.set(keys.key("probe"), b"1")
    assert keys.client().get("cc:probe" if keys.key("probe") == "cc:probe" else keys.key("probe")) == b"1"


@pytest.mark.django_db(transaction=True)
async def test_an_event_leaves_after_commit_and_reaches_the_group():
    layer = live.layer()
    channel = await layer.new_channel()
    await layer.group_add(live.group_name("demo.thing", "all"), channel)
    from channels.db import database_sync_to_async

    def write() -> None:
        with transaction.atomic():
            live.publish("demo.thing", id=7, rev=3)

    await database_sync_to_async(write)()
    message = await layer.receive(channel)
    assert message == {"type": "live.event", "topic": "demo.thing", "id": 7, "rev": 3}
    await layer.flush()


def test_only_registered_topics_can_be_joined():
    assert live.groups_for(object(), ["no.such.topic"]) == []


@pytest.fixture
def dead_broker(monkeypatch):
    """An application of its own whose broker nobody answers at: the house's keeps its connections."""
    with Celery("dead", broker="redis+socket:///nowhere.sock", set_as_current=False) as app:
        app.conf.task_publish_retry_policy = house.CELERY_TASK_PUBLISH_RETRY_POLICY
        monkeypatch.setattr(jobs, "current_app", app)
        yield


def test_a_dead_broker_is_false_not_an_exception(dead_broker, caplog):
    assert jobs.send("nothing.at.all") is False
    assert "OperationalError" in caplog.text


def test_a_broker_that_answers_takes_it(redis_client):
    assert jobs.send("nothing.at.all", queue="nobody") is True


def test_credentials_never_reach_a_log_line():
    line = redact("open rtsp://admin:p@ss:w/rd@10.0.0.9/ch1 failed, password=abc")
    assert "p@ss" not in line
    assert "abc" not in line


def test_the_embedded_database_refuses_other_accounts_without_its_password():
    """Every local account can reach the socket; only the owner can read the password."""
    import psycopg
    from django.conf import settings

    database = settings.DATABASES["default"]
    assert database["PASSWORD"]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://cc@/postgres?host={database['HOST']}", connect_timeout=3)
