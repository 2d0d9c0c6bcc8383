"""Reports handed on to other cities' servers, which answer well, oddly, slowly, or not at all."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from complaints.models import Forwarding, Note, OutsideParty, OutsideService, Report, StatusChange
from complaints.services import assigning, bringing, forwarding
from tests.complaints.open311.other_city import OtherCity
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_report, make_reporter

pytestmark = pytest.mark.django_db
NUMBER = [{"service_request_id": "PROV-1", "service_notice": None, "account_id": None}]


@pytest.fixture(scope="module")
def server():
    running = OtherCity()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def other(server, settings):
    server.clear()
    settings.CHANNEL_ALLOW_HOSTS = [server.host]
    server.answers["POST requests"] = (200, NUMBER)
    return server


@pytest.fixture
def category():
    return make_category("JLN-01")


@pytest.fixture
def party(other, category) -> OutsideParty:
    row = OutsideParty.objects.create(name="Provinsi", url=other.url, key="rahasia-kunci")
    OutsideService.objects.create(party=row, category=category, code="jalan-1")
    return row


@pytest.fixture
def boss():
    return viewer_of_user(make_user(Role.ADMIN))


@pytest.fixture
def report(category) -> Report:
    person = make_reporter(name="Siti Rahasia", phone="081234567890", email="siti@contoh.id")
    made = make_report("Jalan provinsi berlubang", category=category, reporter=person, lat=-6.1, lng=106.1)
    assigning.assign(pk=made.pk, agency=make_agency(), viewer=None)
    made.refresh_from_db()
    return made


def sent(report, party, boss) -> Forwarding:
    row = forwarding.forward(pk=report.pk, party=party, viewer=boss)
    assert forwarding.send(row.pk) and not forwarding.send(row.pk)
    row.refresh_from_db()
    return row


def ask(row: Forwarding) -> None:
    Forwarding.objects.filter(pk=row.pk).update(next_ask_at=timezone.now())
    assert bringing.bring(row.pk)
    row.refresh_from_db()


def history(report) -> list[str]:
    return list(StatusChange.objects.filter(report=report).order_by("pk").values_list("target", flat=True))


def updates(*rows: tuple[str, str, str]) -> list[dict[str, str]]:
    now = timezone.now().isoformat()
    return [
        {"update_id": mark, "service_request_id": "PROV-1", "status": status, "description": text,
         "updated_datetime": now}
        for mark, status, text in rows
    ]  # fmt: skip


def test_a_report_is_handed_on_without_a_name(other, report, party, boss):
    row = sent(report, party, boss)
    assert (row.state, row.external_id) == ("sent", "PROV-1") and history(report)[-1] == "external"
    [posted] = other.posts
    assert posted["service_code"] == ["jalan-1"] and posted["api_key"] == ["rahasia-kunci"]
    assert posted["lat"] == ["-6.100000"] and "berlubang" in posted["description"][0]
    assert set(posted) <= {"service_code", "api_key", "lat", "long", "description", "address_string"}
    assert "Siti" not in str(posted) and "8123456" not in str(posted)


def test_the_key_is_stored_encrypted(party):
    raw = (
        OutsideParty.objects.filter(pk=party.pk).extra(select={"raw": "key"}).values_list("raw", flat=True)[0]
    )
    assert "rahasia" not in str(raw)


@pytest.mark.parametrize("what", ["secret", "is_test"])
def test_what_must_not_leave_does_not(other, report, party, boss, what):
    Report.objects.filter(pk=report.pk).update(**{what: True})
    with pytest.raises(ValidationError):
        forwarding.forward(pk=report.pk, party=party, viewer=boss)
    assert not other.posts and history(report)[-1] == "forwarded"


def test_a_report_made_secret_while_it_waits_is_not_sent(other, report, party, boss):
    row = forwarding.forward(pk=report.pk, party=party, viewer=boss)
    Report.objects.filter(pk=report.pk).update(secret=True)
    forwarding.send(row.pk)
    row.refresh_from_db()
    assert row.state == "ended" and not other.posts


def test_only_the_desk_hands_reports_on(report, party):
    head = viewer_of_user(make_user(Role.HEAD, agency=report.agency))
    with pytest.raises((PermissionDenied, Report.DoesNotExist)):
        forwarding.forward(pk=report.pk, party=party, viewer=head)
    assert Client().post(f"/reports/{report.number}/outside/", {"party": party.pk}).status_code in {
        302,
        403,
        404,
    }
    assert not Forwarding.objects.exists()


def test_a_report_is_with_one_party_at_a_time_and_never_jumps_the_table(report, party, boss):
    sent(report, party, boss)
    with pytest.raises(ValidationError):
        forwarding.forward(pk=report.pk, party=party, viewer=boss)
    fresh = make_report("Baru", category=report.category)
    with pytest.raises(ValidationError):
        forwarding.forward(pk=fresh.pk, party=party, viewer=boss)
    assert history(fresh) == ["new"]


def test_a_server_that_is_away_is_tried_again_when_it_says(other, report, party, boss):
    other.answers["POST requests"] = (503, b"<html>Maintenance</html>")
    row = sent(report, party, boss)
    assert row.state == "queued" and row.next_try_at > timezone.now() + timedelta(seconds=60)
    other.answers["POST requests"] = (200, NUMBER)
    Forwarding.objects.update(next_try_at=timezone.now())
    assert forwarding.sweep() == 1
    row.refresh_from_db()
    assert row.state == "sent" and len(other.posts) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, [{"code": 403, "description": "api_key is unknown"}]),
        (400, b"<html><body>Bad Request</body></html>"),
        (200, [{"service_notice": "thanks"}]),
        (200, b"<html>Login</html>"),
        (500 - 96, {"errors": [{"code": 404, "description": "no such service"}]}),
    ],
)
def test_a_refusal_is_seen_on_the_report_and_can_be_tried_again(other, report, party, boss, status, body):
    other.answers["POST requests"] = (status, body)
    row = sent(report, party, boss)
    assert row.state == "failed" and row.problem and history(report)[-1] == "send_failed"
    party.refresh_from_db()
    assert party.failing_since and party.last_problem
    page = client_of(make_user(Role.ADMIN)).get(f"/reports/{report.number}/").content.decode()
    assert "Provinsi" in page and row.problem[:20] in page
    other.answers["POST requests"] = (200, NUMBER)
    again = forwarding.retry(pk=report.pk, viewer=boss)
    forwarding.send(again.pk)
    again.refresh_from_db()
    assert again.state == "sent" and history(report)[-1] == "external"


def test_a_slow_server_that_may_have_taken_it_is_left_to_a_person(other, report, party, boss, monkeypatch):
    other.wait_s = 1.5
    real = forwarding.Http
    monkeypatch.setattr(forwarding, "Http", lambda **words: real(**{**words, "seconds": 0.5}))
    row = sent(report, party, boss)
    assert row.state == "failed" and len(other.posts) == 1 and history(report)[-1] == "send_failed"
    assert row.problem == "Server pihak luar tidak menjawab tepat waktu. Laporan mungkin tetap sudah sampai."


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (
            403,
            [{"code": 403, "description": "api_key is unknown"}],
            "menolak permintaan ini. (HTTP 403 api_key",
        ),
        (200, [{"service_notice": "thanks"}], "tidak dapat dipahami. Laporan mungkin tetap sudah sampai."),
        (503, b"", "sedang mengalami gangguan."),
    ],
)
def test_their_faults_are_told_as_theirs_and_in_words(other, report, party, boss, status, body, words):
    other.answers["POST requests"] = (status, body)
    row = sent(report, party, boss)
    party.refresh_from_db()
    assert "erver pihak luar" in row.problem and words in row.problem
    assert party.last_problem == row.problem and "enyedia" not in row.problem


def test_a_fault_while_asking_after_a_report_is_told_in_words_too(other, report, party, boss):
    row = sent(report, party, boss)
    for page in ("servicerequestupdates", "requests/PROV-1"):
        other.answers[page] = (502, b"")
    ask(row)
    assert row.problem == "Server pihak luar sedang mengalami gangguan."
    other.answers["services"] = (200, b"<html>Login</html>")
    with pytest.raises(ValidationError) as refused:
        forwarding.discover(party)
    party.refresh_from_db()
    assert (
        refused.value.messages == [party.last_problem] == ["Jawaban server pihak luar tidak dapat dipahami."]
    )


def test_a_busy_server_in_our_own_manner_is_asked_later(other, report, party, boss):
    other.answers["POST requests"] = (400, [{"code": 429, "description": "api_key: at most 120 a minute"}])
    assert sent(report, party, boss).state == "queued"


def test_a_token_becomes_a_number_later(other, report, party, boss):
    other.answers["POST requests"] = (200, [{"token": "t-9"}])
    row = sent(report, party, boss)
    assert (row.external_id, row.token) == ("", "t-9")
    other.answers["tokens/t-9"] = (200, [{"token": "t-9", "service_request_id": ""}])
    ask(row)
    assert row.external_id == "" and row.state == "sent"
    other.answers["tokens/t-9"] = (200, [{"token": "t-9", "service_request_id": 4711}])
    other.answers["servicerequestupdates"] = (200, [])
    ask(row)
    assert row.external_id == "4711"


def test_updates_come_home_once_as_notes_and_their_end_moves_the_report(other, report, party, boss):
    row = sent(report, party, boss)
    first = updates(("1", "in_progress", "Tim <b>jalan</b> turun"))
    other.answers["servicerequestupdates"] = (200, first)
    ask(row)
    ask(row)
    note = Note.objects.get(report=report)
    assert note.visibility == "public" and note.text == "Provinsi: Tim <b>jalan</b> turun"
    assert history(report)[-1] == "external"
    other.answers["servicerequestupdates"] = (200, [*first, *updates(("2", "fixed", "Sudah diaspal"))])
    ask(row)
    assert history(report)[-1] == "resolved" and row.state == "ended"
    assert StatusChange.objects.filter(report=report).last().text == "Provinsi: Sudah diaspal"


@pytest.mark.parametrize("status", ["closed", "duplicate", "not_councils_responsibility"])
def test_an_end_that_does_not_say_how_brings_the_report_back_to_the_desk(other, report, party, boss, status):
    row = sent(report, party, boss)
    other.answers["servicerequestupdates"] = (200, updates(("1", status, "Ditutup")))
    ask(row)
    assert history(report)[-1] == "in_progress" and "Ditutup" in Note.objects.get(report=report).text


def test_fixed_without_the_photo_we_want_is_for_a_person(other, report, party, boss, category):
    category.proof_photo = True
    category.save()
    row = sent(report, party, boss)
    other.answers["servicerequestupdates"] = (200, updates(("1", "fixed", "Selesai")))
    ask(row)
    assert history(report)[-1] == "in_progress"


@pytest.mark.parametrize(
    "wrap",
    [
        lambda row: [row],
        lambda row: {"service_requests": [row]},
        lambda row: {"requests": [{"request": row}]},
    ],
)
def test_a_server_without_the_extension_is_asked_for_the_request_itself(other, report, party, boss, wrap):
    row = sent(report, party, boss)
    said = {"service_request_id": "PROV-1", "status": "open", "status_notes": "Dijadwalkan"}
    other.answers["requests/PROV-1"] = (200, wrap(said))
    ask(row)
    ask(row)
    assert Note.objects.get(report=report).text == "Provinsi: Dijadwalkan"
    other.answers["requests/PROV-1"] = (200, wrap({**said, "status": "closed", "status_notes": "Beres"}))
    ask(row)
    assert history(report)[-1] == "in_progress"


@pytest.mark.parametrize("body", [b"<html>", b"null", b"[[[[", b'"x"', b"[1, null]", b"{}", b"[" * 100_000])
def test_nonsense_from_outside_changes_nothing(other, report, party, boss, body):
    row = sent(report, party, boss)
    for page, status in itertools.product(("servicerequestupdates", "requests/PROV-1"), (200, 500)):
        other.answers[page] = (status, body)
        ask(row)
    assert row.state == "sent" and history(report)[-1] == "external" and not Note.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        [{"service_code": 1, "service_name": "Jalan", "group": "PU"}],
        {"services": [{"service_code": "1", "service_name": "Jalan", "group": "PU"}]},
        {"services": {"service": [{"service_code": "1", "service_name": "Jalan", "group": "PU"}]}},
        [{"service": {"service_code": "1", "service_name": "Jalan", "group": "PU"}}],
    ],
)
def test_services_are_read_however_they_are_wrapped(other, party, body):
    other.answers["services"] = (200, body)
    assert forwarding.discover(party) == 1
    assert party.services == [{"service_code": "1", "service_name": "Jalan", "group": "PU"}]


def test_an_address_inside_is_never_dialled(party, settings):
    settings.CHANNEL_ALLOW_HOSTS = []
    with pytest.raises(ValidationError):
        forwarding.discover(party)


def test_the_button_of_the_report_page_hands_it_on(other, report, party):
    desk = client_of(make_user(Role.OPERATOR))
    page = desk.get(f"/reports/{report.number}/").content.decode()
    assert "Teruskan ke pihak luar" in page and "Provinsi" in page
    answer = desk.post(f"/reports/{report.number}/outside/", {"party": party.pk, "rev": report.rev})
    assert answer.status_code == 302 and Forwarding.objects.get().state == "queued"
