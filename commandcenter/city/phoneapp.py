"""What makes pages an app on a phone: manifest, icons, and the worker with the list of what it keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import get_language

from commandcenter.city import appicon

STATIC = Path(settings.BASE_DIR) / "static"
PAPER = "#f4f6f9"
SIZES = (192, 512)
KEEPER = "cc/shell-sw.js"
"""What every app's worker does with its shell; its own script comes behind."""


@dataclass(frozen=True, slots=True)
class PhoneApp:
    """One app. ``shell`` and ``senders`` name static files: what is kept, and what the worker runs.

    ``worker`` is the worker's script; it finds its lists under ``self.<variable>``.
    """

    scope: str
    variable: str
    worker: str
    shell: tuple[str, ...]
    senders: tuple[str, ...]

    def manifest(self, name: str, colour: str, more: Mapping[str, str]) -> JsonResponse:
        """The web app manifest (W3C); ``more`` are its own words, ``colour`` is ``#rrggbb``."""
        content = {
            "id": self.scope, "scope": self.scope, "start_url": self.scope, "name": name,
            "short_name": name[:24], "lang": get_language() or "id", "display": "standalone",
            "background_color": PAPER, "theme_color": colour, "icons": self._icons(), **more,
        }  # fmt: skip
        return JsonResponse(content, content_type="application/manifest+json")

    def _icons(self) -> list[dict[str, str]]:
        return [
            {
                "src": f"{self.scope}ikon-{size}{ending}.png",
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": use,
            }
            for size in SIZES
            for ending, use in (("", "any"), ("-penuh", "maskable"))
        ]

    def service_worker(self) -> HttpResponse:
        """The worker's script, with what it keeps and a version that changes with the contents."""
        files = [static(name) for name in self.shell]
        senders = [static(name) for name in self.senders]
        head = {"files": files, "senders": senders, "version": _version(self.shell, tuple(files))}
        scripts = [(STATIC / name).read_text(encoding="utf-8") for name in (KEEPER, self.worker)]
        text = "\n".join([f"self.{self.variable} = {json.dumps(head)};", *scripts])
        return HttpResponse(text, content_type="text/javascript; charset=utf-8")


def icon(size: int, colour: str, *, full: bool) -> HttpResponse:
    """An app's icon in ``colour``; ``full`` without transparent corners. Http404 for other sizes."""
    if size not in appicon.SIZES:
        raise Http404
    return HttpResponse(appicon.draw(size, colour, full=full), content_type="image/png")


@lru_cache(maxsize=8)
def _version(names: tuple[str, ...], files: tuple[str, ...]) -> str:
    """Hashed names carry their contents, plain ones are read."""
    digest = hashlib.sha256(json.dumps(files).encode())
    for name in names:
        path = STATIC / name
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:12]
