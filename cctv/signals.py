"""News about cameras for the floors above, sent after commit with ``send_robust``."""

from __future__ import annotations

from django.dispatch import Signal

# camera_id: int, old: str, new: str, reason: str, at: datetime
camera_state_changed = Signal()
# camera_id: int, fields: frozenset[str] (names of changed columns; "login" for user or password)
camera_changed = Signal()
