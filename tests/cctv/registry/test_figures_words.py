"""A connection test's figures are written as the reader writes numbers."""

from __future__ import annotations

import pytest
from django.utils import translation

from cctv.admin.connection import figures
from cctv.advice import advice
from commandcenter.city.roles import Role
from tests.factories.cctv import make_camera
from tests.factories.city import client_of, make_user

FOUND = {"codec": "h264", "width": 1280, "height": 720, "gop_s": 5.25, "latency_ms": 1389.2, "bytes": 39_400}


@pytest.mark.parametrize(
    ("language", "gop", "latency"), [("id", "5,2 s", "1.389 ms"), ("en", "5.2 s", "1,389 ms")]
)
@pytest.mark.django_db
def test_numbers_follow_the_language(language, gop, latency):
    with translation.override(language):
        values = dict(figures(FOUND)).values()
        assert {"h264", "1280×720", gop, latency, "39 kB"} == set(values)
        assert any(gop.removesuffix(" s") in line for line in advice(make_camera(), FOUND))


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["password", "username"])
def test_no_list_is_filtered_by_a_stored_login(field):
    make_camera(username="admin", password="rahasia")
    client = client_of(make_user(Role.OPERATOR))
    answer = client.get("/admin/cctv/camera/", {f"{field}__startswith": "g"})
    assert answer.status_code in {302, 400}
