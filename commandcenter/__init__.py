"""The command centre's ground floor."""

import sys

# On a bare clone manage.py imports the bootstrap from here before any package is installed.
if sys.prefix != sys.base_prefix or "celery" in sys.modules:
    from commandcenter.celery import app as celery_app

    __all__ = ["celery_app"]
