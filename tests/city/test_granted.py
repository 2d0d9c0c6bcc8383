"""What a login was granted is read in one statement, says what Django says, and outlives no change."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commandcenter.city.granted import granted_to
from commandcenter.city.models import User
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from tests.factories.city import client_of, make_agency, make_user

pytestmark = pytest.mark.django_db


def fresh(user: User) -> User:
    """As the next request reads it."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("role", [*Role, None])
def test_it_is_what_django_says(role):
    ensure_roles()
    user = make_user(role) if role else make_user()
    user.user_permissions.add(Permission.objects.get(codename="view_agency"))
    extra = Group.objects.create(name="payroll-of-a-test")
    extra.permissions.set(Permission.objects.order_by("?")[:3])
    user.groups.add(extra)
    asked, granted = fresh(user), granted_to(fresh(user))
    assert granted.permissions == asked.get_all_permissions()
    assert granted.groups == {group.name for group in asked.groups.all()}


def test_a_superuser_holds_all_and_a_closed_login_nothing():
    user = make_user()
    user.is_superuser = True
    user.save()
    assert granted_to(user).permissions == fresh(user).get_all_permissions()
    assert viewer_of_user(user).has(Role.ADMIN)
    user.is_active = False
    user.save()
    assert granted_to(user).permissions == frozenset() == fresh(user).get_all_permissions()
    assert viewer_of_user(user).kind == "public"


def test_the_admin_pages_find_it_answered():
    user = make_user(Role.OPERATOR)
    viewer = viewer_of_user(user)
    with CaptureQueriesContext(connection) as asked:
        assert user.get_all_permissions() == viewer.permissions
    assert len(asked) == 0


def test_what_is_taken_away_is_gone_with_the_next_request():
    """Groups, permissions of a group, the login itself, the place of its agency: no memory outlives them."""
    ensure_roles()
    own, other = make_agency(), make_agency()
    head = make_user(Role.HEAD, agency=own)
    client = client_of(head)
    assert client.get("/officers/month/").status_code == 200
    group = Group.objects.get(name=Role.HEAD)
    right = Permission.objects.get(codename="view_officer")
    group.permissions.remove(right)
    assert client.get("/officers/month/").status_code == 403
    group.permissions.add(right)
    assert client.get("/officers/month/").status_code == 200
    other.parent = own
    other.save()
    assert viewer_of_user(fresh(head)).agencies == {own.pk, other.pk}
    User.objects.filter(pk=head.pk).update(agency=other)
    assert viewer_of_user(fresh(head)).agencies == {other.pk}
    head.groups.clear()
    assert client.get("/officers/month/").status_code == 403
    head.groups.add(group)
    User.objects.filter(pk=head.pk).update(is_active=False)
    assert client.get("/officers/month/").status_code == 302
