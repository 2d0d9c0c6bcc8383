"""What upper floors may listen to; sent after commit, robustly."""

from django.dispatch import Signal

report_filed = Signal()
"""``pk`` of a report that is new."""

report_changed = Signal()
"""``pk`` of a report that changed."""
