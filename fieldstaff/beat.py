"""When the sweeps of field officers run."""

from django.conf import settings

# Without the stream only what an earlier setting left in it is looked for.
_DRAIN_S = 1.0 if settings.POSITION_ROAD == "stream" else 30.0

BEAT = {
    "fieldstaff.drain_positions": {
        "task": "fieldstaff.drain_positions",
        "schedule": _DRAIN_S,
        "options": {"expires": _DRAIN_S, "queue": "intake"},
    },
    "fieldstaff.sweep_push": {
        "task": "fieldstaff.sweep_push",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "intake"},
    },
    "fieldstaff.settle_calls": {
        "task": "fieldstaff.settle_calls",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "intake"},
    },
    "fieldstaff.judge_phones": {
        "task": "fieldstaff.judge_phones",
        "schedule": 1800.0,
        "options": {"expires": 1700, "queue": "slow"},
    },
    "fieldstaff.sweep_positions": {
        "task": "fieldstaff.sweep_positions",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "slow"},
    },
    "fieldstaff.sweep_orders": {
        "task": "fieldstaff.sweep_orders",
        "schedule": 5.0,
        "options": {"expires": 5, "queue": "default"},
    },
    "fieldstaff.sweep_photos": {
        "task": "fieldstaff.sweep_photos",
        "schedule": 300.0,
        "options": {"expires": 280, "queue": "files"},
    },
    "fieldstaff.sweep_orphans": {
        "task": "fieldstaff.sweep_orphans",
        "schedule": 21_600.0,
        "options": {"expires": 20_000, "queue": "slow"},
    },
    "fieldstaff.sweep_days": {
        "task": "fieldstaff.sweep_days",
        "schedule": 60.0,
        "options": {"expires": 50, "queue": "slow"},
    },
    "fieldstaff.finish_days": {
        "task": "fieldstaff.finish_days",
        "schedule": 600.0,
        "options": {"expires": 500, "queue": "slow"},
    },
    "fieldstaff.reckon_pay": {
        "task": "fieldstaff.reckon_pay",
        "schedule": 600.0,
        "options": {"expires": 500, "queue": "slow"},
    },
    "fieldstaff.watch_intake": {
        "task": "fieldstaff.watch_intake",
        "schedule": 60.0,
        "options": {"expires": 50, "queue": "slow"},
    },
    "fieldstaff.plan_shifts": {
        "task": "fieldstaff.plan_shifts",
        "schedule": 21_600.0,
        "options": {"expires": 20_000, "queue": "slow"},
    },
}
