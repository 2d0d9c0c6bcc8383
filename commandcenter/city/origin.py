"""Where a row came from: the real city, or the demo that can be purged."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """Origin of a row; figures derived from simulated rows inherit it."""

    REAL = "real", _("real")
    SIMULATED = "simulated", _("simulated")


class Origin(models.Model):
    """Mixin: ``origin`` with its check. A subclass with own constraints spreads these in:
    ``constraints = [*Origin.Meta.constraints, …]``.
    """

    origin = models.CharField(
        _("origin"), max_length=10, choices=Source.choices, default=Source.REAL, editable=False
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(origin__in=Source.values),
                name="%(app_label)s_%(class)s_origin",
                violation_error_message=_("The origin of a row is either real or simulated."),
            )
        ]

    @property
    def is_simulated(self) -> bool:
        """Whether the row belongs to the demo (shown as the chip SIMULASI)."""
        return self.origin == Source.SIMULATED
