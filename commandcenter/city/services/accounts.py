"""Invitations, passwords and profiles."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from commandcenter import jobs
from commandcenter.city import audit, rights
from commandcenter.city.models import Agency, Invitation, User
from commandcenter.city.roles import STAFF_ROLES, Role
from commandcenter.city.services.guards import check_may_manage
from commandcenter.city.viewers import Viewer, viewer_of_user

SALT = "city.invitation"
VALID_FOR = timedelta(days=7)


def _check_free(username: str, email: str) -> None:
    """ValidationError where a user has the name or address already."""
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError({"username": _("Another user has this user name.")})
    if email and User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": _("Another user has this e-mail address.")})


@transaction.atomic
def invite(
    *,
    viewer: Viewer,
    username: str,
    role: str,
    full_name: str = "",
    email: str = "",
    phone: str = "",
    agency: Agency | None = None,
    mail_from: str = "",
) -> Invitation:
    """Promises a login. ``mail_from`` is the site's address; with it, the link goes out by e-mail.

    Raises ValidationError naming the field.
    """
    username, email = username.strip().lower(), email.strip()
    _check_free(username, email)
    waiting = Invitation.objects.filter(
        username=username, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    if waiting.exists():
        raise ValidationError({"username": _("This person already has an open invitation.")})
    invitation = Invitation(
        username=username,
        full_name=full_name.strip(),
        email=email,
        phone=phone.strip(),
        role=role,
        agency=agency,
        nonce=secrets.token_hex(16),
        created_by_id=viewer.pk,
        expires_at=timezone.now() + VALID_FOR,
    )
    User.username_validator(username)
    invitation.full_clean()
    invitation.save()
    audit.record(
        viewer=viewer,
        action="invitation.made",
        subject=invitation,
        detail={"role": role, "agency": agency.code if agency else ""},
    )
    if email and mail_from:
        jobs.enqueue("city.send_invitation", invitation.pk, mail_from)
    return invitation


def link_of(invitation: Invitation) -> str:
    """The path that accepts the invitation; worthless once accepted, revoked or re-sent."""
    token = signing.dumps([invitation.pk, invitation.nonce], salt=SALT, compress=False)
    return reverse("city:invitation", args=[token])


def open_invitation(*, token: str) -> Invitation | None:
    """The invitation behind a link while it may still be used."""
    try:
        pk, nonce = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Invitation.objects.filter(
        pk=pk, nonce=nonce, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).first()


@transaction.atomic
def accept_invitation(*, token: str, password: str) -> User:
    """Makes the user with the chosen password. ValidationError when the link or the password is no good."""
    invitation = open_invitation(token=token)
    if invitation is None:
        raise ValidationError(_("This link is used up or has expired; ask for a new one."))
    _check_free(invitation.username, invitation.email)
    first, _space, last = invitation.full_name.partition(" ")
    user = User(
        username=invitation.username,
        email=invitation.email,
        phone=invitation.phone,
        first_name=first[:150],
        last_name=last[:150],
        agency_id=invitation.agency_id,
        is_staff=Role(invitation.role) in STAFF_ROLES,
    )
    validate_password(password, user)
    claimed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=timezone.now())
    if claimed != 1:
        raise ValidationError(_("This link is used up or has expired; ask for a new one."))
    user.set_password(password)
    user.save()
    user.groups.add(Group.objects.get(name=invitation.role))
    audit.record(
        viewer=viewer_of_user(user),
        action="invitation.accepted",
        subject=user,
        detail={"role": invitation.role},
    )
    return user


@transaction.atomic
def revoke_invitation(*, viewer: Viewer, invitation: Invitation) -> bool:
    """Makes the link worthless; False when it was already used or revoked."""
    changed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if changed:
        audit.record(viewer=viewer, action="invitation.revoked", subject=invitation)
    return bool(changed)


@transaction.atomic
def resend_invitation(*, viewer: Viewer, invitation: Invitation, mail_from: str = "") -> bool:
    """A new link for another week; the old one dies. False when it was already used."""
    changed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(
        nonce=secrets.token_hex(16), revoked_at=None, expires_at=timezone.now() + VALID_FOR
    )
    if changed:
        audit.record(viewer=viewer, action="invitation.renewed", subject=invitation)
        if invitation.email and mail_from:
            jobs.enqueue("city.send_invitation", invitation.pk, mail_from)
    return bool(changed)


@transaction.atomic
def change_password(*, user: User, password: str, how: str = "password.changed") -> None:
    """Stores a password that its owner chose; other sessions of the user end by themselves."""
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    audit.record(viewer=viewer_of_user(user), action=how, subject=user)
    rights.announce("user", user.pk)


@transaction.atomic
def make_reset_link(*, viewer: Viewer, user: User) -> str:
    """The path with which ``user`` chooses a new password once; for who has no e-mail."""
    check_may_manage(viewer=viewer, user=user)
    audit.record(viewer=viewer, action="password.link_made", subject=user)
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("city:reset-confirm", args=[uid, default_token_generator.make_token(user)])


@transaction.atomic
def set_language(*, user: User, language: str) -> None:
    """Stores the language of a user's screens."""
    if language not in User.Language.values:
        raise ValidationError({"language": _("Choose Indonesian or English.")})
    User.objects.filter(pk=user.pk).update(language=language)


@transaction.atomic
def update_profile(*, user: User, phone: str, email: str) -> None:
    """What a person may change about themselves."""
    before = User.objects.values_list("email", flat=True).get(pk=user.pk)
    user.phone, user.email = phone, email
    user.full_clean(exclude=["password"])
    user.save(update_fields=["phone", "email"])
    audit.record(viewer=viewer_of_user(user), action="profile.changed", subject=user)
    if before and before.lower() != email.lower():
        jobs.enqueue("city.tell_old_address", user.pk, before)
