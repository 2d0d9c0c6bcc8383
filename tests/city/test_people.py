"""Inviting staff, API tokens, saved views."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from commandcenter.city import services, sheets, tasks
from commandcenter.city.models import Agency, AuditEntry, Invitation, User
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from tests.factories.city import client_of, make_agency, make_user

pytestmark = pytest.mark.django_db
NEW = {"new_password1": "sandi-awal-ku-1", "new_password2": "sandi-awal-ku-1"}
HEADERS = ["Nama pengguna", "Nama lengkap", "Email", "Telepon", "Peran", "Kode OPD"]


@pytest.fixture
def boss():
    return make_user(Role.ADMIN)


def invite(boss, **values) -> Invitation:
    return services.invite(viewer=viewer_of_user(boss), **{"username": "budi", "role": "operator", **values})


def test_from_invitation_to_first_page(boss):
    make_agency("dlh")
    client = client_of(boss)
    body = {"username": "Budi", "full_name": "Budi Santoso", "role": "operator", "email": "", "phone": ""}
    assert client.post("/people/", body).status_code == 302
    invitation = Invitation.objects.get()
    link = services.link_of(invitation)
    assert link in client.get("/people/").content.decode()
    stranger = Client()
    page = stranger.get(link)
    assert "Budi Santoso" in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin", "with no-referrer a browser's form is refused"
    assert stranger.post(link, {"new_password1": "123", "new_password2": "123"}).status_code == 200
    assert stranger.post(link, NEW)["Location"] == "/"
    user = User.objects.get(username="budi")
    assert user.roles == {Role.OPERATOR}
    assert user.is_staff
    assert stranger.get("/directory/").status_code == 200, "let in at once"
    assert Client().get(link).status_code == 410, "a link works once"
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "invitation.made",
        "invitation.accepted",
    }


def test_old_withdrawn_and_renewed_links_are_dead(boss):
    invitation = invite(boss)
    link = services.link_of(invitation)
    services.resend_invitation(viewer=viewer_of_user(boss), invitation=invitation)
    assert Client().get(link).status_code == 410
    invitation.refresh_from_db()
    link = services.link_of(invitation)
    assert Client().get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert Client().get(link).status_code == 410
    services.revoke_invitation(viewer=viewer_of_user(boss), invitation=invitation)
    assert Client().get(link).status_code == 410
    assert Client().get("/invitation/omong-kosong/").status_code == 410


def test_the_mail_carries_the_link(boss):
    invitation = invite(boss, email="budi@example.go.id")
    tasks.send_invitation(invitation.pk, "https://kota.example.go.id/")
    assert f"https://kota.example.go.id{services.link_of(invitation)}" in mail.outbox[0].body
    services.revoke_invitation(viewer=viewer_of_user(boss), invitation=invitation)
    tasks.send_invitation(invitation.pk, "https://kota.example.go.id/")
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": "ada lagi!"}, "__all__"),
        ({"username": "SUDAH"}, "username"),
        ({"email": "sudah@example.go.id"}, "email"),
        ({"role": "agency-head"}, "__all__"),
        ({"role": "raja"}, "role"),
        ({"phone": "abc"}, "phone"),
    ],
)
def test_bad_invitations_name_the_field(boss, values, field):
    make_user(username="sudah", email="Sudah@example.go.id")
    with pytest.raises(ValidationError) as caught:
        invite(boss, **values)
    if field != "__all__":
        assert field in caught.value.message_dict


def sheet(*rows) -> SimpleUploadedFile:
    return SimpleUploadedFile("undangan.xlsx", sheets.write("x", HEADERS, rows))


def test_a_sheet_is_checked_row_by_row_and_nothing_is_saved_while_any_row_is_wrong(boss):
    make_agency("dlh")
    client = client_of(boss)
    rows = [
        ["ani", "Ani", "ani@example.go.id", "", "operator", ""],
        ["budi", "Budi", "", "", "kepala opd", "dlh"],
        ["cici", "Cici", "", "", "raja", ""],
        ["dedi", "Dedi", "", "", "kepala opd", ""],
        ["ani", "Ani lagi", "", "", "operator", "tidak-ada"],
    ]
    page = client.post("/people/sheet/", {"file": sheet(*rows), "step": "invite"}).content.decode()
    assert "“raja” tidak dikenal" in page
    assert "Kepala OPD harus punya OPD" in page
    assert "“tidak-ada”" in page
    assert page.count("muncul lebih dari sekali") == 2
    assert Invitation.objects.count() == 0
    client.post("/people/sheet/", {"file": sheet(*rows[:2]), "step": "check"})
    assert Invitation.objects.count() == 0, "a dry run saves nothing"
    client.post("/people/sheet/", {"file": sheet(*rows[:2]), "step": "invite"})
    assert set(Invitation.objects.values_list("username", "agency__code")) == {("ani", None), ("budi", "dlh")}


def test_the_template_is_accepted_as_it_is_but_for_its_example(boss):
    client = client_of(boss)
    content = client.get("/people/template.xlsx").content
    assert load_workbook(BytesIO(content)).worksheets[0]["A1"].value == "nama pengguna"
    upload = SimpleUploadedFile("t.xlsx", content)
    assert (
        "Semua baris benar"
        in client.post("/people/sheet/", {"file": upload, "step": "check"}).content.decode()
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rusak", b"<html>bukan</html>"])
def test_a_file_that_is_no_sheet_gets_a_sentence(boss, content):
    upload = SimpleUploadedFile("x.xlsx", content or b" ")
    page = client_of(boss).post("/people/sheet/", {"file": upload, "step": "check"}, follow=True)
    assert "bukan berkas XLSX" in page.content.decode()


def test_a_sheet_without_a_column_says_which(boss):
    upload = SimpleUploadedFile("x.xlsx", sheets.write("x", HEADERS[:4], [["a", "b", "c", "d"]]))
    page = client_of(boss).post("/people/sheet/", {"file": upload, "step": "check"}, follow=True)
    assert "Kolom “peran” tidak ada" in page.content.decode()


def test_tokens_are_shown_once_and_stored_as_a_keyed_hash(boss):
    token, text = services.issue_token(
        viewer=viewer_of_user(boss), name="Provinsi", scopes=["read"], sharing=["public", "partner"]
    )
    assert text.startswith(f"cc_{token.prefix}_")
    assert text.split("_", 2)[2] not in str(vars(token))
    viewer = services.token_viewer(authorization=f"Bearer {text}", ip="10.0.0.1", scope="read")
    assert viewer is not None
    assert viewer.kind == "token"
    assert viewer.sharing == {"public", "partner"}
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert services.find_token(raw=text, ip=None, scope="readings:write") is None
    assert services.find_token(raw=text[:-1] + "~", ip=None) is None
    services.revoke_token(viewer=viewer_of_user(boss), token=token)
    assert services.find_token(raw=text, ip=None) is None


def test_tokens_work_only_in_their_networks_and_time(boss):
    viewer = viewer_of_user(boss)
    _token, text = services.issue_token(
        viewer=viewer,
        name="SIMRS",
        allowed_cidrs=["10.1.0.0/16"],
        expires_at=timezone.now() + timedelta(days=1),
    )
    assert services.find_token(raw=text, ip="10.1.2.3")
    assert services.find_token(raw=text, ip="10.2.2.3") is None
    assert services.find_token(raw=text, ip=None) is None
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert services.find_token(raw=text, ip="10.1.2.3") is None
    with pytest.raises(ValidationError) as caught:
        services.issue_token(viewer=viewer, name="x", allowed_cidrs=["sepuluh"])
    assert "allowed_cidrs" in caught.value.message_dict


@pytest.mark.parametrize("raw", ["", "cc_", "cc__", "x_y_z", "cc_00000000_x", "\x00", "cc_\x00_\x00"])
def test_nonsense_is_no_token(raw):
    assert services.find_token(raw=raw, ip=None) is None


def test_saved_views_are_ones_own():
    me, other = make_user(Role.OPERATOR), make_user(Role.OPERATOR)
    view = services.save_view(user=me, page="cctv", name="Mati", query="?state=offline")
    assert view.query == "state=offline"
    assert services.save_view(user=me, page="cctv", name="Mati", query="state=busy").pk == view.pk
    assert not services.delete_view(user=other, pk=view.pk)
    assert services.delete_view(user=me, pk=view.pk)
    with pytest.raises(ValidationError):
        services.save_view(user=me, page="cctv", name=" ", query="")


def test_names_and_addresses_are_unique_whatever_their_case():
    make_user(username="ani", email="ani@example.go.id")
    for username, email in (("ANI", ""), ("lain", "ANI@example.go.id")):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_user(username=username, email=email)
    make_user(username="tanpa1")
    make_user(username="tanpa2")


AGENCY_HEADERS = [
    "kode", "nama", "nama singkat", "jenis", "kode induk", "jabatan pimpinan", "nama pimpinan",
    "telepon piket", "email", "kode wilayah",
]  # fmt: skip


def agency_file(*rows) -> SimpleUploadedFile:
    return SimpleUploadedFile("opd.xlsx", sheets.write("x", AGENCY_HEADERS, rows))


def test_agencies_come_from_a_sheet_children_before_parents_and_go_out_again(boss):
    client = client_of(boss)
    rows = [
        [
            "uptd-pasar",
            "UPTD Pasar",
            "UPTD",
            "",
            "disperindag",
            "Kepala UPTD",
            "",
            "0254 000 1",
            "",
            "36.04.19",
        ],
        ["disperindag", "Dinas Perdagangan", "Disperindag", "OPD", "", "Kepala Dinas", "", "", "", ""],
    ]
    assert (
        "baru atau berubah"
        in client.post("/setup/agencies/", {"file": agency_file(*rows), "step": "check"}).content.decode()
    )
    assert not Agency.objects.exists()
    client.post("/setup/agencies/", {"file": agency_file(*rows), "step": "save"})
    assert Agency.objects.filter(code="uptd-pasar", parent__code="disperindag", area__name="Petir").exists()
    out = client.get("/setup/agencies.xlsx").content
    again = client.post("/setup/agencies/", {"file": SimpleUploadedFile("a.xlsx", out), "step": "check"})
    assert "tidak berubah" in again.content.decode(), "what goes out comes back unchanged"
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"agency.added", "export.agencies"}


def test_a_bad_agency_row_is_named_and_keeps_all_out(boss):
    rows = [
        ["baik", "Dinas Baik", "Baik", "", "", "", "", "", "", ""],
        ["x", "", "X", "kerajaan", "tiada", "", "", "", "", ""],
        ["y", "Y", "Y", "", "", "", "", "telepon saya", "", "99.99"],
        ["a", "A", "A", "", "b", "", "", "", "", ""],
        ["b", "B", "B", "", "a", "", "", "", "", ""],
    ]
    page = (
        client_of(boss)
        .post("/setup/agencies/", {"file": agency_file(*rows), "step": "save"})
        .content.decode()
    )
    assert "“kerajaan” tidak dikenal" in page
    assert "“tiada”" in page
    assert "daftar nasional" in page
    assert "“b”" in page
    assert not Agency.objects.exists()


def test_an_agency_never_lies_below_itself():
    top = make_agency("atas")
    below = make_agency("bawah", parent=top)
    with pytest.raises(ValidationError) as caught:
        services.save_agency(viewer=None, code="atas", parent=below)
    assert "parent" in caught.value.message_dict


def test_reset_mails_are_limited_for_each_address(jobs_at_once):
    make_user(Role.OPERATOR, email="banjir@example.go.id")
    for _try in range(5):
        assert Client().post("/password/reset/", {"email": "banjir@example.go.id"}).status_code == 302
    assert len(mail.outbox) == 3
