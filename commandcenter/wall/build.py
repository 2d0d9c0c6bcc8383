"""Which build of the pages this server hands out; a screen with another one reloads itself."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from django.conf import settings


@lru_cache(maxsize=1)
def build_id() -> str:
    """Twelve hex digits over our own browser files and wall templates, as they were at start-up."""
    sums = hashlib.sha256()
    for folder in (settings.BASE_DIR / "static" / "cc", settings.BASE_DIR / "templates" / "wall"):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                sums.update(path.name.encode())
                sums.update(path.read_bytes())
    return sums.hexdigest()[:12]
