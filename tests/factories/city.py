"""People, agencies and areas for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from commandcenter.city.models import Agency, Area, Region, User
from commandcenter.city.roles import STAFF_ROLES, Role

PASSWORD = "rahasia-sekali-1"
_number = count(1)


def make_area(code: str = "36.04.19", name: str = "Petir", **values: Any) -> Area:
    level = code.count(".") + 1
    kind = {1: "provinsi", 2: "kabupaten", 3: "kecamatan", 4: "desa"}[level]
    return Area.objects.get_or_create(
        code=code, defaults={"name": name, "level": level, "kind": kind, **values}
    )[0]


def make_agency(code: str = "", **values: Any) -> Agency:
    code = code or f"opd-{next(_number)}"
    values = {"name": f"Dinas {code}", "short_name": code, "phone_duty": "0254 000 111", **values}
    return Agency.objects.create(code=code, **values)


def make_user(role: Role | None = None, username: str = "", **values: Any) -> User:
    user = User(
        username=username or f"{role or 'orang'}-{next(_number)}", is_staff=role in STAFF_ROLES, **values
    )
    user.set_password(PASSWORD)
    user.save()
    if role:
        user.groups.add(Group.objects.get(name=role.value))
    return user


def make_region(**values: Any) -> Region:
    area = make_area("36.04", "Kabupaten Serang")
    return Region.objects.create(area=area, **{"name": "Kabupaten Serang", "rev": 1, **values})


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
