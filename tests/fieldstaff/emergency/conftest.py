"""An officer at work with a phone, and somebody at the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_device, make_officer, make_shift
from tests.fieldstaff.phones import Phone


@pytest.fixture
def officer(redis_client):
    ensure_roles()
    agency = make_agency("dishub", name="Dinas Perhubungan", short_name="Dishub", phone_duty="0254 123456")
    found = make_officer("P-7K3M9Q", name="Budi Santoso", agency=agency, phone="081234567890")
    make_shift(found, datetime.now(UTC) - timedelta(hours=2), 8)
    return found


@pytest.fixture
def phone(officer):
    return Phone(make_device(officer, uid="70011234"))


@pytest.fixture
def desk(officer):
    return viewer_of_user(make_user(Role.OPERATOR, "sari", first_name="Sari"))
