"""API tokens: shown once, stored as a keyed hash, refused outside their networks and time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from commandcenter.city import audit, rights
from commandcenter.city.models import Agency, ApiToken
from commandcenter.city.networks import networks_of, within
from commandcenter.city.viewers import Viewer, viewer_of_token

MARK = "cc_"


def _digest(secret: str) -> str:
    """HMAC-SHA256 under the field key: a stolen table cannot be tried offline without it."""
    return hmac.new(settings.FIELD_KEY.encode(), secret.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def issue_token(
    *,
    viewer: Viewer,
    name: str,
    scopes: Sequence[str] = (),
    sharing: Sequence[str] = (),
    agency: Agency | None = None,
    allowed_cidrs: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new token and its text ``cc_<prefix>_<secret>``, which cannot be shown again.

    Raises ValidationError naming the field.
    """
    try:
        networks = networks_of(allowed_cidrs)
    except ValidationError as error:
        raise ValidationError({"allowed_cidrs": error.messages}) from None
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    token = ApiToken(
        name=name,
        agency=agency,
        prefix=prefix,
        digest=_digest(secret),
        scopes=list(scopes),
        sharing=list(sharing),
        allowed_cidrs=networks,
        expires_at=expires_at,
        created_by_id=viewer.pk,
    )
    token.full_clean()
    token.save()
    audit.record(
        viewer=viewer,
        action="token.issued",
        subject=token,
        detail={"scopes": token.scopes, "sharing": token.sharing},
    )
    return token, f"{MARK}{prefix}_{secret}"


@transaction.atomic
def revoke_token(*, viewer: Viewer, token: ApiToken) -> bool:
    """Ends a token at once; False when it was ended before."""
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    if changed:
        audit.record(viewer=viewer, action="token.revoked", subject=token)
        rights.announce("token", token.pk)
    return bool(changed)


def find_token(*, raw: str, ip: str | None, scope: str = "") -> ApiToken | None:
    """The valid token behind ``raw``, None for anything else; compares in constant time."""
    mark, _sep, rest = raw.partition("_")
    prefix, _sep, secret = rest.partition("_")
    if f"{mark}_" != MARK or not secret or not prefix.isalnum():
        return None
    now = timezone.now()
    token = ApiToken.objects.filter(prefix=prefix, revoked_at=None).first()
    given = _digest(secret)
    if token is None or not hmac.compare_digest(token.digest, given):
        return None
    if (token.expires_at and token.expires_at <= now) or not within(token.allowed_cidrs, ip):
        return None
    if scope and scope not in token.scopes:
        return None
    # Once a minute is enough to know whether a token is in use.
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    return token


def token_viewer(*, authorization: str, ip: str | None, scope: str = "") -> Viewer | None:
    """The viewer behind an ``Authorization: Bearer cc_…`` header."""
    kind, _space, raw = authorization.partition(" ")
    token = find_token(raw=raw.strip(), ip=ip, scope=scope) if kind.lower() == "bearer" else None
    return viewer_of_token(token) if token else None
