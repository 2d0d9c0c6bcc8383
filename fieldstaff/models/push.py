"""Browsers that want to be told, what they were told, and the key with which the city says that it is it."""

from __future__ import annotations

import hashlib
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.encryption import PersonalField
from fieldstaff.querysets.push import PushSubscriptionQuerySet


def endpoint_digest(endpoint: str) -> str:
    """What an encrypted address is found by."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


class PushKey(models.Model):
    """The VAPID key, made at first use. There is one; a second would cut every subscription off."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    private = PersonalField(max_length=2000, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("key of notifications")
        verbose_name_plural = _("keys of notifications")
        constraints = [models.CheckConstraint(condition=Q(only=True), name="pushkey_one")]

    def __str__(self) -> str:
        return f"push key {self.pk}"


class PushSubscription(models.Model):
    """One browser of a login or of an officer without one.

    Its address is a secret: whoever knows it may ring the phone.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="push_subscriptions",
        verbose_name=_("login"),
    )  # fmt: skip
    officer = models.ForeignKey(
        "fieldstaff.Officer", models.CASCADE, null=True, related_name="push_subscriptions",
        verbose_name=_("officer"),
    )  # fmt: skip
    endpoint = PersonalField(max_length=2000, editable=False)
    endpoint_digest = models.CharField(max_length=64, unique=True, editable=False)
    p256dh = PersonalField(max_length=200, editable=False)
    auth = PersonalField(max_length=100, editable=False)
    device = models.CharField(_("browser"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    delivered_at = models.DateTimeField(_("last delivered"), null=True)
    failures = models.PositiveIntegerField(_("failures"), default=0)

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("browser to notify")
        verbose_name_plural = _("browsers to notify")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(officer__isnull=False), name="pushsubscription_owned"
            )
        ]

    def __str__(self) -> str:
        return f"push subscription {self.pk}"


class PushMessage(models.Model):
    """One notification for one browser. The text leaves the row once it is delivered or given up."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("push", "waiting")
        DELIVERED = "delivered", pgettext_lazy("push", "delivered")
        OPENED = "opened", pgettext_lazy("push", "opened")
        FAILED = "failed", pgettext_lazy("push", "failed")
        EXPIRED = "expired", pgettext_lazy("push", "expired")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscription = models.ForeignKey(PushSubscription, models.CASCADE, related_name="messages")
    payload = PersonalField(max_length=8000, editable=False)
    ttl_s = models.PositiveIntegerField(default=300)
    urgency = models.CharField(max_length=8, default="normal")
    topic = models.CharField(max_length=32, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    due_at = models.DateTimeField(_("due"))
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    opened_at = models.DateTimeField(_("opened"), null=True)
    problem = models.CharField(_("problem"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="pushmessage_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "delivered", "opened", "failed", "expired"])
                & Q(urgency__in=["very-low", "low", "normal", "high"]),
                name="pushmessage_words",
            )
        ]

    def __str__(self) -> str:
        return f"push message {self.pk}"
