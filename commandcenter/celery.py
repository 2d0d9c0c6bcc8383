"""The Celery application: tasks from each app's ``tasks.py``, schedules from its ``beat.py``."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_process_init
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commandcenter.settings")

app = Celery("commandcenter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Celery closes the whole pool after every task: 30 ms and a new server process each time. Instead each task
# gives its connection back, and the pool checks it before the next one has it.
app.conf.CELERY_DB_REUSE_MAX = sys.maxsize // 4


@task_prerun.connect
@task_postrun.connect
def give_back(**_: Any) -> None:
    """Hands the task's connection back to the pool of its process."""
    close_old_connections()


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
