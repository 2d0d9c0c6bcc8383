"""Rules of pay typed in the admin: what is wrong is said at its field, and nothing wrong is stored."""

from __future__ import annotations

from datetime import date

import pytest

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from fieldstaff.models import Policy
from fieldstaff.pay import schemes
from tests.factories.city import client_of, make_user
from tests.fieldstaff.pay.scenes import AUGUST

pytestmark = pytest.mark.django_db
ADD = "/admin/fieldstaff/policy/add/"
MONTHLY = {
    "subject": "pay", "valid_from": "2026-08-01", "shape": "monthly", "amount_idr": "3333333",
    "amount_by_kind": "pengawas = 4.000.000", "absent": "4", "numbers": "",
    "late": "1-30 = 0,5\n31-60 = 1\n61-90 = 1,5\n91- = 2", "early": "",
}  # fmt: skip


@pytest.fixture
def boss():
    ensure_roles()
    return client_of(make_user(Role.ADMIN, is_superuser=True))


def test_a_scheme_is_typed_as_people_write_it(boss):
    answer = boss.post(ADD, MONTHLY)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = Policy.objects.get()
    assert row.rules == {
        "shape": "monthly", "amount_idr": 3_333_333, "amount_by_kind": {"pengawas": 4_000_000},
        "absent_bp": 400, "late": [[1, 30, 50], [31, 60, 100], [61, 90, 150], [91, None, 200]],
    }  # fmt: skip
    ((since, scheme),) = schemes.book(0, AUGUST).versions("pengawas")
    assert (since, scheme.amount_idr, scheme.late[1].id) == (date(2026, 8, 1), 4_000_000, "31-60")
    assert row.created_by is not None and AuditEntry.objects.filter(action="policy.added").exists()
    page = boss.get(f"/admin/fieldstaff/policy/{row.pk}/change/").content.decode()
    assert "3333333" in page and boss.get("/admin/fieldstaff/policy/").status_code == 200
    assert boss.post(f"/admin/fieldstaff/policy/{row.pk}/change/", MONTHLY).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"late": "1-30 = 0,5\n32- = 1"}, "late", "Menit ke-31 tidak masuk rentang mana pun"),
        ({"late": "1-30 = 0,5\n30- = 1"}, "late", "Menit ke-30 masuk dua rentang"),
        ({"late": "1-30 = 0,5"}, "late", "Menit ke-31 tidak masuk rentang mana pun"),
        ({"early": "1- = 1\n9- = 2"}, "early", "setelah rentang tanpa akhir (9-)"),
        ({"early": "1- = 101"}, "early", "Rentang 1-: dari 0 sampai 100"),
        ({"late": "satu sampai tiga"}, "late", "Baris 1 tidak terbaca"),
        ({"absent": "101"}, "absent", "Dari 0 sampai 100"),
        ({"amount_idr": ""}, "amount_idr", "Belum diisi"),
        ({"shape": ""}, "shape", "Belum diisi"),
        ({"shape": "daily"}, "absent", "Potongan hanya ada pada honor bulanan"),
        ({"amount_by_kind": "raja = 5"}, "amount_by_kind", "Tidak ada jenis petugas raja"),
        ({"paid": "present = 100\npresent = 50"}, "paid", "Baris 2 tidak terbaca"),
        ({"paid": "hadir = 100"}, "paid", "Tidak ada status hadir"),
        ({"subject": "attendance", "numbers": '{"tail_s": 0}'}, "numbers", "tail_s"),
        ({"subject": "attendance", "numbers": "[1]"}, "numbers", ""),
    ],
)
def test_gaps_overlaps_and_nonsense_are_said_at_their_field(boss, wrong, field, said):
    answer = boss.post(ADD, MONTHLY | wrong)
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert field in errors and said in " ".join(errors[field]), errors
    assert not Policy.objects.exists()


def test_numbers_of_attendance_are_a_version_too(boss):
    form = {"subject": "attendance", "valid_from": "2026-08-01", "numbers": '{"late_grace_s": 600}'}
    assert boss.post(ADD, form).status_code == 302
    assert Policy.objects.get().rules == {"late_grace_s": 600}
