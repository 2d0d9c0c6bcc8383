"""Signs that hide or turn the line round: gone before anything is stored, and nothing but them is empty."""

from __future__ import annotations

import unicodedata
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from commandcenter.city.viewers import Role, Viewer, viewer_of_user
from complaints.models import (
    Assignment,
    Link,
    LocationChange,
    PriorityChange,
    Report,
    Reporter,
    RoomChange,
    RoomRequest,
    StatusChange,
)
from complaints.services import assigning, classifying, merging, moving, rooms
from complaints.services.writing import actor
from complaints.texts import clean_text
from tests.factories.city import make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report

HIDDEN = (
    "\u202e\u200b\u200d\u2066\ufeff\u00ad\u061c\u3164\u115f\u1160\uffa0\u180e\u2060"
    "\u17b4\ufff9\U000e0041\U000e0100"
)
DIRTY = f"Ram{HIDDEN}bu\u202e hilang{HIDDEN}"
CLEAN = "Rambu hilang"


@pytest.mark.parametrize(
    "sign", [*HIDDEN, "\u2800", "\u00a0", "\u3000", "\ufe0f", "\u0301", "\u2028", HIDDEN]
)
def test_nothing_but_such_signs_is_nothing(sign):
    assert clean_text(sign * 3, 100) == "" == clean_text(f" {sign}\n{sign} ", 100)


@pytest.mark.parametrize(
    "text", ["Lampu mati", "🚧", "مصباح", "路灯坏了", "ꦭꦩ꧀ꦥꦸ", "Café", "❤️", "#1", "\U0001fae9", "⠇⠁⠍⠏⠥"]
)
def test_what_people_write_stays(text):
    assert clean_text(text, 100) == unicodedata.normalize("NFC", text)


@pytest.mark.django_db
@pytest.mark.parametrize("sign", ["\u061c", "\u3164", "\u115f\u1160", "\u2800", "\u180e", HIDDEN])
def test_a_report_of_such_signs_is_refused_as_empty(sign):
    make_channel("web")
    answer = Client().post("/lapor/kirim/", {"text": sign * 4, "key": str(uuid.uuid4())})
    assert answer.status_code == 400 and set(answer.json()["errors"]) == {"text"}
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_no_text_of_a_desk_keeps_them():
    desk = viewer_of_user(make_user(Role.OPERATOR))
    main, twin = make_report(category=make_category()), make_report()
    merging.merge(pk=twin.pk, into=main.pk, viewer=desk, text=DIRTY)
    merging.unmerge(pk=twin.pk, viewer=desk, text=DIRTY)
    assert list(Link.objects.values_list("text", flat=True)) == [CLEAN, CLEAN]
    moving.move(pk=main.pk, target="not_ours", viewer=desk, text=DIRTY, body_named=DIRTY)
    row = StatusChange.objects.filter(report=main).latest("pk")
    assert (row.text, row.body_named) == (CLEAN, CLEAN)
    other = make_report()
    classifying.set_priority(pk=other.pk, priority="high", severity="heavy", viewer=desk, text=DIRTY)
    assert PriorityChange.objects.filter(report=other).latest("pk").text == CLEAN
    classifying.set_location(pk=other.pk, lat=-6.1, lng=106.1, address=DIRTY, viewer=desk)
    other.refresh_from_db()
    assert other.address == CLEAN == LocationChange.objects.filter(report=other).latest("pk").address
    assigning.assign(pk=other.pk, agency=make_agency(), viewer=desk, text=DIRTY)
    assert Assignment.objects.filter(report=other).latest("pk").text == CLEAN


@pytest.mark.django_db
def test_such_signs_are_no_reason():
    agency = make_agency()
    report = make_report()
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    head = viewer_of_user(make_user(Role.HEAD, agency=agency))
    with pytest.raises(ValidationError):
        assigning.assign(pk=report.pk, agency=None, viewer=head, text=HIDDEN)


@pytest.mark.django_db
def test_rooms_keep_none_either():
    make_channel("web")
    category = make_category("KES-03", kind="room")
    report = make_report(category=category)
    assert RoomRequest.objects.filter(report=report).exists()
    rooms.cancel(pk=report.pk, viewer=None, text=DIRTY)
    assert RoomChange.objects.filter(report=report).latest("pk").text == CLEAN


@pytest.mark.django_db
def test_names_of_citizens_and_of_partners_keys_keep_none():
    make_channel("web")
    Client().post(
        "/lapor/kirim/", {"text": "Lampu", "key": str(uuid.uuid4()), "name": DIRTY, "phone": "0812345678"}
    )
    assert Reporter.objects.get().name == CLEAN
    key = Viewer(kind="token", pk=7, name=DIRTY)
    assert actor(key)["actor_name"] == CLEAN
