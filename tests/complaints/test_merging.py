"""What may be merged into what, and that a merge can always be taken back."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from commandcenter.city.viewers import Role, viewer_of_user
from complaints.models import Report
from complaints.services import bulk, classifying, merging, moving
from tests.factories.city import client_of, make_user
from tests.factories.complaints import make_report, make_reporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make_user(Role.OPERATOR)


@pytest.fixture
def operator(desk):
    return viewer_of_user(desk)


def test_what_was_merged_into_a_report_that_is_hidden_now_can_be_parted(desk, operator):
    person = make_reporter()
    main = make_report("Jalan rusak")
    twin = make_report("Jalan rusak", reporter=person, channel=person.channel)
    merging.merge(pk=twin.pk, into=main.pk, viewer=operator)
    classifying.set_secret(pk=main.pk, secret=True, text="Menyebut korban", viewer=operator)
    assert not Report.objects.visible_to(operator).filter(pk=main.pk).exists()
    answer = client_of(desk).post(f"/reports/{twin.number}/unmerge/", follow=True)
    assert answer.status_code == 200 and 'data-level="error"' not in answer.content.decode()
    twin.refresh_from_db()
    main.refresh_from_db()
    assert (twin.duplicate_of_id, twin.status, main.supporters) == (None, "reopened", 0)
    assert not main.subscriptions.exists()


@pytest.mark.parametrize("end", ["resolved", "unable", "not_ours", "rejected"])
def test_nothing_is_buried_in_a_closed_report(operator, end):
    main, twin = make_report("Jalan rusak"), make_report("Jalan rusak")
    body = "Balai Jalan" if end == "not_ours" else ""
    moving.move(pk=main.pk, target=end, viewer=operator, text="Tidak", body_named=body)
    with pytest.raises(ValidationError, match=main.number):
        merging.merge(pk=twin.pk, into=main.pk, viewer=operator)
    assert Report.objects.get(pk=twin.pk).is_open
    moving.move(pk=main.pk, target="reopened", viewer=operator, text="Masih rusak")
    merging.merge(pk=twin.pk, into=main.pk, viewer=operator)
    assert Report.objects.get(pk=twin.pk).duplicate_of_id == main.pk


def test_a_duplicate_of_nothing_is_no_end_alone_or_many_at_once(operator):
    report = make_report("Jalan rusak")
    with pytest.raises(ValidationError):
        moving.move(pk=report.pk, target="duplicate", viewer=operator, text="Sama saja")
    (result,) = bulk.move(numbers=[report.number], target="duplicate", viewer=operator, text="Sama saja")
    assert result.problem and Report.objects.get(pk=report.pk).status == "new"
