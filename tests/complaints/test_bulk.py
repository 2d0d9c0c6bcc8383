"""Many reports at once, dealt out in turn; the pair of photos; outside parties and their own desk only."""

from __future__ import annotations

import importlib
from io import BytesIO

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from commandcenter.city.models import AuditEntry
from commandcenter.city.viewers import PUBLIC, Role, viewer_of_user
from complaints.models import Attachment, DeskView, Report
from complaints.services import assigning, bulk, claims, moving
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_report, make_reporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return make_user(Role.OPERATOR)


def test_each_report_has_its_own_result_and_a_refused_one_stops_nobody(operator):
    plain, secret, closed = make_report(), make_report(secret=True), make_report()
    proof = make_report(category=make_category(proof_photo=True))
    moving.move(pk=closed.pk, target="rejected", viewer=None, text="Iseng")
    numbers = [row.number for row in (plain, proof, secret, closed)]
    page = client_of(operator).post(
        "/reports/bulk/",
        {"n": [*numbers, numbers[0].lower()], "deed": "close", "status": "resolved", "text": "Sudah"},
    ).content.decode()  # fmt: skip
    assert "1 berhasil, 3 tidak" in page and all(number in page for number in numbers)
    states = [Report.objects.get(pk=row.pk).status for row in (plain, proof, secret, closed)]
    assert states == ["resolved", "new", "new", "rejected"]
    entry = AuditEntry.objects.get(action="report.bulk")
    assert (entry.detail["asked"], entry.detail["done"]) == (4, 1)


def test_many_are_sent_or_taken_at_once(operator):
    agency, rows = make_agency(), [make_report(), make_report()]
    client, numbers = client_of(operator), [row.number for row in rows]
    client.post("/reports/bulk/", {"n": numbers, "deed": "claim"})
    assert Report.objects.filter(claimed_by=operator).count() == 2
    client.post("/reports/bulk/", {"n": numbers, "deed": "assign", "agency": agency.pk, "text": "Mohon"})
    assert Report.objects.filter(agency=agency, status="forwarded").count() == 2


@pytest.mark.parametrize(
    "values",
    [
        {"deed": "claim"}, {"deed": "close", "n": "X", "status": "resolved"}, {"deed": "dance", "n": "X"},
        {"deed": "assign", "n": "X", "agency": "semua"}, {"deed": "claim", "n": [str(n) for n in range(101)]},
    ],
    ids=lambda values: values["deed"],
)  # fmt: skip
def test_a_form_without_sense_is_answered_in_words(values, operator):
    answer = client_of(operator).post("/reports/bulk/", values, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_nobody_without_the_right_acts_on_many():
    agency = make_agency()
    for role in (Role.HEAD, Role.MAYOR, Role.PARTNER):
        client = client_of(make_user(role, agency=agency if role is Role.HEAD else None))
        assert client.post("/reports/bulk/", {"n": "X", "deed": "claim"}).status_code == 403
        assert client.post("/reports/deal/").status_code == 403
    assert not viewer_of_user(make_user(Role.MAYOR)).can("complaints.bulk_report")
    assert bulk.MOST == 100


def test_reports_are_dealt_in_turn_to_those_on_duty_and_a_break_gives_them_back(operator):
    people = [make_user(Role.OPERATOR) for _ in range(3)]
    for person in people[:2]:
        claims.go_on_duty(viewer=viewer_of_user(person))
    open_to_all = [make_report(priority="urgent"), make_report(), make_report(), make_report()]
    hidden = make_report(secret=True)
    client_of(operator).post("/reports/deal/")
    counts = [Report.objects.filter(claimed_by=person).count() for person in people]
    assert counts == [2, 2, 0]
    assert Report.objects.get(pk=hidden.pk).claimed_by is None
    assert claims.deal_out(viewer=viewer_of_user(operator)) == 0
    assert claims.take_break(viewer=viewer_of_user(people[0])) == 2
    assert claims.deal_out(viewer=viewer_of_user(operator)) == 2
    assert Report.objects.filter(claimed_by=people[1]).count() == 4 == len(open_to_all)


def test_a_shared_view_is_everybodys_and_the_desk_takes_it_away(operator):
    client_of(operator).post("/reports/views/", {"name": "Banjir", "query": "q=banjir", "shared": "1"})
    other = client_of(make_user(Role.OPERATOR))
    view = DeskView.objects.get()
    page = other.get("/reports/").content.decode()
    assert "Banjir" in page and f"/reports/views/{view.pk}/delete/" in page
    other.post(f"/reports/views/{view.pk}/delete/")
    assert not DeskView.objects.exists()


def test_an_agency_puts_no_words_on_everybodys_desk_and_takes_none_away(operator):
    head = client_of(make_user(Role.HEAD, agency=make_agency()))
    view = {"name": "Buka http://jahat.example", "query": "q=banjir"}
    assert 'name="shared"' not in head.get("/reports/?q=banjir").content.decode()
    refused = head.post("/reports/views/", {**view, "shared": "1"}, follow=True).content.decode()
    assert 'data-level="error"' in refused and not DeskView.objects.exists()
    head.post("/reports/views/", view)
    private = DeskView.objects.get()
    desk = client_of(operator)
    assert not private.shared and "jahat" not in desk.get("/reports/").content.decode()
    desk.post(f"/reports/views/{private.pk}/delete/")
    assert DeskView.objects.exists(), "what is not shared is its owner's alone"
    desk.post("/reports/views/", {"name": "Meja", "query": "", "shared": "1"})
    head.post(f"/reports/views/{DeskView.objects.get(name='Meja').pk}/delete/")
    assert DeskView.objects.filter(name="Meja").exists()


def test_what_agencies_shared_under_the_old_rule_leaves_the_other_desks(operator):
    own = {
        user: DeskView.objects.create(owner=user, name=f"Milik {user.pk}", shared=True)
        for user in (
            operator, make_user(Role.MAYOR), make_user(Role.ADMIN), make_user(is_superuser=True),
            make_user(Role.HEAD, agency=make_agency()), make_user(),
        )
    }  # fmt: skip
    module = importlib.import_module("complaints.migrations.0017_views_shared_by_agencies")
    module.keep_to_their_owners(apps, None)
    assert [DeskView.objects.get(pk=view.pk).shared for view in own.values()] == [True] * 4 + [False] * 2


def test_nobody_keeps_more_than_thirty_views(operator):
    DeskView.objects.bulk_create(DeskView(owner=operator, name=f"Tampilan {n}") for n in range(30))
    desk = client_of(operator)
    refused = desk.post("/reports/views/", {"name": "Satu lagi"}, follow=True).content.decode()
    assert 'data-level="error"' in refused and DeskView.objects.count() == 30
    desk.post("/reports/views/", {"name": "Tampilan 3", "query": "q=baru"})
    assert DeskView.objects.get(name="Tampilan 3").query == "q=baru"


def photo(report, moment, public=True):
    out = BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "JPEG")
    path = default_storage.save("reports/p.jpg", ContentFile(out.getvalue()))
    return Attachment.objects.create(
        report=report, kind="photo", state="ready", served=path, thumb=path, moment=moment, public=public
    )


def test_before_and_after_stand_side_by_side_for_the_desk_and_for_the_citizen(operator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    report = make_report()
    moving.move(pk=report.pk, target="verified", viewer=None)
    desk, citizen = f"/reports/{report.number}/", f"/lapor/{report.number}/"
    client = client_of(operator)
    before = photo(report, "before", public=False)
    assert "cc-pair" not in client.get(desk).content.decode()
    after = photo(report, "after")
    page = client.get(desk).content.decode()
    assert page.index(str(before.uuid)) < page.index(str(after.uuid)) and "cc-pair" in page
    page = client.get(citizen).content.decode()
    assert "cp-pair" not in page and str(before.uuid) not in page and str(after.uuid) in page
    Attachment.objects.filter(pk=before.pk).update(public=True)
    assert "cp-pair" in client.get(citizen).content.decode()


def test_an_outside_party_sees_what_was_forwarded_to_it_and_nothing_else(operator):
    pln = make_agency("pln", kind="other")
    report, other = (
        make_report("Kabel putus", reporter=make_reporter(name="Siti Contoh")),
        make_report("Banjir"),
    )
    client = client_of(make_user(Role.HEAD, agency=pln))
    assigning.assign(pk=report.pk, agency=pln, viewer=viewer_of_user(operator))
    page = client.get("/reports/?box=all").content.decode()
    assert report.number in page and other.number not in page
    assert client.get(f"/reports/{other.number}/").status_code == 404
    assert client.get("/reports/112/").status_code == client.get("/reports/new/").status_code == 403
    assigning.assign(pk=report.pk, agency=None, viewer=viewer_of_user(operator))
    assert client.get(f"/reports/{report.number}/").status_code == 404
    assert report.number not in client.get("/reports/?box=all").content.decode()
    assert Report.objects.visible_to(PUBLIC).exists()
