"""Hashed, compressed static files that keep ES modules together."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HouseStaticStorage(CompressedManifestStaticFilesStorage):
    """Rewrites relative imports between ES modules too: else an upgrade mixes old and new modules."""

    support_js_module_import_aggregation = True
    # A page without npm's files must stay usable: an absent file is a plain name, not an error page.
    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """The hashed name, or ``name`` itself where there is no such file."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """As Django's, but a style sheet may name a vendor file that set-up could not bring."""
        try:
            return str(super().hashed_name(name, content, filename))  # type: ignore[no-untyped-call]
        except ValueError:
            if "vendor/" not in name:
                raise
            return name
