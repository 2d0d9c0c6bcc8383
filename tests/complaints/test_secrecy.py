"""Who takes a report out of sight: the desk, for a reason that stays; never the agency it is about."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from commandcenter.city.models import AuditEntry
from commandcenter.city.viewers import Role, viewer_of_user
from complaints.models import CategoryChange, Note, Report
from complaints.services import assigning, classifying
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def about():
    """An agency and an open report about it, sent to it."""
    agency, report = make_agency(), make_report("Petugas dinas meminta uang", category=make_category())
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    return agency, Report.objects.get(pk=report.pk)


def _file(category, report) -> dict[str, object]:
    return {"category": category.pk, "priority": report.priority, "severity": report.severity}


def test_an_agency_cannot_make_the_report_about_itself_secret(about):
    agency, report = about
    head, at = client_of(make_user(Role.HEAD, agency=agency)), f"/reports/{report.number}/"
    page = head.get(at).content.decode()
    assert f"{at}secrecy/" not in page and "Rahasiakan" not in page
    answer = head.post(f"{at}secrecy/", {"secret": "1", "text": "Tidak benar"}, follow=True)
    assert "Hanya meja kota" in answer.content.decode()
    assert not Report.objects.get(pk=report.pk).secret
    assert not AuditEntry.objects.filter(action="report.secrecy").exists()
    for role in (Role.OPERATOR, Role.MAYOR):
        assert client_of(make_user(role)).get(at).status_code == 200
    head.post(f"{at}note/", {"text": "Mohon dirahasiakan: menyebut nama korban"})
    assert "Mohon dirahasiakan" in client_of(make_user(Role.OPERATOR)).get(at).content.decode()


@pytest.mark.parametrize("hiding", [{"private": True}, {"kind": "room"}, {"private": True, "kind": "room"}])
def test_an_agency_cannot_hide_it_in_a_category_either(about, hiding):
    agency, report = about
    hidden = make_category(name="Kategori yang menutup", **hiding)
    head, at = client_of(make_user(Role.HEAD, agency=agency)), f"/reports/{report.number}/"
    assert hidden.name not in head.get(at).content.decode()
    answer = head.post(f"{at}classify/", _file(hidden, report), follow=True)
    assert "Hanya meja kota" in answer.content.decode()
    fresh = Report.objects.get(pk=report.pk)
    assert (fresh.secret, fresh.kind, fresh.category_id) == (False, report.kind, report.category_id)
    other = make_category(name="Pungutan liar")
    head.post(f"{at}classify/", _file(other, report))
    assert Report.objects.get(pk=report.pk).category_id == other.pk


def test_an_agency_refiles_what_is_private_already_but_never_as_a_room():
    agency, report = make_agency(), make_report(category=make_category(private=True))
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    head = viewer_of_user(make_user(Role.HEAD, agency=agency))
    classifying.set_category(pk=report.pk, category=make_category(private=True), viewer=head)
    with pytest.raises(ValidationError):
        classifying.set_category(pk=report.pk, category=make_category(kind="room"), viewer=head)
    fresh = Report.objects.get(pk=report.pk)
    assert fresh.secret and fresh.kind != "room"


def test_the_desk_gives_a_reason_that_nobody_can_take_away(about):
    agency, report = about
    operator, at = make_user(Role.OPERATOR), f"/reports/{report.number}/"
    desk = client_of(operator)
    assert 'name="text" maxlength="1000"' in desk.get(at).content.decode()
    for empty in ({}, {"text": "  \u200b "}):
        desk.post(f"{at}secrecy/", {"secret": "1", **empty})
        assert not Report.objects.get(pk=report.pk).secret
    desk.post(f"{at}secrecy/", {"secret": "1", "text": "Menyebut nama korban"})
    assert Report.objects.get(pk=report.pk).secret
    row = Note.objects.get(report=report)
    assert "Menyebut nama korban" in row.text and row.visibility == "internal"
    assert (row.actor_id, row.actor_name) == (operator.pk, viewer_of_user(operator).name)
    entry = AuditEntry.objects.get(action="report.secrecy")
    assert entry.detail == {"hidden": True}
    head = client_of(make_user(Role.HEAD, agency=agency))
    assert "Menyebut nama korban" in head.get(at).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Note.objects.filter(pk=row.pk).update(text="Lain")


def test_a_private_category_leaves_its_rows_too(about):
    _agency, report = about
    private = make_category(name="Korupsi", private=True)
    desk = client_of(make_user(Role.OPERATOR))
    desk.post(f"/reports/{report.number}/classify/", _file(private, report))
    assert Report.objects.get(pk=report.pk).secret
    assert "Korupsi" in Note.objects.get(report=report).text
    assert CategoryChange.objects.filter(report=report).last().category_id == private.pk
    assert AuditEntry.objects.filter(action="report.secrecy").count() == 1


def test_only_who_sees_secret_ones_lifts_it_and_says_why(about):
    agency, report = about
    operator = viewer_of_user(make_user(Role.OPERATOR))
    classifying.set_secret(pk=report.pk, secret=True, text="Menyebut korban", viewer=operator)
    head = make_user(Role.HEAD, agency=agency)
    with pytest.raises(PermissionDenied):
        classifying.set_secret(pk=report.pk, secret=False, text="Sudah", viewer=viewer_of_user(head))
    assert "secrecy/" not in client_of(head).get(f"/reports/{report.number}/").content.decode()
    admin = client_of(make_user(Role.ADMIN))
    admin.post(f"/reports/{report.number}/secrecy/", {"secret": "0"})
    assert Report.objects.get(pk=report.pk).secret
    admin.post(f"/reports/{report.number}/secrecy/", {"secret": "0", "text": "Nama dihapus"})
    assert not Report.objects.get(pk=report.pk).secret
    assert "Nama dihapus" in Note.objects.filter(report=report).last().text
    assert AuditEntry.objects.filter(action="report.secrecy").count() == 2
