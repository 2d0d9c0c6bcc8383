"""Photos, videos and scans of a report: the original locked away, what is served made anew."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.querysets.reports import AttachmentQuerySet


class Attachment(models.Model):
    """One file. It is served only when ``ready``: decoded, made anew without metadata, looked through."""

    class State(models.TextChoices):
        FETCHING = "fetching", pgettext_lazy("attachment", "being fetched")
        WAITING = "waiting", pgettext_lazy("attachment", "being checked")
        READY = "ready", pgettext_lazy("attachment", "ready")
        REFUSED = "refused", pgettext_lazy("attachment", "refused")
        ERASED = "erased", pgettext_lazy("attachment", "erased")

    class Kind(models.TextChoices):
        PHOTO = "photo", pgettext_lazy("attachment", "photo")
        VIDEO = "video", pgettext_lazy("attachment", "video")
        DOCUMENT = "document", pgettext_lazy("attachment", "document")
        OTHER = "other", pgettext_lazy("attachment", "file")

    class Moment(models.TextChoices):
        REPORTED = "reported", pgettext_lazy("attachment", "as reported")
        BEFORE = "before", pgettext_lazy("attachment", "before the work")
        AFTER = "after", pgettext_lazy("attachment", "after the work")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey(
        "complaints.Report", models.PROTECT, related_name="attachments", null=True, verbose_name=_("report")
    )
    message = models.ForeignKey(
        "complaints.Message", models.SET_NULL, related_name="attachments", null=True, blank=True
    )
    # Which of the message's files it is; the provider's reference stays in the message's envelope.
    position = models.PositiveSmallIntegerField(null=True, editable=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Ties an upload to the form it belongs to, before there is a report.
    draft = models.UUIDField(null=True, db_index=True, editable=False)
    # The partner's key that sent it about a report which is not its own: no file of the reporter.
    partner = models.CharField(max_length=160, blank=True, editable=False)
    # Digest of the mark of the browser that sent it: it alone may ask how the file fares.
    device = models.CharField(max_length=64, blank=True, editable=False)
    # The media type the sender claims.
    declared = models.CharField(max_length=60, blank=True, editable=False)
    moment = models.CharField(_("shows"), max_length=8, choices=Moment, default=Moment.REPORTED)
    public = models.BooleanField(_("shown to the public"), default=False)
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.OTHER)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    problem = models.CharField(_("problem"), max_length=40, blank=True)
    original = models.CharField(max_length=120, blank=True, editable=False)
    served = models.CharField(max_length=120, blank=True, editable=False)
    thumb = models.CharField(max_length=120, blank=True, editable=False)
    poster = models.CharField(max_length=120, blank=True, editable=False)
    mime = models.CharField(max_length=60, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    seconds = models.FloatField(default=0, editable=False)
    # Read once from the photo, offered to its reporter, never served.
    exif_lat = models.FloatField(null=True, editable=False)
    exif_lng = models.FloatField(null=True, editable=False)
    taken_at = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    # Nobody else works on it before; null: now.
    next_try_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state__in=["waiting", "fetching"]), name="attachment_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["fetching", "waiting", "ready", "refused", "erased"]),
                name="attachment_state",
            ),
            models.UniqueConstraint(fields=["message", "position"], name="attachment_of_message"),
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"
