"""Sharing classes: who may see a shared thing (a camera first of all)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sharing(models.TextChoices):
    """From open to closed; partner means the province and the police."""

    PUBLIC = "public", _("public")
    PARTNER = "partner", _("partner")
    INTERNAL = "internal", _("internal")
    RESTRICTED = "restricted", _("restricted")


EVERYTHING: frozenset[str] = frozenset(Sharing.values)
OPEN: frozenset[str] = frozenset({"public"})
PARTNERS: frozenset[str] = frozenset({"public", "partner"})
OFFICE: frozenset[str] = frozenset({"public", "partner", "internal"})
