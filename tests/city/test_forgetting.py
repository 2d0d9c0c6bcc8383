"""What failed logins leave behind is gone after a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from commandcenter.celery import app
from commandcenter.city import tasks

pytestmark = pytest.mark.django_db


def test_a_password_typed_as_a_name_is_forgotten_after_a_day():
    for name in ("lama", "baru"):
        AccessAttempt.objects.create(
            username=name, ip_address="127.0.0.1", user_agent="x", failures_since_start=1
        )
    AccessAttempt.objects.filter(username="lama").update(attempt_time=timezone.now() - timedelta(hours=25))
    alive, over = SessionStore(), SessionStore()
    for session in (alive, over):
        session.create()
    Session.objects.filter(pk=over.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    tasks.forget_logins()
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["baru"]
    assert list(Session.objects.values_list("pk", flat=True)) == [alive.session_key]


def test_it_is_on_the_schedule():
    assert app.conf.beat_schedule["city.forget_logins"]["task"] in app.tasks
