"""What people made of the demo's rows: whoever changed one has made it theirs, and it outlives the demo."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet

from commandcenter.city.models import AuditEntry
from commandcenter.city.origin import Source

# Deeds that make a thing one's own. Looking at it, testing it or logging in does not.
EDITS = (
    "added",
    "changed",
    "created",
    "registered",
    "programme",
    "pairing_approved",
    "set",
    "reset",
    "on",
)


def edited(model: type[Model]) -> set[int]:
    """Ids of the rows that a person or an outside system changed, by the audit trail."""
    rows = AuditEntry.objects.filter(
        subject_type=model._meta.label_lower,
        actor_kind__in=[AuditEntry.Actor.USER, AuditEntry.Actor.TOKEN],
    ).values_list("subject_id", "action")
    return {
        int(subject) for subject, action in rows if subject.isdigit() and action.rpartition(".")[2] in EDITS
    }


def keep(rows: QuerySet[Any]) -> int:
    """Makes these rows of the demo real ones, which stay; how many they were."""
    return rows.filter(origin=Source.SIMULATED).update(origin=Source.REAL)


def keep_edited(*models: type[Model]) -> None:
    """Keeps what somebody changed since the demo came."""
    for model in models:
        keep(model._default_manager.filter(pk__in=edited(model)))
