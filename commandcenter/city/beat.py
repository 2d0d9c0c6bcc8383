"""When the city's own sweeps run."""

BEAT = {
    "city.forget_logins": {
        "task": "city.forget_logins",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "default"},
    },
}
