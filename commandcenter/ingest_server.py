"""How gunicorn serves the phones' own process; address, processes and threads are on its command line."""

from __future__ import annotations

from typing import Any

wsgi_app = "commandcenter.ingest_wsgi:application"
worker_class = "gthread"
# Phones come once a minute; the proxy keeps its own connections for longer.
keepalive = 75
timeout = 60
graceful_timeout = 5
# The longest line gunicorn reads: Traccar Client 7 says everything in its query.
limit_request_line = 8190
control_socket_disable = True
# Its own logger writes the addresses of bad requests, and secrets stand in them.
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "commandcenter.redaction.RedactingFilter"}},
    "formatters": {"text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "text", "filters": ["redact"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"level": "INFO", "propagate": True, "handlers": []}},
}
