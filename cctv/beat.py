"""When the engine's tasks run. No camera has an entry of its own: the schedule of cameras is in Redis."""

from __future__ import annotations

BEAT = {
    "cctv.tick": {"task": "cctv.tick", "schedule": 1.0, "options": {"expires": 2, "queue": "default"}},
    "cctv.sweep": {"task": "cctv.sweep", "schedule": 5.0, "options": {"expires": 5, "queue": "default"}},
    "cctv.roll_up": {"task": "cctv.roll_up", "schedule": 60.0, "options": {"expires": 50, "queue": "slow"}},
    "cctv.tidy_history": {
        "task": "cctv.tidy_history",
        "schedule": 600.0,
        "options": {"expires": 500, "queue": "slow"},
    },
}
