"""The one call that writes the audit trail, from inside the verb that did the thing."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

if TYPE_CHECKING:
    from commandcenter.city.models import AuditEntry
    from commandcenter.city.viewers import Viewer

# The address of the request being served; set by the middleware, None in tasks and commands.
from_where: ContextVar[str | None] = ContextVar("from_where", default=None)
# Field names whose values never reach the trail.
SECRET_WORDS = ("password", "secret", "digest", "nonce", "credential", "otp")


def redact(name: str, value: Any) -> Any:
    """``value`` with dots wherever a field's name, at any depth, says that it is a secret."""
    if any(word in name.lower() for word in SECRET_WORDS):
        return "•••"
    if isinstance(value, dict):
        return {inner: redact(str(inner), content) for inner, content in value.items()}
    return value


def record(
    *,
    viewer: Viewer | None,
    action: str,
    subject: Model | None = None,
    subject_label: str = "",
    detail: dict[str, Any] | None = None,
    ip: str | None = None,
) -> AuditEntry:
    """Appends one row in the caller's transaction.

    ``action`` is dotted (``camera.changed``); ``viewer`` None means the system itself.
    ``subject_label`` defaults to the subject's ``str()``, which carries no personal data.
    """
    from commandcenter.city.models import AuditEntry

    label = subject_label or (str(subject) if subject is not None else "")
    clean = {name: redact(name, value) for name, value in (detail or {}).items()}
    if viewer is not None and viewer.read_only:
        clean["seen_as"] = sorted(viewer.roles)
    return AuditEntry.objects.create(
        actor_kind=viewer.kind if viewer else "system",
        actor_id=viewer.pk if viewer else None,
        actor_name=viewer.name[:160] if viewer else "",
        action=action,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None and subject.pk is not None else "",
        subject_label=label[:200],
        detail=_plain(clean),
        ip=ip if ip is not None else from_where.get(),
    )


def _plain(detail: dict[str, Any]) -> dict[str, Any]:
    """``detail`` as pure JSON types (dates and decimals as text)."""
    import json

    plain: dict[str, Any] = json.loads(json.dumps(detail, cls=DjangoJSONEncoder))
    return plain
