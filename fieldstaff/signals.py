"""What upper floors and receivers may listen to; sent after commit, robustly."""

from django.dispatch import Signal

sos_called = Signal()
"""``pk`` of a new call for help."""

sos_repeated = Signal()
"""``pk`` of a call that its phone repeats."""

order_changed = Signal()
"""``pk`` of an order that changed, ``state`` it is in now, ``assignee`` (pk or None) who was asked last."""

order_pinged = Signal()
"""``pk`` of an order that nobody accepted, ``officer`` (pk or None) to be told now, ``rung`` 1 to 3."""
