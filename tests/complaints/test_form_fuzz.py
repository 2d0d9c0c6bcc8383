"""Every field that a stranger or a colleague can fill, over HTTP, with what has broken servers before."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commandcenter.city.roles import Role
from complaints.models import Report
from complaints.services import moving
from tests.complaints.nasty import NUMBERS, TEXTS, values
from tests.factories.city import client_of, make_region, make_user
from tests.factories.complaints import make_category, make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db
WORST = [TEXTS[n] for n in (3, 4, 6, 10, 12, 17, 18)] + [NUMBERS[n] for n in (0, 4, 7, 10, -1)]
# The house refuses every form that holds a NUL before a page sees it.
READABLE = [text for text in WORST if "\x00" not in text]
CITIZEN = [
    "text", "category", "address", "lat", "lng", "name", "phone", "email", "anonymous", "secret", "key"
]  # fmt: skip
# Pages of citizens: what they post, and what their address asks.
OPEN_POSTS = {
    "/lapor/": [*CITIZEN, "proof", "files"], "/lapor/kirim/": [*CITIZEN, "proof", "files"],
    "/lapor/{n}/pin/": ["pin", "proof"], "/lapor/{n}/ikut/": ["name", "phone", "email", "contact", "proof"],
    "/lapor/{n}/nilai/": ["score", "text", "again", "quiet"], "/lapor/{n}/hapus/": ["sure"],
    "/lapor/berkas/": ["draft", "caption"], "/lapor/kamar/{n}/": ["pin", "proof"],
    "/lapor/kamar/": ["need", "phone", "address", "text", "name", "key", "proof"],
}  # fmt: skip
OPEN_GETS = {
    "/lapor/cari/": ["number"], "/lapor/daftar/": ["page", "q", "category", "status", "area"],
    "/lapor/mirip.json": ["lat", "lng", "text", "category"], "/lapor/{n}/": ["x"],
}  # fmt: skip
DESK_POSTS = {
    "/reports/new/": [*CITIZEN, "channel", "priority"],
    "/reports/112/send/": ["kind", "phone", "category", "text", "address", "key"],
    "/reports/duty/": ["state", "until", "duty"], "/reports/views/": ["name", "query", "shared"],
    "/reports/{n}/move/": ["status", "text", "body_named", "rev"],
    "/reports/{n}/assign/": ["agency", "officer", "text", "rev"],
    "/reports/{n}/classify/": ["category", "priority", "severity", "rev"],
    "/reports/{n}/locate/": ["lat", "lng", "address", "rev"], "/reports/{n}/note/": ["text", "public"],
    "/reports/{n}/answer/": ["text"], "/reports/{n}/claim/": ["release"],
    "/reports/{n}/merge/": ["into", "text", "rev"], "/reports/{n}/unmerge/": ["text"],
    "/reports/{n}/files/": ["moment", "public"],
}  # fmt: skip
DESK_GETS = {
    "/reports/": [
        "q", "box", "status", "priority", "category", "agency", "area", "channel", "first", "last", "sort",
        "page",
    ],
    "/reports/112/tally/": ["phone"], "/reports/{n}/": ["contact"],
}  # fmt: skip
FILLED = {
    "text": "Lampu mati", "status": "verified", "lat": "-6.1", "lng": "106.1", "moment": "after",
    "kind": "", "score": "3", "into": "LAP-2222-2222",
}  # fmt: skip


def pairs(table):
    return [pytest.param(path, field, id=f"{path}[{field}]") for path in table for field in table[path]]


@pytest.fixture
def number(settings, tmp_path) -> str:
    settings.MEDIA_ROOT = tmp_path
    make_region()
    make_channel("web")
    make_channel("112")
    make_channel("phone")
    report = make_report(category=make_category("PJU-01"), reporter=make_reporter(), lat=-6.1, lng=106.1)
    moving.move(pk=report.pk, target="verified", viewer=None)
    return str(report.number)


@pytest.fixture
def desk(number) -> Client:
    return client_of(make_user(Role.ADMIN))


def ask(client: Client, method: str, path: str, data) -> int:
    if method == "post" and ("/files/" in path or "/berkas/" in path):
        data = {**data, "file": SimpleUploadedFile("../../x.php\u202egpj.jpg", b"no picture")}
    return int(getattr(client, method)(path, data).status_code)


def tried(client: Client, method: str, path: str, field: str, number: str) -> None:
    count = Report.objects.count()
    for text in WORST:
        given_values = {field: text} if method == "get" else {**FILLED, field: text}
        status = ask(client, method, path.format(n=number), given_values)
        assert status < 500, (path, field, text[:40])
    assert Report.objects.count() >= count


@pytest.mark.parametrize(("path", "field"), pairs(OPEN_POSTS))
def test_what_citizens_post(number, path, field):
    tried(Client(), "post", path, field, number)


@pytest.mark.parametrize("text", READABLE)
def test_no_proof_of_nonsense_lets_a_report_in(number, settings, text):
    settings.PROOF_AFTER = 0
    values = {"text": "Lampu mati", "key": str(uuid.uuid4()), "files": text, "proof": text}
    answer = Client().post("/lapor/kirim/", values)
    assert answer.status_code == 428 and answer.json()["proof"]
    assert Report.objects.count() == 1


@pytest.mark.parametrize("text", READABLE)
def test_no_proof_of_nonsense_lets_a_pin_be_tried(number, redis_client, text):
    asked = Client(headers={"accept": "application/json"})
    for _wrong in range(4):
        answer = asked.post(f"/lapor/{number}/pin/", {"pin": "0", "proof": text})
        assert answer.status_code in {400, 428}
    assert answer.status_code == 428 and answer.json()["proof"]


@pytest.mark.parametrize("text", READABLE)
def test_files_of_nonsense_never_cost_a_report(number, text):
    values = {"text": "Lampu mati", "key": str(uuid.uuid4()), "files": f"{text},,{uuid.uuid4()}"}
    answer = Client().post("/lapor/kirim/", values)
    assert answer.status_code == 201
    assert Report.objects.count() == 2 and not Report.objects.latest("pk").attachments.exists()


@pytest.mark.parametrize(("path", "field"), pairs(OPEN_GETS))
def test_what_citizens_ask_for(number, path, field):
    tried(Client(), "get", path, field, number)


@pytest.mark.parametrize(("path", "field"), pairs(DESK_POSTS))
def test_what_the_desk_posts(number, desk, path, field):
    tried(desk, "post", path, field, number)


@pytest.mark.parametrize(("path", "field"), pairs(DESK_GETS))
def test_what_the_desk_asks_for(number, desk, path, field):
    tried(desk, "get", path, field, number)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(CITIZEN), values, max_size=6))
def test_the_form_with_any_words_and_arrays_where_one_value_is_expected(number, given_values):
    answer = Client().post("/lapor/", {"text": "Lampu mati", **given_values})
    assert answer.status_code < 500


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "x" * 10_001), ("text", " "), ("lat", "91"), ("lat", "nan"), ("lng", "1e400"),
        ("address", "x" * 301), ("name", "x" * 161), ("phone", "9" * 41), ("email", "bukan surat"),
        ("category", "999999999999999999999"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(number, field, value):
    typed = {"text": "Lampu mati di depan pasar", "address": "Jl. Raya Ciruas 5", "name": "Siti"}
    answer = Client().post("/lapor/", {**typed, field: value})
    assert answer.status_code == 200 and field in answer.context["form"].errors
    body = answer.content.decode()
    for name, text in typed.items():
        assert name == field or text in body
    assert Report.objects.count() == 1


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7*7 }}"])
def test_markup_is_shown_as_it_was_written(number, desk, text):
    Client().post("/lapor/", {"text": f"Awal {text} akhir", "address": text, "name": text})
    report = Report.objects.latest("pk")
    moving.move(pk=report.pk, target="verified", viewer=None)
    for client, path in (
        (Client(), f"/lapor/{report.number}/"),
        (desk, f"/reports/{report.number}/?contact=1"),
    ):
        body = client.get(path).content.decode()
        assert "Awal" in body and "<script>alert" not in body and "<img src=x" not in body


@pytest.mark.parametrize("charset", ["hex", "unicode_escape", "utf-7", "utf-16", "bogus"])
@pytest.mark.parametrize("path", ["/lapor/", "/lapor/{n}/nilai/", "/lapor/{n}/pin/"])
def test_a_form_in_another_writing_is_no_500(number, path, charset):
    part = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\\ud800 Lampu\r\n--x--\r\n'
    for kind in (
        f"multipart/form-data; boundary=x; charset={charset}",
        f"application/x-www-form-urlencoded; charset={charset}",
    ):
        answer = Client(raise_request_exception=False).generic(
            "POST", path.format(n=number), part, content_type=kind
        )
        assert answer.status_code < 500, (charset, kind)
