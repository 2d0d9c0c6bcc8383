"""A pay scheme that is added has the open months it bears on reckoned again; closed ones are settled."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save

from fieldstaff.models import Policy
from fieldstaff.pay import runs


def connect() -> None:
    """Called once at start-up."""
    post_save.connect(changed, sender=Policy, dispatch_uid="fieldstaff.pay.scheme.saved")
    post_delete.connect(changed, sender=Policy, dispatch_uid="fieldstaff.pay.scheme.gone")


def changed(instance: Policy, **_about: Any) -> None:
    """Within ten minutes, by the sweep that reckons at night."""
    if instance.subject == Policy.Subject.PAY:
        runs.ask(None if instance.agency_id is None else [instance.agency_id], instance.valid_from)
