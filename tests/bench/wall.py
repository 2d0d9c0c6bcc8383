"""Pictures from Redis to wall pages through one Daphne: cost of a delivery, age, and a stuck page's harm.

    python3 manage.py bench wall [--quick] [--json]

50 sockets show 25 cameras each. Daphne, the pages and the publisher are three processes; the CPU figure is
Daphne's own, acknowledgements included, divided by the pictures it delivered.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from importlib import import_module

import psutil
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command

from commandcenter import keys
from commandcenter.runtime.process import die_with_parent
from tests.bench.report import Metric, metric
from tests.bench.wall_names import CODE, channel, latest

NAME = "wall"
SOCKETS, TILES, EVERY_S = 50, 25, 1.0
JPEG = b"\xff\xd8" + os.urandom(30_000) + b"\xff\xd9"


def _port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _cookie() -> str:
    """A logged-in operator's session."""
    from commandcenter.city.models import User

    user, _made = User.objects.get_or_create(username="bench", defaults={"is_superuser": True})
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def _daphne(port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port)]
    command += ["--websocket_timeout", "-1", "tests.bench.wall_app:application"]
    environment = os.environ | {"CC_ALLOWED_HOSTS": "127.0.0.1", "CC_LOG_LEVEL": "WARNING"}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent)
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/pic/x.jpg", timeout=5)
        except urllib.error.HTTPError:
            return server
        except OSError:
            time.sleep(0.5)
    server.kill()
    raise SystemExit("Daphne did not start")


def _publish(until: float) -> int:
    """Every camera once per EVERY_S, spread evenly, as grab workers do."""
    from commandcenter.wall.frames import Frame, pack

    client, seq, start = keys.client(), 0, time.time()
    while (now := time.time()) < until:
        id = seq % TILES + 1
        data = pack(Frame(CODE, id, int(now * 1000), seq, 640, 360, JPEG, int(EVERY_S)))
        pipe = client.pipeline(transaction=False)
        pipe.set(latest(id), data, ex=60)
        pipe.publish(channel(id), data)
        pipe.execute()
        seq += 1
        time.sleep(max(0.0, start + seq * EVERY_S / TILES - time.time()))
    return seq


def _round(port: int, cookie: str, seconds: float, stuck: int) -> tuple[list[float], float]:
    """(ages in seconds, sorted; Daphne's CPU seconds per delivered picture) of one run on a fresh Daphne."""
    server = _daphne(port)
    try:
        arguments = [str(value) for value in (port, cookie, SOCKETS, TILES, seconds, stuck)]
        pages = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.wall_pages", *arguments], stdout=subprocess.PIPE
        )
        end = time.time() + seconds
        _publish(time.time() + 2)
        watched = psutil.Process(server.pid)
        before = sum(watched.cpu_times()[:2])
        _publish(end - 0.5)
        spent = sum(watched.cpu_times()[:2]) - before
        out, _ = pages.communicate(timeout=60)
    finally:
        server.terminate()
        server.wait(10)
    ages = sorted(json.loads(out)["ages"])
    return ages, spent / max(len(ages), 1)


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Two runs, without and with one page that asks for pictures and never reads."""
    call_command("migrate", verbosity=0)
    cookie, seconds = _cookie(), 10.0 if options.get("quick") else 40.0
    plain, cost = _round(_port(), cookie, seconds, 0)
    stuck, cost_stuck = _round(_port(), cookie, seconds, 1)
    p95 = plain[int(len(plain) * 0.95)]
    p95_stuck = stuck[int(len(stuck) * 0.95)]
    wanted = (seconds - 2.5) / EVERY_S * TILES * SOCKETS
    return {
        "delivery_cpu_us": metric(round(cost * 1e6, 1), "us", n=len(plain)),
        "delivery_cpu_us_stuck": metric(round(cost_stuck * 1e6, 1), "us", n=len(stuck)),
        "delivered_share": metric(round(len(plain) / wanted, 3), "of published", n=len(plain)),
        "age_p50_ms": metric(round(plain[len(plain) // 2] * 1000, 1), "ms", n=len(plain)),
        "age_p95_ms": metric(round(p95 * 1000, 1), "ms", "<=", 1000, n=len(plain)),
        "age_p95_ms_stuck": metric(round(p95_stuck * 1000, 1), "ms", n=len(stuck)),
        "age_p95_stuck_over_plain": metric(round(p95_stuck / p95, 3), "ratio", "<=", 1.1, n=2),
    }
