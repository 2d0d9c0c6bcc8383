"""When the sweeps of markets run."""

from __future__ import annotations

BEAT = {
    "markets.sweep_photos": {
        "task": "markets.sweep_photos",
        "schedule": 60.0,
        "options": {"expires": 50, "queue": "files"},
    },
    "markets.sweep_orphans": {
        "task": "markets.sweep_orphans",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "slow"},
    },
    "markets.look_again": {
        "task": "markets.look_again",
        "schedule": 21600.0,
        "options": {"expires": 20000, "queue": "slow"},
    },
}
