"""Words that rows of citizen reports are made of. The values are stored: never rename one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from complaints.workflow import Status


class Priority(models.TextChoices):
    """How soon, beside the deadline: urgent makes a sound and counts by the wall clock."""

    LOW = "low", pgettext_lazy("priority", "Low")
    NORMAL = "normal", pgettext_lazy("priority", "Normal")
    HIGH = "high", pgettext_lazy("priority", "High")
    URGENT = "urgent", pgettext_lazy("priority", "Urgent")


class Severity(models.TextChoices):
    """How bad the thing itself is (RABEG)."""

    LIGHT = "light", pgettext_lazy("severity of a report", "Light")
    MEDIUM = "medium", pgettext_lazy("severity of a report", "Medium")
    HEAVY = "heavy", pgettext_lazy("severity of a report", "Heavy")


class Dimension(models.TextChoices):
    """The six dimensions of the smart-city programme."""

    GOVERNANCE = "governance", pgettext_lazy("smart city", "Smart governance")
    BRANDING = "branding", pgettext_lazy("smart city", "Smart branding")
    ECONOMY = "economy", pgettext_lazy("smart city", "Smart economy")
    LIVING = "living", pgettext_lazy("smart city", "Smart living")
    SOCIETY = "society", pgettext_lazy("smart city", "Smart society")
    ENVIRONMENT = "environment", pgettext_lazy("smart city", "Smart environment")


class ReportKind(models.TextChoices):
    """A room or ambulance request follows the same workflow and has a hold of its own beside it."""

    COMPLAINT = "complaint", pgettext_lazy("report kind", "Report")
    ROOM = "room", pgettext_lazy("report kind", "Room or ambulance request")


class Unit(models.TextChoices):
    """What a deadline counts."""

    WORKING_DAYS = "working_days", pgettext_lazy("deadline", "working days")
    WORKING_MINUTES = "working_minutes", pgettext_lazy("deadline", "working minutes")
    ELAPSED_MINUTES = "elapsed_minutes", pgettext_lazy("deadline", "minutes by the wall clock")


class ClockKind(models.TextChoices):
    """The three clocks of a report."""

    VERIFY = "verify", pgettext_lazy("clock", "Verification")
    ANSWER = "answer", pgettext_lazy("clock", "First answer")
    FINISH = "finish", pgettext_lazy("clock", "Completion")


class Direction(models.TextChoices):
    """Whose message."""

    IN = "in", pgettext_lazy("message", "from the citizen")
    OUT = "out", pgettext_lazy("message", "to the citizen")


class Delivery(models.TextChoices):
    """Where an outgoing message is; it only moves forward, failed may follow anything but read."""

    QUEUED = "queued", pgettext_lazy("delivery", "Waiting")
    SENDING = "sending", pgettext_lazy("delivery", "Being sent")
    SENT = "sent", pgettext_lazy("delivery", "Sent")
    DELIVERED = "delivered", pgettext_lazy("delivery", "Delivered")
    READ = "read", pgettext_lazy("delivery", "Read")
    FAILED = "failed", pgettext_lazy("delivery", "Failed")


class Visibility(models.TextChoices):
    """Who reads a note."""

    INTERNAL = "internal", pgettext_lazy("note", "Colleagues only")
    PUBLIC = "public", pgettext_lazy("note", "Everybody")


STATUS_LABELS: dict[str, object] = {
    Status.NEW: pgettext_lazy("report status", "New"),
    Status.VERIFIED: pgettext_lazy("report status", "Verified"),
    Status.FORWARDED: pgettext_lazy("report status", "Forwarded"),
    Status.IN_PROGRESS: pgettext_lazy("report status", "Being worked on"),
    Status.SCHEDULED: pgettext_lazy("report status", "Scheduled"),
    Status.EXTERNAL: pgettext_lazy("report status", "With an outside party"),
    Status.SEND_FAILED: pgettext_lazy("report status", "Forwarding failed"),
    Status.WAITING: pgettext_lazy("report status", "Waiting for the citizen"),
    Status.REOPEN_ASKED: pgettext_lazy("report status", "Reopening asked"),
    Status.REOPENED: pgettext_lazy("report status", "Reopened"),
    Status.RESOLVED: pgettext_lazy("report status", "Resolved"),
    Status.UNABLE: pgettext_lazy("report status", "Cannot be handled"),
    Status.NOT_OURS: pgettext_lazy("report status", "Not our authority"),
    Status.DUPLICATE: pgettext_lazy("report status", "Duplicate"),
    Status.REJECTED: pgettext_lazy("report status", "Rejected"),
}
STATUS_CHOICES = [(status.value, STATUS_LABELS[status]) for status in Status]
STATUS_VALUES = [status.value for status in Status]
