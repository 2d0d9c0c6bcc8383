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
        "options": {"expires": 50, "queue": "files"},
    },
    "complaints.sweep_fetch": {
        "task": "complaints.sweep_fetch",
        "schedule": 30.0,
        "options": {"expires": 25, "queue": "default"},
    },
    "complaints.sweep_remote_files": {
        "task": "complaints.sweep_remote_files",
        "schedule": 30.0,
        "options": {"expires": 25, "queue": "slow"},
    },
    "complaints.sweep_forwardings": {
        "task": "complaints.sweep_forwardings",
        "schedule": 30.0,
        "options": {"expires": 25, "queue": "slow"},
    },
    "complaints.retention": {
        "task": "complaints.retention",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "slow"},
    },
    "complaints.sweep_orphans": {
        "task": "complaints.sweep_orphans",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "slow"},
    },
    "complaints.close_silent": {
        "task": "complaints.close_silent",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "default"},
    },
    "complaints.fetch_channels": {
        "task": "complaints.fetch_channels",
        "schedule": 60.0,
        "options": {"expires": 50, "queue": "default"},
    },
    "complaints.sweep_rooms": {
        "task": "complaints.sweep_rooms",
        "schedule": 20.0,
        "options": {"expires": 18, "queue": "default"},
    },
    "complaints.escalate": {
        "task": "complaints.escalate",
        "schedule": 30.0,
        "options": {"expires": 25, "queue": "default"},
    },
}
