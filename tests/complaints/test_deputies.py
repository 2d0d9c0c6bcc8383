"""Deputies (Plt) and units: letters reach who stands in, and a unit sees what was forwarded to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from commandcenter.city.viewers import Role, viewer_of_user
from complaints.models import Assignment, Deputy, Hospital, Outbox, Report
from complaints.services import assigning, deputies, escalating
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_channel, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    make_channel("email")
    return make_agency("dinas", email="dinas@example.test", head_title="Kepala Dinas", head_name="Hasan")


def day(offset):
    return timezone.localdate() + timedelta(days=offset)


def term(agency, first=-1, last=1, **values):
    user = make_user(Role.HEAD, agency=make_agency(), email=f"plt{first}{last}@example.test", **values)
    return Deputy.objects.create(agency=agency, user=user, first=day(first), last=day(last))


def letters(purpose):
    return set(Outbox.objects.filter(purpose=purpose).values_list("to", flat=True))


def test_a_letter_reaches_the_deputy_while_the_term_runs_and_not_a_day_longer(agency):
    now, over, to_come = term(agency), term(agency, -9, -2), term(agency, 2, 9)
    report = make_report()
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    assert letters("agency") == {"dinas@example.test", now.user.email}
    assert over.user.email not in letters("agency") and to_come.user.email not in letters("agency")


def test_the_ladder_reaches_the_deputy_once(agency):
    deputy = term(agency)
    report = make_report()
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    while (at := Report.objects.get(pk=report.pk).next_rung_at) is not None:
        for _ in range(2):
            escalating.sweep(at)
    sent = [row.to for row in Outbox.objects.filter(purpose="escalation")]
    assert sent.count(deputy.user.email) == sent.count(agency.email) == 4 == len(sent) / 2


def test_the_deputy_sees_the_agencys_reports_while_the_term_runs(agency):
    row = term(agency)
    report = make_report()
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    assert list(Report.objects.visible_to(viewer_of_user(row.user))) == [report]
    assert client_of(row.user).get(f"/reports/{report.number}/").status_code == 200
    Deputy.objects.update(first=day(-5), last=day(-1))
    assert not Report.objects.visible_to(viewer_of_user(row.user)).exists()
    assert deputies.signed_by(agency) == ("Kepala Dinas", "Hasan")


def test_a_head_names_and_ends_a_deputy_on_the_agencys_page(agency):
    head = make_user(Role.HEAD, agency=agency)
    other = make_user(Role.HEAD, agency=make_agency(), first_name="Ayu", last_name="Lestari")
    client = client_of(head)
    values = {"agency": agency.pk, "user": other.pk, "first": day(0), "last": day(13)}
    answer = client.post("/reports/agency/deputy/", values, follow=True)
    assert answer.status_code == 200 and "Ayu Lestari" in answer.content.decode()
    assert deputies.signed_by(agency) == ("Plt. Kepala Dinas", "Ayu Lestari")
    again = client.post("/reports/agency/deputy/", values)
    assert again.status_code == 422 and Deputy.objects.count() == 1
    for wrong in ({"last": day(-3)}, {"last": ""}, {"user": head.pk + 999}, {"agency": other.agency_id}):
        assert client.post("/reports/agency/deputy/", {**values, **wrong}).status_code == 422
    row = Deputy.objects.get()
    assert client_of(make_user(Role.HEAD, agency=make_agency())).post(
        f"/reports/agency/deputy/{row.pk}/end/"
    ).status_code == 404  # fmt: skip
    assert client.post(f"/reports/agency/deputy/{row.pk}/end/").status_code == 302
    assert not Deputy.objects.exists()
    for role in (Role.OPERATOR, Role.MAYOR, Role.PARTNER):
        assert client_of(make_user(role)).get("/reports/agency/").status_code == 403


def test_nobody_names_a_deputy_of_another_agency(agency):
    stranger = viewer_of_user(make_user(Role.HEAD, agency=make_agency()))
    with pytest.raises(PermissionDenied):
        deputies.name(agency=agency, user=make_user(Role.HEAD), first=day(0), last=day(1), viewer=stranger)


@pytest.fixture
def units(agency):
    return make_agency("bidang-a", parent=agency), make_agency("bidang-b", parent=agency)


def test_a_unit_gets_what_was_forwarded_to_it_with_the_reason_and_nothing_else(agency, units):
    head = make_user(Role.HEAD, agency=agency)
    first, second = (make_user(Role.HEAD, agency=unit) for unit in units)
    report, other = make_report("Lampu padam"), make_report("Jalan rusak")
    for row in (report, other):
        assigning.assign(pk=row.pk, agency=agency, viewer=None)
    client = client_of(head)
    at = f"/reports/{report.number}/assign/"
    client.post(at, {"agency": units[0].pk})
    assert Report.objects.get(pk=report.pk).agency == agency
    client.post(at, {"agency": units[0].pk, "text": "Bidang PJU yang menangani"})
    assert Report.objects.get(pk=report.pk).agency == units[0]
    assert Assignment.objects.filter(report=report).last().text == "Bidang PJU yang menangani"
    assert list(Report.objects.visible_to(viewer_of_user(first))) == [report]
    assert not Report.objects.visible_to(viewer_of_user(second)).exists()
    assert set(Report.objects.visible_to(viewer_of_user(head))) == {report, other}
    page = client_of(first).get(f"/reports/{report.number}/").content.decode()
    assert "Bidang PJU yang menangani" in page and agency.name in page and units[1].name not in page


def test_a_unit_gives_it_back_to_its_agency_and_to_nobody_elses(agency, units):
    viewer = viewer_of_user(make_user(Role.HEAD, agency=units[0]))
    report = make_report()
    assigning.assign(pk=report.pk, agency=units[0], viewer=None)
    for foreign in (units[1], make_agency()):
        with pytest.raises(PermissionDenied):
            assigning.assign(pk=report.pk, agency=foreign, viewer=viewer, text="Bukan kami")
    with pytest.raises(ValidationError):
        assigning.assign(pk=report.pk, agency=agency, viewer=viewer)
    assigning.assign(pk=report.pk, agency=agency, viewer=viewer, text="Bukan kami")
    assert Report.objects.get().agency == agency and not Report.objects.visible_to(viewer).exists()


def test_an_agency_hears_by_whatsapp_where_the_city_has_a_template(agency):
    agency.whatsapp = "0811-0000-0077"
    agency.save()
    channel = make_channel("whatsapp", settings={"phone_number_id": "1"})
    assigning.assign(pk=make_report().pk, agency=agency, viewer=None)
    assert not Outbox.objects.filter(channel=channel).exists()
    channel.settings = {"phone_number_id": "1", "agency_template": "laporan_baru"}
    channel.save()
    report = make_report()
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    row = Outbox.objects.get(channel=channel)
    assert (row.to, row.template, row.purpose) == ("6281100000077", "laporan_baru", "agency")
    assert report.number in row.body and report.text not in row.body


def test_who_stands_in_names_nobody_least_of_all_himself(agency):
    row = term(agency)
    viewer = viewer_of_user(row.user)
    assert agency.pk in viewer.agencies
    with pytest.raises(PermissionDenied):
        deputies.name(agency=agency, user=row.user, first=day(5), last=day(9), viewer=viewer)


def test_a_letter_to_an_agency_is_in_the_citys_language_whoever_sends_the_report(agency):
    with translation.override("en"):
        assigning.assign(pk=make_report().pk, agency=agency, viewer=None)
    assert Outbox.objects.get(purpose="agency").body.startswith("Laporan untuk ")


def test_nobody_from_outside_no_hospital_and_not_oneself_is_named(agency):
    head = make_user(Role.HEAD, agency=agency)
    outsider = make_user(Role.HEAD, agency=make_agency(kind="other"))
    clinic = make_agency()
    Hospital.objects.create(agency=clinic, needs=["bed"])
    nurse, colleague = make_user(Role.HEAD, agency=clinic), make_user(Role.HEAD, agency=make_agency())
    viewer = viewer_of_user(head)
    assert list(deputies.candidates(viewer)) == [colleague]
    for user in (outsider, nurse, head):
        with pytest.raises(ValidationError) as error:
            deputies.name(agency=agency, user=user, first=day(0), last=day(2), viewer=viewer)
        assert set(error.value.message_dict) == {"user"}
    assert not Deputy.objects.exists()


@pytest.mark.parametrize("outside", ["other", "hospital", "no head"])
def test_a_term_of_somebody_who_could_not_be_named_now_gives_nothing(agency, outside):
    """Rows from before the rule, and of people who have gone to work elsewhere since."""
    row = term(agency)
    report = make_report()
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    assert Report.objects.visible_to(viewer_of_user(row.user)).exists()
    elsewhere = row.user.agency
    if outside == "hospital":
        Hospital.objects.create(agency=elsewhere, needs=["bed"])
    elif outside == "no head":
        row.user.groups.clear()
    else:
        elsewhere.kind = outside
        elsewhere.save()
    user = type(row.user).objects.get(pk=row.user_id)
    assert not deputies.may_stand_in(user.pk) and deputies.of_today(agency) == []
    assert not Report.objects.visible_to(viewer_of_user(user)).exists()
    assert deputies.signed_by(agency) == ("Kepala Dinas", "Hasan")
    Outbox.objects.all().delete()
    again = make_report()
    assigning.assign(pk=again.pk, agency=agency, viewer=None)
    assert letters("agency") == {"dinas@example.test"}
