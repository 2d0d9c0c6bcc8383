"""What an empty city still needs: each app adds its first step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from commandcenter.city.models import Agency, Area, Invitation, Region, User
from commandcenter.city.region import zone_of
from commandcenter.city.registry import Registry


@dataclass(frozen=True, slots=True)
class Step:
    """``done()`` asks the database; ``url`` is where the step is done (a path, or a callable giving one).

    ``now()`` says in a few words what is there; ``confirm`` names what a click on "that is right" settles.
    """

    key: str
    title: str | Promise
    done: Callable[[], bool]
    url: str | Callable[[], str]
    order: int = 100
    hint: str | Promise = ""
    now: Callable[[], str] | None = None
    confirm: str = ""

    @property
    def link(self) -> str:
        """The path behind the step."""
        return self.url if isinstance(self.url, str) else self.url()

    @property
    def state(self) -> str:
        """What is there now, empty where there is nothing to say."""
        return self.now() if self.now else ""


steps: Registry[Step] = Registry("first-run step")
register = steps.register


def state() -> list[tuple[Step, bool]]:
    """Every step with whether it is done."""
    return [(step, step.done()) for step in steps.all()]


def _region(read: Callable[[Region], object]) -> Callable[[], bool]:
    return lambda: bool(read(Region.current()))


def _look() -> str:
    region = Region.current()
    return str(region.get_motif_display()) if region.area else ""


def _zone() -> str:
    region = Region.current()
    if region.area is None:
        return ""
    usual = zone_of(region.area.code)
    if usual == region.zone:
        return region.get_zone_display()
    values = {"zone": region.get_zone_display(), "usual": usual.label}
    return gettext("%(zone)s; the province has %(usual)s") % values


def _districts() -> QuerySet[Area]:
    """The region's kecamatan."""
    area = Region.current().area
    return Area.objects.filter(level=3, code__startswith=f"{area.code}.") if area else Area.objects.none()


def bounded() -> tuple[int, int]:
    """How many of the region's kecamatan have a real boundary, and how many there are."""
    rows = _districts()
    return rows.filter(shape__isnull=False, boundary_approximate=False).count(), rows.count()


def _bounded() -> bool:
    done, total = bounded()
    return bool(total) and done == total


def _boundaries() -> str:
    done, total = bounded()
    return gettext("%(done)d of %(total)d kecamatan") % {"done": done, "total": total} if total else ""


def _agencies() -> str:
    n = Agency.objects.count()
    return ngettext("%(n)d agency", "%(n)d agencies", n) % {"n": n} if n else ""


def _several() -> bool:
    """One login is the first administrator's own."""
    return User.objects.filter(is_active=True).count() > 1


def _people() -> str:
    n = User.objects.filter(is_active=True).count()
    waiting = Invitation.objects.filter(
        accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).count()
    text = ngettext("%(n)d person can log in", "%(n)d people can log in", n) % {"n": n}
    if waiting:
        text += " · " + ngettext("%(n)d invitation is open", "%(n)d invitations are open", waiting) % {
            "n": waiting
        }
    return text


def register_own() -> None:
    """The city's own steps."""
    form = "/setup/region/"
    for step in (
        Step("city.area", _("Choose the area by its code"), _region(lambda r: r.area), form, 10),
        Step("city.name", _("Name the government"), _region(lambda r: r.name), form, 20),
        Step("city.logo", _("Upload the coat of arms"), _region(lambda r: r.logo), form, 30),
        Step(
            "city.motif", _("Choose motif and colours"), _region(lambda r: "motif" in r.confirmed), form, 40,
            now=_look, confirm="motif",
        ),
        Step(
            "city.zone", _("Confirm the time zone"), _region(lambda r: "zone" in r.confirmed), form, 50,
            now=_zone, confirm="zone",
        ),
        Step(
            "city.boundaries", _("Bring in the boundaries of the kecamatan"), _bounded,
            "/setup/boundaries/", 55, _("Until then the maps stay blank."), now=_boundaries,
        ),
        Step(
            "city.agencies", _("Enter the agencies"), Agency.objects.exists, "/setup/agencies/", 60,
            now=_agencies,
        ),
        Step("city.people", _("Invite the people who will work here"), _several, "/people/", 65, now=_people),
    ):  # fmt: skip
        register(step)
