"""Audits of a market: who looks, what is refused, what stays for ever, what falls, what is shown."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from openpyxl import load_workbook
from PIL import ExifTags, Image

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from commandcenter.incidents.models import Alarm
from markets import auditphotos, audits, falling
from markets.checklist import current_version, reckon
from markets.checklist_seed import LINES, ensure_checklist
from markets.models import (
    AuditAnswer,
    AuditPhoto,
    ChecklistItem,
    ChecklistVersion,
    ConditionAudit,
    Market,
    Subject,
)
from tests.factories.cctv import make_market
from tests.factories.city import client_of, make_agency, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(db, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    ensure_roles()
    ensure_checklist()


@pytest.fixture
def market():
    since = timezone.localdate() - timedelta(days=400)
    return make_market(name="Pasar Uji", agency=make_agency("disperindag"), rebuilt_on=since)


@pytest.fixture
def head(market):
    return make_user(Role.HEAD, agency=market.agency)


def all_marked(mark: int, **others: tuple[int | None, str]) -> dict[str, tuple[int | None, str]]:
    said = "rusak" if mark <= 1 else ""
    return {line[0]: (mark, said) for line in LINES} | others


def looked(market: Market, mark: int, days: int, *, tell: bool = True, **others) -> ConditionAudit:
    return audits.record_audit(
        market=market, day=timezone.localdate() - timedelta(days=days), way="visit", author_name="Uji",
        answers=all_marked(mark, **others), origin="real", tell=tell,
    )  # fmt: skip


def begun(client, market: Market) -> ConditionAudit:
    client.post(f"/markets/{market.pk}/audits/begin/", {"way": "visit"})
    return ConditionAudit.objects.get(state="draft")


def body(mark: int = 4, **others: str) -> dict[str, str]:
    fields = {"day": timezone.localdate().isoformat(), "way": "visit", "remark": "Baik."}
    return fields | {f"v-{line[0]}": str(mark) for line in LINES} | others


def test_the_checklist_has_every_subject_and_says_what_matters_most() -> None:
    assert set(ChecklistItem.objects.values_list("subject", flat=True)) == set(Subject.values)
    assert ChecklistItem.objects.filter(critical=True).count() == 4


def test_an_audit_is_begun_kept_and_finished_on_its_pages(market, head) -> None:
    client = client_of(head)
    audit = begun(client, market)
    client.post(f"/markets/{market.pk}/audits/begin/")
    assert ConditionAudit.objects.count() == 1
    answer = client.post(f"/markets/audits/{audit.pk}/save/", {"v-lantai": "3"})
    assert answer.status_code == 200 and answer.json()["marked"] == 1 and answer.json()["score"] is None
    page = client.get(f"/markets/audits/{audit.pk}/form/").content.decode()
    assert 'name="v-lantai" value="3"' in page and "checked" in page
    done = client.post(f"/markets/audits/{audit.pk}/form/", body(4) | {"do": "finish"})
    assert done.status_code == 302 and done["Location"] == f"/markets/audits/{audit.pk}/"
    audit.refresh_from_db()
    assert (audit.state, audit.total, audit.grade, audit.author_name) == (
        "final",
        100,
        "good",
        head.display_name,
    )
    assert "100" in client.get(done["Location"]).content.decode()
    assert AuditEntry.objects.filter(action="conditionaudit.finished").exists()


def test_what_is_missing_is_said_by_its_field_and_the_rest_is_kept(market, head) -> None:
    client = client_of(head)
    audit = begun(client, market)
    sent = body(4) | {"v-lantai": "0", "v-rangka": "", "v-apar": "9", "do": "finish"}
    answer = client.post(f"/markets/audits/{audit.pk}/form/", sent)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"v-apar"}
    answer = client.post(f"/markets/audits/{audit.pk}/form/", sent | {"v-apar": "4"})
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {"r-lantai", "v-rangka"}
    assert AuditAnswer.objects.get(audit=audit, item="wc-bersih").value == 4
    few = {"day": timezone.localdate().isoformat(), "way": "visit", "do": "finish"}
    other = begun_for(make_user(Role.ADMIN), market)
    refused = client_of(other.author).post(f"/markets/audits/{other.pk}/form/", few)
    assert "__all__" in refused.context["form"].errors


def begun_for(user, market: Market) -> ConditionAudit:
    return audits.begin_audit(by=viewer_of_user(user), market=market)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"v-lantai": "5"}, "v-lantai"),
        ({"v-lantai": "-1"}, "v-lantai"),
        ({"r-lantai": "x" * 501}, "r-lantai"),
        ({"day": "2099-01-01"}, "day"),
        ({"day": "kemarin"}, "day"),
        ({"way": "drone"}, "way"),
    ],
)
def test_bad_values_are_refused_by_their_field(market, head, values, field) -> None:
    client = client_of(head)
    audit = begun(client, market)
    answer = client.post(f"/markets/audits/{audit.pk}/save/", values)
    assert answer.status_code == 422 and list(answer.json()["errors"]) == [field]


def test_the_database_itself_keeps_a_final_audit(market) -> None:
    audit = looked(market, 3, 5)
    for change in (
        lambda: ConditionAudit.objects.filter(pk=audit.pk).update(total=99),
        lambda: audit.answers.update(value=4),
        lambda: audit.answers.all().delete(),
        lambda: AuditAnswer.objects.create(audit=audit, item="baru", value=1),
        lambda: ConditionAudit.objects.filter(pk=audit.pk).delete(),
        lambda: ChecklistVersion.objects.update(items=[]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_an_old_audit_keeps_its_score_when_the_checklist_changes(market, head) -> None:
    audit = looked(market, 4, 9, atap=(0, "bocor"))
    before = (audit.total, audit.version.number)
    ChecklistItem.objects.filter(code="atap").update(weight=9, text="Atap baru")
    ChecklistItem.objects.filter(code="lantai").update(active=False)
    later = looked(market, 4, 1, atap=(0, "bocor"))
    audit.refresh_from_db()
    assert (audit.total, audit.version.number) == before
    assert later.version.number == before[1] + 1 and later.total < audit.total
    assert reckon(audit.version, {row.item: row for row in audit.answers.all()}).total == audit.total
    page = client_of(head).get(f"/markets/audits/{audit.pk}/").content.decode()
    assert "Atap tidak bocor" in page and "Atap baru" not in page
    assert current_version().pk == later.version_id


def test_a_correction_is_an_audit_of_its_own_and_comes_once(market, head) -> None:
    audit = looked(market, 1, 3)
    client = client_of(head)
    client.post(f"/markets/audits/{audit.pk}/correct/")
    draft = ConditionAudit.objects.get(state="draft")
    assert draft.corrects_id == audit.pk and draft.answers.count() == len(LINES)
    assert client.post(f"/markets/audits/{draft.pk}/form/", body(3) | {"do": "finish"}).status_code == 302
    assert list(ConditionAudit.objects.standing()) == [draft]
    assert "tidak berlaku lagi" in client.get(f"/markets/audits/{audit.pk}/").content.decode()
    with pytest.raises(audits.Taken, match="corrected"):
        audits.correct_audit(by=viewer_of_user(head), pk=audit.pk)


def test_a_revitalised_market_that_falls_alarms_and_a_better_look_clears_it(market) -> None:
    looked(market, 4, 100)
    assert not Alarm.objects.alive().exists()
    looked(market, 2, 20)
    alarm = Alarm.objects.alive().get(kind="market_let_go")
    assert alarm.severity == "warning" and alarm.agency_id == market.agency_id and "50" in alarm.text
    looked(market, 4, 1)
    assert not Alarm.objects.alive().exists()


def test_a_look_that_is_missing_is_told_once_and_never_for_the_demo(market) -> None:
    assert falling.look_again() == 1
    falling.look_again()
    assert Alarm.objects.alive().get(kind="market_unwatched").count == 1
    Alarm.objects.all().delete()
    Market.objects.filter(pk=market.pk).update(origin="simulated")
    assert falling.look_again() == 0 and not Alarm.objects.exists()


def test_heads_audit_their_own_markets_operators_all_others_none(market, head) -> None:
    other = viewer_of_user(make_user(Role.HEAD, agency=make_agency("lain")))
    with pytest.raises(PermissionDenied):
        audits.begin_audit(by=other, market=market)
    assert begun_for(make_user(Role.OPERATOR), market).pk
    mayor = client_of(make_user(Role.MAYOR))
    assert mayor.post(f"/markets/{market.pk}/audits/begin/").status_code == 403
    assert mayor.get(f"/markets/{market.pk}/audits/").status_code == 200
    partner = client_of(make_user(Role.PARTNER))
    done = looked(market, 3, 2)
    for path in (
        f"/markets/{market.pk}/audits/",
        f"/markets/audits/{done.pk}/",
        "/markets/audits/export.xlsx",
    ):
        assert partner.get(path).status_code == 403
    draft = begun_for(head, market)
    assert mayor.get(f"/markets/audits/{draft.pk}/").status_code == 404
    foreign = client_of(make_user(Role.ADMIN))
    assert foreign.post(f"/markets/audits/{draft.pk}/save/", {"v-lantai": "1"}).status_code == 404


def photo_with_a_place() -> SimpleUploadedFile:
    image, out = Image.new("RGB", (400, 300), "green"), BytesIO()
    exif = image.getexif()
    exif[ExifTags.Base.Make] = "Rahasia"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (6.0, 13.0, 0.0)
    image.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("foto.jpg", out.getvalue(), "image/jpeg")


def test_a_photo_is_made_anew_and_shown_to_those_who_see_the_audit(market, head) -> None:
    client = client_of(head)
    audit = begun(client, market)
    path = f"/markets/audits/{audit.pk}/photos/"
    sent = client.post(
        path, {"item": "atap", "photo": photo_with_a_place()}, headers={"accept": "application/json"}
    )
    assert sent.status_code == 201
    row = AuditPhoto.objects.get()
    shown = f"/markets/audits/photos/{row.uuid}/"
    assert client.get(shown).status_code == 404  # not yet made anew
    assert auditphotos.process(row.pk) and not auditphotos.process(row.pk)
    answer = client.get(shown)
    content = answer.getvalue()
    assert content[:3] == b"\xff\xd8\xff" and b"Rahasia" not in content and b"Exif" not in content
    operator = client_of(make_user(Role.OPERATOR))
    assert operator.get(shown).status_code == 404
    client.post(f"/markets/audits/{audit.pk}/form/", body(4) | {"do": "finish"})
    seen = operator.get(shown)
    assert seen.getvalue() == content
    assert seen.status_code == 200
    assert client_of(make_user(Role.PARTNER)).get(shown).status_code == 404
    client.post(f"{shown}remove/")
    assert AuditPhoto.objects.exists()


@pytest.mark.parametrize("content", [b"", b"<script>", b"%PDF-1.7", b"\xff\xd8\xff"])
def test_what_is_no_photo_is_refused_or_never_shown(market, head, content) -> None:
    client = client_of(head)
    audit = begun(client, market)
    file = SimpleUploadedFile("foto.jpg", content, "image/jpeg")
    answer = client.post(
        f"/markets/audits/{audit.pk}/photos/", {"photo": file}, headers={"accept": "application/json"}
    )
    if answer.status_code == 201:
        row = AuditPhoto.objects.get()
        auditphotos.process(row.pk)
        row.refresh_from_db()
        assert row.state == "refused" and row.served == ""
    else:
        assert answer.status_code == 400 and answer.json()["problem"]


def test_files_have_every_line_and_no_draft(market, head) -> None:
    looked(market, 3, 2, atap=(1, "bocor"))
    begun_for(head, market)
    client = client_of(head)
    book = load_workbook(BytesIO(client.get(f"/markets/{market.pk}/audits/export.xlsx").content))
    assert [sheet.max_row for sheet in book.worksheets] == [2, len(LINES) + 1]
    whole = load_workbook(BytesIO(client.get("/markets/audits/export.xlsx").content))
    assert whole.worksheets[0].max_row == 2


def test_pages_ask_as_often_for_many_audits_as_for_few(market, head, django_assert_max_num_queries) -> None:
    for days in range(1, 13):
        looked(market, 3, days * 30, tell=False)
    client = client_of(head)
    client.get("/markets/audits/")
    with django_assert_max_num_queries(14):
        client.get("/markets/audits/")
    with django_assert_max_num_queries(18):
        page = client.get(f"/markets/{market.pk}/audits/").content.decode()
    assert page.count('r="6" fill="var(--st)"') == 12 and 'role="img"' in page


def test_a_draft_is_thrown_away_and_a_final_one_is_not(market, head) -> None:
    draft, done = begun_for(head, market), looked(market, 3, 1)
    viewer = viewer_of_user(head)
    audits.discard_draft(by=viewer, pk=draft.pk)
    with pytest.raises(audits.Taken):
        audits.discard_draft(by=viewer, pk=done.pk)
    with pytest.raises(ValidationError):
        audits.finish_audit(by=viewer, pk=begun_for(head, market).pk)
    assert ConditionAudit.objects.filter(state="final").count() == 1
