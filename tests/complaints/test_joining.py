""" "Ikut melapor": joining a report by the citizen's door, what it counts and what it refuses."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction
from django.test import Client

from complaints.models import Outbox, Report, Reporter, Subscription
from complaints.services import erasing, merging, moving
from complaints.services.writing import lock
from tests.complaints.devices import known_browser, open_in
from tests.complaints.test_proof import solved
from tests.factories.complaints import make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def web(db):
    return make_channel("web")


def join(report: Report, client: Client | None = None, **values: str):
    return (client or Client()).post(f"/lapor/{report.number}/ikut/", values, headers=JSON)


def count(report: Report) -> int:
    return int(Report.objects.get(pk=report.pk).supporters)


def test_who_joins_is_counted_once_a_browser_and_once_a_contact():
    report, browser = make_report("Lampu mati"), Client()
    first, again = join(report, browser), join(report, browser)
    assert first.status_code == again.status_code == 200 and report.number in first.json()["done"]
    assert count(report) == 1
    said = [join(report, phone="0812 3456 7890").json()["done"] for _turn in range(2)]
    # Nobody learns by typing a number whether its owner is among them.
    assert count(report) == 2 and said[0] == said[1] == first.json()["done"]


def test_who_wrote_it_is_no_supporter_of_it(web):
    person = make_reporter(channel=web)
    report = make_report("Lampu mati", reporter=person)
    assert merging.join(report=report, reporter=person) is False
    assert count(report) == 0


def test_a_typed_number_is_nobody_known_and_changes_nobody(web):
    person = make_reporter(channel=web, address="+6281234567890", phone="081234567890")
    report = make_report("Lampu mati")
    assert join(report, phone="081234567890", email="lain@contoh.id").status_code == 200
    person.refresh_from_db()
    assert person.email == "" and not Subscription.objects.filter(reporter=person).exists()


def test_who_left_an_address_is_told_what_happens_and_who_left_none_is_not():
    make_channel("email")
    report = make_report("Lampu mati")
    join(report, email="Siti@Contoh.ID")
    join(report)
    moving.move(pk=report.pk, target="verified", viewer=None)
    assert [row.to for row in Outbox.objects.all()] == ["siti@contoh.id"]


@pytest.mark.parametrize(
    "values", [{"phone": "12"}, {"phone": "9" * 50}, {"email": "siti"}, {"phone": "abc"}]
)
def test_a_wrong_contact_is_named_and_joins_nothing(values):
    report = make_report("Lampu mati")
    answer = join(report, **values)
    assert answer.status_code == 400 and answer.json()["problem"]
    assert not Subscription.objects.exists() and not Reporter.objects.exists()


def test_what_is_secret_erased_or_closed_is_not_joined():
    closed, secret, erased = make_report("a b"), make_report("c d", secret=True), make_report("e f")
    moving.move(pk=closed.pk, target="resolved", viewer=None, text="Beres")
    erasing.erase(pk=erased.pk, viewer=None, reason="request")
    assert join(closed).status_code == 400
    assert join(secret).status_code == join(erased).status_code == 404
    assert not Reporter.objects.exists()


def test_the_door_needs_its_token_a_post_and_the_web_channel(web):
    report, strict = make_report("Lampu mati", channel=web), Client(enforce_csrf_checks=True)
    assert strict.post(f"/lapor/{report.number}/ikut/").status_code == 403
    token = strict.get("/lapor/kirim/").json()["csrf"]
    headers = {"X-CSRFToken": token, **JSON}
    assert strict.post(f"/lapor/{report.number}/ikut/", headers=headers).status_code == 200
    assert Client().get(f"/lapor/{report.number}/ikut/").status_code == 405
    web.enabled = False
    web.save()
    assert join(report).status_code == 404


def test_one_browser_does_not_join_by_the_hundred_without_work(settings, redis_client):
    settings.PROOF_AFTER = 3
    browser = known_browser()
    answers = [join(make_report(f"Lampu {turn} mati"), browser) for turn in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 428, 428]
    report, said = make_report("Lampu 9 mati"), answers[-1].json()
    proof = solved(said["proof"])
    assert said["problem"] and join(report, browser, proof=proof).status_code == 200
    assert join(make_report("Lampu 10 mati"), browser, proof=proof).status_code == 428, "a proof counts once"
    page = browser.post(f"/lapor/{make_report('Lampu 11 mati').number}/ikut/", follow=True).content.decode()
    assert 'data-level="error"' in page


def test_empty_joins_from_fresh_browsers_do_not_raise_the_count_at_will(settings, redis_client):
    settings.PROOF_AFTER = 1
    report = make_report("Lampu mati")
    answers = []
    for _turn in range(14):
        browser = Client()
        browser.get("/lapor/kirim/")
        answers.append(join(report, browser).status_code)
    assert answers == [200] * 10 + [428] * 4 and count(report) == 10


def test_without_a_script_the_page_says_it():
    report, browser = make_report("Lampu mati"), Client()
    page = browser.get(f"/lapor/{report.number}/").content.decode()
    assert f"/lapor/{report.number}/ikut/" in page and "csrfmiddlewaretoken" in page
    after = browser.post(f"/lapor/{report.number}/ikut/", follow=True).content.decode()
    assert f"/lapor/{report.number}/ikut/" not in after and 'class="cp-msg"' in after
    wrong = Client().post(f"/lapor/{report.number}/ikut/", {"phone": "1"}, follow=True).content.decode()
    assert 'data-level="error"' in wrong


@pytest.mark.django_db(transaction=True)
def test_a_report_that_is_being_saved_says_so_and_loses_nothing():
    """A citizen's form met a lock: that was an error page."""
    report = make_report("Lampu mati")
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Beres")
    opened = make_report("Jalan rusak")
    browser = Client()
    open_in(browser, report)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            lock(report.pk)
            lock(opened.pk)
            held.set()
            done.wait(30)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(10)
        answer = browser.post(f"/lapor/{report.number}/nilai/", {"score": "2"}, headers=JSON)
        assert answer.status_code == 409 and answer.json()["problem"]
        assert browser.post(f"/lapor/{report.number}/nilai/", {"again": "1", "text": "x"}).status_code == 302
        assert join(opened).status_code == 409
        erased = browser.post(f"/lapor/{report.number}/hapus/")
        assert (erased.status_code, erased["Location"]) == (302, f"/lapor/{report.number}/")
    finally:
        done.set()
        thread.join(30)
    assert browser.post(f"/lapor/{report.number}/nilai/", {"score": "2"}, headers=JSON).status_code == 200
    assert Report.objects.get(pk=report.pk).rating == 2 and not Subscription.objects.exists()
