"""Orders to people outside, every event of theirs, and the photos that prove the work."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.origin import Origin
from complaints.models.choices import Priority
from fieldstaff.models.choices import known
from fieldstaff.models.orderwords import BUSY, CLOSED, MovedBy, OrderState, PhotoState
from fieldstaff.models.people import LATITUDE, LONGITUDE
from fieldstaff.querysets.orders import OrderQuerySet, ThroughOrder

# Reports are sorted by an "order", too, and their Indonesian is another word.
ORDER = pgettext_lazy("field order", "order")


class Order(Origin):
    """One piece of work for one person at a time; passed on, it has children and follows them.

    ``state`` and the moments are pointers: the events say what happened. ``round`` counts the offers;
    ``assignee`` is who was asked last, whatever he answered.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    # The parent's round in which it was passed on: what an earlier holder passed on does not count.
    parent_round = models.PositiveSmallIntegerField(null=True, editable=False)
    agency = models.ForeignKey("city.Agency", models.PROTECT, related_name="orders", verbose_name=_("agency"))
    report = models.ForeignKey(
        "complaints.Report", models.SET_NULL, null=True, blank=True, related_name="orders",
        verbose_name=_("report"),
    )  # fmt: skip
    alarm = models.ForeignKey(
        "incidents.Alarm", models.SET_NULL, null=True, blank=True, related_name="orders",
        verbose_name=_("alarm"),
    )  # fmt: skip
    text = models.TextField(pgettext_lazy("order", "what is to be done"), max_length=2000)
    address = models.CharField(_("address"), max_length=300, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True, validators=LATITUDE)
    lng = models.FloatField(_("longitude"), null=True, blank=True, validators=LONGITUDE)
    area = models.ForeignKey(
        "city.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.NORMAL)
    deadline = models.DateTimeField(_("to be done by"), null=True, blank=True)
    skills = ArrayField(
        models.SlugField(max_length=40), default=list, blank=True, verbose_name=_("skills needed")
    )
    topics = ArrayField(
        models.SlugField(max_length=40), default=list, blank=True, verbose_name=_("trainings needed")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+",
        editable=False,
    )  # fmt: skip
    # When the thing itself was heard of: the report's or the alarm's time, from which handling is counted.
    reported_at = models.DateTimeField(_("reported"), default=timezone.now, editable=False)

    state = models.CharField(_("state"), max_length=12, choices=OrderState, default=OrderState.NEW)
    round = models.PositiveSmallIntegerField(default=0, editable=False)
    assignee = models.ForeignKey(
        "fieldstaff.Officer", models.PROTECT, null=True, blank=True, related_name="orders",
        verbose_name=_("officer"),
    )  # fmt: skip
    # Who is asked next where this one does not answer, in this order.
    candidates = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    offered_until = models.DateTimeField(_("answer until"), null=True, editable=False)
    # Since when somebody should have accepted it, and how far up it was told that nobody did.
    waiting_since = models.DateTimeField(null=True, editable=False)
    rung = models.PositiveSmallIntegerField(default=0, editable=False)
    # By the server's clock; of an order passed on, those of the orders below it.
    offered_at = models.DateTimeField(_("offered"), null=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    en_route_at = models.DateTimeField(_("set out"), null=True, editable=False)
    on_scene_at = models.DateTimeField(_("arrived"), null=True, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    # The state that the report was last told of; another one is told by the sweep.
    told_state = models.CharField(max_length=12, blank=True, editable=False)
    rev = models.PositiveIntegerField(default=1, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = ORDER
        verbose_name_plural = pgettext_lazy("field order", "orders")
        ordering = ["-pk"]
        permissions = [("dispatch_order", _("Can give and check orders"))]
        indexes = [
            models.Index(fields=["agency", "-id"], condition=~Q(state__in=CLOSED), name="order_open"),
            models.Index(fields=["assignee"], condition=Q(state__in=BUSY), name="order_load"),
            models.Index(fields=["offered_until"], condition=Q(state="offered"), name="order_offered"),
            models.Index(
                fields=["waiting_since"], condition=Q(waiting_since__isnull=False), name="order_waiting"
            ),
            models.Index(fields=["-offered_at"], name="order_by_offer"),
        ]
        constraints = [
            *Origin.Meta.constraints,
            known("state", OrderState, "order_state"),
            known("priority", Priority, "order_priority"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lng__isnull=True)
                | Q(lat__range=(-90, 90), lng__range=(-180, 180)),
                name="order_place",
                violation_error_message=_("Latitude and longitude belong together."),
            ),
            models.CheckConstraint(
                condition=Q(state="new", round=0)
                | Q(round__gt=0, assignee__isnull=False)
                | Q(state="cancelled", round=0),
                name="order_asked_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", offered_until__isnull=False)
                | (~Q(state="offered") & Q(offered_until__isnull=True)),
                name="order_offer_ends",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED, closed_at__isnull=False)
                | (~Q(state__in=CLOSED) & Q(closed_at__isnull=True)),
                name="order_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")), name="order_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether anything is left to do."""
        return self.state not in CLOSED


class OrderEvent(models.Model):
    """One move, or a phone's word that moved nothing. The database refuses every change.

    ``at`` is when it was by the corrected clock of who made it, ``device_at`` as the phone said it,
    ``heard_at`` when we heard.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="events", verbose_name=ORDER)
    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    round = models.PositiveSmallIntegerField()
    target = models.CharField(_("move"), max_length=12, choices=OrderState)
    by = models.CharField(_("as"), max_length=8, choices=MovedBy)
    at = models.DateTimeField(_("time"))
    device_at = models.DateTimeField(_("time of the phone"), null=True)
    heard_at = models.DateTimeField(_("received"))
    # Who was asked, of an offer; else who had it.
    officer = models.ForeignKey(
        "fieldstaff.Officer", models.PROTECT, null=True, related_name="+", verbose_name=_("officer")
    )
    actor_kind = models.CharField(max_length=10, default="system")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+",
        verbose_name=_("by"),
    )  # fmt: skip
    actor_name = models.CharField(_("by"), max_length=160, blank=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    acc_m = models.FloatField(null=True)
    text = models.TextField(pgettext_lazy("order", "note"), max_length=2000, blank=True)

    objects = ThroughOrder.as_manager()

    class Meta:
        verbose_name = _("event of an order")
        verbose_name_plural = _("events of orders")
        ordering = ["pk"]
        indexes = [models.Index(fields=["order", "id"], name="orderevent_of_order")]
        constraints = [
            known("target", OrderState, "orderevent_target"),
            known("by", MovedBy, "orderevent_by"),
        ]

    def __str__(self) -> str:
        return f"event {self.pk} of order {self.order_id}"


class OrderPhoto(models.Model):
    """A photo taken in the app. The original is locked away; what is shown is made anew by a confined child.

    ``sha256`` is that of the file as it came, ``at`` the corrected time and ``recv_at`` ours: what the file
    says of itself counts for nothing.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="photos", verbose_name=ORDER)
    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    at = models.DateTimeField(_("taken"))
    device_at = models.DateTimeField(_("time of the phone"), null=True)
    recv_at = models.DateTimeField(_("received"))
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    acc_m = models.FloatField(null=True)
    officer = models.ForeignKey("fieldstaff.Officer", models.PROTECT, null=True, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    state = models.CharField(_("state"), max_length=8, choices=PhotoState, default=PhotoState.WAITING)
    problem = models.CharField(_("problem"), max_length=40, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(default=0)
    original = models.CharField(max_length=120, blank=True)
    served = models.CharField(max_length=120, blank=True)
    thumb = models.CharField(max_length=120, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)

    objects = ThroughOrder.as_manager()

    class Meta:
        verbose_name = _("photo of an order")
        verbose_name_plural = _("photos of orders")
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="orderphoto_waiting")]
        constraints = [known("state", PhotoState, "orderphoto_state")]

    def __str__(self) -> str:
        return f"photo {self.pk} of order {self.order_id}"
