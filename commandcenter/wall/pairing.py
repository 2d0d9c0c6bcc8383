"""How a screen becomes a display: six digits seen on it, typed at the desk, and a secret only it holds.

The code is valid for ten minutes and once. It never yields a token by itself: the token goes to the page that
holds the claim secret. The token has 256 random bits; the database knows its SHA-256 only.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from typing import Literal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from commandcenter import keys
from commandcenter.city import audit
from commandcenter.city.networks import share_of
from commandcenter.city.viewers import Viewer
from commandcenter.wall.announce import announce_display, announce_rights
from commandcenter.wall.first_scene import give_programme
from commandcenter.wall.identify import digest
from commandcenter.wall.models import Display, PairingCode
from commandcenter.wall.services import save_display

log = logging.getLogger(__name__)
VALID = timedelta(minutes=10)
MOST_WAITING = 200
MOST_PER_ADDRESS = 10
WRONG_PER_MINUTE = 5
ASKED_S = 20
RELOAD_LEFT = timedelta(minutes=2)


class TooManyScreens(Exception):
    """No code is free, or too many screens of that network, or of all, wait for theirs to be typed."""


def _make_room(address: str) -> None:
    """Drops codes whose page asks no more; TooManyScreens where all that are left still wait.

    A screen that waits keeps its code whoever comes after it: the newcomer is the one who is refused.
    """
    waiting = PairingCode.objects.filter(used_at__isnull=True)
    left = timezone.now() - timedelta(seconds=ASKED_S)
    for share, most in ((waiting.filter(address=address), MOST_PER_ADDRESS), (waiting, MOST_WAITING)):
        too_many = share.count() + 1 - most
        if too_many <= 0:
            continue
        gone = share.filter(asked_at__lt=left).order_by("asked_at").values_list("pk", flat=True)[:too_many]
        if PairingCode.objects.filter(pk__in=list(gone)).delete()[0] < too_many:
            log.warning("%s screens wait to be paired, one more is refused", most)
            raise TooManyScreens


def waiting_code(secret: str) -> PairingCode | None:
    """The code that a reloaded page still waits on, while there is time to walk to the desk and type it."""
    if not 20 <= len(secret) <= 100:
        return None
    soon = timezone.now() + RELOAD_LEFT
    return PairingCode.objects.filter(
        secret_digest=digest(secret), claimed_at__isnull=True, expires_at__gt=soon
    ).first()


def start_pairing(*, former: str = "", screen_px: str = "", address: str = "") -> tuple[PairingCode, str]:
    """A code and its claim secret for one screen: its own of before (``former`` secret), or a fresh one."""
    if found := waiting_code(former):
        return found, former
    address = share_of(address)
    now = timezone.now()
    PairingCode.objects.filter(expires_at__lt=now).delete()
    if former:
        PairingCode.objects.filter(secret_digest=digest(former), used_at__isnull=True).delete()
    _make_room(address)
    secret = secrets.token_urlsafe(32)
    for _attempt in range(20):
        try:
            with transaction.atomic():
                row = PairingCode.objects.create(
                    code=f"{secrets.randbelow(10**6):06d}",
                    secret_digest=digest(secret),
                    screen_px=screen_px[:16],
                    address=address,
                    expires_at=now + VALID,
                )
            return row, secret
        except IntegrityError:
            continue
    raise TooManyScreens


def _wrong_tries(viewer: Viewer, *, add: bool) -> int:
    name = keys.key("pairing-wrong", viewer.pk)
    try:
        if not add:
            return int(keys.client().get(name) or 0)
        pipe = keys.client().pipeline()
        pipe.incr(name)
        pipe.expire(name, 60, nx=True)
        return int(pipe.execute()[0])
    except RedisError:
        raise ValidationError(_("Pairing needs Redis, which does not answer now. Try again soon.")) from None


def approve_code(*, viewer: Viewer, code: str, display: Display) -> Display:
    """Gives ``display`` to the screen that shows ``code``; ValidationError says what is wrong.

    Five wrong codes a minute and operator; then even a right one waits. Whoever pairs a screen may be its
    only onlooker, so a display that shows more than they may see is not theirs to pair.
    """
    if not set(Display.objects.values_list("sharing", flat=True).get(pk=display.pk)) <= viewer.sharing:
        raise ValidationError(
            {
                "display": _(
                    "This display may show cameras that you may not see. "
                    "Ask an administrator to connect its screen."
                )
            }
        )
    if _wrong_tries(viewer, add=False) >= WRONG_PER_MINUTE:
        raise ValidationError({"code": _("Too many wrong codes. Wait a minute, then type it again.")})
    digits = "".join(character for character in code if character.isdecimal())
    with transaction.atomic():
        claimed = PairingCode.objects.filter(
            code=digits, used_at__isnull=True, expires_at__gt=timezone.now()
        ).update(used_at=timezone.now(), display=display, approved_by=viewer.name[:160])
        if claimed:
            audit.record(viewer=viewer, action="display.pairing_approved", subject=display)
            return display
    _wrong_tries(viewer, add=True)
    raise ValidationError(
        {"code": _("No screen shows this code now. Codes live for ten minutes and work once.")}
    )


@transaction.atomic
def connect(*, viewer: Viewer, code: str, display: Display) -> Display:
    """As ``approve_code``, and a ``display`` not yet saved is created in the same go, or not at all.

    A display that has no programme is given one, so that no screen stays blank.
    """
    if display._state.adding:
        save_display(viewer=viewer, display=display)
    approve_code(viewer=viewer, code=code, display=display)
    give_programme(viewer=viewer, display=display)
    return display


def claim(
    *, secret: str, address: str | None = None
) -> tuple[Literal["waiting", "paired", "expired"], Display | None, str]:
    """What the waiting page asks every 3 s: (state, display, token). The token is told exactly once.

    A replacement PC's claim overwrites the digest, which kills the old PC's token and socket.
    """
    if not 20 <= len(secret) <= 100:
        return "expired", None, ""
    with transaction.atomic():
        row = (
            PairingCode.objects.select_for_update()
            .filter(secret_digest=digest(secret), claimed_at__isnull=True, expires_at__gt=timezone.now())
            .first()
        )
        if row is None:
            return "expired", None, ""
        if row.used_at is None or row.display_id is None:
            PairingCode.objects.filter(pk=row.pk).update(asked_at=timezone.now())
            return "waiting", None, ""
        row.claimed_at = timezone.now()
        row.save(update_fields=["claimed_at"])
        display = Display.objects.select_for_update().get(pk=row.display_id)
        token = _give_token(display, row, address)
    return "paired", display, token


def _give_token(display: Display, row: PairingCode, address: str | None) -> str:
    token = secrets.token_urlsafe(32)
    display.token_digest = digest(token)
    display.paired_at, display.revoked_at = timezone.now(), None
    display.paired_by, display.paired_from = row.approved_by, address
    display.last_seen = display.seen_from = None
    display.save(
        update_fields=[
            "token_digest", "paired_at", "revoked_at", "paired_by", "paired_from", "last_seen", "seen_from",
        ]
    )  # fmt: skip
    detail = {"screen": row.screen_px, "by": row.approved_by, "address": address or ""}
    audit.record(viewer=None, action="display.paired", subject=display, detail=detail)
    announce_rights(display)
    announce_display(display.pk)
    return token


def revoke(*, viewer: Viewer, display: Display) -> None:
    """Takes the token away: the open socket closes within two seconds, the screen returns to pairing."""
    with transaction.atomic():
        # An approved code that no screen has fetched yet would pair again; code before display, as ``claim``.
        PairingCode.objects.filter(display=display, claimed_at__isnull=True).delete()
        Display.objects.filter(pk=display.pk).update(token_digest="", revoked_at=timezone.now())
        audit.record(viewer=viewer, action="display.revoked", subject=display)
        announce_rights(display)
        announce_display(display.pk)
