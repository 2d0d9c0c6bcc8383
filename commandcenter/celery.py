"""The Celery application: tasks from each app's ``tasks.py``, schedules from its ``beat.py``."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commandcenter.settings")

app = Celery("commandcenter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def collect_schedules(sender: Celery, **_: Any) -> None:
    """Merges ``BEAT = {name: {...}}`` of every installed app's ``beat`` module into one schedule."""
    from django.apps import apps

    schedule: dict[str, Any] = {}
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.beat"):
            schedule.update(import_module(f"{config.name}.beat").BEAT)
    sender.conf.beat_schedule = schedule


@worker_process_init.connect
def die_with_parent(**_: Any) -> None:
    """A pool child must not outlive a worker that was killed."""
    from commandcenter.runtime.process import die_with_parent as arm

    arm()
