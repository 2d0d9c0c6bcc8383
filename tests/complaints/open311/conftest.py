"""What the tests of GeoReport v2 share: a partner's key and a service with questions."""

from __future__ import annotations

import pytest

from commandcenter.city.roles import Role
from commandcenter.city.services import issue_token
from commandcenter.city.viewers import viewer_of_user
from complaints.models import Question
from tests.factories.city import make_user
from tests.factories.complaints import make_category, make_channel


@pytest.fixture
def key() -> str:
    boss = viewer_of_user(make_user(Role.ADMIN))
    make_channel("partner")
    return issue_token(viewer=boss, name="Aplikasi", scopes=["complaints.add_report"])[1]


@pytest.fixture
def lamp():
    category = make_category("PJU-01", name="PJU mati", keywords=["lampu", "pju"])
    Question.objects.create(category=category, code="TIANG", datatype="string", text="Nomor tiang", order=7)
    Question.objects.create(
        category=category, code="MACAM", datatype="multivaluelist", text="Macam", order=9,
        values=[["a", "padam"], ["b", "kedip"]],
    )  # fmt: skip
    return category
