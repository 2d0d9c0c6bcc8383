"""When the sweeps of citizen reports run."""

BEAT = {
    "complaints.sweep_outbox": {
        "task": "complaints.sweep_outbox",
        "schedule": 20.0,
        "options": {"expires": 18, "queue": "default"},
    },
    "complaints.sweep_envelopes": {
        "task": "complaints.sweep_envelopes",
        "schedule": 15.0,
        "options": {"expires": 12, "queue": "default"},
    },
    "complaints.sweep_files": {
        "task": "complaints.sweep_files",
        "schedule": 60.0,
        "options": {"expires": 50, "queue": "default"},
    },
    "complaints.retention": {
        "task": "complaints.retention",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "slow"},
    },
    "complaints.escalate": {
        "task": "complaints.escalate",
        "schedule": 30.0,
        "options": {"expires": 25, "queue": "default"},
    },
}
