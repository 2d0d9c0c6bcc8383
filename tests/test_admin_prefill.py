"""No address makes an admin form fail: what it pre-fills is there, or the field stays empty."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from commandcenter.city.roles import Role, ensure_roles
from tests.factories.cctv import make_camera
from tests.factories.city import client_of, make_user

pytestmark = pytest.mark.django_db
ODD = ["x", "", "-1", "[]", "99999999999999999999", "\x00", "1,2", "١٢", "💥"]


def test_nonsense_in_a_prefilled_form_is_no_error():
    ensure_roles()
    client = client_of(make_user(Role.ADMIN, is_superuser=True))
    asked = 0
    for model in admin.site._registry:
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
        related = [field.name for field in model._meta.get_fields() if field.is_relation and field.concrete]
        for odd in ODD if related else []:
            answer = client.get(page, dict.fromkeys(related, odd))
            assert answer.status_code < 500, (page, odd)
            asked += 1
    assert asked > 60


def test_a_thing_that_is_there_is_filled_in():
    ensure_roles()
    camera = make_camera(name="Pasar Uji")
    client = client_of(make_user(Role.OPERATOR))
    page = client.get("/admin/cctv/obstacle/add/", {"camera": camera.pk}).content.decode()
    assert "Pasar Uji" in page
