"""How a screen becomes a display: six digits seen on it, typed at the desk, and a secret only it holds.

The code is valid for ten minutes and once. It never yields a token by itself: the token goes to the page that
holds the claim secret. The token has 256 random bits; the database knows its SHA-256 only.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Literal

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from commandcenter import keys
from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from commandcenter.wall.announce import announce_display, announce_rights
from commandcenter.wall.first_scene import give_programme
from commandcenter.wall.identify import digest
from commandcenter.wall.models import Display, PairingCode
from commandcenter.wall.services import save_display

VALID = timedelta(minutes=10)
MOST_WAITING = 200
MOST_PER_ADDRESS = 10
WRONG_PER_MINUTE = 5
ASKED_S = 20


class TooManyScreens(Exception):
    """No free code was found."""


def _make_room(address: str) -> None:
    """Drops the oldest waiting codes that no page asks about any more, then the busiest address's.

    A screen that waits asks every 3 s and keeps its code, whoever reloads behind the same address; when all
    of an address's codes are asked about, the newcomer is refused.
    """
    waiting = PairingCode.objects.filter(used_at__isnull=True)
    own = list(waiting.filter(address=address).order_by("-pk").values_list("pk", flat=True))
    spare = [pk for pk in own if not _is_waiting(pk)]
    kept = len(own) - len(spare)
    if kept >= MOST_PER_ADDRESS:
        raise TooManyScreens
    waiting.filter(pk__in=spare[max(0, MOST_PER_ADDRESS - 1 - kept) :]).delete()
    while waiting.count() >= MOST_WAITING:
        busiest = waiting.values("address").annotate(n=Count("pk"), oldest=Min("pk")).order_by("-n", "oldest")
        waiting.filter(pk=busiest[0]["oldest"]).delete()


def _is_waiting(pk: int) -> bool:
    return bool(cache.get(f"pairing-asked:{pk}"))


def network_of(address: str) -> str:
    """Whose share a code counts in: an IPv6 household has a whole /64 to draw from."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:45]
    if found.version == 4:
        return str(found)
    return str(ip_network((found, 64), strict=False).network_address)


def start_pairing(
    *, replaces: int | None = None, screen_px: str = "", address: str = ""
) -> tuple[PairingCode, str]:
    """A fresh code and its claim secret for one screen; ``replaces`` is the screen's former code, if any."""
    address = network_of(address)
    now = timezone.now()
    PairingCode.objects.filter(expires_at__lt=now).delete()
    if replaces:
        PairingCode.objects.filter(pk=replaces, used_at__isnull=True).delete()
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
        ).update(used_at=timezone.now(), display=display)
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


def claim(*, secret: str) -> tuple[Literal["waiting", "paired", "expired"], Display | None, str]:
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
            cache.set(f"pairing-asked:{row.pk}", 1, ASKED_S)
            return "waiting", None, ""
        row.claimed_at = timezone.now()
        row.save(update_fields=["claimed_at"])
        display = Display.objects.select_for_update().get(pk=row.display_id)
        token = _give_token(display, row.screen_px)
    return "paired", display, token


def _give_token(display: Display, screen_px: str) -> str:
    token = secrets.token_urlsafe(32)
    display.token_digest = digest(token)
    display.paired_at = timezone.now()
    display.revoked_at = None
    display.save(update_fields=["token_digest", "paired_at", "revoked_at"])
    audit.record(viewer=None, action="display.paired", subject=display, detail={"screen": screen_px})
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
