"""The demo's city: Kabupaten Serang with rough boundaries, agencies and one login a role."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet

from commandcenter import demo
from commandcenter.city import boundaries, demo_places, services
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


def purge() -> None:
    """Takes the demo's rows away; the audit trail, and whatever real rows need, stay."""
    Region.objects.filter(**SIMULATED).delete()
    _drop(ApiToken.objects.filter(**SIMULATED))
    _drop(User.objects.filter(**SIMULATED))
    _drop(Agency.objects.filter(**SIMULATED))
    # An imported boundary is somebody's work.
    imported = Area.objects.filter(**SIMULATED, boundary_approximate=False).exclude(boundary_source="")
    imported.update(origin=Source.REAL)
    _drop(Area.objects.filter(**SIMULATED).order_by("-level"))


demo.register(demo.Demo(key="city", order=10, seed=seed, purge=purge))
