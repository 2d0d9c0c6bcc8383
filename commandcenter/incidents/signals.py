"""What upper floors may listen to; sent after commit with ``send_robust``, with ``alarm_id``."""

from __future__ import annotations

from django.dispatch import Signal

alarm_opened = Signal()
alarm_acknowledged = Signal()
alarm_cleared = Signal()
