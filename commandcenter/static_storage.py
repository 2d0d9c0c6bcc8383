"""Hashed, compressed static files that keep ES modules together."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HouseStaticStorage(CompressedManifestStaticFilesStorage):
    """Rewrites relative imports between ES modules too: else an upgrade mixes old and new modules."""

    support_js_module_import_aggregation = True
    # A page without npm's files must stay usable: an absent vendor file is not an error page.
    manifest_strict = False
