"""When the wall's housekeeping runs."""

BEAT = {"wall.tidy": {"task": "wall.tidy", "schedule": 3600.0, "options": {"expires": 1800, "queue": "slow"}}}
