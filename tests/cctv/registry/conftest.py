"""The cast of the register's tests: an administrator, an operator, a head, a partner, each signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from tests.factories.cctv import make_agency


@pytest.fixture
def sign_in(db: None, django_user_model) -> Callable[..., Client]:
    """``sign_in("operator")``: a client of a new user of that role."""

    def enter(role: str, *, agency: str = "", staff: bool = True) -> Client:
        user = django_user_model.objects.create_user(
            f"{role}-{django_user_model.objects.count()}", password="x" * 12, is_staff=staff
        )
        user.agency = make_agency(agency) if agency else None
        user.save()
        user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def admin(sign_in: Callable[..., Client]) -> Client:
    return sign_in("admin")


@pytest.fixture
def operator(sign_in: Callable[..., Client]) -> Client:
    return sign_in("operator")
