"""Phones, their secrets, and who carried which one when."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commandcenter.city.origin import Origin
from fieldstaff.models.choices import Protocol, known
from fieldstaff.querysets.devices import BindingQuerySet, DeviceQuerySet


class Device(Origin):
    """One phone. ``uid`` is the name it calls itself and no secret; the token in its address is.

    Of a token only the prefix and a keyed hash are kept (``fieldstaff.tokens``).
    """

    uid = models.CharField(_("device id"), max_length=64, unique=True)
    label = models.CharField(_("label"), max_length=120, blank=True)
    protocol = models.CharField(_("protocol"), max_length=10, choices=Protocol, default=Protocol.TRACCAR)
    app = models.CharField(_("app"), max_length=60, blank=True)
    token_prefix = models.CharField(_("token"), max_length=12, null=True, unique=True, editable=False)
    token_digest = models.CharField(max_length=64, blank=True, editable=False)
    token_issued_at = models.DateTimeField(_("token issued"), null=True, editable=False)
    # A new token that no phone used until then opens nothing any more.
    enrol_until = models.DateTimeField(_("to be used before"), null=True, editable=False)
    enrolled_at = models.DateTimeField(_("first used"), null=True, editable=False)
    previous_prefix = models.CharField(max_length=12, null=True, unique=True, editable=False)
    previous_digest = models.CharField(max_length=64, blank=True, editable=False)
    previous_until = models.DateTimeField(_("old token valid until"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    exposed_at = models.DateTimeField(_("token seen without TLS"), null=True, editable=False)
    heartbeat_s = models.PositiveIntegerField(_("reports every (s)"), default=60)
    last_recv_at = models.DateTimeField(_("last contact"), null=True, editable=False)
    last_fix_at = models.DateTimeField(_("last position"), null=True, editable=False)
    clock_skew_s = models.IntegerField(_("clock slow by (s)"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        ordering = ["uid"]
        permissions = [("enrol_device", _("Can enrol phones and hand them over"))]
        constraints = [
            *Origin.Meta.constraints,
            known("protocol", Protocol, "device_protocol"),
            models.CheckConstraint(
                condition=~Q(uid=""), name="device_named", violation_error_message=_("Give a device id.")
            ),
            models.CheckConstraint(
                condition=Q(heartbeat_s__range=(5, 86_400)),
                name="device_heartbeat",
                violation_error_message=_("Between 5 seconds and a day."),
            ),
        ]

    def __str__(self) -> str:
        return f"device {self.pk}"


class DeviceBinding(models.Model):
    """Who carried a phone, from when until when. A phone is in one hand at a time."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="bindings", verbose_name=_("phone"))
    officer = models.ForeignKey(
        "fieldstaff.Officer", models.PROTECT, related_name="bindings", verbose_name=_("officer")
    )
    valid = DateTimeRangeField(_("from and until"))

    objects = BindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone in hand")
        verbose_name_plural = _("phones in hand")
        ordering = ["-pk"]
        constraints = [
            ExclusionConstraint(
                name="devicebinding_one_hand",
                expressions=[("device", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("Somebody else carries this phone at that time."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False),
                name="devicebinding_begins",
                violation_error_message=_("Say when it begins; the end comes after it, or stays open."),
            ),
        ]

    def __str__(self) -> str:
        return f"device {self.device_id} of officer {self.officer_id}"
