"""The demo's city: Kabupaten Serang with rough boundaries, agencies and one login a role."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet

from commandcenter import demo
from commandcenter.city import boundaries, demo_places, kept, services
from commandcenter.city.areas import seed_areas
from commandcenter.city.models import Agency, ApiToken, Area, AreaShape, Region, User
from commandcenter.city.origin import Source
from commandcenter.city.roles import STAFF_ROLES, Role

SIMULATED = {"origin": Source.SIMULATED}


def seed() -> None:
    """Makes what is missing; real rows of the same code or name stay as they are."""
    if not Region.objects.filter(area__isnull=False).exists():
        services.set_up_region(
            viewer=None,
            code=demo_places.REGION,
            name="Kabupaten Serang",
            kind="pemkab",
            motif="ombak",
            origin=Source.SIMULATED,
        )
    seed_areas(demo_places.REGION, origin=Source.SIMULATED)
    _points()
    _agencies()
    _users()


def _points() -> None:
    """Centre points and rough cells, where no real ones are."""
    Area.objects.filter(code=demo_places.REGION, lat=None).update(
        lat=demo_places.CENTRE[0], lng=demo_places.CENTRE[1]
    )
    for code, lat, lng in demo_places.CENTRES:
        Area.objects.filter(code=code, lat=None).update(lat=lat, lng=lng)
    rows = Area.objects.filter(code__in=[code for code, _lat, _lng in demo_places.CENTRES])
    if rows.exclude(pk__in=AreaShape.objects.values("area")).exists():
        boundaries.approximate(list(rows), demo_places.NEIGHBOURS)


def _agencies() -> None:
    for code, name, short, kind, title, area, digits in demo_places.AGENCIES:
        Agency.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "short_name": short,
                "kind": kind,
                "head_title": title,
                "phone_duty": f"0254 000 {digits}",
                "email": f"{code}@demo.example",
                "area": Area.objects.filter(code=area).first() if area else None,
                **SIMULATED,
            },
        )


def _users() -> None:
    for username, first, last, role, agency, password, label in demo_places.USERS:
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User(
                username=username,
                first_name=first,
                last_name=last,
                agency=Agency.objects.filter(code=agency).first() if agency else None,
                is_staff=Role(role) in STAFF_ROLES,
                **SIMULATED,
            )
            user.set_password(password)
            user.save()
            user.groups.add(Group.objects.get(name=role))
        if user.is_simulated:
            demo.add_login(demo.Login(label, username, password))


def _drop(rows: QuerySet[Model]) -> None:
    """Deletes rows one by one; what something real hangs on becomes real and stays."""
    for row in rows:
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            type(row)._default_manager.filter(pk=row.pk).update(origin=Source.REAL)


def _drop_region() -> None:
    """The demo's region with its area; both stay where something real stands on the area."""
    region = Region.objects.select_related("area").filter(**SIMULATED).first()
    if region is None:
        return
    try:
        with transaction.atomic():
            region.delete()
            if region.area:
                region.area.delete()
    except ProtectedError:
        Region.objects.filter(pk=1).update(origin=Source.REAL)


def _keep_people() -> None:
    """A login that somebody made their own; never one whose password stands in the README."""
    published = {username: password for username, _f, _l, _r, _a, password, _label in demo_places.USERS}
    for user in User.objects.filter(**SIMULATED, pk__in=kept.edited(User)):
        if not user.check_password(published.get(user.username, "")):
            kept.keep(User.objects.filter(pk=user.pk))


def purge() -> None:
    """Takes the demo's rows away; the audit trail, what people changed, and whatever real rows need, stay."""
    _keep_people()
    kept.keep_edited(Agency, Area, ApiToken)
    kept.keep(Agency.objects.filter(invitation__accepted_at=None, invitation__pk__gt=0))
    _drop(ApiToken.objects.filter(**SIMULATED))
    _drop(User.objects.filter(**SIMULATED))
    _drop(Agency.objects.filter(**SIMULATED))
    # An imported boundary is somebody's work.
    kept.keep(Area.objects.filter(boundary_approximate=False).exclude(boundary_source=""))
    region = Region.current().area
    above = [pk for pk in (region.pk, region.parent_id) if pk] if region else []
    _drop(Area.objects.filter(**SIMULATED).exclude(pk__in=above).order_by("-level"))
    _drop_region()
    _drop(Area.objects.filter(**SIMULATED).order_by("-level"))


demo.register(demo.Demo(key="city", order=10, seed=seed, purge=purge))
