"""Once a report is secret, nobody hears of it but its own people; nothing that waits goes out either."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from commandcenter.city.viewers import Role, viewer_of_user
from complaints.models import Outbox, Report, Subscription
from complaints.services import classifying, merging, moving, sending
from complaints.services.reporters import reporter_for
from tests.factories.city import make_user
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def web(db):
    make_channel("email")
    return make_channel("web")


@pytest.fixture
def admin():
    return viewer_of_user(make_user(Role.ADMIN))


def sent(web, email: str, **values) -> Report:
    return make_report(
        "Petugas meminta uang", channel=web, reporter=reporter_for(channel=web, email=email), **values
    )


@pytest.fixture
def followed(web, admin):
    """A report of one, followed by a second who joined and by a third whose report was merged into it."""
    report, third = sent(web, "satu@contoh.id"), sent(web, "tiga@contoh.id")
    Client().post(f"/lapor/{report.number}/ikut/", {"email": "dua@contoh.id"})
    merging.merge(pk=third.pk, into=report.pk, viewer=admin)
    return report


def told(report: Report) -> set[str]:
    return set(Outbox.objects.filter(report=report, purpose="status").values_list("to", flat=True))


def hide(report: Report, admin) -> None:
    classifying.set_secret(pk=report.pk, secret=True, viewer=admin, text="Menyebut korban")


def by_flag(report, admin):
    hide(report, admin)


def by_category(report, admin):
    classifying.set_category(pk=report.pk, category=make_category(private=True), viewer=admin)


def by_a_category_made_private_later(report, admin):
    category = make_category()
    classifying.set_category(pk=report.pk, category=category, viewer=admin)
    category.private = True
    category.save()
    assert not Report.objects.get(pk=report.pk).secret


@pytest.mark.parametrize("hiding", [by_flag, by_category, by_a_category_made_private_later])
def test_who_joined_or_was_merged_hears_nothing_of_a_report_that_became_secret(followed, admin, hiding):
    hiding(followed, admin)
    moving.move(pk=followed.pk, target="resolved", viewer=admin, text="Nama korban diserahkan")
    assert told(followed) == {"satu@contoh.id"}


def test_they_follow_on_when_it_is_lifted(followed, admin):
    hide(followed, admin)
    classifying.set_secret(pk=followed.pk, secret=False, viewer=admin, text="Nama dihapus")
    moving.move(pk=followed.pk, target="resolved", viewer=admin, text="Selesai")
    assert told(followed) == {"satu@contoh.id", "dua@contoh.id", "tiga@contoh.id"}


def test_what_waits_does_not_leave_but_to_its_own_reporter(followed, admin):
    moving.move(pk=followed.pk, target="waiting", viewer=admin, text="Siapa namanya?")
    assert len(told(followed)) == 3
    hide(followed, admin)
    for row in Outbox.objects.filter(report=followed, purpose="status"):
        sending.send(row.pk)
    assert [letter.to for letter in mail.outbox] == [["satu@contoh.id"]]
    rows = list(Outbox.objects.filter(report=followed, purpose="status").select_related("channel"))
    kept = [row for row in rows if row.to != "satu@contoh.id"]
    assert [row.state for row in kept] == ["failed", "failed"]
    assert {row.channel.failing_since for row in kept} == {None}, "no fault of the channel"


def test_the_people_of_what_was_merged_in_secret_hear_of_it(web, admin):
    main, twin = sent(web, "satu@contoh.id", secret=True), sent(web, "dua@contoh.id", secret=True)
    merging.merge(pk=twin.pk, into=main.pk, viewer=admin)
    moving.move(pk=main.pk, target="resolved", viewer=admin, text="Selesai")
    assert told(main) == {"satu@contoh.id", "dua@contoh.id"}


def test_who_followed_before_hears_again_once_his_own_is_merged_in_secret(web, admin):
    main, twin = sent(web, "satu@contoh.id"), sent(web, "dua@contoh.id")
    for follower in (twin.reporter, reporter_for(channel=web, email="dua@contoh.id")):
        Subscription.objects.create(report=main, reporter=follower)
    for report in (main, twin):
        hide(report, admin)
    merging.merge(pk=twin.pk, into=main.pk, viewer=admin)
    moving.move(pk=main.pk, target="resolved", viewer=admin, text="Selesai")
    assert told(main) == {"satu@contoh.id", "dua@contoh.id"}


def test_what_a_category_hides_is_not_joined_nor_merged_with_what_everybody_reads(web, admin):
    hidden, shown = sent(web, "satu@contoh.id"), sent(web, "dua@contoh.id")
    by_a_category_made_private_later(hidden, admin)
    with pytest.raises(ValidationError):
        merging.join(report=hidden, reporter=reporter_for(channel=web, email="tiga@contoh.id"))
    with pytest.raises(ValidationError):
        merging.merge(pk=hidden.pk, into=shown.pk, viewer=admin)
