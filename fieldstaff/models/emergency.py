"""The secret with which an officer takes back his own call for help."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from fieldstaff.querysets.people import ThroughOfficer


class OfficerPin(models.Model):
    """Four to eight digits, kept as a slow hash: whoever took the phone cannot call the help off."""

    officer = models.OneToOneField(
        "fieldstaff.Officer", models.CASCADE, related_name="pin", verbose_name=_("officer")
    )
    digest = models.CharField(max_length=160, editable=False)
    set_at = models.DateTimeField(_("set"))

    objects = ThroughOfficer.as_manager()

    class Meta:
        verbose_name = _("PIN of an officer")
        verbose_name_plural = _("PINs of officers")

    def __str__(self) -> str:
        return f"PIN of officer {self.officer_id}"
